"""The tester's API under `/_mock/api/v1`, one line each."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from mock_dintero.control import (
    buyer,
    clock,
    deliveries,
    events,
    faults,
    info,
    lint,
    requests,
    scenarios,
    sessions,
    snapshots,
    transactions,
    wait,
)

ROUTES: list[BaseRoute] = [
    Route("/info", info.info, methods=["GET"]),
    Route("/reset", info.reset, methods=["POST"]),
    Route("/clock", clock.read, methods=["GET"]),
    Route("/clock", clock.change, methods=["PUT"]),
    Route("/clock/advance", clock.advance, methods=["POST"]),
    Route("/deliveries", deliveries.list_all, methods=["GET"]),
    Route("/deliveries/{id}", deliveries.read_one, methods=["GET"]),
    Route("/deliveries/{id}/replay", deliveries.replay, methods=["POST"]),
    Route("/requests", requests.list_all, methods=["GET"]),
    Route("/requests", requests.clear, methods=["DELETE"]),
    Route("/faults", faults.read_all, methods=["GET"]),
    Route("/faults", faults.replace, methods=["PUT"]),
    Route("/faults", faults.add, methods=["POST"]),
    Route("/faults", faults.end, methods=["DELETE"]),
    Route("/wait", wait.wait, methods=["POST"]),
    Route("/events", events.stream, methods=["GET"]),
    Route("/lint", lint.list_all, methods=["GET"]),
    Route("/scenarios", scenarios.list_all, methods=["GET"]),
    Route("/scenarios/{name}/run", scenarios.run, methods=["POST"]),
    Route("/scenarios/{name}/stage", scenarios.stage, methods=["POST"]),
    Route("/sessions", sessions.list_all, methods=["GET"]),
    Route("/sessions/{sid}", sessions.read_one, methods=["GET"]),
    Route("/sessions/{sid}/timeline", sessions.read_timeline, methods=["GET"]),
    Route("/sessions/{sid}/timeline.html", sessions.read_timeline_page, methods=["GET"]),
    Route("/sessions/{sid}/buyer", buyer.play, methods=["POST"]),
    Route("/snapshots", snapshots.list_all, methods=["GET"]),
    Route("/snapshots/{name}", snapshots.read_one, methods=["GET"]),
    Route("/snapshots/{name}", snapshots.save, methods=["PUT"]),
    Route("/snapshots/{name}", snapshots.delete, methods=["DELETE"]),
    Route("/snapshots/{name}/restore", snapshots.restore, methods=["POST"]),
    Route("/transactions/{id}", transactions.read_one, methods=["GET"]),
    Route("/transactions/{id}/decide", transactions.decide, methods=["POST"]),
]
