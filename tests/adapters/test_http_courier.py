"""The courier against a real server that behaves well, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from mock_dintero.adapters.http_courier import HttpCourier
from mock_dintero.core.callback import Answer, Callback

Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"


def callback(url: str, body: str | None = None) -> Callback:
    return Callback(
        id="T12345678.x", at="payment_callback", session_id="T12345678.s", url=url, body=body,
        method="GET" if body is None else "POST", created_at="2026-10-06T09:14:03.112Z",
    )  # fmt: skip


def carry(
    reply: Reply | bytes, path: str = "/", body: str | None = None, timeout: float = 5
) -> tuple[Answer, list[bytes]]:
    """Carry once to a server on a free port; the answer, and every request that came in."""
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        requests.append(head + await reader.readexactly(length))
        try:
            if isinstance(reply, bytes):
                writer.write(reply)
                await writer.drain()
            else:
                await reply(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def run() -> Answer:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        courier = HttpCourier()
        try:
            headers = {"Dintero-Signature": "t=1,v0-hmac-sha256=ab", "event-delivery": "x"}
            if body is not None:
                headers["content-type"] = "application/json"
            sent = callback(f"http://127.0.0.1:{port}{path}", body)
            return await courier.carry(sent, headers, timeout)
        finally:
            await courier.close()
            server.close()
            await server.wait_closed()

    return asyncio.run(run()), requests


def test_a_get_is_sent_as_it_was_signed() -> None:
    path = "/a%20b/%7e/%2F?z=~*&a=%C3%B8+%2b&a=%20&empty=&flag&time=2026-10-06T09%3A14"
    answer, [request] = carry(OK, path)
    assert (answer.status, answer.body, answer.error) == (200, "ok", None)
    assert answer.latency > 0
    head = request.split(b"\r\n")
    assert head[0] == f"GET {path} HTTP/1.1".encode()
    lower = request.lower()
    assert b"dintero-signature: t=1,v0-hmac-sha256=ab\r\n" in lower
    assert b"event-delivery: x\r\n" in lower
    assert b"user-agent: mock-dintero/" in lower
    assert request.endswith(b"\r\n\r\n")


def test_letters_outside_ascii_travel_as_they_were_signed() -> None:
    _, [request] = carry(OK, "/\u00f8?a=\u00e5")
    assert request.startswith(b"GET /%C3%B8?a=%C3%A5 HTTP/1.1\r\n")


def test_a_get_that_is_not_answered_is_one_request() -> None:
    answer, requests = carry(b"")
    assert answer.error
    assert len(requests) == 1


def test_a_post_carries_the_bytes_of_its_body() -> None:
    answer, [request] = carry(OK, "/p", '{"name": "Åse \u2028"}')
    assert answer.status == 200
    assert request.startswith(b"POST /p HTTP/1.1\r\n")
    assert b"content-type: application/json\r\n" in request.lower()
    assert request.endswith('\r\n\r\n{"name": "Åse \u2028"}'.encode())


def test_redirects_are_not_followed() -> None:
    answer, requests = carry(
        b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
    assert (answer.status, len(requests)) == (302, 1)


@pytest.mark.parametrize("status", [201, 204, 400, 404, 500, 503])
def test_every_status_is_an_answer(status: int) -> None:
    line = f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    answer, _ = carry(line.encode())
    assert (answer.status, answer.error) == (status, None)


@pytest.mark.parametrize(
    "reply",
    [
        b"", b"garbage\r\n\r\n", b"\x16\x03\x01\x02\x00",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhalf", b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", b"HTTP/9.9 999 \r\n\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000 + b"\r\n\r\n",
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_told_in_words(reply: bytes) -> None:
    answer, requests = carry(reply)
    assert answer.error or answer.status == 999
    assert len(requests) == 1


def test_a_shop_that_does_not_answer_in_time_is_told_so() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    answer, _ = carry(silent, timeout=0.05)
    assert (answer.status, answer.error) == (None, "no answer within 0.05 seconds")


def test_a_shop_that_never_ends_its_answer_is_told_so() -> None:
    async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nx")
        await reader.read()

    answer, _ = carry(dripping, timeout=0.05)
    assert "no answer within" in (answer.error or "")


def test_an_answer_of_more_than_a_mebibyte_is_not_read() -> None:
    size = 1024 * 1024
    head = f"HTTP/1.1 200 OK\r\ncontent-length: {size}\r\nconnection: close\r\n\r\n".encode()
    answer, _ = carry(head + b"x" * size)
    assert (answer.error, len(answer.body)) == (None, size)
    endless = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + b"x" * (size + 1)
    answer, _ = carry(endless)
    assert answer.error == "the answer is longer than 1 MiB"
    assert answer.body == ""


def test_bytes_that_are_no_text_are_still_an_answer() -> None:
    reply = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n\xff\xfe"
    answer, _ = carry(reply)
    assert (answer.status, answer.body) == (200, "\ufffd\ufffd")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/", "http://nowhere.invalid/", "https://127.0.0.1:1/", "http://[::1]:1/",
        "http:///x", "http://127.0.0.1:99999/", "http://127.0.0.1:x/", "http://[", "http://\u2100.example/",
        "http://a..b/", "http://" + "a" * 300 + ".example/", "http://\u00e6.invalid/",
    ],
)  # fmt: skip
def test_a_shop_that_cannot_be_reached_is_told_in_words(url: str) -> None:
    async def run() -> Answer:
        courier = HttpCourier()
        try:
            return await courier.carry(callback(url), {}, 5)
        finally:
            await courier.close()

    answer = asyncio.run(run())
    assert answer.status is None
    assert answer.error


def test_one_slow_shop_does_not_hold_up_another() -> None:
    async def run() -> list[Answer]:
        gate = asyncio.Event()

        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            await gate.wait()
            writer.write(OK)
            await writer.drain()
            writer.close()

        async def quick(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK)
            await writer.drain()
            writer.close()

        servers = [await asyncio.start_server(s, "127.0.0.1", 0) for s in (slow, quick)]
        urls = [f"http://127.0.0.1:{s.sockets[0].getsockname()[1]}/" for s in servers]
        courier = HttpCourier()
        waiting = [
            asyncio.create_task(courier.carry(callback(urls[0]), {}, 10)) for _ in range(100)
        ]
        answers = [await courier.carry(callback(urls[1]), {}, 10)]
        gate.set()
        answers += await asyncio.gather(*waiting)
        await courier.close()
        for server in servers:
            server.close()
            await server.wait_closed()
        return answers

    assert {answer.status for answer in asyncio.run(run())} == {200}


def browse(reply: bytes, form: dict[str, str] | None) -> tuple[Answer, bytes]:
    """Press a button of a server on a free port."""
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n") + await reader.read(9))
        writer.write(reply)
        await writer.drain()
        writer.close()

    async def run() -> Answer:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/checkout"
        courier = HttpCourier()
        try:
            return await courier.call("POST", url, 5, form)
        finally:
            await courier.close()
            server.close()
            await server.wait_closed()

    return asyncio.run(run()), requests[0]


def test_a_button_is_pressed_with_a_form_and_its_redirect_is_not_followed() -> None:
    there = b"HTTP/1.1 303 See Other\r\nlocation: /there\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    answer, request = browse(there, {"sweater": "1"})
    assert answer.status == 303
    assert {name.lower(): value for name, value in (answer.headers or {}).items()}[
        "location"
    ] == "/there"
    assert b"content-type: application/x-www-form-urlencoded" in request.lower()
    assert b"accept: application/json" in request.lower()
    assert request.endswith(b"sweater=1")


def test_a_button_of_a_shop_that_is_not_there_is_told_in_words() -> None:
    async def run() -> Answer:
        courier = HttpCourier()
        answer = await courier.call("POST", "http://127.0.0.1:1/checkout", 5, {})
        await courier.close()
        return answer

    answer = asyncio.run(run())
    assert answer.status is None
    assert answer.error and "Connect" in answer.error
