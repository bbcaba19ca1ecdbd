"""Sellers of a marketplace and their approval."""

from __future__ import annotations

from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core.approval import Approval, CaseStatus, NewApproval, public
from mock_dintero.core.errors import InvalidRequest
from mock_dintero.http.answers import as_json
from mock_dintero.http.bearer import caller
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import read
from mock_dintero.use_cases import merchant_approvals


async def submit(request: Request) -> Response:
    """`POST /v1/accounts/{aid}/management/settings/approvals/payout-destinations`."""
    who = caller(request)
    body = await read(request, NewApproval)
    sandbox = sandbox_of(request)
    case = merchant_approvals.submit(sandbox, who.account_id, body, who.client_id)
    return as_json(_shown(request, case))


async def search(request: Request) -> Response:
    """`GET` of the same, with filters."""
    who = caller(request)
    statuses = request.query_params.getlist("case_status")
    unknown = [status for status in statuses if status not in get_args(CaseStatus)]
    if unknown:
        raise InvalidRequest(
            f"case_status: {unknown[0]!r} is none of {', '.join(get_args(CaseStatus))}"
        )
    seller = request.query_params.get("payout_destination_id")
    cases = merchant_approvals.search(
        sandbox_of(request), who.account_id, seller, frozenset(statuses)
    )
    return as_json({"payout_destinations": [_shown(request, case) for case in cases]})


def _shown(request: Request, case: Approval) -> dict[str, Any]:
    """The contract is signed nowhere; its link leads to the inspector."""
    return public(case, f"{sandbox_of(request).settings.public_url}/_mock/")
