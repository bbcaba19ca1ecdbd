"""A payment as a drawing: every step in order of time, in its place, with words that fit."""

from __future__ import annotations

import pytest
from made_up_report import HOSTILE, made_leg, story

from mock_dintero.verify.reports.diagram import NARROW, WIDE, Arrow, Gap, Note, diagram


def test_every_step_has_its_row_in_order_of_time():
    found = diagram(story(), WIDE)
    kinds = "".join(row.kind[0] for row in found.rows)
    assert kinds == "aaaaanangaaa"
    heights = [row.y for row in found.rows]
    assert heights == sorted(heights)
    assert found.height > heights[-1]


def test_arrows_go_from_the_one_who_asks_to_the_one_who_answers():
    [asks, is_asked, buys] = diagram(
        [made_leg(), made_leg(1, sender="sandbox", receiver="shop"), made_leg(2, sender="buyer")],
        WIDE,
    ).rows
    assert isinstance(asks, Arrow) and isinstance(is_asked, Arrow) and isinstance(buys, Arrow)
    assert (asks.start, asks.end) == (is_asked.end, is_asked.start)
    assert asks.way == -1
    assert buys.end == asks.end


@pytest.mark.parametrize(
    ("outcome", "is_bad"),
    [("200", False), ("303", False), ("404", True), ("500", True), ("no answer in 10 s", True)],
)
def test_what_was_refused_or_failed_is_marked(outcome: str, is_bad: bool):
    [row] = diagram([made_leg(outcome=outcome)], WIDE).rows
    assert isinstance(row, Arrow)
    assert row.is_bad is is_bad


def test_a_long_time_is_folded_by_the_accounts_clock():
    legs = [made_leg(0), made_leg(1, account_time="2026-10-06T09:30:00.000Z"),
            made_leg(2, account_time="2026-10-09T09:30:00.000Z")]  # fmt: skip
    gaps = [row.label for row in diagram(legs, WIDE).rows if isinstance(row, Gap)]
    assert gaps == ["about 30 minutes later", "about 3 days later"]


def test_the_time_that_an_answer_took_is_no_gap():
    slow = made_leg(0, account_time="2026-10-06T09:02:00.000Z", duration=119_000.0)
    assert len(diagram([made_leg(0), slow], WIDE).rows) == 2


def test_the_clock_that_was_moved_stands_before_the_gap():
    rows = diagram(story(), WIDE).rows
    [at] = [n for n, row in enumerate(rows) if isinstance(row, Gap)]
    before = rows[at - 1]
    assert isinstance(before, Note)
    assert before.label.startswith("clock moved on")


def test_a_note_leaves_out_what_is_long_in_an_address():
    what = "fault struck: payment_callback drop POST http://127.0.0.1:1/paid?method=POST&a=b"
    [row] = diagram([made_leg(sender="tester", what=what)], WIDE).rows
    assert row == Note(row.y, "fault struck: payment_callback drop POST /paid")


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_words_fit_between_the_edges(width: int):
    long = made_leg(path=f"/{HOSTILE * 9}", what=HOSTILE, outcome=HOSTILE, fault=HOSTILE)
    [row] = diagram([long], width).rows
    assert isinstance(row, Arrow)
    room = 2 * min(row.middle, width - row.middle)
    assert len(row.below) * 7.1 <= room
    assert (len(row.label) + len(row.outcome) + 4) * 8.2 <= room
    assert len(row.fault) <= 24


def test_a_payment_without_steps_has_lifelines_only():
    assert diagram([], WIDE).rows == ()


def test_on_a_phone_there_is_room_for_the_event_of_a_callback():
    leg = made_leg(sender="sandbox", receiver="shop", what="payment callback CAPTURE")
    [row] = diagram([leg], NARROW).rows
    assert isinstance(row, Arrow)
    assert row.label == "callback CAPTURE"


def test_on_a_phone_the_drawing_says_that_it_failed_and_the_list_says_how():
    leg = made_leg(outcome="the connection was closed")
    [wide], [narrow] = diagram([leg], WIDE).rows, diagram([leg], NARROW).rows
    assert isinstance(wide, Arrow) and isinstance(narrow, Arrow)
    assert (wide.outcome, narrow.outcome) == ("the connection was closed", "failed")
