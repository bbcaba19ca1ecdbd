"""Transactions, as a merchant sees them."""

from __future__ import annotations

from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core import lint_capture
from mock_dintero.core.authorization import AuthorizationBody
from mock_dintero.core.callback import public, visible
from mock_dintero.core.card_token import TokenType
from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.operation import CaptureBody, RefundBody, TransactionUpdate
from mock_dintero.core.transaction import Status, Transaction
from mock_dintero.core.transaction_search import TransactionFilter
from mock_dintero.http.answers import as_json, as_text, show, show_all
from mock_dintero.http.bearer import call_of, caller
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.findings import note
from mock_dintero.http.reading import limit, raw_body, read, times, whole_number
from mock_dintero.use_cases import merchant_tokens, merchant_transactions

SESSION = frozenset({"session", "session.events.latest"})
ADDING = SESSION | {"events.success.true", "card.payment_token", "card.recurrence_token"}
"""The `includes` that change the answer. Request headers are always there since 2023-09."""


async def read_one(request: Request) -> Response:
    """`GET /v1/transactions/{id}` with its `includes`; unknown ones are ignored."""
    who = caller(request)
    sandbox, id = sandbox_of(request), request.path_params["id"]
    includes = request.query_params.getlist("includes")
    if not ADDING & set(includes):
        return as_text(merchant_transactions.read_text(sandbox, who.account_id, id))
    found = merchant_transactions.read(sandbox, who.account_id, id)
    shown = visible(found)
    if "events.success.true" in includes:
        shown = _succeeded(shown)
    wanted = [kind for kind in get_args(TokenType) if f"card.{kind}" in includes]
    if secrets := merchant_tokens.secrets(sandbox, found, *wanted):
        shown["card"] = {**shown["card"], **secrets}
    if SESSION & set(includes) and (session := merchant_transactions.session_of(sandbox, found)):
        shown["session"] = public(session)
        if "session" not in includes:
            shown["session"]["events"] = shown["session"]["events"][-1:]
    return as_json(shown)


async def search(request: Request) -> Response:
    """`GET /v1/transactions`: a bare array, newest first."""
    who = caller(request)
    wanted = _filter(request)
    starting_after = request.query_params.get("starting_after")
    found = merchant_transactions.search(
        sandbox_of(request), who.account_id, wanted, limit(request), starting_after
    )
    if "events.success.true" in request.query_params.getlist("includes"):
        return as_json([_succeeded(visible(transaction)) for transaction in found])
    return show_all(found)


def _succeeded(shown: dict[str, Any]) -> dict[str, Any]:
    """Without the events that failed."""
    return {**shown, "events": [event for event in shown["events"] if event["success"]]}


def _filter(request: Request) -> TransactionFilter:
    params = request.query_params
    repeated = {
        name: tuple(params.getlist(name))
        for name in ("id", "status", "payment_product", "payment_product_type", "card_brand",
                     "session_id", "store_id", "currency", "channel", "token_id", "terminal_id")
    }  # fmt: skip
    correlations = params.getlist("payout_correlation_id")
    unknown = [status for status in repeated["status"] if status not in get_args(Status)]
    if unknown:
        raise InvalidRequest(f"status: {unknown[0]!r} is none of {', '.join(get_args(Status))}")
    return TransactionFilter(
        **repeated,
        merchant_reference=params.get("merchant_reference"),
        merchant_reference_2=params.get("merchant_reference_2"),
        customer_id=params.get("customer_id"),
        payment_operation=params.get("payment_operation"),
        payout_destination_id=params.get("payout_destination_id"),
        payout_correlation_id=tuple(id for one in correlations for id in one.split(",") if id),
        search=params.get("search"),
        amount=whole_number(request, "amount"),
        amount_gte=whole_number(request, "amount.gte"),
        amount_lte=whole_number(request, "amount.lte"),
        times=times(request, "created_at", "captured_at", "refunded_at"),
    )


def _done(after: Transaction) -> Response:
    """200; 202 if the provider has only begun, with the id by which the end can be known (section 10)."""
    response, last = show(after), after.events[-1]
    if last.event.startswith("INITIATE_"):
        response.status_code = 202
        response.headers["event-request-id"] = last.request_id or ""
    return response


async def capture(request: Request) -> Response:
    """`POST /v1/transactions/{id}/capture`."""
    who = caller(request)
    body = await read(request, CaptureBody)
    return _done(merchant_transactions.capture(
        sandbox_of(request), who.account_id, request.path_params["id"], body, call_of(request, who),
        lambda current: note(request, lint_capture.of_capture(current, body)),
    ))  # fmt: skip


async def refund(request: Request) -> Response:
    """`POST /v1/transactions/{id}/refund`."""
    who = caller(request)
    body = await read(request, RefundBody)
    return _done(merchant_transactions.refund(
        sandbox_of(request), who.account_id, request.path_params["id"], body, call_of(request, who),
        lambda current: note(request, lint_capture.of_refund(current, body)),
    ))  # fmt: skip


async def void(request: Request) -> Response:
    """`POST /v1/transactions/{id}/void`; any body is fine: plugins send none, `{}`, `[]`, `null`, an id."""
    who = caller(request)
    await raw_body(request)
    return _done(merchant_transactions.void(
        sandbox_of(request), who.account_id, request.path_params["id"], call_of(request, who)
    ))  # fmt: skip


async def authorize(request: Request) -> Response:
    """`POST /v1/transactions/{id}/authorization`: approve, extend, change or finalize."""
    who = caller(request)
    body = await read(request, AuthorizationBody, may_be_empty=True)
    return show(merchant_transactions.authorize(
        sandbox_of(request), who.account_id, request.path_params["id"], body, call_of(request, who)
    ))  # fmt: skip


async def name(request: Request) -> Response:
    """`PUT /v1/transactions/{id}`: set `merchant_reference_2`."""
    who = caller(request)
    body = await read(request, TransactionUpdate)
    return show(merchant_transactions.name(
        sandbox_of(request), who.account_id, request.path_params["id"], body
    ))  # fmt: skip
