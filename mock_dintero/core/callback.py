"""Callbacks to the merchant: which moment calls for one, and what it says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from mock_dintero.core.callback_url import Options, options, with_query
from mock_dintero.core.lint import Lint
from mock_dintero.core.record import Part, Record
from mock_dintero.core.session import Session
from mock_dintero.core.timestamps import stamp
from mock_dintero.core.transaction import Transaction, TransactionEvent

At = Literal["payment_callback", "address_callback", "discount_callback", "webhook"]
State = Literal["waiting", "in_flight", "delivered", "failed"]
Extra = Literal["duplicate", "replay"]
Cue = Literal["next_callback", "return_answered", "return_started", "api_call"]
"""What a held callback waits for: the next callback of its session, or a moment of the buyer's return."""

PAYMENT_TIMEOUT = 10.0
"""Seconds a merchant has for a payment callback. Source: description of callback_url."""
QUESTION_TIMEOUT = 60.0
"""Seconds a merchant has for an address or discount callback. Source: description of express."""
WEBHOOK_TIMEOUT = 60.0
"""Seconds a merchant has for an account webhook. Source: webhooks guide."""


class AttemptRecord(Part):
    """One try, whole: what was sent, what came back and how long it took. `latency` in milliseconds.

    `at` is the account's time, which a test may have moved; `sent_at` is real time. `url` and
    `request` are there where a fault changed them. An `extra` try was not Dintero's own: it counts
    for no retry. `next` is when the next try is due, in the account's time.
    """

    at: str
    sent_at: str | None = None
    status: int | None = None
    error: str | None = None
    latency: float
    response: str | None = None
    signature: str | None = None
    lint: tuple[Lint, ...] = ()
    request_headers: dict[str, str] | None = None
    response_headers: dict[str, str] | None = None
    url: str | None = None
    request: str | None = None
    fault: str | None = None
    extra: Extra | None = None
    next: str | None = None


@dataclass(frozen=True)
class Sent:
    """What went over the wire: the callback as it was signed, or as a fault changed it.

    `seconds` is how long the body takes on its way; 0 is at once.
    """

    callback: Callback
    headers: Mapping[str, str]
    signature: str = ""
    fault: str | None = None
    extra: Extra | None = None
    seconds: float = 0.0


class Callback(Record):
    """A request to the merchant in the outbox. `id` is account, dot, delivery id (`event-delivery`)."""

    kind: ClassVar[str] = "callback"

    at: At
    session_id: str
    transaction_id: str | None = None
    method: Literal["GET", "POST"]
    url: str
    body: str | None = None
    created_at: str
    due: str | None = None
    state: State = "waiting"
    attempts: tuple[AttemptRecord, ...] = ()
    event: str | None = None
    event_id: str | None = None
    hook_id: str | None = None
    transaction_status: str | None = None
    transaction_event_id: str | None = None
    held_for: Cue | None = None
    fault: str | None = None
    """The fault that made it late."""

    @property
    def delivery_id(self) -> str:
        """The header `event-delivery`."""
        return self.id.partition(".")[2]

    @property
    def reference(self) -> str:
        """What lists are searched by."""
        return self.transaction_id or ""

    @property
    def link(self) -> str:
        """The session it belongs to."""
        return self.session_id

    @property
    def due_at(self) -> str | None:
        """When it has to be carried."""
        return self.due if self.state == "waiting" else None


class Answer(Part):
    """What came back from the merchant: a status and a body, or an error in words."""

    status: int | None = None
    body: str = ""
    error: str | None = None
    latency: float = 0.0
    sent_at: str | None = None
    headers: dict[str, str] | None = None


def told(callback: Callback) -> dict[str, Any]:
    """A delivery as testers see it: state, due time and attempts are always there."""
    always: dict[str, Any] = {"state": callback.state, "due": callback.due, "attempts": []}
    return {**always, **callback.shown()}


def payment_callback(
    id: str,
    session: Session,
    transaction: Transaction | None,
    error: str | None,
    event: TransactionEvent | None,
    now: datetime,
) -> Callback | None:
    """The callback this moment calls for, or None.

    A success is always told; an error only with `report_error=true`; a later capture, refund or void
    only if `report_event` names it.
    """
    url = session.url.callback_url
    if not url:
        return None
    wanted = options(url)
    if error and not wanted.report_error:
        return None
    if event and event.event not in wanted.report_events:
        return None
    created = transaction.created_at if transaction else stamp(now)
    pairs = [("transaction_id", transaction.id)] if transaction else []
    pairs += [
        (wanted.sid_name, session.id),
        ("merchant_reference", session.order.merchant_reference),
        ("time", created),
    ]
    pairs += [("error", error)] if error else []
    pairs += [("event", event.event), ("event_id", event.id)] if event else []
    delay = 0 if event else wanted.delay  # the delay is for the first delivery of a payment
    return Callback(
        id=id, at="payment_callback", session_id=session.id,
        transaction_id=transaction.id if transaction else None,
        method=wanted.method, url=with_query(url, pairs),
        body=_body(session, transaction, wanted) if wanted.method == "POST" else None,
        created_at=stamp(now), due=stamp(now + timedelta(seconds=delay)),
        event=event.event if event else None, event_id=event.id if event else None,
        transaction_status=transaction.status if transaction else None,
        transaction_event_id=transaction.events[-1].id if transaction else None,
    )  # fmt: skip


def _body(session: Session, transaction: Transaction | None, wanted: Options) -> str | None:
    if transaction is None:
        return None
    if not wanted.with_session:
        return transaction.model_dump_json(exclude_unset=True, exclude=set(Transaction.PRIVATE))
    return json.dumps({**visible(transaction), "session": public(session)}, separators=(",", ":"))


def visible(transaction: Transaction) -> dict[str, Any]:
    """The transaction as merchants see it: without the sandbox's own fields."""
    return transaction.model_dump(mode="json", exclude_unset=True, exclude=set(Transaction.PRIVATE))


def public(
    session: Session, *, with_system: bool = False, with_headers: bool = False
) -> dict[str, Any]:
    """The session as merchants see it: without the sandbox's own fields, with what they ask for."""
    shown = session.model_dump(mode="json", exclude_unset=True, exclude=set(Session.PRIVATE))
    if with_system and session.system:
        shown["initiating_system_request_headers"] = session.system
    if with_headers:
        for number, headers in (session.event_headers or {}).items():
            shown["events"][int(number)]["request_headers"] = headers
    return shown


def question(id: str, at: At, session: Session, url: str, now: datetime) -> Callback:
    """The POST that asks the merchant for shipping options or about discount codes.

    The body is the whole session, not wrapped. There is one try; the outbox never repeats it.
    """
    return Callback(
        id=id, at=at, session_id=session.id, method="POST", url=url,
        body=session.model_dump_json(exclude_unset=True, exclude=set(Session.PRIVATE)),
        created_at=stamp(now), due=None, state="in_flight",
    )  # fmt: skip
