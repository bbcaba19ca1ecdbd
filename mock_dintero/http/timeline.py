"""What happened to one session, leg by leg: exchanges, callbacks, and what a tester did meanwhile."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, Literal

from mock_dintero.core.callback import Callback
from mock_dintero.core.session import Session
from mock_dintero.core.timestamps import moment, stamp
from mock_dintero.http.exchanges import finder, outbound, session_about
from mock_dintero.http.journal import Exchange, Happening, Journal
from mock_dintero.http.redaction import redacted_text
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import tester

Party = Literal["buyer", "shop", "sandbox", "tester"]
PAGE_PATHS = ("/checkout/", "/wallet/", "/v1/view/", "/return/")
PAYING = re.compile(r"/v1/sessions/[^/]+/(?:pay|redirect/.+)")
"""What the page calls, too."""


@dataclass(frozen=True)
class Leg:
    """One request and its answer, or what a tester did. `outcome` is a status, or what went wrong in words.

    `at` is real time, `account_time` the account's own, which a tester may have moved.
    """

    at: str
    account_time: str
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
    fault: str = ""
    is_replay: bool = False
    request_headers: dict[str, str] = field(default_factory=dict)
    response_headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_bad(self) -> bool:
        """Whether it went wrong; a tester's doing never does."""
        return self.sender != "tester" and self.outcome[:1] not in ("2", "3")

    @property
    def is_elsewhen(self) -> bool:
        """Whether the account's clock was moved. It is read when the answer is there."""
        ahead = moment(self.account_time) - moment(self.at)
        return abs(ahead) > timedelta(seconds=1, milliseconds=self.duration)

    def shown(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def timeline(sandbox: Sandbox, journal: Journal, session: Session) -> list[Leg]:
    """The legs of a session, oldest first, the token that it was made with included."""
    callbacks = tester.deliveries(sandbox, session.account_id, session.id)
    exchanges = _about(sandbox, journal.read(session.account_id), session)
    legs = [_inbound(exchange) for exchange in exchanges]
    legs += [leg for callback in callbacks for leg in _outbound(callback)]
    is_over = not any(callback.state in ("waiting", "in_flight") for callback in callbacks)
    notes = [_note(one) for one in journal.happenings(session.account_id)
             if one.session_id in ("", session.id)]  # fmt: skip
    return sorted([*legs, *_meanwhile(notes, legs, is_over)], key=lambda leg: leg.at)


def _meanwhile(notes: list[Leg], legs: list[Leg], is_over: bool) -> list[Leg]:
    """What was done to the account during these legs, or after them while a callback still waits."""
    begun = [leg.at for leg in legs if leg.what != "token"]  # which may be much older
    if not begun:
        return []
    first, last = min(begun), max(_ended(leg) for leg in legs)
    return [note for note in notes if first <= note.at and (not is_over or note.at <= last)]


def _ended(leg: Leg) -> str:
    return stamp(moment(leg.at) + timedelta(milliseconds=leg.duration + 1))


def _about(sandbox: Sandbox, exchanges: list[Exchange], session: Session) -> list[Exchange]:
    session_of = finder(sandbox.store)
    found = [e for e in exchanges if session_about(e, session_of) == session.id]
    tokens = [
        e for e in exchanges if e.path.endswith("/auth/token") and found and e.at <= found[0].at
    ]
    return [*tokens[-1:], *found]


def _note(happening: Happening) -> Leg:
    shown = happening.shown()
    return Leg(
        at=str(shown["at"]), account_time=str(shown["account_time"]),
        sender="tester", receiver="sandbox", method="", path="", outcome="",
        what=f"{happening.what} {happening.detail}", request="", response="", signature="",
        duration=0.0, fault=happening.detail if happening.what == "fault" else "",
    )  # fmt: skip


def _inbound(exchange: Exchange) -> Leg:
    shown = exchange.shown()
    is_page = (
        exchange.path == "/"
        or exchange.path.startswith(PAGE_PATHS)
        or bool(PAYING.fullmatch(exchange.path))
    )
    is_html = not exchange.path.startswith("/v1/") and is_page
    return Leg(
        at=str(shown["at"]),
        account_time=str(shown["account_time"]),
        sender="buyer" if is_page else "shop",
        receiver="sandbox",
        method=exchange.method,
        path=f"{exchange.path}?{shown['query']}" if exchange.query else exchange.path,
        outcome=str(exchange.status),
        what=_what(exchange.method, exchange.path),
        request=str(shown["request"]),
        response="" if is_html else str(shown["response"]),
        signature="",
        duration=exchange.duration,
        lint=[finding.shown() for finding in exchange.lint],
        fault=exchange.fault,
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
        "three-ds-fails": "3-D Secure", "code-1a": "decline", "time-out": "time out",
        "saved-card": "card", "click-to-pay": "card", "plan": "pay", "credit": "pay",
        "gift-card": "gift card", "consent": "consent", "retry": "ask again", "back": "back",
        "wallet": "start with the wallet", "phone": "phone number", "app": "wallet", "": "page",
        "who": "who is it", "place": "town of a postal code",
    }  # fmt: skip
    if last in words:
        return words[last]
    if path.startswith("/wallet/"):
        return "wallet"
    if "/transactions/" in path:
        return "read transaction" if method == "GET" else "name transaction"
    if path.startswith(PAGE_PATHS):
        return "way back" if path.startswith("/return/") else "page"
    return "read session" if method == "GET" else "update session"


def _outbound(callback: Callback) -> list[Leg]:
    legs = []
    for entry, attempt in zip(outbound(callback), callback.attempts, strict=True):
        path = f"{entry['path']}?{entry['query']}" if entry["query"] else entry["path"]
        legs.append(Leg(
            at=entry["at"], account_time=entry["account_time"],
            sender="sandbox", receiver="shop",
            method=entry["method"], path=path,
            outcome=redacted_text(attempt.error or str(attempt.status)),
            what=" ".join(filter(None, (callback.at.replace("_", " "), callback.event))),
            request=entry["request"], response=entry["response"],
            signature=attempt.signature or "",
            duration=attempt.latency, lint=entry["lint"],
            fault=attempt.fault or "",
            is_replay=attempt.extra == "replay",
            request_headers=entry.get("request_headers", {}),
            response_headers=entry.get("response_headers", {}),
        ))  # fmt: skip
    return legs
