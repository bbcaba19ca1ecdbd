"""Which account a tester's call is about."""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request

from mock_dintero.core.account import require_account_id
from mock_dintero.core.errors import InvalidRequest
from mock_dintero.http.context import sandbox_of
from mock_dintero.ports import Sandbox


class Scoped(Protocol):
    """A body that may name its account."""

    @property
    def account(self) -> str | None:
        """The account, or None for all."""


def accounts_of(request: Request, body: Scoped | None = None) -> list[str]:
    """`?account=` or the body's `account`, or all accounts without either. Raises InvalidRequest."""
    sandbox = sandbox_of(request)
    in_query, in_body = request.query_params.get("account"), body.account if body else None
    if in_query and in_body and in_query != in_body:
        raise InvalidRequest(f"account: the query says {in_query!r}, the body {in_body!r}")
    named = in_query or in_body
    if not named:
        return sandbox.store.accounts()
    require_account(sandbox, named)
    return [named]


def require_account(sandbox: Sandbox, id: str) -> None:
    """Raises InvalidRequest for what is no account id, Forbidden for a real shop's."""
    require_account_id(id, allow_production=sandbox.settings.allow_production_ids)


def account_of_call(request: Request, body: Scoped | None = None) -> str:
    """The one account that a call needs. Raises InvalidRequest where none is named and there are several."""
    accounts = accounts_of(request, body)
    if len(accounts) != 1:
        raise InvalidRequest(
            f"account: name one, for example ?account={accounts[0]}; there are {len(accounts)}"
        )
    return accounts[0]
