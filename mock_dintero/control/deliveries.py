"""Every callback with every attempt."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.control.scope import accounts_of
from mock_dintero.http.answers import show, show_all
from mock_dintero.http.context import sandbox_of
from mock_dintero.use_cases import tester


async def list_all(request: Request) -> Response:
    """Oldest first; `?account=` and `?session_id=` narrow it."""
    sandbox, session_id = sandbox_of(request), request.query_params.get("session_id", "")
    return show_all(
        callback
        for account_id in accounts_of(request)
        for callback in tester.deliveries(sandbox, account_id, session_id)
    )


async def read_one(request: Request) -> Response:
    """One delivery."""
    return show(tester.delivery(sandbox_of(request), request.path_params["id"]))
