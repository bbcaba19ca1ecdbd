"""Every endpoint of Dintero that the sandbox plays, one line each."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount, Route

from mock_dintero.api import admin, auth, health, pay, sessions, transactions, view


def _merchant(prefix: str) -> list[Route]:
    """What a merchant calls; the busiest first, as routes are tried in this order."""
    return [
        Route(f"{prefix}/sessions-profile", sessions.create_from_profile, methods=["POST"]),
        Route(f"{prefix}/sessions/{{id}}", sessions.read_one, methods=["GET"]),
        Route(f"{prefix}/sessions/{{id}}", sessions.update, methods=["PUT"]),
        Route(f"{prefix}/transactions/{{id}}", transactions.read_one, methods=["GET"]),
        Route(f"{prefix}/transactions/{{id}}", transactions.name, methods=["PUT"]),
        Route(f"{prefix}/transactions/{{id}}/capture", transactions.capture, methods=["POST"]),
        Route(f"{prefix}/transactions/{{id}}/refund", transactions.refund, methods=["POST"]),
        Route(f"{prefix}/transactions/{{id}}/void", transactions.void, methods=["POST"]),
        Route(f"{prefix}/transactions", transactions.search, methods=["GET"]),
        Route(f"{prefix}/sessions", sessions.create, methods=["POST"]),
        Route(f"{prefix}/sessions", sessions.search, methods=["GET"]),
        Route(f"{prefix}/sessions/{{id}}/cancel", sessions.cancel, methods=["POST"]),
        Route(f"{prefix}/sessions/{{sid}}/pay", pay.pay, methods=["POST"]),
        Route(f"{prefix}/sessions/{{sid}}/redirect/{{ref}}", pay.redirect, methods=["GET"]),
        Route(f"{prefix}/admin/signature", admin.read_signature, methods=["GET"]),
        Route(f"{prefix}/admin/signature", admin.replace_signature, methods=["POST"]),
    ]


PAGE = [
    Route("/v1/view/{sid}", view.open_page, methods=["GET"]),
    Route("/v1/view/{sid}/session", view.read_session, methods=["GET"]),
    Route("/v1/view/{sid}/session/order/shipping_address", view.give_address, methods=["PUT"]),
    Route("/v1/view/{sid}/session/order/addresses", view.give_addresses, methods=["PUT"]),
    Route("/v1/view/{sid}/session/order/shipping_option", view.choose_shipping, methods=["PUT"]),
    Route("/v1/view/{sid}/session/order/discount_codes", view.submit_codes, methods=["PUT"]),
    Route("/v1/view/{sid}/session/lock", view.lock, methods=["POST"]),
    Route("/v1/view/{sid}/session/abandon", view.abandon, methods=["POST"]),
]

HEALTH = [
    Route(path, health.ready, methods=["GET"])
    for path in ("/livez", "/readyz", "/healthz", "/isalive")
]

ROUTES: list[BaseRoute] = [
    *_merchant("/v1"),
    *PAGE,
    Route("/v1/accounts/{aid}/auth/token", auth.token, methods=["POST"]),
    Mount("/v1/accounts/{aid}/payments", routes=_merchant("")),
    *HEALTH,
]
