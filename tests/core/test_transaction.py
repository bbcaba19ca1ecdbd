"""The ledger: captures, refunds, voids, and the twelve statuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from pydantic import ValidationError

from mock_dintero.core import payment
from mock_dintero.core.authorization import AuthorizationBody, extend
from mock_dintero.core.errors import (
    AmountTooHigh,
    InvalidRequest,
    InvalidTransactionStatus,
    MerchantReferenceSet,
)
from mock_dintero.core.operation import (
    CaptureBody,
    RefundBody,
    capture,
    refund,
    set_reference,
    void,
)
from mock_dintero.core.transaction import Status, Transaction, append

NOW = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
VOID_AFTER_PART_CAPTURE = (
    "payex.creditcard", "payex.mobilepay", "payex.vipps", "payex.applepay", "payex.clicktopay",
    "payex.googlepay", "vipps", "klarna.klarna", "klarna.billie",
)  # fmt: skip
OTHERS = ("dintero_psp.vipps", "dintero_psp.creditcard", "bambora.creditcard", "collector.invoice")


def play(transaction: Transaction, *steps: str) -> Transaction:
    """`c60` captures 60, `r10` refunds 10, `v` voids."""
    for step in steps:
        match step[0]:
            case "c":
                transaction = capture(transaction, CaptureBody(amount=int(step[1:])), "x", NOW)
            case "r":
                transaction = refund(transaction, RefundBody(amount=int(step[1:])), "x", NOW)
            case _:
                transaction = void(transaction, "x", NOW)
    return transaction


def initiated(make):
    body = payment.PayBody(payment_product_type="dintero_psp.vipps")
    return payment.start(make.session(), body, "T12345678.transaction", NOW)[1]


REACHED = [
    ("AUTHORIZED", ()),
    ("AUTHORIZATION_VOIDED", ("v",)),
    ("PARTIALLY_CAPTURED", ("c60",)),
    ("CAPTURED", ("c100",)),
    ("CAPTURED", ("c60", "c40")),
    ("PARTIALLY_REFUNDED", ("c100", "r1")),
    ("REFUNDED", ("c100", "r40", "r60")),
    ("PARTIALLY_CAPTURED_REFUNDED", ("c60", "r10")),
    ("PARTIALLY_CAPTURED_REFUNDED", ("c60", "r60")),
    ("PARTIALLY_REFUNDED", ("c60", "r10", "c40")),
    ("REFUNDED", ("c60", "r10", "c40", "r90")),
    ("CAPTURED", ("c60", "v")),
    ("PARTIALLY_REFUNDED", ("c60", "v", "r10")),
    ("PARTIALLY_REFUNDED", ("c60", "r10", "v")),
    ("REFUNDED", ("c60", "v", "r60")),
    ("REFUNDED", ("c60", "r60", "v")),
]


@pytest.mark.parametrize(("status", "steps"), REACHED)
def test_the_sums_decide_the_status(make, status, steps):
    transaction = play(make.paid(100, "vipps"), *steps)

    assert transaction.status == status
    assert transaction.events[-1].transaction_status == status
    assert transaction.amount == 100


def test_initiated_declined_failed_on_hold_and_unknown_are_told_by_the_attempt(make):
    first = initiated(make)

    assert first.status == "INITIATED"
    assert make.pay(make.session(), outcome="decline")[1].status == "DECLINED"
    assert make.pay(make.session(), outcome="reject")[1].status == "FAILED"
    assert append(first, "INITIALIZE", NOW, status="ON_HOLD").status == "ON_HOLD"
    assert append(first, "AUTHORIZE", NOW, success=False, status="UNKNOWN").status == "UNKNOWN"


def test_a_held_payment_can_still_be_authorized_or_fail(make):
    held = append(initiated(make), "INITIALIZE", NOW, status="ON_HOLD")

    assert append(held, "AUTHORIZE", NOW, status="AUTHORIZED").status == "AUTHORIZED"
    assert append(held, "AUTHORIZE", NOW, success=False, status="FAILED").status == "FAILED"


def test_there_are_twelve_statuses_and_each_is_reached():
    by_attempt = {"INITIATED", "DECLINED", "FAILED", "ON_HOLD", "UNKNOWN"}

    assert {status for status, _ in REACHED} | by_attempt == set(get_args(Status))
    assert len(get_args(Status)) == 12


def test_the_published_example_of_mixed_life(make):
    sums = []
    transaction = make.paid(100)
    for step in ("c60", "r10", "c40", "r90"):
        transaction = play(transaction, step)
        sums.append((transaction.left_to_capture, transaction.left_to_refund))

    assert sums == [(40, 60), (40, 50), (0, 90), (0, 0)]


def test_the_published_example_of_a_whole_life(make):
    transaction = play(make.paid(68300), "c59700", "c8600")

    assert [(e.id, e.event, e.amount, e.transaction_status) for e in transaction.events[2:]] == [
        ("3", "CAPTURE", 59700, "PARTIALLY_CAPTURED"), ("4", "CAPTURE", 8600, "CAPTURED")
    ]  # fmt: skip


def test_a_refund_never_reopens_capture_room(make):
    transaction = play(make.paid(100), "c60", "r60")

    assert transaction.left_to_capture == 40
    with pytest.raises(AmountTooHigh):
        play(transaction, "c41")
    with pytest.raises(InvalidTransactionStatus):
        play(make.paid(100), "c100", "r100", "c1")


@pytest.mark.parametrize(
    ("steps", "left", "asked"), [(("c101",), "100", "101"), (("c60", "c41"), "40", "41")]
)
def test_capturing_too_much_is_refused_with_the_numbers(make, steps, left, asked):
    with pytest.raises(AmountTooHigh, match=f"{left} is left to capture, not {asked}") as refused:
        play(make.paid(100), *steps)

    assert (refused.value.status, refused.value.code) == (400, "AMOUNT_TOO_HIGH")


@pytest.mark.parametrize("steps", [("c60", "r61"), ("c60", "r20", "r41"), ("c60", "v", "r61")])
def test_refunding_more_than_was_captured_is_refused(make, steps):
    with pytest.raises(AmountTooHigh, match="is left to refund"):
        play(make.paid(100, "vipps"), *steps)


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_than_nothing_cannot_be_captured_or_refunded(make, amount):
    for steps in ((f"c{amount}",), ("c60", f"r{amount}")):
        with pytest.raises(InvalidRequest):
            play(make.paid(100), *steps)


@pytest.mark.parametrize(
    "steps",
    [("c100", "c1"), ("v", "c1"), ("c60", "v", "c1"), ("r1",), ("v", "r1"), ("c100", "r100", "r1"),
     ("v", "v"), ("c100", "v"), ("c60", "v", "v"), ("c100", "r1", "v"), ("c100", "r100", "v"),
     ("c100", "r1", "c1")],
)  # fmt: skip
def test_operations_in_the_wrong_status_are_refused_with_the_status(make, steps):
    before = play(make.paid(100, "vipps"), *steps[:-1])

    with pytest.raises(InvalidTransactionStatus, match=before.status) as refused:
        play(before, steps[-1])

    assert (refused.value.status, refused.value.code) == (400, "INVALID_TRANSACTION_STATUS")


@pytest.mark.parametrize("step", ["c1", "r1", "v"])
def test_a_payment_that_never_succeeded_takes_no_operation(make, step):
    held = append(initiated(make), "INITIALIZE", NOW, status="ON_HOLD")
    for transaction in (
        initiated(make), held,
        make.pay(make.session(), outcome="decline")[1],
        make.pay(make.session(), outcome="reject")[1],
    ):  # fmt: skip
        with pytest.raises(InvalidTransactionStatus):
            play(transaction, step)


@pytest.mark.parametrize("type_", VOID_AFTER_PART_CAPTURE)
@pytest.mark.parametrize("steps", [("c60",), ("c60", "r10")])
def test_the_listed_products_release_the_rest_after_a_part_capture(make, type_, steps):
    transaction = play(make.paid(100, type_), *steps, "v")

    assert transaction.events[-1].amount == 40
    assert transaction.left_to_capture == 0


@pytest.mark.parametrize("type_", OTHERS)
@pytest.mark.parametrize("steps", [("c60",), ("c60", "r10")])
def test_other_products_keep_the_rest_after_a_part_capture(make, type_, steps):
    partly = play(make.paid(100, type_), *steps)

    with pytest.raises(InvalidTransactionStatus):
        play(partly, "v")


@pytest.mark.parametrize("type_", [*VOID_AFTER_PART_CAPTURE, *OTHERS])
def test_every_product_is_voided_before_a_capture(make, type_):
    assert play(make.paid(100, type_), "v").status == "AUTHORIZATION_VOIDED"


def test_swish_is_refunded_instead_of_voided(make):
    swish = make.paid(100, "swish.swish")

    with pytest.raises(InvalidTransactionStatus):
        play(swish, "v")
    assert play(swish, "r100").status == "REFUNDED"


def test_zero_is_captured_and_refunded_with_nothing(make):
    zero = make.paid(0, "dintero.zero")

    assert play(zero, "c0").status == "CAPTURED"
    assert play(zero, "c0", "r0").status == "REFUNDED"
    assert play(zero, "v").status == "AUTHORIZATION_VOIDED"
    with pytest.raises(AmountTooHigh):
        play(zero, "c1")


def test_a_failed_event_does_not_count(make):
    failed = append(make.paid(100), "CAPTURE", NOW, success=False, amount=100, error={"code": "x"})

    assert failed.status == "AUTHORIZED"
    assert failed.left_to_capture == 100
    assert failed.events[-1].transaction_status == "AUTHORIZED"


def test_two_equal_captures_are_two_captures(make):
    transaction = play(make.paid(100), "c50", "c50")

    assert transaction.total("CAPTURE") == 100
    assert [e.id for e in transaction.events] == ["1", "2", "3", "4"]


def test_a_capture_notes_reference_items_metadata_and_who_did_it(make):
    body = CaptureBody.model_validate(
        {"amount": 29990.0, "capture_reference": "shipment-1", "id": "ignored",
         "items": [{"line_id": "1", "amount": 29990}], "metadata": {"ext_a": "b"}}
    )  # fmt: skip

    shown = capture(make.paid(29990), body, "client-1", NOW).events[-1].shown()
    shown["metadata"] = {n: v for n, v in shown["metadata"].items() if ":" not in n}

    assert shown == {
        "id": "3", "event": "CAPTURE", "success": True, "amount": 29990,
        "transaction_status": "CAPTURED", "created_at": "2026-11-22T11:00:00.000Z",
        "created_by": "client-1", "event_reference": "shipment-1",
        "items": [{"line_id": "1", "amount": 29990}], "metadata": {"ext_a": "b"},
    }  # fmt: skip


def test_references_default_to_that_of_the_order(make):
    transaction = make.paid(100, event_reference="e-1")

    captured = capture(transaction, CaptureBody(amount=60), "x", NOW)
    refunded = refund(captured, RefundBody(amount=10, refund_reference="r-1"), "x", NOW)

    assert [e.event_reference for e in refunded.events[2:]] == ["e-1", "r-1"]
    assert "event_reference" not in play(make.paid(100), "c1").events[-1].shown()


def test_an_operation_moves_updated_at_and_nothing_of_the_payment(make):
    before = make.paid(100)

    after = play(before, "c60")

    assert after.updated_at == "2026-11-22T11:00:00.000Z"
    changed = {"events", "updated_at", "status"}
    assert {k: v for k, v in after.shown().items() if k not in changed} == {
        k: v for k, v in before.shown().items() if k not in changed
    }
    assert after.events[:-1] == before.events


@pytest.mark.parametrize("type_", ["instabank.invoice", "instabank.finance"])
def test_instabank_needs_items_for_capture_and_refund(make, type_):
    items = [{"line_id": "1", "quantity": 1, "amount": 100}]

    with pytest.raises(InvalidRequest, match="items"):
        play(make.paid(100, type_), "c100")
    body = CaptureBody.model_validate({"amount": 100, "items": items})
    captured = capture(make.paid(100, type_), body, "x", NOW)
    with pytest.raises(InvalidRequest, match="items"):
        play(captured, "r100")


@pytest.mark.parametrize("body", [CaptureBody, RefundBody])
def test_an_operation_needs_a_whole_amount(body):
    for wrong in ({}, {"amount": None}, {"amount": "100"}, {"amount": 894.9999999999999}):
        with pytest.raises(ValidationError):
            body.model_validate(wrong)


@pytest.mark.parametrize("body", [CaptureBody, RefundBody])
def test_metadata_keys_start_with_ext_and_are_limited(body):
    good = {"ext_" + "k" * 124: "v" * 256}
    assert body.model_validate({"amount": 1, "metadata": good}).metadata == good
    for wrong in ({"colour": "red"}, {"ext_" + "k" * 125: "v"}, {"ext_a": "v" * 257}, {"ext_a": 1}):
        with pytest.raises(ValidationError):
            body.model_validate({"amount": 1, "metadata": wrong})


def test_merchant_reference_2_is_set_once(make):
    transaction = set_reference(make.paid(100), "10023", NOW)

    assert transaction.merchant_reference_2 == "10023"
    assert len(transaction.events) == 2
    assert set_reference(transaction, "10023", NOW) is transaction
    assert set_reference(transaction, None, NOW) is transaction
    with pytest.raises(MerchantReferenceSet, match="10023") as refused:
        set_reference(transaction, "10024", NOW)
    assert refused.value.status == 400


def test_a_merchant_reference_2_of_the_order_counts_as_set(make):
    with pytest.raises(MerchantReferenceSet):
        set_reference(make.paid(100, merchant_reference_2="10023"), "10024", NOW)


def test_an_empty_merchant_reference_2_counts_as_not_set(make):
    transaction = make.paid(100, merchant_reference_2="")

    assert set_reference(transaction, "10024", NOW).merchant_reference_2 == "10024"


def test_a_transaction_knows_its_session_reference_and_account(make):
    transaction = make.paid(100)

    assert transaction.link == "T12345678.session"
    assert transaction.reference == "cart-881"
    assert transaction.account_id == "T12345678"


def long_after(transaction, days, seconds=0):
    return datetime.fromisoformat(transaction.events[-1].created_at) + timedelta(days, seconds)


RESERVED = [
    ("dintero_psp.creditcard", 30), ("payex.vipps", 30), ("vipps", 30), ("dintero_psp.vipps", 30),
    ("klarna.klarna", 28), ("klarna.billie", 28), ("collector.invoice", 90),
]  # fmt: skip


@pytest.mark.parametrize(("method", "days"), RESERVED)
def test_a_capture_after_the_reservation_has_ended_fails_and_says_when_it_ended(make, method, days):
    authorized = make.paid(100, method)
    ends = long_after(authorized, days)
    assert authorized.reserved_until == ends
    body = CaptureBody(amount=100)
    in_time = capture(authorized, body, "x", ends - timedelta(milliseconds=1))
    assert in_time.status == "CAPTURED"
    too_late = capture(authorized, body, "x", ends)
    last = too_late.events[-1]
    assert (last.event, last.success) == ("CAPTURE", False)
    assert ends.strftime("%Y-%m-%dT%H:%M") in last.error["message"]
    assert too_late.status == last.transaction_status == "AUTHORIZED"


def test_a_void_and_a_refund_have_no_such_end(make):
    authorized = make.paid(100)
    later = long_after(authorized, 400)
    assert void(authorized, "x", later).status == "AUTHORIZATION_VOIDED"
    captured = capture(authorized, CaptureBody(amount=100), "x", NOW)
    assert refund(captured, RefundBody(amount=100), "x", later).status == "REFUNDED"


def test_an_extension_of_klarna_counts_from_its_own_day(make):
    authorized = make.paid(100, "klarna.klarna")
    at = long_after(authorized, 20)
    body = AuthorizationBody(reason="late delivery", reference="ext-1")
    extended = extend(authorized, body, "x", at)
    assert extended.reserved_until == at + timedelta(days=28)
    after_the_first = long_after(authorized, 29)
    assert capture(authorized, CaptureBody(amount=100), "x", after_the_first).status == "AUTHORIZED"
    assert capture(extended, CaptureBody(amount=100), "x", after_the_first).status == "CAPTURED"
    later = at + timedelta(days=28)
    assert capture(extended, CaptureBody(amount=100), "x", later).status == "AUTHORIZED"


@pytest.mark.parametrize("method", ["swish.swish", "instabank.invoice", "two.invoice_b2b"])
def test_where_nothing_is_published_nothing_ends(make, method):
    assert make.paid(100, method).reserved_until is None


def test_a_payment_that_is_not_authorized_reserves_nothing(make):
    assert initiated(make).reserved_until is None
