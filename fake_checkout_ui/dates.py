"""Days, times and distances in words of the customer's language, by Babel."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fake_checkout_ui.language import code, gettext
from mock_dintero.core.timestamps import moment

ZONES = {
    "FI": "Europe/Helsinki", "AX": "Europe/Helsinki", "DK": "Europe/Copenhagen",
    "SE": "Europe/Stockholm", "IS": "Atlantic/Reykjavik",
}  # fmt: skip
HOME = "Europe/Oslo"


def zone(country: str | None, named: object = None) -> tzinfo:
    """The time zone of a place; UTC where the system knows none by that name."""
    for name in (named, ZONES.get(country or "", HOME)):
        try:
            if isinstance(name, str) and name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return UTC


def local(stamp: object, where: tzinfo) -> datetime | None:
    """A merchant's timestamp at a place's own time; None if it is none."""
    if not isinstance(stamp, str):
        return None
    try:
        return moment(stamp).astimezone(where)
    except (ValueError, OverflowError):
        return None


def day(when: date) -> str:
    """`Tuesday 6 October`, as the language writes it."""
    from babel.dates import format_skeleton

    noon = datetime.combine(when, time(12), UTC)
    found: str = format_skeleton("MMMEd", noon, locale=code())
    return found


def clock(when: time | datetime) -> str:
    """`09:00`, the short way."""
    from babel.dates import format_time

    at = when.time() if isinstance(when, datetime) else when
    pattern = "HH:mm" if code() == "en" else "short"
    found: str = format_time(at, pattern, locale=code())
    return found


def day_name(number: int, width: Literal["abbreviated", "wide"] = "abbreviated") -> str:
    """A day of the week; 1 is Monday."""
    from babel.dates import get_day_names

    names = get_day_names(width, context="stand-alone", locale=code())
    return str(names[number - 1])


def span(first: datetime | None, last: datetime | None) -> str:
    """From when to when, at the exact time: a slot that somebody has to be at home in."""
    if first is None or last is None:
        one = first or last
        return f"{day(one)} {clock(one)}" if one else ""
    if first.date() == last.date():
        return f"{day(first)} {clock(first)}–{clock(last)}"
    return f"{day(first)} {clock(first)} – {day(last)} {clock(last)}"


def days(first: datetime | None, last: datetime | None) -> str:
    """From which day to which: when a parcel may come."""
    known = [one.date() for one in (first, last) if one]
    return " – ".join(day(one) for one in dict.fromkeys(known))


def distance(kilometres: object) -> str:
    """How far away; metres below one kilometre."""
    if isinstance(kilometres, bool) or not isinstance(kilometres, (int, float)) or kilometres < 0:
        return ""
    from babel.numbers import format_decimal

    if kilometres < 1:
        metres = format_decimal(round(kilometres * 100) * 10, locale=code())
        return gettext("%(metres)s m away", metres=metres)
    written = format_decimal(round(kilometres, 1), locale=code())
    return gettext("%(kilometres)s km away", kilometres=written)
