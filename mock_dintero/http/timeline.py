"""What happened to one session, leg by leg: the journal's exchanges and the callbacks, in order of time."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from mock_dintero.core.callback import AttemptRecord, Callback
from mock_dintero.core.session import Session
from mock_dintero.http.journal import Exchange, Journal
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import tester

Party = Literal["buyer", "shop", "sandbox"]
PAGE_PATHS = ("/checkout/", "/wallet/", "/v1/view/")


@dataclass(frozen=True)
class Leg:
    """One request and its answer. `outcome` is a status, or what went wrong in words."""

    at: str
    sender: Party
    receiver: Party
    method: str
    path: str
    outcome: str
    what: str
    request: str
    response: str
    signature: str
    duration: float
    lint: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def timeline(sandbox: Sandbox, journal: Journal, session: Session) -> list[Leg]:
    """The legs of a session, oldest first, the token that it was made with included."""
    callbacks = tester.deliveries(sandbox, session.account_id, session.id)
    ids = {session.id, *(c.transaction_id for c in callbacks if c.transaction_id)}
    ids |= {session.transaction_id} if session.transaction_id else set()
    exchanges = _about(journal.read(session.account_id), ids)
    legs = [_inbound(exchange) for exchange in exchanges]
    legs += [_outbound(c, attempt) for c in callbacks for attempt in c.attempts]
    return sorted(legs, key=lambda leg: leg.at)


def _about(exchanges: list[Exchange], ids: set[str]) -> list[Exchange]:
    found = [
        e for e in exchanges if any(id in f"{e.path}?{e.query}" or _names(e, id) for id in ids)
    ]
    tokens = [
        e for e in exchanges if e.path.endswith("/auth/token") and found and e.at <= found[0].at
    ]
    return [*tokens[-1:], *found]


def _names(exchange: Exchange, id: str) -> bool:
    """Whether this exchange brought the session into being."""
    return (
        exchange.path.endswith(
            ("/sessions", "/sessions-profile", "/sessions/pay", "/sessions/payment-token")
        )
        and id.encode() in exchange.response
    )


def _inbound(exchange: Exchange) -> Leg:
    shown = exchange.shown()
    is_page = exchange.path == "/" or exchange.path.startswith(PAGE_PATHS)
    is_html = not exchange.path.startswith("/v1/") and is_page
    return Leg(
        at=str(shown["at"]),
        sender="buyer" if is_page else "shop",
        receiver="sandbox",
        method=exchange.method,
        path=f"{exchange.path}?{exchange.query}" if exchange.query else exchange.path,
        outcome=str(exchange.status),
        what=_what(exchange.method, exchange.path),
        request=str(shown["request"]),
        response="" if is_html else str(shown["response"]),
        signature="",
        duration=exchange.duration,
        lint=[finding.shown() for finding in exchange.lint],
    )


def _what(method: str, path: str) -> str:
    """A word for the kind of request, to be read at a glance."""
    last = path.rstrip("/").rpartition("/")[2]
    words = {
        "token": "token", "sessions-profile": "create session", "address": "address",
        "shipping_address": "address", "shipping": "shipping choice", "pay": "pay",
        "shipping_option": "shipping choice", "discount": "discount code", "approve": "approve",
        "discount_codes": "discount code", "decline": "decline", "expire": "let expire",
        "capture": "capture", "refund": "refund", "void": "void", "cancel": "cancel",
        "abandon": "cancel", "lock": "lock", "card": "card", "reject": "reject", "hold": "put on hold",
        "challenge": "3-D Secure", "three-ds-approve": "3-D Secure", "three-ds-fail": "3-D Secure",
        "phone": "phone number", "app": "wallet", "": "page",
    }  # fmt: skip
    if last in words:
        return words[last]
    if path.startswith("/wallet/"):
        return "wallet"
    if "/transactions/" in path:
        return "read transaction" if method == "GET" else "name transaction"
    if path.startswith("/v1/view/"):
        return "page"
    return "read session" if method == "GET" else "update session"


def _outbound(callback: Callback, attempt: AttemptRecord) -> Leg:
    host_and_path = callback.url.partition("://")[2]
    return Leg(
        at=attempt.sent_at or attempt.at,
        sender="sandbox",
        receiver="shop",
        method=callback.method,
        path="/" + host_and_path.partition("/")[2],
        outcome=attempt.error or str(attempt.status),
        what=" ".join(filter(None, (callback.at.replace("_", " "), callback.event))),
        request=callback.body or "",
        response=attempt.response or "",
        signature=attempt.signature or "",
        duration=attempt.latency,
        lint=[finding.shown() for finding in attempt.lint],
    )
