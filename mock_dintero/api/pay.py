"""Paying through the page-facing API, and the way back to the shop."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mock_dintero.core.errors import NotFound
from mock_dintero.core.payment import PayBody
from mock_dintero.http.answers import as_json
from mock_dintero.http.context import REQUEST_ID, sandbox_of
from mock_dintero.http.reading import read
from mock_dintero.use_cases import buyer


async def pay(request: Request) -> Response:
    """Start a payment; `redirect_url` leads to the wallet, or straight back when nothing is to pay."""
    body = await read(request, PayBody)
    sandbox = sandbox_of(request)
    since = request.headers.get("if-unmodified-since")
    session = buyer.load(sandbox, request.path_params["sid"], since)
    session, transaction = buyer.start_payment(
        sandbox, session, body, request_id=request.scope[REQUEST_ID]
    )
    public_url = sandbox.settings.public_url
    redirect_url = f"{public_url}/wallet/{session.id}/{transaction.id}"
    if transaction.payment_product_type == "dintero.zero":
        buyer.finish_payment(sandbox, session, transaction, "approve")
        redirect_url = f"{public_url}/v1/sessions/{session.id}/redirect/{transaction.id}"
    return as_json({
        "success": True,
        "actions": [{"source": "DINTERO", "code": "200", "type": "success"}],
        "redirect_url": redirect_url,
    })  # fmt: skip


async def redirect(request: Request) -> Response:
    """302 to the return URL of a finished payment; 404 while it is under way."""
    sandbox = sandbox_of(request)
    session = buyer.load(sandbox, request.path_params["sid"])
    transaction = buyer.read_payment(sandbox, session, request.path_params["ref"])
    if session.transaction_id != transaction.id:
        raise NotFound(
            f"payment {transaction.id} is {transaction.status}; there is no way back yet"
        )
    return RedirectResponse(buyer.ending(sandbox, session, transaction).goes_to, 302)
