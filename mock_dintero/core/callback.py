"""Callbacks to the merchant: when one is due, what its URL says, and when it is tried again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from mock_dintero.core.lint import Lint
from mock_dintero.core.record import Part, Record
from mock_dintero.core.session import Session
from mock_dintero.core.timestamps import moment, stamp
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
LONGEST_KEPT = 16 * 1024
"""Characters of an answer that a delivery keeps."""
WEBHOOK_TRIES, WEBHOOK_INTERVAL = 5, 120
"""Of account webhooks: seconds for an answer, tries in total, seconds between. Source: webhooks guide."""
RETRIES = 20
"""Tries after the first failure. Source: description of callback_url."""
LONGEST_DELAY = 60
"""`delay_callback` in seconds. Documented as max 60; plugins send 120 and 180, we cap (ours)."""
FIRST_INTERVAL, LONGEST_INTERVAL = 5, 3600
"""Seconds between tries: 5, 10, 20 ... 3600. Ours: Dintero does not publish its intervals."""


LATE = ("delay", "reorder")
"""Faults that hold a try back; each try is held once."""
AS_IT_IS = (None, *LATE, "duplicate", "lose_answer")
"""What leaves a request as Dintero would have sent it."""


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


class Options(Part):
    """What the merchant asks for in the query of its own callback URL.

    Source: description of callback_url. Unknown parameters are the merchant's own business.
    """

    method: Literal["GET", "POST"] = "GET"
    with_session: bool = False
    report_error: bool = False
    delay: int = 0
    report_events: frozenset[str] = frozenset()
    sid_name: Literal["sid", "session_id"] = "session_id"


def told(callback: Callback) -> dict[str, Any]:
    """A delivery as testers see it: state, due time and attempts are always there."""
    always: dict[str, Any] = {"state": callback.state, "due": callback.due, "attempts": []}
    return {**always, **callback.shown()}


@lru_cache(maxsize=1024)
def options(callback_url: str) -> Options:
    """Read the options from the URL; a repeated `report_event` counts each time."""
    pairs = parse_qsl(urlsplit(callback_url).query, keep_blank_values=True)
    named = dict(pairs)
    delay = named.get("delay_callback", "")
    return Options(
        method="POST" if named.get("method", "").upper() == "POST" else "GET",
        with_session=any(
            n in ("includes", "includes[]") and "session" in v.split(",") for n, v in pairs
        ),
        report_error=named.get("report_error", "").lower() == "true",
        delay=min(int(delay), LONGEST_DELAY) if delay.isdecimal() else 0,
        report_events=frozenset(
            word.upper() for n, v in pairs if n == "report_event" for word in v.split(",")
        ),
        sid_name="sid" if named.get("sid_parameter_name") == "sid" else "session_id",
    )


def with_query(url: str, pairs: list[tuple[str, str]]) -> str:
    """The URL with parameters appended; its own query stays as the merchant wrote it."""
    base, hash_sign, fragment = url.partition("#")
    end = "" if base.endswith(("?", "&")) else "&" if "?" in base else "?"
    return f"{base}{end}{urlencode(pairs)}{hash_sign}{fragment}"


def return_url(session: Session, transaction_id: str | None, error: str | None) -> str:
    """Where the browser goes: `merchant_reference` always, then what there is. Never a session id."""
    pairs = [("merchant_reference", session.order.merchant_reference)]
    pairs += [("transaction_id", transaction_id)] if transaction_id else []
    pairs += [("error", error)] if error else []
    return with_query(session.url.return_url, pairs)


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


def interval(failures: int) -> int:
    """Seconds until the next try, after this many failures."""
    return min(FIRST_INTERVAL << (failures - 1), LONGEST_INTERVAL)


def is_delivered(answer: Answer) -> bool:
    """2xx, and 3xx without following it (ours: Dintero does not say)."""
    return answer.status is not None and 200 <= answer.status < 400


def is_tried_again(answer: Answer) -> bool:
    """4xx is final; 5xx, 1xx, time-outs and connection errors are repeated. Source: callback_url."""
    return answer.status is None or answer.status >= 500 or answer.status < 200


def claimed(callback: Callback) -> Callback:
    """In flight: nobody else may carry it."""
    return callback.with_(state="in_flight", held_for=None)


def released(callback: Callback) -> Callback:
    """Back to waiting: the process died while it was in flight, nobody knows whether it arrived."""
    return callback.with_(state="waiting")


def after_attempt(
    callback: Callback,
    answer: Answer,
    sent: Sent,
    now: datetime,
    lint: tuple[Lint, ...] = (),
) -> Callback:
    """Delivered, given up, or waiting for its next try; `lint` is what the answer will be regretted for."""
    attempt = _attempt(callback, answer, sent, now, lint)
    tried = callback.with_(attempts=(*callback.attempts, attempt))
    if sent.extra:
        return _after_extra(callback, tried, answer)
    if callback.at == "webhook":
        return _after_webhook(tried, answer, now)
    if callback.at != "payment_callback":  # a question: one try, and its answer must be usable
        return tried.with_(state="delivered" if _is_usable(answer) else "failed", due=None)
    if is_delivered(answer):
        return tried.with_(state="delivered", due=None)
    if not is_tried_again(answer) or tries(tried) > RETRIES:
        return tried.with_(state="failed", due=None)
    return _again(tried, now + timedelta(seconds=interval(tries(tried))))


def _attempt(
    callback: Callback, answer: Answer, sent: Sent, now: datetime, lint: tuple[Lint, ...]
) -> AttemptRecord:
    said: dict[str, Any] = {
        "lint": lint, "request_headers": shown_headers(sent.headers), "response_headers": answer.headers,
        "fault": sent.fault or (callback.fault if is_late(callback) and not sent.extra else None),
        "extra": sent.extra,
        "url": sent.callback.url if sent.callback.url != callback.url else None,
        "request": sent.callback.body if sent.callback.body != callback.body else None,
    }  # fmt: skip
    return AttemptRecord(
        at=stamp(now), sent_at=answer.sent_at, latency=answer.latency,
        status=answer.status, error=answer.error,
        response=answer.body[:LONGEST_KEPT] or None, signature=sent.signature,
        **{name: value for name, value in said.items() if value},
    )  # fmt: skip


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Without what opens a door: a webhook's Authorization is the merchant's own secret."""
    return {
        name: "(redacted)" if name.lower() == "authorization" else value
        for name, value in headers.items()
    }


