"""Scenarios: list them, play one from beginning to end, put one's faults in place."""

from __future__ import annotations

from pydantic import model_validator
from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.control.body import ScopedBody
from mock_dintero.control.scope import account_of_call
from mock_dintero.core.session import HttpUrl
from mock_dintero.http.answers import as_json
from mock_dintero.http.context import journal_of, sandbox_of
from mock_dintero.http.reading import read
from mock_dintero.http.timeline import timeline
from mock_dintero.scenario_files import scenario, scenarios
from mock_dintero.use_cases import scenarios as use_case
from mock_dintero.use_cases import tester


class RunBody(ScopedBody):
    """Where to play: at the sample shop, on a merchant's session, or (without either) on one of its own.

    With both, the session is the shop's, and the shop is asked what it believes.
    """

    shop: HttpUrl | None = None
    session_id: str | None = None


class StageBody(ScopedBody):
    """Whom the faults shall meet; without either, whoever comes first."""

    session_id: str | None = None
    merchant_reference: str | None = None

    @model_validator(mode="after")
    def _one_account(self) -> StageBody:
        """A session names its account."""
        named = (self.session_id or "").partition(".")[0]
        if named and self.account and named != self.account:
            raise ValueError(f"account: session {self.session_id} is not of {self.account}")
        return self


async def list_all(request: Request) -> Response:
    """All scenarios, in the order of their groups and names."""
    return as_json([
        {"name": one.name, "title": one.title, "story": one.story, "group": one.group}
        for one in scenarios().values()
    ])  # fmt: skip


async def run(request: Request) -> Response:
    """Play it; answers with every expectation, what was found, and the session's timeline."""
    body = await read(request, RunBody, may_be_empty=True)
    sandbox, name = sandbox_of(request), request.path_params["name"]
    shop = body.shop.rstrip("/") if body.shop else None
    scenario(name)
    account_id = account_of_call(request, body) if _is_scoped(request, body) else None
    if body.session_id:
        session_id = use_case.load(sandbox, body.session_id, account_id)
    elif shop:
        session_id = await use_case.begin_at_shop(sandbox, name, shop, account_id)
    else:
        session_id = use_case.begin_alone(sandbox, name, account_of_call(request, body))
    played = await use_case.play(sandbox, name, session_id, shop)
    session = tester.session(sandbox, session_id)
    return as_json({
        "name": name,
        "passed": played.passed,
        "account": played.account_id,
        "session_id": session_id,
        "transaction_id": played.transaction_id,
        "expectations": [row.shown() for row in played.rows],
        "timeline": [leg.shown() for leg in timeline(sandbox, journal_of(request), session)],
    })  # fmt: skip


def _is_scoped(request: Request, body: ScopedBody) -> bool:
    return bool(body.account or request.query_params.get("account"))


async def stage(request: Request) -> Response:
    """Put its faults in place and leave the playing to somebody else; answers with these faults."""
    body = await read(request, StageBody, may_be_empty=True)
    sandbox, name = sandbox_of(request), request.path_params["name"]
    scenario(name)
    if body.session_id and not _is_scoped(request, body):
        account_id = tester.session(sandbox, body.session_id).account_id
    else:
        account_id = account_of_call(request, body)
    made = use_case.stage(
        sandbox, account_id, name,
        session_id=body.session_id, merchant_reference=body.merchant_reference,
    )  # fmt: skip
    faults = [fault.shown() for fault in made]
    return as_json({"name": name, "account": account_id, "faults": faults})
