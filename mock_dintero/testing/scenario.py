"""A scenario that was played, and what it was expected to leave behind."""

from __future__ import annotations

from mock_dintero.testing.door import Door, Json, SandboxSaidNo

STORY_TIME = 180.0
"""Seconds that a scenario may take: several purchases, each with a shop that has 60 for an answer."""


class ScenarioFailed(SandboxSaidNo):
    """A scenario's expectations were not met; the message lists them."""


def run(door: Door, name: str, shop: str = "", session_id: str = "") -> Json:
    """`POST scenarios/{name}/run`. Raises ScenarioFailed with what was expected and what was found."""
    about = {"shop": shop, "session_id": session_id}
    body = {field: value for field, value in about.items() if value}
    told: Json = door.ask("POST", f"scenarios/{name}/run", body, timeout=STORY_TIME)
    if not told["passed"]:
        missed = [one for one in told["expectations"] if one["passed"] is False]
        raise ScenarioFailed("\n  ".join([f"scenario {name}:", *map(_in_words, missed)]))
    return told


def _in_words(expectation: Json) -> str:
    return (
        f"{expectation['what']}: expected {expectation['expected']!r}, "
        f"found {expectation['found']!r}"
    )
