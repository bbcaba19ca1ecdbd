"""The transaction: an event ledger whose status and remaining amounts are read off its sums."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, StringConstraints, computed_field

from mock_dintero.core import card, provider, provider_failure
from mock_dintero.core.address import Address
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
from mock_dintero.core.record import Amount, Part, Record
from mock_dintero.core.shipping import ChosenShipping
from mock_dintero.core.timestamps import moment, stamp

Status = Literal[
    "INITIATED", "AUTHORIZED", "AUTHORIZATION_VOIDED", "CAPTURED", "PARTIALLY_CAPTURED",
    "PARTIALLY_CAPTURED_REFUNDED", "REFUNDED", "PARTIALLY_REFUNDED", "DECLINED", "FAILED",
    "UNKNOWN", "ON_HOLD",
]  # fmt: skip
EventName = Literal[
    "INITIALIZE", "AUTHORIZE", "CAPTURE", "REFUND", "VOID",
    "INITIATE_REFUND", "INITIATE_VOID", "INITIATE_CAPTURE", "SETTLEMENT",
]  # fmt: skip

SettlementStatus = Literal[
    "NOT_SETTLED", "PENDING_SETTLEMENT", "PARTIALLY_SETTLED", "SETTLED"
]  # fmt: skip

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


class SettledEvent(Part):
    """What a settlement paid for one capture or refund; refund and fee are not above 0.

    `event_correlation_id` is the id of that capture or refund in the same ledger (ours).
    """

    settlement_id: str
    provider_reference: str
    event_correlation_id: str
    amount: int
    capture: int
    refund: int
    fee: int


class EventSettlements(Part):
    """The `settlements` of a SETTLEMENT event, and the transaction's settlement status after it."""

    events: tuple[SettledEvent, ...]
    settlement_status: SettlementStatus | None = None


class TransactionEvent(Part):
    """One line of the ledger. `transaction_status` is the state after it."""

    id: str
    event: EventName
    success: bool
    created_at: str
    transaction_status: Status
    amount: int | None = None
    items: tuple[Item, ...] | None = None
    event_reference: str | None = None
    created_by: str | None = None
    request_id: str | None = None
    correlation_request_id: str | None = None
    """Of an operation that was accepted with 202: the `request_id` of the event that began it."""
    request_headers: dict[str, str] | None = None
    metadata: dict[str, Any] | None = None
    settlements: EventSettlements | None = None
    error: dict[str, Any] | None = None


