"""A merchant's update: lock, sums, options, and what it does to the address callback."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from mock_dintero.core import express
from mock_dintero.core.address import Address
from mock_dintero.core.errors import (
    InvalidOrderAmount,
    InvalidShippingOption,
    SessionCompleted,
    SessionNotLocked,
)
from mock_dintero.core.session import happened
from mock_dintero.core.session_update import SessionUpdate, asks_for_shipping, update

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CALLBACK = {"shipping_address_callback_url": "https://shop.example/address"}
ITEMS = [{"line_id": "1", "amount": 20000}]


def body(order, **more):
    return SessionUpdate.model_validate({"order": order, **more})


def changed(session, order, **more):
    return update(session, body(order, **more), NOW, without_lock=True)


@pytest.fixture
def shipped(make):
    """Two options on offer, `a` (3900) is chosen; the total is 33890."""
    options = [make.option("a", 3900), make.option("b", 9900)]
    order = {"amount": 33890, "shipping_option": options[0]}
    return make.session(order=order, express={"shipping_options": options})


def test_an_update_needs_the_lock(make):
    session = make.session(express={})

    with pytest.raises(SessionNotLocked) as refused:
        update(session, body({}), NOW)

    assert (refused.value.status, refused.value.code) == (400, "SESSION_NOT_LOCKED")
    update(express.lock(session, "lock-1", NOW), body({}), NOW)


def test_update_without_lock_works_on_locked_and_unlocked_sessions(make):
    session = make.session(express={})

    assert changed(session, {}).pay_lock is None
    assert changed(express.lock(session, "lock-1", NOW), {}).pay_lock is None


def test_the_lock_is_released_unless_the_merchant_keeps_it(make):
    locked = express.lock(make.session(express={}), "lock-1", NOW)

    assert "pay_lock" not in update(locked, body({}), NOW).shown()
    assert "pay_lock" not in update(locked, body({}, remove_lock=True), NOW).shown()
    kept = update(locked, body({}, remove_lock=False), NOW)
    assert kept.pay_lock.pay_lock_id == "lock-1"


def test_an_ended_session_cannot_be_updated(make):
    ended = happened(make.session(express={}), "AUTHORIZED", NOW)

    with pytest.raises(SessionCompleted):
        changed(ended, {})


def test_order_is_required_and_nothing_in_it():
    assert body({}).order.shown() == {}
    with pytest.raises(ValidationError, match="order"):
        SessionUpdate.model_validate({})


def test_a_new_cart_is_taken(make):
    session = changed(make.session(), {"amount": 20000, "currency": "SEK", "items": ITEMS})

    assert (session.order.amount, session.order.currency) == (20000, "SEK")
    assert session.order.items[0].amount == 20000


def test_the_merchant_reference_and_the_payout_destination_stay(make):
    session = make.session(order={"payout_destination_id": "seller-1"})

    after = changed(session, {"merchant_reference": "forged", "payout_destination_id": "seller-2"})

    assert after.order.merchant_reference == "cart-881"
    assert after.order.shown()["payout_destination_id"] == "seller-1"


def test_a_wrong_sum_is_refused_without_any_toggle(make):
    with pytest.raises(InvalidOrderAmount) as refused:
        changed(make.session(), {"amount": 20001, "items": ITEMS})

    assert (refused.value.status, refused.value.code) == (400, "INVALID_ORDER_AMOUNT")


@pytest.mark.parametrize("amount", [20000, 29900 + 1])
def test_with_a_shipping_option_in_the_update_the_sum_must_count_it(shipped, make, amount):
    option = make.option("b", 9900)

    with pytest.raises(InvalidOrderAmount):
        changed(shipped, {"amount": amount, "items": ITEMS, "shipping_option": option})
    right = changed(shipped, {"amount": 29900, "items": ITEMS, "shipping_option": option})
    assert right.order.amount == 29900
    assert right.order.shipping_option.line_id == "b"


def test_the_example_with_72200_is_taken(shipped, make):
    items = [{"amount": 2000}, {"amount": 6600}, {"amount": 59700}]

    after = changed(
        shipped, {"amount": 72200, "items": items, "shipping_option": make.option("a", 3900)}
    )

    assert after.order.amount == 72200


def test_an_option_that_is_not_on_the_list_is_refused(shipped, make):
    with pytest.raises(InvalidShippingOption) as refused:
        changed(shipped, {"amount": 32990, "shipping_option": make.option("c", 3000)})

    assert (refused.value.status, refused.value.code) == (400, "INVALID_SHIPPING_OPTION")


def test_an_option_is_measured_by_the_list_in_the_same_update(shipped, make):
    option = make.option("c", 3000)

    after = changed(
        shipped,
        {"amount": 32990, "shipping_option": option},
        express={"shipping_options": [option]},
    )

    assert after.order.shipping_option.line_id == "c"
    with pytest.raises(InvalidShippingOption):
        changed(
            shipped, {"amount": 33890, "shipping_option": make.option("a", 3900)},
            express={"shipping_options": [option]},
        )  # fmt: skip


def test_an_option_without_any_list_is_taken(make):
    after = changed(
        make.session(express=CALLBACK), {"amount": 33890, "shipping_option": make.option("x", 3900)}
    )

    assert after.order.shipping_option.line_id == "x"


@pytest.mark.parametrize("amount", [20000, 23900])
def test_magento_may_leave_the_chosen_shipping_out_of_the_sum(shipped, amount):
    after = changed(shipped, {"amount": amount, "items": ITEMS})

    assert after.order.amount == 23900
    assert after.order.shipping_option.line_id == "a"


@pytest.mark.parametrize("amount", [19999, 20001, 23899, 27800, 0])
def test_any_third_sum_is_refused(shipped, amount):
    with pytest.raises(InvalidOrderAmount):
        changed(shipped, {"amount": amount, "items": ITEMS})


def test_null_takes_the_chosen_option_away(shipped):
    after = changed(shipped, {"amount": 20000, "items": ITEMS, "shipping_option": None})

    assert "shipping_option" not in after.order.shown()
    assert after.order.amount == 20000


def test_null_takes_optional_fields_away_and_leaves_the_required_ones(make):
    session = make.session(order={"vat_amount": 5998, "ext_colour": "red"})

    after = changed(
        session, {"vat_amount": None, "ext_colour": None, "amount": None, "currency": None}
    )

    assert after.order.shown() == make.order_json()


def test_unknown_fields_of_an_update_are_kept(make):
    after = changed(make.session(), {"ext_colour": {"a": None}})

    assert after.order.shown()["ext_colour"] == {"a": None}


def test_a_new_list_replaces_the_old_one_and_the_choice_survives_by_line_id(shipped, make):
    options = [make.option("b", 9900), make.option("a", 4900)]

    after = changed(shipped, {}, express={"shipping_options": options})

    assert [o.shown() for o in after.express.shipping_options] == options
    assert after.order.shipping_option.amount == 4900
    assert after.order.amount == 34890


def test_a_choice_that_is_not_on_the_new_list_is_dropped(shipped, make):
    options = [make.option("c"), make.option("d")]

    after = changed(
        shipped, {"amount": 20000, "items": ITEMS}, express={"shipping_options": options}
    )

    assert after.order.shipping_option is None
    assert after.order.amount == 20000


def test_an_empty_new_list_drops_the_choice_too(shipped):
    settings = {"shipping_options": [], "shipping_mode": "shipping_not_required"}

    after = changed(shipped, {"amount": 20000, "items": ITEMS}, express=settings)

    assert after.order.shipping_option is None
    assert after.order.amount == 20000


def test_a_preselected_option_stays_while_there_is_no_list_at_all(make):
    session = make.session(
        order={"amount": 33890, "shipping_option": make.option(amount=3900)}, express=CALLBACK
    )

    assert changed(session, {"amount": 20000, "items": ITEMS}).order.amount == 23900


def test_a_list_that_contradicts_itself_is_refused(shipped, make):
    with pytest.raises(InvalidShippingOption, match="twice"):
        changed(shipped, {}, express={"shipping_options": [make.option("a"), make.option("a")]})


def test_an_update_needs_shipping_options_in_express():
    with pytest.raises(ValidationError, match="shipping_options"):
        body({}, express={"shipping_mode": "shipping_required"})


def test_shipping_mode_changes_and_the_rest_of_express_stays(make):
    session = make.session(express={**CALLBACK, "customer_types": ["b2c"]})

    after = changed(
        session, {}, express={"shipping_options": [], "shipping_mode": "shipping_not_required",
                              "customer_types": ["b2b"]},
    )  # fmt: skip

    assert after.express.shown() == {
        **CALLBACK, "customer_types": ["b2c"], "shipping_options": [],
        "shipping_mode": "shipping_not_required",
    }  # fmt: skip


def test_an_update_is_an_event_with_both_orders(make):
    after = changed(make.session(), {"amount": 20000, "items": ITEMS})

    event = after.events[-1]
    assert event.name == "UPDATE_SESSION"
    assert event.details["previous_order"] == make.order_json()
    assert event.details["updated_order"] == after.order.shown()
    assert "updated_express" not in event.details


def test_an_update_with_options_tells_both_offers(shipped, make):
    before = shipped.express.shown()

    after = changed(shipped, {}, express={"shipping_options": [make.option("a")]})

    assert after.events[-1].details["previous_express"] == before
    assert after.events[-1].details["updated_express"] == after.express.shown()


def test_an_update_that_changes_nothing_says_so(make):
    after = changed(make.session(), make.order_json())

    assert after.events[-1].details == {"updated_order_result": {"status": "NOT_MODIFIED"}}


def test_new_options_make_an_answer_on_its_way_stale(make):
    asking = express.asked(make.session(express=CALLBACK), "q1", "address")

    with_options = changed(asking, {}, express={"shipping_options": [make.option()]})
    without = changed(asking, {"amount": 20000, "items": ITEMS})

    assert not express.is_waiting_for(with_options, "q1")
    assert express.is_waiting_for(without, "q1")


def test_an_update_without_options_asks_for_shipping(make):
    session = make.session(express=CALLBACK)
    addressed = express.give_address(session, Address(**make.oslo), None, NOW)
    with_options = body({}, express={"shipping_options": []})

    assert asks_for_shipping(addressed, body({}), force=False)
    assert not asks_for_shipping(addressed, with_options, force=False)
    assert asks_for_shipping(addressed, with_options, force=True)


def test_nobody_is_asked_without_an_address_or_a_url(make):
    elsewhere = make.session(express={}, order={"shipping_address": make.oslo})

    for session in (make.session(express=CALLBACK), elsewhere, make.session()):
        assert not asks_for_shipping(session, body({}), force=True)
