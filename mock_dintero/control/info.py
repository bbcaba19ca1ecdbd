"""What this sandbox is, and emptying it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero import __version__
from mock_dintero.control.body import ScopedBody
from mock_dintero.control.scope import accounts_of
from mock_dintero.core.timestamps import stamp
from mock_dintero.http.answers import as_json
from mock_dintero.http.context import journal_of, sandbox_of
from mock_dintero.http.reading import read
from mock_dintero.use_cases import tester


async def info(request: Request) -> Response:
    """Version, address, accounts and their time."""
    sandbox = sandbox_of(request)
    clocks = {id: stamp(sandbox.clock.now(id)) for id in sandbox.store.accounts()}
    return as_json({
        "version": __version__,
        "url": sandbox.settings.public_url,
        "store": sandbox.settings.store,
        "accounts": clocks,
    })  # fmt: skip


async def reset(request: Request) -> Response:
    """Empty one account (`?account=`) or all; answers with counts."""
    sandbox, journal = sandbox_of(request), journal_of(request)
    counts: dict[str, int] = {}
    body = await read(request, ScopedBody, may_be_empty=True)
    for account_id in accounts_of(request, body):
        for kind, number in (await tester.reset(sandbox, account_id)).items():
            counts[kind] = counts.get(kind, 0) + number
        counts["request"] = counts.get("request", 0) + journal.forget(account_id)
        journal.note_happening(account_id, "reset", "the account was emptied")
    return as_json(counts)
