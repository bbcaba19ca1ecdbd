"""Scenarios on the page: which may be played on a merchant's session, and what came of one."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import Any

from fake_checkout_ui.view import Finding, ScenarioGroup, ScenarioView
from mock_dintero.core.scenario import Scenario
from mock_dintero.core.verdict import Row
from mock_dintero.scenario_files import scenarios
from mock_dintero.use_cases.scenarios import Performance


@cache
def choices() -> tuple[ScenarioGroup, ...]:
    """All that can be played without pressing the buttons of a shop, by group."""
    playable = [one for one in scenarios().values() if not one.needs_shop]
    return tuple(
        ScenarioGroup(group, tuple((one.name, one.title) for one in members))
        for group, members in groupby(playable, lambda one: one.group)
    )


def result(story: Scenario, played: Performance) -> ScenarioView:
    """What was expected and what was found."""
    return ScenarioView(
        sid=played.session_id,
        title=story.title,
        story=story.story,
        has_passed=played.passed,
        findings=tuple(map(_finding, played.rows)),
    )


def _finding(row: Row) -> Finding:
    state = {True: "passed", False: "failed", None: "skipped"}[row.passed]
    times = "×" if row.what.startswith("fault") else ""
    found = _in_words(row.found).removeprefix("skipped: ")
    return Finding(
        row.what.replace("_", " "), _in_words(row.expected) + times, found + times, state
    )


def _in_words(value: Any) -> str:
    return (", ".join(map(str, value)) or "none") if isinstance(value, list) else str(value)
