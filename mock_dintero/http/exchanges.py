"""The journal as a tester reads it: what came in, what went out, and which session it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from mock_dintero.core.callback import Callback
from mock_dintero.core.ids import CHECKOUT_ID
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction
from mock_dintero.http.journal import Exchange, Journal
from mock_dintero.http.redaction import redacted, redacted_text
from mock_dintero.ports import Sandbox, Store
from mock_dintero.use_cases import tester

Json = dict[str, Any]
SessionOf = Callable[[str], str]
"""From an id in a request to the session that it belongs to; '' if there is none."""
CREATING = ("/sessions", "/sessions-profile", "/sessions/pay", "/sessions/payment-token")
MORE = ("error", "fault", "extra", "request_headers", "response_headers")
"""What an attempt says beyond that, where it has something to say."""
OF_TRANSACTIONS = "/transactions"


@dataclass(frozen=True)
class Wanted:
    """Which entries of the journal; None is any. `path` is a part of it, `since` a stamp of real time."""

    direction: str | None = None
    method: str | None = None
    path: str | None = None
    session_id: str | None = None
    status: int | None = None
    since: str | None = None

    def takes(self, entry: Json) -> bool:
        """Whether this entry is wanted."""
        return (
            self.direction in (None, entry["direction"])
            and self.method in (None, entry["method"])
            and (self.path is None or self.path in entry["path"])
            and self.session_id in (None, entry["session_id"])
            and self.status in (None, entry["status"])
            and (self.since is None or entry["at"] >= self.since)
        )


def entries(
    sandbox: Sandbox, journal: Journal, account_ids: Iterable[str], account_id: str, wanted: Wanted
) -> list[Json]:
    """Inbound and outbound in order of time. `account_id` is '' for all of `account_ids` and nobody's."""
    found: list[Json] = []
    if wanted.direction != "outbound":
        session_of = finder(sandbox.store)
        found += [
            inbound(exchange, session_of)
            for exchange in journal.read(account_id)
            if wanted.method in (None, exchange.method)
            and (wanted.path is None or wanted.path in exchange.path)
        ]
    if wanted.direction != "inbound":
        found += [
            entry
            for id in account_ids
            for callback in tester.deliveries(sandbox, id, wanted.session_id or "")
            for entry in outbound(callback)
        ]
    return sorted(filter(wanted.takes, found), key=lambda entry: str(entry["at"]))


def inbound(exchange: Exchange, session_of: SessionOf) -> Json:
    """What a merchant or a page asked."""
    return {**exchange.shown(), "session_id": session_about(exchange, session_of)}


def outbound(callback: Callback) -> list[Json]:
    """What the sandbox asked the merchant's server: every attempt of a delivery."""
    return [_attempt(callback, number) for number in range(len(callback.attempts))]


def _attempt(callback: Callback, number: int) -> Json:
    attempt = callback.attempts[number]
    sent = attempt.sent()
    url = sent.get("url") or callback.url
    address = urlsplit(url)
    entry = {
        "direction": "outbound",
        "at": attempt.sent_at or attempt.at,
        "account_time": attempt.at,
        "method": sent.get("method") or callback.method,
        "path": address.path or "/",
        "query": redacted_text(address.query),
        "account": callback.account_id,
        "status": attempt.status,
        "duration": attempt.latency,
        "request": redacted_text(sent.get("request") or callback.body or ""),
        "response": redacted_text(attempt.response or ""),
        "lint": [finding.shown() for finding in attempt.lint],
        "session_id": callback.session_id,
        "delivery_id": callback.id,
        "attempt": number + 1,
        "url": redacted_text(url),
    }
    extra = {name: redacted(sent[name]) for name in MORE if sent.get(name)}
    return {**entry, **extra}


def session_about(exchange: Exchange, session_of: SessionOf) -> str:
    """The session that an exchange is about: named in its path or query, or in the body of a POST or PUT."""
    if exchange.path.rstrip("/").endswith(CREATING):
        return _first(_bodies(exchange), session_of) if exchange.method == "POST" else ""
    in_path = CHECKOUT_ID.search(exchange.path)
    if in_path:
        is_transaction = OF_TRANSACTIONS in exchange.path
        return session_of(in_path[0]) if is_transaction else in_path[0]
    in_query = CHECKOUT_ID.search(exchange.query)
    if in_query:
        return session_of(in_query[0]) or in_query[0]
    return _first(_bodies(exchange), session_of) if exchange.method in ("POST", "PUT") else ""


def _bodies(exchange: Exchange) -> Iterator[str]:
    for body in (exchange.request, exchange.response):
        yield from CHECKOUT_ID.findall(body.decode("utf-8", "replace"))


def _first(ids: Iterable[str], session_of: SessionOf) -> str:
    return next((found for id in dict.fromkeys(ids) if (found := session_of(id))), "")


def finder(store: Store) -> SessionOf:
    """Looks into the store for each id once."""

    @cache
    def session_of(id: str) -> str:
        transaction = store.load(Transaction, id)
        if transaction:
            return transaction.session_id
        return id if store.text(Session, id) else ""

    return session_of
