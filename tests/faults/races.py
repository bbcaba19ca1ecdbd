"""What a race looks like at a shop that notes each moment, with and without a browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recording_merchant import Handler, Seen, Shop
from runs import Run

ASKS = ["return asks", "return is told 200"]
CALLBACK_ASKS = ["callback asks", "callback is told 200"]
RACES = ("return_first", "callback_first", "together", "callback_during_return")


@dataclass(frozen=True)
class Race:
    """One way in which callback and return can meet."""

    do: str
    asks: bool
    """Whether the shop's handlers read the payment before they answer, as most shops do."""
    posted: bool
    paid: bool

    @property
    def callback(self) -> str:
        """The query of the callback URL."""
        options = ["method=POST"] if self.posted else []
        options += [] if self.paid else ["report_error=true"]
        return f"?{'&'.join(options)}" if options else ""

    @property
    def outcome(self) -> str:
        return "approve" if self.paid else "decline"

    @property
    def name(self) -> str:
        words = [self.do, "asks" if self.asks else "does not ask", "POST" if self.posted else "GET",
                 "paid" if self.paid else "refused"]  # fmt: skip
        return ", ".join(words)

    def open(self, run: Run) -> str:
        """A session of a shop that behaves so, under this race."""
        if self.asks or self.do == "together":
            run.shop.handlers |= {
                kind: meeting(self.asks, self.do == "together") for kind in ("return", "callback")
            }
        run.fault("race", self.do, seconds=600)  # the cue has to come, no time helps
        return run.sell(self.callback)

    def value(self, run: Run) -> Any:
        """Moments in order; of requests that meet, only that they did."""
        moments = run.shop.moments
        if self.do == "together":
            [back], [told] = run.shop.of("return"), run.shop.of("callback")
            run.shop.seen.sort(key=lambda one: one.kind)
            return sorted(moments), back.overlaps(told), run.lines("callback")
        return moments, run.lines("callback")

    @property
    def expected(self) -> Any:
        asks, told = (ASKS, CALLBACK_ASKS) if self.asks else ([], [])
        callback = ["callback begins", *told, "callback ends"]
        back = ["return begins", *asks, "return ends"]
        line = [f"{'POST' if self.posted else 'GET'} good own"]
        if self.do == "callback_first":
            return [*callback, *back], line
        if self.do == "together":
            return sorted([*callback, *back, "together", "together"]), True, line
        if self.do == "callback_during_return" and self.asks:
            return ["return begins", asks[0], *callback, asks[1], "return ends"], line
        return [*back, *callback], line


def meeting(asks: bool, meets: bool) -> Handler:
    """A handler that reads the payment, or waits until the other one is open as well, or both."""

    async def handler(shop: Shop, seen: Seen) -> tuple[int, bytes]:
        if meets:
            other = "callback" if seen.kind == "return" else "return"
            found = await shop.until(lambda: bool(shop.of(other)))
            shop.note("together" if found else f"{seen.kind} alone")
        if asks:
            assert shop.ask
            shop.note(f"{seen.kind} asks")
            status = await shop.ask(f"/v1/transactions/{seen.fields['transaction_id']}")
            shop.note(f"{seen.kind} is told {status}")
        return shop.usual(seen)

    return handler


ALL = [
    Race(do, asks, posted, paid)
    for do in RACES
    for asks in (True, False)
    for posted in (False, True)
    for paid in (True, False)
]
