"""An account's time as it is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mock_dintero.core.clock import kept, moment_of
from mock_dintero.core.timestamps import stamp

WALL = datetime(2026, 11, 22, 10, tzinfo=UTC)
MOMENTS = st.integers(0, 4_000_000_000_000).map(
    lambda ms: datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ms)
)


@given(MOMENTS, st.integers(0, 10**7))
def test_a_clock_that_runs_is_as_far_ahead_tomorrow_as_today(now, seconds):
    time = kept("T12345678", now, WALL, is_running=True)
    assert time.stopped_at is None
    later = WALL + timedelta(seconds=seconds)
    assert abs(moment_of(time, later) - (now + timedelta(seconds=seconds))) < timedelta(
        milliseconds=1
    )


@given(MOMENTS, MOMENTS)
def test_a_clock_that_stands_stands_there_whenever_somebody_looks(now, wall):
    time = kept("T12345678", now, WALL, is_running=False)
    assert time.stopped_at == stamp(now) == stamp(moment_of(time, wall))
    assert abs(time.offset - (now - WALL).total_seconds()) < 0.001
