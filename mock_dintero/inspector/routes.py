"""What happens, to look at: the newest sessions, and one session leg by leg; the pages update themselves."""

from __future__ import annotations

import json
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from mock_dintero.core.errors import NotFound
from mock_dintero.core.ids import ACCOUNT_ID
from mock_dintero.core.session import Session
from mock_dintero.http.context import journal_of, sandbox_of
from mock_dintero.http.pages import page
from mock_dintero.http.redaction import redacted
from mock_dintero.http.timeline import timeline
from mock_dintero.http.timeline_page import STYLE, pretty, short, state_of
from mock_dintero.inspector import actions
from mock_dintero.inspector.present import Row, account_view, delivery_views, row
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import tester

HERE = Path(__file__).parent
SHOWN = 50
ACCOUNTS_SHOWN = 6


async def overview(request: Request) -> Response:
    """The newest sessions, `?account=` and `?q=` narrow them; the accounts, their clocks and faults."""
    sandbox, params = sandbox_of(request), request.query_params
    all_accounts = sandbox.store.accounts()
    account = params.get("account", "")
    if not ACCOUNT_ID.fullmatch(account):
        account = ""
    elif account not in all_accounts:  # it comes into being when its shop calls
        all_accounts.append(account)
    wanted = params.get("q", "").strip()
    rows = _rows(sandbox, [account] if account else all_accounts, wanted)
    views = [account_view(sandbox, id) for id in ([account] if account else all_accounts)]
    views.sort(key=lambda view: not view.is_special)
    return page(
        HERE / "templates", "overview.html",
        rows=rows, url=sandbox.settings.public_url, q=wanted, account=account,
        all_accounts=all_accounts, accounts=views[:ACCOUNTS_SHOWN],
        more_accounts=len(views[ACCOUNTS_SHOWN:]), shown=SHOWN, here=_here(request),
    )  # fmt: skip


def _rows(sandbox: Sandbox, accounts: list[str], wanted: str) -> list[Row]:
    """The newest sessions that the filter lets through; it looks at the newest of each account."""
    most = SHOWN if not wanted else 20 * SHOWN
    found = [session for id in accounts for session in tester.sessions(sandbox, id, most)]
    found.sort(key=lambda session: session.created_at, reverse=True)
    rows: list[Row] = []
    for session in found:
        made = row(sandbox, session)
        rows += [made] if not wanted or made.has(wanted) else []
        if len(rows) == SHOWN:
            break
    return rows


def _here(request: Request) -> str:
    """This page, for forms to come back to."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


async def one_session(request: Request) -> Response:
    """One session: its state, its deliveries, every leg, what lint found, the record."""
    sandbox = sandbox_of(request)
    try:
        session = tester.session(sandbox, request.path_params["sid"])
    except NotFound as error:
        return page(HERE / "templates", "missing.html", 404, text=error.message)
    legs = timeline(sandbox, journal_of(request), session)
    return page(
        HERE / "templates", "session.html",
        session=session,
        state=state_of(sandbox, session),
        legs=legs,
        findings=[finding for leg in legs for finding in leg.lint],
        deliveries=delivery_views(tester.deliveries(sandbox, session.account_id, session.id)),
        accounts=[account_view(sandbox, session.account_id)],
        record=json.dumps(_record(session), indent=2, ensure_ascii=False),
        pretty=pretty, short=short, here=_here(request),
    )  # fmt: skip


def _record(session: Session) -> object:
    return redacted(session.shown())


ROUTES: list[BaseRoute] = [
    Route("/", overview, methods=["GET"]),
    Route("/sessions/{sid}", one_session, methods=["GET"]),
    Route("/accounts/{account}/advance", actions.advance, methods=["POST"]),
    Route("/accounts/{account}/faults/end", actions.end_faults, methods=["POST"]),
    Route("/deliveries/{id}/replay", actions.replay, methods=["POST"]),
    Mount("/static", StaticFiles(directory=HERE / "static"), name="inspector-static"),
    Mount("/shared", StaticFiles(directory=STYLE.parent), name="inspector-shared"),
]
