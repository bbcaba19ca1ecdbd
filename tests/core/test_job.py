"""What Dintero does later by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mock_dintero.core import job as rules
from mock_dintero.core.call import Call, noted
from mock_dintero.core.job import AUTO_CAPTURE_INTERVAL, AUTO_CAPTURE_WINDOW
from mock_dintero.core.operation import CaptureBody, RefundBody, capture, refund, void
from mock_dintero.core.provider_failure import Failure
from mock_dintero.core.timestamps import moment, stamp

START = datetime(2026, 11, 22, 10, 1, tzinfo=UTC)
TIMES_OUT = Failure("time_out")
ID = "T12345678.job"


def try_until_done(make, failures):
    """The moments at which it was tried, and the payment after the last of them."""
    transaction, tried = make.paid(1000), []
    job = rules.retry_auto_capture(ID, transaction, START)
    while job.due:
        now = moment(job.due)
        tried.append(now - START)
        failure = TIMES_OUT if len(tried) <= failures else None
        job, transaction = rules.captured_again(job, transaction, failure, now)
    return tried, transaction


def test_a_capture_that_never_works_is_tried_every_hour_for_two_days(make):
    tried, transaction = try_until_done(make, failures=1000)
    assert tried == [AUTO_CAPTURE_INTERVAL * n for n in range(1, 49)]
    assert tried[-1] == AUTO_CAPTURE_WINDOW
    assert transaction.status == "AUTHORIZED"
    failed = [event for event in transaction.events if event.event == "CAPTURE"]
    assert [event.success for event in failed] == [False] * 48


@pytest.mark.parametrize("failures", [0, 1, 5, 47])
def test_the_first_capture_that_works_is_the_last(make, failures):
    tried, transaction = try_until_done(make, failures)
    assert len(tried) == failures + 1
    assert transaction.status == "CAPTURED"
    assert transaction.total("CAPTURE") == 1000


def by_hand(transaction, verb):
    if verb == "void":
        return void(transaction, "c", START)
    return capture(transaction, CaptureBody(amount=400 if verb == "part" else 1000), "c", START)


@pytest.mark.parametrize("verb", ["capture", "part", "void"])
def test_what_somebody_did_by_hand_meanwhile_stops_it(make, verb):
    job = rules.retry_auto_capture(ID, make.paid(1000), START)
    transaction = by_hand(make.paid(1000), verb)
    later, after = rules.captured_again(job, transaction, None, START + AUTO_CAPTURE_INTERVAL)
    assert later.due is None
    assert after is transaction


def begun(make, verb, amount):
    transaction, pending = make.paid(1000), Failure("pending", seconds=90)
    if verb == "CAPTURE":
        after = capture(
            transaction,
            CaptureBody(amount=amount, capture_reference="c-1"),
            "client",
            START,
            pending,
        )
    elif verb == "REFUND":
        transaction = capture(transaction, CaptureBody(amount=1000), "client", START)
        body = RefundBody(amount=amount, refund_reference="r-1")
        after = refund(transaction, body, "client", START, pending)
    else:
        after = void(transaction, "client", START, pending)
    return noted(after, Call("request-1", "client"), transaction)


@pytest.mark.parametrize("verb", ["CAPTURE", "REFUND", "VOID"])
def test_an_operation_that_is_finished_names_the_one_that_began_it(make, verb):
    transaction = begun(make, verb, 400)
    job = rules.finish_operation(ID, transaction, 90, START)
    assert job.due == stamp(START + timedelta(seconds=90))
    assert job.link == transaction.id
    later, after = rules.finished(job, transaction, moment(job.due))
    last = after.events[-1]
    assert later.due is None
    assert (last.event, last.success, last.created_at) == (verb, True, job.due)
    assert last.correlation_request_id == "request-1"
    assert last.amount == (1000 if verb == "VOID" else 400)
    assert last.event_reference == {"CAPTURE": "c-1", "REFUND": "r-1", "VOID": None}[verb]
    assert last.created_by == "client"


@pytest.mark.parametrize("verb", ["CAPTURE", "REFUND", "VOID"])
def test_an_operation_for_which_there_is_no_room_any_more_fails(make, verb):
    transaction = begun(make, verb, 1000)
    job = rules.finish_operation(ID, transaction, 90, START)
    if verb == "REFUND":
        transaction = refund(transaction, RefundBody(amount=1), "c", START)
    else:
        transaction = capture(transaction, CaptureBody(amount=1), "c", START)
    later, after = rules.finished(job, transaction, moment(job.due))
    last = after.events[-1]
    assert (last.event, last.success) == (verb, False)
    assert last.error
    assert later.due is None
    assert after.status == transaction.status


def test_a_payment_of_nothing_can_be_captured_later_too(make):
    transaction = make.paid(0, "dintero.zero")
    pending = Failure("pending", seconds=90)
    transaction = noted(
        capture(transaction, CaptureBody(amount=0), "c", START, pending), Call("r"), transaction
    )
    job = rules.finish_operation(ID, transaction, 90, START)
    _, after = rules.finished(job, transaction, moment(job.due))
    assert (after.events[-1].event, after.events[-1].success) == ("CAPTURE", True)
