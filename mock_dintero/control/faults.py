"""What shall go wrong: read, replace, end."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.control.scope import accounts_of
from mock_dintero.core.fault import AddedFaults, FaultsBody
from mock_dintero.http.answers import show_all
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import read
from mock_dintero.use_cases import faults


async def read_all(request: Request) -> Response:
    """The faults that still strike."""
    sandbox = sandbox_of(request)
    return show_all(f for id in accounts_of(request) for f in faults.waiting(sandbox, id))


async def replace(request: Request) -> Response:
    """The whole list anew, for one account (`?account=`) or all."""
    body = await read(request, FaultsBody)
    sandbox = sandbox_of(request)
    made = [
        f for id in accounts_of(request, body) for f in faults.replace(sandbox, id, body.faults)
    ]
    return show_all(made)


async def add(request: Request) -> Response:
    """One fault more, or several (`{"faults": [...]}`); answers with all that strike."""
    body = await read(request, AddedFaults)
    sandbox = sandbox_of(request)
    for id in accounts_of(request, body):
        faults.add(sandbox, id, body.faults)
    return show_all(f for id in accounts_of(request, body) for f in faults.waiting(sandbox, id))


async def end(request: Request) -> Response:
    """Nothing goes wrong any more."""
    sandbox = sandbox_of(request)
    for id in accounts_of(request):
        faults.replace(sandbox, id, ())
    return show_all(())
