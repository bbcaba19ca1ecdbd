"""What happens, as it happens: server-sent events for the inspector and for tests."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.control.scope import require_account
from mock_dintero.core.errors import InvalidRequest
from mock_dintero.http import watched
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.event_stream import EventStream
from mock_dintero.ports import Event

KINDS = ("request", "delivery", "session", "transaction", "fault", "clock", "reset")


async def stream(request: Request) -> Response:
    """`?account=` and `?kinds=delivery,session` narrow it; `Last-Event-ID` brings what came since.

    `event: missed` tells a late-comer that some of it is no longer there: look again.
    """
    sandbox = sandbox_of(request)
    account_id = request.query_params.get("account", "")
    if account_id:
        require_account(sandbox, account_id)
    kinds = _kinds(request.query_params.get("kinds", ""))

    def wants(event: Event) -> bool:
        return event.kind in kinds and account_id in ("", event.account_id)

    def shown(event: Event) -> dict[str, Any]:
        return {"account": event.account_id, "item": watched.of_event(sandbox, event)}

    return EventStream(sandbox.feed, wants, shown, _last_seen(request))


def _kinds(text: str) -> frozenset[str]:
    named = frozenset(part.strip() for part in text.split(",") if part.strip())
    if unknown := sorted(named - {*KINDS}):
        raise InvalidRequest(f"kinds: {', '.join(unknown)}: there is {', '.join(KINDS)}")
    return named or frozenset(KINDS)


def _last_seen(request: Request) -> int | None:
    last = request.headers.get("last-event-id", "").strip()
    if last and not (last.isascii() and last.isdigit() and len(last) < 19):
        raise InvalidRequest(f"Last-Event-ID: {last!r} is not the id of an event")
    return int(last) if last else None
