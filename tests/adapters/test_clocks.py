"""Clocks: with the world, ahead of it, or standing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mock_dintero.adapters.clocks import SystemClock

ONE, OTHER = "T00000001", "T00000002"
NOON = datetime(2030, 5, 17, 12, tzinfo=UTC)
MOMENT = timedelta(seconds=5)


def test_a_clock_begins_with_the_world() -> None:
    clock = SystemClock()
    assert abs(clock.now(ONE) - clock.wall()) < MOMENT
    assert clock.is_running(ONE)


def test_a_clock_that_is_moved_runs_on_from_there_alone() -> None:
    clock = SystemClock()
    clock.move_to(ONE, NOON)
    assert timedelta() <= clock.now(ONE) - NOON < MOMENT
    assert abs(clock.now(OTHER) - clock.wall()) < MOMENT


def test_a_clock_that_is_stopped_stands_is_moved_and_runs_on() -> None:
    clock = SystemClock()
    clock.move_to(ONE, NOON)
    clock.stop(ONE)
    stands = clock.now(ONE)
    assert clock.now(ONE) == stands
    assert not clock.is_running(ONE)
    assert clock.is_running(OTHER)
    clock.stop(ONE)
    assert clock.now(ONE) == stands
    clock.move_to(ONE, NOON)
    assert clock.now(ONE) == NOON
    clock.run(ONE)
    assert timedelta() <= clock.now(ONE) - NOON < MOMENT
    clock.run(ONE)
    assert timedelta() <= clock.now(ONE) - NOON < MOMENT


def test_a_reset_is_back_in_the_world() -> None:
    clock = SystemClock()
    clock.move_to(ONE, NOON)
    clock.stop(ONE)
    clock.reset(ONE)
    assert clock.is_running(ONE)
    assert abs(clock.now(ONE) - clock.wall()) < MOMENT
