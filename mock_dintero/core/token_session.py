"""A session that buys nothing: the customer registers a card, and the merchant gets its token."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from mock_dintero.core.card_token import TokenType
from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.order import Currency, Order
from mock_dintero.core.record import Number, Part
from mock_dintero.core.session import (
    Configuration,
    Customer,
    Expiry,
    NewSession,
    Session,
    Urls,
    new_session,
)

TokenProduct = Literal[
    "payex.creditcard", "bambora.creditcard", "dintero_psp.creditcard", "dintero_psp.googlepay",
    "dintero_psp.clicktopay",
]  # fmt: skip


class TokenOrder(Part):
    """An order without an amount."""

    currency: Currency
    merchant_reference: str
    merchant_reference_2: str | None = None
    store: dict[str, Any] | None = None


class TokenSession(Part):
    """What of a session there is when nothing is bought."""

    order: TokenOrder
    url: Urls
    profile_id: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None
    customer: Customer | None = None
    configuration: Configuration | None = None
    expires_at: Expiry | None = None
    metadata: dict[str, str | Number] | None = None


class TokenProvider(Part):
    """Which card product makes which tokens."""

    payment_product_type: TokenProduct
    token_types: Annotated[tuple[TokenType, ...], Field(min_length=1)]


class NewTokenSession(Part):
    """Body of `POST /v1/sessions/payment-token`."""

    session: TokenSession
    token_provider: TokenProvider


def new_token_session(
    id: str, body: NewTokenSession, system: dict[str, str], now: datetime
) -> Session:
    """An ordinary session of amount 0 that offers one method, which makes tokens.

    Whatever else profile and configuration enable is not offered; nothing is captured.
    """
    provider, wanted = body.token_provider, body.session
    if "recurrence_token" in provider.token_types and not provider.payment_product_type.startswith(
        "payex."
    ):
        raise InvalidRequest(
            "token_provider.token_types: recurrence_token is for payex.creditcard only"
        )
    order = Order.model_validate({**wanted.order.sent_to(Order), "amount": 0})
    configuration = {**_manners(wanted.configuration), **_methods(provider)}
    ordinary = NewSession.model_validate({
        **wanted.sent_to(NewSession), "profile_id": None, "order": order,
        "configuration": configuration,
    })  # fmt: skip
    made = new_session(id, ordinary, {}, system, now)
    profile = {"session:profile_id": wanted.profile_id} if wanted.profile_id else {}
    metadata = {**(wanted.metadata or {}), **profile}
    if metadata:
        made = made.with_(metadata=metadata)
    return made.with_(payment_operation="generate_payment_token")


def _manners(configuration: Configuration | None) -> dict[str, Any]:
    """Theme and channel: all that this endpoint takes."""
    shown = configuration.shown() if configuration else {}
    return {name: shown[name] for name in ("theme", "channel") if name in shown}


def _methods(provider: TokenProvider) -> dict[str, Any]:
    product, _, method = provider.payment_product_type.partition(".")
    generates = {f"generate_{kind}": True for kind in provider.token_types}
    return {product: {method: {"enabled": True, **generates}}}
