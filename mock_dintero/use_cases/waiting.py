"""Waiting for something to happen: look once, then listen, until enough of it holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mock_dintero.core.errors import Stopping
from mock_dintero.core.match import Item, Match, matches
from mock_dintero.ports import Event, Listener, Sandbox

Keyed = Iterable[tuple[str, Item]]
"""Items, each with a key under which a newer state takes its place."""


@dataclass(frozen=True)
class Watched:
    """Where items come from: what there is, which events bring more, and what an event brings."""

    standing: Callable[[], Keyed]
    wants: Callable[[Event], bool]
    brought: Callable[[Event], Keyed]


class _Seen:
    """The items so far, and those of them that hold."""

    def __init__(self, match: Match) -> None:
        self._match = match
        self.items: dict[str, Item] = {}
        self.held: dict[str, Item] = {}

    def take(self, items: Keyed) -> None:
        for key, item in items:
            self.items[key] = item
            if matches(item, self._match):
                self.held[key] = item
            else:
                self.held.pop(key, None)

    def take_anew(self, items: Keyed) -> None:
        self.items.clear()
        self.held.clear()
        self.take(items)


async def wait(
    sandbox: Sandbox, watched: Watched, match: Match, count: int, seconds: float
) -> tuple[bool, list[Item]]:
    """True with the items that hold as soon as there are `count`; else False with all there are.

    Raises Stopping if the sandbox stops meanwhile.
    """
    seen = _Seen(match)
    try:
        async with asyncio.timeout(seconds):
            while len(seen.held) < count:
                with sandbox.feed.listen(watched.wants) as listener:
                    await _listen(listener, watched, seen, count)
                if sandbox.feed.is_closed and len(seen.held) < count:
                    raise Stopping("the sandbox stops; what was waited for has not come")
    except TimeoutError:
        return False, list(seen.items.values())
    return True, list(seen.held.values())


async def _listen(listener: Listener, watched: Watched, seen: _Seen, count: int) -> None:
    """Until it holds, or until the listener ends."""
    seen.take_anew(watched.standing())
    while len(seen.held) < count:
        event = await listener.next()
        if event is None:
            return
        if event.kind == "reset":
            seen.take_anew(watched.standing())
        else:
            seen.take(watched.brought(event))
