"""Pictures of the ways to pay, for everybody: no token."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core import branding
from mock_dintero.core.account import require_account_id
from mock_dintero.core.branding import Logo
from mock_dintero.core.errors import NotFound
from mock_dintero.core.ids import ACCOUNT_ID, account_of
from mock_dintero.core.profile import DEFAULT, built_in
from mock_dintero.http.context import sandbox_of
from mock_dintero.use_cases import merchant_profiles

HEADERS = {"cache-control": "public, max-age=3600", "x-content-type-options": "nosniff"}


async def logos(request: Request) -> Response:
    """`GET /v1/branding/logos/{logos}/...`: the named ones."""
    return _drawn(request, branding.logos_named(request.path_params["logos"]))


async def profile(request: Request) -> Response:
    """`GET /v1/branding/profiles/{profile_id}/...`; the profile's id tells the account."""
    name = request.path_params["profile_id"]
    if name == DEFAULT:
        return _drawn(request, branding.logos_of(built_in("", "").content.configuration.shown()))
    return _of_profile(request, account_of(name), name)


async def account_profile(request: Request) -> Response:
    """`GET /v1/branding/accounts/{aid}/profiles/{profile_id}/...`, as WooCommerce's plugin asks."""
    return _of_profile(request, request.path_params["aid"], request.path_params["profile_id"])


def _of_profile(request: Request, account_id: str, name: str) -> Response:
    sandbox = sandbox_of(request)
    if not ACCOUNT_ID.fullmatch(account_id):
        raise NotFound(f"no profile {name!r}")
    require_account_id(account_id, allow_production=sandbox.settings.allow_production_ids)
    found = merchant_profiles.read(sandbox, account_id, name)
    return _drawn(request, branding.logos_of(found.content.configuration.shown()))


def _drawn(request: Request, shown: Sequence[Logo]) -> Response:
    params = request.path_params
    svg = branding.picture(
        shown, params["variant"], params["color"], params["width"], params["template"]
    )
    return Response(svg, media_type="image/svg+xml", headers=HEADERS)
