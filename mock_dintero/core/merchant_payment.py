"""Payments without the customer: the merchant charges a saved card. A decline is an answer, not an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from mock_dintero.core import card, card_token, payment
from mock_dintero.core.card import Effect
from mock_dintero.core.card_token import CardToken, TokenType
from mock_dintero.core.errors import InvalidRequest, MerchantReferenceTaken, UnknownToken
from mock_dintero.core.order import Order
from mock_dintero.core.provider_failure import Failure
from mock_dintero.core.record import Flag, Number, Part
from mock_dintero.core.session import (
    Configuration,
    Customer,
    Expiry,
    HttpUrl,
    NewSession,
    Session,
    Urls,
    happened,
    new_session,
)
from mock_dintero.core.transaction import Transaction, append

NOWHERE = "about:blank"
"""`url.return_url` of a session that no browser ever sees (ours; every session here has one)."""
CardProduct = Literal["payex.creditcard", "bambora.creditcard", "dintero_psp.creditcard"]


class CallbackUrl(Part):
    """Where the merchant is told; there is no way back, as nobody is there."""

    callback_url: HttpUrl | None = None


class PaymentConfiguration(Part):
    """`pre_authorization`: the amount is finalized later, before it is captured."""

    auto_capture: Flag | None = None
    pre_authorization: Flag | None = None


class PaidSession(Part):
    """What is bought, and with which token (`customer.tokens`)."""

    order: Order
    customer: Customer
    url: CallbackUrl | None = None
    configuration: PaymentConfiguration | None = None
    expires_at: Expiry | None = None
    metadata: dict[str, str | Number] | None = None


class Charge(Part):
    """Which card product is charged, and why."""

    payment_product_type: CardProduct
    operation: Literal["unscheduled_purchase", "recurring_purchase"]


class MerchantPayment(Part):
    """Body of `POST /v1/sessions/pay`. Unknown keys are fine: a plugin puts its `url` beside `session`."""

    session: PaidSession
    payment: Charge

    @property
    def is_pre_authorization(self) -> bool:
        """Whether the amount is not final yet."""
        configuration = self.session.configuration
        return configuration is not None and configuration.pre_authorization is True


@dataclass(frozen=True)
class Decline:
    """Why a bank says no; `result_code` is the network's."""

    result_code: str
    message: str
    type: str
    retry: str

    def error(self) -> dict[str, Any]:
        """The `error` of the failed event."""
        return {
            "code": self.result_code, "message": self.message, "type": [self.type],
            "result_code": self.result_code, "retry_policy": {"retry_codes": [self.retry]},
        }  # fmt: skip


CLOSED = Decline("46", "The card token is not active", "CLOSED_ACCOUNT", "DO_NOT_RETRY")
EXPIRED = Decline("54", "The card has expired", "EXPIRED_CARD", "DO_NOT_RETRY")
NEEDS_CUSTOMER = Decline(
    "1A", "Authentication is required", "ADDITIONAL_VERIFICATION_REQUIRED", "DO_NOT_RETRY"
)
TIMED_OUT = Decline("Error", "The authorization timed out", "ERROR", "RETRY_AFTER_DELAY")
REFUSED = Decline("05", "The payment provider refused the payment", "ISSUER_ERROR", "DO_NOT_RETRY")
OF_CARD: Mapping[Effect, Decline] = {
    "declined": NEEDS_CUSTOMER,
    "authorization_times_out": TIMED_OUT,
}
"""The test cards that are refused when nobody is there to be asked."""


def token_value(body: MerchantPayment) -> tuple[TokenType, str]:
    """The token that is to be charged. Raises InvalidRequest if there is none."""
    product = body.payment.payment_product_type
    tokens = (body.session.customer.tokens or {}).get(product)
    if tokens and tokens.payment_token:
        return "payment_token", tokens.payment_token
    if tokens and tokens.recurrence_token and product == "payex.creditcard":
        return "recurrence_token", tokens.recurrence_token
    path = ["session", "customer", "tokens", product, "payment_token"]
    message = f"Missing required property: {'.'.join(path)}"
    finding = {"code": "OBJECT_MISSING_REQUIRED_PROPERTY", "path": path, "message": message}
    raise InvalidRequest(message, [finding])


def require_token(body: MerchantPayment, token: CardToken | None) -> CardToken:
    """A token that nobody knows is a mistake of the caller, unlike one that was deleted (ours)."""
    product = body.payment.payment_product_type
    if token is None:
        raise UnknownToken(
            f"customer.tokens: no card token of {product} has this value; was the sandbox restarted?"
        )
    if token.payment_product_type.partition(".")[0] != product.partition(".")[0]:
        raise UnknownToken(f"customer.tokens: this token is one of {token.payment_product_type}")
    return token


