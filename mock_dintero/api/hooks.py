"""Webhook subscriptions of an account: `/v1/accounts/{aid}/hooks/subscriptions`."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core.callback import Callback
from mock_dintero.core.webhook import NewHook, shown
from mock_dintero.http.answers import as_json
from mock_dintero.http.bearer import caller
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import flag, limit, raw_body, read
from mock_dintero.use_cases import webhooks


async def search(request: Request) -> Response:
    """A bare array, newest first; `total=true` adds the header `total-count`."""
    who = caller(request)
    found = webhooks.search(
        sandbox_of(request), who.account_id, request.query_params.get("starting_after"),
        include_deleted=flag(request, "include_deleted"),
    )  # fmt: skip
    answer = as_json([shown(hook) for hook in found[: limit(request)]])
    if flag(request, "total"):
        answer.headers["total-count"] = str(len(found))
    return answer


async def create(request: Request) -> Response:
    """Subscribe; a ping comes at once."""
    who = caller(request)
    body = await read(request, NewHook)
    return as_json(shown(webhooks.create(sandbox_of(request), who.account_id, body, who.client_id)))


async def read_one(request: Request) -> Response:
    """One subscription."""
    who = caller(request)
    hook = webhooks.read(sandbox_of(request), who.account_id, request.path_params["hid"])
    return as_json(shown(hook))


async def delete(request: Request) -> Response:
    """End a subscription."""
    who = caller(request)
    hid = request.path_params["hid"]
    return as_json(shown(webhooks.delete(sandbox_of(request), who.account_id, hid, who.client_id)))


async def ping(request: Request) -> Response:
    """204; a ping is on its way."""
    who = caller(request)
    await raw_body(request)
    webhooks.ping(sandbox_of(request), who.account_id, request.path_params["hid"])
    return Response(status_code=204)


async def deliveries(request: Request) -> Response:
    """What was sent, newest first."""
    who = caller(request)
    found = webhooks.deliveries_of(
        sandbox_of(request), who.account_id, request.path_params["hid"], limit(request)
    )
    return as_json([_brief(callback) for callback in found])


async def delivery(request: Request) -> Response:
    """One delivery with its last request and answer."""
    who = caller(request)
    hid, delivery_id = request.path_params["hid"], request.path_params["delivery_id"]
    sandbox = sandbox_of(request)
    callback = webhooks.delivery_of(sandbox, who.account_id, hid, delivery_id)
    _, headers = webhooks.signed(sandbox, callback)
    last = callback.attempts[-1] if callback.attempts else None
    answer = _brief(callback) | {
        "url": callback.url,
        "request": {
            "headers": {n: v for n, v in headers.items() if n != "authorization"},
            "body": callback.body,
        },
    }
    if last:
        answer["response"] = {"headers": {}, "body": last.response or ""}
        answer["details"] = {
            "delivery_at": last.at,
            "delivery_duration": round(last.latency),
            "delivery_success": callback.state == "delivered",
        }
    return as_json(answer)


def _brief(callback: Callback) -> dict[str, Any]:
    last = callback.attempts[-1] if callback.attempts else None
    return {
        "id": callback.delivery_id,
        "event_delivery": callback.delivery_id,
        "created_at": callback.created_at,
        "status": (last.status or 0) if last else 0,
    }
