"""Which account a tester's call is about."""

from __future__ import annotations

from starlette.requests import Request

from mock_dintero.core.account import require_account_id
from mock_dintero.http.context import sandbox_of
from mock_dintero.ports import Sandbox


def accounts_of(request: Request) -> list[str]:
    """`?account=`, or all accounts without it. Raises InvalidRequest for something else."""
    sandbox = sandbox_of(request)
    named = request.query_params.get("account")
    if not named:
        return sandbox.store.accounts()
    require_account(sandbox, named)
    return [named]


def require_account(sandbox: Sandbox, id: str) -> None:
    """Raises InvalidRequest for what is no account id, Forbidden for a real shop's."""
    require_account_id(id, allow_production=sandbox.settings.allow_production_ids)
