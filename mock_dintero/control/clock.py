"""Time, one clock for each account."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.control.body import ScopedBody
from mock_dintero.control.scope import accounts_of
from mock_dintero.core.clock import Time
from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.record import Flag, Number
from mock_dintero.core.session import Expiry
from mock_dintero.core.timestamps import moment, stamp
from mock_dintero.http.answers import as_json
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import read as read_body
from mock_dintero.use_cases import clock


class AdvanceBody(ScopedBody):
    """By how much, or to when. Everything that falls due runs before the answer comes."""

    seconds: Annotated[Number, Field(ge=0, le=clock.LONGEST_STEP)] | None = None
    to: Expiry | None = None


class ClockBody(ScopedBody):
    """Another time, and whether it passes by itself."""

    now: Expiry | None = None
    running: Flag | None = None


async def read(request: Request) -> Response:
    """What time it is, for each account, and whether it passes."""
    sandbox = sandbox_of(request)
    return as_json({id: _shown(clock.time_of(sandbox, id), request) for id in accounts_of(request)})


def _shown(time: Time, request: Request) -> dict[str, object]:
    return {
        "now": stamp(sandbox_of(request).clock.now(time.id)),
        "running": time.stopped_at is None,
        "offset": round(time.offset, 3),
    }


async def change(request: Request) -> Response:
    """`{"running": false}` stops it, `{"now": ...}` sets it; answers like reading."""
    body = await read_body(request, ClockBody)
    sandbox = sandbox_of(request)
    now = moment(body.now) if body.now else None
    kept = {
        id: clock.set_clock(sandbox, id, now, body.running) for id in accounts_of(request, body)
    }
    return as_json({id: _shown(time, request) for id, time in kept.items()})


async def advance(request: Request) -> Response:
    """`{"seconds": 600}` or `{"to": ...}`; answers with the new time and how many callbacks ran."""
    body = await read_body(request, AdvanceBody)
    if (body.seconds is None) == (body.to is None):
        raise InvalidRequest("send seconds or to: by how much, or until when")
    sandbox, shown = sandbox_of(request), {}
    to = moment(body.to) if body.to else None
    steps = {
        id: clock.require_ahead(sandbox, id, to) if to else timedelta(seconds=body.seconds or 0)
        for id in accounts_of(request, body)
    }
    for id, by in steps.items():
        ran = await clock.advance(sandbox, id, by)
        shown[id] = {"now": stamp(sandbox.clock.now(id)), "callbacks": ran}
    return as_json(shown)
