"""The buyer's way back to the shop, where a tester has asked for a special one.

A purchase without such a fault has none of this: the browser goes straight to the return URL.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from mock_dintero.core.callback import Cue
from mock_dintero.core.fault import Race
from mock_dintero.core.record import Record

Visits = Literal["once", "never", "twice_at_once", "twice"]
VISITS: dict[str, Visits] = {
    "close_tab": "never", "double_click": "twice_at_once", "back_button": "twice"
}  # fmt: skip
CUES: dict[Race, Cue | None] = {
    "return_first": "return_answered",
    "callback_first": None,
    "together": "return_started",
    "callback_during_return": "api_call",
}
"""What the callback waits for in each race; in `callback_first` it is the return that waits."""


class Return(Record):
    """How the buyer of a session returns. Its id is the session's."""

    kind: ClassVar[str] = "return"

    url: str
    race: Race | None = None
    visits: Visits = "once"
    is_under_way: bool = False
    is_answered: bool = False

    @property
    def link(self) -> str:
        """The session it belongs to."""
        return self.id


def set_off(way: Return) -> Return:
    """The buyer's browser has left for the shop."""
    return way.with_(is_under_way=True)


def answered(way: Return) -> Return:
    """The shop has answered the buyer's browser."""
    return way.with_(is_answered=True)
