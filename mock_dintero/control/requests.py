"""The journal of what came in and what went out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.control.scope import accounts_of
from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.timestamps import moment, stamp
from mock_dintero.http.answers import as_json
from mock_dintero.http.context import journal_of, sandbox_of
from mock_dintero.http.exchanges import Wanted, entries
from mock_dintero.http.reading import whole_number

DIRECTIONS = ("inbound", "outbound")


async def list_all(request: Request) -> Response:
    """Oldest first, what came in and every attempt of a callback.

    `?account=`, `?direction=`, `?method=`, `?path=` (a part of it), `?session_id=`, `?status=` and
    `?since=` (real time) narrow it.
    """
    found = entries(
        sandbox_of(request),
        journal_of(request),
        accounts_of(request),
        request.query_params.get("account", ""),
        _wanted(request),
    )
    return as_json(found)


def _wanted(request: Request) -> Wanted:
    params = request.query_params
    direction, method, since = (
        params.get(name) or None for name in ("direction", "method", "since")
    )
    if direction not in (None, *DIRECTIONS):
        raise InvalidRequest(f"direction: {direction!r} is neither {' nor '.join(DIRECTIONS)}")
    return Wanted(
        direction=direction,
        method=method.upper() if method else None,
        path=params.get("path"),
        session_id=params.get("session_id") or None,
        status=whole_number(request, "status"),
        since=_stamp(since) if since else None,
    )


def _stamp(text: str) -> str:
    try:
        return stamp(moment(text))
    except (ValueError, OverflowError):
        raise InvalidRequest(f"since: {text!r} is not an ISO 8601 date-time") from None


async def clear(request: Request) -> Response:
    """Forget what came in; answers with how many. What went out belongs to the deliveries and stays."""
    journal = journal_of(request)
    return as_json({"deleted": journal.clear(request.query_params.get("account", ""))})
