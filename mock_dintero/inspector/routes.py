"""What happened, to look at: the newest sessions, and one session leg by leg."""

from __future__ import annotations

import json
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from mock_dintero.core.errors import NotFound
from mock_dintero.core.ids import CHECKOUT_ID
from mock_dintero.core.session import Session, cause_of_end
from mock_dintero.core.transaction import Transaction
from mock_dintero.http.context import journal_of, sandbox_of
from mock_dintero.http.pages import page
from mock_dintero.http.timeline import timeline
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import tester

HERE = Path(__file__).parent
SHOWN = 50


async def overview(request: Request) -> Response:
    """The newest sessions of every account."""
    sandbox = sandbox_of(request)
    found = [s for id in sandbox.store.accounts() for s in tester.sessions(sandbox, id, SHOWN)]
    found.sort(key=lambda session: session.created_at, reverse=True)
    rows = [(session, _state(sandbox, session)) for session in found[:SHOWN]]
    return page(HERE / "templates", "overview.html", rows=rows, url=sandbox.settings.public_url)


def _state(sandbox: Sandbox, session: Session) -> str:
    if session.transaction_id:
        transaction = sandbox.store.load(Transaction, session.transaction_id)
        if transaction:
            return transaction.status
    return cause_of_end(session, sandbox.clock.now(session.account_id)) or "OPEN"


async def one_session(request: Request) -> Response:
    """One session: its state, its events, every leg, every callback that still waits."""
    sandbox = sandbox_of(request)
    try:
        session = tester.session(sandbox, request.path_params["sid"])
    except NotFound as error:
        return page(HERE / "templates", "missing.html", 404, text=error.message)
    waiting = [
        callback
        for callback in tester.deliveries(sandbox, session.account_id, session.id)
        if callback.state == "waiting"
    ]
    return page(
        HERE / "templates", "session.html",
        session=session,
        state=_state(sandbox, session),
        legs=timeline(sandbox, journal_of(request), session),
        waiting=waiting,
        record=json.dumps(session.shown(), indent=2, ensure_ascii=False),
        pretty=_pretty,
        short=_short,
    )  # fmt: skip


def _short(path: str) -> str:
    """Ids are long and alike; their beginning tells them apart within one session."""
    return CHECKOUT_ID.sub(lambda id: f"{id[0][10:18]}…", path)


def _pretty(text: str) -> str:
    """JSON with line breaks; anything else as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


ROUTES: list[BaseRoute] = [
    Route("/", overview, methods=["GET"]),
    Route("/sessions/{sid}", one_session, methods=["GET"]),
    Mount("/static", StaticFiles(directory=HERE / "static"), name="inspector-static"),
]
