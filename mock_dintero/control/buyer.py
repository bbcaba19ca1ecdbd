"""The buyer without a browser."""

from __future__ import annotations

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core.buyer_steps import BuyerSteps
from mock_dintero.core.callback import public, visible
from mock_dintero.http.answers import as_json
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import read
from mock_dintero.http.validation import invalid_request
from mock_dintero.use_cases import buyer_steps
from mock_dintero.use_cases.buyer_steps import Played


async def play(request: Request) -> Response:
    """Address, shipping option, discount codes, pay, cancel, return: what is sent is done, in this order."""
    steps = await read(request, BuyerSteps, may_be_empty=True)
    try:
        played = await buyer_steps.play(sandbox_of(request), request.path_params["sid"], steps)
    except ValidationError as error:  # an address of the steps, laid over the sample address
        raise invalid_request(error) from None
    return as_json(shown(played))


def shown(played: Played) -> dict[str, object]:
    """As JSON values."""
    answer = played.shown
    return {
        "session": public(played.session),
        "transaction": visible(played.transaction) if played.transaction else None,
        "redirect": played.redirect,
        "return": {"url": played.redirect, "status": answer.status, "error": answer.error}
        if answer else None,
    }  # fmt: skip
