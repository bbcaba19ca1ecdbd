"""create_app(): the only place where adapters meet routes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

from mock_dintero.adapters.clocks import SystemClock
from mock_dintero.adapters.feed import LiveFeed
from mock_dintero.adapters.http_courier import HttpCourier
from mock_dintero.adapters.postman import Postman
from mock_dintero.adapters.sql_store import SqlStore
from mock_dintero.api.routes import HEALTH
from mock_dintero.api.routes import ROUTES as API_ROUTES
from mock_dintero.core.account import DEFAULT_ID
from mock_dintero.http.answers import EXCEPTION_HANDLERS, as_json
from mock_dintero.http.envelope import Envelope
from mock_dintero.http.faulty_api import FaultyApi
from mock_dintero.http.journal import Journal
from mock_dintero.http.later import Later
from mock_dintero.ports import Clock, Courier, Sandbox, Settings, Store
from mock_dintero.use_cases import merchant_account, restart


def create_app(
    *,
    settings: Settings | None = None,
    store: Store | None = None,
    clock: Clock | None = None,
    courier: Courier | None = None,
    new_uuid: Callable[[], UUID] | None = None,
    delivers: bool = True,
    keeps_journal: bool = True,
) -> Starlette:
    """The sandbox as an ASGI app. Everything from outside can be handed in; the rest is real.

    `delivers=False` leaves callbacks in the outbox until the clock is advanced or a test delivers
    them itself. `keeps_journal=False` is for measuring what the journal costs.
    """
    store, clock, postman, feed = store or SqlStore(), clock or SystemClock(), Postman(), LiveFeed()
    journal = Journal(clock.now, feed.tell)
    store.watch(feed.saved)
    sandbox = Sandbox(
        store=store,
        clock=clock,
        courier=courier or HttpCourier(),
        new_uuid=new_uuid or uuid4,
        settings=settings or Settings(),
        ring=postman.ring,
        wake=postman.wake,
        feed=feed,
        note_happening=journal.note_happening,
    )
    merchant_account.open_account(sandbox, DEFAULT_ID)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        restart.wake_up(sandbox)
        work = asyncio.create_task(postman.work(sandbox)) if delivers else None
        try:
            yield
        finally:
            feed.close()
            if work:
                work.cancel()
            await postman.stop()
            await sandbox.courier.close()
            sandbox.store.close()

    app = Starlette(
        routes=[
            *API_ROUTES,
            *HEALTH,
            Mount("/_mock/api/v1", Later("mock_dintero.control.routes")),
            Route("/_mock", to_inspector, methods=["GET"]),
            Route("/_mock/openapi.json", describe, methods=["GET"]),
            Mount("/_mock", Later("mock_dintero.inspector.routes")),
            Mount("", Later("fake_checkout_ui.routes")),
        ],
        middleware=[
            Middleware(Envelope, journal=journal if keeps_journal else None),
            Middleware(FaultyApi, sandbox=sandbox),
        ],
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.sandbox = sandbox
    app.state.journal = journal
    return app


async def to_inspector(request: Request) -> RedirectResponse:
    """`/_mock` without its slash."""
    return RedirectResponse("/_mock/", 307)


async def describe(request: Request) -> Response:
    """Our own description of all this, OpenAPI 3.1."""
    from mock_dintero.openapi import description

    return as_json(description())


def seeded_uuids(seed: int) -> Callable[[], UUID]:
    """UUIDs that come in the same order every time."""
    dice = random.Random(seed)
    return lambda: UUID(int=dice.getrandbits(128), version=4)
