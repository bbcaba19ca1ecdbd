"""Faults on what the merchant calls, and the moment in which a held callback comes in between.

Pure ASGI around the router. A sandbox without faults pays one look at a dict.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any, Literal

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_dintero.core.fault import Facts, Fault, Provoked, ids_in
from mock_dintero.core.ids import ACCOUNT_ID
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction
from mock_dintero.http.bearer import account_of_token
from mock_dintero.http.context import FORGETFUL, PROVOKED
from mock_dintero.ports import Sandbox, Store
from mock_dintero.use_cases import carrying, faults, returns

BUYERS = re.compile(r"/v1/(view/|branding/|(.*/)?sessions/[^/]+/(pay$|redirect/))")
"""What the page and its wallet call, not the merchant."""


class FaultyApi:
    """Strikes before the call is handled (status, delay, reset) or bends its answer."""

    def __init__(self, app: ASGIApp, sandbox: Sandbox) -> None:
        self.app = app
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        sandbox = self._sandbox
        quiet = not (sandbox.faulty_accounts or sandbox.held_accounts)
        if quiet or scope["type"] != "http" or not _is_merchants(scope["path"]):
            await self.app(scope, receive, send)
            return
        account_id = _account(scope)
        if account_id in sandbox.held_accounts and scope["method"] == "GET":
            await _let_in_between(
                sandbox, f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
            )
        if "api" not in sandbox.faulty_accounts.get(account_id, ()):
            await self.app(scope, receive, send)
            return
        body = await _body(receive)
        fault = faults.strike(sandbox, account_id, "api", _facts(sandbox, scope, body))
        replayed = _replay(body, receive)
        if fault is None:
            await self.app(scope, replayed, send)
            return
        scope["mock_dintero.account"], scope["mock_dintero.fault"] = account_id, fault.do
        await self._strike(fault, scope, replayed, send)

    async def _strike(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        sandbox = self._sandbox
        if fault.do == "status":
            scope[PROVOKED] = Provoked(
                fault
            )  # raised where the caller is known, in the answer's own shape
            await self.app(scope, receive, send)
        elif fault.do == "reset_connection":
            await hang_up(scope, receive)
        elif fault.do == "delay":
            if await carrying.pause(sandbox, fault.account_id, fault.seconds):
                await self.app(scope, receive, send)
            else:  # the account was emptied: what comes late must not change what came after
                await hang_up(scope, receive)
        elif fault.do == "forget":
            scope[FORGETFUL] = forgetful(sandbox)
            await self.app(scope, receive, send)
        else:
            bent = _Bent(fault.do, send)
            await self.app(scope, receive, bent.send)
            if fault.do == "half_body":
                await hang_up(scope, receive, "close")


def _is_merchants(path: str) -> bool:
    return path.startswith(("/v1/", "/v2/")) and not BUYERS.match(path)


def _account(scope: Scope) -> str:
    """Whose call it is: by the path, else by the token; '' for a call without either."""
    named = ACCOUNT_ID.search(scope["path"])
    if named and "/accounts/" in scope["path"]:
        return named[0]
    headers = Headers(scope=scope)
    return account_of_token(headers) or (named[0] if named else "")


async def _let_in_between(sandbox: Sandbox, asked: str) -> None:
    """A call that names the payment or its session, in the path or the query."""
    for id in ids_in(asked):
        transaction = sandbox.store.load(Transaction, id)
        await returns.shop_asks(sandbox, transaction.session_id if transaction else id)


async def _body(receive: Receive) -> list[Message]:
    """The whole request, to look into; the app gets it afterwards."""
    messages = []
    while True:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request" or not message.get("more_body"):
            return messages


def _replay(messages: list[Message], receive: Receive) -> Receive:
    left = list(messages)

    async def again() -> Message:
        return left.pop(0) if left else await receive()

    return again


def _facts(sandbox: Sandbox, scope: Scope, messages: list[Message]) -> Facts:
    path, session_id, transaction_id, reference = scope["path"], "", "", ""
    for id in ids_in(path):
        if transaction := sandbox.store.load(Transaction, id):
            transaction_id, session_id = transaction.id, transaction.session_id
            reference = transaction.merchant_reference
        elif session := sandbox.store.load(Session, id):
            session_id, reference = session.id, session.order.merchant_reference
    return Facts(
        method=scope["method"], path=path, session_id=session_id, transaction_id=transaction_id,
        merchant_reference=reference or _reference(messages),
    )  # fmt: skip


def _reference(messages: list[Message]) -> str:
    """The order that a session is created for."""
    try:
        sent: Any = json.loads(b"".join(message.get("body", b"") for message in messages) or b"{}")
    except (ValueError, RecursionError):  # the app says what is wrong with it
        return ""
    sent = sent.get("session", sent) if isinstance(sent, dict) else None  # saved cards wrap it
    order = sent.get("order") if isinstance(sent, dict) else None
    reference = order.get("merchant_reference") if isinstance(order, dict) else None
    return reference if isinstance(reference, str) else ""


class ForgetfulStore:
    """Reads what there is and writes nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def save(self, *records: object) -> None:
        """Forget."""


def forgetful(sandbox: Sandbox) -> Sandbox:
    """A sandbox that answers as if it had done what it was asked."""
    store: Any = ForgetfulStore(sandbox.store)
    return replace(sandbox, store=store, ring=lambda callbacks: None, wake=lambda: None)


class HungUp(ConnectionResetError):
    """The sandbox has dropped the connection because a fault asked for it."""


async def hang_up(scope: Scope, receive: Receive, how: Literal["abort", "close"] = "abort") -> None:
    """Drop the connection: at once, or after what was written has left.

    Raises HungUp where there is none, as in an app that is called in its own process.
    """
    drop = scope.get("extensions", {}).get(f"mock_dintero.{how}")
    if drop is None:
        raise HungUp("the connection was dropped: a fault asked for it")
    drop()
    while (await receive())["type"] != "http.disconnect":
        pass


class _Bent:
    """Bends an answer: no JSON, or only half of it before the connection ends."""

    def __init__(self, do: str, send: Send) -> None:
        self._do, self._send = do, send
        self._start: Message | None = None
        self._chunks: list[bytes] = []

    async def send(self, message: Message) -> None:
        """Hold the answer back until it is whole, then send what is left of it."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._chunks.append(message.get("body", b""))
        if message.get("more_body"):
            return
        assert self._start is not None
        body = b"".join(self._chunks)
        half = body[: len(body) // 2]
        length = len(half) if self._do == "malformed" else len(body)
        headers = [
            (n, v) for n, v in self._start["headers"] if n not in (b"content-length", b"etag")
        ]
        self._start["headers"] = [*headers, (b"content-length", str(length).encode())]
        await self._send(self._start)
        is_half = self._do == "half_body"
        await self._send({"type": "http.response.body", "body": half, "more_body": is_half})
