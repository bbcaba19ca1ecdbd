"""The app behind a real socket: in this process for good, or in a thread for a test."""

from __future__ import annotations

import contextlib
import socket
import struct
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mock_dintero.adapters.certificate import self_signed
from mock_dintero.adapters.http_courier import HttpCourier
from mock_dintero.adapters.sql_store import open_store
from mock_dintero.app import create_app, seeded_uuids
from mock_dintero.config import Config
from mock_dintero.ports import Settings

STOPS_WITHIN = 2
"""Seconds that open connections get when the server stops."""


class _Uvicorn(uvicorn.Server):
    """Calls back once it listens, and before it waits for open connections."""

    def __init__(
        self,
        config: uvicorn.Config,
        when_ready: Callable[[], None],
        when_stopping: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._when_ready, self._when_stopping = when_ready, when_stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._when_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._when_stopping()
        await super().shutdown(sockets)


class _Protocol(HttpToolsProtocol):
    """Lets a fault drop the connection (http/faulty_api.py)."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        drop: dict[str, Any] = {"abort": self._reset, "close": self.transport.close}
        self.scope["extensions"] = {f"mock_dintero.{how}": act for how, act in drop.items()}

    def _reset(self) -> None:
        """With SO_LINGER at 0 the peer sees a reset, not an orderly end. It may have left by itself."""
        if self.transport.is_closing():
            return
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


class Server:
    """A sandbox on a port. `Server(Config(port=0))` takes a free one; use it in a `with` block."""

    def __init__(
        self, config: Config, *, sock: socket.socket | None = None, **app_options: Any
    ) -> None:
        """Bind the port, unless `sock` is bound already.

        Raises OSError if it is taken, sqlite3.Error or ValueError for a bad store, ValueError if there
        is no certificate to be had.
        """
        self._belongings = contextlib.ExitStack()
        self._socket = sock or _bind(config.host, config.port)
        self._belongings.callback(self._socket.close)
        host, self.port = self._socket.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else {"0.0.0.0": "127.0.0.1"}.get(host, host)  # noqa: S104
        self.url = config.public_url or f"{'https' if config.tls else 'http'}://{shown}:{self.port}"
        self._tls: dict[str, Path] = {}
        try:
            if config.tls:
                self._tls = _certificate(self._belongings)
            self.app = app_for(config, self.url, **app_options)
        except Exception:
            self._belongings.close()
            raise
        self.certificate = self._tls.get("ssl_certfile")
        self._end_streams = self.app.state.sandbox.feed.close
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._uvicorn: _Uvicorn | None = None

    def run(self, when_ready: Callable[[], None] = lambda: None) -> None:
        """Serve until a signal comes."""
        self._uvicorn = _Uvicorn(
            uvicorn.Config(
                self.app, http=_Protocol, access_log=False, log_level="warning", lifespan="on",
                timeout_graceful_shutdown=STOPS_WITHIN, server_header=False,
                ssl_certfile=self._tls.get("ssl_certfile"), ssl_keyfile=self._tls.get("ssl_keyfile"),
            ),
            when_ready,
            self._end_streams,
        )  # fmt: skip
        with self._belongings:
            self._uvicorn.run(sockets=[self._socket])

    def stop(self) -> None:
        """Ask it to stop; `run` comes back when it has."""
        if self._uvicorn:
            self._uvicorn.should_exit = True

    def __enter__(self) -> Self:
        """Serve from a thread, and come back when it is ready. Raises RuntimeError if it is not."""
        self._thread = threading.Thread(
            target=self.run, args=(self._ready.set,), name="mock-dintero", daemon=True
        )
        self._thread.start()
        while not self._ready.wait(0.05):
            if not self._thread.is_alive():
                raise RuntimeError("mock-dintero did not start; its log says why")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, and wait until it has."""
        self.stop()
        if self._thread:
            self._thread.join()


def app_for(config: Config, url: str, **app_options: Any) -> Starlette:
    """The app as a configuration wants it, at this URL; options of create_app() go before.

    Raises ValueError or sqlite3.Error for a bad store.
    """
    if config.seed is not None:
        app_options.setdefault("new_uuid", seeded_uuids(config.seed))
    app_options.setdefault("courier", HttpCourier(config.callback_rewrite))
    app_options.setdefault("store", open_store(config.store))
    settings = Settings(url, config.allow_production_ids, config.store, config.strict)
    return create_app(settings=settings, **app_options)


def _certificate(belongings: contextlib.ExitStack) -> dict[str, Path]:
    """What uvicorn wants to know of a certificate in a folder that goes away with the server."""
    folder = belongings.enter_context(tempfile.TemporaryDirectory(prefix="mock-dintero-"))
    certificate, key = self_signed(Path(folder))
    return {"ssl_certfile": certificate, "ssl_keyfile": key}


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound
