"""Cards: the form's rules, the test cards of transactions.md 14.4, and what is kept of a number."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mock_dintero.core.card import (
    TEST_CARDS,
    authenticated,
    effect,
    failure,
    masked,
    problems,
    typed,
)
from mock_dintero.core.operation import CaptureBody, RefundBody, capture, refund, void
from mock_dintero.core.payment import PayBody, start, with_card
from mock_dintero.core.payment_method import METHODS

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CARD = METHODS["dintero_psp.creditcard"]
GOOD = "4000000000000002"


@pytest.mark.parametrize("number", sorted(TEST_CARDS))
def test_every_test_card_is_sound_and_known_by_its_masked_number(number):
    assert problems(number, "12/34", "123", NOW) == {}
    assert effect(typed(number, "12/34")) == TEST_CARDS[number]
    assert len({masked(one) for one in TEST_CARDS}) == len(TEST_CARDS)


def test_any_other_sound_card_just_works():
    assert problems("4242424242424242", "12/34", "123", NOW) == {}
    assert effect(typed("4242424242424242", "12/34")) == "success"
    assert effect(None) == effect({}) == "success"


@pytest.mark.parametrize(
    "number", ["", "4", "4000 0000", "4000000000000003", "40000000000000029", "abcdefghijklmnop",
               "٤٠٠٠٠٠٠٠٠٠٠٠٠٠٠٢", "4" * 20, "4000000000000002\n"],
)  # fmt: skip
def test_a_number_with_a_mistake_is_told(number):
    assert set(problems(number, "12/34", "123", NOW)) == {"card_number"}


@pytest.mark.parametrize("expiry", ["12/34", "12 / 34", "1/27", "01/27", "11/26", "12/2034"])
def test_a_card_is_good_until_its_month_ends(expiry):
    assert problems(GOOD, expiry, "123", NOW) == {}


@pytest.mark.parametrize(
    "expiry", ["", "13/34", "0/34", "1234", "12-34", "x", "10/26", "11/25", "12/1934", "12/34x"]
)
def test_a_wrong_or_past_expiry_is_told(expiry):
    assert set(problems(GOOD, expiry, "123", NOW)) == {"card_expiry"}


@pytest.mark.parametrize("cvc", ["", "12", "12345", "abc"])
def test_a_wrong_security_code_is_told(cvc):
    assert set(problems(GOOD, "12/34", cvc, NOW)) == {"card_cvc"}


def test_everything_that_is_wrong_is_told_at_once():
    assert set(problems("", "", "", NOW)) == {"card_number", "card_expiry", "card_cvc"}


def test_of_a_number_six_and_four_digits_are_kept():
    assert typed("5200000000000007", "1/34") == {
        "brand": "MasterCard", "masked_pan": "520000******0007", "expiry_date": "01/2034"
    }  # fmt: skip
    assert masked("123456789012") == "123456**9012"


@pytest.mark.parametrize(
    ("number", "brand", "eci", "status"),
    [
        ("4000000000000002", "Visa", "05", "Y"),
        ("5200000000000007", "MasterCard", "02", "Y"),
        ("4000200000000008", "Visa", "06", "A"),
        ("5200000000000023", "MasterCard", "01", "A"),
    ],
)
def test_the_eci_tells_how_far_the_customer_was_authenticated(number, brand, eci, status):
    card = authenticated(typed(number, "12/34"), CARD, "T12345678.t", NOW)

    assert (card["brand"], card["eci"], card["authentication_status"]) == (brand, eci, status)


def test_a_product_without_cards_has_none():
    assert authenticated(None, METHODS["klarna.klarna"], "T12345678.t", NOW) is None


@pytest.mark.parametrize("number", sorted(TEST_CARDS))
def test_a_card_times_out_at_the_operation_that_it_is_for_and_at_no_other(number):
    card = typed(number, "12/34")
    times_out = {
        name for name in ("CAPTURE", "REFUND", "VOID", "AUTO_CAPTURE") if failure(card, name)
    }

    assert times_out == {
        "capture_times_out": {"CAPTURE", "AUTO_CAPTURE"}, "refund_times_out": {"REFUND"},
        "void_times_out": {"VOID"}, "auto_capture_times_out": {"AUTO_CAPTURE"},
    }.get(TEST_CARDS[number], set())  # fmt: skip


@pytest.mark.parametrize(
    ("number", "operation"),
    [("4100000000000019", "CAPTURE"), ("4100000000000027", "REFUND"), ("4100000000000043", "VOID")],
)
def test_an_operation_that_times_out_leaves_an_event_and_nothing_else(make, number, operation):
    paid = make.paid(method="dintero_psp.creditcard")
    if operation == "REFUND":
        paid = capture(paid, CaptureBody(amount=10000), "client", NOW)
    paid = paid.with_(card={**paid.card, "masked_pan": masked(number)})

    after = {
        "CAPTURE": lambda: capture(paid, CaptureBody(amount=4000), "client", NOW),
        "REFUND": lambda: refund(paid, RefundBody(amount=4000), "client", NOW),
        "VOID": lambda: void(paid, "client", NOW),
    }[operation]()

    event = after.events[-1]
    assert (event.event, event.success, event.transaction_status) == (operation, False, paid.status)
    assert event.error["code"] == "Error"
    assert after.status == paid.status
    assert (after.left_to_capture, after.left_to_refund) == (
        paid.left_to_capture,
        paid.left_to_refund,
    )


def test_a_card_is_typed_for_the_payment_under_way(make):
    session = make.session()
    started, transaction = start(
        session, PayBody(payment_product_type=CARD.type), "T12345678.t", NOW
    )

    assert with_card(started, transaction, GOOD, "12/34").card == typed(GOOD, "12/34")
