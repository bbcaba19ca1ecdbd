"""What people read: aligned columns, times, and colours where a terminal shows them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

import click

COLOURS = {
    "delivered": "green", "PASS": "green", "good": "green", "ok": "green",
    "failed": "red", "FAIL": "red", "bad": "red", "waiting": "yellow", "in_flight": "cyan",
}  # fmt: skip
NOTHING = "-"


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]], empty: str) -> str:
    """Rows under their heads, each column as wide as its widest cell; `empty` if there are none."""
    cells = [[NOTHING if cell in (None, "") else str(cell) for cell in row] for row in rows]
    if not cells:
        return empty
    lines = [[coloured(head, "bright_black") for head in heads], *cells]
    widths = [max(_width(line[n]) for line in lines) for n in range(len(heads))]
    return "\n".join(_line(line, widths) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        f"{cell}{' ' * (width - _width(cell))}" for cell, width in zip(cells, widths, strict=True)
    )
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    return len(click.unstyle(text))


def coloured(text: str, colour: str | None) -> str:
    """The text in a colour. `click.echo` takes it out again where no terminal is."""
    is_plain = not (text and colour) or os.environ.get("NO_COLOR")
    return text if is_plain else click.style(text, fg=colour)


def word(text: str) -> str:
    """A state in its colour."""
    return coloured(text, COLOURS.get(text))


def status(number: int | None) -> str:
    """An HTTP status in its colour."""
    if number is None:
        return NOTHING
    return coloured(str(number), "red" if number >= 500 else "yellow" if number >= 400 else "green")


def when(stamp: str | None) -> str:
    """`2026-10-06 09:14:03.112`, in UTC as the API has it."""
    return (stamp or "").replace("T", " ").removesuffix("Z")


def short(text: str, most: int) -> str:
    """One line of at most so many characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def counted(number: int, word: str) -> str:
    """`1 callback`, `2 callbacks`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
