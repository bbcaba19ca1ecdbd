"""The sandbox in this process: the same answers and the same troubles as over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from mock_dintero.testing import MockDintero
from mock_dintero.testing.in_process import InProcess

SHOP = "http://shop.test"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[InProcess]:
    with InProcess() as started:
        yield started


@pytest.fixture
def dintero(sandbox: InProcess) -> Iterator[MockDintero]:
    with MockDintero(sandbox.url, "T11112222", in_process=sandbox) as made:
        yield made
        made.reset()


def in_a_loop(work: Coroutine[Any, Any, None]) -> None:
    """Where no loop runs: in this thread Playwright's may, when browser tests came before."""
    with ThreadPoolExecutor() as elsewhere:
        elsewhere.submit(asyncio.run, work).result()


class Shop:
    """An ASGI app with a callback that reads the transaction, in whatever loop it lives."""

    def __init__(self, dintero: MockDintero) -> None:
        self.dintero = dintero
        self.statuses: list[str] = []
        self.loops: set[object] = set()
        self.app = Starlette(
            routes=[
                Route("/callback", self.callback, methods=["POST"]),
                Route("/raise", self.fail, methods=["GET", "POST"]),
                Route("/slow", self.wait, methods=["GET", "POST"]),
                Route("/away", self.move),
                Route("/echo/{rest:path}", self.echo, methods=["GET", "POST", "HEAD"]),
            ]
        )

    async def callback(self, request: Request) -> Response:
        self.loops.add(asyncio.get_running_loop())
        async with httpx.AsyncClient(transport=self.dintero.async_transport) as http:
            answer = await http.get(
                f"{self.dintero.url}/v1/transactions/{request.query_params['transaction_id']}",
                headers={"authorization": f"Bearer {request.query_params['token']}"},
            )
        self.statuses.append(answer.json()["status"])
        return PlainTextResponse("ok")

    async def fail(self, request: Request) -> Response:
        raise ValueError("a bug in the shop")

    async def wait(self, request: Request) -> Response:
        await asyncio.Event().wait()
        raise AssertionError

    async def move(self, request: Request) -> Response:
        return RedirectResponse("/echo/here", 302)

    async def echo(self, request: Request) -> Response:
        return JSONResponse({
            "path": request.url.path, "raw_path": request.scope["raw_path"].decode(),
            "query": request.url.query, "method": request.method,
            "headers": dict(request.headers), "body": (await request.body()).decode(),
        })  # fmt: skip


def bought(dintero: MockDintero, path: str = "/callback?method=POST") -> dict[str, Any]:
    url = {"return_url": f"{SHOP}/r", "callback_url": f"{SHOP}{path}&token={dintero.token}"}
    session = dintero.create_session(url=url)
    dintero.buyer(session).pay()
    dintero.clock.advance(0)
    [delivery] = dintero.deliveries_of(session)
    return delivery


def test_a_shop_in_the_sandboxs_loop_is_called_back_and_calls(dintero: MockDintero) -> None:
    shop = Shop(dintero)
    dintero.mount(SHOP, shop.app)
    assert bought(dintero)["state"] == "delivered"
    assert shop.statuses == ["AUTHORIZED"]


def test_a_shop_in_a_loop_of_its_own_is_called_back_there(dintero: MockDintero) -> None:
    async def test() -> None:
        shop, here = Shop(dintero), asyncio.get_running_loop()
        dintero.mount(SHOP, shop.app, loop=here)
        delivery = await asyncio.to_thread(bought, dintero)
        assert delivery["state"] == "delivered"
        assert shop.loops == {here}

    in_a_loop(test())


def test_a_shop_that_raises_has_answered_500(dintero: MockDintero) -> None:
    dintero.mount(SHOP, Shop(dintero).app)
    delivery = bought(dintero, "/raise?method=POST")
    assert delivery["attempts"][0]["status"] == 500
    assert delivery["attempts"][0]["response"] == "Internal Server Error"
    assert delivery["state"] == "waiting"


def test_a_request_arrives_as_it_was_sent(dintero: MockDintero) -> None:
    dintero.mount(SHOP, Shop(dintero).app)
    with httpx.Client(transport=dintero.transport, base_url=SHOP) as http:
        told = http.post("/echo/a%20b?c=%C3%A6&c=2", content=b"body", headers={"x-one": "1"}).json()
        assert (told["path"], told["raw_path"]) == ("/echo/a b", "/echo/a%20b")
        assert told["query"] == "c=%C3%A6&c=2"
        assert (told["method"], told["body"], told["headers"]["x-one"]) == ("POST", "body", "1")
        assert http.head("/echo/").content == b""


def test_patience_ends_as_over_http(dintero: MockDintero) -> None:
    dintero.mount(SHOP, Shop(dintero).app)
    patience = httpx.Timeout(5, read=0.05)
    with httpx.Client(transport=dintero.transport) as http, pytest.raises(httpx.ReadTimeout):
        http.get(f"{SHOP}/slow", timeout=patience)

    async def ask() -> None:
        async with httpx.AsyncClient(transport=dintero.async_transport) as http:
            await http.get(f"{SHOP}/slow", timeout=patience)

    with pytest.raises(httpx.ReadTimeout):
        in_a_loop(ask())


