"""The transaction: an event ledger whose status and remaining amounts are read off its sums."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, computed_field

from mock_dintero.core import provider
from mock_dintero.core.address import Address
from mock_dintero.core.order import Item
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.record import Part, Record
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
