"""The shop, once for each account: behind a port, or in the sandbox's own process."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn
from shop import Shop, make_app
from starlette.applications import Starlette

from mock_dintero.testing import MockDintero


@dataclass
class OpenShop:
    """The shop as a customer and a test see it."""

    shop: Shop
    http: httpx.Client

    def check_out(self) -> dict[str, Any]:
        return self.http.post("/checkout").raise_for_status().json()

    def order(self, reference: str = "order-1") -> dict[str, Any]:
        return self.http.get(f"/orders/{reference}").json()

    def do(self, verb: str, reference: str = "order-1") -> httpx.Response:
        return self.http.post(f"/orders/{reference}/{verb}")


class Street:
    """One server for all shops: each has a path of its own there."""

    def __init__(self) -> None:
        self.shops: list[Shop] = []
        self.app = Starlette(lifespan=self.open_hours)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    @asynccontextmanager
    async def open_hours(self, app: Starlette) -> AsyncIterator[None]:
        yield
        for shop in self.shops:
            await shop.http.aclose()

    def open(self, dintero: MockDintero) -> OpenShop:
        path = f"/{dintero.account_id}"
        shop = Shop(dintero.env, self.url + path)
        self.shops.append(shop)
        self.app.mount(path, make_app(shop))
        return OpenShop(shop, httpx.Client(base_url=shop.url, trust_env=False))


@pytest.fixture(scope="session")
def street() -> Iterator[Street]:
    """Behind a port; whoever connects early waits until it is up."""
    made = Street()
    server = uvicorn.Server(uvicorn.Config(made.app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [made.listener]})
    thread.start()
    yield made
    server.should_exit = True
    thread.join()
    made.listener.close()


def open_in_process(dintero: MockDintero) -> OpenShop:
    """No port: the sandbox and the test reach the shop's app itself."""
    url = "http://shop.test"
    shop = Shop(dintero.env, url, transport=dintero.async_transport)
    dintero.mount(url, make_app(shop))
    return OpenShop(shop, httpx.Client(base_url=url, transport=dintero.transport))


@pytest.fixture
def open_shop(
    request: pytest.FixtureRequest, mock_dintero_mode: str
) -> Iterator[Callable[[MockDintero], OpenShop]]:
    is_in_process = mock_dintero_mode == "asgi"
    opened = open_in_process if is_in_process else request.getfixturevalue("street").open
    with ExitStack() as customers:

        def open_it(dintero: MockDintero) -> OpenShop:
            made = opened(dintero)
            customers.enter_context(made.http)
            return made

        yield open_it


@pytest.fixture
def shop(mock_dintero: MockDintero, open_shop: Callable[[MockDintero], OpenShop]) -> OpenShop:
    return open_shop(mock_dintero)
