"""Sessions, as the tester sees them: of all accounts, whatever their state."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.control.scope import accounts_of
from mock_dintero.http.answers import as_json, show, show_all
from mock_dintero.http.context import journal_of, sandbox_of
from mock_dintero.http.reading import limit
from mock_dintero.http.timeline import timeline
from mock_dintero.http.timeline_page import timeline_page
from mock_dintero.use_cases import tester


async def list_all(request: Request) -> Response:
    """Newest first; `?account=` and `?limit=` narrow it."""
    sandbox, most = sandbox_of(request), limit(request)
    return show_all(
        session
        for account_id in accounts_of(request)
        for session in tester.sessions(sandbox, account_id, most)
    )


async def read_one(request: Request) -> Response:
    """One session."""
    return show(tester.session(sandbox_of(request), request.path_params["sid"]))


async def read_timeline(request: Request) -> Response:
    """What happened to a session, leg by leg, oldest first."""
    sandbox = sandbox_of(request)
    session = tester.session(sandbox, request.path_params["sid"])
    return as_json([leg.shown() for leg in timeline(sandbox, journal_of(request), session)])


async def read_timeline_page(request: Request) -> Response:
    """The timeline as a page of its own: one file without scripts, to keep or to hand on."""
    sandbox = sandbox_of(request)
    session = tester.session(sandbox, request.path_params["sid"])
    return timeline_page(sandbox, session, timeline(sandbox, journal_of(request), session))
