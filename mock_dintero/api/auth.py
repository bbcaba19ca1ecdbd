"""`POST /v1/accounts/{aid}/auth/token`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core import lint_token
from mock_dintero.core.account import TOKEN_SECONDS, TokenBody
from mock_dintero.http.answers import as_json
from mock_dintero.http.bearer import basic_credentials, encode
from mock_dintero.http.context import journal_of, require_not_provoked, sandbox_of
from mock_dintero.http.findings import note
from mock_dintero.http.reading import read
from mock_dintero.use_cases.merchant_account import grant


async def token(request: Request) -> Response:
    """Client credentials for a bearer token of four hours."""
    require_not_provoked(request)
    client_id, secret = basic_credentials(request)
    body = await read(request, TokenBody)
    granted = grant(sandbox_of(request), request.path_params["aid"], client_id, secret, body)
    note(request, lint_token.of_tokens(*journal_of(request).tokens_and_calls(granted.account_id)))
    return as_json(
        {"access_token": encode(granted), "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
    )
