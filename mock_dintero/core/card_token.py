"""Saved cards: when a payment makes a token, what the token shows, and what may be done with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, StringConstraints, computed_field

from mock_dintero.core import card
from mock_dintero.core.ids import checkout_id
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.record import Part, Record
from mock_dintero.core.session import Customer, Session, Tokens
from mock_dintero.core.timestamps import stamp
from mock_dintero.core.transaction import Transaction

TokenStatus = Literal["ACTIVE", "INACTIVE", "SUSPENDED", "CANCELLED", "DELETED"]
TokenType = Literal["payment_token", "recurrence_token"]

PAYMENT_TOKENS = frozenset({
    "payex.creditcard", "bambora.creditcard", "dintero_psp.creditcard", "dintero_psp.googlepay",
    "dintero_psp.clicktopay",
})  # fmt: skip
"""Methods with `generate_payment_token`. Source: their configurations in the contract."""
RECURRENCE_TOKENS = frozenset({"payex.creditcard"})
"""Methods with `generate_recurrence_token`."""


class DeletionBody(Part):
    """Body of a deletion; it may be left out."""

    reason: Annotated[str, StringConstraints(max_length=128)] | None = None
    requestor: Literal["CARDHOLDER", "MERCHANT"] | None = None


class CardToken(Record):
    """A card that can be charged again. `token` is the secret, `id` is not. Source: card-tokens reference."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    kind: ClassVar[str] = "card_token"

    token: str
    type: Literal["payment_token"] = "payment_token"
    status: TokenStatus = "ACTIVE"
    card_brand: str
    payment_product_type: str
    masked_pan: str
    pan_expiry_date: str
    token_expiry_date: str
    created_at: str
    updated_at: str
    transaction_id: str
    customer_id: str | None = None
    relationship_id: str | None = None
    created_by: str | None = None
    deleted_at: str | None = None
    deleted_by: str | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def account_id(self) -> str:
        """What stands before the dot of the id."""
        return super().account_id

    @property
    def reference(self) -> str:
        """Looked up by its secret value when it is used."""
        return self.token

    def is_expired(self, now: datetime) -> bool:
        """Whether the card's last month is over. An unreadable date never expires."""
        found = re.fullmatch(r"(0[1-9]|1[0-2])/(\d{4})", self.pan_expiry_date)
        if not found:
            return False
        month, year = int(found[1]), int(found[2])
        after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        return now >= after


def settings_of(session: Session, payment_product_type: str) -> Mapping[str, Any]:
    """The method's own place in the session's configuration."""
    at: Any = session.configuration.shown()
    for key in METHODS[payment_product_type].keys:
        at = at.get(key) if isinstance(at, Mapping) else None
    return at if isinstance(at, Mapping) else {}


def saves_card(session: Session, payment_product_type: str, *, remember_me: bool | None) -> bool:
    """Whether this payment will make a token, going by the configuration and the customer's tick.

    Without `save_card_checkbox` every card is saved; with `opt_in` the customer has to say yes, with
    `opt_out` to say no (`remember_me` of the pay call).
    """
    return bool(token_types(session, payment_product_type)) and _consents(
        settings_of(session, payment_product_type), remember_me
    )


def asks_to_save(
    session: Session, payment_product_type: str
) -> Literal["opt_in", "opt_out"] | None:
    """Which box the card form has: one to tick for yes, one that is ticked already, or none."""
    if not token_types(session, payment_product_type):
        return None
    box = _checkbox(settings_of(session, payment_product_type))
    return "opt_in" if box == "opt_in" else "opt_out" if box == "opt_out" else None


def saved_card_id(session: Session, payment_product_type: str) -> str | None:
    """The id of the card that the shop knows of this customer, for this method."""
    tokens = session.customer.tokens if session.customer else None
    known = (tokens or {}).get(payment_product_type)
    ids = known.model_extra or {} if known else {}
    found = ids.get("payment_token_id")
    return found if isinstance(found, str) else None


def shown_on_payment(token: CardToken, id_name: str = "payment_token_id") -> dict[str, Any]:
    """The card of a payment that is made with a saved one, as far as its token knows it."""
    return {
        "brand": card.BRANDS.get(token.masked_pan[:1], "Other"), "masked_pan": token.masked_pan,
        "expiry_date": token.pan_expiry_date, id_name: token.id,
    }  # fmt: skip


