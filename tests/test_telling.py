"""A payment in lines of text."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mock_dintero.telling import short_lines

sys.path.insert(0, str(Path(__file__).parent / "verify"))

from made_up_report import HOSTILE, made_leg, story


def test_a_line_says_who_asked_whom_for_what_and_what_came_of_it():
    leg = made_leg(
        path="/v1/sessions-profile?include_session=order", fault="status 503", outcome="503"
    )
    [line] = short_lines([leg], 100)
    assert (
        line[8:]
        == ".000  shop → sandbox: create session, POST /v1/sessions-profile  503 (status 503)"
    )


@pytest.mark.parametrize("width", [30, 60, 120])
def test_no_line_is_wider_than_asked_for_and_the_outcome_is_the_last_to_go(width: int):
    long = made_leg(path=f"/{'x' * 200}", outcome="409")
    lines = short_lines(
        [*story(), long, made_leg(what=HOSTILE, fault=HOSTILE, outcome=HOSTILE)], width
    )
    assert max(map(len, lines)) <= width
    assert lines[-2].endswith("  409")
