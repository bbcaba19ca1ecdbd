"""A payment as a sequence diagram: where each line and each word stands. The template draws it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from mock_dintero.core.ids import CHECKOUT_ID
from mock_dintero.core.timestamps import moment

PARTIES = {
    "buyer": ("Buyer's browser", "Buyer"),
    "sandbox": ("Dintero (sandbox)", "Dintero"),
    "shop": ("Shop", "Shop"),
}
"""Each with its short name, from left to right. Dintero is in all that is said: no arrow crosses a line."""
NARROW, WIDE = 340, 820
LONG_GAP = 60
"""Seconds by the account's clock from which a gap is folded."""
HEAD, ARROW, FAULT, NOTE, GAP, FOOT = 34, 58, 14, 30, 34, 12
ADDRESS = re.compile(r"https?://[^/\s]+([^?\s]*)(?:\?\S*)?")
"""Of which the path is enough."""
LETTER, THIN_LETTER = 8.2, 7.1
"""Pixels of a letter: of the first line of a label, and of its second line."""


@dataclass(frozen=True)
class Arrow:
    """A request, drawn from one lifeline to another; the label stands above its line."""

    y: float
    start: float
    end: float
    label: str
    below: str
    outcome: str
    is_bad: bool
    fault: str
    time: str
    kind: Literal["arrow"] = "arrow"

    @property
    def middle(self) -> float:
        """Where its label is centred."""
        return (self.start + self.end) / 2

    @property
    def crossed(self) -> float:
        """Where it is crossed out: clear of the label."""
        return self.end - 24 * self.way

    @property
    def way(self) -> int:
        """1 to the right, -1 to the left."""
        return 1 if self.end > self.start else -1


@dataclass(frozen=True)
class Note:
    """What the tester did."""

    y: float
    label: str
    kind: Literal["note"] = "note"


@dataclass(frozen=True)
class Gap:
    """Time that passed, folded."""

    y: float
    label: str
    kind: Literal["gap"] = "gap"


@dataclass(frozen=True)
class Diagram:
    """Everything in its place, in order of time."""

    width: int
    height: float
    lifelines: tuple[tuple[str, float], ...]
    rows: tuple[Arrow | Note | Gap, ...]


def diagram(legs: Iterable[Mapping[str, Any]], width: int) -> Diagram:
    """The diagram of a timeline (`GET sessions/{sid}/timeline`), so many pixels wide."""
    at = _lifelines(width)
    rows: list[Arrow | Note | Gap] = []
    y, before = float(HEAD), None
    for leg in legs:
        passed, before = _passed(before, leg), leg
        is_note = leg["sender"] == "tester"
        gap = [Gap(GAP / 2, f"{_length(passed)} later")] if passed >= LONG_GAP else []
        one = _note(leg, width) if is_note else _arrow(leg, at, width)
        # A clock that was moved is the reason of a gap, so it stands before it.
        for row in [one, *gap] if is_note else [*gap, one]:
            rows.append(replace(row, y=y + row.y))
            y += _height(row)
    names = {name: said[width <= NARROW] for name, said in PARTIES.items()}
    return Diagram(width, y + FOOT, tuple((names[one], x) for one, x in at.items()), tuple(rows))


def short_path(path: str) -> str:
    """Without its query; ids are long and alike, their beginning tells them apart."""
    return CHECKOUT_ID.sub(lambda id: f"{id[0][10:18]}…", path.partition("?")[0])


def is_bad(leg: Mapping[str, Any]) -> bool:
    """Whether it was refused or failed; a tester's doing never is."""
    return leg["sender"] != "tester" and str(leg["outcome"])[:1] not in ("2", "3")


def _lifelines(width: int) -> dict[str, float]:
    edge = width * 0.14
    return dict(zip(PARTIES, (edge, width / 2, width - edge), strict=True))


def _height(row: Arrow | Note | Gap) -> int:
    if isinstance(row, Arrow):
        return ARROW + (FAULT if row.fault else 0)
    return NOTE if isinstance(row, Note) else GAP


def _note(leg: Mapping[str, Any], width: int) -> Note:
    return Note(0, _short(ADDRESS.sub(r"\1", leg["what"]), (width - 40) / THIN_LETTER))


def _arrow(leg: Mapping[str, Any], at: Mapping[str, float], width: int) -> Arrow:
    start, end = at[leg["sender"]], at[leg["receiver"]]
    middle = (start + end) / 2
    room = 2 * min(middle, width - middle) - 8
    mark = "replay: " if leg["is_replay"] else ""
    what, outcome = leg["what"], str(leg["outcome"])
    if width <= NARROW:
        what = what.removeprefix("payment ")
    if not outcome.isdigit():
        outcome = _short(outcome, 28) if width > NARROW else "failed"
    return Arrow(
        y=ARROW - 12, start=start, end=end,
        label=_short(f"{mark}{what}", room / LETTER - len(outcome) - 4),
        below=_short(f"{leg['method']} {short_path(leg['path'])}", room / THIN_LETTER),
        outcome=outcome, is_bad=is_bad(leg),
        fault=_short(str(leg["fault"]), 24), time=leg["at"][11:23] if width > NARROW else "",
    )  # fmt: skip


def _passed(before: Mapping[str, Any] | None, leg: Mapping[str, Any]) -> float:
    """Seconds by the account's clock, which is read when the answer is there."""
    if before is None:
        return 0
    passed = moment(leg["account_time"]) - moment(before["account_time"])
    return passed.total_seconds() - float(leg["duration"]) / 1000


def _length(seconds: float) -> str:
    for unit, each in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= each:
            number = round(seconds / each)
            return f"about {number} {unit}{'s' if number > 1 else ''}"
    return f"{seconds:.0f} s"


def _short(text: str, most: float) -> str:
    flat = CHECKOUT_ID.sub(lambda id: f"{id[0][10:18]}…", " ".join(text.split()))
    return flat if len(flat) <= most else f"{flat[: int(most) - 1]}…"
