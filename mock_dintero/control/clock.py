"""Time, one clock for each account."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.control.scope import accounts_of
from mock_dintero.core.record import Number, Part
from mock_dintero.core.timestamps import stamp
from mock_dintero.http.answers import as_json
from mock_dintero.http.context import journal_of, sandbox_of
from mock_dintero.http.reading import read as read_body
from mock_dintero.use_cases import tester


class AdvanceBody(Part):
    """By how much. Everything that falls due runs before the answer comes."""

    seconds: Number


async def read(request: Request) -> Response:
    """What time it is, for each account."""
    clock = sandbox_of(request).clock
    return as_json({id: stamp(clock.now(id)) for id in accounts_of(request)})


async def advance(request: Request) -> Response:
    """`{"seconds": 600}`; answers with the new time and how many callbacks ran."""
    body = await read_body(request, AdvanceBody)
    sandbox = sandbox_of(request)
    ran = {}
    for id in accounts_of(request):
        ran[id] = await tester.advance_clock(sandbox, id, body.seconds)
        moved = f"moved {body.seconds:g} s ahead to {stamp(sandbox.clock.now(id))}"
        journal_of(request).note_happening(id, "clock", f"{moved}; callbacks carried: {ran[id]}")
    return as_json({
        id: {"now": stamp(sandbox.clock.now(id)), "callbacks": number} for id, number in ran.items()
    })  # fmt: skip