def tries(callback: Callback) -> int:
    """How often it was tried; duplicates and replays do not count."""
    return sum(not attempt.extra for attempt in callback.attempts)


def _is_usable(answer: Answer) -> bool:
    return answer.status == 200 and not answer.error


def _again(tried: Callback, due: datetime) -> Callback:
    last = tried.attempts[-1].with_(next=stamp(due))
    again = tried.with_(state="waiting", due=stamp(due), attempts=(*tried.attempts[:-1], last))
    return again.with_(fault=None) if is_late(tried) else again


def _after_extra(before: Callback, tried: Callback, answer: Answer) -> Callback:
    """A replay that arrives mends what was given up; a duplicate changes nothing."""
    if tried.attempts[-1].extra == "replay" and before.state in ("waiting", "failed"):
        good = is_delivered(answer) if before.at == "payment_callback" else _is_2xx(answer)
        if good and not answer.error:
            return tried.with_(state="delivered", due=None, held_for=None)
    return tried


def _is_2xx(answer: Answer) -> bool:
    return answer.status is not None and 200 <= answer.status < 300


def _after_webhook(tried: Callback, answer: Answer, now: datetime) -> Callback:
    """Anything but 2xx is a failure, redirects too; five tries in all."""
    if _is_2xx(answer) and not answer.error:
        return tried.with_(state="delivered", due=None)
    if tries(tried) >= WEBHOOK_TRIES:
        return tried.with_(state="failed", due=None)
    return _again(tried, now + timedelta(seconds=WEBHOOK_INTERVAL))


def held(callback: Callback, cue: Cue | None, until: datetime, fault: str) -> Callback:
    """Not yet: it goes on its cue, or else at `until`; not before it was due anyway."""
    due = max(stamp(until), callback.due or "")
    return callback.with_(state="waiting", due=due, held_for=cue, fault=fault)


def cued(callback: Callback, now: datetime) -> Callback:
    """Its cue has come."""
    return callback.with_(due=stamp(now), held_for=None)


def is_late(callback: Callback) -> bool:
    """Whether a fault has held this try back already."""
    return callback.fault in LATE


def is_due(callback: Callback, now: datetime) -> bool:
    """Whether it waits for delivery and its time has come."""
    return callback.state == "waiting" and callback.due is not None and moment(callback.due) <= now
