"""A merchant's call on a bare socket: what comes back byte for byte, and how the connection ends."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass
from typing import Any, Literal

End = Literal["open", "FIN", "RST"]


@dataclass(frozen=True)
class Raw:
    """An answer as it came over the wire."""

    head: bytes
    body: bytes
    end: End
    took: float

    @property
    def status(self) -> int | None:
        return int(self.head.split(b" ", 2)[1]) if self.head else None

    @property
    def announced(self) -> int | None:
        """The `content-length`."""
        for line in self.head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                return int(value)
        return None

    @property
    def json(self) -> Any:
        """None if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def call(port: int, method: str, path: str, token: str, body: Any = None) -> Raw:
    """Send, read until the answer is whole or the connection ends, then see whether it is still open."""
    sent = json.dumps(body).encode() if body is not None else b""
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(
            f"{method} {path} HTTP/1.1\r\nhost: sandbox\r\nauthorization: Bearer {token}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(sent)}\r\n\r\n".encode()
            + sent
        )
        received, end = b"", None
        while end is None:
            head, found, answer = received.partition(b"\r\n\r\n")
            got = Raw(head, answer, "open", time.monotonic() - begun)
            if found and got.announced is not None and len(answer) >= got.announced:
                end = _whether_open(connection)
                break
            try:
                more = connection.recv(65536)
            except ConnectionResetError:
                end = "RST"
            else:
                received += more
                end = None if more else "FIN"
        head, found, answer = received.partition(b"\r\n\r\n")
        return Raw(head if found else b"", answer, end, got.took)


def _whether_open(connection: socket.socket) -> End:
    """Another request on the same connection is answered, if it is open."""
    try:
        connection.sendall(b"GET /livez HTTP/1.1\r\nhost: sandbox\r\n\r\n")
        return "open" if connection.recv(65536) else "FIN"
    except ConnectionResetError:
        return "RST"
