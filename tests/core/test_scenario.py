"""What a scenario's file may say, how its mistakes are told, and how what was found is judged."""

from __future__ import annotations

from typing import Any

import pytest

from mock_dintero.core.callback import AttemptRecord, Callback
from mock_dintero.core.errors import InvalidScenario
from mock_dintero.core.scenario import Scenario, own_session, parse
from mock_dintero.core.session import NewSession
from mock_dintero.core.verdict import Found, compare, passed, replies, told

GOOD = """
title = "A title"
story = '''
On two
lines.'''
group = "Callbacks"
step = [
  { do = "address", country = "SE" },
  { do = "pay", expect_status = 400 },
  { do = "fault", fault = { at = "api", do = "status" } },
]

[[fault]]
at = "payment_callback"
do = "drop"
times = 2

[expect]
session = "AUTHORIZED"
transaction = "none"
captured = "all"
payment_callbacks = ["lost", 200]
merchant = "paid"
"""


def scenario(text: str = GOOD) -> Scenario:
    return parse("some", text)


def found(**changes: Any) -> Found:
    values = {
        "step 1: address": 200, "step 2: pay": 400, "step 3: fault": 200,
        "fault 1: drop at payment_callback": 2, "fault 2: status at api": 1,
        "session": "AUTHORIZED", "transaction": "none", "captured": 500, "paid": 500,
        "payment_callbacks": ["lost", 200], "merchant": "paid", **changes,
    }  # fmt: skip
    return Found({what: value for what, value in values.items() if value is not None})


def test_a_story_may_stand_on_several_lines() -> None:
    assert scenario().story == "On two lines."
    assert scenario().name == "some"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("title =", "titel =", "some.toml: title: Field required; titel: there is no such field"),
        ('country = "SE"', 'contry = "SE"', "some.toml: step 1 (address): contry: there is no such field"),
        ('do = "pay"', 'do = "pays"', "some.toml: step 2: Input tag 'pays' found"),
        ('do = "drop"', 'do = "dropp"', "some.toml: fault 1: Value error, do: 'dropp' cannot be done at"),
        ("times = 2", "tims = 2", "some.toml: fault 1: tims: there is no such field"),
        ("merchant =", "mercant =", "some.toml: expect.mercant: there is no such field"),
        ('"AUTHORIZED"', '"AUTHORISED"', "some.toml: expect.session"),
        ('["lost", 200]', '["lots", 200]', "some.toml: expect.payment_callbacks.0"),
        ("story = '''", "story = '", "some.toml: "),
        ("title =", 'name = "x"\ntitle =', "some.toml: name: a scenario is named by its file"),
        ('captured = "all"', "captured = -1", "some.toml: expect.captured"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_and_field(before: str, after: str, words: str) -> None:
    assert before in GOOD
    with pytest.raises(InvalidScenario) as refusal:
        scenario(GOOD.replace(before, after))
    assert refusal.value.message.startswith(words)


def test_what_is_found_as_expected_passes() -> None:
    rows = compare(scenario(), found())
    assert passed(rows)
    assert [row.what for row in rows] == [
        "step 2: pay", "fault 1: drop at payment_callback", "fault 2: status at api",
        "session", "transaction", "captured", "payment_callbacks", "merchant",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("step 1: address", 409), ("step 1: address", 0), ("step 1: address", None),
        ("step 2: pay", 200), ("step 2: pay", None), ("fault 1: drop at payment_callback", 1),
        ("fault 2: status at api", None), ("session", "OPEN"), ("transaction", "AUTHORIZED"),
        ("captured", 0), ("captured", 499), ("payment_callbacks", [200]),
        ("payment_callbacks", [200, "lost"]), ("merchant", "pending"), ("merchant", None),
    ],
)  # fmt: skip
def test_what_is_found_otherwise_fails_and_nothing_else_does(what: str, other: Any) -> None:
    rows = compare(scenario(), found(**{what: other}))
    assert [row.what for row in rows if row.passed is False] == [what]


def test_nothing_captured_is_not_all_of_nothing() -> None:
    rows = compare(scenario(), found(captured=0, paid=0))
    assert [row.what for row in rows if not row.passed] == ["captured"]


def test_what_could_not_be_looked_at_is_not_judged() -> None:
    wrong = found(merchant="nonsense")
    rows = compare(scenario(), Found(wrong.values, {"merchant": "no shop was named"}))
    assert passed(rows)
    assert rows[-1].shown() == {
        "what": "merchant", "expected": "paid", "found": "skipped: no shop was named", "passed": None
    }  # fmt: skip


def test_a_refused_step_shows_the_words_of_the_refusal() -> None:
    refused = found(**{"step 1: address": 409})
    [row] = [
        r for r in compare(scenario(), Found(refused.values, words={"step 1: address": "gone"}))
        if not r.passed
    ]  # fmt: skip
    assert (row.expected, row.found) == ("done", "409: gone")


def callback(event: str | None, *attempts: AttemptRecord) -> Callback:
    return Callback(
        id="T12345678.x", at="payment_callback", session_id="T12345678.s", method="GET", event=event,
        url="http://shop.example", created_at="2026-10-06T09:14:03.112Z", attempts=attempts,
    )  # fmt: skip


def attempt(at: str, **fields: Any) -> AttemptRecord:
    return AttemptRecord(at=at, latency=1.0, **fields)


def test_tries_are_told_in_words_where_there_is_no_status() -> None:
    tried = callback(
        None,
        attempt("1", fault="drop", error="lost on its way: a fault asked for it"),
        attempt("2", fault="lose_answer", error="the answer (200) was lost on its way"),
        attempt("3", fault="lose_answer", error="ClientConnectorError"),
        attempt("4", error="no answer within 10 seconds"),
        attempt("5", status=200, fault="duplicate", extra="duplicate"),
    )
    assert replies([tried]) == ["lost", "answer_lost", "no_connection", "no_answer", 200]


def test_what_the_shop_was_told_stands_in_order_of_arrival() -> None:
    payment = callback(None, attempt("1", status=500), attempt("4", status=200))
    capture = callback(
        "CAPTURE", attempt("2", status=200), attempt("3", status=200, extra="replay")
    )
    assert told([payment, capture]) == ["CAPTURE", "payment"]


def test_a_session_of_its_own_is_one_that_a_merchant_could_make() -> None:
    body = NewSession.model_validate(own_session(scenario().basket, "r-1", "http://shop.example"))
    assert body.order.amount == 79900
    assert [option.line_id for option in body.express.shipping_options] == ["home", "pick-up-1"]
