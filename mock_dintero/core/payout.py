"""Payouts: what captures, refunds and fund transfers leave on the account of a seller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from mock_dintero.core.errors import FundTransferChanged, InvalidRequest
from mock_dintero.core.order import Currency, Item
from mock_dintero.core.record import Amount, Part, Record
from mock_dintero.core.split import Split
from mock_dintero.core.timestamps import stamp
from mock_dintero.core.transaction import Transaction, TransactionEvent

Name = Annotated[str, StringConstraints(min_length=1)]


class NewFundTransfer(Part):
    """Body of `POST /v2/accounts/{aid}/payout/fund-transfers`."""

    fund_transfer_id: Name
    type: Literal["payout-destination"]
    source_payout_destination_id: Name
    destination_payout_destination_id: Name
    amount: Annotated[Amount, Field(ge=1)]
    currency: Currency
    reference: str


class FundTransfer(Record):
    """Money moved from one seller to another. Its `id` is the account, a dot, and `fund_transfer_id`."""

    kind: ClassVar[str] = "fund_transfer"

    order: NewFundTransfer
    created_at: str
    created_by: str


def new_fund_transfer(id: str, body: NewFundTransfer, by: str, now: datetime) -> FundTransfer:
    """A transfer; it counts at once. Whether the source has enough is not asked (ours)."""
    if body.source_payout_destination_id == body.destination_payout_destination_id:
        raise InvalidRequest(
            "source_payout_destination_id and destination_payout_destination_id are the same: "
            f"{body.source_payout_destination_id!r}"
        )
    order = body.without("account_id", "created_at", "created_by")
    return FundTransfer(id=id, order=order, created_at=stamp(now), created_by=by)


def require_same(transfer: FundTransfer, body: NewFundTransfer) -> FundTransfer:
    """The transfer that was made with this id. Raises FundTransferChanged if the body is another."""
    told = body.without("account_id", "created_at", "created_by").shown()
    kept = transfer.order.shown()
    changed = [name for name in {**kept, **told} if kept.get(name) != told.get(name)]
    if changed:
        raise FundTransferChanged(
            f"fund_transfer_id {body.fund_transfer_id!r} was used already, with another "
            f"{', '.join(changed)}; take a new id for a new transfer"
        )
    return transfer


def public(transfer: FundTransfer) -> dict[str, Any]:
    """As the merchant sees it."""
    return {
        **transfer.order.shown(),
        "account_id": transfer.account_id,
        "created_at": transfer.created_at,
        "created_by": transfer.created_by,
    }


class Entry(Part):
    """One line of a seller's ledger; money that leaves has a negative amount (ours)."""

    ledger_entry_id: str
    type: Literal["inbound", "transfer"]
    amount: int
    currency: str
    created_at: str
    provider: str | None = None
    transfer: FundTransfer | None = None


def shares(transaction: Transaction, event: TransactionEvent) -> dict[str, int]:
    """Who gets how much of a capture, or gives how much of a refund, by `payout_destination_id`.

    The splits of the event's own items; else those of the order's lines, as far as the event covers
    them; else all of it goes to the one seller that the order or its store names. Rounded so that the
    parts of a line add up to the whole.
    """
    found: dict[str, int] = {}
    for seller, amount in _splits(transaction, event):
        found[seller] = found.get(seller, 0) + amount
    if transaction.payout_destination_id and not found:
        return {transaction.payout_destination_id: event.amount or 0}
    return found


def _splits(transaction: Transaction, event: TransactionEvent) -> Iterator[tuple[str, int]]:
    for item in event.items or ():
        for split in item.splits or ():
            yield split.payout_destination_id, split.amount
    if any(item.splits for item in event.items or ()):
        return
    for line in transaction.items or ():
        for split in line.splits or ():
            yield split.payout_destination_id, _part(split, transaction, event, line)


def _part(split: Split, transaction: Transaction, event: TransactionEvent, line: Item) -> int:
    """What one event takes of a split: the difference of two rounded sums, so that nothing is lost."""
    before = sum(_covered(line, earlier) for earlier in _earlier(transaction, event))
    after = before + _covered(line, event)
    whole = (line.amount or 0) if event.items else transaction.amount
    return split.amount * after // whole - split.amount * before // whole if whole else 0


