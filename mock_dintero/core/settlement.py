"""Settlements: what a provider pays out for a day, and how the ledger remembers that it was paid."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, Literal, NamedTuple
from uuid import UUID

from mock_dintero.core.record import Part, Record
from mock_dintero.core.timestamps import moment, stamp
from mock_dintero.core.transaction import (
    EventSettlements,
    SettledEvent,
    Transaction,
    TransactionEvent,
    append,
)

SETTLED_HOUR = 6
"""A day is settled on the next one at this hour (UTC). Ours: providers differ, Dintero names no time."""

FEE_PERMILLE = 19
FEE_PER_CAPTURE = 200
"""1.9 % and 2.00 for every capture, nothing for a refund. Made up: the real fee is in the contract."""

FILE_TYPES = {"json": "application/json", "csv": "text/csv"}
MADE_BY = "mock-dintero"


class Row(Part):
    """One capture or refund in a settlement's file. Source of the names: a live JSON attachment."""

    transaction_id: str
    reference: str
    merchant_reference_2: str | None = None
    capture: int
    refund: int
    fee: int
    transaction_date: str
    payment_product_type: str
    card_brand: str | None = None


class Attachment(Part):
    """A file of a settlement."""

    id: str
    key: str
    content_type: str
    extension: str
    created_by: str = MADE_BY


class Amounts(Part):
    """Sums of a settlement; refund and fee are not above 0, amount is the sum of the three.

    Dintero's guide subtracts refund and fee, live data have them below 0: we follow the data.
    """

    amount: int
    capture: int
    refund: int
    fee: int
    currency: str


class Settlement(Record):
    """What a provider pays to one payout destination in one currency for one day."""

    kind: ClassVar[str] = "settlement"
    PRIVATE: ClassVar[frozenset[str]] = frozenset({"rows"})

    provider: str
    provider_reference: str
    start_at: str
    end_at: str
    created_at: str
    updated_at: str
    settled_at: str
    amounts: tuple[Amounts, ...]
    payment_status: Literal["paid", "postponed"]
    attachments: tuple[Attachment, ...]
    payout_destination_id: str | None = None
    rows: tuple[Row, ...]

    def public(self) -> dict[str, Any]:
        """As merchants see it in the list."""
        return self.model_dump(mode="json", exclude_unset=True, exclude=set(self.PRIVATE))


class SettledThrough(Record):
    """How far an account is settled, so that nobody looks again on the same day."""

    kind: ClassVar[str] = "settled_through"

    day: str


class Batch(NamedTuple):
    """What is settled together."""

    day: date
    provider: str
    payout_destination_id: str
    currency: str


def last_due_day(now: datetime) -> date:
    """The last day whose settlement is made by now."""
    return (now - timedelta(days=1, hours=SETTLED_HOUR)).date()


def time_of(day: date) -> datetime:
    """When a day is settled."""
    return datetime.combine(day, time(SETTLED_HOUR), UTC) + timedelta(days=1)


def day_of(event: TransactionEvent) -> date:
    """The day (UTC) on which a capture or refund happened."""
    return moment(event.created_at).date()


def batches(
    transactions: Iterable[Transaction], first: date, last: date
) -> dict[Batch, list[Transaction]]:
    """What has to be settled for these days, oldest day first, and from which transactions."""
    found: dict[Batch, list[Transaction]] = {}
    for transaction in transactions:
        days = {day_of(event) for event in transaction.unsettled}
        for day in days:
            if first <= day <= last:
                found.setdefault(_batch(transaction, day), []).append(transaction)
    return dict(sorted(found.items()))


def _batch(transaction: Transaction, day: date) -> Batch:
    destination = transaction.payout_destination_id or ""
    return Batch(day, transaction.payment_product, destination, transaction.currency)


def settle(
    id: str, batch: Batch, transactions: Sequence[Transaction], uuids: Sequence[UUID], now: datetime
) -> tuple[Settlement, list[Transaction]]:
    """The settlement of these transactions' day, and the transactions that know of it.

    `uuids` are for the files, one for each of FILE_TYPES.
    """
    reference = _reference(id, batch)
    taken = [
        (transaction, [event for event in transaction.unsettled if day_of(event) == batch.day])
        for transaction in transactions
    ]
    paid = [[_paid(id, reference, event) for event in events] for _, events in taken]
    amounts = _amounts([one for each in paid for one in each], batch.currency)
    destination = batch.payout_destination_id
    made = Settlement(
        id=id, provider=batch.provider, provider_reference=reference,
        start_at=stamp(datetime.combine(batch.day, time(), UTC)),
        end_at=stamp(datetime.combine(batch.day, time(23, 59, 59, 999_000), UTC)),
        created_at=stamp(now), updated_at=stamp(now), settled_at=stamp(now),
        amounts=(amounts,), payment_status="paid" if amounts.amount >= 0 else "postponed",
        attachments=_attachments(id, uuids),
        rows=tuple(
            _row(transaction, event, one)
            for (transaction, events), each in zip(taken, paid, strict=True)
            for event, one in zip(events, each, strict=True)
        ),
        **({"payout_destination_id": destination} if destination else {}),
    )  # fmt: skip
    return made, [
        _noted(transaction, each, now) for (transaction, _), each in zip(taken, paid, strict=True)
    ]


