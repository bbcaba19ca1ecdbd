"""Which transactions a list shows: the filters of `GET /v1/transactions`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from mock_dintero.core.timestamps import moment
from mock_dintero.core.transaction import Transaction

TimeLimit = tuple[str, str, datetime]


@dataclass(frozen=True)
class TransactionFilter:
    """All given conditions must hold; a repeated one holds if any of its values fits.

    Amounts are minor units of the authorized amount, times are inclusive. Source: list of
    transactions in the contract.
    """

    id: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    payment_product: tuple[str, ...] = ()
    payment_product_type: tuple[str, ...] = ()
    card_brand: tuple[str, ...] = ()
    merchant_reference: str | None = None
    merchant_reference_2: str | None = None
    session_id: tuple[str, ...] = ()
    store_id: tuple[str, ...] = ()
    currency: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    amount: int | None = None
    amount_gte: int | None = None
    amount_lte: int | None = None
    customer_id: str | None = None
    token_id: tuple[str, ...] = ()
    terminal_id: tuple[str, ...] = ()
    payment_operation: str | None = None
    payout_destination_id: str | None = None
    payout_correlation_id: tuple[str, ...] = ()
    search: str | None = None
    times: tuple[TimeLimit, ...] = field(default=())
    """`(what, "gte" or "lte", moment)`, where what is created_at, captured_at or refunded_at."""


def fits(transaction: Transaction, wanted: TransactionFilter) -> bool:
    """Whether the list shows this transaction."""
    customer = transaction.customer or {}
    listed: tuple[tuple[tuple[str, ...], object], ...] = (
        (wanted.id, transaction.id),
        (wanted.status, transaction.status),
        (wanted.payment_product, transaction.payment_product),
        (wanted.payment_product_type, transaction.payment_product_type),
        (_lower(wanted.card_brand), str((transaction.card or {}).get("brand", "")).lower()),
        (wanted.session_id, transaction.session_id),
        (wanted.store_id, (transaction.store or {}).get("id")),
        (wanted.currency, transaction.currency),
        (wanted.channel, transaction.channel),
        (wanted.terminal_id, (transaction.store or {}).get("terminal_id")),
        (wanted.payout_correlation_id, (transaction.metadata or {}).get("payout_correlation_id")),
    )
    single = (
        (wanted.merchant_reference, transaction.merchant_reference),
        (wanted.merchant_reference_2, transaction.merchant_reference_2),
        (wanted.amount, transaction.amount),
        (wanted.customer_id, customer.get("customer_id")),
        (wanted.payment_operation, transaction.payment_operation),
    )
    return (
        all(not values or value in values for values, value in listed)
        and all(value is None or value == actual for value, actual in single)
        and (wanted.amount_gte is None or transaction.amount >= wanted.amount_gte)
        and (wanted.amount_lte is None or transaction.amount <= wanted.amount_lte)
        and (not wanted.token_id or not tokens_of(transaction).isdisjoint(wanted.token_id))
        and wanted.payout_destination_id in {None, *_destinations(transaction)}
        and _in_time(transaction, wanted.times)
        and (wanted.search is None or _found(transaction, wanted.search))
    )


def tokens_of(transaction: Transaction) -> frozenset[str]:
    """The ids of the tokens that the payment made or used."""
    card = transaction.card or {}
    ids = (card.get("payment_token_id"), card.get("recurrence_token_id"))
    return frozenset(id for id in ids if id)


def _destinations(transaction: Transaction) -> list[str]:
    """The sellers: of the whole payment, or of its items' splits."""
    splits = [
        split
        for item in transaction.items or ()
        for split in item.shown().get("splits") or ()
        if isinstance(split, dict)
    ]
    named = [transaction.payout_destination_id]
    named += [split.get("payout_destination_id") for split in splits]
    return [one for one in named if isinstance(one, str)]


def _lower(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value.lower() for value in values)


_COMPARE: dict[str, Callable[[datetime, datetime], bool]] = {
    "gte": lambda at, limit: at >= limit,
    "lte": lambda at, limit: at <= limit,
}


def _in_time(transaction: Transaction, times: tuple[TimeLimit, ...]) -> bool:
    """One and the same event must lie between both bounds."""
    return all(
        any(
            all(_COMPARE[bound](at, limit) for named, bound, limit in times if named == what)
            for at in _moments(transaction, what)
        )
        for what in {what for what, _, _ in times}
    )


def _moments(transaction: Transaction, what: str) -> list[datetime]:
    if what == "created_at":
        return [moment(transaction.created_at)]
    event = {"captured_at": "CAPTURE", "refunded_at": "REFUND"}[what]
    return [moment(e.created_at) for e in transaction.events if e.event == event and e.success]


def _found(transaction: Transaction, search: str) -> bool:
    """Whole values, as documented: ids, references, phone, e-mail, "first last"."""
    customer, address = transaction.customer or {}, transaction.billing_address
    name = f"{address.first_name or ''} {address.last_name or ''}".strip() if address else ""
    texts = (
        transaction.id, transaction.session_id, transaction.merchant_reference,
        transaction.merchant_reference_2, customer.get("phone_number"), customer.get("email"), name,
        *tokens_of(transaction),
    )  # fmt: skip
    return search.strip().lower() in [str(text).lower() for text in texts if text]