def test_an_answer_that_breaks_off_is_a_connection_that_breaks(dintero: MockDintero) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-length", b"10")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"12345", "more_body": True})

    dintero.mount(SHOP, app)
    with (
        httpx.Client(transport=dintero.transport) as http,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        http.get(SHOP)


@pytest.mark.parametrize(
    ("do", "trouble"),
    [("reset_connection", httpx.ReadError), ("half_body", httpx.RemoteProtocolError)],
)
def test_faults_of_the_api_break_connections(
    dintero: MockDintero, do: str, trouble: type[Exception]
) -> None:
    assert dintero.token
    dintero.faults.add("api", do, match={"path": "/v1/sessions"})
    with pytest.raises(trouble):
        dintero.call("GET", "/v1/sessions")
    assert dintero.call("GET", "/v1/sessions") == []


@pytest.mark.parametrize(("race", "seen"), [
    ("return_first", ["GET /r", "POST /callback"]), ("callback_first", ["POST /callback", "GET /r"])
])  # fmt: skip
def test_a_race_is_run_as_it_was_asked_for(
    dintero: MockDintero, race: str, seen: list[str]
) -> None:
    came: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        came.append(f"{scope['method']} {scope['path']}")
        await PlainTextResponse("ok")(scope, receive, send)

    async def shop(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await app(scope, receive, send)

    dintero.mount(SHOP, shop)
    dintero.faults.add("race", race)
    url = {"return_url": f"{SHOP}/r", "callback_url": f"{SHOP}/callback?method=POST"}
    told = dintero.buyer(dintero.create_session(url=url)).buy(return_to_shop=True)
    dintero.clock.advance(0)
    assert came == seen
    assert told["return"]["status"] == 200


def test_the_clock_stands_still_when_frozen_and_snapshots_bring_it_back(
    dintero: MockDintero,
) -> None:
    dintero.clock.freeze()
    start = dintero.clock.now
    assert dintero.clock.now == start
    session = dintero.create_session()
    dintero.snapshots.save("before")
    dintero.buyer(session).pay()
    dintero.clock.advance(days=1)
    assert dintero.clock.now == start + timedelta(days=1)
    dintero.snapshots.restore("before")
    assert dintero.clock.now == start
    assert "transaction_id" not in dintero.session(session["id"])


def test_a_callback_is_carried_again(dintero: MockDintero) -> None:
    shop = Shop(dintero)
    dintero.mount(SHOP, shop.app)
    again = dintero.replay(bought(dintero))
    assert [attempt["status"] for attempt in again["attempts"]] == [200, 200]
    assert len(shop.statuses) == 2


def test_everybody_else_is_reached_over_the_network(dintero: MockDintero) -> None:
    with httpx.Client(transport=dintero.transport) as http, pytest.raises(httpx.ConnectError):
        http.get("http://127.0.0.1:1/")
    assert bought(dintero)["attempts"][0]["error"]


def test_accounts_have_an_internet_each(sandbox: InProcess, dintero: MockDintero) -> None:
    with MockDintero(sandbox.url, "T33334444", in_process=sandbox) as other:
        shops = [Shop(dintero), Shop(other)]
        for shop in shops:
            shop.dintero.mount(SHOP, shop.app)
        bought(other)
        assert [shop.statuses for shop in shops] == [[], ["AUTHORIZED"]]
        other.reset()


def test_an_origin_is_taken_once_and_is_no_path(dintero: MockDintero) -> None:
    dintero.mount(SHOP, Shop(dintero).app)
    for origin in (SHOP, f"{SHOP}/shop", dintero.url):
        with pytest.raises(ValueError, match="is taken, or more than scheme and host"):
            dintero.mount(origin, Shop(dintero).app)
    dintero._in_process.unmount(dintero.account_id)  # type: ignore[union-attr]
    dintero.mount(SHOP, Shop(dintero).app)


def test_a_shops_lifespan_is_kept(dintero: MockDintero) -> None:
    lived: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "lifespan"
        for moment in ("startup", "shutdown"):
            assert (await receive())["type"] == f"lifespan.{moment}"
            lived.append(moment)
            await send({"type": f"lifespan.{moment}.complete"})

    dintero.mount(SHOP, app)
    assert lived == ["startup"]
    dintero._in_process.unmount(dintero.account_id)  # type: ignore[union-attr]
    assert lived == ["startup", "shutdown"]


def test_a_shop_that_cannot_start_says_so(dintero: MockDintero) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(RuntimeError, match="no database"):
        dintero.mount(SHOP, app)


def test_a_sync_client_in_the_apps_own_loop_is_told_why_not(dintero: MockDintero) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            with httpx.Client(transport=dintero.transport) as http:
                http.get(dintero.url)

    dintero.mount(SHOP, app)
    with httpx.Client(transport=dintero.transport) as http:
        assert http.get(SHOP).status_code == 500  # a RuntimeError in the app, not a deadlock


def test_a_token_that_the_clock_has_outlived_is_renewed(dintero: MockDintero) -> None:
    dintero.create_session()
    dintero.clock.advance(days=1)
    assert len(dintero.call("GET", "/v1/sessions")) == 1
