"""Updates of an authorization: four uses, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_dintero.core import payment
from mock_dintero.core.authorization import AuthorizationBody, approve_held, update
from mock_dintero.core.errors import (
    AuthorizationConflict,
    AuthorizationNotFinal,
    DinteroError,
    InvalidOrderAmount,
    InvalidRequest,
    InvalidTransactionStatus,
    NotUpdatable,
)
from mock_dintero.core.operation import CaptureBody, RefundBody, capture, refund, void
from mock_dintero.core.session import cause_of_end


def send(transaction, now, **body):
    return update(transaction, AuthorizationBody.model_validate(body), "client-1", now)


def take(transaction, amount, now):
    return capture(transaction, CaptureBody(amount=amount), "client-1", now)


def items(*amounts):
    return [{"line_id": str(n), "amount": amount} for n, amount in enumerate(amounts)]


@pytest.fixture
def klarna(make):
    return make.paid(1000, "klarna.klarna")


@pytest.fixture
def pre(make):
    return make.paid(1000, "dintero_psp.creditcard").with_(pre_authorization="open")


def test_klarna_reserves_for_longer_and_the_ledger_says_until_when(make, klarna):
    longer = send(klarna, make.now, reason="late", reference="r-1")

    event = longer.events[-1]
    assert (event.event, event.success, event.transaction_status) == (
        "AUTHORIZE",
        True,
        "AUTHORIZED",
    )
    assert (event.event_reference, event.created_by, event.amount) == ("r-1", "client-1", None)
    assert event.metadata["klarna:authorization_expiration"] == "2026-12-20T10:00:00.112Z"
    assert event.metadata["klarna:authorization_expiration_reason"] == "late"
    assert event.metadata["klarna:authorization_expiration_reference"] == "r-1"
    assert (longer.amount, longer.left_to_capture) == (1000, 1000)


@pytest.mark.parametrize("body", [{}, {"reason": "late"}, {"reference": "r"}, {"reason": ""}])
def test_an_extension_needs_a_reason_and_a_reference(make, klarna, body):
    with pytest.raises(InvalidRequest) as refused:
        send(klarna, make.now, **body)
    assert {f["path"][0] for f in refused.value.errors} == {"reason", "reference"} - {
        name for name, value in body.items() if value
    }


def test_billie_cannot_be_extended_but_its_total_can_change(make):
    billie = make.paid(1000, "klarna.billie")
    with pytest.raises(NotUpdatable):
        send(billie, make.now, reason="late", reference="r")
    assert send(billie, make.now, amount=900, items=items(900)).amount == 900


@pytest.mark.parametrize("amount", [1, 600, 1000, 1400])
def test_klarnas_total_goes_up_and_down_and_so_does_what_is_left(make, klarna, amount):
    changed = send(klarna, make.now, amount=amount, items=items(amount - 1, 1), reference="r")

    assert (changed.amount, changed.left_to_capture, changed.status) == (
        amount,
        amount,
        "AUTHORIZED",
    )
    assert sum(item.amount for item in changed.items) == amount
    assert changed.events[-1].amount == amount
    assert take(changed, amount, make.now).status == "CAPTURED"


def test_a_total_counts_what_is_captured_already(make, klarna):
    part = take(klarna, 600, make.now)

    assert send(part, make.now, amount=700, items=items(700)).left_to_capture == 100
    assert send(part, make.now, amount=600, items=items(600)).status == "CAPTURED"
    with pytest.raises(InvalidRequest):
        send(part, make.now, amount=599, items=items(599))


def test_a_total_needs_new_items_where_there_are_some(make, klarna):
    with pytest.raises(InvalidRequest):
        send(klarna, make.now, amount=900)
    with pytest.raises(InvalidOrderAmount):
        send(klarna, make.now, amount=900, items=items(901))
    bare = klarna.without("items")
    assert send(bare, make.now, amount=900).items is None
    with pytest.raises(InvalidOrderAmount):
        send(bare, make.now, amount=900, items=items(901))


@pytest.mark.parametrize("amount", [0, -1])
def test_a_total_is_above_zero(make, klarna, pre, amount):
    for transaction in (klarna, pre):
        with pytest.raises(InvalidRequest):
            send(
                transaction, make.now, amount=amount, items=items(amount), final_authorization=True
            )


def test_nothing_is_updated_once_all_is_captured_or_released(make, klarna, pre):
    for ended in (
        take(klarna, 1000, make.now),
        void(klarna, "c", make.now),
        void(pre, "c", make.now),
    ):
        for body in (
            {"amount": 2000, "items": items(2000)},
            {"reason": "r", "reference": "r", "final_authorization": True},
        ):
            with pytest.raises(AuthorizationConflict) as refused:
                send(ended, make.now, **body)
            assert refused.value.status == 409


def test_a_pre_authorization_can_only_be_raised_until_it_is_final(make, pre):
    higher = send(pre, make.now, amount=1500, items=items(1500))
    assert (higher.amount, higher.pre_authorization) == (1500, "open")
    for body in ({"amount": 1500}, {"amount": 1400}, {}, {"final_authorization": False}):
        with pytest.raises(InvalidRequest):
            send(higher, make.now, **body)


@pytest.mark.parametrize("amount", [800, 1000, 1200])
def test_the_final_amount_may_be_anything_and_nothing_follows_it(make, pre, amount):
    final = send(pre, make.now, amount=amount, items=items(amount), final_authorization=True)

    assert (final.amount, final.pre_authorization) == (amount, "final")
    with pytest.raises(AuthorizationConflict):
        send(final, make.now, amount=2000, items=items(2000))
    assert take(final, amount, make.now).status == "CAPTURED"


def test_the_final_amount_is_the_present_one_if_none_is_named(make, pre):
    final = send(pre, make.now, final_authorization=True)

    assert (final.amount, final.items, final.pre_authorization) == (1000, pre.items, "final")


def test_a_pre_authorization_is_captured_only_after_it_is_final(make, pre):
    with pytest.raises(AuthorizationNotFinal):
        take(pre, 1000, make.now)
    assert take(send(pre, make.now, final_authorization=True), 1000, make.now).status == "CAPTURED"


@pytest.mark.parametrize("method", ["dintero_psp.vipps", "dintero_psp.creditcard", "payex.creditcard",
                                    "vipps", "collector.invoice", "swish.swish"])  # fmt: skip
def test_an_ordinary_payment_is_final_from_the_start(make, method):
    with pytest.raises(NotUpdatable):
        send(make.paid(1000, method), make.now, amount=2000, final_authorization=True)


@pytest.fixture
def held(make):
    session = make.session(order={"items": [{"amount": 29990}]})
    body = payment.PayBody(payment_product_type="dintero.external")
    started, transaction = payment.start(session, body, "T12345678.transaction", make.now)
    return payment.finish(started, transaction, "hold", make.now)


def approve(held, now, **body):
    return approve_held(*held, AuthorizationBody.model_validate(body), "client-1", now)


@pytest.mark.parametrize("body", [{}, {"amount": 29990}, {"items": items(29990)},
                                  {"amount": 29990, "items": items(29989, 1)}])  # fmt: skip
def test_the_merchant_approves_an_external_payment_that_is_on_hold(make, held, body):
    assert held[1].status == "ON_HOLD"

    session, transaction = approve(held, make.now, reference="bank-1", **body)

    assert (transaction.status, transaction.amount) == ("AUTHORIZED", 29990)
    event = transaction.events[-1]
    assert (event.event, event.event_reference, event.created_by) == (
        "AUTHORIZE", "bank-1", "client-1"
    )  # fmt: skip
    assert cause_of_end(session, make.now) == "AUTHORIZED"
    assert take(transaction, 29990, make.now).status == "CAPTURED"


@pytest.mark.parametrize("body", [{"amount": 1}, {"items": items(1)}, {"amount": 0}])
def test_what_is_approved_is_what_was_ordered(make, held, body):
    with pytest.raises(InvalidOrderAmount):
        approve(held, make.now, **body)


def test_what_is_approved_once_cannot_be_approved_again(make, held):
    with pytest.raises(AuthorizationConflict):
        approve(approve(held, make.now), make.now)


STEPS = st.lists(
    st.tuples(st.sampled_from(["change", "extend", "capture", "refund", "void"]), st.integers(-5, 150)),
    max_size=10,
)  # fmt: skip
REFUSED = (DinteroError,)


@given(steps=STEPS)
def test_the_books_are_sound_whatever_a_merchant_updates(make, steps):
    transaction = make.paid(100, "klarna.klarna")
    for what, amount in steps:
        body = {"change": {"amount": amount, "items": items(amount)},
                "extend": {"reason": "r", "reference": "r"}}.get(what)  # fmt: skip
        try:
            if body:
                after = send(transaction, make.now, **body)
            elif what == "void":
                after = void(transaction, "c", make.now)
            elif what == "capture":
                after = take(transaction, amount, make.now)
            else:
                after = refund(transaction, RefundBody(amount=amount), "c", make.now)
        except REFUSED:
            continue
        assert after.events[:-1] == transaction.events
        transaction = after
        captured, refunded = transaction.total("CAPTURE"), transaction.total("REFUND")
        assert 0 <= refunded <= captured <= transaction.amount
        assert transaction.left_to_refund == captured - refunded
        is_open = not any(event.event == "VOID" for event in transaction.events)
        assert transaction.left_to_capture == (transaction.amount - captured if is_open else 0)
        assert transaction.events[-1].transaction_status == transaction.status
        if what == "change":
            assert sum(item.amount for item in transaction.items) == transaction.amount == amount


def test_a_conflict_is_told_apart_from_a_wrong_status():
    assert not issubclass(AuthorizationConflict, InvalidTransactionStatus)
    assert (AuthorizationConflict.status, NotUpdatable.status) == (409, 400)