def _reference(id: str, batch: Batch) -> str:
    return f"{batch.day:%Y%m%d}-{batch.provider}-{id.rpartition('.')[2][-6:]}"


def fee(capture: int) -> int:
    """What the provider keeps of a capture, as a number below 0; half a minor unit rounds up."""
    return -((capture * FEE_PERMILLE + 500) // 1000 + FEE_PER_CAPTURE)


def _paid(id: str, reference: str, event: TransactionEvent) -> SettledEvent:
    moved = event.amount or 0
    is_capture = event.event == "CAPTURE"
    capture, refund = (moved, 0) if is_capture else (0, -moved)
    kept = fee(capture) if is_capture else 0
    return SettledEvent(
        settlement_id=id, provider_reference=reference, event_correlation_id=event.id,
        amount=capture + refund + kept, capture=capture, refund=refund, fee=kept,
    )  # fmt: skip


def _amounts(paid: Sequence[SettledEvent], currency: str) -> Amounts:
    return Amounts(
        amount=sum(one.amount for one in paid),
        capture=sum(one.capture for one in paid),
        refund=sum(one.refund for one in paid),
        fee=sum(one.fee for one in paid),
        currency=currency,
    )


def _attachments(id: str, uuids: Sequence[UUID]) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            id=uuid.hex, key=f"{id}/settlement.{extension}", content_type=kind,
            extension=extension, created_by=MADE_BY,
        )
        for uuid, (extension, kind) in zip(uuids, FILE_TYPES.items(), strict=True)
    )  # fmt: skip


def _row(transaction: Transaction, event: TransactionEvent, paid: SettledEvent) -> Row:
    brand = (transaction.card or {}).get("brand")
    second = transaction.merchant_reference_2
    return Row(
        transaction_id=transaction.id, reference=transaction.merchant_reference,
        capture=paid.capture, refund=paid.refund, fee=paid.fee, transaction_date=event.created_at,
        payment_product_type=transaction.payment_product_type,
        **({"merchant_reference_2": second} if second else {}),
        **({"card_brand": brand} if isinstance(brand, str) else {}),
    )  # fmt: skip


def _noted(transaction: Transaction, paid: Sequence[SettledEvent], now: datetime) -> Transaction:
    """The ledger with a SETTLEMENT at its end; the status of the payment stays as it is.

    A ledger only grows at its end, so the event is never older than what stands there already.
    """
    after = append(
        transaction, "SETTLEMENT", max(now, moment(transaction.updated_at)),
        amount=sum(one.amount for one in paid), settlements=EventSettlements(events=tuple(paid)),
    )  # fmt: skip
    *before, last = after.events
    told = EventSettlements(events=tuple(paid), settlement_status=after.settlement_status)
    return after.with_(events=(*before, last.with_(settlements=told)))


def json_file(settlement: Settlement) -> str:
    """The JSON attachment, in the fields of a live one."""
    [amounts] = settlement.amounts
    return json.dumps({
        "date_from": settlement.start_at[:10],
        "date_to": settlement.end_at[:10],
        "settlement_date": settlement.settled_at[:10],
        "dintero_settlement_id": settlement.id,
        "account_id": settlement.account_id,
        **amounts.shown(),
        "settlement_reference": settlement.provider_reference,
        "transactions": [row.shown() for row in settlement.rows],
    }, ensure_ascii=False)  # fmt: skip


def csv_file(settlement: Settlement) -> str:
    """The CSV attachment: the JSON one's transactions, a line each (columns are ours)."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(Row.model_fields))
    writer.writeheader()
    writer.writerows(row.shown() for row in settlement.rows)
    return text.getvalue()


def content(settlement: Settlement, attachment: Attachment) -> str:
    """What is in a file."""
    return {"json": json_file, "csv": csv_file}[attachment.extension](settlement)


TimeLimit = tuple[str, str, datetime]


@dataclass(frozen=True)
class SettlementFilter:
    """All given conditions must hold; times are inclusive. Source: list of settlements.

    `times` are `(settled_at or created_at, "gte" or "lte", moment)`.
    """

    providers: tuple[str, ...] = ()
    payout_destination_id: str | None = None
    search: str | None = None
    times: tuple[TimeLimit, ...] = field(default=())


def fits(settlement: Settlement, wanted: SettlementFilter) -> bool:
    """Whether the list shows this settlement."""
    destination = wanted.payout_destination_id
    return (
        (not wanted.providers or settlement.provider in wanted.providers)
        and (destination is None or destination == settlement.payout_destination_id)
        and all(_in_time(settlement, limit) for limit in wanted.times)
        and (wanted.search is None or _found(settlement, wanted.search))
    )


def _in_time(settlement: Settlement, limit: TimeLimit) -> bool:
    what, bound, at = limit
    when = moment(settlement.settled_at if what == "settled_at" else settlement.created_at)
    return when >= at if bound == "gte" else when <= at


def _found(settlement: Settlement, search: str) -> bool:
    """Whole values: the settlement's id and reference, its payments' ids and references (ours)."""
    return search in (settlement.id, settlement.provider_reference) or any(
        search in (row.transaction_id, row.reference, row.merchant_reference_2)
        for row in settlement.rows
    )
