"""The tester's API, one line each."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from mock_dintero.control import clock, deliveries, info, requests, sessions

BASE = "/_mock/api/v1"

ROUTES: list[BaseRoute] = [
    Route(f"{BASE}/info", info.info, methods=["GET"]),
    Route(f"{BASE}/reset", info.reset, methods=["POST"]),
    Route(f"{BASE}/clock", clock.read, methods=["GET"]),
    Route(f"{BASE}/clock/advance", clock.advance, methods=["POST"]),
    Route(f"{BASE}/deliveries", deliveries.list_all, methods=["GET"]),
    Route(f"{BASE}/deliveries/{{id}}", deliveries.read_one, methods=["GET"]),
    Route(f"{BASE}/requests", requests.list_all, methods=["GET"]),
    Route(f"{BASE}/requests", requests.clear, methods=["DELETE"]),
    Route(f"{BASE}/sessions", sessions.list_all, methods=["GET"]),
    Route(f"{BASE}/sessions/{{sid}}", sessions.read_one, methods=["GET"]),
    Route(f"{BASE}/sessions/{{sid}}/timeline", sessions.read_timeline, methods=["GET"]),
]
