"""What a merchant does with sessions: create, read, list, update, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from mock_dintero.core import cancelling, session_update, shipping
from mock_dintero.core.call import Call, noted, noted_on_session
from mock_dintero.core.errors import InvalidRequest, NotFound
from mock_dintero.core.ids import checkout_id
from mock_dintero.core.order import require_sum
from mock_dintero.core.payment_method import DEFAULT_PROFILE
from mock_dintero.core.profile import Profile, applied
from mock_dintero.core.session import NewSession, Session, new_session
from mock_dintero.core.session_update import SessionUpdate
from mock_dintero.core.timestamps import moment
from mock_dintero.core.transaction import Transaction
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import merchant_tokens, outbox, shop_questions


def create(
    sandbox: Sandbox,
    account_id: str,
    body: NewSession,
    own: Profile | None,
    call: Call,
    *,
    strict_amounts: bool,
) -> Session:
    """A new session with the content of the account's own profile, if it has one.

    Raises InvalidOrderAmount with `strict-session-amounts`, else takes wrong sums.
    """
    if strict_amounts:
        require_sum(body.order)
    if body.express:
        shipping.require_consistent(body.express.shipping_options)
    if body.customer and body.customer.tokens:
        customer = merchant_tokens.without_secrets(sandbox, account_id, body.customer)
        body = body.with_(customer=customer)
    now = sandbox.clock.now(account_id)
    profile = configuration(own, body)
    body = applied(own, body) if own else body
    session = new_session(
        checkout_id(account_id, sandbox.new_uuid(), now), body, profile, dict(call.headers), now
    )
    session = noted_on_session(session, call)
    sandbox.store.save(session)
    if session.url.callback_url or session.express:
        sandbox.courier.prepare()
    return session


def configuration(own: Profile | None, body: NewSession) -> Mapping[str, Any]:
    """What a session starts from: the profile's configuration; nothing without a profile."""
    if own:
        return own.content.configuration.shown()
    return DEFAULT_PROFILE if body.profile_id else {}


def read(sandbox: Sandbox, account_id: str, id: str) -> Session:
    """The session, also when it has ended. Raises NotFound, also for another account's."""
    session = sandbox.store.load(Session, id) if id.startswith(account_id) else None
    if session is None:
        raise NotFound(f"no session {id!r} in account {account_id}")
    return session


def read_text(sandbox: Sandbox, account_id: str, id: str) -> str:
    """The session as JSON, as merchants see it. Raises NotFound."""
    is_ours = id.startswith(account_id)
    text = sandbox.store.text(Session, id, Session.PRIVATE) if is_ours else None
    if text is None:
        raise NotFound(f"no session {id!r} in account {account_id}")
    return text


def search(sandbox: Sandbox, account_id: str, query: dict[str, Any]) -> list[Session]:
    """Sessions, newest first. Source of the parameters: sessions.md 1.2.

    `query`: limit, starting_after, id[], search, transaction_id, created_at.gte/.lte, store_id.
    """
    if query.get("starting_after"):
        read(sandbox, account_id, query["starting_after"])  # NotFound if it is not ours
    newest = sandbox.store.newest(Session, account_id, after=query.get("starting_after") or "")
    return list(islice((s for s in newest if _fits(s, query)), query["limit"]))


def _fits(session: Session, query: dict[str, Any]) -> bool:
    if query.get("id") and session.id not in query["id"]:
        return False
    if query.get("transaction_id") and session.transaction_id != query["transaction_id"]:
        return False
    if query.get("store_id") and (session.order.store or {}).get("id") != query["store_id"]:
        return False
    created = moment(session.created_at)
    if query.get("created_at.gte") and created < query["created_at.gte"]:
        return False
    if query.get("created_at.lte") and created > query["created_at.lte"]:
        return False
    return not query.get("search") or query["search"].lower() in _searchable(session)


def _searchable(session: Session) -> list[str]:
    order, address = session.order, session.order.shipping_address or session.order.billing_address
    name = f"{address.first_name or ''} {address.last_name or ''}" if address else ""
    texts = (order.merchant_reference, order.merchant_reference_2 or "", name.strip())
    return [text.lower() for text in texts if text]


async def update(
    sandbox: Sandbox,
    account_id: str,
    id: str,
    body: SessionUpdate,
    call: Call,
    *,
    without_lock: bool,
    force_callback: bool,
    strict_amounts: bool,
) -> Session:
    """A merchant's update; without shipping options in it the merchant is asked for them at once."""
    session = read(sandbox, account_id, id)
    asks = session_update.asks_for_shipping(session, body, force=force_callback)
    now = sandbox.clock.now(account_id)
    updated = session_update.update(
        session, body, now, without_lock=without_lock, strict_amounts=strict_amounts
    )
    updated = noted_on_session(updated, call, session)
    if asks:
        return await shop_questions.ask_for_shipping(sandbox, updated)
    sandbox.store.save(updated)
    return updated


def cancel(sandbox: Sandbox, account_id: str, id: str, call: Call) -> Session:
    """Close the session and void its payment. Raises NotCancellable."""
    session = read(sandbox, account_id, id)
    transaction = _transaction_of(sandbox, session)
    now = sandbox.clock.now(account_id)
    closed, voided = cancelling.cancel(session, transaction, call.by, now)
    if closed is session:
        return session
    closed = noted_on_session(closed, call, session)
    voided = voided and noted(voided, call, transaction)
    callbacks = (
        outbox.new_callback(sandbox, closed, voided, event=voided.events[-1]) if voided else ()
    )
    sandbox.store.save(closed, *((voided,) if voided else ()), *callbacks)
    sandbox.ring(callbacks)
    return closed


def _transaction_of(sandbox: Sandbox, session: Session) -> Transaction | None:
    id = session.transaction_id or (session.payment.transaction_id if session.payment else None)
    return sandbox.store.load(Transaction, id) if id else None


def require_profile(body: NewSession) -> None:
    """`POST /v1/sessions-profile` needs `profile_id`; a session may use any name, `default` is known."""
    if body.profile_id is None:
        raise InvalidRequest(
            "Missing required property: profile_id",
            [{"code": "OBJECT_MISSING_REQUIRED_PROPERTY", "path": ["profile_id"],
              "message": "Missing required property: profile_id",
              "description": "new accounts own a profile named 'default'"}],
        )  # fmt: skip


def require_configuration(body: NewSession) -> None:
    """`POST /v1/sessions` has no profile, so it has to say which methods it wants."""
    if body.configuration is None:
        raise InvalidRequest(
            "Missing required property: configuration",
            [{"code": "OBJECT_MISSING_REQUIRED_PROPERTY", "path": ["configuration"],
              "message": "Missing required property: configuration",
              "description": "name the payment methods, or use POST /v1/sessions-profile"}],
        )  # fmt: skip
