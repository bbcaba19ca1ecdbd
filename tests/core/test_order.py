"""Orders: what the sum is, who checks it, and the correction item."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mock_dintero.core.errors import InvalidOrderAmount
from mock_dintero.core.order import (
    Item,
    Order,
    OrderPatch,
    corrected,
    items_amount,
    require_sum,
    with_shipping,
)
from mock_dintero.core.shipping import ChosenShipping

UUID4 = UUID("1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed")
REFERENCE_ITEMS = [{"amount": 2000}, {"amount": 6600}, {"amount": 59700}]
SUMS = st.integers(-(10**6), 10**6)


def chosen(amount: int, line_id: str = "posten") -> ChosenShipping:
    return ChosenShipping(id=line_id, line_id=line_id, amount=amount, title="Post", operator="")


def order_of(amounts: list[int], shipping: int | None = None, amount: int | None = None) -> Order:
    total = sum(amounts) + (shipping or 0) if amount is None else amount
    order = Order(
        amount=total, currency="NOK", merchant_reference="r",
        items=tuple(Item(amount=each) for each in amounts),
    )  # fmt: skip
    return order if shipping is None else order.with_(shipping_option=chosen(shipping))


def test_the_sum_of_the_reference_example_is_72200():
    order = order_of([2000, 6600, 59700], 3900)

    assert items_amount(order.items) == 68300
    assert order.expected_amount == 72200
    require_sum(order)


def test_the_sum_of_the_create_session_example_is_33890():
    order = order_of([29990], 3900, amount=33890)

    assert order.goods_amount == 29990
    require_sum(order)


@pytest.mark.parametrize("amount", [68300, 72199, 72201, 0, -72200])
def test_any_other_sum_is_refused_with_the_numbers(amount):
    order = order_of([2000, 6600, 59700], 3900, amount=amount)

    with pytest.raises(InvalidOrderAmount) as refused:
        require_sum(order)

    assert refused.value.status == 400
    assert refused.value.code == "INVALID_ORDER_AMOUNT"
    assert all(text in refused.value.message for text in (str(amount), "68300", "3900", "72200"))


def test_an_order_without_items_costs_what_the_merchant_says():
    order = order_of([], 3900, amount=10000)

    require_sum(order)
    assert order.goods_amount == 6100


def test_a_partial_payment_may_be_less_than_its_items():
    order = order_of([2000, 6600], amount=500).with_(partial_payment=True)

    require_sum(order)
    assert order.goods_amount == 500
    assert with_shipping(order, chosen(3900)).amount == 4400


def test_an_item_without_amount_counts_nothing_and_gift_cards_count_negative():
    assert items_amount((Item(), Item(amount=500), Item(amount=-200, type="gift_card"))) == 300


def test_a_merchant_reference_may_be_the_empty_string(make):
    assert make.order(merchant_reference="").merchant_reference == ""


@pytest.mark.parametrize("missing", ["amount", "currency", "merchant_reference"])
def test_amount_currency_and_merchant_reference_are_required(make, missing):
    order = make.order_json()
    del order[missing]

    with pytest.raises(ValidationError, match=missing):
        Order.model_validate(order)


def test_an_update_requires_nothing():
    assert OrderPatch.model_validate({}).shown() == {}


@pytest.mark.parametrize("currency", ["nok", "NO", "NOKK", "", "N0K"])
def test_currencies_are_three_capital_letters(make, currency):
    with pytest.raises(ValidationError):
        make.order(currency=currency)


def test_a_discount_lines_line_id_is_a_number():
    line = {"amount": 100, "discount_type": "external", "line_id": 1, "description": "SUMMER"}
    item = Item.model_validate({"discount_lines": [line]})

    assert item.shown() == {"discount_lines": [line]}
    assert item.discount_lines[0].line_id == 1


def test_choosing_shipping_adds_its_price_and_dropping_it_takes_it_away():
    bare = order_of([2000, 6600, 59700])

    shipped = with_shipping(bare, chosen(3900))
    dropped = with_shipping(shipped, None)

    assert shipped.amount == 72200
    assert dropped.amount == 68300
    assert "shipping_option" not in dropped.shown()


def test_choosing_another_option_replaces_the_price_also_without_items():
    order = order_of([], 3900, amount=13900)

    assert with_shipping(order, chosen(0)).amount == 10000
    assert with_shipping(order, chosen(9900)).amount == 19900


def test_a_total_that_lacks_the_chosen_shipping_makes_the_published_correction_of_minus_10000():
    order = order_of([29990], 10000)

    after = corrected(order, 29990, 10000, UUID4)

    correction = after.items[-1]
    assert after.amount == 29990
    assert correction.shown() == {
        "id": correction.id, "line_id": correction.id, "amount": -10000,
        "quantity": 1, "description": "Correction",
    }  # fmt: skip
    assert correction.id.startswith("correction-")
    assert len(correction.id) == len("correction-") + 22


def test_a_total_with_the_chosen_shipping_needs_no_correction():
    order = order_of([29990], 10000)

    assert corrected(order, 39990, 10000, UUID4) == order


def test_a_higher_total_makes_a_positive_correction():
    after = corrected(order_of([29990]), 30490, 0, UUID4)

    assert [item.amount for item in after.items] == [29990, 500]


def test_without_items_or_in_a_partial_payment_nothing_is_corrected():
    assert corrected(order_of([], amount=100), 70, 0, UUID4).shown().get("items") == []
    partial = order_of([100]).with_(partial_payment=True)
    assert [item.amount for item in corrected(partial, 70, 0, UUID4).items] == [100]


def test_answering_the_same_total_again_adds_no_second_correction():
    once = corrected(order_of([29990], 10000), 29990, 10000, UUID4)

    assert corrected(once, 29990, 10000, UUID4) == once


@given(st.lists(SUMS, min_size=1, max_size=5), st.none() | SUMS, st.none() | SUMS, SUMS)
def test_with_shipping_keeps_the_sum_whatever_it_was(amounts, before, after, wrong):
    order = order_of(amounts, before, amount=wrong)

    moved = with_shipping(order, None if after is None else chosen(after))

    assert moved.amount == sum(amounts) + (after or 0)
    require_sum(moved)


@given(st.lists(SUMS, min_size=1, max_size=5), st.none() | SUMS, SUMS)
def test_a_corrected_order_keeps_the_sum_and_the_merchants_total(amounts, shipping, total):
    order = order_of(amounts, shipping)

    after = corrected(order, total, order.shipping_amount, UUID4)

    assert after.amount == total
    assert after.items[: len(amounts)] == order.items
    assert len(after.items) - len(amounts) == (0 if total == order.amount else 1)
    require_sum(after)


@given(st.integers(0, 10**6), SUMS, SUMS)
def test_without_items_the_goods_stay_the_same_through_every_choice(goods, one, other):
    order = order_of([], amount=goods)

    there = with_shipping(with_shipping(order, chosen(one)), chosen(other))

    assert there.amount == goods + other
    assert with_shipping(there, None).amount == goods


def test_a_total_beyond_32_bits_is_refused_as_it_could_not_be_read_again():
    order = Order(
        amount=2_000_000_000, currency="NOK", merchant_reference="a",
        items=(Item(amount=2_000_000_000),),
    )  # fmt: skip
    dear = ChosenShipping(id="a", line_id="a", amount=2_000_000_000, title="A", operator="")
    with pytest.raises(InvalidOrderAmount, match="2147483647 is the limit"):
        with_shipping(order, dear)
