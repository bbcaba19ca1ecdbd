"""The customer's steps: address, shipping, codes, lock, and what is needed before paying."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mock_dintero.core import express
from mock_dintero.core.address import Address
from mock_dintero.core.discount import Answer
from mock_dintero.core.errors import (
    InvalidShippingOption,
    NotExpress,
    NotPayable,
    SessionCompleted,
    SessionLocked,
    TooManyDiscountCodes,
)
from mock_dintero.core.session import happened

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CALLBACK = {"shipping_address_callback_url": "https://shop.example/address"}
CODES = {"discount_codes": {"max_count": 2, "callback_url": "https://shop.example/codes"}}
ENABLED = {"discounts": {"express_discount_codes": {"enabled": True}}}


def answer(*options, **order):
    body = {"shipping_options": list(options), **({"order": order} if order else {})}
    return Answer.model_validate(body)


def names(session):
    return [event.name for event in session.events]


@pytest.fixture
def oslo(make):
    return Address(**make.oslo)


@pytest.fixture
def asking(make, oslo):
    """A session with an address whose merchant is being asked for options."""
    session = express.give_address(make.session(express=CALLBACK), oslo, None, NOW)
    return express.asked(session, "q1", "address")


def test_an_address_is_billing_address_too_unless_another_is_given(make, oslo):
    session = express.give_address(make.session(express={}), oslo, None, NOW)

    assert session.order.shipping_address == session.order.billing_address == oslo
    assert names(session) == ["INITIATED", "SET_SHIPPING_ADDRESS"]
    assert session.events[-1].details == {"shipping_address": make.oslo}


def test_a_billing_address_of_its_own_is_a_second_event(make, oslo):
    billing = Address(country="SE", postal_code="11122")

    session = express.give_address(make.session(express={}), oslo, billing, NOW)

    assert session.order.billing_address == billing
    assert names(session)[1:] == ["SET_SHIPPING_ADDRESS", "SET_BILLING_ADDRESS"]
    assert session.events[-1].details == {"billing_address": billing.shown()}


def test_only_express_sessions_collect_addresses(make, oslo):
    with pytest.raises(NotExpress):
        express.give_address(make.session(), oslo, None, NOW)


def test_a_locked_session_cannot_be_edited_or_paid(make, oslo):
    session = express.give_address(make.session(express={}), oslo, None, NOW)
    locked = express.lock(session, "lock-1", NOW)

    for step in (
        lambda: express.give_address(locked, oslo, None, NOW),
        lambda: express.choose_shipping(locked, ["posten"], NOW),
        lambda: express.require_discounts(locked, ("A",), NOW),
        lambda: express.require_payable(locked, NOW),
    ):
        with pytest.raises(SessionLocked):
            step()


def test_an_ended_session_cannot_be_edited_locked_or_paid(make, oslo):
    ended = happened(make.session(express={}), "CANCELLED", NOW)

    for step in (
        lambda: express.give_address(ended, oslo, None, NOW),
        lambda: express.choose_shipping(ended, ["posten"], NOW),
        lambda: express.lock(ended, "lock-1", NOW),
        lambda: express.require_payable(ended, NOW),
    ):
        with pytest.raises(SessionCompleted):
            step()


def test_a_second_lock_keeps_the_first_id(make):
    once = express.lock(make.session(express={}), "lock-1", NOW)

    again = express.lock(once, "lock-2", NOW + timedelta(days=0, hours=1))

    assert again.pay_lock.pay_lock_id == "lock-1"
    assert names(again) == ["INITIATED", "PAY_LOCK_START"]


def test_only_express_sessions_can_be_locked(make):
    with pytest.raises(NotExpress):
        express.lock(make.session(), "lock-1", NOW)


def test_an_answer_is_wanted_until_it_came_or_another_question_was_asked(asking, make):
    assert express.is_waiting_for(asking, "q1")
    newer = express.asked(asking, "q2", "discount")
    assert not express.is_waiting_for(newer, "q1")
    assert express.is_waiting_for(newer, "q2")
    answered = express.offer_shipping(asking, answer(make.option()), make.uuid, NOW)
    assert not express.is_waiting_for(answered, "q1")
    failed = express.not_answered(asking, "time-out", NOW)
    assert not express.is_waiting_for(failed, "q1")
    assert not express.is_waiting_for(make.session(express={}), "q1")


def test_only_an_open_question_about_the_address_holds_up_paying(asking, make):
    assert express.is_asking_for_shipping(asking)
    assert not express.is_asking_for_shipping(express.asked(asking, "q2", "discount"))
    answered = express.offer_shipping(asking, answer(make.option()), make.uuid, NOW)
    assert not express.is_asking_for_shipping(answered)


def test_the_answers_options_replace_the_list(asking, make):
    session = express.offer_shipping(
        asking, answer(make.option("a"), make.option("b")), make.uuid, NOW
    )

    assert [o.line_id for o in session.express.shipping_options] == ["a", "b"]
    assert session.order.shipping_option is None
    assert session.order.amount == 29990


def test_a_single_option_is_chosen_and_paid_for(asking, make):
    session = express.offer_shipping(asking, answer(make.option(amount=3900)), make.uuid, NOW)

    assert session.order.amount == 33890
    assert names(session)[-1] == "SET_SHIPPING_OPTION"
    assert session.events[-1].details == {"shipping_option": make.option(amount=3900)}


def test_the_chosen_option_survives_with_its_new_price(asking, make):
    first = express.offer_shipping(
        asking, answer(make.option("a", 3900), make.option("b", 9900)), make.uuid, NOW
    )
    chosen = express.choose_shipping(first, ["b"], NOW)

    again = express.offer_shipping(
        express.asked(chosen, "q2", "address"),
        answer(make.option("a", 100), make.option("b", 200)), make.uuid, NOW,
    )  # fmt: skip

    assert again.order.shipping_option.amount == 200
    assert again.order.amount == 30190


def test_an_option_that_left_the_list_is_no_longer_chosen_nor_paid_for(asking, make):
    chosen = express.offer_shipping(asking, answer(make.option("a", 3900)), make.uuid, NOW)

    again = express.offer_shipping(
        chosen, answer(make.option("b"), make.option("c")), make.uuid, NOW
    )

    assert again.order.shipping_option is None
    assert again.order.amount == 29990


def test_an_empty_list_means_that_nothing_can_be_sent_there(asking, make):
    chosen = express.offer_shipping(asking, answer(make.option("a", 3900)), make.uuid, NOW)

    nothing = express.offer_shipping(chosen, answer(), make.uuid, NOW)

    assert nothing.express.shipping_options == ()
    assert nothing.order.amount == 29990
    with pytest.raises(NotPayable):
        express.require_payable(nothing, NOW)


def test_an_option_for_another_country_is_not_chosen_by_itself(asking, make):
    session = express.offer_shipping(
        asking, answer(make.option("dk", countries=["DK"])), make.uuid, NOW
    )

    assert session.order.shipping_option is None
    with pytest.raises(InvalidShippingOption):
        express.choose_shipping(session, ["dk"], NOW)


def test_a_total_that_forgets_the_chosen_10000_is_corrected_by_minus_10000(asking, make):
    chosen = express.offer_shipping(asking, answer(make.option("a", 10000)), make.uuid, NOW)
    again = express.asked(chosen, "q2", "address")

    session = express.offer_shipping(
        again, answer(make.option("a", 10000), amount=29990), make.uuid, NOW
    )

    assert [item.amount for item in session.order.items] == [29990, -10000]
    assert session.order.items[-1].description == "Correction"
    assert session.order.amount == 29990
    assert session.order.shipping_option.amount == 10000


def test_a_total_with_the_chosen_10000_is_not_corrected(asking, make):
    chosen = express.offer_shipping(asking, answer(make.option("a", 10000)), make.uuid, NOW)

    session = express.offer_shipping(
        chosen, answer(make.option("a", 10000), amount=39990), make.uuid, NOW
    )

    assert len(session.order.items) == 1
    assert session.order.amount == 39990


def test_a_shop_that_does_not_answer_leaves_the_address_and_no_options(asking, make):
    chosen = express.offer_shipping(asking, answer(make.option("a", 3900)), make.uuid, NOW)

    failed = express.not_answered(express.asked(chosen, "q2", "address"), "time-out", NOW)

    assert failed.order.shipping_address is not None
    assert failed.express.shipping_options == ()
    assert failed.order.shipping_option is None
    assert failed.order.amount == 29990
    assert failed.question.state == "failed"
    assert failed.events[-1].details == {"error": "time-out"}


def test_a_shop_that_does_not_answer_about_codes_changes_nothing(asking, make):
    chosen = express.offer_shipping(asking, answer(make.option("a", 3900)), make.uuid, NOW)

    failed = express.not_answered(express.asked(chosen, "q2", "discount"), "500", NOW)

    assert (failed.order, failed.express) == (chosen.order, chosen.express)
    assert failed.question.state == "failed"


def test_codes_change_items_total_and_options(asking, make):
    chosen = express.offer_shipping(asking, answer(make.option("a", 3900)), make.uuid, NOW)
    item = {"line_id": "1", "amount": 26990, "discount_lines": [{"amount": 3000, "line_id": 1}]}

    session = express.apply_discount(
        express.asked(chosen, "q2", "discount"), ("SUMMER",),
        answer(make.option("a", 0), amount=26990, items=[item], discount_codes=["SUMMER"]), NOW,
    )  # fmt: skip

    assert session.order.discount_codes == ("SUMMER",)
    assert session.order.amount == 26990
    assert session.order.shipping_option.amount == 0
    assert names(session)[-1] == "SET_DISCOUNT_CODES"
    assert session.events[-1].details == {"discount_codes": ["SUMMER"]}


def test_rejected_codes_leave_none_on_the_order(asking, make):
    session = express.apply_discount(
        asking, ("WRONG",), answer(make.option("a", 3900), amount=29990, discount_codes=[]), NOW
    )

    assert session.order.discount_codes is None
    assert session.events[-1].details == {"discount_codes": []}


def test_choosing_moves_the_total_and_choosing_the_same_again_changes_nothing(make, oslo):
    options = [make.option("a", 3900), make.option("b", 9900)]
    session = express.give_address(
        make.session(express={"shipping_options": options}), oslo, None, NOW
    )

    chosen = express.choose_shipping(session, ["b"], NOW)

    assert chosen.order.amount == 39890
    assert chosen.events[-1].details == {"shipping_option": options[1]}
    assert express.choose_shipping(chosen, ["b"], NOW) is chosen
    assert express.choose_shipping(chosen, ["a"], NOW).order.amount == 33890


def test_options_of_several_shipments_are_chosen_and_paid_for_together(make, oslo):
    options = [
        make.option(name, amount, shipment_id=shipment, shipment_items=[{"line_id": shipment}])
        for name, amount, shipment in (("a", 3900, "s1"), ("b", 100, "s1"), ("c", 4900, "s2"))
    ]
    session = express.give_address(
        make.session(express={"shipping_options": options}), oslo, None, NOW
    )

    chosen = express.choose_shipping(session, ["a", "c"], NOW)

    assert chosen.order.amount == 29990 + 8800
    assert [o.line_id for o in chosen.order.shipping_option.shipments] == ["a", "c"]
    assert express.choose_shipping(chosen, ["a", "c"], NOW) is chosen
    with pytest.raises(InvalidShippingOption):
        express.choose_shipping(chosen, ["a"], NOW)


def test_a_new_address_without_callback_keeps_the_list_and_drops_what_does_not_go_there(make, oslo):
    options = [make.option("no", countries=["NO"]), make.option("se", countries=["SE"]),
               make.option("sweden-too", countries=["SE"])]  # fmt: skip
    session = express.give_address(
        make.session(express={"shipping_options": options}), oslo, None, NOW
    )

    norway = express.keep_offer(session, NOW)
    moved = express.give_address(norway, Address(country="SE", postal_code="11122"), None, NOW)
    sweden = express.keep_offer(moved, NOW)

    assert norway.order.shipping_option.line_id == "no"
    assert sweden.order.shipping_option is None
    assert len(sweden.express.shipping_options) == 3
    assert sweden.order.amount == 29990


def test_a_session_without_options_has_no_offer_to_keep(make):
    session = make.session(express={})

    assert express.keep_offer(session, NOW) is session


def test_codes_are_taken_where_enabled_with_a_url_and_within_the_count(make):
    session = make.session(express=CODES, configuration=ENABLED)

    assert express.require_discounts(session, ("A", "B"), NOW) == "https://shop.example/codes"
    assert express.require_discounts(session, (), NOW) == "https://shop.example/codes"
    with pytest.raises(TooManyDiscountCodes, match="max_count is 2"):
        express.require_discounts(session, ("A", "B", "C"), NOW)


@pytest.mark.parametrize(
    ("settings", "configuration"),
    [(CODES, {}), ({}, ENABLED), ({"discount_codes": {"max_count": 2}}, ENABLED)],
)
def test_codes_are_refused_where_something_is_missing(make, settings, configuration):
    with pytest.raises(TooManyDiscountCodes, match="takes none"):
        express.require_discounts(
            make.session(express=settings, configuration=configuration), ("A",), NOW
        )


def test_codes_wait_until_the_shop_has_answered_about_the_address(make):
    session = make.session(express={**CALLBACK, **CODES}, configuration=ENABLED)

    with pytest.raises(NotPayable):
        express.require_discounts(express.asked(session, "q1", "address"), ("A",), NOW)


@pytest.mark.parametrize(
    ("settings", "needed"),
    [({}, False), (CALLBACK, True), ({"shipping_options": ["one"]}, True),
     ({**CALLBACK, "shipping_mode": "shipping_not_required"}, False),
     ({"shipping_options": ["one"], "shipping_mode": "shipping_not_required"}, False),
     ({**CALLBACK, "shipping_mode": "shipping_required"}, True)],
)  # fmt: skip
def test_shipping_must_be_chosen_with_a_callback_url_or_a_list(make, settings, needed):
    options = [make.option() for _ in settings.get("shipping_options", ())]

    session = make.session(express={**settings, "shipping_options": options})

    assert express.needs_shipping(session) is needed


def test_an_ordinary_session_needs_neither_address_nor_shipping(make):
    assert not express.needs_shipping(make.session())
    express.require_payable(make.session(), NOW)


def test_an_express_session_is_payable_with_address_and_shipping(asking, make):
    with pytest.raises(NotPayable, match="shipping_address is missing"):
        express.require_payable(make.session(express=CALLBACK), NOW)
    with pytest.raises(NotPayable, match="still being asked"):
        express.require_payable(asking, NOW)
    two = express.offer_shipping(asking, answer(make.option("a"), make.option("b")), make.uuid, NOW)
    with pytest.raises(NotPayable, match="shipping_option is missing"):
        express.require_payable(two, NOW)
    express.require_payable(express.choose_shipping(two, ["a"], NOW), NOW)


def test_an_express_session_without_shipping_is_payable_with_an_address(make, oslo):
    session = make.session(express={"shipping_mode": "shipping_not_required"})

    express.require_payable(express.give_address(session, oslo, None, NOW), NOW)
