"""What a tester waits for: when it holds, and what is said when it does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_dintero.core.match import described, matches, nearest, why_not

DELIVERY: dict[str, Any] = {
    "at": "payment_callback",
    "state": "waiting",
    "attempts": [{"status": 500}, {"status": None}],
    "order": {"merchant_reference": "order-1", "amount": 29900},
    "is_replay": True,
}


@pytest.mark.parametrize(
    "match",
    [
        {}, {"state": "waiting"}, {"state": ["delivered", "waiting"]}, {"at": "*_callback"},
        {"attempts": 2}, {"attempts.0.status": 500}, {"attempts.0.status": "5*"},
        {"attempts.-1.status": None}, {"order.amount": 29900.0}, {"event": None},
        {"order": {"merchant_reference": "order-1", "amount": 29900}}, {"is_replay": True},
        {"attempts": [1, 2]}, {"order.merchant_reference": "*"},
    ],
)  # fmt: skip
def test_it_holds(match: dict[str, Any]) -> None:
    assert matches(DELIVERY, match)
    assert why_not(DELIVERY, match) == []


@pytest.mark.parametrize(
    ("match", "sentence"),
    [
        ({"state": "delivered"}, "state is 'waiting', not 'delivered'"),
        ({"state": ["delivered", "failed"]}, "state is 'waiting', not one of 'delivered', 'failed'"),
        ({"at": "*_hook"}, "at is 'payment_callback', which does not fit '*_hook'"),
        ({"attempts": 1}, "attempts has 2 entries, not 1"),
        ({"attempts.0.status": "500"}, "attempts.0.status is 500, not '500'"),
        ({"attempts.2.status": 200}, "there is no attempts.2.status: attempts has 2 entries"),
        ({"order.merchant_refrence": "x"},
         "there is no order.merchant_refrence (did you mean order.merchant_reference?)"),
        ({"is_replay": 1}, "is_replay is true, not 1"),
        ({"attempts.1.status": 200}, "attempts.1.status is null, not 200"),
        ({"zzz": "*"}, "there is no zzz"),
        ({"at.x": 1}, "there is no at.x"),
    ],
)  # fmt: skip
def test_it_does_not_hold_and_the_reason_is_said(match: dict[str, Any], sentence: str) -> None:
    assert not matches(DELIVERY, match)
    assert why_not(DELIVERY, match) == [sentence]


def test_only_the_star_is_special() -> None:
    assert matches({"path": "/v1/[a]?b"}, {"path": "/v1/[a]?*"})
    assert not matches({"path": "/v1/a.b"}, {"path": "/v1/a?*"})
    assert matches({"text": "two\nlines"}, {"text": "two*"})


def test_a_field_whose_name_has_dots_is_found() -> None:
    assert matches({"a.b": 1, "a": {"b": 2}}, {"a.b": 1})


def test_the_nearest_has_the_fewest_reasons_and_of_two_the_newest_is_told() -> None:
    items = [{"a": 1, "b": 2, "n": 1}, {"a": 1, "b": 2, "n": 2}, {"a": 0, "b": 2, "n": 3}]
    assert nearest(items, {"a": 1, "b": 1}) == (items[1], ["b is 2, not 1"])
    assert nearest([], {"a": 1}) is None


def test_long_values_are_cut_in_a_sentence() -> None:
    [sentence] = why_not({"body": "x" * 1000}, {"body": "y"})
    assert len(sentence) < 120


def test_what_is_wanted_reads_like_a_call() -> None:
    assert described({"at": "webhook", "attempts": 2}) == "at='webhook', attempts=2"
    assert described({}) == "anything"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
objects = st.dictionaries(st.text(max_size=5), json_values, max_size=4)


@given(objects, objects)
def test_there_is_a_reason_exactly_when_it_does_not_match(
    item: dict[str, Any], match: dict[str, Any]
) -> None:
    assert matches(item, match) == (not why_not(item, match))


@given(objects)
def test_every_item_matches_its_own_texts_and_numbers(item: dict[str, Any]) -> None:
    match = {n: v for n, v in item.items() if not isinstance(v, list)}
    assert matches(item, match)


@given(objects, st.text(max_size=5), json_values)
def test_one_more_allowed_value_never_makes_less_match(
    item: dict[str, Any], name: str, value: Any
) -> None:
    if matches(item, {name: value}) and not isinstance(value, list):
        assert matches(item, {name: [value, "another"]})


@given(st.text(max_size=12), st.text(max_size=6), st.text(max_size=6))
def test_a_star_stands_for_any_text(middle: str, before: str, after: str) -> None:
    assert matches({"a": before + middle + after}, {"a": f"{before}*{after}"})


@given(st.lists(objects, min_size=1, max_size=5), objects)
def test_nothing_is_nearer_than_the_nearest(
    items: list[dict[str, Any]], match: dict[str, Any]
) -> None:
    best = nearest(items, match)
    assert best is not None
    assert len(best[1]) == min(len(why_not(item, match)) for item in items)
