"""What Dintero's record of a payment makes of an order."""

from collections.abc import Iterator
from dataclasses import replace

from shop.money import Json, amount_of, kroner
from shop.order import Order
from shop.shipping import options_for, same_option

STATUS_OF = {
    "AUTHORIZED": "paid",
    "ON_HOLD": "on_hold",
    "PARTIALLY_CAPTURED": "captured",
    "CAPTURED": "captured",
    "PARTIALLY_CAPTURED_REFUNDED": "partially_refunded",
    "PARTIALLY_REFUNDED": "partially_refunded",
    "REFUNDED": "refunded",
    "AUTHORIZATION_VOIDED": "voided",
    "DECLINED": "failed",
    "FAILED": "failed",
}
PAID = {"paid", "captured", "partially_refunded", "refunded"}


def settle(order: Order, transaction: Json, at: str) -> Order:
    """The order after its transaction was read: changed only if the payment really fits it."""
    problem = misfit(order, transaction)
    if problem is None:
        return learn(order, transaction, at)
    if problem == order.problem:
        return order
    return replace(order.noted(at, "mismatch", problem), problem=problem)


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
    ours = same_option(options_for(address, order.items_amount), chosen)
    if ours is None:
        return "the payment has no shipping option that we offer for its address"
    if amount_of(chosen) != amount_of(ours):
        return f"the payment has another price than {kroner(amount_of(ours))} for shipping"
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


def _event_sum(transaction: Json, kind: str) -> int:
    return sum(
        amount_of(event)
        for event in transaction.get("events") or []
        if event.get("event") == kind and event.get("success") is not False
    )
