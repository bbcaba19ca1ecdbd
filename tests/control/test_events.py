"""Server-sent events: what happens as it happens, over a real socket; nobody is held up by a reader."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sandbox import ACCOUNT, session_body

from mock_dintero.adapters.feed import MOST_UNHEARD
from mock_dintero.config import Config
from mock_dintero.server import Server
from mock_dintero.testing import MockDintero

EVENTS = "/_mock/api/v1/events"
OTHER = "T87654321"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Config(port=0)) as started:
        yield started


@pytest.fixture
def dintero(server: Server) -> Iterator[MockDintero]:
    made = MockDintero(server.url)
    yield made
    made.close()


class Reader:
    """Reads a stream event by event."""

    def __init__(self, url: str, query: str = "", **headers: str) -> None:
        self._client = httpx.Client(base_url=url, trust_env=False, timeout=20)
        self._context = self._client.stream("GET", f"{EVENTS}{query}", headers=headers)
        self.answer = self._context.__enter__()
        self._lines = self.answer.iter_lines()
        if self.answer.status_code == 200:
            assert next(self._lines).startswith(":")  # it listens from here on
            assert next(self._lines) == ""

    def next(self) -> dict[str, Any]:
        """Id, kind and data of the next event."""
        found: dict[str, Any] = {}
        for line in self._lines:
            if not line and found:
                return found
            name, _, value = line.partition(": ")
            if name:
                found[name] = json.loads(value) if name == "data" else value
        raise EOFError

    def close(self) -> None:
        self._context.__exit__(None, None, None)
        self._client.close()


def test_what_happens_is_told_with_its_account_and_a_number(
    server: Server, dintero: MockDintero
) -> None:
    reader = Reader(server.url)
    assert reader.answer.headers["content-type"].startswith("text/event-stream")
    dintero.create_session()
    first, *others = [reader.next() for _ in range(4)]
    assert (first["event"], first["data"]["account"]) == ("request", ACCOUNT)
    assert first["data"]["item"]["path"].endswith("/auth/token")
    assert [one["event"] for one in others] == ["session", "request", "request"]
    numbers = [int(one["id"]) for one in (first, *others)]
    assert numbers == sorted(set(numbers))
    reader.close()


def test_account_and_kinds_narrow_it(server: Server, dintero: MockDintero) -> None:
    other = MockDintero(server.url, OTHER)
    reader = Reader(server.url, f"?account={ACCOUNT}&kinds=session,clock")
    other.create_session()
    made = dintero.create_session()
    other.advance(5)
    dintero.advance(5)
    first, second = reader.next(), reader.next()
    assert (first["event"], first["data"]["item"]["id"]) == ("session", made["id"])
    assert (second["event"], second["data"]["account"]) == ("clock", ACCOUNT)
    assert "moved 5 s ahead" in second["data"]["item"]["detail"]
    reader.close()
    other.close()


def test_deliveries_faults_and_resets_are_told(server: Server, dintero: MockDintero) -> None:
    reader = Reader(server.url, "?kinds=delivery,transaction,fault,reset")
    fault = {"faults": [{"at": "api", "do": "status", "status": 429}]}
    dintero.http.put("/_mock/api/v1/faults", json=fault, params={"account": ACCOUNT})
    assert reader.next()["data"]["item"]["status"] == 429
    dintero.http.delete("/_mock/api/v1/faults")
    assert reader.next()["event"] == "fault"
    session = dintero.create_session(
        url={"return_url": "http://127.0.0.1:1/", "callback_url": "http://127.0.0.1:1/cb"}
    )
    dintero.buyer(session).pay()
    seen = [reader.next()["event"] for _ in range(3)]
    assert set(seen) == {"transaction", "delivery"}
    dintero.reset()
    while reader.next()["event"] != "reset":
        pass
    reader.close()


def test_a_late_comer_gets_what_it_has_missed(server: Server, dintero: MockDintero) -> None:
    reader = Reader(server.url, "?kinds=session")
    ids = [dintero.create_session()["id"] for _ in range(3)]
    last = reader.next()["id"]
    reader.close()
    ids.append(dintero.create_session()["id"])
    again = Reader(server.url, "?kinds=session", **{"last-event-id": last})
    assert [again.next()["data"]["item"]["id"] for _ in range(3)] == ids[1:]
    again.close()
    stranger = Reader(server.url, **{"last-event-id": "999999"})
    assert stranger.next()["event"] == "missed"
    stranger.close()


def test_no_secret_leaves_with_an_event(server: Server, dintero: MockDintero) -> None:
    reader = Reader(server.url)
    dintero.call("POST", "/v1/admin/signature")
    dintero.call("POST", "/v1/admin/api-keys", {"name": "a key"})
    secret = {"type": "HMAC-SHA1", "value": "hook-secret"}
    hook = {
        "config": {"url": "http://127.0.0.1:1/", "content_type": "application/json", "secret": secret},
        "events": ["checkout_transaction"],
    }  # fmt: skip
    dintero.http.post(
        f"/v1/accounts/{ACCOUNT}/hooks/subscriptions", json=hook,
        headers={"authorization": f"Bearer {dintero.token}"},
    )  # fmt: skip
    tokens = {"dintero_psp.creditcard": {"payment_token": "card-token"}}
    dintero.create_session(customer={"email": "kari@example.no", "tokens": tokens})
    dintero.advance(1)
    seen = []
    while not seen or seen[-1]["event"] != "clock":
        seen.append(reader.next())
    text = json.dumps(seen)
    for hidden in ("hook-secret", "card-token", dintero.token, "mock-client-secret", "eyJ"):
        assert hidden not in text
    assert {one["event"] for one in seen} <= {"request", "session", "delivery", "clock"}
    reader.close()


def test_a_reader_that_goes_is_forgotten(server: Server, dintero: MockDintero) -> None:
    feed = server.app.state.sandbox.feed
    reader = Reader(server.url)
    assert feed.listeners == 1
    reader.close()
    until = time.monotonic() + 10
    while feed.listeners and time.monotonic() < until:
        dintero.create_session()
    assert feed.listeners == 0


def test_a_reader_that_does_not_read_is_dropped_and_holds_up_nobody(server: Server) -> None:
    feed = server.app.state.sandbox.feed
    with socket.create_connection(("127.0.0.1", server.port)) as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.sendall(f"GET {EVENTS} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        assert idle.recv(1)
        dintero = MockDintero(server.url)
        long = {"order": {**session_body()["order"], "merchant_reference": "x" * 200_000}}
        until = time.monotonic() + 60
        while feed.listeners and time.monotonic() < until:
            for _ in range(MOST_UNHEARD // 20):
                dintero.create_session(**long)
        assert feed.listeners == 0
        dintero.close()


def test_a_stop_ends_streams_and_waits_at_once() -> None:
    with ThreadPoolExecutor() as threads, Server(Config(port=0)) as server:
        reader = Reader(server.url)
        body = {"for": "session", "timeout": 60}
        waiting = threads.submit(
            httpx.post, f"{server.url}/_mock/api/v1/wait", json=body, timeout=70, trust_env=False
        )
        feed = server.app.state.sandbox.feed
        until = time.monotonic() + 10
        while feed.listeners < 2 and time.monotonic() < until:
            pass
        start = time.monotonic()
        server.__exit__(None, None, None)
        assert time.monotonic() - start < 1.5
        with pytest.raises(EOFError):
            reader.next()
        assert waiting.result(10).status_code == 503
        reader.close()


@pytest.mark.parametrize(
    ("query", "headers"),
    [("?kinds=account", {}), ("?account=x", {}), ("", {"last-event-id": "abc"})],
)
def test_a_stream_of_what_cannot_be_is_refused(
    server: Server, query: str, headers: dict[str, str]
) -> None:
    reader = Reader(server.url, query, **headers)
    assert reader.answer.status_code == 400
    reader.close()
