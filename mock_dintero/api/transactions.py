"""Transactions, as a merchant sees them."""

from __future__ import annotations

from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core.callback import public
from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.transaction import (
    CaptureBody,
    RefundBody,
    Status,
    TransactionUpdate,
)
from mock_dintero.core.transaction_search import TransactionFilter
from mock_dintero.http.answers import as_json, as_text, show, show_all
from mock_dintero.http.bearer import caller
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import limit, raw_body, read, times, whole_number
from mock_dintero.use_cases import merchant_transactions


async def read_one(request: Request) -> Response:
    """`GET /v1/transactions/{id}`; `includes=session` adds the session."""
    who = caller(request)
    sandbox, id = sandbox_of(request), request.path_params["id"]
    includes = request.query_params.getlist("includes")
    if not {"session", "events.success.true"} & set(includes):
        return as_text(merchant_transactions.read_text(sandbox, who.account_id, id))
    found = merchant_transactions.read(sandbox, who.account_id, id)
    shown: dict[str, Any] = found.shown()
    if "events.success.true" in includes:
        shown["events"] = [event for event in shown["events"] if event["success"]]
    session = merchant_transactions.session_of(sandbox, found)
    if "session" in includes and session:
        shown["session"] = public(session)
    return as_json(shown)


async def search(request: Request) -> Response:
    """`GET /v1/transactions`: a bare array, newest first."""
    who = caller(request)
    wanted = _filter(request)
    starting_after = request.query_params.get("starting_after")
    return show_all(merchant_transactions.search(
        sandbox_of(request), who.account_id, wanted, limit(request), starting_after
    ))  # fmt: skip


def _filter(request: Request) -> TransactionFilter:
    params = request.query_params
    repeated = {
        name: tuple(params.getlist(name))
        for name in ("id", "status", "payment_product", "payment_product_type", "card_brand",
                     "session_id", "store_id", "currency", "channel")
    }  # fmt: skip
    unknown = [status for status in repeated["status"] if status not in get_args(Status)]
    if unknown:
        raise InvalidRequest(f"status: {unknown[0]!r} is none of {', '.join(get_args(Status))}")
    return TransactionFilter(
        **repeated,
        merchant_reference=params.get("merchant_reference"),
        merchant_reference_2=params.get("merchant_reference_2"),
        customer_id=params.get("customer_id"),
        search=params.get("search"),
        amount=whole_number(request, "amount"),
        amount_gte=whole_number(request, "amount.gte"),
        amount_lte=whole_number(request, "amount.lte"),
        times=times(request, "created_at", "captured_at", "refunded_at"),
    )


async def capture(request: Request) -> Response:
    """`POST /v1/transactions/{id}/capture`."""
    who = caller(request)
    body = await read(request, CaptureBody)
    return show(merchant_transactions.capture(
        sandbox_of(request), who.account_id, request.path_params["id"], body, who.client_id
    ))  # fmt: skip


async def refund(request: Request) -> Response:
    """`POST /v1/transactions/{id}/refund`."""
    who = caller(request)
    body = await read(request, RefundBody)
    return show(merchant_transactions.refund(
        sandbox_of(request), who.account_id, request.path_params["id"], body, who.client_id
    ))  # fmt: skip


async def void(request: Request) -> Response:
    """`POST /v1/transactions/{id}/void`; any body is fine: plugins send none, `{}`, `[]`, `null`, an id."""
    who = caller(request)
    await raw_body(request)
    return show(merchant_transactions.void(
        sandbox_of(request), who.account_id, request.path_params["id"], who.client_id
    ))  # fmt: skip


async def name(request: Request) -> Response:
    """`PUT /v1/transactions/{id}`: set `merchant_reference_2`."""
    who = caller(request)
    body = await read(request, TransactionUpdate)
    return show(merchant_transactions.name(
        sandbox_of(request), who.account_id, request.path_params["id"], body
    ))  # fmt: skip