def require_unused(reference: str, others: list[Session], toggles: frozenset[str]) -> None:
    """`strict-merchant-reference` forbids any other session, `strict-success-...` one that was paid."""
    paid = [other for other in others if other.has("AUTHORIZED")]
    if others and "strict-merchant-reference" in toggles:
        raise MerchantReferenceTaken(
            f"merchant_reference {reference!r} is that of session {others[0].id} already"
        )
    if paid and "strict-success-merchant-reference" in toggles:
        raise MerchantReferenceTaken(
            f"merchant_reference {reference!r} was paid already, in session {paid[0].id}"
        )


def paid_session(id: str, body: MerchantPayment, system: dict[str, str], now: datetime) -> Session:
    """The session that stands behind the payment. Raises InvalidRequest."""
    wanted, product = body.session, body.payment.payment_product_type
    if body.is_pre_authorization and not product.startswith("dintero_psp."):
        raise InvalidRequest("pre_authorization is for dintero_psp only, others cannot finalize it")
    gateway, _, method = product.partition(".")
    sent = wanted.configuration.sent_to(Configuration) if wanted.configuration else {}
    callback_url = wanted.url.callback_url if wanted.url else None
    url = Urls(return_url=NOWHERE, **({"callback_url": callback_url} if callback_url else {}))
    ordinary = NewSession.model_validate({
        **wanted.sent_to(NewSession), "url": url,
        "configuration": Configuration.model_validate(
            {**sent, gateway: {method: {"enabled": True}}}
        ),
    })  # fmt: skip
    made = new_session(id, ordinary, {}, system, now)
    return made.with_(payment_operation=body.payment.operation)


def charge(
    session: Session,
    body: MerchantPayment,
    token: CardToken,
    transaction_id: str,
    now: datetime,
    refusal: Failure | None = None,
    failure: Failure | None = None,
) -> tuple[Session, Transaction]:
    """Charge the card. A refusal is a transaction that FAILED, with the bank's reason on its event.

    `refusal` is the provider's no to the payment, `failure` that to its automatic capture.
    """
    pay = payment.PayBody(payment_product_type=body.payment.payment_product_type)
    started, begun = payment.start(_uncaptured(session, body), pay, transaction_id, now)
    transaction = begun.with_(card=card_token.shown_on_payment(token, f"{token_value(body)[0]}_id"))
    decline = why_declined(token, now) or (provider_decline(refusal) if refusal else None)
    if decline:
        ended, after = _declined(started, transaction, decline, now)
    else:
        ended, after = payment.finish(started, transaction, "approve", now, failure)
    shown = _without_customer(after)
    if body.is_pre_authorization and not decline:
        shown = shown.with_(pre_authorization="open")
    return ended.with_(configuration=session.configuration), shown


def _uncaptured(session: Session, body: MerchantPayment) -> Session:
    """A pre-authorization is not captured by itself: its amount is not final (ours)."""
    if not body.is_pre_authorization:
        return session
    return session.with_(configuration=session.configuration.with_(auto_capture=False))


def is_captured_by_itself(session: Session, body: MerchantPayment) -> bool:
    """Whether an automatic capture follows the payment."""
    return bool(_uncaptured(session, body).configuration.auto_capture)


def provider_decline(refusal: Failure) -> Decline:
    """The provider refuses the payment, or does not answer."""
    if refusal.do == "time_out":
        return replace(TIMED_OUT, message=refusal.message or TIMED_OUT.message)
    return replace(REFUSED, message=refusal.message or REFUSED.message)


def why_declined(token: CardToken, now: datetime) -> Decline | None:
    """What stands against charging this card; None if nothing does."""
    if token.status != "ACTIVE":
        return CLOSED
    if token.is_expired(now):
        return EXPIRED
    return OF_CARD.get(card.effect({"masked_pan": token.masked_pan}))


def _declined(
    session: Session, transaction: Transaction, decline: Decline, now: datetime
) -> tuple[Session, Transaction]:
    failed = append(
        transaction, "AUTHORIZE", now, success=False, status="FAILED", error=decline.error()
    )
    details = {"error": decline.message, "payment_product_type": transaction.payment_product_type}
    ended = happened(session, "FAILED", now, transaction_id=transaction.id, details=details)
    return ended.without("payment"), failed


def _without_customer(transaction: Transaction) -> Transaction:
    """Nobody was there: no way back, no 3-D Secure."""
    shown = {
        name: value
        for name, value in (transaction.card or {}).items()
        if not name.startswith(("three_ds", "authentication", "eci", "acquirer_transaction_type"))
    }
    urls = {n: v for n, v in (transaction.url or {}).items() if n != "redirect_url"}
    alone = transaction.with_(card={**shown, "acquirer_transaction_type": "SSL"})
    return alone.with_(url=urls) if urls else alone.without("url")


def result(transaction: Transaction) -> dict[str, Any]:
    """What the answer has beside the transaction (schema SessionPayResult)."""
    attempt = transaction.attempt
    if attempt.success:
        return {"success": True, "actions": [action("200")]}
    return {"success": False, "actions": [action(str((attempt.error or {}).get("code", "400")))]}


def action(code: str) -> dict[str, str]:
    """One entry of `actions`; everything but 200 is an error."""
    return {"source": "DINTERO", "code": code, "type": "success" if code == "200" else "error"}
