"""Card tokens, as a merchant sees them."""

from __future__ import annotations

from typing import get_args

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core.card_token import DeletionBody, TokenStatus
from mock_dintero.core.errors import InvalidRequest
from mock_dintero.http.answers import show, show_all
from mock_dintero.http.bearer import caller
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import flag, limit, read
from mock_dintero.use_cases import merchant_tokens
from mock_dintero.use_cases.merchant_tokens import TokenFilter


async def search(request: Request) -> Response:
    """`GET /v1/card-tokens`: a bare array, newest first; deleted ones with `include_deleted`."""
    who, params = caller(request), request.query_params
    status = tuple(params.getlist("status"))
    for word in status:
        if word not in get_args(TokenStatus):
            raise InvalidRequest(f"status: {word!r} is none of {', '.join(get_args(TokenStatus))}")
    wanted = TokenFilter(
        customer_id=params.get("customer_id"), relationship_id=params.get("relationship_id"),
        status=status, include_deleted=flag(request, "include_deleted"),
    )  # fmt: skip
    return show_all(merchant_tokens.search(
        sandbox_of(request), who.account_id, wanted, limit(request), params.get("starting_after")
    ))  # fmt: skip


async def read_one(request: Request) -> Response:
    """`GET /v1/card-tokens/{id}`; the id is the `payment_token_id` or `recurrence_token_id` of a card."""
    who = caller(request)
    return show(merchant_tokens.read(
        sandbox_of(request), who.account_id, request.path_params["id"]
    ))  # fmt: skip


async def delete(request: Request) -> Response:
    """`DELETE /v1/card-tokens/{id}`: the token as it is now; the body may be left out."""
    who = caller(request)
    body = await read(request, DeletionBody, may_be_empty=True)
    return show(merchant_tokens.delete(
        sandbox_of(request), who.account_id, request.path_params["id"], body, who.client_id
    ))  # fmt: skip
