"""httpx transports that reach apps of this process, and everybody else over the network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx

from mock_dintero.adapters.asgi import AsgiHost, Told

Lookup = Callable[[str], AsgiHost | None]


class Transport(httpx.BaseTransport):
    """For `httpx.Client(transport=...)`."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._network: httpx.HTTPTransport | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange. Raises what httpx raises over HTTP."""
        host = self._lookup(str(request.url))
        if host is None:
            self._network = self._network or httpx.HTTPTransport(trust_env=False)
            return self._network.handle_request(request)
        if _is_running_here(host.loop):
            raise RuntimeError(
                "a sync client inside the application's own event loop would wait for itself; "
                "give the application mock_dintero.async_transport"
            )
        asked = host.ask(*_parts(request), request.read())
        try:
            return _response(asked.result(_patience(request)), request)
        except TimeoutError:
            asked.cancel()
            raise _too_late(request) from None

    def close(self) -> None:
        """Let go of connections; it can be used again."""
        if self._network is not None:
            self._network.close()
            self._network = None


class AsyncTransport(httpx.AsyncBaseTransport):
    """For `httpx.AsyncClient(transport=...)` under asyncio, whatever the loop."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._network: httpx.AsyncHTTPTransport | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange. Raises what httpx raises over HTTP."""
        host = self._lookup(str(request.url))
        if host is None:
            self._network = self._network or httpx.AsyncHTTPTransport(trust_env=False)
            return await self._network.handle_async_request(request)
        body = await request.aread()
        try:
            async with asyncio.timeout(_patience(request)):
                told = await host.asked(*_parts(request), body)
        except TimeoutError:
            raise _too_late(request) from None
        return _response(told, request)

    async def aclose(self) -> None:
        """Let go of connections; it can be used again."""
        if self._network is not None:
            await self._network.aclose()
            self._network = None


def _is_running_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def _parts(request: httpx.Request) -> tuple[str, str, list[tuple[bytes, bytes]]]:
    return request.method, str(request.url), request.headers.raw


def _patience(request: httpx.Request) -> float | None:
    patience: float | None = request.extensions.get("timeout", {}).get("read")
    return patience


def _too_late(request: httpx.Request) -> httpx.ReadTimeout:
    return httpx.ReadTimeout("The read operation timed out", request=request)


def _response(told: Told, request: httpx.Request) -> httpx.Response:
    if not told.status:
        raise httpx.ReadError("the connection was reset", request=request)
    if not told.is_whole:
        words = "peer closed connection without sending complete message body"
        raise httpx.RemoteProtocolError(words, request=request)
    stream = httpx.ByteStream(told.body)
    return httpx.Response(told.status, headers=list(told.headers), stream=stream, request=request)
