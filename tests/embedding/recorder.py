"""Writes down every message that a page of a browser context gets, in order, with its origin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from embedding import protocol

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

Json = dict[str, Any]

LISTEN = """
// The SDK scrolls smoothly, and a click in the middle of that would miss.
const scroll = Element.prototype.scrollIntoView;
Element.prototype.scrollIntoView = function (how) { scroll.call(this, { ...how, behavior: "instant" }); };
window.addEventListener("message", ({ data, origin, source }) => {
  const from = source === window.parent ? "parent" : source === window.opener ? "opener" : "child";
  window.record({ origin, from, data: JSON.parse(JSON.stringify(data ?? null)) });
}, true);
"""
PATIENCE = 4000
"""How often to look for something before giving up; a look is a trip to the browser and back."""


@dataclass(frozen=True)
class Heard:
    """One message, or one call of a handler of the shop's."""

    by: str
    """The origin of the page that got it."""
    origin: str
    data: Json
    handler: str = ""

    @property
    def type(self) -> str:
        return str(self.data.get("type", "ack" if "ack" in self.data else ""))


@dataclass
class Recorder:
    """`page` is the shop's; `checkout` is the sandbox's origin as the shop knows it."""

    page: Page
    checkout: str
    all: list[Heard] = field(default_factory=list)

    def on(self, context: BrowserContext) -> None:
        context.expose_binding("record", self._note)
        context.add_init_script(LISTEN)

    def _note(self, source: Any, said: Json) -> None:
        parts = urlsplit(source["frame"].url)
        self.all.append(
            Heard(
                f"{parts.scheme}://{parts.netloc}",
                said.get("origin", ""),
                said["data"] if isinstance(said["data"], dict) else {},
                said.get("handler", ""),
            )
        )

    def told(self, *types: str) -> list[Heard]:
        """What the page has told the shop's; of these types, if any is named."""
        return [
            one
            for one in self.all
            if one.by != self.checkout and not one.handler and (not types or one.type in types)
        ]

    def asked(self, *types: str) -> list[Heard]:
        """What the shop's page has told the page."""
        return [
            one for one in self.all if one.by == self.checkout and (not types or one.type in types)
        ]

    def called(self, name: str) -> list[Json]:
        """What a handler of the shop's was called with, in order."""
        return [one.data for one in self.all if one.handler == name]

    @property
    def order(self) -> list[str]:
        """The types of all that was told, without those of the layout."""
        layout = {"HeightChanged", "ScrollToTop"}
        return [one.type for one in self.told() if one.type not in layout]

    def until(self, holds: Callable[[], Any], what: str = "") -> Any:
        """What this gives as soon as it gives anything."""
        for _ in range(PATIENCE):
            found = holds()
            if found:
                return found
            self.page.context.cookies(self.checkout)  # lets the browser speak
        raise AssertionError(
            f"{what or 'it'} did not come; heard: {[one.type for one in self.all]}"
        )

    def wait_for(self, type: str, count: int = 1) -> Json:
        """The message of this type that makes it `count`; the page told it."""
        found = self.until(lambda: self.told(type)[count - 1 : count], type)
        return dict(found[0].data)

    def wait_for_asked(self, type: str, count: int = 1) -> Json:
        """The same of what the shop's page told."""
        found = self.until(lambda: self.asked(type)[count - 1 : count], type)
        return dict(found[0].data)

    def wait_for_call(self, name: str, count: int = 1) -> Json:
        """The same of the shop's handlers."""
        found: list[Json] = self.until(lambda: self.called(name)[count - 1 : count], name)
        return found[0]

    def differences(self) -> list[str]:
        """Everything that is not as documented."""
        found = []
        for one in self.told():
            if one.origin != self.checkout:
                found.append(f"{one.type} came from {one.origin}")
            found += protocol.differences(one.data)
        return found
