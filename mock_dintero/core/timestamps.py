"""Timestamps as Dintero writes them: `2026-10-06T09:14:03.112Z`, always UTC, always milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE | re.ASCII,
)


def stamp(moment: datetime) -> str:
    """The text form. It sorts like the moments do, so stores and rules may compare texts."""
    return moment.isoformat(timespec="milliseconds")[:23] + "Z"


@lru_cache(maxsize=1024)
def moment(text: str) -> datetime:
    """Read a timestamp leniently; no zone means UTC.

    Magento puts the day of the year where the milliseconds belong (`...T10:00:00.325Z`), and dates
    without a time are seen in filters. Raises ValueError when nothing fits.
    """
    match = _ISO.fullmatch(text.strip())
    if not match:
        return datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    fraction = (match[7] or "0")[:6].ljust(6, "0")
    read = datetime(year, month, day, hour, minute, int(match[6] or 0), int(fraction), UTC)
    zone = (match[8] or "Z").replace(":", "")
    if zone.upper() == "Z":
        return read
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
    try:
        return read - offset if zone[0] == "+" else read + offset
    except OverflowError:
        raise ValueError(f"{text!r} is outside the calendar") from None


def is_stamp(text: str) -> bool:
    """Whether it is written exactly as we write it, so that it sorts among the others."""
    try:
        return stamp(moment(text)) == text
    except ValueError:
        return False
