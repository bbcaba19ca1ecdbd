"""A shop's page in a browser with a checkout in it, and everything that the two say to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from embedding import protocol
from embedding.recorder import Recorder
from embedding.shop import Shop
from mock_dintero.playwright import CheckoutPage

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

Json = dict[str, Any]

POSTEN: Json = {
    "id": "posten", "line_id": "posten", "amount": 4900, "title": "Home delivery", "operator": "Posten"
}  # fmt: skip
PICKUP: Json = {
    "id": "pickup", "line_id": "pickup", "amount": 0, "title": "Fetch it", "operator": ""
}  # fmt: skip
VIPPS, CARD, KLARNA = "dintero_psp.vipps", "dintero_psp.creditcard", "klarna.klarna"
INVOICE = "collector.invoice"
ENABLED: Json = {
    "dintero_psp": {"vipps": {"enabled": True}, "creditcard": {"enabled": True}},
    "klarna": {"klarna": {"enabled": True}},
    "collector": {"invoice": {"enabled": True}},
}
"""A configuration with these four."""
HANDLERS = (
    "onSession", "onPayment", "onPaymentError", "onSessionCancel", "onSessionNotFound",
    "onSessionLocked", "onSessionLockFailed", "onActivePaymentType",
)  # fmt: skip


@dataclass
class Stage:
    """One test's. `account` is the shop's account at the sandbox."""

    page: Page
    shop: Shop
    account: Any
    heard: Recorder
    complaints: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    """Methods of the SDK that the test has called, for the table."""
    sid: str = ""
    names_endpoint: bool = True
    """Whether the shop tells the SDK where the sandbox is; else it goes to Dintero's own host."""

    def express(self, *options: Json, **changes: Any) -> Json:
        """An express session; without options there is one that the customer has to choose."""
        settings: Json = {"shipping_options": list(options or (POSTEN, PICKUP))}
        return self.session(express=settings, **changes)

    def session(self, **changes: Any) -> Json:
        """A session whose customer comes back to this shop."""
        url = {"return_url": self.shop.url("/return?shop=1")}
        made: Json = self.account.create_session(**{"url": url, **changes})
        self.sid = made["id"]
        return made

    def ready(self, *options: Json, **changes: Any) -> Json:
        """An express session whose customer has given an address and chosen how it is delivered."""
        made = self.express(*options, **{"configuration": ENABLED, **changes})
        buyer = self.account.buyer(made)
        buyer.give_address()
        buyer.choose_shipping("posten")
        return made

    def update(self, amount: int, **more: Any) -> None:
        """The shop's server gives the order another amount."""
        item = {"id": "1", "line_id": "1", "description": "Mug", "quantity": 1, "amount": amount}
        order = {"amount": amount, "currency": "NOK", "items": [item]}
        self.account.call("PUT", f"/v1/sessions/{self.sid}", {"order": order, **more})

    def start(
        self,
        session: Json | str,
        handlers: Sequence[str] = HANDLERS,
        answers: Mapping[str, Json] | None = None,
        *,
        host: str = "localhost",
        path: str = "/shop.html",
        call: str = "start",
        **options: Any,
    ) -> None:
        """Open the shop's page and embed the checkout in it."""
        self.called.append("embed")
        sid = session if isinstance(session, str) else session["id"]
        self.page.goto(self.shop.url(path, host))
        told: Json = {"sid": sid, "handlers": list(handlers)}
        told |= {"endpoint": self.heard.checkout} if self.names_endpoint else {}
        told |= {"answers": answers or {}, **options}
        self.page.evaluate(f"options => {call}(options)", told)

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method of the checkout that the SDK gave the shop; answers with what it resolves to."""
        self.called.append(method)
        code = """async ([method, all]) => {
          try { return await checkout[method](...all); } catch (why) { return {rejected: String(why)}; }
        }"""
        return self.page.evaluate(code, [method, list(arguments)])

    @property
    def frame(self) -> Frame:
        """The checkout's frame in the shop's page."""
        element = self.page.locator("#checkout iframe").element_handle()
        found = element.content_frame()
        assert found is not None
        return found

    @property
    def checkout(self) -> CheckoutPage:
        """The buyer's steps in the frame."""
        return CheckoutPage(self.frame)

    def pay(
        self, method: str = VIPPS, outcome: str = "approve", window: Page | None = None
    ) -> None:
        """Pay in the frame, or in this window. What the SDK does at the end comes by itself."""
        where = window or self.frame
        checkout = CheckoutPage(where)
        checkout.choose_method(method)
        checkout.pay()
        if method == VIPPS:
            checkout.vipps()
        answers = (f"vipps-{outcome}", f"payment-{outcome}")
        where.get_by_test_id(answers[0]).or_(where.get_by_test_id(answers[1])).click()

    @property
    def height(self) -> float:
        """The height of the shop's frame."""
        box = self.page.locator("#checkout iframe").bounding_box()
        assert box is not None
        return float(box["height"])

    def is_fitting(self) -> bool:
        """Whether the frame is exactly as high as the page in it, with nothing to scroll."""
        inside: list[float] = self.frame.evaluate(
            "() => { const root = document.documentElement; return [Math.ceil(document.body"
            ".getBoundingClientRect().height), root.scrollHeight, root.clientHeight, "
            "root.scrollWidth - root.clientWidth, innerWidth - root.clientWidth]; }"
        )
        height, scrolled, client, wide, bar = inside
        return self.height == height == scrolled == client and wide == bar == 0

    def order(self) -> Json:
        """The session's order at the sandbox."""
        found: Json = self.account.session(self.sid)["order"]
        return found

    def is_locked(self) -> bool:
        """Whether the page or the shop holds the session."""
        answer = self.account.http.get(f"/v1/view/{self.sid}/session")
        return "pay_lock" in answer.json()

    def rows(self) -> list[tuple[str, bool]]:
        """What was seen, for the table: the name, and whether it was as documented."""
        messages = [*self.heard.told(), *self.heard.asked(*protocol.ASKED)]
        found = [(one.type, not protocol.differences(one.data)) for one in messages]
        return found + [(method, True) for method in self.called]
