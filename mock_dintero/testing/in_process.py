"""The sandbox in this process without a socket, and the apps that it and a test can reach."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self

from mock_dintero.adapters.asgi import AsgiApp, AsgiHost, LoopThread, origin_of
from mock_dintero.adapters.asgi_courier import AsgiCourier, Hosts
from mock_dintero.adapters.http_courier import HttpCourier
from mock_dintero.config import Config
from mock_dintero.server import app_for
from mock_dintero.testing.transports import AsyncTransport, Transport

URL = "http://mock-dintero.test"


class InProcess:
    """The sandbox's app in a loop of its own; use it in a `with` block. Its URL leads nowhere else."""

    def __init__(self, config: Config | None = None, **app_options: Any) -> None:
        config = config or Config()
        self.url = config.public_url or URL
        self._hosts: Hosts = {}
        courier = AsgiCourier(self._hosts, HttpCourier(config.callback_rewrite))
        self._app = app_for(config, self.url, courier=courier, **app_options)
        self._thread = LoopThread()

    def __enter__(self) -> Self:
        """Start, lifespan included, so that callbacks are carried."""
        self._loop = self._thread.start()
        self._sandbox = AsgiHost(self._app, self._loop)
        self._thread.run(self._sandbox.start())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, and wait until it has."""
        for account_id in {account_id for account_id, _ in self._hosts}:
            self.unmount(account_id)
        self._thread.run(self._sandbox.stop())
        self._thread.stop()

    def host(self, account_id: str, url: str) -> AsgiHost | None:
        """Who answers for this URL in the eyes of an account; None is the network."""
        origin = origin_of(url)
        if origin == origin_of(self.url):
            return self._sandbox
        return self._hosts.get((account_id, origin))

    def transport(self, account_id: str) -> Transport:
        """What a sync httpx client sees of the world."""
        return Transport(lambda url: self.host(account_id, url))

    def async_transport(self, account_id: str) -> AsyncTransport:
        """What an async httpx client sees of the world."""
        return AsyncTransport(lambda url: self.host(account_id, url))

    def mount(
        self,
        account_id: str,
        origin: str,
        app: AsgiApp,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Put an app at an origin, for one account. With a `loop` of its own its lifespan is not ours.

        Raises ValueError for more or less than an origin, and for the sandbox's own.
        """
        if origin_of(origin) != origin.rstrip("/") or self.host(account_id, origin):
            raise ValueError(f"{origin!r} is taken, or more than scheme and host")
        host = AsgiHost(app, loop or self._loop)
        if loop is None:
            self._thread.run(host.start())
        self._hosts[account_id, origin_of(origin)] = host

    def unmount(self, account_id: str) -> None:
        """Take an account's apps away."""
        for key in [key for key in self._hosts if key[0] == account_id]:
            host = self._hosts.pop(key)
            if host.loop is self._loop:
                self._thread.run(host.stop())
