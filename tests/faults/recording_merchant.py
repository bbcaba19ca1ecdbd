"""A merchant over real HTTP that writes down all it sees, and answers as a test tells it to."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

Json = dict[str, Any]
WAITS = 8.0
"""Seconds that a handler waits for another request before it says that none came."""
OPTIONS: Json = {
    "shipping_options": [
        {"id": "home", "line_id": "home", "amount": 4900, "title": "Home", "operator": "Posten"}
    ]
}


@dataclass
class Seen:
    """One request: when its head and its whole body had come, and when it was answered."""

    kind: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    head_at: float
    body_at: float
    answered_at: float = 0.0
    is_whole: bool = True

    @property
    def fields(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def overlaps(self, other: Seen) -> bool:
        """Whether both were open at the same time."""
        return self.body_at < other.answered_at and other.body_at < self.answered_at


Handler = Callable[["Shop", Seen], Awaitable[tuple[int, bytes]]]


@dataclass
class Shop:
    """One account's shop: what it saw, in order, and how it behaves."""

    account: str
    url: str
    seen: list[Seen] = field(default_factory=list)
    moments: list[str] = field(default_factory=list)
    """What happened, in the order in which it happened; a request begins and ends."""
    handlers: dict[str, Handler] = field(default_factory=dict)
    statuses: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """What the next requests of a kind are answered with; 200 when the list is empty."""
    open: Counter[str] = field(default_factory=Counter)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    ask: Callable[[str], Awaitable[int]] | None = None

    def note(self, moment: str) -> None:
        self.moments.append(moment)

    def of(self, *kinds: str) -> list[Seen]:
        return [one for one in self.seen if one.kind in kinds]

    async def until(self, holds: Callable[[], bool]) -> bool:
        """Wait until this holds among the requests of this shop; False if it never did."""
        try:
            async with asyncio.timeout(WAITS), self.changed:
                await self.changed.wait_for(holds)
        except TimeoutError:
            return False
        return True

    async def handle(self, seen: Seen) -> tuple[int, bytes]:
        handler = self.handlers.get(seen.kind)
        if handler:
            return await handler(self, seen)
        return self.usual(seen)

    def usual(self, seen: Seen) -> tuple[int, bytes]:
        statuses = self.statuses[seen.kind]
        body = json.dumps(OPTIONS).encode() if seen.kind in ("address", "discount") else b"ok"
        return (statuses.pop(0) if statuses else 200), body


class RecordingMerchant:
    """Serves `/{account}/{kind}` for every shop that was opened, from a thread of its own."""

    def __init__(self) -> None:
        self.shops: dict[str, Shop] = {}
        self.strays: list[str] = []
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="merchant", daemon=True)
        self._open: set[asyncio.Task[Any]] = set()

    def __enter__(self) -> RecordingMerchant:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20, backlog=512)
        )
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in self._open:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._open, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def shop(self, account: str) -> Shop:
        """Open a shop; the account must be a new one."""
        shop = Shop(account, f"{self.url}/{account}")
        self.shops[account] = shop
        return shop

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        head_at = time.monotonic()
        line, *rest = head.rstrip().split("\r\n")
        method, target, _ = line.split(" ")
        headers = {
            name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)
        }
        try:
            body, is_whole = await reader.readexactly(int(headers.get("content-length", 0))), True
        except (asyncio.IncompleteReadError, ConnectionError) as cut:
            body, is_whole = getattr(cut, "partial", b""), False
        path, _, query = target.partition("?")
        account, _, kind = path[1:].partition("/")
        shop = self.shops.get(account)
        if shop is None:
            if path != "/favicon.ico":
                self.strays.append(f"{method} {target}")
            writer.write(
                b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
            return
        seen = Seen(
            kind, method, path, query, headers, body, head_at, time.monotonic(), is_whole=is_whole
        )
        shop.seen.append(seen)
        shop.note(f"{kind} begins")
        shop.open[kind] += 1
        async with shop.changed:
            shop.changed.notify_all()
        try:
            status, answer = await shop.handle(seen)
        finally:
            shop.open[kind] -= 1
        shown = b"application/json" if answer[:1] == b"{" else b"text/html"
        # No await from here on: whoever reads the answer finds that it was noted.
        seen.answered_at = time.monotonic()
        shop.note(f"{kind} ends")
        writer.write(
            b"HTTP/1.1 %d Said\r\ncontent-type: %b\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b"
            % (status, shown, len(answer), answer)
        )
        async with shop.changed:
            shop.changed.notify_all()


async def get(url: str, token: str) -> int:
    """A shop's call of the API from inside a handler; the status."""
    _, _, rest = url.partition("://")
    place, _, path = rest.partition("/")
    host, _, port = place.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"GET /{path} HTTP/1.1\r\nhost: {place}\r\nauthorization: Bearer {token}\r\n"
        "connection: close\r\n\r\n".encode()
    )
    answer = await reader.read()
    writer.close()
    return int(answer.split(b" ", 2)[1])


def barrier(*kinds: str, count: int) -> Handler:
    """Answers only when so many requests of these kinds have come: proof that all were open at once."""

    async def handler(shop: Shop, seen: Seen) -> tuple[int, bytes]:
        wanted = shop.until(lambda: len(shop.of(*kinds)) >= count)
        shop.note("together" if await wanted else f"{seen.kind} alone")
        return shop.usual(seen)

    return handler


def in_a_row(seen: list[Seen]) -> bool:
    """Whether each came after the one before it was answered."""
    return all(one.answered_at <= after.head_at for one, after in pairwise(seen))
