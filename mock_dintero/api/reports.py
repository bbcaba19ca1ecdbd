"""Settlement reports: who wants them, which were made, and one for a test."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.api.settlements import LARGEST_PAGE, file_url
from mock_dintero.core.report import ConfigurationBody, ReportOptions
from mock_dintero.http.answers import as_json
from mock_dintero.http.bearer import caller
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import limit, read
from mock_dintero.use_cases import settlements


async def configurations(request: Request) -> Response:
    """`GET .../settlements/reports/configuration`: newest first."""
    who = caller(request)
    found, has_more = settlements.configurations(
        sandbox_of(request), who.account_id,
        limit(request, most=LARGEST_PAGE), request.query_params.get("starting_after"),
    )  # fmt: skip
    return _page("items", [(one.id, one.public()) for one in found], has_more)


async def configure(request: Request) -> Response:
    """`POST .../settlements/reports/configuration`."""
    who = caller(request)
    body = await read(request, ConfigurationBody)
    return as_json(settlements.configure(sandbox_of(request), who.account_id, body).public())


async def configuration(request: Request) -> Response:
    """`GET .../settlements/reports/configuration/{id}`."""
    who = caller(request)
    id = request.path_params["id"]
    return as_json(settlements.configuration(sandbox_of(request), who.account_id, id).public())


async def reconfigure(request: Request) -> Response:
    """`PUT .../settlements/reports/configuration/{id}`: replaces it."""
    who = caller(request)
    body = await read(request, ConfigurationBody)
    return as_json(settlements.reconfigure(
        sandbox_of(request), who.account_id, request.path_params["id"], body
    ).public())  # fmt: skip


async def delete_configuration(request: Request) -> Response:
    """`DELETE .../settlements/reports/configuration/{id}`: answers with what is gone."""
    who = caller(request)
    id = request.path_params["id"]
    gone = settlements.delete_configuration(sandbox_of(request), who.account_id, id)
    return as_json(gone.public())


async def generate_test_report(request: Request) -> Response:
    """`POST .../settlements/reports/generate-test-report`: 201 if something was settled, else 200."""
    who = caller(request)
    body = await read(request, ReportOptions, may_be_empty=True)
    made = settlements.generate_test_report(sandbox_of(request), who.account_id, body)
    if not made:
        return as_json({"message": "There is nothing to report: all of it is settled already"})
    names = ", ".join(settlement.id for settlement in made)
    return as_json({"message": f"Made {len(made)} settlement(s): {names}"}, 201)


async def metadata(request: Request) -> Response:
    """`GET /v1/accounts/{aid}/reports/metadata`: the reports that were made, newest first."""
    who = caller(request)
    found, has_more = settlements.made_reports(
        sandbox_of(request), who.account_id, limit(request),
        request.query_params.get("starting_after"),
    )  # fmt: skip
    shown = [
        (one.id, one.public(file_url(request, one.settlement_id, one.attachment_id)))
        for one in found
    ]
    return _page("reports", shown, has_more)


def _page(name: str, shown: list[tuple[str, dict[str, Any]]], has_more: bool) -> Response:
    """A page; `starting_after` is there only if there is another one."""
    more = {"starting_after": shown[-1][0]} if has_more else {}
    return as_json({name: [one for _, one in shown], **more})
