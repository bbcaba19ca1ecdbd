"""What Dintero's record of a payment makes of an order."""

from collections.abc import Iterator
from dataclasses import replace

from shop.money import Json, amount_of, kroner
from shop.order import Order
from shop.parcels import options_of, our_options

STATUS_OF = {
    "AUTHORIZED": "paid",
    "ON_HOLD": "on_hold",
    "PARTIALLY_CAPTURED": "partially_captured",
    "CAPTURED": "captured",
    "PARTIALLY_CAPTURED_REFUNDED": "partially_refunded",
    "PARTIALLY_REFUNDED": "partially_refunded",
    "REFUNDED": "refunded",
    "AUTHORIZATION_VOIDED": "voided",
    "DECLINED": "failed",
    "FAILED": "failed",
}
PAID = {"paid", "partially_captured", "captured", "partially_refunded", "refunded"}


def settle(order: Order, transaction: Json, at: str) -> Order:
    """The order after its transaction was read: changed only if the payment really fits it."""
    order = as_paid(order, transaction)
    problem = misfit(order, transaction)
    if problem is None:
        return learn(order, transaction, at)
    if problem == order.problem:
        return order
    return replace(order.noted(at, "mismatch", problem), problem=problem)


def as_paid(order: Order, transaction: Json) -> Order:
    """The order without its discount codes, if that is what was paid.

    When our answer about a code is lost on its way to Dintero, the code does not count there.
    """
    full = replace(order, discount_codes=())
    return full if misfit(order, transaction) and not misfit(full, transaction) else order


def give_up(order: Order, error: str, at: str) -> Order:
    """Take note of a payment that came to nothing.

    There is no transaction to read, so this is only believed of an order that still waits, and
    a transaction that is read later overrules it.
    """
    if order.status != "pending":
        return order
    status = "cancelled" if error == "cancelled" else "failed"
    return replace(order.noted(at, status, error), status=status)


def misfit(order: Order, transaction: Json) -> str | None:
    """Say why this transaction is not the payment of this order, or None if it is."""
    wrong = wrong_order(order, transaction)
    if wrong or STATUS_OF.get(str(transaction.get("status"))) == "failed":
        return wrong
    return (
        wrong_shipping(order, transaction)
        or wrong_currency(order, transaction)
        or wrong_amount(order, transaction)
    )


def wrong_order(order: Order, transaction: Json) -> str | None:
    """A buyer may bring the transaction of another, cheaper order."""
    if transaction.get("merchant_reference") != order.reference:
        return "the payment is for another order"
    if transaction.get("session_id") != order.session_id:
        return "the payment was made in another session"
    if order.was_paid and transaction.get("id") != order.transaction_id:
        return "the order is already paid by another transaction"
    return None


def wrong_shipping(order: Order, transaction: Json) -> str | None:
    """Compare with our own options and prices for the address, not with what Dintero was told."""
    chosen = transaction.get("shipping_option")
    address = transaction.get("shipping_address") or {}
    ours = our_options(options_of(order.lines, address, order.items_amount), chosen)
    if not ours:
        return "the payment has no shipping option that we offer for its address"
    price = sum(map(amount_of, ours))
    if amount_of(chosen) != price:
        return f"the payment has another price than {kroner(price)} for shipping"
    return None


def wrong_currency(order: Order, transaction: Json) -> str | None:
    """The same number is another sum in another currency."""
    if transaction.get("currency") != order.currency:
        return f"the payment is in {transaction.get('currency')}, not {order.currency}"
    return None


def wrong_amount(order: Order, transaction: Json) -> str | None:
    """Compare with our own sum of goods and shipping, not with the transaction's items."""
    paid = amount_of(transaction)
    expected = order.items_amount + amount_of(transaction.get("shipping_option"))
    if paid != expected:
        return f"the payment is {kroner(paid)}, the order is {kroner(expected)}"
    return None


def learn(order: Order, transaction: Json, at: str) -> Order:
    """Take over what the transaction says. Learning the same thing twice changes nothing."""
    known = replace(
        order,
        status=STATUS_OF.get(str(transaction.get("status")), order.status),
        transaction_id=transaction.get("id"),
        shipping_address=transaction.get("shipping_address"),
        shipping_option=transaction.get("shipping_option"),
        captured=_event_sum(transaction, "CAPTURE"),
        refunded=_event_sum(transaction, "REFUND"),
        captured_items=_event_items(transaction, "CAPTURE"),
        under_way=under_way(transaction),
        failure=failure(transaction),
        problem="",
    )
    for what, detail in news(order, known):
        known = known.noted(at, what, detail)
    return known


def news(before: Order, after: Order) -> Iterator[tuple[str, str]]:
    """What is new about an order since it was last read."""
    if is_newly_paid(before, after):
        yield "paid", kroner(after.amount)
    if after.captured > before.captured:
        yield "captured", kroner(after.captured - before.captured)
    if after.refunded > before.refunded:
        yield "refunded", kroner(after.refunded - before.refunded)
    if after.status != before.status and after.status in {"on_hold", "voided", "failed"}:
        yield after.status, ""


def is_newly_paid(before: Order, after: Order) -> bool:
    """True once and only once for an order: now a real shop would send its confirmation."""
    return after.status in PAID and not before.was_paid


def under_way(transaction: Json) -> str:
    """The operation that Dintero has accepted (202) and not finished; its end names its beginning."""
    ended = {event.get("correlation_request_id") for event in _events(transaction)}
    begun = [
        event["event"].removeprefix("INITIATE_").lower()
        for event in _events(transaction)
        if str(event.get("event")).startswith("INITIATE_") and event.get("request_id") not in ended
    ]
    return begun[-1] if begun else ""


def failure(transaction: Json) -> str:
    """Why the last operation came to nothing; Dintero answers 200 to it all the same."""
    last = next(reversed(_events(transaction)), {})
    if last.get("success") is not False or last.get("event") not in ("CAPTURE", "REFUND", "VOID"):
        return ""
    return str((last.get("error") or {}).get("message") or "the provider did not say why")


def has_moved(before: Order, after: Order) -> bool:
    """Whether money has moved, or is about to."""
    return (before.captured, before.refunded, before.status, before.under_way) != (
        after.captured, after.refunded, after.status, after.under_way,
    )  # fmt: skip


def _event_sum(transaction: Json, kind: str) -> int:
    return sum(amount_of(event) for event in _successes(transaction, kind))


def _event_items(transaction: Json, kind: str) -> tuple[Json, ...]:
    return tuple(
        item for event in _successes(transaction, kind) for item in event.get("items") or []
    )


def _successes(transaction: Json, kind: str) -> list[Json]:
    return [
        event
        for event in _events(transaction)
        if event.get("event") == kind and event.get("success") is not False
    ]


def _events(transaction: Json) -> list[Json]:
    return list(transaction.get("events") or [])
