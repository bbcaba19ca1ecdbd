"""The journal: what came in and what was answered, the last few thousand exchanges, without secrets."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from mock_dintero.core.lint import Lint

KEPT = 2000
MINUTE = timedelta(minutes=1)
LONGEST_BODY = 16 * 1024
SECRET_FIELD = re.compile(
    r'("(?:payment_token|recurrence_token|token|access_token|secret)"\s*:\s*")(?:[^"\\]|\\.)*'
)
SECRET_PATHS = ("/auth/token", "/admin/signature", "/admin/api-keys", "/rotate-api-key")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that the sandbox answered. `duration` in milliseconds; bodies may be cut."""

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

    @property
    def is_merchants(self) -> bool:
        """Whether a merchant called, not a page."""
        return self.path.startswith(("/v1/", "/v2/")) and not self.path.startswith("/v1/view/")

    def shown(self) -> dict[str, object]:
        """As JSON values. Bodies of the endpoints that carry secrets are left out."""
        is_secret = self.path.rstrip("/").endswith(SECRET_PATHS)
        return {
            "direction": "inbound",
            "at": self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "account": self.account_id,
            "status": self.status,
            "duration": self.duration,
            "request": "(redacted)" if is_secret else _text(self.request),
            "response": "(redacted)" if is_secret else _text(self.response),
            "lint": [finding.shown() for finding in self.lint],
        }


def _text(body: bytes) -> str:
    text = SECRET_FIELD.sub(r"\1(redacted)", body[:LONGEST_BODY].decode("utf-8", "replace"))
    return text if len(body) <= LONGEST_BODY else f"{text}... ({len(body)} bytes)"


WALLET_FIELDS = {"phone_number": True, "card_expiry": True, "card_number": False, "card_cvc": False}
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
    return replace(exchange, request=urlencode(kept, safe="()+").encode())


class Journal:
    """A ring of exchanges, oldest first."""

    def __init__(self) -> None:
        self._exchanges: deque[Exchange] = deque(maxlen=KEPT)

    def note(self, exchange: Exchange) -> None:
        """Write it down; the oldest gives way."""
        self._exchanges.append(_without_card(exchange))

    def read(self, account_id: str = "") -> list[Exchange]:
        """All exchanges, or those of one account."""
        return [e for e in self._exchanges if not account_id or e.account_id == account_id]

    def tokens_and_calls(self, account_id: str) -> tuple[int, int]:
        """An account's last minute: how many tokens, the one that is being made included, and calls."""
        since, tokens, calls = datetime.now(UTC) - MINUTE, 1, 0
        for exchange in reversed(self._exchanges):
            if exchange.at < since:
                break
            if exchange.account_id == account_id and exchange.status < 400:
                is_token = exchange.path.rstrip("/").endswith("/auth/token")
                tokens, calls = tokens + is_token, calls + (exchange.is_merchants and not is_token)
        return tokens, calls

    def clear(self, account_id: str = "") -> int:
        """Forget an account's exchanges, or all; answers with how many."""
        kept = [e for e in self._exchanges if account_id and e.account_id != account_id]
        gone = len(self._exchanges) - len(kept)
        self._exchanges = deque(kept, maxlen=KEPT)
        return gone
