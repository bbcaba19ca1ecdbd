"""Timestamps: one form out, many forms in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_dintero.core.timestamps import is_stamp, moment, stamp

MOMENTS = st.integers(0, 32_503_679_999_999_999).map(
    lambda microseconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)


def test_a_stamp_is_utc_with_milliseconds_and_z():
    assert stamp(datetime(2026, 10, 6, 9, 14, 3, 112_999, UTC)) == "2026-10-06T09:14:03.112Z"
    assert stamp(datetime(2026, 1, 2, 3, 4, 5, 0, UTC)) == "2026-01-02T03:04:05.000Z"


@given(MOMENTS)
def test_a_stamp_can_be_read_back(at):
    assert moment(stamp(at)) == at.replace(microsecond=at.microsecond // 1000 * 1000)


@given(MOMENTS, MOMENTS)
def test_stamps_sort_like_their_moments(one, other):
    if one <= other:
        assert stamp(one) <= stamp(other)
    else:
        assert stamp(one) >= stamp(other)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-10-06T09:14:03.112Z", datetime(2026, 10, 6, 9, 14, 3, 112_000, UTC)),
        ("2026-10-06T09:14:03Z", datetime(2026, 10, 6, 9, 14, 3, 0, UTC)),
        ("2026-10-06T09:14:03", datetime(2026, 10, 6, 9, 14, 3, 0, UTC)),
        ("2026-10-06 09:14", datetime(2026, 10, 6, 9, 14, 0, 0, UTC)),
        ("2026-10-06t09:14:03z", datetime(2026, 10, 6, 9, 14, 3, 0, UTC)),
        ("2026-10-06T09:14:03+02:00", datetime(2026, 10, 6, 7, 14, 3, 0, UTC)),
        ("2026-10-06T09:14:03-0130", datetime(2026, 10, 6, 10, 44, 3, 0, UTC)),
        ("2026-10-06T09:14:03.5Z", datetime(2026, 10, 6, 9, 14, 3, 500_000, UTC)),
        ("2026-10-06T09:14:03.123456789Z", datetime(2026, 10, 6, 9, 14, 3, 123_456, UTC)),
        (" 2026-10-06 ", datetime(2026, 10, 6, tzinfo=UTC)),
    ],
)
def test_timestamps_are_read_leniently(text, read):
    assert moment(text) == read


def test_magentos_day_of_the_year_stands_where_milliseconds_belong():
    # Y-m-d\TH:i:s.<day of year>Z: the 325th day of the year, not 325 ms, but nobody can tell.
    read = moment("2026-11-22T10:00:00.325Z")

    assert read.replace(microsecond=0) == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert moment("2026-01-06T10:00:00.5Z") - datetime(2026, 1, 6, 10, tzinfo=UTC) < timedelta(
        seconds=1
    )


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13-01", "2026-02-30T10:00:00Z", "1790000000", "2026-10-06T25:00:00Z"]
)
def test_what_is_no_time_is_a_value_error(text):
    with pytest.raises(ValueError, match=r".+"):
        moment(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_a_time_outside_the_calendar_is_a_value_error_too(text):
    with pytest.raises(ValueError, match=r".+"):
        moment(text)


@given(MOMENTS)
def test_what_we_write_is_known_as_ours(at):
    assert is_stamp(stamp(at))


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-10-06", "2026-10-06T09:14:03Z", "2026-10-06T09:14:03.112", "2026-13-01T00:00:00.000Z",
     "2026-10-06T09:14:03.112+02:00", " 2026-10-06T09:14:03.112Z"],
)  # fmt: skip
def test_what_others_write_is_not(text):
    assert not is_stamp(text)
