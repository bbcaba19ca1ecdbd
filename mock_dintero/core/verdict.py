"""What was found after a scenario, held against what it expects; and how callbacks are told in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from mock_dintero.core.callback import AttemptRecord, Callback
from mock_dintero.core.scenario import Expect, Reply, Scenario, Step


@dataclass(frozen=True)
class Found:
    """By name: what was found, why something was not looked at, and the words that came with it."""

    values: Mapping[str, Any]
    skipped: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One expectation. `passed` is None where it could not be looked at; `found` then says why."""

    what: str
    expected: Any
    found: Any
    passed: bool | None

    def shown(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def compare(scenario: Scenario, found: Found) -> tuple[Row, ...]:
    """The steps that were refused or had to be, the faults, and every expectation, in this order."""
    return (*_steps(scenario, found), *_faults(scenario, found), *_ends(scenario, found))


def passed(rows: Iterable[Row]) -> bool:
    """Whether nothing has failed."""
    return all(row.passed is not False for row in rows)


def _steps(scenario: Scenario, found: Found) -> Iterator[Row]:
    for what, step in scenario.steps.items():
        if what in found.skipped:
            yield _skipped(what, step.expect_status or "done", found)
        elif what not in found.values:
            yield Row(what, step.expect_status or "done", "an earlier step has failed", False)
        elif step.expect_status or not is_done(step, found.values[what]):
            yield _step(what, step, found)


def is_done(step: Step, status: int) -> bool:
    """Whether a step ended as the scenario wants it."""
    return status == step.expect_status if step.expect_status else 200 <= status < 400


def _step(what: str, step: Step, found: Found) -> Row:
    status = found.values[what]
    is_good = is_done(step, status)
    said = status if is_good else f"{status or 'nothing'}: {found.words.get(what, '')}"
    return Row(what, step.expect_status or "done", said, is_good)


def _faults(scenario: Scenario, found: Found) -> Iterator[Row]:
    """A fault that does not strike leaves its story untold."""
    for what, fault in scenario.faults.items():
        if what in found.skipped:
            yield _skipped(what, fault.times, found)
        else:
            struck = found.values.get(what, 0)
            yield Row(what, fault.times, struck, struck == fault.times)


def _ends(scenario: Scenario, found: Found) -> Iterator[Row]:
    expect = scenario.expect
    for name in Expect.model_fields:
        wanted = getattr(expect, name)
        if wanted is None:
            continue
        shown = list(wanted) if isinstance(wanted, tuple) else wanted
        if name in found.skipped:
            yield _skipped(name, shown, found)
            continue
        value = found.values.get(name)
        is_all = shown == "all" and value == found.values.get("paid") and value
        yield Row(name, shown, value, bool(is_all or value == shown))


def _skipped(what: str, expected: Any, found: Found) -> Row:
    return Row(what, expected, f"skipped: {found.skipped[what]}", None)


def replies(callbacks: Iterable[Callback]) -> list[Reply]:
    """How every try ended, duplicates included."""
    return [_reply(attempt) for callback in callbacks for attempt in callback.attempts]


def _reply(attempt: AttemptRecord) -> Reply:
    if attempt.status is not None:
        return attempt.status
    if attempt.fault == "drop" and not attempt.extra:
        return "lost"
    if attempt.fault == "lose_answer" and "was lost" in (attempt.error or ""):
        return "answer_lost"
    return "no_answer" if "no answer within" in (attempt.error or "") else "no_connection"


def told(callbacks: Iterable[Callback]) -> list[str]:
    """What the shop has taken note of, in order of arrival."""
    heard = [
        (attempt.sent_at or attempt.at, callback.event or "payment")
        for callback in callbacks
        for attempt in callback.attempts
        if attempt.status is not None and attempt.status < 300 and not attempt.extra
    ]
    return [word for _, word in sorted(heard)]
