"""Snapshots of a namespace."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.control.scope import account_of_call
from mock_dintero.core.snapshot import Snapshot, SnapshotBody
from mock_dintero.http.answers import as_json
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import LARGEST_DISCARDED, parsed, raw_body
from mock_dintero.use_cases import snapshots


def _gist(snapshot: Snapshot) -> dict[str, object]:
    return {
        "name": snapshot.name, "account": snapshot.account_id, "taken_at": snapshot.taken_at,
        "now": snapshot.now, "running": snapshot.running, "records": len(snapshot.records),
    }  # fmt: skip


async def list_all(request: Request) -> Response:
    """Names and sizes, oldest first."""
    account_id = account_of_call(request)
    return as_json([_gist(one) for one in snapshots.search(sandbox_of(request), account_id)])


async def read_one(request: Request) -> Response:
    """The whole snapshot, to be kept in a file."""
    account_id, name = account_of_call(request), request.path_params["name"]
    found = snapshots.read(sandbox_of(request), account_id, name)
    return as_json({**found.shown(), "name": found.name, "account": found.account_id})


async def save(request: Request) -> Response:
    """Without a body: take one now. With what reading one gave: put it here."""
    sandbox, name = sandbox_of(request), request.path_params["name"]
    account_id = account_of_call(request)
    body = await raw_body(request, LARGEST_DISCARDED)
    if body.strip() in (b"", b"{}"):
        return as_json(_gist(await snapshots.take(sandbox, account_id, name)))
    given = parsed(body, SnapshotBody)
    return as_json(_gist(snapshots.put(sandbox, account_id, name, given)))


async def restore(request: Request) -> Response:
    """Put the namespace back as it was; nothing from between then and now reaches a merchant."""
    account_id, name = account_of_call(request), request.path_params["name"]
    return as_json(_gist(await snapshots.restore(sandbox_of(request), account_id, name)))


async def delete(request: Request) -> Response:
    """Forget one."""
    account_id, name = account_of_call(request), request.path_params["name"]
    snapshots.delete(sandbox_of(request), account_id, name)
    return as_json({"deleted": name})
