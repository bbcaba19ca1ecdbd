"""The account's signature secret."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core.account import Account
from mock_dintero.http.answers import as_json
from mock_dintero.http.bearer import caller
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import raw_body
from mock_dintero.use_cases.merchant_account import open_account, replace_signature_secret


async def read_signature(request: Request) -> Response:
    """`GET /v1/admin/signature`. A sandbox account has a secret from the start."""
    who = caller(request)
    return _shown(open_account(sandbox_of(request), who.account_id), who.client_id)


async def replace_signature(request: Request) -> Response:
    """`POST /v1/admin/signature`: no body; makes a new secret."""
    who = caller(request)
    await raw_body(request)
    return _shown(replace_signature_secret(sandbox_of(request), who.account_id), who.client_id)


def _shown(account: Account, client_id: str) -> Response:
    return as_json({
        "id": account.id,
        "created_at": account.signature_created_at,
        "created_by": client_id,
        "signature": {"type": "v0-hmac-sha256", "secret": account.signature_secret},
    })  # fmt: skip
