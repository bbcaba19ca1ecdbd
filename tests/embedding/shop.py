"""A shop on an origin of its own: pages that embed the checkout, and a server that its scripts talk to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).parent
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


@dataclass
class Shop:
    """Its pages by path, and what its server answers to a POST. Anything else is the return page."""

    port: int
    pages: dict[str, tuple[str, bytes]]
    answers: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    seen: list[tuple[str, str]] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "localhost") -> str:
        return f"http://{host}:{self.port}{path}"


def _handler(shop_of: Callable[[], Shop]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shop = shop_of()
            shop.seen.append(("GET", self.path))
            kind, body = shop.pages.get(
                urlsplit(self.path).path, (TYPES[".html"], b"<!doctype html><title>Thanks</title>")
            )
            self._send(kind, body)

        def do_POST(self) -> None:
            shop = shop_of()
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            shop.seen.append(("POST", self.path))
            answer = shop.answers.get(urlsplit(self.path).path)
            if answer is None:
                return self._send(TYPES[".html"], b"<!doctype html><title>Thanks</title>")
            said = answer(json.loads(body) if body else None)
            return self._send("application/json", json.dumps(said).encode())

        def _send(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    return Handler


@contextmanager
def shop(sdk: bytes) -> Iterator[Shop]:
    """A fresh one, in a thread."""
    pages = {
        f"/{path.name}": (TYPES[path.suffix], path.read_bytes())
        for path in HERE.iterdir()
        if path.suffix in TYPES
    }
    pages["/sdk.js"] = (TYPES[".js"], sdk)
    pages["/favicon.ico"] = ("image/x-icon", b"")
    made: list[Shop] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(lambda: made[0]))
    made.append(Shop(server.server_port, pages))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made[0]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
