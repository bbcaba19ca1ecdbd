"""The merchant's side in a process of its own: answers callbacks at once and writes down when they came.

`/shipping` answers with two options. `/callback` is noted. `/failing` answers 500 so many times as a
session's callback is repeated, then is noted like `/callback`. `GET /take/{n}` answers when `n` callbacks
have come since the last take, with `[[monotonic ns, session id], ...]`; that clock is the same
in every process of a machine.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import cast

import uvloop

OPTIONS = [
    {"id": "home", "line_id": "home", "amount": 9900, "vat_amount": 1980, "vat": 25,
     "title": "Home delivery", "operator": "Posten", "delivery_method": "delivery"},
    {"id": "shop", "line_id": "shop", "amount": 4900, "vat_amount": 980, "vat": 25,
     "title": "Pick up in the shop", "operator": "Fjordvik", "delivery_method": "pick_up"},
]  # fmt: skip
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_SESSION = re.compile(rb"[?&]session_id=([^& ]+)")


RETRIES = 20
"""How often the sandbox repeats a callback."""


def _answer(body: bytes, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


_READY, _HEARD = _answer(b'{"status":"ok"}'), _answer(b"{}")
_FAILED = _answer(b"{}", "500 Internal Server Error")
_SHIPPING = _answer(json.dumps({"shipping_options": OPTIONS}).encode())


class Book:
    """What has come, and who waits for it."""

    def __init__(self) -> None:
        self._received: list[tuple[int, str]] = []
        self._failures: Counter[str] = Counter()
        self._waiting: tuple[int, asyncio.Transport] | None = None

    def note(self, at: int, session_id: str) -> None:
        """A callback came."""
        self._received.append((at, session_id))
        self._answer_if_enough()

    def fails(self, session_id: str) -> bool:
        """Whether this call of a failing callback fails: all that are repeated, but not the last."""
        self._failures[session_id] += 1
        return self._failures[session_id] <= RETRIES

    def promise(self, count: int, to: asyncio.Transport) -> None:
        """Answer as soon as there are so many."""
        self._waiting = count, to
        self._answer_if_enough()

    def _answer_if_enough(self) -> None:
        if self._waiting and len(self._received) >= self._waiting[0]:
            self._waiting[1].write(_answer(json.dumps(self._received).encode()))
            self._received, self._waiting = [], None


class Merchant(asyncio.Protocol):
    """One connection."""

    _transport: asyncio.Transport

    def __init__(self, book: Book) -> None:
        self._book, self._buffer = book, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio: a piece of a request."""
        now = time.monotonic_ns()
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n") + 4
        if end == 3:
            return
        found = _LENGTH.search(self._buffer, 0, end)
        whole = end + (int(found[1]) if found else 0)
        if len(self._buffer) < whole:
            return
        target = self._buffer[: self._buffer.index(b"\r\n")].split(b" ")[1]
        self._buffer = self._buffer[whole:]
        self._serve(target, now)

    def _serve(self, target: bytes, now: int) -> None:
        found = _SESSION.search(target)
        session_id = found[1].decode() if found else ""
        if target.startswith(b"/failing") and self._book.fails(session_id):
            self._transport.write(_FAILED)
        elif target.startswith((b"/callback", b"/failing")):
            self._transport.write(_HEARD)
            self._book.note(now, session_id)
        elif target.startswith(b"/shipping"):
            self._transport.write(_SHIPPING)
        elif target.startswith(b"/take/"):
            self._book.promise(int(target.rpartition(b"/")[2]), self._transport)
        else:
            self._transport.write(_READY)


async def serve(port_file: str) -> None:
    """Serve on a free port until a signal comes."""
    book = Book()
    server = await asyncio.get_running_loop().create_server(lambda: Merchant(book), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    Path(port_file).write_text(f"{port}\n", encoding="utf-8")
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
