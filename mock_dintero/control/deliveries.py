"""Every callback with every attempt."""

from __future__ import annotations

from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.control.body import ScopedBody
from mock_dintero.control.scope import accounts_of
from mock_dintero.core.callback import told
from mock_dintero.http.answers import as_json
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import read
from mock_dintero.use_cases import outbox, tester


async def list_all(request: Request) -> Response:
    """Oldest first; `?account=`, `?session_id=`, `?state=` and `?at=` narrow it."""
    sandbox, params = sandbox_of(request), request.query_params
    return as_json([
        told(callback)
        for account_id in accounts_of(request)
        for callback in tester.deliveries(sandbox, account_id, params.get("session_id", ""))
        if callback.state == params.get("state", callback.state)
        and callback.at == params.get("at", callback.at)
    ])  # fmt: skip


async def read_one(request: Request) -> Response:
    """One delivery."""
    return as_json(told(tester.delivery(sandbox_of(request), request.path_params["id"])))


class ReplayBody(ScopedBody):
    """With which signature: a new one, or the one that was sent (which gets older)."""

    signature: Literal["fresh", "original"] = "fresh"


async def replay(request: Request) -> Response:
    """Send it once more; answers with the delivery when the merchant has answered."""
    body = await read(request, ReplayBody, may_be_empty=True)
    sandbox, id = sandbox_of(request), request.path_params["id"]
    return as_json(told(await outbox.replay(sandbox, id, body.signature)))
