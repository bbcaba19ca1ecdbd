"""A sandbox behind a socket, with a stand-in for what a test wants to answer by itself, and the verbs."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from click.testing import CliRunner, Result
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_dintero.cli import main
from mock_dintero.config import Config
from mock_dintero.server import Server
from mock_dintero.testing import MockDintero

BASE = "/_mock/api/v1/"


@dataclass
class Call:
    """What a verb has asked."""

    method: str
    path: str
    query: str
    body: Any


@dataclass
class StandIn:
    """In front of the sandbox: answers the calls of the tester's API that a test has an answer for."""

    app: ASGIApp | None = None
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def answer(self, call: str, body: Any, status: int = 200) -> None:
        """`call` is like `POST wait`."""
        self.answers[call] = status, body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app
        path = scope.get("path", "").removeprefix(BASE)
        known = self.answers.get(f"{scope.get('method')} {path}")
        if known is None:
            await self.app(scope, receive, send)
            return
        asked, more = b"", True
        while more:
            message = await receive()
            asked, more = asked + message.get("body", b""), message.get("more_body", False)
        query = scope["query_string"].decode()
        self.calls.append(Call(scope["method"], path, query, json.loads(asked) if asked else None))
        status, body = known
        said = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        headers = [(b"x-mock-dintero", b"0"), (b"content-length", str(len(said)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": said})


@dataclass
class Shell:
    """Runs verbs against one sandbox and one account."""

    url: str
    account: str
    stand_in: StandIn

    def __call__(
        self, *words: str, env: dict[str, str] | None = None, color: bool = False
    ) -> Result:
        around = {"MOCK_DINTERO_URL": self.url, "DINTERO_ACCOUNT_ID": self.account, "NO_COLOR": ""}
        return CliRunner().invoke(main, words, env={**around, **(env or {})}, color=color)

    def json(self, *words: str) -> Any:
        result = self(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    @property
    def last(self) -> Call:
        return self.stand_in.calls[-1]


@pytest.fixture(scope="session")
def _server() -> Iterator[tuple[Server, StandIn]]:
    server = Server(Config(port=0))
    stand_in = StandIn(server.app)
    server.app = stand_in  # type: ignore[assignment]
    with server:
        yield server, stand_in


@pytest.fixture
def shell(_server: tuple[Server, StandIn]) -> Iterator[Shell]:
    """An account of its own for every test."""
    server, stand_in = _server
    yield Shell(server.url, f"T{secrets.randbelow(90_000_000) + 10_000_000}", stand_in)
    stand_in.answers.clear()
    stand_in.calls.clear()


@pytest.fixture
def dintero(shell: Shell) -> Iterator[MockDintero]:
    """The shop's hand in the account of the shell."""
    made = MockDintero(shell.url, shell.account)
    yield made
    made.close()


@pytest.fixture
def paid(dintero: MockDintero) -> Callable[[str], str]:
    """Buys something; nobody listens for the callback. Answers with the session's id."""

    def pay(reference: str = "order-1") -> str:
        order = {
            "amount": 29900, "currency": "NOK", "merchant_reference": reference,
            "items": [{"id": "1", "line_id": "1", "description": "Mug", "quantity": 1,
                       "amount": 29900, "vat_amount": 5980, "vat": 25}],
        }  # fmt: skip
        addresses = {
            "return_url": "http://127.0.0.1:1/return",
            "callback_url": "http://127.0.0.1:1/callback",
        }
        session = dintero.create_session(order=order, url=addresses)
        dintero.buyer(session).pay()
        dintero.advance(0)
        return str(session["id"])

    return pay
