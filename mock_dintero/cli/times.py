"""Lengths of time and moments, as they are typed and as they are read."""

from __future__ import annotations

import re
from datetime import datetime

import click

SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_LENGTH = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?", re.ASCII)


def seconds_in(text: str) -> float | None:
    """How long `10m`, `90s`, `2h`, `1d`, `1h30m` or `600` is; None if it is no length of time."""
    match = _LENGTH.fullmatch(text.strip().lower())
    if not match or not any(match.groups()):
        return None
    parts = zip(match.groups(), SECONDS.values(), strict=True)
    total = sum((float(number) * each for number, each in parts if number), 0.0)
    return int(total) if total.is_integer() else total


def moment_of(text: str) -> datetime:
    """A moment; no zone means UTC. Raises BadParameter."""
    from mock_dintero.core.timestamps import moment

    try:
        return moment(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no time; write it like 2026-10-06T09:14:03Z"
        ) from None


def stamp_of(text: str) -> str:
    """A moment as the API writes it. Raises BadParameter."""
    from mock_dintero.core.timestamps import stamp

    return stamp(moment_of(text))


def length(seconds: float) -> str:
    """`1d 2h`, `10m`, `3s`: the two largest parts."""
    left, parts = round(abs(seconds)), []
    for unit, each in SECONDS.items():
        number, left = divmod(left, each)
        if number:
            parts.append(f"{number}{unit}")
    return " ".join(parts[:2]) or "0s"
