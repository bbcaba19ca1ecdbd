"""Whether an item is what a tester waits for, and if not, why not, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

Item = Mapping[str, Any]
Match = Mapping[str, Any]
"""Field or dotted path (`attempts.0.status`, -1 is the last) to what it must be.

A list names allowed values, `*` in a text stands for anything, a whole number against a list (or an
object) is its length, and null holds for a field that is not there, too.
"""

LONGEST_SHOWN = 80


class _Missing:
    """No such field; unlike None, which is a value."""


MISSING = _Missing()


def matches(item: Item, match: Match) -> bool:
    """Whether every wanted field holds."""
    return all(_holds(found(item, path), wanted) for path, wanted in match.items())


def why_not(item: Item, match: Match) -> list[str]:
    """A sentence for every wanted field that does not hold; empty if the item matches."""
    return [
        _sentence(item, path, value, wanted)
        for path, wanted in match.items()
        if not _holds(value := found(item, path), wanted)
    ]


def nearest(items: Iterable[Item], match: Match) -> tuple[Item, list[str]] | None:
    """The item with the fewest reasons, and these; of several the last one, which is the newest."""
    best: tuple[Item, list[str]] | None = None
    for item in items:
        why = why_not(item, match)
        if best is None or len(why) <= len(best[1]):
            best = item, why
    return best


def found(item: Item, path: str) -> Any:
    """What stands at a dotted path, or MISSING. A field whose own name has dots comes first."""
    value: Any = item
    if path in item:
        return item[path]
    for step in path.split("."):
        value = _step(value, step)
        if value is MISSING:
            break
    return value


def _step(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step, MISSING)
    if isinstance(value, list) and re.fullmatch(r"-?\d{1,9}", step, re.ASCII):
        number = int(step)
        return value[number] if -len(value) <= number < len(value) else MISSING
    return MISSING


def _holds(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return any(_holds(value, one) for one in wanted)
    if wanted is None:
        return value is None or value is MISSING
    if isinstance(wanted, str) and "*" in wanted and _has_text(value):
        return bool(_pattern(wanted).fullmatch(str(value)))
    if _is_whole(wanted) and isinstance(value, (list, Mapping)):
        return bool(len(value) == wanted)
    return _same(value, wanted)


def _has_text(value: Any) -> bool:
    """`5*` may stand for a status, so numbers count as text here."""
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in text.split("*")), re.DOTALL)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _same(value: Any, wanted: Any) -> bool:
    """Equal as JSON values: true is not 1, 1 is 1.0."""
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(value, list) and isinstance(wanted, list):
        return len(value) == len(wanted) and all(map(_same, value, wanted))
    if isinstance(value, Mapping) and isinstance(wanted, Mapping):
        return set(value) == set(wanted) and all(_same(value[n], wanted[n]) for n in value)
    return bool(value == wanted)


def _sentence(item: Item, path: str, value: Any, wanted: Any) -> str:
    if value is MISSING:
        return f"there is no {path}{_hint(item, path)}"
    if isinstance(value, list) and _is_whole(wanted):
        return f"{path} has {len(value)} {'entry' if len(value) == 1 else 'entries'}, not {wanted}"
    if isinstance(wanted, list):
        allowed = ", ".join(show(one) for one in wanted)
        return f"{path} is {show(value)}, not one of {allowed}"
    if isinstance(wanted, str) and "*" in wanted:
        return f"{path} is {show(value)}, which does not fit {show(wanted)}"
    return f"{path} is {show(value)}, not {show(wanted)}"


def _hint(item: Item, path: str) -> str:
    """Where the path ends, or a field that was perhaps meant."""
    value: Any = item
    steps = path.split(".")
    known = 0
    while (inner := _step(value, steps[known])) is not MISSING:
        value, known = inner, known + 1
    if isinstance(value, list):
        where = ".".join(steps[:known])
        return f": {where} has {len(value)} {'entry' if len(value) == 1 else 'entries'}"
    names = value if isinstance(value, Mapping) else ()
    if close := get_close_matches(steps[known], map(str, names), n=1):
        return f" (did you mean {'.'.join([*steps[:known], *close, *steps[known + 1 :]])}?)"
    return ""


def show(value: Any) -> str:
    """A value as it stands in a sentence: 'text', 12, true, null; long ones are cut."""
    text = repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."


def described(match: Match) -> str:
    """What is wanted, to be read: `at='payment_callback', state='delivered'`."""
    return ", ".join(f"{path}={show(wanted)}" for path, wanted in match.items()) or "anything"