def _consents(settings: Mapping[str, Any], remember_me: bool | None) -> bool:
    box = _checkbox(settings)
    if box == "opt_in":
        return remember_me is True
    return not (box == "opt_out" and remember_me is False)


def _checkbox(settings: Mapping[str, Any]) -> object:
    config = settings.get("generate_payment_token_config")
    return config.get("save_card_checkbox") if isinstance(config, Mapping) else None


def token_types(session: Session, payment_product_type: str) -> tuple[TokenType, ...]:
    """Which tokens this method is asked to make."""
    settings = settings_of(session, payment_product_type)
    can: tuple[tuple[TokenType, frozenset[str]], ...] = (
        ("payment_token", PAYMENT_TOKENS),
        ("recurrence_token", RECURRENCE_TOKENS),
    )
    return tuple(
        kind
        for kind, methods in can
        if payment_product_type in methods and settings.get(f"generate_{kind}") is True
    )


def remembering(session: Session, *, remember_me: bool | None) -> Session:
    """A session whose payment under way will save the card, if it shall."""
    attempt = session.payment
    if not attempt:
        return session
    saves = saves_card(session, attempt.payment_product_type, remember_me=remember_me)
    if saves == attempt.saves_card:
        return session
    return session.with_(payment=attempt.with_(saves_card=saves))


def saved(
    session: Session, paid: Transaction, new_uuid: Callable[[], UUID], now: datetime
) -> tuple[Transaction, tuple[CardToken, ...]]:
    """What a payment that has ended saves; `session` is the one before it ended."""
    is_asked = session.payment is not None and session.payment.saves_card
    if not is_asked or paid.status not in ("AUTHORIZED", "CAPTURED"):
        return paid, ()
    return with_tokens(session, paid, new_uuid, now)


def with_tokens(
    session: Session, transaction: Transaction, new_uuid: Callable[[], UUID], now: datetime
) -> tuple[Transaction, tuple[CardToken, ...]]:
    """The approved payment with the ids of its tokens on the card, and the tokens themselves.

    With the test card whose token provisioning times out there are none.
    """
    if card.effect(transaction.card) == "token_times_out":
        return transaction, ()
    made = {
        kind: _token(transaction, str(new_uuid()), new_uuid(), now)
        for kind in token_types(session, transaction.payment_product_type)
    }
    ids = {f"{kind}_id": token.id for kind, token in made.items()}
    shown = {**(transaction.card or {}), **ids}
    if _checkbox(settings_of(session, transaction.payment_product_type)):
        shown["card_holder_tokenization_consent"] = "opt_in"
    return transaction.with_(card=shown), tuple(made.values())


def _token(transaction: Transaction, value: str, uuid: UUID, now: datetime) -> CardToken:
    known, customer = transaction.card or {}, transaction.customer or {}
    expiry = str(known.get("expiry_date", card.USUAL_EXPIRY))
    owner = customer.get("customer_id")
    return CardToken(
        id=checkout_id(transaction.account_id, uuid, now), token=value, status="ACTIVE",
        type="payment_token", card_brand=str(known.get("brand", "visa")).lower(),
        payment_product_type=transaction.payment_product_type,
        masked_pan=str(known.get("masked_pan", "")), pan_expiry_date=expiry,
        token_expiry_date=expiry, transaction_id=transaction.id,
        created_at=stamp(now), updated_at=stamp(now), **({"customer_id": owner} if owner else {}),
    )  # fmt: skip


def deleted(token: CardToken, by: str, now: datetime) -> CardToken:
    """It stays readable, but nothing can be charged any more. Deleting twice changes nothing."""
    if token.status == "DELETED":
        return token
    at = stamp(now)
    return token.with_(status="DELETED", updated_at=at, deleted_at=at, deleted_by=by)


def without_secrets(customer: Customer, find: Callable[[str], CardToken | None]) -> Customer:
    """The customer as a session keeps it: `payment_token_id` in place of the token's value.

    A value that nobody knows is left out (ours).
    """
    if not customer.tokens:
        return customer
    hidden = {name: _hidden(tokens, find) for name, tokens in customer.tokens.items()}
    return customer.with_(tokens=hidden)


def _hidden(tokens: Tokens, find: Callable[[str], CardToken | None]) -> Tokens:
    values = {"payment_token": tokens.payment_token, "recurrence_token": tokens.recurrence_token}
    found = {f"{kind}_id": find(value) for kind, value in values.items() if value}
    ids = {name: token.id for name, token in found.items() if token}
    return tokens.without(*values).model_copy(update=ids)
