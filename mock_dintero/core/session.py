"""The session: what the merchant asked for, what happened to it, and whether it can still be paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from mock_dintero.core.address import Address, Country
from mock_dintero.core.errors import SessionCompleted, SessionGone
from mock_dintero.core.order import Order
from mock_dintero.core.record import Flag, Number, Part, Record
from mock_dintero.core.shipping import Options
from mock_dintero.core.timestamps import moment, stamp

DEFAULT_LIFETIME = timedelta(hours=24)
"""Ours: Dintero does not publish how long a session lives when `expires_at` is not sent."""

CustomerType = Literal["b2c", "b2b"]
ShippingMode = Literal["shipping_required", "shipping_not_required"]
Cause = Literal[
    "CANCELLED", "FAILED", "AUTHORIZED", "ON_HOLD", "PAYMENT_INITIATED", "EXPIRED", "DECLINED"
]  # fmt: skip


@lru_cache(maxsize=1024)
def _callable(url: str) -> str:
    """A URL with a host and a port that exist as such; what urlsplit refuses raises ValueError."""
    parts = urlsplit(url)
    if not parts.hostname or parts.port == 0:
        raise ValueError(f"{url!r} names no host that could be called")
    return url


HttpUrl = Annotated[
    str, StringConstraints(pattern=r"^https?://[^\s\x00-\x1f]+$"), AfterValidator(_callable)
]
"""A URL that the sandbox calls or shows. Plain http and localhost are allowed: they are why we exist."""

AnyUrl = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x1f]+$")]
"""Custom schemes are legal for return_url (apps), scripts are not."""


class Urls(Part):
    """Where the customer goes back to, and whom Dintero tells."""

    return_url: AnyUrl
    callback_url: HttpUrl | None = None
    merchant_terms_url: HttpUrl | None = None

    @field_validator("return_url")
    @classmethod
    def _no_script(cls, value: str) -> str:
        if value.lower().startswith(("javascript:", "data:", "vbscript:")):
            raise ValueError("return_url must lead to a page or an app, not to a script")
        if value.lower().startswith(("http:", "https:")):
            return _callable(value)
        urlsplit(value)  # raises ValueError for what is no URL
        return value


class DiscountCodes(Part):
    """`express.discount_codes`."""

    max_count: Number | None = None
    callback_url: HttpUrl | None = None


class Express(Part):
    """Its presence makes a session an express session."""

    shipping_options: Options
    shipping_mode: ShippingMode | None = None
    shipping_address_callback_url: HttpUrl | None = None
    discount_codes: DiscountCodes | None = None
    customer_types: tuple[CustomerType, ...] | None = None
    default_different_billing_shipping_address: tuple[CustomerType, ...] | None = None


class Tokens(Part):
    """A saved card, by its secret value; given back as `payment_token_id` only."""

    payment_token: str | None = None
    recurrence_token: str | None = None


class Customer(Part):
    """Who buys, as far as the merchant knows."""

    customer_id: str | None = None
    email: str | None = None
    phone_number: str | None = None
    tokens: dict[str, Tokens] | None = None


class CheckboxLink(Part):
    """Where a checkbox's text leads."""

    url: str
    text: str


class Checkbox(Part):
    """A box on the page."""

    id: str
    label: str
    checked: Flag | None = None
    required: Flag | None = None
    link: CheckboxLink | None = None


class Countries(Part):
    """Which countries the address form offers."""

    preferred_country: Country | None = None
    allow_countries: tuple[Country, ...] | None = None
    deny_countries: tuple[Country, ...] | None = None


class Merchant(Part):
    """The shop, as the page shows it."""

    name: str
    logo_url: HttpUrl


class Configuration(Part):
    """Methods and manners of the page. Gateways (`vipps`, `dintero_psp`, ...) stay as they were sent."""

    auto_capture: Flag | None = None
    channel: Literal["ecommerce", "in_app", "in_store"] | None = None
    default_payment_type: str | None = None
    allow_express_wallet_payment: Flag | None = None
    default_customer_type: CustomerType | None = None
    allow_different_billing_shipping_address: tuple[CustomerType, ...] | None = None
    countries: Countries | None = None
    discounts: dict[str, Any] | None = None
    theme: dict[str, Any] | None = None

    @property
    def takes_discount_codes(self) -> bool:
        """`discounts.express_discount_codes.enabled`."""
        codes = (self.discounts or {}).get("express_discount_codes")
        return isinstance(codes, dict) and codes.get("enabled") is True


def _moment(value: str) -> str:
    moment(value)
    return value


Expiry = Annotated[str, AfterValidator(_moment)]
"""When a session ends; plugins write it in odd shapes (core/timestamps.py)."""


class NewSession(Part):
    """Body of `POST /v1/sessions` and, with `profile_id`, of `POST /v1/sessions-profile`."""

    url: Urls
    order: Order
    profile_id: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None
    configuration: Configuration | None = None
    express: Express | None = None
    customer: Customer | None = None
    merchant: Merchant | None = None
    expires_at: Expiry | None = None
    checkboxes: tuple[Checkbox, ...] | None = None
    metadata: dict[str, str | Number] | None = None


class SessionEvent(Part):
    """Something that happened to a session; newest last."""

    name: str
    created_at: str
    request_id: str | None = None
    details: dict[str, Any] | None = None


class PayLock(Part):
    """The page is held still while the merchant updates the session."""

    pay_lock_id: str


class Question(Part):
    """What the merchant was asked last. An answer to an older question is dropped."""

    id: str
    about: Literal["address", "discount"]
    state: Literal["asked", "answered", "failed"]
    said: str = ""
    """Why the merchant has refused, in its own words."""


