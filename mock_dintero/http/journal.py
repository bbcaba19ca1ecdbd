"""The journal: what came in and what was answered, the last few thousand exchanges, without secrets."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime

KEPT = 2000
LONGEST_BODY = 16 * 1024
SECRET_PATHS = ("/auth/token", "/admin/signature", "/admin/api-keys")


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
        }


def _text(body: bytes) -> str:
    text = body[:LONGEST_BODY].decode("utf-8", "replace")
    return text if len(body) <= LONGEST_BODY else f"{text}... ({len(body)} bytes)"


class Journal:
    """A ring of exchanges, oldest first."""

    def __init__(self) -> None:
        self._exchanges: deque[Exchange] = deque(maxlen=KEPT)

    def note(self, exchange: Exchange) -> None:
        """Write it down; the oldest gives way."""
        self._exchanges.append(exchange)

    def read(self, account_id: str = "") -> list[Exchange]:
        """All exchanges, or those of one account."""
        return [e for e in self._exchanges if not account_id or e.account_id == account_id]

    def clear(self, account_id: str = "") -> int:
        """Forget an account's exchanges, or all; answers with how many."""
        kept = [e for e in self._exchanges if account_id and e.account_id != account_id]
        gone = len(self._exchanges) - len(kept)
        self._exchanges = deque(kept, maxlen=KEPT)
        return gone
