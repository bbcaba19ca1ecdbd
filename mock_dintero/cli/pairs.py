"""`key=value` on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click


def texts(given: Iterable[str]) -> dict[str, str]:
    """Each value as it was written. Raises BadParameter."""
    pairs = [one.partition("=") for one in given]
    for key, equals, value in pairs:
        if not (key and equals):
            raise click.BadParameter(f"{key + equals + value!r} is not key=value")
    return {key: value for key, _, value in pairs}


def values(given: Iterable[str]) -> dict[str, Any]:
    """Numbers, true, false, null, lists and "texts in quotes" as JSON has them; all else is text.

    A key that comes again means any of its values.
    """
    found: dict[str, list[Any]] = {}
    for pair in given:
        for key, text in texts([pair]).items():
            found.setdefault(key, []).append(_value(text))
    return {key: many[0] if len(many) == 1 else many for key, many in found.items()}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
