"""Session profiles."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core.profile import NewProfile, public
from mock_dintero.http.answers import as_json
from mock_dintero.http.bearer import caller
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import limit, read
from mock_dintero.use_cases import merchant_profiles


async def search(request: Request) -> Response:
    """`GET /v1/admin/session/profiles`: a bare array."""
    who = caller(request)
    after = request.query_params.get("starting_after")
    found = merchant_profiles.search(sandbox_of(request), who.account_id, limit(request), after)
    return as_json([public(profile) for profile in found])


async def create(request: Request) -> Response:
    """`POST /v1/admin/session/profiles`."""
    who = caller(request)
    body = await read(request, NewProfile)
    sandbox = sandbox_of(request)
    return as_json(public(merchant_profiles.create(sandbox, who.account_id, body, who.client_id)))


async def read_one(request: Request) -> Response:
    """`GET /v1/admin/session/profiles/{profile_id}`, by name or id."""
    who = caller(request)
    name = request.path_params["profile_id"]
    return as_json(public(merchant_profiles.read(sandbox_of(request), who.account_id, name)))


async def change(request: Request) -> Response:
    """`PUT /v1/admin/session/profiles/{profile_id}`."""
    who = caller(request)
    body = await read(request, NewProfile)
    return as_json(public(merchant_profiles.change(
        sandbox_of(request), who.account_id, request.path_params["profile_id"], body, who.client_id
    )))  # fmt: skip
