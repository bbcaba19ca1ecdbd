"""The filters of the list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mock_dintero.core.operation import CaptureBody, RefundBody, capture, refund
from mock_dintero.core.transaction import append
from mock_dintero.core.transaction_search import TransactionFilter, fits

JANUARY, FEBRUARY, MARCH = (datetime(2027, month, 15, tzinfo=UTC) for month in (1, 2, 3))


def reserved_for_long(transaction):
    """As Klarna may tell: these tests capture months after the payment."""
    metadata = {"klarna:authorization_expiration": "2030-01-01T00:00:00.000Z"}
    told = transaction.events[-1].with_(metadata=metadata)
    return transaction.with_(events=(*transaction.events[:-1], told))


@pytest.fixture
def transaction(make):
    session = make.session(
        order={
            "merchant_reference_2": "10023",
            "store": {"id": "s1"},
            "billing_address": make.oslo,
        },
        customer={"customer_id": "7", "email": "Kari@example.no", "phone_number": "+4791234567"},
    )
    return reserved_for_long(make.pay(session)[1])


def test_no_filter_fits_everything(transaction):
    assert fits(transaction, TransactionFilter())


@pytest.mark.parametrize(
    ("name", "value"),
    [("id", "T12345678.transaction"), ("status", "AUTHORIZED"), ("payment_product", "dintero_psp"),
     ("payment_product_type", "dintero_psp.vipps"), ("card_brand", "visa"), ("card_brand", "Visa"),
     ("session_id", "T12345678.session"), ("store_id", "s1"), ("currency", "NOK"),
     ("channel", "ecommerce")],
)  # fmt: skip
def test_a_repeated_filter_fits_any_of_its_values(transaction, name, value):
    assert fits(transaction, TransactionFilter(**{name: (value,)}))
    assert fits(transaction, TransactionFilter(**{name: ("other", value)}))
    assert not fits(transaction, TransactionFilter(**{name: ("other",)}))


@pytest.mark.parametrize(
    ("name", "value", "other"),
    [("merchant_reference", "cart-881", "cart-88"), ("merchant_reference_2", "10023", ""),
     ("amount", 29990, 29991), ("customer_id", "7", "8"), ("amount_gte", 29990, 29991),
     ("amount_lte", 29990, 29989)],
)  # fmt: skip
def test_a_single_filter_fits_its_value(transaction, name, value, other):
    assert fits(transaction, TransactionFilter(**{name: value}))
    assert not fits(transaction, TransactionFilter(**{name: other}))


def test_all_filters_must_fit(transaction):
    assert fits(transaction, TransactionFilter(currency=("NOK",), amount_gte=1, amount_lte=30000))
    assert not fits(transaction, TransactionFilter(currency=("NOK",), amount_gte=30000))


@pytest.mark.parametrize(
    "search",
    ["T12345678.transaction", "T12345678.session", "cart-881", "CART-881", "10023", "+4791234567",
     "kari@example.no", "Kari Hansen", " kari hansen "],
)  # fmt: skip
def test_search_finds_ids_references_contacts_and_first_last(transaction, search):
    assert fits(transaction, TransactionFilter(search=search))


@pytest.mark.parametrize("search", ["Kari", "cart", "NOK", "None", "Hansen Kari"])
def test_search_looks_for_whole_values(transaction, search):
    assert not fits(transaction, TransactionFilter(search=search))


def test_times_are_inclusive(transaction, make):
    for bound in ("gte", "lte"):
        assert fits(transaction, TransactionFilter(times=(("created_at", bound, make.now),)))
    assert fits(transaction, TransactionFilter(times=(("created_at", "lte", JANUARY),)))
    assert not fits(transaction, TransactionFilter(times=(("created_at", "gte", JANUARY),)))


def test_captured_and_refunded_are_times_of_successful_events(transaction):
    captured = capture(transaction, CaptureBody(amount=100), "x", JANUARY)
    refunded = refund(captured, RefundBody(amount=100), "x", MARCH)
    failed = append(transaction, "CAPTURE", JANUARY, success=False, amount=100)

    assert fits(refunded, TransactionFilter(times=(("captured_at", "lte", JANUARY),)))
    assert not fits(refunded, TransactionFilter(times=(("captured_at", "gte", FEBRUARY),)))
    assert fits(refunded, TransactionFilter(times=(("refunded_at", "gte", FEBRUARY),)))
    assert not fits(captured, TransactionFilter(times=(("refunded_at", "gte", JANUARY),)))
    for unfinished in (transaction, failed):
        assert not fits(unfinished, TransactionFilter(times=(("captured_at", "lte", MARCH),)))


def test_one_and_the_same_capture_must_lie_between_both_bounds(transaction):
    twice = transaction
    for month in (JANUARY, MARCH):
        twice = capture(twice, CaptureBody(amount=100), "x", month)

    def between(since, until):
        return TransactionFilter(
            times=(("captured_at", "gte", since), ("captured_at", "lte", until))
        )

    assert fits(twice, between(JANUARY, FEBRUARY))
    assert fits(twice, between(FEBRUARY, MARCH))
    assert not fits(twice, between(FEBRUARY, FEBRUARY))
