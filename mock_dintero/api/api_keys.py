"""API keys. The key itself is shown when it is made, and never again."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core.api_key import ApiKey, NewApiKey, public
from mock_dintero.http.answers import as_json
from mock_dintero.http.bearer import caller, encode_key
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import flag, limit, raw_body, read
from mock_dintero.use_cases import merchant_keys


async def search(request: Request) -> Response:
    """`GET /v1/admin/api-keys`: a bare array; `include_deleted` shows the dead ones too."""
    who = caller(request)
    found = merchant_keys.search(
        sandbox_of(request), who.account_id, limit(request),
        request.query_params.get("starting_after"),
        include_deleted=flag(request, "include_deleted"),
    )  # fmt: skip
    return as_json([public(key) for key in found])


async def create(request: Request) -> Response:
    """`POST /v1/admin/api-keys`."""
    who = caller(request)
    body = await read(request, NewApiKey)
    return _handed_out(
        merchant_keys.create(sandbox_of(request), who.account_id, body, who.client_id)
    )


async def delete(request: Request) -> Response:
    """`DELETE /v1/admin/api-keys/{id}`."""
    who = caller(request)
    id = request.path_params["id"]
    return as_json(
        public(merchant_keys.delete(sandbox_of(request), who.account_id, id, who.client_id))
    )


async def rotate(request: Request) -> Response:
    """`POST /v1/admin/api-keys/{id}/rotate-api-key`; any body is fine."""
    who = caller(request)
    await raw_body(request)
    id = request.path_params["id"]
    return _handed_out(merchant_keys.rotate(sandbox_of(request), who.account_id, id))


def _handed_out(key: ApiKey) -> Response:
    return as_json({**public(key), "api_key": encode_key(key)})
