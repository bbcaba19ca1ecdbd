"""Every endpoint of Dintero that the sandbox plays, one line each."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount, Route

from mock_dintero.api import admin, auth, health, pay, sessions, transactions, view
from mock_dintero.http.later import Handler, later


def _rare(handler: str) -> Handler:
    """A handler that most shops never call; its module is imported when one does."""
    return later(f"mock_dintero.api.{handler}")


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
        Route("/transactions/{id}/authorization", transactions.authorize, methods=["POST"]),
        Route("/transactions", transactions.search, methods=["GET"]),
        Route("/sessions", sessions.create, methods=["POST"]),
        Route("/sessions", sessions.search, methods=["GET"]),
        Route("/sessions/{id}/cancel", sessions.cancel, methods=["POST"]),
        Route("/sessions/pay", _rare("merchant_pay.pay"), methods=["POST"]),
        Route(
            "/sessions/payment-token", _rare("merchant_pay.create_token_session"), methods=["POST"]
        ),
        Route("/card-tokens", _rare("card_tokens.search"), methods=["GET"]),
        Route("/card-tokens/{id}", _rare("card_tokens.read_one"), methods=["GET"]),
        Route("/card-tokens/{id}", _rare("card_tokens.delete"), methods=["DELETE"]),
        Route("/sessions/{sid}/pay", pay.pay, methods=["POST"]),
        Route("/sessions/{sid}/redirect/{ref}", pay.redirect, methods=["GET"]),
        Route("/admin/signature", admin.read_signature, methods=["GET"]),
        Route("/admin/signature", admin.replace_signature, methods=["POST"]),
        Route("/sessions/{sid}/qr", _rare("qr.draw"), methods=["POST"]),
        Route("/admin/session/profiles", _rare("profiles.search"), methods=["GET"]),
        Route("/admin/session/profiles", _rare("profiles.create"), methods=["POST"]),
        Route("/admin/session/profiles/{profile_id}", _rare("profiles.read_one"), methods=["GET"]),
        Route("/admin/session/profiles/{profile_id}", _rare("profiles.change"), methods=["PUT"]),
        Route("/admin/api-keys", _rare("api_keys.search"), methods=["GET"]),
        Route("/admin/api-keys", _rare("api_keys.create"), methods=["POST"]),
        Route("/admin/api-keys/{id}", _rare("api_keys.delete"), methods=["DELETE"]),
        Route("/admin/api-keys/{id}/rotate-api-key", _rare("api_keys.rotate"), methods=["POST"]),
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

_LOOKS = "variant/{variant}/color/{color}/width/{width}/{template}"
BRANDING: list[BaseRoute] = [
    Route(f"/branding/logos/{{logos}}/{_LOOKS}", _rare("branding.logos"), methods=["GET"]),
    Route(f"/branding/profiles/{{profile_id}}/{_LOOKS}", _rare("branding.profile"), methods=["GET"]),
    Route(
        f"/branding/accounts/{{aid}}/profiles/{{profile_id}}/{_LOOKS}",
        _rare("branding.account_profile"), methods=["GET"],
    ),
]  # fmt: skip

_SELLERS = "/management/settings/approvals/payout-destinations"
APPROVALS: list[BaseRoute] = [
    Route(f"/accounts/{{aid}}{_SELLERS}", _rare("approvals.search"), methods=["GET"]),
    Route(f"/accounts/{{aid}}{_SELLERS}", _rare("approvals.submit"), methods=["POST"]),
]

_SELLER = "/accounts/{aid}/payout/payout-destinations/{seller}"
PAYOUTS: list[BaseRoute] = [
    Route("/accounts/{aid}/payout/fund-transfers", _rare("payouts.transfer"), methods=["POST"]),
    Route(f"{_SELLER}/balances", _rare("payouts.read_balances"), methods=["GET"]),
    Route(f"{_SELLER}/transfers", _rare("payouts.read_transfers"), methods=["GET"]),
]

_SETTLEMENTS = "/accounts/{aid}/settlements"
_REPORTS = f"{_SETTLEMENTS}/reports"
SETTLEMENTS: list[BaseRoute] = [
    Route(_SETTLEMENTS, _rare("settlements.search"), methods=["GET"]),
    Route(
        f"{_SETTLEMENTS}/{{settlementid}}/attachments/{{attachmentid}}",
        _rare("settlements.read_attachment"), methods=["GET"],
    ),
    Route("/settlement-files/{token}", _rare("settlements.read_file"), methods=["GET"]),
    Route(f"{_REPORTS}/configuration", _rare("reports.configurations"), methods=["GET"]),
    Route(f"{_REPORTS}/configuration", _rare("reports.configure"), methods=["POST"]),
    Route(f"{_REPORTS}/configuration/{{id}}", _rare("reports.configuration"), methods=["GET"]),
    Route(f"{_REPORTS}/configuration/{{id}}", _rare("reports.reconfigure"), methods=["PUT"]),
    Route(
        f"{_REPORTS}/configuration/{{id}}", _rare("reports.delete_configuration"),
        methods=["DELETE"],
    ),
    Route(
        f"{_REPORTS}/generate-test-report", _rare("reports.generate_test_report"), methods=["POST"]
    ),
    Route("/accounts/{aid}/reports/metadata", _rare("reports.metadata"), methods=["GET"]),
]  # fmt: skip

_HOOKS = "/accounts/{aid}/hooks/subscriptions"
HOOKS: list[BaseRoute] = [
    Route(_HOOKS, _rare("hooks.search"), methods=["GET"]),
    Route(_HOOKS, _rare("hooks.create"), methods=["POST"]),
    Route(f"{_HOOKS}/{{hid}}", _rare("hooks.read_one"), methods=["GET"]),
    Route(f"{_HOOKS}/{{hid}}", _rare("hooks.delete"), methods=["DELETE"]),
    Route(f"{_HOOKS}/{{hid}}/ping", _rare("hooks.ping"), methods=["POST"]),
    Route(f"{_HOOKS}/{{hid}}/deliveries", _rare("hooks.deliveries"), methods=["GET"]),
    Route(f"{_HOOKS}/{{hid}}/deliveries/{{delivery_id}}", _rare("hooks.delivery"), methods=["GET"]),
]

# Mounts: what is not of Dintero's passes by with one look instead of thirty.
ROUTES: list[BaseRoute] = [
    Mount(
        "/v1",
        routes=[
            *_merchant(),
            *PAGE,
            Route("/accounts/{aid}/auth/token", auth.token, methods=["POST"]),
            *SETTLEMENTS,
            *HOOKS,
            *APPROVALS,
            *BRANDING,
            Mount("/accounts/{aid}/payments", routes=_merchant()),
        ],
    ),
    Mount("/v2", routes=PAYOUTS),
]

HEALTH: list[BaseRoute] = [
    Route(path, health.ready, methods=["GET"])
    for path in ("/livez", "/readyz", "/healthz", "/isalive")
]