class Transaction(Record):
    """A payment. `amount` is what was authorized: captures and refunds never change it, an update of
    the authorization does.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    kind: ClassVar[str] = "transaction"
    PRIVATE: ClassVar[frozenset[str]] = frozenset({"pre_authorization"})

    session_id: str
    payment_product_type: str
    amount: int
    currency: str
    merchant_reference: str
    created_at: str
    updated_at: str
    events: tuple[TransactionEvent, ...]
    merchant_reference_2: str | None = None
    channel: str | None = None
    payout_destination_id: str | None = None
    customer: dict[str, Any] | None = None
    customer_ip: str | None = None
    user_agent: str | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    shipping_option: ChosenShipping | None = None
    store: dict[str, Any] | None = None
    items: tuple[Item, ...] | None = None
    checkboxes: tuple[dict[str, Any], ...] | None = None
    url: dict[str, str] | None = None
    metadata: dict[str, Any] | None = None
    card: dict[str, Any] | None = None
    payment_operation: str | None = None
    initiating_system_request_headers: dict[str, str] | None = None
    pre_authorization: Literal["open", "final"] | None = None
    """Whether the amount can still be changed; no field of Dintero's shows it (core/authorization.py)."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def payment_product(self) -> str:
        """The part of the type before the dot."""
        return self.payment_product_type.partition(".")[0]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def status(self) -> Status:
        """Read off the ledger (state machine: transactions.md 3.3)."""
        attempt = self.attempt
        if self._did("VOID") and not self._did("CAPTURE"):
            return "AUTHORIZATION_VOIDED"
        if not (attempt.event == "AUTHORIZE" and attempt.success) and not self._did("CAPTURE"):
            return attempt.transaction_status
        if not self._did("CAPTURE"):
            return "AUTHORIZED"
        if self._did("REFUND") and not self.left_to_refund:
            return "REFUNDED" if not self.left_to_capture else "PARTIALLY_CAPTURED_REFUNDED"
        if self._did("REFUND"):
            return "PARTIALLY_CAPTURED_REFUNDED" if self.left_to_capture else "PARTIALLY_REFUNDED"
        return "PARTIALLY_CAPTURED" if self.left_to_capture else "CAPTURED"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def settlement_status(self) -> SettlementStatus:
        """Read off the ledger. SETTLED: all that was captured and refunded, and no more can be captured."""
        if not self._settled_events:
            return "NOT_SETTLED"
        return "PARTIALLY_SETTLED" if self.unsettled or self.left_to_capture else "SETTLED"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def account_id(self) -> str:
        """Seen in real answers, though not in the contract."""
        return super().account_id

    @property
    def default_event_reference(self) -> str | None:
        """The order's `event_reference`: what captures and refunds without a reference carry."""
        reference = (self.metadata or {}).get("event_reference")
        return reference if isinstance(reference, str) else None

    @property
    def reference(self) -> str:
        """What lists are searched by."""
        return self.merchant_reference

    @property
    def link(self) -> str:
        """The session this payment belongs to."""
        return self.session_id

    @property
    def attempt(self) -> TransactionEvent:
        """The last word on the payment attempt itself."""
        return [e for e in self.events if e.event in ("INITIALIZE", "AUTHORIZE")][-1]

    def _did(self, event: EventName) -> bool:
        return any(e.event == event and e.success for e in self.events)

    def total(self, event: EventName) -> int:
        """The sum of the successful events of this name, in minor units."""
        return sum(e.amount or 0 for e in self.events if e.event == event and e.success)

    @property
    def _settled_events(self) -> frozenset[str]:
        told = [event.settlements for event in self.events if event.settlements]
        return frozenset(one.event_correlation_id for each in told for one in each.events)

    @property
    def unsettled(self) -> tuple[TransactionEvent, ...]:
        """The captures and refunds that no settlement has paid yet; those of 0 are never paid."""
        settled = self._settled_events
        return tuple(
            event for event in self.events
            if event.event in ("CAPTURE", "REFUND") and event.success and event.amount
            and event.id not in settled
        )  # fmt: skip

    @property
    def left_to_capture(self) -> int:
        """What is still reserved; 0 once the rest was released."""
        return 0 if self._did("VOID") else self.amount - self.total("CAPTURE")

    @property
    def reserved_until(self) -> datetime | None:
        """Until when the provider keeps the money reserved; None if nothing is known to end it.

        Klarna says so after an extension; else it is the method's usual time from the last AUTHORIZE.
        """
        authorized = [e for e in self.events if e.event == "AUTHORIZE" and e.success]
        if not authorized:
            return None
        told = (authorized[-1].metadata or {}).get("klarna:authorization_expiration")
        if isinstance(told, str):
            return moment(told)
        lasts = METHODS[self.payment_product_type].reserves_for
        return moment(authorized[-1].created_at) + lasts if lasts else None

    @property
    def left_to_refund(self) -> int:
        """What was captured and not given back."""
        return self.total("CAPTURE") - self.total("REFUND")


def append(
    transaction: Transaction,
    event: EventName,
    now: datetime,
    *,
    success: bool = True,
    status: Status | None = None,
    **fields: Any,
) -> Transaction:
    """The transaction with one more event; `status` is needed only where sums do not tell it."""
    left = provider.event_metadata(transaction, event, success, fields.get("amount") or 0, now)
    fields["metadata"] = {**left, **(fields.get("metadata") or {})} or None
    known = {name: value for name, value in fields.items() if value is not None}
    draft = TransactionEvent(
        id=str(len(transaction.events) + 1), event=event, success=success,
        created_at=stamp(now), transaction_status=status or transaction.status, **known,
    )  # fmt: skip
    after = transaction.with_(events=(*transaction.events, draft), updated_at=stamp(now))
    told = draft.with_(transaction_status=status or after.status)
    return after.with_(events=(*transaction.events, told))


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
