"""Every endpoint of Dintero that the sandbox plays, one line each."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount, Route

from mock_dintero.api import admin, auth, health, pay, sessions, transactions, view


def _merchant() -> list[BaseRoute]:
    """What a merchant calls; the busiest first, as routes are tried in this order."""
    return [
        Route("/sessions-profile", sessions.create_from_profile, methods=["POST"]),
        Route("/sessions/{id}", sessions.read_one, methods=["GET"]),
        Route("/sessions/{id}", sessions.update, methods=["PUT"]),
        Route("/transactions/{id}", transactions.read_one, methods=["GET"]),
        Route("/transactions/{id}", transactions.name, methods=["PUT"]),
        Route("/transactions/{id}/capture", transactions.capture, methods=["POST"]),
        Route("/transactions/{id}/refund", transactions.refund, methods=["POST"]),
        Route("/transactions/{id}/void", transactions.void, methods=["POST"]),
        Route("/transactions", transactions.search, methods=["GET"]),
        Route("/sessions", sessions.create, methods=["POST"]),
        Route("/sessions", sessions.search, methods=["GET"]),
        Route("/sessions/{id}/cancel", sessions.cancel, methods=["POST"]),
        Route("/sessions/{sid}/pay", pay.pay, methods=["POST"]),
        Route("/sessions/{sid}/redirect/{ref}", pay.redirect, methods=["GET"]),
        Route("/admin/signature", admin.read_signature, methods=["GET"]),
        Route("/admin/signature", admin.replace_signature, methods=["POST"]),
    ]


PAGE: list[BaseRoute] = [
    Route("/view/{sid}", view.open_page, methods=["GET"]),
    Route("/view/{sid}/session", view.read_session, methods=["GET"]),
    Route("/view/{sid}/session/order/shipping_address", view.give_address, methods=["PUT"]),
    Route("/view/{sid}/session/order/addresses", view.give_addresses, methods=["PUT"]),
    Route("/view/{sid}/session/order/shipping_option", view.choose_shipping, methods=["PUT"]),
    Route("/view/{sid}/session/order/discount_codes", view.submit_codes, methods=["PUT"]),
    Route("/view/{sid}/session/lock", view.lock, methods=["POST"]),
    Route("/view/{sid}/session/abandon", view.abandon, methods=["POST"]),
]

# Mounts: what is not of Dintero's passes by with one look instead of thirty.
ROUTES: list[BaseRoute] = [
    Mount(
        "/v1",
        routes=[
            *_merchant(),
            *PAGE,
            Route("/accounts/{aid}/auth/token", auth.token, methods=["POST"]),
            Mount("/accounts/{aid}/payments", routes=_merchant()),
        ],
    ),
]

HEALTH: list[BaseRoute] = [
    Route(path, health.ready, methods=["GET"])
    for path in ("/livez", "/readyz", "/healthz", "/isalive")
]
