"""What a tester decides about payments."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core.outcome import Decision
from mock_dintero.core.record import Part
from mock_dintero.http.answers import show
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import read as read_body
from mock_dintero.use_cases import tester


class DecideBody(Part):
    """What becomes of a payment that is ON_HOLD."""

    outcome: Decision


async def decide(request: Request) -> Response:
    """`{"outcome": "approve"}` or `"reject"`; answers with the transaction."""
    body = await read_body(request, DecideBody)
    return show(tester.decide(sandbox_of(request), request.path_params["id"], body.outcome))
