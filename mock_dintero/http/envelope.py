"""The envelope around every exchange: headers every response carries, tolerant paths, the journal."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from uuid import uuid4

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_dintero import __version__
from mock_dintero.core.ids import account_of
from mock_dintero.core.lint import codes
from mock_dintero.http.answers import our_mistake
from mock_dintero.http.context import REQUEST_ID
from mock_dintero.http.faulty_api import HungUp
from mock_dintero.http.findings import noted
from mock_dintero.http.journal import LONGEST_BODY, Exchange, Journal, cut

log = logging.getLogger("mock_dintero.traffic")

VERSION = __version__.encode()
CORS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET,HEAD,PUT,PATCH,POST,DELETE"),
    (b"access-control-allow-headers", b"Origin,Content-Type,Accept,Authorization,total-count,page-count"),
]  # fmt: skip
QUIET = ("/_mock", "/_checkout", "/v1/branding", "/livez", "/readyz", "/healthz", "/isalive")
"""What the journal leaves out: the tester's own calls, health, pictures and styles."""
LISTENING = "/changes"
"""And a checkout page that listens: it asks for nothing."""


class Envelope:
    """Pure ASGI, as a BaseHTTPMiddleware would cost four times a bare request."""

    def __init__(self, app: ASGIApp, journal: Journal | None) -> None:
        self.app = app
        self.journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One exchange."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if path.endswith("/") and path.startswith(("/v1/", "/v2/")):
            scope["path"] = path.rstrip("/")  # Episerver's client ends every path with a slash
        exchange = _Recording(scope, receive, send)
        if scope["method"] == "OPTIONS" and path.startswith(("/v1/", "/v2/")):
            await Response(status_code=204)(scope, receive, exchange.send_with_headers)
            return  # a browser's preflight; nobody wants it in the journal
        if self.journal is None or path.startswith(QUIET) or path.endswith(LISTENING):
            await self._guarded(scope, receive, exchange.send_with_headers, exchange)
            return
        try:
            await self._guarded(scope, exchange.receive, exchange.send, exchange)
        finally:
            noted = exchange.noted(self.journal)
            self.journal.note(noted)
            log.info(
                "    [%d] %s %s  %.1f ms", noted.status, noted.method, noted.path, noted.duration
            )

    async def _guarded(
        self, scope: Scope, receive: Receive, send: Send, exchange: _Recording
    ) -> None:
        """A bug of ours is an answer with all headers, too."""
        try:
            await self.app(scope, receive, send)
        except HungUp:
            raise
        except Exception as error:
            if exchange.has_started:
                raise
            await our_mistake(scope["method"], scope["path"], error)(scope, receive, send)


class _Recording:
    """Listens to one exchange and adds the headers."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        scope[REQUEST_ID] = str(uuid4())
        self._at, self._start = datetime.now(UTC), time.perf_counter()
        self._status = 0
        self._request: list[bytes] = []
        self._response: list[bytes] = []
        self._request_size = self._response_size = 0

    @property
    def has_started(self) -> bool:
        """Whether the answer is on its way already."""
        return self._status != 0

    async def receive(self) -> Message:
        message = await self._receive()
        body = message.get("body")
        if body:
            if self._request_size <= LONGEST_BODY:
                self._request.append(body)
            self._request_size += len(body)
        return message

    async def send_with_headers(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = message["headers"]
            headers.append((b"x-mock-dintero", VERSION))
            headers.append((b"request-id", self._scope[REQUEST_ID].encode()))
            if self._scope["path"].startswith(("/v1", "/v2")):
                headers.extend(CORS)
                if found := noted(self._scope):
                    headers.append((b"x-mock-dintero-lint", codes(found).encode()))
        await self._send(message)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.body" and (body := message.get("body")):
            if self._response_size <= LONGEST_BODY:
                self._response.append(body)
            self._response_size += len(body)
        await self.send_with_headers(message)

    def noted(self, journal: Journal) -> Exchange:
        scope = self._scope
        account_id = scope.get("mock_dintero.account") or _account_in(scope)
        return Exchange(
            at=self._at,
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            account_id=account_id,
            status=self._status,
            duration=round((time.perf_counter() - self._start) * 1000, 2),
            request=cut(b"".join(self._request), self._request_size),
            response=cut(b"".join(self._response), self._response_size),
            lint=noted(scope),
            account_time=journal.time_of(account_id),
            fault=scope.get("mock_dintero.fault", ""),
        )


def _account_in(scope: Scope) -> str:
    """The account that an id in the path or query belongs to."""
    params = scope.get("path_params", {})
    for name in ("sid", "id"):
        if name in params:
            return account_of(params[name])
    if "aid" in params:
        return str(params["aid"])
    query: str = scope["query_string"].decode("latin-1")
    _, found, rest = query.partition("sid=")
    return account_of(rest[:32]) if found else ""
