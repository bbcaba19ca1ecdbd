"""Payments, as the tester sees them, and what a tester decides about them."""

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


async def read_one(request: Request) -> Response:
    """One transaction, of whichever account; no merchant's call in the journal comes of it."""
    return show(tester.transaction(sandbox_of(request), request.path_params["id"]))


async def decide(request: Request) -> Response:
    """`{"outcome": "approve"}` or `"reject"`; answers with the transaction."""
    body = await read_body(request, DecideBody)
    return show(tester.decide(sandbox_of(request), request.path_params["id"], body.outcome))
