"""The inspector's buttons: plain forms, so that they work without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mock_dintero.core.account import require_account_id
from mock_dintero.core.errors import Forbidden, InvalidRequest
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import raw_body
from mock_dintero.use_cases import clock, faults, outbox

SIGNATURES = ("fresh", "original")


async def advance(request: Request) -> Response:
    """Move an account's clock ahead by `seconds`; back to the page when all that fell due has run."""
    sandbox, id = sandbox_of(request), _account(request)
    fields = await _form(request)
    seconds = fields.get("seconds", "")
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 12):
        raise InvalidRequest(f"seconds: {seconds!r} is not a whole number")
    await clock.advance(sandbox, id, timedelta(seconds=int(seconds)))
    return _back(fields)


async def end_faults(request: Request) -> Response:
    """Nothing goes wrong any more in an account."""
    sandbox, id = sandbox_of(request), _account(request)
    fields = await _form(request)
    faults.replace(sandbox, id, ())
    return _back(fields)


async def replay(request: Request) -> Response:
    """Send a delivery once more, with a fresh or the original signature."""
    fields = await _form(request)
    signature = fields.get("signature", "fresh")
    if signature not in SIGNATURES:
        raise InvalidRequest(f"signature: {signature!r} is neither {' nor '.join(SIGNATURES)}")
    sandbox, id = sandbox_of(request), request.path_params["id"]
    await outbox.replay(sandbox, id, "original" if signature == "original" else "fresh")
    return _back(fields)


def _account(request: Request) -> str:
    id: str = request.path_params["account"]
    allowed = sandbox_of(request).settings.allow_production_ids
    require_account_id(id, allow_production=allowed)
    return id


async def _form(request: Request) -> dict[str, str]:
    """The fields. Raises Forbidden for a form on somebody else's page."""
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise Forbidden("the inspector's buttons work on the inspector's own pages only")
    body = (await raw_body(request)).decode("utf-8", "replace")
    return dict(parse_qsl(body, keep_blank_values=True))


def _back(fields: dict[str, str]) -> Response:
    """To the page that the button stood on; 303, so that a reload does not press it again."""
    page = fields.get("back", "")
    return RedirectResponse(page if page.startswith("/_mock/") else "/_mock/", 303)
