"""Saved cards at work: registering one on the page, and charging one without the customer."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.api.sessions import created
from mock_dintero.core.errors import DinteroError
from mock_dintero.core.merchant_payment import MerchantPayment, action
from mock_dintero.core.token_session import NewTokenSession
from mock_dintero.http.answers import as_json
from mock_dintero.http.bearer import call_of, caller
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import read, toggles
from mock_dintero.use_cases import merchant_tokens


async def create_token_session(request: Request) -> Response:
    """`POST /v1/sessions/payment-token`."""
    who = caller(request)
    body = await read(request, NewTokenSession)
    session = merchant_tokens.create_session(
        sandbox_of(request), who.account_id, body, call_of(request, who)
    )
    return created(request, session)


async def pay(request: Request) -> Response:
    """`POST /v1/sessions/pay`: 200 also for a declined card; errors carry `success` and `actions`, too."""
    try:
        who = caller(request)
        body = await read(request, MerchantPayment)
        paid = merchant_tokens.pay(
            sandbox_of(request), who.account_id, body, toggles(request), call_of(request, who)
        )
    except DinteroError as error:
        failed = {"success": False, "actions": [action(str(error.status))]}
        return as_json({**error.body(), **failed}, error.status)
    return as_json(merchant_tokens.paid_answer(paid, body))
