"""Discount codes, and what the two in-checkout answers do to an order."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from mock_dintero.core.discount import Answer, after_address, after_discount, require_allowed
from mock_dintero.core.errors import TooManyDiscountCodes

EXAMPLE = [{"line_id": str(n), "amount": a} for n, a in enumerate((2000, 6600, 59700), 1)]


def answer(**order):
    return Answer.model_validate({"shipping_options": [], "order": order}).order


def test_an_answer_needs_shipping_options_and_may_have_none_in_them():
    assert Answer.model_validate({"shipping_options": []}).shipping_options == ()
    with pytest.raises(ValidationError, match="shipping_options"):
        Answer.model_validate({})
    with pytest.raises(ValidationError, match="shipping_options"):
        Answer.model_validate({"shipping_options": None})


def test_an_answers_order_needs_an_amount_when_it_is_there():
    with pytest.raises(ValidationError, match="amount"):
        answer(items=[])
    assert Answer.model_validate({"shipping_options": [], "order": None}).order is None


def test_an_address_answer_without_order_leaves_the_amounts(make):
    order = make.order()

    assert after_address(order, None, make.uuid) is order


def test_an_address_answer_can_change_amount_currency_and_items(make):
    after = after_address(
        make.order(),
        answer(amount=68300, currency="SEK", items=EXAMPLE, vat_amount=13660),
        make.uuid,
    )

    assert (after.amount, after.currency, after.vat_amount) == (68300, "SEK", 13660)
    assert [item.amount for item in after.items] == [2000, 6600, 59700]


def test_an_address_answer_without_items_is_measured_by_those_of_the_session(make):
    after = after_address(make.order(), answer(amount=29000), make.uuid)

    assert [item.amount for item in after.items] == [29990, -990]


def test_an_address_answer_that_forgets_the_chosen_shipping_is_corrected_by_minus_10000(make):
    order = make.order(amount=39990, shipping_option=make.option(amount=10000))

    after = after_address(order, answer(amount=29990), make.uuid)

    assert after.amount == 29990
    assert after.items[-1].amount == -10000


def test_an_address_answer_with_the_chosen_shipping_is_not_corrected(make):
    order = make.order(amount=39990, shipping_option=make.option(amount=10000))

    assert after_address(order, answer(amount=39990), make.uuid).items == order.items


def test_an_answer_cannot_bring_a_shipping_option_of_its_own(make):
    after = after_address(
        make.order(), answer(amount=29990, shipping_option=make.option("smuggled")), make.uuid
    )

    assert after.shipping_option is None
    assert "shipping_option" not in after.shown()


@pytest.mark.parametrize("amount", [72200, 68300])
def test_a_discount_answer_may_count_the_chosen_shipping_or_not(make, amount):
    order = make.order(amount=33890, shipping_option=make.option(amount=3900))

    after = after_discount(order, ("SUMMER",), answer(amount=amount, items=EXAMPLE))

    assert after.amount == 72200
    assert len(after.items) == 3


def test_a_discount_answer_without_items_in_the_session_is_taken_at_its_word(make):
    order = make.order(items=[], amount=10000)
    line = {"amount": 1000, "discount_type": "external", "line_id": 1}

    after = after_discount(order, ("SUMMER",), answer(amount=9000, discount_lines=[line]))

    assert after.amount == 9000
    assert after.discount_codes == ("SUMMER",)
    assert after.discount_lines[0].shown() == line


def test_submitted_codes_stand_when_the_answer_does_not_mention_them(make):
    assert after_discount(make.order(), ("A", "B"), None).discount_codes == ("A", "B")
    assert after_discount(make.order(), ("A",), answer(amount=29990)).discount_codes == ("A",)


def test_a_merchant_rejects_codes_by_answering_an_empty_list(make):
    after = after_discount(make.order(), ("A",), answer(amount=29990, discount_codes=[]))

    assert after.discount_codes is None
    assert "discount_codes" not in after.shown()


def test_the_codes_of_the_answer_count(make):
    after = after_discount(make.order(), ("A", "B"), answer(amount=29990, discount_codes=["B"]))

    assert after.discount_codes == ("B",)


def test_removing_all_codes_is_submitting_none(make):
    order = make.order(discount_codes=["A"])

    assert "discount_codes" not in after_discount(order, (), None).shown()


def test_no_more_codes_than_max_count():
    require_allowed(("A", "B"), 2)
    require_allowed((), 0)
    require_allowed(("A",) * 1, None)
    with pytest.raises(TooManyDiscountCodes, match=r"3 codes.*max_count is 2"):
        require_allowed(("A", "B", "C"), 2)


@pytest.mark.parametrize("codes", [("",), ("A", "  "), ("A", "A")])
def test_empty_and_repeated_codes_are_refused(codes):
    with pytest.raises(TooManyDiscountCodes) as refused:
        require_allowed(codes, None)

    assert refused.value.code == "INVALID_DISCOUNT_CODES"
