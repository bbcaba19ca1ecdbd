"""What a merchant does with a payment: capture, refund, void, and the rules for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import StringConstraints

from mock_dintero.core import card, provider_failure
from mock_dintero.core.errors import (
    AmountTooHigh,
    AuthorizationNotFinal,
    InvalidRequest,
    InvalidTransactionStatus,
    MerchantReferenceSet,
)
from mock_dintero.core.order import Item
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.provider_failure import Failure, Verb
from mock_dintero.core.record import Amount, Part
from mock_dintero.core.timestamps import stamp
from mock_dintero.core.transaction import EventName, Transaction, append

ExtKey = Annotated[str, StringConstraints(pattern=r"^ext_", max_length=128)]
ExtMetadata = dict[ExtKey, Annotated[str, StringConstraints(max_length=256)]]
"""Metadata of a capture or refund: every key starts with ext_. Source: schema of capture."""


class CaptureBody(Part):
    """Body of capture. `amount` in minor units; items are noted on the event, only the amount counts."""

    amount: Amount
    capture_reference: str | None = None
    items: tuple[Item, ...] | None = None
    metadata: ExtMetadata | None = None


class RefundBody(Part):
    """Body of refund."""

    amount: Amount
    refund_reference: str | None = None
    reason: str | None = None
    items: tuple[Item, ...] | None = None
    metadata: ExtMetadata | None = None


class TransactionUpdate(Part):
    """Body of `PUT /v1/transactions/{id}`."""

    merchant_reference_2: str | None = None


CAPTURABLE = ("AUTHORIZED", "PARTIALLY_CAPTURED", "PARTIALLY_CAPTURED_REFUNDED")
REFUNDABLE = (
    "CAPTURED", "PARTIALLY_CAPTURED", "PARTIALLY_REFUNDED", "PARTIALLY_CAPTURED_REFUNDED"
)  # fmt: skip


def _require_status(transaction: Transaction, verb: str, allowed: Sequence[str]) -> None:
    if transaction.status not in allowed:
        raise InvalidTransactionStatus(
            f"cannot {verb} a transaction that is {transaction.status}; "
            f"it must be {' or '.join(allowed)}"
        )


def _require_final(transaction: Transaction) -> None:
    """A pre-authorization has to be finalized first (description of `pre_authorization`)."""
    if transaction.pre_authorization == "open":
        raise AuthorizationNotFinal(
            "this is a pre-authorization; finalize it before capturing: "
            'POST .../authorization {"amount": ..., "final_authorization": true}'
        )


def _require_amount(verb: str, amount: int, left: int, whole: int) -> None:
    if amount < 0 or (amount == 0 and whole != 0):
        raise InvalidRequest(f"amount must be above 0, not {amount}; {left} is left to {verb}")
    if amount > left:
        raise AmountTooHigh(f"{left} is left to {verb}, not {amount}")


def _require_items(transaction: Transaction, items: Sequence[Item] | None) -> None:
    if METHODS[transaction.payment_product_type].needs_items and not items:
        raise InvalidRequest(
            f"items is required for {transaction.payment_product_type}: send line_id, quantity and amount"
        )


def _require_whole_lines(transaction: Transaction, items: Sequence[Item] | None) -> None:
    """Walley takes no part of a line (checkout-client guide). Only what is listed is checked."""
    if not METHODS[transaction.payment_product_type].needs_whole_lines:
        return
    ordered = {item.line_id: item.amount for item in transaction.items or ()}
    for item in items or ():
        if item.amount != ordered.get(item.line_id):
            raise InvalidRequest(
                f"items: {transaction.payment_product_type} captures whole lines; line_id "
                f"{item.line_id!r} of the order has {ordered.get(item.line_id)}, not {item.amount}"
            )


def _outcome(
    transaction: Transaction, verb: Verb, failure: Failure | None, now: datetime
) -> tuple[EventName, dict[str, Any]]:
    """The event of an operation, and how it differs from a success.

    A provider that takes its time has only begun; one that says no, or whose reservation has run
    out, leaves a failed event. Then the bank of a test card has its say.
    """
    if failure and failure.is_pending:
        return provider_failure.INITIATES[verb], {}
    if failure:
        return verb, provider_failure.as_fields(failure.do, verb, failure.message)
    ends = transaction.reserved_until
    if verb == "CAPTURE" and ends and ends <= now:
        text = f"The authorization has ended: it was reserved until {stamp(ends)}"
        return verb, provider_failure.as_fields("refuse", verb, text)
    return verb, card.failure(transaction.card, verb)


def capture(
    transaction: Transaction,
    body: CaptureBody,
    by: str,
    now: datetime,
    failure: Failure | None = None,
) -> Transaction:
    """Take `amount` of what was authorized and is not yet captured or voided.

    Raises InvalidTransactionStatus or AmountTooHigh. Two equal captures are two captures: Dintero
    documents no idempotency key. `failure` is what the provider does instead.
    """
    _require_status(transaction, "capture", CAPTURABLE)
    _require_final(transaction)
    _require_amount("capture", body.amount, transaction.left_to_capture, transaction.amount)
    _require_items(transaction, body.items)
    _require_whole_lines(transaction, body.items)
    event, differs = _outcome(transaction, "CAPTURE", failure, now)
    return append(
        transaction, event, now,
        amount=body.amount, items=body.items, metadata=body.metadata, created_by=by,
        event_reference=body.capture_reference or transaction.default_event_reference, **differs,
    )  # fmt: skip


def capture_whole(
    transaction: Transaction, now: datetime, failure: Failure | None = None
) -> Transaction:
    """The automatic capture of all that was authorized, after the payment or at a later try."""
    differs = card.failure(transaction.card, "AUTO_CAPTURE")
    if failure:
        differs = provider_failure.as_fields(failure.do, "CAPTURE", failure.message)
    return append(
        transaction, "CAPTURE", now,
        amount=transaction.amount, items=transaction.items,
        event_reference=transaction.default_event_reference, **differs,
    )  # fmt: skip


def refund(
    transaction: Transaction,
    body: RefundBody,
    by: str,
    now: datetime,
    failure: Failure | None = None,
) -> Transaction:
    """Give back `amount` of what was captured and not yet refunded. It never reopens capture room."""
    _require_status(transaction, "refund", REFUNDABLE)
    _require_amount("refund", body.amount, transaction.left_to_refund, transaction.amount)
    _require_items(transaction, body.items)
    event, differs = _outcome(transaction, "REFUND", failure, now)
    return append(
        transaction, event, now,
        amount=body.amount, items=body.items, metadata=body.metadata, created_by=by,
        event_reference=body.refund_reference or transaction.default_event_reference, **differs,
    )  # fmt: skip


def void(
    transaction: Transaction, by: str, now: datetime, failure: Failure | None = None
) -> Transaction:
    """Release what is reserved: all of it before a capture, the rest after one where the method can."""
    method = METHODS[transaction.payment_product_type]
    if method.is_captured_at_once and transaction.status in REFUNDABLE:
        raise InvalidTransactionStatus(
            f"cannot void a transaction that is {transaction.status}: {method.type} is captured at "
            "once, so a cancel has to be a refund"
        )
    partly = ("PARTIALLY_CAPTURED", "PARTIALLY_CAPTURED_REFUNDED") if method.can_void_rest else ()
    _require_status(transaction, "void", ("AUTHORIZED", *partly))
    event, differs = _outcome(transaction, "VOID", failure, now)
    return append(
        transaction, event, now, amount=transaction.left_to_capture, created_by=by, **differs
    )


def set_reference(transaction: Transaction, reference: str | None, now: datetime) -> Transaction:
    """Set `merchant_reference_2`: once; the same value again is fine (Dintero's own plugins tell so)."""
    current = transaction.merchant_reference_2
    if reference is None or reference == current:
        return transaction
    if current:
        raise MerchantReferenceSet(
            f"merchant_reference_2 is {current!r} already and can be set only once"
        )
    return transaction.with_(merchant_reference_2=reference, updated_at=stamp(now))
