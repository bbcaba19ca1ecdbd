"""Sessions, as a merchant sees them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core import lint_session
from mock_dintero.core.callback import public
from mock_dintero.core.session import NewSession, Session
from mock_dintero.core.session_update import SessionUpdate
from mock_dintero.http.answers import as_json, as_text, show, show_all
from mock_dintero.http.bearer import Caller, call_of, caller
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.findings import note
from mock_dintero.http.reading import flag, limit, raw_body, read, times, toggles
from mock_dintero.use_cases import merchant_profiles, merchant_sessions

STRICT_AMOUNTS = "strict-session-amounts"


async def create_from_profile(request: Request) -> Response:
    """`POST /v1/sessions-profile`."""
    who = caller(request)
    body = await read(request, NewSession)
    merchant_sessions.require_profile(body)
    return _create(request, who, body)


async def create(request: Request) -> Response:
    """`POST /v1/sessions`: without a profile, with a configuration."""
    who = caller(request)
    body = await read(request, NewSession)
    merchant_sessions.require_configuration(body)
    return _create(request, who, body)


def _create(request: Request, who: Caller, body: NewSession) -> Response:
    sandbox, account_id = sandbox_of(request), who.account_id
    own = merchant_profiles.of_session(sandbox, account_id, body.profile_id)
    profile = merchant_sessions.configuration(own, body)
    note(request, lint_session.of_new_session(body, profile, sandbox.clock.now(account_id)))
    session = merchant_sessions.create(
        sandbox, account_id, body, own, call_of(request, who),
        strict_amounts=STRICT_AMOUNTS in toggles(request),
    )  # fmt: skip
    return created(request, session)


def created(request: Request, session: Session) -> Response:
    """Id and URL of a new session; the session itself with `include_session`."""
    sandbox = sandbox_of(request)
    answer: dict[str, Any] = {
        "id": session.id,
        "url": f"{sandbox.settings.public_url}/v1/view/{session.id}",
    }
    if flag(request, "include_session"):
        answer["session"] = public(session)
    return as_json(answer)


async def read_one(request: Request) -> Response:
    """`GET /v1/sessions/{id}`; it never waits for a callback that is under way."""
    who = caller(request)
    sandbox, id = sandbox_of(request), request.path_params["id"]
    includes = request.query_params.getlist("includes")
    with_system = "initiating_system_request_headers" in includes
    with_headers = "events.request_headers" in includes
    if with_system or with_headers:
        session = merchant_sessions.read(sandbox, who.account_id, id)
        return as_json(public(session, with_system=with_system, with_headers=with_headers))
    return as_text(merchant_sessions.read_text(sandbox, who.account_id, id))


async def search(request: Request) -> Response:
    """`GET /v1/sessions`: a bare array, newest first."""
    who = caller(request)
    params = request.query_params
    query: dict[str, Any] = {
        name: params.get(name)
        for name in ("starting_after", "search", "transaction_id", "store_id")
    }
    query["id"], query["limit"] = params.getlist("id"), limit(request)
    query |= {f"{name}.{bound}": at for name, bound, at in times(request, "created_at")}
    return show_all(merchant_sessions.search(sandbox_of(request), who.account_id, query))


async def update(request: Request) -> Response:
    """`PUT /v1/sessions/{id}`."""
    who = caller(request)
    body = await read(request, SessionUpdate)
    note(request, lint_session.of_update(body))
    updated: Session = await merchant_sessions.update(
        sandbox_of(request), who.account_id, request.path_params["id"], body, call_of(request, who),
        without_lock=flag(request, "update_without_lock"),
        force_callback=flag(request, "force_shipping_address_callback"),
        strict_amounts=STRICT_AMOUNTS in toggles(request),
    )  # fmt: skip
    return show(updated)


async def cancel(request: Request) -> Response:
    """`POST /v1/sessions/{id}/cancel`; any body is fine (Magento sends `null`)."""
    who = caller(request)
    await raw_body(request)
    id = request.path_params["id"]
    call = call_of(request, who)
    return show(merchant_sessions.cancel(sandbox_of(request), who.account_id, id, call))
