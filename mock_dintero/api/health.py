"""Whether the sandbox is alive and ready; no token needed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero import __version__
from mock_dintero.http.answers import as_json
from mock_dintero.http.context import sandbox_of


async def ready(request: Request) -> Response:
    """200 when the store answers."""
    sandbox_of(request).store.ping()
    return as_json({"status": "ok", "version": __version__})
