"""Payouts: who gets which part of what was captured, to the last øre."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_dintero.core import payout
from mock_dintero.core.errors import FundTransferChanged, InvalidRequest
from mock_dintero.core.operation import CaptureBody, RefundBody, capture, refund
from mock_dintero.core.payout import NewFundTransfer
from mock_dintero.core.transaction import Transaction


def split(seller: str, amount: int) -> dict[str, Any]:
    return {"payout_destination_id": seller, "amount": amount}


LINES = [
    {
        "line_id": "1",
        "id": "a",
        "amount": 7000,
        "splits": [split("anna", 6000), split("market", 1000)],
    },
    {
        "line_id": "2",
        "id": "b",
        "amount": 3000,
        "splits": [split("bob", 2700), split("market", 300)],
    },
]


@pytest.fixture
def sold(make: Any) -> Transaction:
    return make.pay(make.session(order={"amount": 10000, "items": LINES}))[1]


def take(transaction: Transaction, amount: int, make: Any, **more: Any) -> Transaction:
    return capture(
        transaction, CaptureBody.model_validate({"amount": amount, **more}), "c", make.now
    )


def give(transaction: Transaction, amount: int, make: Any, **more: Any) -> Transaction:
    return refund(transaction, RefundBody.model_validate({"amount": amount, **more}), "c", make.now)


def left(transaction: Transaction, *transfers: payout.FundTransfer) -> dict[str, int]:
    sellers = ("anna", "bob", "market", "carl")
    found = {
        s: payout.balances(payout.ledger([transaction], transfers, s)).get("NOK", 0)
        for s in sellers
    }
    return {seller: amount for seller, amount in found.items() if amount}


def test_nothing_is_there_before_the_capture(sold: Transaction) -> None:
    assert left(sold) == {}


def test_a_whole_capture_pays_every_split(sold: Transaction, make: Any) -> None:
    assert left(take(sold, 10000, make)) == {"anna": 6000, "bob": 2700, "market": 1300}


def test_a_part_without_items_pays_everybody_in_proportion(sold: Transaction, make: Any) -> None:
    assert left(take(sold, 5000, make)) == {"anna": 3000, "bob": 1350, "market": 650}


def test_a_capture_of_one_line_pays_its_sellers_alone(sold: Transaction, make: Any) -> None:
    taken = take(sold, 3000, make, items=[{"line_id": "2", "amount": 3000}])
    assert left(taken) == {"bob": 2700, "market": 300}


def test_splits_on_the_capture_itself_count_more_than_those_of_the_order(
    sold: Transaction, make: Any
) -> None:
    items = [{"line_id": "2", "amount": 3000, "splits": [split("carl", 3000)]}]
    assert left(take(sold, 3000, make, items=items)) == {"carl": 3000}


def test_a_refund_takes_back_what_was_paid(sold: Transaction, make: Any) -> None:
    taken = take(sold, 10000, make)
    assert left(give(taken, 10000, make)) == {}
    one = give(taken, 7000, make, items=[{"line_id": "1", "amount": 7000}])
    assert left(one) == {"bob": 2700, "market": 300}


def test_without_splits_the_order_s_one_seller_gets_all(make: Any) -> None:
    order = {"amount": 1000, "items": [{"amount": 1000}], "payout_destination_id": "anna"}
    paid = make.pay(make.session(order=order))[1]
    assert left(take(paid, 400, make)) == {"anna": 400}


def test_the_seller_of_the_store_counts_too(make: Any) -> None:
    store = {"id": "s", "payout_destination_id": "bob"}
    paid = make.pay(
        make.session(order={"amount": 1000, "items": [{"amount": 1000}], "store": store})
    )[1]
    assert left(take(paid, 1000, make)) == {"bob": 1000}


def test_an_order_without_sellers_pays_none(make: Any) -> None:
    assert left(take(make.paid(1000), 1000, make)) == {}


def test_the_splits_of_the_shipping_are_paid_as_well(make: Any) -> None:
    freight = {**make.option("posten", 900), "splits": [split("carl", 900)]}
    order = {"amount": 10900, "items": LINES, "shipping_option": freight}
    paid = make.pay(make.session(order=order))[1]
    assert left(take(paid, 10900, make))["carl"] == 900


@given(st.lists(st.integers(1, 4000), min_size=1, max_size=8), st.integers(1, 9999))
def test_however_an_order_is_captured_and_refunded_nothing_is_lost(
    make: Any, parts: list[int], first: int
) -> None:
    total = sum(parts)
    first = min(first, total)
    line = {
        "line_id": "1",
        "amount": total,
        "splits": [split("anna", first), split("bob", total - first)],
    }
    paid = make.pay(make.session(order={"amount": total, "items": [line]}))[1]
    for part in parts:
        paid = take(paid, part, make)
    assert left(paid) == {s: a for s, a in (("anna", first), ("bob", total - first)) if a}
    for part in reversed(parts):
        paid = give(paid, part, make)
    assert left(paid) == {}


def transfer(**more: Any) -> NewFundTransfer:
    return NewFundTransfer.model_validate({
        "fund_transfer_id": "t1", "type": "payout-destination", "amount": 500, "currency": "NOK",
        "source_payout_destination_id": "anna", "destination_payout_destination_id": "bob",
        "reference": "rent", **more,
    })  # fmt: skip


def test_a_transfer_moves_money_from_one_seller_to_another(sold: Transaction, make: Any) -> None:
    made = payout.new_fund_transfer("T12345678.t1", transfer(), "c", make.now)
    assert left(take(sold, 10000, make), made) == {"anna": 5500, "bob": 3200, "market": 1300}
    (entry,) = payout.ledger([], [made], "anna")
    shown = payout.public_entry(entry, "T12345678", "anna", "config")
    assert (shown["type"], shown["amount"], shown["transfer_id"]) == ("transfer", -500, "t1")
    assert shown["outbound_receiver_country"] is None


def test_a_transfer_to_oneself_is_refused(make: Any) -> None:
    with pytest.raises(InvalidRequest, match="the same"):
        payout.new_fund_transfer(
            "T12345678.t1", transfer(destination_payout_destination_id="anna"), "c", make.now
        )


def test_the_same_transfer_again_is_the_same_and_another_is_told_what_differs(make: Any) -> None:
    made = payout.new_fund_transfer("T12345678.t1", transfer(), "c", make.now)
    assert payout.require_same(made, transfer(account_id="ignored")) is made
    with pytest.raises(FundTransferChanged, match="amount, reference"):
        payout.require_same(made, transfer(amount=501, reference="food"))
    with pytest.raises(FundTransferChanged, match="note"):
        payout.require_same(made, transfer(note="more"))


def test_pages_follow_one_another_without_gaps(make: Any) -> None:
    made = [
        payout.new_fund_transfer(
            f"T12345678.t{n}",
            transfer(fund_transfer_id=f"t{n}"),
            "c",
            make.now + timedelta(seconds=n),
        )
        for n in range(5)
    ]
    entries = payout.ledger([], made, "bob")
    assert [entry.ledger_entry_id for entry in entries] == ["t4", "t3", "t2", "t1", "t0"]
    first, token = payout.page_of(entries, 3, None)
    second, end = payout.page_of(entries, 3, token)
    assert [*first, *second] == entries
    assert end is None
    assert payout.page_of([], 3, None) == ([], None)
    with pytest.raises(InvalidRequest, match="next_page_token"):
        payout.page_of(entries, 3, "t9")