class Attempt(Part):
    """A payment under way: the customer is in the wallet or at the bank.

    `collects_address`: it was started before the page had an address, the wallet asks for it.
    `address`: what was chosen in the wallet; a sheet gives the shop only a part of it at first.
    """

    transaction_id: str
    payment_product_type: str
    saves_card: bool = False
    collects_address: bool = False
    address: Address | None = None


class Session(Record):
    """A session as `GET /v1/sessions/{id}` shows it, plus fields that stay inside (`PRIVATE`)."""

    kind: ClassVar[str] = "session"
    PRIVATE: ClassVar[frozenset[str]] = frozenset(
        {"pay_lock", "question", "payment", "system", "event_headers"}
    )

    created_at: str
    updated_at: str
    expires_at: str
    url: Urls
    order: Order
    events: tuple[SessionEvent, ...]
    configuration: Configuration = Field(default_factory=Configuration)
    express: Express | None = None
    customer: Customer | None = None
    merchant: Merchant | None = None
    checkboxes: tuple[Checkbox, ...] | None = None
    metadata: dict[str, str | Number] | None = None
    transaction_id: str | None = None
    customer_ip: str | None = None
    user_agent: str | None = None
    cancelled_by: str | None = None
    cancelled_at: str | None = None
    pay_lock: PayLock | None = None
    question: Question | None = None
    payment: Attempt | None = None
    system: dict[str, str] | None = None
    """The caller's Dintero-System-* headers, shown only on request (`includes`)."""
    event_headers: dict[str, dict[str, str]] | None = None
    """The same of later calls, by the event's number; also shown only on request."""
    payment_operation: str | None = None
    """Only where there is no ordinary purchase: a token is made, or one is used without the customer."""

    @property
    def reference(self) -> str:
        """What lists are searched by."""
        return self.order.merchant_reference

    @property
    def is_for_token(self) -> bool:
        """Whether a card is registered here and nothing is bought."""
        return self.payment_operation == "generate_payment_token"

    def has(self, *names: str) -> bool:
        """Whether one of these events has happened."""
        return any(event.name in names for event in self.events)


READ_ONLY = frozenset(Session.model_fields) - frozenset(NewSession.model_fields)
"""Fields of a session that a merchant cannot set; sent ones are ignored."""


def new_session(
    id: str, body: NewSession, profile: Mapping[str, Any], system: dict[str, str], now: datetime
) -> Session:
    """A session from a merchant's request and the profile's configuration, which the request overrides."""
    sent = {name: value for name, value in body.sent().items() if value is not None}
    fields = {name: value for name, value in sent.items() if name in Session.model_fields}
    unknown = {name: value for name, value in sent.items() if name not in fields}
    for name in READ_ONLY | {"profile_id"}:
        fields.pop(name, None)
        unknown.pop(name, None)
    fields["configuration"] = Configuration.model_validate(
        merged(profile, body.configuration.shown() if body.configuration else {})
    )
    if body.profile_id:
        fields["metadata"] = {**(body.metadata or {}), "session:profile_id": body.profile_id}
    created = stamp(now)
    fields.setdefault("expires_at", stamp(now + DEFAULT_LIFETIME))
    if system:
        fields["system"] = system
    event = SessionEvent(name="INITIATED", created_at=created)
    made = Session.model_construct(
        id=id, created_at=created, updated_at=created, events=(event,), **fields
    )
    return made.model_copy(update=unknown) if unknown else made


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """A profile's configuration with a request's own laid over it, key by key."""
    both = dict(base)
    for key, value in over.items():
        old = both.get(key)
        both[key] = (
            merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return both


def happened(session: Session, name: str, now: datetime, /, **changes: Any) -> Session:
    """The session with one more event; `details` goes into the event, the rest are changed fields."""
    details = changes.pop("details", None)
    event = SessionEvent(
        name=name, created_at=stamp(now), **({"details": details} if details else {})
    )
    return session.with_(events=(*session.events, event), updated_at=stamp(now), **changes)


def visited(session: Session, ip: str, user_agent: str, now: datetime) -> Session:
    """The page was opened; only the first visit is an event, the last visitor's address is kept."""
    visitor = {"customer_ip": ip, "user_agent": user_agent}
    if not session.has("VISITED"):
        return happened(session, "VISITED", now, **visitor)
    is_same = (session.customer_ip, session.user_agent) == (ip, user_agent)
    return session if is_same else session.with_(**visitor)


def is_expired(session: Session, now: datetime) -> bool:
    """Whether `expires_at` has passed."""
    return moment(session.expires_at) <= now


def cause_of_end(session: Session, now: datetime) -> Cause | None:
    """Why the session can no longer be paid; None while it can."""
    ends: tuple[Cause, ...] = ("CANCELLED", "AUTHORIZED", "DECLINED", "FAILED")
    for cause in ends:
        if session.has(cause):
            return cause
    if session.transaction_id:
        return "ON_HOLD"
    return "EXPIRED" if is_expired(session, now) else None


def require_open(session: Session, now: datetime) -> None:
    """A merchant or a page wants to change the session."""
    cause = cause_of_end(session, now)
    if cause:
        raise SessionCompleted(f"session {session.id} cannot be changed any more: {cause}")


def require_found(session: Session, now: datetime) -> None:
    """A page wants to see the session; one that has ended is a 404 with the cause (SessionNotFound)."""
    cause = cause_of_end(session, now)
    if not cause:
        return
    merchant = session.merchant.shown() if session.merchant else {}
    details: dict[str, Any] = {
        "merchant_reference": session.order.merchant_reference,
        "return_url": session.url.return_url,
        "merchant": {name: merchant[name] for name in ("name", "logo_url") if name in merchant},
    }
    if session.transaction_id:
        details["transaction_id"] = session.transaction_id
    raise SessionGone(f"session {session.id} has ended: {cause}", cause, details)
