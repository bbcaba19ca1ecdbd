"""An ASGI app of this process, asked as if over HTTP."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable, MutableMapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

log = logging.getLogger(__name__)

T = TypeVar("T")
Message = MutableMapping[str, Any]
AsgiApp = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]
Headers = Iterable[tuple[bytes, bytes]]

ASGI = {"version": "3.0", "spec_version": "2.3"}
DROPS = ("mock_dintero.abort", "mock_dintero.close")
"""How a fault drops the connection (http/faulty_api.py)."""
PIECES = 10
"""Of a body that comes slowly."""
PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Scheme, host and port, as they are compared. Raises ValueError for what is no address."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError(f"{url!r} is no address; http://shop.test is one")
    is_usual = parts.port in (None, PORTS.get(parts.scheme))
    return f"{parts.scheme}://{parts.hostname}{'' if is_usual else f':{parts.port}'}"


@dataclass(frozen=True)
class Told:
    """What an app answered. Not `is_whole`: it broke off, and over HTTP the connection would be lost.

    `status` is 0 if nothing came at all.
    """

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    is_whole: bool


class AsgiHost:
    """An app with the event loop that it lives in; it may be asked from any thread and any loop."""

    def __init__(self, app: AsgiApp, loop: asyncio.AbstractEventLoop) -> None:
        self.app = app
        self.loop = loop
        self._state: dict[str, Any] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._lifespan: _Lifespan | None = None

    async def start(self) -> None:
        """Begin its lifespan. Raises RuntimeError if the app says that it cannot start."""
        lifespan = _Lifespan(self.app, self._state)
        if await lifespan.start():
            self._lifespan = lifespan

    async def stop(self) -> None:
        """End what is under way and its lifespan."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._lifespan:
            await self._lifespan.stop()

    def ask(
        self, method: str, url: str, headers: Headers, body: bytes, pace: float = 0.0
    ) -> Future[Told]:
        """One exchange, for a thread that may wait. `pace`: seconds that the body takes on its way."""
        return asyncio.run_coroutine_threadsafe(
            self._exchange(method, url, headers, body, pace), self.loop
        )

    async def asked(
        self, method: str, url: str, headers: Headers, body: bytes, pace: float = 0.0
    ) -> Told:
        """One exchange, for a coroutine of whatever loop."""
        if asyncio.get_running_loop() is self.loop:
            return await self._exchange(method, url, headers, body, pace)
        return await asyncio.wrap_future(self.ask(method, url, headers, body, pace))

    async def _exchange(
        self, method: str, url: str, headers: Headers, body: bytes, pace: float
    ) -> Told:
        """A caller who gives up is gone; the app goes on, as it does behind a server."""
        exchange = _Exchange(method, body, pace)
        scope = {
            **_scope(method, url, headers), "state": dict(self._state),
            "extensions": dict.fromkeys(DROPS, exchange.drop),
        }  # fmt: skip
        task = asyncio.ensure_future(exchange.run(self.app, scope))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            return await exchange.told
        finally:
            exchange.is_over.set()


class _Exchange:
    """One request on its way through an app."""

    def __init__(self, method: str, body: bytes, pace: float) -> None:
        self.told: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        self.is_over = asyncio.Event()
        self._has_body = method != "HEAD"
        size = len(body) // PIECES + 1 if pace else max(len(body), 1)
        self._pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
        self._pause = pace / PIECES
        self._status = 0
        self._headers: tuple[tuple[bytes, bytes], ...] = ()
        self._parts: list[bytes] = []

    async def run(self, app: AsgiApp, scope: Message) -> None:
        """Let the app answer; whatever it does, `told` is there at the end."""
        try:
            await app(scope, self.receive, self.send)
            self._break_off()
        except Exception:
            log.exception("the application raised")
            self._break_off()

    async def receive(self) -> Message:
        if self._pieces:
            await asyncio.sleep(self._pause)
            piece = self._pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self._pieces)}
        await self.is_over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = tuple((bytes(n), bytes(v)) for n, v in message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self._parts.append(bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                self._tell(is_whole=True)

    def drop(self) -> None:
        """A fault drops the connection."""
        self._tell(is_whole=False)

    def _break_off(self) -> None:
        """The app is done without a whole answer; a server says 500, or drops the connection."""
        if not self._status:
            self._status, self._parts = 500, [b"Internal Server Error"]
            self._headers = ((b"content-type", b"text/plain; charset=utf-8"),)
            self._tell(is_whole=True)
        self._tell(is_whole=False)

    def _tell(self, *, is_whole: bool) -> None:
        if self.told.done():
            return
        body = b"".join(self._parts) if self._has_body else b""
        promised = {name.lower(): value for name, value in self._headers}.get(b"content-length")
        is_short = self._has_body and promised is not None and int(promised) > len(body)
        self.told.set_result(
            Told(self._status, self._headers, body, is_whole=is_whole and not is_short)
        )
        self.is_over.set()


class _Lifespan:
    """An app's own beginning and end, if it has them."""

    def __init__(self, app: AsgiApp, state: dict[str, Any]) -> None:
        self._app, self._state = app, state
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()

    async def start(self) -> bool:
        """Whether the app has a lifespan. Raises RuntimeError if it cannot start."""
        self._task = asyncio.ensure_future(self._run())
        await self._to_app.put({"type": "lifespan.startup"})
        said = await self._from_app.get()
        if said["type"] == "lifespan.startup.failed":
            raise RuntimeError(f"the application cannot start: {said.get('message', '')}")
        return bool(said["type"] == "lifespan.startup.complete")

    async def stop(self) -> None:
        """Tell it, and wait until it is done."""
        await self._to_app.put({"type": "lifespan.shutdown"})
        await self._task

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": ASGI, "state": self._state}
        try:
            await self._app(scope, self._to_app.get, self._from_app.put)
        except Exception:
            log.debug("the application has no lifespan, or it ended early", exc_info=True)
        finally:
            self._from_app.put_nowait({"type": "over"})


class LoopThread:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._is_ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._live()), name="mock-dintero", daemon=True
        )

    def start(self) -> asyncio.AbstractEventLoop:
        """Begin; answers with the loop."""
        self._thread.start()
        self._is_ready.wait()
        return self._loop

    async def _live(self) -> None:
        self._loop, self._is_over = asyncio.get_running_loop(), asyncio.Event()
        self._is_ready.set()
        await self._is_over.wait()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do this over there and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def stop(self) -> None:
        """End what is left, then the thread."""
        self._loop.call_soon_threadsafe(self._is_over.set)
        self._thread.join()


def _scope(method: str, url: str, headers: Headers) -> Message:
    parts = urlsplit(url)
    raw_path = parts.path.encode() or b"/"
    return {
        "type": "http", "asgi": ASGI, "http_version": "1.1", "method": method,
        "scheme": parts.scheme, "root_path": "", "path": unquote(parts.path) or "/",
        "raw_path": raw_path, "query_string": parts.query.encode(),
        "headers": [(name.lower(), value) for name, value in headers],
        "client": ("127.0.0.1", 0), "server": (parts.hostname, parts.port or PORTS.get(parts.scheme)),
    }  # fmt: skip
