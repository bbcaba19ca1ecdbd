"""Payment lint: a session that is created or updated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from mock_dintero.core import lint_order
from mock_dintero.core.lint import Lint, found
from mock_dintero.core.lint_callback import of_addresses, of_payment_callback
from mock_dintero.core.lint_fields import unknown_fields
from mock_dintero.core.lint_method import of_methods
from mock_dintero.core.order import OrderPatch
from mock_dintero.core.session import Express, NewSession
from mock_dintero.core.session_update import SessionUpdate
from mock_dintero.core.timestamps import moment

SHORTEST_LIFETIME = timedelta(minutes=5)
"""A customer needs that long for address, shipping and wallet. Ours."""

RESERVED = (
    "dintero", "merchant", "session", "event", "payout", "gateway", "bambora", "collector",
    "instabank", "klarna", "kravia", "netaxept", "payex", "santander", "swish", "vipps",
)  # fmt: skip
"""How a metadata key must not begin. Source: description of metadata."""


def of_new_session(body: NewSession, profile: Mapping[str, Any], now: datetime) -> tuple[Lint, ...]:
    """What a merchant will regret about a session; `profile` is the profile's configuration."""
    return tuple(
        chain(
            lint_order.sum_of(body.order),
            lint_order.of_order(body.order),
            of_addresses(body),
            of_payment_callback(body.url.callback_url),
            _express(body.express),
            _reference(body.order),
            _lifetime(body.expires_at, now),
            _phones(body),
            _metadata(body),
            of_methods(body, profile),
            unknown_fields(body),
        )
    )


def of_update(body: SessionUpdate) -> tuple[Lint, ...]:
    """What a merchant will regret about an update; its sum is checked by a rule."""
    options = body.express.shipping_options if body.express else ()
    return tuple(
        chain(
            lint_order.of_order(body.order),
            lint_order.of_options(options, "express", "shipping_options"),
            _order_phones(body.order),
            unknown_fields(body),
        )
    )


def _express(express: Express | None) -> Iterator[Lint]:
    if express is None:
        return
    yield from lint_order.of_options(express.shipping_options, "express", "shipping_options")
    asks = express.shipping_address_callback_url or express.shipping_options
    if not asks and express.shipping_mode != "shipping_not_required":
        yield found(
            "EXPRESS_WITHOUT_SHIPPING",
            "express has neither shipping_options nor shipping_address_callback_url, so nothing can be "
            "delivered; send one, or shipping_mode shipping_not_required",
            "express", "shipping_options",
        )  # fmt: skip


def _reference(order: OrderPatch) -> Iterator[Lint]:
    if not (order.merchant_reference or "").strip():
        yield found(
            "MERCHANT_REFERENCE_EMPTY",
            "merchant_reference is empty; callback and settlement name no order then, send the order's id",
            "order", "merchant_reference",
        )  # fmt: skip


def _lifetime(expires_at: str | None, now: datetime) -> Iterator[Lint]:
    if expires_at is None:
        return
    left = moment(expires_at) - now
    if left < SHORTEST_LIFETIME:
        seconds = int(left.total_seconds())
        when = f"in {seconds} s" if seconds > 0 else f"{-seconds} s ago"
        yield found(
            "EXPIRES_TOO_SOON",
            f"expires_at {expires_at} is {when}; give the customer 5 minutes or more, in UTC", "expires_at",
        )  # fmt: skip


def _phones(body: NewSession) -> Iterator[Lint]:
    if body.customer:
        yield from _phone(body.customer.phone_number, "customer")
    yield from _order_phones(body.order)


def _order_phones(order: OrderPatch) -> Iterator[Lint]:
    for name in ("shipping_address", "billing_address"):
        address = getattr(order, name)
        yield from _phone(address.phone_number if address else None, "order", name)


def _phone(number: str | None, *path: str) -> Iterator[Lint]:
    if number and not number.startswith("+"):
        yield found(
            "PHONE_WITHOUT_COUNTRY_CODE",
            f"phone_number {number} has no country code, which wallets need; send it as +47{number[-8:]}",
            *path, "phone_number",
        )  # fmt: skip


def _metadata(body: NewSession) -> Iterator[Lint]:
    for key in body.metadata or ():
        if key.lower().startswith(RESERVED):
            yield found(
                "METADATA_RESERVED",
                f"{key!r} begins with a word that Dintero keeps for itself; call it ext_{key}",
                "metadata", key,
            )  # fmt: skip
