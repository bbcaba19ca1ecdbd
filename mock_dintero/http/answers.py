"""Answers: records as JSON, errors in Dintero's one shape."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import Scope

from mock_dintero.core.errors import DinteroError, MethodNotAllowed, NotFound
from mock_dintero.core.record import Record
from mock_dintero.http.entity_tag import Tagged

log = logging.getLogger(__name__)
RETRY_AFTER = "1"
"""Seconds, on a 429. Dintero documents the header, not how long."""


def as_json(value: Any, status: int = 200) -> Response:
    """Any JSON value."""
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Tagged(content, status)


def as_text(json_text: str) -> Response:
    """JSON that is written already."""
    return Tagged(json_text)


def show(record: Record) -> Response:
    """A record as merchants see it."""
    return Tagged(_json(record))


def show_all(records: Iterable[Record]) -> Response:
    """A bare array of records."""
    return Tagged("[" + ",".join(_json(record) for record in records) + "]")


def _json(record: Record) -> str:
    return record.model_dump_json(exclude_unset=True, exclude=set(record.PRIVATE) or None)


async def dintero_error(request: Request, error: Exception) -> Response:
    """Every error of ours in Dintero's shape."""
    assert isinstance(error, DinteroError)
    response = as_json(error.body(), error.status)
    if error.status == 401:
        response.headers["www-authenticate"] = "Bearer"
    if error.status == 429:
        response.headers["retry-after"] = RETRY_AFTER
    return response


async def http_error(request: Request, error: Exception) -> Response:
    """Starlette's own errors (no such route, wrong method) in the same shape."""
    assert isinstance(error, HTTPException)
    path = f"{request.method} {request.url.path}"
    if error.status_code == 405:
        allowed = ", ".join(sorted(_methods(request.app.routes, _whole(request.scope))))
        response = as_json(MethodNotAllowed(f"{path}: this path takes {allowed}").body(), 405)
        response.headers["allow"] = allowed
        return response
    return as_json(NotFound(f"{path} is not an endpoint of Dintero or of this sandbox").body(), 404)


def _whole(scope: Scope) -> Scope:
    """The scope as it was before a mount took its part of the path."""
    return {**scope, "root_path": scope.get("app_root_path", "")}


def _methods(routes: Iterable[BaseRoute], scope: Scope) -> set[str]:
    """What this path takes; Starlette names the methods of the first route only."""
    found: set[str] = set()
    for route in routes:
        match, child = route.matches(scope)
        if match is Match.NONE:
            continue
        if isinstance(route, Mount):
            found |= _methods(route.routes or (), {**scope, **child})
        elif isinstance(route, Route):
            found |= route.methods or set()
    return found


async def hung_up(request: Request, error: Exception) -> Response:
    """The client went away in the middle of its request; nobody reads this."""
    return Response(status_code=400)


def our_mistake(method: str, path: str, error: Exception) -> Response:
    """A bug of the sandbox: say so, with the way to report it."""
    log.error("a bug in mock-dintero: %s %s", method, path, exc_info=error)
    body = {"error": {"code": "MOCK_DINTERO_BUG", "message": (
        f"this is a bug in mock-dintero, not in your code: {type(error).__name__}; "
        "the log has the traceback, please report it"
    )}}  # fmt: skip
    return as_json(body, 500)


EXCEPTION_HANDLERS: dict[Any, Any] = {
    DinteroError: dintero_error,
    HTTPException: http_error,
    ClientDisconnect: hung_up,
}
