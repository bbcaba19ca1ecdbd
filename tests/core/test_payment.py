"""A payment attempt: from the pay button to the transaction's first word."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from mock_dintero.core import express, payment
from mock_dintero.core.address import Address
from mock_dintero.core.errors import NotPayable, SessionCompleted, SessionLocked
from mock_dintero.core.payment import PayBody, finish, give_up, return_error, start, with_phone
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.session import cause_of_end, happened
from mock_dintero.core.transaction import Transaction

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TID = "T12345678.transaction"
VIPPS = PayBody(payment_product_type="dintero_psp.vipps")


def begin(session, **body):
    return start(
        session, PayBody(**{"payment_product_type": "dintero_psp.vipps", **body}), TID, NOW
    )


def events(transaction):
    return [(e.event, e.success, e.transaction_status) for e in transaction.events]


@pytest.fixture
def shipped(make):
    """An express session, ready to be paid: one item, one shipping option."""
    option = make.option("hent-1", 4900, id="hent", title="Hentested", vat=25, vat_amount=980)
    session = make.session(express={"shipping_options": [option]})
    session = express.give_address(session, Address(**make.oslo), None, NOW)
    return express.choose_shipping(session, ["hent-1"], NOW)


def test_pressing_pay_makes_an_initiated_transaction(make):
    session, transaction = begin(make.session())

    assert transaction.status == "INITIATED"
    assert events(transaction) == [("INITIALIZE", True, "INITIATED")]
    assert session.payment.transaction_id == TID
    assert session.transaction_id is None
    assert cause_of_end(session, NOW) is None


def test_the_transaction_copies_the_order(make):
    session = make.session(
        order={"merchant_reference_2": "10023", "event_reference": "e-1", "store": {"id": "s1"}},
        merchant={"name": "Hus", "logo_url": "https://a.example/l.png"},
        customer={"customer_id": "7", "email": "a@b.example"}, profile_id="default",
        checkboxes=[{"id": "news", "label": "News?", "checked": True}],
    )  # fmt: skip
    session = session.with_(customer_ip="10.0.0.1", user_agent="Firefox")

    shown = begin(session)[1].shown()
    for of_the_provider in ("gateway:id", "payout_correlation_id"):
        del shown["metadata"][of_the_provider]

    assert {name: shown[name] for name in shown if name not in ("events", "items", "card")} == {
        "id": TID, "account_id": "T12345678", "session_id": "T12345678.session",
        "payment_product": "dintero_psp", "payment_product_type": "dintero_psp.vipps",
        "status": "INITIATED", "settlement_status": "NOT_SETTLED",
        "amount": 29990, "currency": "NOK", "channel": "ecommerce",
        "merchant_reference": "cart-881", "merchant_reference_2": "10023",
        "created_at": "2026-11-22T10:00:00.000Z", "updated_at": "2026-11-22T10:00:00.000Z",
        "customer": {"customer_id": "7", "email": "a@b.example"},
        "customer_ip": "10.0.0.1", "user_agent": "Firefox", "store": {"id": "s1"},
        "url": {"redirect_url": "https://shop.example/return"},
        "metadata": {"merchant_name": "Hus", "session:profile_id": "default",
                     "event_reference": "e-1"},
        "checkboxes": [{"id": "news", "label": "News?", "checked": True}],
    }  # fmt: skip


def test_the_chosen_shipping_becomes_an_item_of_the_transaction(shipped):
    transaction = begin(shipped)[1]

    assert transaction.amount == 34890
    assert transaction.shipping_option == shipped.order.shipping_option
    assert [item.shown() for item in transaction.items] == [
        {"line_id": "1", "id": "sku-1", "quantity": 1, "amount": 29990},
        {"id": "hent", "line_id": "hent-1", "description": "Hentested", "quantity": 1,
         "amount": 4900, "type": "shipping", "vat_amount": 980, "vat": 25},
    ]  # fmt: skip
    assert sum(item.amount for item in transaction.items) == transaction.amount


def test_each_shipment_becomes_an_item(make):
    shipping_option = make.option(
        "both", 8800, shipments=[make.option("a", 3900), make.option("b", 4900)]
    )
    session = make.session(order={"amount": 38790, "shipping_option": shipping_option})

    assert [i.line_id for i in begin(session)[1].items] == ["1", "a", "b"]


def test_the_wallets_phone_number_wins_over_the_address(shipped):
    assert begin(shipped)[1].customer == {
        "email": "kari@example.no", "phone_number": "+4791234567"
    }  # fmt: skip
    assert begin(shipped, phone_number="+4790000000")[1].customer["phone_number"] == "+4790000000"
    typed = with_phone(begin(shipped)[1], "+4798765432")
    assert typed.customer == {"email": "kari@example.no", "phone_number": "+4798765432"}


def test_pay_needs_a_type_and_a_readable_phone_number():
    with pytest.raises(ValidationError):
        PayBody.model_validate({})
    with pytest.raises(ValidationError):
        PayBody(payment_product_type="vipps", phone_number="%2B4791234567")


@pytest.mark.parametrize("type_", sorted(METHODS))
def test_every_method_can_be_paid_with(make, type_):
    amount = 0 if type_ == "dintero.zero" else 100
    currency = "SEK" if "swish" in type_ else "NOK"
    session = make.session(order={"amount": amount, "currency": currency, "items": []})

    paid, transaction = make.pay(session, type_)

    assert transaction.status == ("CAPTURED" if "swish" in type_ else "AUTHORIZED")
    assert transaction.payment_product == METHODS[type_].product
    assert (transaction.card is not None) is METHODS[type_].has_card
    assert paid.transaction_id == transaction.id
    assert paid.payment is None
    assert cause_of_end(paid, NOW) == "AUTHORIZED"


def test_a_card_from_a_wallet_says_so(make):
    wallet, plain = (
        make.paid(method="dintero_psp.vipps"),
        make.paid(method="dintero_psp.creditcard"),
    )

    assert (wallet.card["payment_system_type"], wallet.card["eci"]) == ("wallet", "05")
    assert "payment_system_type" not in plain.card
    assert plain.card["acquirer_transaction_type"] == "3DSECURE"


@pytest.mark.parametrize("type_", ["klarna.klarna", "nonsense", "dintero.zero"])
def test_a_method_that_is_not_enabled_cannot_be_paid_with(make, type_):
    session = make.session(configuration={"dintero_psp": {"vipps": {"enabled": True}}})

    with pytest.raises(NotPayable, match=r"there is dintero_psp\.vipps"):
        begin(session, payment_product_type=type_)


def test_a_negative_total_cannot_be_paid(make):
    session = make.session(order={"amount": -500, "items": [{"amount": -500}]})

    with pytest.raises(NotPayable):
        begin(session)


def test_an_ended_locked_or_unfinished_session_cannot_be_paid(make):
    with pytest.raises(SessionCompleted):
        begin(happened(make.session(), "CANCELLED", NOW))
    with pytest.raises(SessionLocked):
        begin(express.lock(make.session(express={}), "lock-1", NOW))
    with pytest.raises(NotPayable):
        begin(make.session(express={}))


def test_approving_authorizes_the_whole_amount(make):
    session, transaction = make.pay(make.session())

    assert events(transaction) == [
        ("INITIALIZE", True, "INITIATED"), ("AUTHORIZE", True, "AUTHORIZED")
    ]  # fmt: skip
    assert transaction.left_to_capture == 29990
    assert session.events[-1].name == "AUTHORIZED"
    assert session.events[-1].details == {
        "payment_product_type": "dintero_psp.vipps", "amount": 29990
    }  # fmt: skip
    assert return_error(transaction) is None


def test_auto_capture_captures_everything_after_authorizing(make):
    configuration = {"auto_capture": True, "dintero_psp": {"vipps": {"enabled": True}}}
    session = make.session(configuration=configuration, order={"event_reference": "e-1"})

    transaction = make.pay(session)[1]

    assert events(transaction)[1:] == [
        ("AUTHORIZE", True, "AUTHORIZED"), ("CAPTURE", True, "CAPTURED")
    ]  # fmt: skip
    assert transaction.events[-1].amount == 29990
    assert transaction.events[-1].event_reference == "e-1"


def test_swish_is_captured_without_ever_being_authorized(make):
    transaction = make.paid(method="swish.swish")

    assert events(transaction) == [
        ("INITIALIZE", True, "INITIATED"), ("CAPTURE", True, "CAPTURED")
    ]  # fmt: skip
    assert (transaction.left_to_capture, transaction.left_to_refund) == (0, 10000)


@pytest.mark.parametrize(
    ("outcome", "status", "event", "error", "kind"),
    [("decline", "DECLINED", "DECLINED", "authorization", "DECLINED"),
     ("expire", "FAILED", "FAILED", "authorization", "ERROR"),
     ("reject", "FAILED", "FAILED", "failed", "ISSUER_ERROR")],
)  # fmt: skip
def test_a_refusal_is_told_to_ledger_session_and_shop(make, outcome, status, event, error, kind):
    session, transaction = make.pay(make.session(), outcome=outcome)

    assert transaction.status == status
    assert events(transaction)[-1] == ("AUTHORIZE", False, status)
    assert transaction.events[-1].error["type"] == [kind]
    assert transaction.events[-1].error["message"]
    assert return_error(transaction) == error
    assert cause_of_end(session, NOW) == event
    assert session.transaction_id == transaction.id
    assert session.events[-1].details["error"] == error
    assert (transaction.left_to_refund, transaction.total("CAPTURE")) == (0, 0)


def test_an_order_that_changed_meanwhile_cannot_be_approved_but_declined(shipped, make):
    session, transaction = begin(shipped)
    for change in (
        {"amount": 1},
        {"shipping_address": Address(country="SE")},
        {"shipping_option": None},
    ):
        changed = session.with_(order=session.order.with_(**change))
        with pytest.raises(NotPayable):
            finish(changed, transaction, "approve", NOW)
    changed = session.with_(order=session.order.with_(amount=1))
    assert finish(changed, transaction, "decline", NOW)[1].status == "DECLINED"


def test_only_the_attempt_under_way_can_be_finished(make):
    session, first = begin(make.session())
    session, failed = give_up(session, first, NOW)
    session, second = start(session, VIPPS, "T12345678.second", NOW)

    with pytest.raises(NotPayable, match="given up"):
        finish(session, first, "approve", NOW)
    assert failed.status == "FAILED"
    assert finish(session, second, "approve", NOW)[1].status == "AUTHORIZED"


def test_choosing_another_method_leaves_the_session_payable(make):
    session, failed = give_up(*begin(make.session()), NOW)

    assert session.events[-1].name == "PAY_FAILED"
    assert session.events[-1].details == {
        "error": "Rejected", "payment_product_type": "dintero_psp.vipps"
    }  # fmt: skip
    assert cause_of_end(session, NOW) is None
    assert session.payment is None
    assert return_error(failed) == "failed"


def test_nobody_approves_a_payment_twice_or_after_the_session_ended(make):
    session, transaction = begin(make.session())
    paid, authorized = finish(session, transaction, "approve", NOW)

    with pytest.raises(SessionCompleted):
        finish(paid, authorized, "approve", NOW)
    with pytest.raises(SessionCompleted):
        finish(happened(session, "CANCELLED", NOW), transaction, "approve", NOW)


def test_a_payment_in_a_locked_session_waits(shipped):
    session, transaction = begin(shipped)

    with pytest.raises(SessionLocked):
        finish(express.lock(session, "lock-1", NOW), transaction, "approve", NOW)


def test_ticked_boxes_are_echoed(make):
    boxes = [{"id": "a", "label": "A", "checked": True}, {"id": "b", "label": "B"}]
    session = payment.with_ticks(make.session(checkboxes=boxes), {"b"})

    assert [(b["id"], b["checked"]) for b in begin(session)[1].checkboxes] == [
        ("a", False), ("b", True)
    ]  # fmt: skip
    assert payment.with_ticks(make.session(), {"b"}).checkboxes is None


def test_methods_follow_currency_and_amount_of_the_order(make):
    assert "swish.swish" not in [m.type for m in payment.methods(make.session())]
    swedish = make.session(order={"currency": "SEK"})
    assert "swish.swish" in [m.type for m in payment.methods(swedish)]
    free = make.session(order={"amount": 0, "items": []})
    assert [m.type for m in payment.methods(free)] == ["dintero.zero"]


def test_a_paid_transaction_survives_being_written_and_read(shipped, make):
    transaction = make.pay(shipped)[1]

    text = transaction.model_dump_json(exclude_unset=True)

    assert Transaction.model_validate_json(text) == transaction
