"""The journal: the newest of what came in and was answered, and of what a tester did; without secrets."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from mock_dintero.core.lint import Lint
from mock_dintero.core.timestamps import stamp
from mock_dintero.http.redaction import GONE, redacted_text

KEPT = 1000
"""Exchanges of one account; a busy account pushes out nobody else's."""
KEPT_IN_ALL = 4000
SLACK = 200
"""Exchanges beyond `KEPT_IN_ALL` before room is made: then the fullest accounts lose their oldest."""
NOTES = 200
"""Happenings of one account."""
MINUTE = timedelta(minutes=1)
LONGEST_BODY = 16 * 1024
SECRET_PATHS = ("/auth/token", "/admin/signature", "/admin/api-keys", "/rotate-api-key")


class Exchange(NamedTuple):
    """One request that the sandbox answered. `duration` in milliseconds; bodies may be cut.

    `at` is real time, `account_time` the account's own, which a test may have moved.
    """

    at: datetime
    method: str
    path: str
    query: str
    account_id: str
    status: int
    duration: float
    request: bytes
    response: bytes
    lint: tuple[Lint, ...] = ()
    account_time: datetime | None = None
    fault: str = ""
    """What a tester had go wrong in this one."""

    @property
    def is_merchants(self) -> bool:
        """Whether a merchant called, not a page."""
        return self.path.startswith(("/v1/", "/v2/")) and not self.path.startswith("/v1/view/")

    def shown(self) -> dict[str, object]:
        """As JSON values. Bodies of the endpoints that carry secrets are left out."""
        is_secret = self.path.rstrip("/").endswith(SECRET_PATHS)
        struck = {"fault": self.fault} if self.fault else {}
        return struck | {
            "direction": "inbound",
            "at": stamp(self.at),
            "account_time": stamp(self.account_time or self.at),
            "method": self.method,
            "path": self.path,
            "query": redacted_text(self.query),
            "account": self.account_id,
            "status": self.status,
            "duration": self.duration,
            "request": GONE if is_secret else _text(self.request),
            "response": GONE if is_secret else _text(self.response),
            "lint": [finding.shown() for finding in self.lint],
        }


@dataclass(frozen=True, slots=True)
class Happening:
    """What belongs into a timeline and is no request: a clock moved, a fault struck, all was reset.

    Without a `session_id` it concerns every session of the account.
    """

    at: datetime
    account_time: datetime
    account_id: str
    what: str
    detail: str
    session_id: str = ""

    def shown(self) -> dict[str, object]:
        """As JSON values."""
        return {
            "at": stamp(self.at),
            "account_time": stamp(self.account_time),
            "account": self.account_id,
            "session_id": self.session_id,
            "what": self.what,
            "detail": self.detail,
        }


def cut(body: bytes, size: int) -> bytes:
    """A body as it is kept; `size` is what it had, of which `body` may be only the beginning."""
    if size <= LONGEST_BODY:
        return body
    return body[:LONGEST_BODY] + f"... ({size} bytes)".encode()


def _text(body: bytes) -> str:
    return redacted_text(body.decode("utf-8", "replace"))


WALLET_FIELDS = {
    "phone_number": True, "address": True, "shipping_option": True, "card_expiry": True,
    "card_number": False, "card_cvc": False, "remember_me": True, "card": True, "plan": True,
    "organization_number": True, "business_name": True, "terms": True, "gift_card_number": False,
}  # fmt: skip
"""The fields of the wallets' forms, and whether the journal may know what was typed."""


def _without_card(exchange: Exchange) -> Exchange:
    """A customer's card number is never kept; what is no field of these forms is dropped with it."""
    if not exchange.request or not exchange.path.startswith("/wallet/"):
        return exchange
    typed = parse_qsl(exchange.request.decode("utf-8", "replace"), keep_blank_values=True)
    kept = [
        (name, value if WALLET_FIELDS[name] else "(redacted)")
        for name, value in typed
        if name in WALLET_FIELDS
    ]
    return exchange._replace(request=urlencode(kept, safe="()+").encode())


Told = Callable[[str, str, object], None]


def _nobody(kind: str, account_id: str, item: object) -> None:
    """Nobody watches."""


def _real_time(account_id: str) -> datetime:
    return datetime.now(UTC)


class Journal:
    """A ring of exchanges for each account, and a short one of happenings."""

    def __init__(
        self, time_of: Callable[[str], datetime] = _real_time, tell: Told = _nobody
    ) -> None:
        self.time_of = time_of
        self._tell = tell
        self._rings: dict[str, deque[Exchange]] = {}
        self._notes: dict[str, deque[Happening]] = {}
        self._count = 0

    def note(self, exchange: Exchange) -> None:
        """Write it down; the account's oldest gives way."""
        exchange = _without_card(exchange)
        ring = self._rings.get(exchange.account_id)
        if ring is None:
            ring = self._rings[exchange.account_id] = deque(maxlen=KEPT)
        before = len(ring)
        ring.append(exchange)
        self._count += len(ring) - before
        if self._count > KEPT_IN_ALL + SLACK:
            self._make_room()
        self._tell("request", exchange.account_id, exchange)

    def _make_room(self) -> None:
        """The fullest rings lose their oldest, one by one, until all have room again."""
        fullest = [(-len(ring), account_id) for account_id, ring in self._rings.items()]
        heapq.heapify(fullest)
        while self._count > KEPT_IN_ALL:
            length, account_id = fullest[0]
            self._rings[account_id].popleft()
            self._count -= 1
            if length == -1:
                del self._rings[heapq.heappop(fullest)[1]]
            else:
                heapq.heapreplace(fullest, (length + 1, account_id))

    def note_happening(self, account_id: str, what: str, detail: str, session_id: str = "") -> None:
        """Write down what a tester did or what struck: `what` is clock, fault, reset ..."""
        happening = Happening(
            datetime.now(UTC), self.time_of(account_id), account_id, what, detail, session_id
        )
        self._notes.setdefault(account_id, deque(maxlen=NOTES)).append(happening)
        if what != "fault":  # a fault is a record: those who watch hear of it when it is saved
            self._tell(what, account_id, happening)

    def happenings(self, account_id: str) -> list[Happening]:
        """What a tester did to an account and what struck it, oldest first."""
        return list(self._notes.get(account_id, ()))

    def read(self, account_id: str = "") -> list[Exchange]:
        """All exchanges, or those of one account, oldest first."""
        rings = [self._rings.get(account_id, deque())] if account_id else self._rings.values()
        return sorted((e for ring in rings for e in ring), key=attrgetter("at"))

    def tokens_and_calls(self, account_id: str) -> tuple[int, int]:
        """An account's last minute: how many tokens, the one that is being made included, and calls."""
        since, tokens, calls = datetime.now(UTC) - MINUTE, 1, 0
        for exchange in reversed(self._rings.get(account_id, deque())):
            if exchange.at < since:
                break
            if exchange.status < 400:
                is_token = exchange.path.rstrip("/").endswith("/auth/token")
                tokens, calls = tokens + is_token, calls + (exchange.is_merchants and not is_token)
        return tokens, calls

    def clear(self, account_id: str = "") -> int:
        """Forget an account's exchanges, or all; answers with how many."""
        cleared = [account_id] if account_id else list(self._rings)
        gone = sum(len(self._rings.pop(id, ())) for id in cleared)
        self._count -= gone
        return gone

    def forget(self, account_id: str) -> int:
        """Forget the exchanges and the happenings of an account; answers with how many exchanges."""
        self._notes.pop(account_id, None)
        return self.clear(account_id)