def _covered(line: Item, event: TransactionEvent) -> int:
    """How much of a line, or without items of the whole order, an event is about."""
    if not event.items:
        return event.amount or 0
    return sum(item.amount or 0 for item in event.items if item.line_id == line.line_id)


def _earlier(transaction: Transaction, event: TransactionEvent) -> Iterator[TransactionEvent]:
    """The events before it that were told in the same way: with items, or without."""
    before = transaction.events[: transaction.events.index(event)]
    return (
        one for one in before
        if one.success and one.event == event.event and bool(one.items) == bool(event.items)
    )  # fmt: skip


def inbound(transaction: Transaction, seller: str) -> Iterator[Entry]:
    """What the captures and refunds of a transaction mean to a seller, oldest first.

    The money is there at the moment of the capture (ours; Dintero waits for the provider's payment).
    """
    for event in transaction.events:
        if not event.success or event.event not in ("CAPTURE", "REFUND"):
            continue
        amount = shares(transaction, event).get(seller, 0)
        if amount:
            yield Entry(
                ledger_entry_id=f"{transaction.id}-{event.id}", type="inbound",
                amount=amount if event.event == "CAPTURE" else -amount,
                currency=transaction.currency, created_at=event.created_at,
                provider=transaction.payment_product,
            )  # fmt: skip


def transferred(transfer: FundTransfer, seller: str) -> Iterator[Entry]:
    """What a fund transfer means to a seller."""
    order = transfer.order
    signs = {order.source_payout_destination_id: -1, order.destination_payout_destination_id: 1}
    if seller in signs:
        yield Entry(
            ledger_entry_id=order.fund_transfer_id, type="transfer",
            amount=signs[seller] * order.amount, currency=order.currency,
            created_at=transfer.created_at, transfer=transfer,
        )  # fmt: skip


def ledger(
    transactions: Iterable[Transaction], transfers: Iterable[FundTransfer], seller: str
) -> list[Entry]:
    """Everything that happened to a seller's money, newest first."""
    entries = [entry for one in transactions for entry in inbound(one, seller)]
    entries += [entry for one in transfers for entry in transferred(one, seller)]
    return sorted(entries, key=lambda entry: entry.created_at, reverse=True)


def balances(entries: Iterable[Entry]) -> dict[str, int]:
    """What is left, by currency."""
    left: dict[str, int] = {}
    for entry in entries:
        left[entry.currency] = left.get(entry.currency, 0) + entry.amount
    return dict(sorted(left.items()))


def page_of(
    entries: Sequence[Entry], limit: int, page: str | None
) -> tuple[Sequence[Entry], str | None]:
    """A page and the token of the next one: the id of the last entry shown (ours)."""
    start = 0
    if page is not None:
        ids = [entry.ledger_entry_id for entry in entries]
        if page not in ids:
            raise InvalidRequest(f"page: {page!r} is not a next_page_token of this list")
        start = ids.index(page) + 1
    shown = entries[start : start + limit]
    is_last = start + limit >= len(entries)
    return shown, None if is_last else shown[-1].ledger_entry_id


def public_entry(entry: Entry, account_id: str, seller: str, config_id: str) -> dict[str, Any]:
    """As the contract has it: every field is there, null where it does not apply."""
    order = entry.transfer.order if entry.transfer else None
    return {
        "account_id": account_id,
        "ledger_entry_id": entry.ledger_entry_id,
        "type": entry.type,
        "amount": entry.amount,
        "currency": entry.currency,
        "created_at": entry.created_at,
        "payout_destination_id": seller,
        "payout_destination_config_id": config_id,
        "inbound_payment_provider": entry.provider,
        "transfer_id": order.fund_transfer_id if order else None,
        "transfer_reference": order.reference if order else None,
        "transfer_source_payout_destination_id": (
            order.source_payout_destination_id if order else None
        ),
        "transfer_destination_payout_destination_id": (
            order.destination_payout_destination_id if order else None
        ),
        "outbound_message": None,
        "outbound_receiver_bank_account_bic": None,
        "outbound_receiver_bank_account_number": None,
        "outbound_receiver_bank_account_type": None,
        "outbound_receiver_country": None,
    }
