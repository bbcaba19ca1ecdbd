"""Settlements, as a merchant sees them, and their files."""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.settlement import Settlement, SettlementFilter, content
from mock_dintero.core.timestamps import moment
from mock_dintero.http.answers import as_json
from mock_dintero.http.bearer import caller
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import limit, times
from mock_dintero.use_cases import settlements

LARGEST_PAGE = 1000


async def search(request: Request) -> Response:
    """`GET /v1/accounts/{aid}/settlements`: newest first, with the key of the next page if there is one."""
    who = caller(request)
    found, has_more = settlements.search(
        sandbox_of(request), who.account_id, _filter(request),
        limit(request, most=LARGEST_PAGE), _starting_after(request),
    )  # fmt: skip
    more = {"last_evaluated_key": _key(found[-1])} if has_more else {}
    return as_json({"items": [one.public() for one in found], **more})


def _key(last: Settlement) -> dict[str, str]:
    return {
        "id": last.id,
        "account_id": last.account_id,
        "settled_at": last.settled_at,
        "created_at": last.created_at,
    }


def _filter(request: Request) -> SettlementFilter:
    """`created_at.*` is about settled_at, `item_created_at.*` about created_at: as Dintero has it."""
    settled, created = times(request, "created_at"), times(request, "item_created_at")
    if settled and created:
        raise InvalidRequest("send either created_at.* or item_created_at.*, not both")
    params = request.query_params
    return SettlementFilter(
        providers=tuple(params.getlist("payment_provider")),
        payout_destination_id=params.get("payout_destination_id"),
        search=params.get("search"),
        times=(
            *(("settled_at", bound, at) for _, bound, at in settled),
            *(("created_at", bound, at) for _, bound, at in created),
        ),
    )


def _starting_after(request: Request) -> tuple[str, datetime] | None:
    id = request.query_params.get("starting_after_id")
    date = request.query_params.get("starting_after_date")
    if id is None and date is None:
        return None
    if id is None or date is None:
        raise InvalidRequest("starting_after_id and starting_after_date go together")
    try:
        return id, moment(date)
    except (ValueError, OverflowError):
        raise InvalidRequest(
            f"starting_after_date: {date!r} is not an ISO 8601 date-time"
        ) from None


async def read_attachment(request: Request) -> Response:
    """`GET .../settlements/{settlementid}/attachments/{attachmentid}`: a link that needs no token."""
    who = caller(request)
    sandbox, params = sandbox_of(request), request.path_params
    found = settlements.read(sandbox, who.account_id, params["settlementid"])
    attached = settlements.attachment(found, params["attachmentid"])
    return as_json({"url": file_url(request, found.id, attached.id)})


def file_url(request: Request, settlement_id: str, attachment_id: str) -> str:
    """Where a file is to be had."""
    token = settlements.token_of(settlement_id, attachment_id)
    return f"{sandbox_of(request).settings.public_url}/v1/settlement-files/{token}"


async def read_file(request: Request) -> Response:
    """The file behind a link; no token."""
    found, attached = settlements.file_of(sandbox_of(request), request.path_params["token"])
    name = f"{found.provider_reference}.{attached.extension}"
    return Response(
        content(found, attached),
        media_type=f"{attached.content_type}; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
