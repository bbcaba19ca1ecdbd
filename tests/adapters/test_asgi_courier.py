"""The courier to apps of this process; it answers as the one over HTTP does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from mock_dintero.adapters.asgi import AsgiHost
from mock_dintero.adapters.asgi_courier import AsgiCourier
from mock_dintero.core.callback import Answer, Callback

ACCOUNT = "T12345678"


class Others:
    """Stands for the courier over HTTP; notes how it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    async def carry(
        self, callback: Callback, headers: Mapping[str, str], timeout: float, pace: float = 0.0
    ) -> Answer:
        self.asked.append((callback.url, pace))
        return Answer(status=204)

    async def visit(self, url: str, timeout: float) -> Answer:
        self.asked.append((url,))
        return Answer(status=204)

    def prepare(self) -> None:
        """Nothing to do beforehand."""

    async def close(self) -> None:
        """Nothing to let go of."""


async def echo(request: Request) -> Response:
    pieces = [piece async for piece in request.stream() if piece]
    told = {"header": request.headers.get("x-one"), "host": request.headers["host"]}
    return PlainTextResponse(f"{told} {b''.join(pieces).decode()} in {len(pieces)}")


async def never(request: Request) -> Response:
    await asyncio.Event().wait()
    raise AssertionError


async def long(request: Request) -> Response:
    return PlainTextResponse("x" * (1024 * 1024 + 1))


async def moved(request: Request) -> Response:
    return RedirectResponse("http://elsewhere.test/" if "away" in request.url.query else "/")


SHOP = Starlette(
    routes=[
        Route("/", echo, methods=["GET", "POST"]),
        Route("/never", never, methods=["POST"]),
        Route("/long", long, methods=["POST"]),
        Route("/moved", moved),
        Route("/round", lambda request: RedirectResponse("/round")),
    ]
)


def callback(url: str, account_id: str = ACCOUNT, body: str | None = "{}") -> Callback:
    return Callback(
        id=f"{account_id}.1", at="payment_callback", session_id="s", method="POST", url=url,
        body=body, created_at="2026-10-06T09:14:03.112Z",
    )  # fmt: skip


def with_courier(work: Callable[[Any], Awaitable[Any]]) -> tuple[Any, list[tuple[Any, ...]]]:
    async def test() -> Any:
        host, others = AsgiHost(SHOP, asyncio.get_running_loop()), Others()
        answer = await work(AsgiCourier({(ACCOUNT, "http://shop.test"): host}, others))
        await host.stop()
        return answer, others.asked

    found: tuple[Any, list[tuple[Any, ...]]] = asyncio.run(test())
    return found


def carried(url: str, timeout: float = 5, **how: Any) -> Answer:
    one = callback(url, body="0123456789" * 3)
    answer, asked = with_courier(lambda c: c.carry(one, {"x-one": "1"}, timeout, **how))
    assert asked == []
    assert isinstance(answer, Answer)
    return answer


def test_a_mounted_app_is_asked_and_its_answer_is_told() -> None:
    answer = carried("http://shop.test/")
    assert answer.status == 200
    assert answer.body == ("{'header': '1', 'host': 'shop.test'} " + "0123456789" * 3 + " in 1")
    assert answer.sent_at
    assert answer.latency > 0


def test_a_slow_body_comes_in_pieces() -> None:
    assert carried("http://shop.test/", pace=0.01).body.endswith(" in 8")


def test_an_app_that_does_not_answer_in_time() -> None:
    answer = carried("http://shop.test/never", timeout=0.02)
    assert (answer.status, answer.error) == (None, "no answer within 0.02 seconds")


def test_an_answer_that_is_too_long() -> None:
    assert carried("http://shop.test/long").error == "the answer is longer than 1 MiB"


def test_everybody_else_is_asked_over_http() -> None:
    for url, account_id in (
        ("http://other.test/", ACCOUNT),
        ("https://shop.test/", ACCOUNT),
        ("http://shop.test:8080/", ACCOUNT),
        ("http://shop.test/", "T99999999"),
        ("no address", ACCOUNT),
    ):
        one = callback(url, account_id)
        answer, asked = with_courier(lambda c, one=one: c.carry(one, {}, 5, 0.5))
        assert answer.status == 204
        assert asked == [(url, 0.5)]


def test_a_buyers_visit_follows_redirects_also_away() -> None:
    answer, _ = with_courier(lambda c: c.visit("http://shop.test/moved", 5))
    assert answer.status == 200
    _, asked = with_courier(lambda c: c.visit("http://shop.test/moved?away", 5))
    assert asked == [("http://elsewhere.test/",)]
    answer, _ = with_courier(lambda c: c.visit("http://shop.test/round", 5))
    assert answer.error == "more than 10 redirects"
