"""The transaction that a payment begins with: what it takes over from the order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mock_dintero.core import provider, shipping
from mock_dintero.core.order import Item, Order
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.session import Session
from mock_dintero.core.timestamps import stamp
from mock_dintero.core.transaction import Transaction

OF_THE_ORDER = (
    "amount", "items", "shipping_address", "billing_address", "shipping_option", "customer",
)  # fmt: skip
"""What a payment takes over from the order."""


def of_order(
    session: Session, payment_product_type: str, id: str, now: datetime, phone: str | None = None
) -> Transaction:
    """The transaction of an attempt, with nothing in its ledger; `phone` is what the customer gave to pay."""
    order, method = session.order, METHODS[payment_product_type]
    optional = {
        "merchant_reference_2": order.merchant_reference_2,
        "customer": _customer(session, phone),
        "customer_ip": session.customer_ip,
        "user_agent": session.user_agent,
        "shipping_address": order.shipping_address,
        "billing_address": order.billing_address,
        "shipping_option": order.shipping_option,
        "store": order.store,
        "payout_destination_id": _payout_destination(order),
        "payment_operation": session.payment_operation,
        "initiating_system_request_headers": session.system,
        "items": _items(order),
        "checkboxes": tuple(box.shown() for box in session.checkboxes or ()) or None,
    }
    made = Transaction(
        id=id, session_id=session.id, payment_product_type=method.type,
        amount=order.amount_to_pay, currency=order.currency, merchant_reference=order.merchant_reference,
        channel=session.configuration.channel or "ecommerce",
        created_at=stamp(now), updated_at=stamp(now), events=(),
        url=_urls(session), metadata=_metadata(session),
        **{name: value for name, value in optional.items() if value is not None},
    )  # fmt: skip
    return made.with_(metadata={**provider.metadata(made), **(made.metadata or {})})


def renewed(session: Session, transaction: Transaction, now: datetime) -> Transaction:
    """The payment under way, of the order as it is now: the wallet itself has changed it."""
    phone = (transaction.customer or {}).get("phone_number")
    fresh = of_order(session, transaction.payment_product_type, transaction.id, now, phone)
    fields = {name: getattr(fresh, name) for name in OF_THE_ORDER}
    bare = transaction.without(*(name for name, value in fields.items() if value is None))
    return bare.with_(
        updated_at=stamp(now),
        **{name: value for name, value in fields.items() if value is not None},
    )


def _payout_destination(order: Order) -> str | None:
    """The seller who is paid: the order's own word, or that of its store."""
    named = order.sent().get("payout_destination_id")
    named = named or (order.store or {}).get("payout_destination_id")
    return named if isinstance(named, str) and named else None


def _items(order: Order) -> tuple[Item, ...] | None:
    """The order's lines, and the chosen shipping as lines of its own (after-payment guide)."""
    freight = tuple(
        Item(
            id=option.id, line_id=option.line_id, description=option.title, quantity=1,
            amount=option.amount, type="shipping",
            **({"vat_amount": option.vat_amount} if option.vat_amount is not None else {}),
            **({"vat": option.vat} if option.vat is not None else {}),
            **({"splits": option.splits} if option.splits is not None else {}),
        )
        for option in shipping.parts(order.shipping_option)
    )  # fmt: skip
    return (*(order.items or ()), *freight) or None


def _customer(session: Session, given: str | None) -> dict[str, Any] | None:
    known = session.customer.shown() if session.customer else {}
    address = session.order.shipping_address
    email = known.get("email") or (address.email if address else None)
    phone = given or known.get("phone_number") or (address.phone_number if address else None)
    found = {"customer_id": known.get("customer_id"), "email": email, "phone_number": phone}
    return {name: value for name, value in found.items() if value} or None


def _urls(session: Session) -> dict[str, str]:
    urls = {"redirect_url": session.url.return_url}
    if session.url.callback_url:
        urls["callback_url"] = session.url.callback_url
    return urls


def _metadata(session: Session) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if session.merchant:
        metadata["merchant_name"] = session.merchant.name
    profile = (session.metadata or {}).get("session:profile_id")
    if profile:
        metadata["session:profile_id"] = profile
    if session.order.event_reference:
        metadata["event_reference"] = session.order.event_reference
    return metadata
