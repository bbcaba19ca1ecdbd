"""How a session ends without a payment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mock_dintero.core import payment
from mock_dintero.core.cancelling import abandon, cancel
from mock_dintero.core.errors import NotCancellable, SessionCompleted
from mock_dintero.core.express import lock
from mock_dintero.core.operation import CaptureBody, capture, void
from mock_dintero.core.session import cause_of_end

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def started(make):
    body = payment.PayBody(payment_product_type="dintero_psp.vipps")
    return payment.start(make.session(), body, "T12345678.transaction", NOW)


def test_a_session_without_payment_is_cancelled(make):
    session, transaction = cancel(make.session(), None, "client-1", NOW)

    assert transaction is None
    assert cause_of_end(session, NOW) == "CANCELLED"
    assert (session.cancelled_by, session.cancelled_at) == ("client-1", "2026-11-22T10:00:00.000Z")


def test_cancelling_an_authorized_payment_voids_it(make):
    session, transaction = cancel(*make.pay(make.session()), "client-1", NOW)

    assert transaction.status == "AUTHORIZATION_VOIDED"
    assert transaction.events[-1].event == "VOID"
    assert cause_of_end(session, NOW) == "CANCELLED"


def test_cancelling_an_initiated_payment_voids_it(make):
    session, transaction = cancel(*started(make), "client-1", NOW)

    assert transaction.status == "AUTHORIZATION_VOIDED"
    assert transaction.events[-1].event == "VOID"
    assert session.payment is None
    assert cause_of_end(session, NOW) == "CANCELLED"


def test_a_captured_payment_cannot_be_cancelled(make):
    session, transaction = make.pay(make.session(configuration={
        "auto_capture": True, "dintero_psp": {"vipps": {"enabled": True}}
    }))  # fmt: skip

    with pytest.raises(NotCancellable, match="CAPTURED") as refused:
        cancel(session, transaction, "client-1", NOW)

    assert (refused.value.status, refused.value.code) == (400, "SESSION_NOT_CANCELLABLE")


@pytest.mark.parametrize("outcome", ["decline", "reject", "expire"])
def test_a_refused_payment_cannot_be_cancelled(make, outcome):
    session, transaction = make.pay(make.session(), outcome=outcome)

    with pytest.raises(NotCancellable):
        cancel(session, transaction, "client-1", NOW)


def test_part_captured_and_voided_payments_cannot_be_cancelled(make):
    session, transaction = make.pay(make.session())
    partly = capture(transaction, CaptureBody(amount=1), "x", NOW)

    for other in (partly, void(transaction, "x", NOW)):
        with pytest.raises(NotCancellable):
            cancel(session, other, "client-1", NOW)


def test_cancelling_twice_is_fine_and_changes_nothing(make):
    session, transaction = cancel(*make.pay(make.session()), "client-1", NOW)

    again = cancel(session, transaction, "client-2", NOW + timedelta(hours=1))

    assert again == (session, transaction)
    assert again[0].cancelled_by == "client-1"


def test_an_expired_session_can_be_cancelled(make):
    late = NOW + timedelta(days=2)

    session, _ = cancel(make.session(), None, "client-1", late)

    assert cause_of_end(session, late) == "CANCELLED"


def test_cancelling_releases_the_lock(make):
    session, _ = cancel(lock(make.session(express={}), "lock-1", NOW), None, "client-1", NOW)

    assert session.pay_lock is None


def test_a_customer_who_walks_away_cancels_the_session(make):
    session = abandon(make.session(), NOW)

    assert cause_of_end(session, NOW) == "CANCELLED"
    assert session.cancelled_by is None


def test_walking_away_twice_changes_nothing(make):
    once = abandon(make.session(), NOW)

    assert abandon(once, NOW + timedelta(minutes=1)) is once


def test_walking_away_from_an_expired_session_is_fine(make):
    late = NOW + timedelta(days=2)

    assert cause_of_end(abandon(make.session(), late), late) == "CANCELLED"


@pytest.mark.parametrize("outcome", ["approve", "decline", "reject"])
def test_nobody_walks_away_from_a_finished_payment(make, outcome):
    session, _ = make.pay(make.session(), outcome=outcome)

    with pytest.raises(SessionCompleted):
        abandon(session, NOW)


def test_walking_away_gives_up_the_payment_under_way_and_the_lock(make):
    session, _ = started(make)

    assert abandon(session, NOW).payment is None
    assert abandon(lock(make.session(express={}), "l", NOW), NOW).pay_lock is None


def test_a_merchant_can_cancel_what_the_customer_has_left(make):
    session, _ = cancel(abandon(make.session(), NOW), None, "client-1", NOW)

    assert session.cancelled_by == "client-1"
