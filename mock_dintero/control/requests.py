"""The journal of what came in."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.http.answers import as_json
from mock_dintero.http.context import journal_of


async def list_all(request: Request) -> Response:
    """Oldest first; `?account=`, `?method=` and `?path=` (a part of it) narrow it."""
    journal = journal_of(request)
    params = request.query_params
    found = [
        exchange.shown()
        for exchange in journal.read(params.get("account", ""))
        if exchange.method == params.get("method", exchange.method).upper()
        and params.get("path", "") in exchange.path
    ]
    return as_json(found)


async def clear(request: Request) -> Response:
    """Forget; answers with how many."""
    journal = journal_of(request)
    return as_json({"deleted": journal.clear(request.query_params.get("account", ""))})
