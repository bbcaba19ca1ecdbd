"""Parts and records: frozen, unknown fields kept, amounts whole."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mock_dintero.core.order import Item, Order, OrderPatch
from mock_dintero.core.record import json_type
from mock_dintero.core.session import Checkbox, NewSession

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def order_json(amount: str) -> str:
    return f'{{"amount": {amount}, "currency": "NOK", "merchant_reference": ""}}'


@pytest.mark.parametrize(
    ("sent", "read"),
    [("29990", 29990), ("29990.0", 29990), ("2.999e4", 29990), ("-10000", -10000), ("0", 0),
     ("-0.0", 0), ("2147483647", 2**31 - 1), ("-2147483648", -(2**31))],
)  # fmt: skip
def test_whole_amounts_are_taken_even_as_json_floats(sent, read):
    amount = Order.model_validate_json(order_json(sent)).amount

    assert amount == read
    assert type(amount) is int


@pytest.mark.parametrize(
    "sent", ["894.9999999999999", "0.5", '"29990"', "true", "null", "[]", "{}", "2147483648",
             "-2147483649", "1e300", "NaN"],
)  # fmt: skip
def test_amounts_that_are_not_whole_numbers_of_32_bits_are_refused(sent):
    with pytest.raises(ValidationError):
        Order.model_validate_json(order_json(sent))


@pytest.mark.parametrize("sent", ["Infinity", "-Infinity", "1e999"])
def test_infinite_amounts_are_refused_like_all_other_nonsense(sent):
    with pytest.raises(ValidationError):
        Order.model_validate_json(order_json(sent))


def test_a_fraction_is_refused_with_a_hint_to_round():
    with pytest.raises(ValidationError, match=r"round it \(to 895\?\)"):
        Order.model_validate_json(order_json("894.9999999999999"))


def test_a_text_as_amount_is_refused_in_the_words_of_dinteros_validator():
    with pytest.raises(ValidationError, match="expected type integer but found type string"):
        Order.model_validate_json(order_json('"29990"'))


def test_null_in_an_optional_field_is_taken_and_shown_as_null():
    item = Item.model_validate_json('{"amount": null, "vat_amount": null, "line_id": "1"}')

    assert item.amount is None
    assert item.shown() == {"amount": None, "vat_amount": None, "line_id": "1"}


def test_what_was_never_sent_is_not_shown():
    assert Item.model_validate({"line_id": "1"}).shown() == {"line_id": "1"}


@pytest.mark.parametrize("flag", ['"true"', "1", "0", '"false"'])
def test_flags_are_json_booleans_and_nothing_else(flag):
    with pytest.raises(ValidationError):
        Checkbox.model_validate_json(f'{{"id": "a", "label": "b", "required": {flag}}}')


@pytest.mark.parametrize("number", ['"1"', "true", "Infinity", "NaN"])
def test_numbers_are_json_numbers_and_nothing_else(number):
    with pytest.raises(ValidationError):
        Item.model_validate_json(f'{{"quantity": {number}}}')


@given(st.dictionaries(st.text(max_size=6).map(lambda name: f"ext_{name}"), JSON, max_size=4))
def test_unknown_fields_are_kept_and_given_back_unchanged(unknown):
    sent = json.dumps({"line_id": "1", **unknown})

    kept = Item.model_validate_json(sent)

    assert json.loads(kept.model_dump_json(exclude_unset=True)) == json.loads(sent)
    assert json.loads(kept.with_(amount=5).model_dump_json(exclude_unset=True)) == {
        **json.loads(sent), "amount": 5
    }  # fmt: skip


def test_whole_numbers_are_given_back_as_they_were_sent():
    sent = '{"line_id":"1","quantity":1,"vat":25}'

    assert Item.model_validate_json(sent).model_dump_json(exclude_unset=True) == sent


def test_decimals_are_given_back_as_they_were_sent():
    sent = '{"quantity":0.75,"vat":12.5}'

    assert Item.model_validate_json(sent).model_dump_json(exclude_unset=True) == sent


def test_a_part_cannot_be_changed_in_place():
    item = Item(line_id="1")

    with pytest.raises(ValidationError):
        item.line_id = "2"


def test_a_changed_copy_leaves_the_original_alone():
    item = Item(line_id="1", amount=5)

    assert item.with_(amount=6).amount == 6
    assert item.amount == 5


def test_a_field_taken_away_was_never_sent():
    patch = OrderPatch.model_validate({"amount": 5, "vat_amount": 1, "ext_colour": "red"})

    bare = patch.without("vat_amount", "ext_colour", "never_there")

    assert bare.vat_amount is None
    assert bare.shown() == {"amount": 5}
    assert patch.shown() == {"amount": 5, "vat_amount": 1, "ext_colour": "red"}


def test_a_record_knows_its_account_and_was_never_saved(make):
    session = make.session()

    assert session.account_id == "T12345678"
    assert session.version == 0


@pytest.mark.parametrize(
    ("value", "name"),
    [(None, "null"), (True, "boolean"), (1, "number"), (1.5, "number"), ("", "string"),
     ([], "array"), ((), "array"), ({}, "object")],
)  # fmt: skip
def test_json_types_have_their_json_names(value, name):
    assert json_type(value) == name


def test_a_body_that_is_a_list_is_refused():
    with pytest.raises(ValidationError):
        NewSession.model_validate_json("[]")
