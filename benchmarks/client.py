"""A client that costs next to nothing: one socket, bytes that were made beforehand, one answer at a time."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: ([^\r]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    head: bytes
    body: bytes

    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    @property
    def location(self) -> str:
        """Where a redirect leads; '' if nowhere."""
        found = _LOCATION.search(self.head)
        return found[1].decode() if found else ""


class Failed(Exception):
    """The server answered with an error, or hung up."""


def request(
    method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> bytes:
    """A whole HTTP/1.1 request as it goes over the wire."""
    kind = {"content-type": "application/json"} if body else {}
    sent = {"host": "127.0.0.1", **kind, **(headers or {}), "content-length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode() + body


class Connection(asyncio.Protocol):
    """A keep-alive connection; opened again if the server has closed it for idling."""

    _transport: asyncio.Transport

    def __init__(self, port: int) -> None:
        self._port = port
        self._buffer = b""
        self._waiter: asyncio.Future[Reply] | None = None

    @classmethod
    async def to(cls, port: int) -> Connection:
        """Connect over loopback."""
        connection = cls(port)
        await connection._open()
        return connection

    async def _open(self) -> None:
        self._buffer = b""
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)

    async def send(self, raw: bytes) -> Reply:
        """One exchange. Raises Failed for a status of 400 or more."""
        if self._transport.is_closing():
            await self._open()
        self._waiter = asyncio.get_running_loop().create_future()
        self._transport.write(raw)
        reply = await self._waiter
        if reply.status >= 400:
            raise Failed(f"{raw[:80]!r}: {reply.status} {reply.body[:300]!r}")
        return reply

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio: a piece of the answer."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n") + 4
        if end == 3:
            return
        found = _LENGTH.search(self._buffer, 0, end)
        length = int(found[1]) if found else 0
        if len(self._buffer) < end + length or self._waiter is None:
            return
        raw, self._buffer = self._buffer, self._buffer[end + length :]
        waiter, self._waiter = self._waiter, None
        waiter.set_result(Reply(int(raw[9:12]), raw[:end], raw[end : end + length]))

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        if self._waiter and not self._waiter.done():
            self._waiter.set_exception(Failed("the server hung up"))


async def send_all(connections: Sequence[Connection], requests: Iterable[bytes]) -> list[Reply]:
    """Send every request, one after the other on each connection; answers in order of arrival."""
    waiting, replies = iter(requests), list[Reply]()

    async def work(connection: Connection) -> None:
        for raw in waiting:
            replies.append(await connection.send(raw))

    await asyncio.gather(*(work(connection) for connection in connections))
    return replies
