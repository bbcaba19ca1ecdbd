"""Operations that the payment provider refuses, does not answer, or finishes later."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mock_dintero.core.operation import CaptureBody, RefundBody, capture, refund, void
from mock_dintero.core.provider_failure import FINISHES, INITIATES, Failure, as_fields

NOW = datetime(2026, 11, 22, 10, 1, tzinfo=UTC)
VERBS = list(INITIATES)


def operate(make, verb, failure):
    transaction = make.paid(1000)
    if verb == "REFUND":
        transaction = capture(transaction, CaptureBody(amount=1000), "c", NOW)
        return transaction, refund(transaction, RefundBody(amount=400), "c", NOW, failure)
    if verb == "CAPTURE":
        return transaction, capture(transaction, CaptureBody(amount=400), "c", NOW, failure)
    return transaction, void(transaction, "c", NOW, failure)


def test_every_operation_that_is_begun_can_be_finished():
    assert {FINISHES[begun] for begun in INITIATES.values()} == set(INITIATES)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("do", "code"), [("refuse", "REJECTED"), ("time_out", "Error")]
)  # fmt: skip
def test_a_failed_operation_leaves_a_failed_event_and_moves_no_money(make, verb, do, code):
    before, after = operate(make, verb, Failure(do))
    last = after.events[-1]
    assert (last.event, last.success) == (verb, False)
    assert last.error
    assert last.error["code"] == code
    assert verb.lower() in last.error["message"]
    assert after.status == before.status == last.transaction_status
    assert (after.left_to_capture, after.left_to_refund) == (
        before.left_to_capture, before.left_to_refund
    )  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_the_testers_words_stand_in_the_event(make, verb):
    _, after = operate(make, verb, Failure("refuse", "no such money"))
    assert after.events[-1].error["message"] == "no such money"
    assert as_fields("time_out", verb, "zzz")["error"]["message"] == "zzz"


@pytest.mark.parametrize("verb", VERBS)
def test_a_pending_operation_has_begun_and_nothing_more(make, verb):
    before, after = operate(make, verb, Failure("pending", seconds=60))
    last = after.events[-1]
    assert (last.event, last.success, last.error) == (INITIATES[verb], True, None)
    assert after.status == before.status == last.transaction_status
    assert (after.left_to_capture, after.left_to_refund) == (
        before.left_to_capture, before.left_to_refund
    )  # fmt: skip
