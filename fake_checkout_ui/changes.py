"""What happens to a session while its page is open: told to the page, or said after the next step."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response

from fake_checkout_ui.seen import state
from mock_dintero.core.errors import NotFound
from mock_dintero.core.session import Session, cause_of_end
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.event_stream import HEADERS, EventStream
from mock_dintero.ports import Event, Sandbox
from mock_dintero.use_cases import buyer

OF_THE_ACCOUNT = ("clock", "reset")
"""A clock that is moved may end a session, a reset does."""


async def listen(request: Request) -> Response:
    """Server-sent events of this session alone; one at once if the page is older than `?state=`."""
    sandbox, sid = sandbox_of(request), request.path_params["sid"]
    now = shown(sandbox, sid)
    if now["ended"] or now["state"] != request.query_params.get("state", now["state"]):
        body = f"event: session\ndata: {json.dumps(now, separators=(',', ':'))}\n\n"
        return Response(body, headers=HEADERS)
    account_id = sid.partition(".")[0]

    def wants(event: Event) -> bool:
        if event.kind == "session":
            return bool(event.item.id == sid)
        return event.kind in OF_THE_ACCOUNT and event.account_id == account_id

    return EventStream(sandbox.feed, wants, lambda _: shown(sandbox, sid))


def shown(sandbox: Sandbox, sid: str) -> dict[str, object]:
    """How the session looks now, and whether its page is over."""
    try:
        session = buyer.load(sandbox, sid)
    except NotFound:
        return {"state": "", "ended": True}
    return {"state": state(session), "ended": is_over(sandbox, session)}


def is_over(sandbox: Sandbox, session: Session) -> bool:
    """Whether the session can no longer be paid."""
    return cause_of_end(session, sandbox.clock.now(session.account_id)) is not None
