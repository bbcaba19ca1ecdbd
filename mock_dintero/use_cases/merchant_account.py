"""The merchant's account: opening it, tokens, the signature secret."""

from __future__ import annotations

from dataclasses import dataclass

from mock_dintero.core.account import (
    TOKEN_SECONDS,
    Account,
    TokenBody,
    new_account,
    require_account_id,
    require_audience,
    require_known,
    trusted,
    with_signature_secret,
)
from mock_dintero.ports import Sandbox


def open_account(sandbox: Sandbox, account_id: str) -> Account:
    """The account; one that nobody has named before comes into being."""
    require_account_id(account_id, allow_production=sandbox.settings.allow_production_ids)
    account = sandbox.store.load(Account, account_id)
    if account is None:
        account = new_account(account_id, sandbox.clock.now(account_id))
        sandbox.store.save(account)
    return account


def require_allowed(sandbox: Sandbox, account_id: str) -> None:
    """Raises Forbidden for an account that strict mode does not know, InvalidRequest for no account id."""
    require_account_id(account_id, allow_production=sandbox.settings.allow_production_ids)
    if sandbox.settings.strict:
        require_known(account_id)


def ensure_account(sandbox: Sandbox, account_id: str) -> None:
    """Make sure that the account is there, without reading it each time."""
    if account_id not in sandbox.known_accounts:
        require_allowed(sandbox, account_id)
        open_account(sandbox, account_id)
        sandbox.known_accounts.add(account_id)


@dataclass(frozen=True)
class Grant:
    """What a token says: who, for which account, from when to when (Unix seconds)."""

    account_id: str
    client_id: str
    audience: str
    issued_at: int
    expires_at: int


def grant(
    sandbox: Sandbox, account_id: str, client_id: str, client_secret: str, body: TokenBody
) -> Grant:
    """Check the client's credentials and grant four hours. Raises Unauthorized or InvalidRequest."""
    require_allowed(sandbox, account_id)
    account = open_account(sandbox, account_id)
    require_audience(body.audience, account_id)
    known = trusted(account, client_id, client_secret)
    if known is not account:
        sandbox.store.save(known)
    now = int(sandbox.clock.now(account_id).timestamp())
    return Grant(account_id, client_id, body.audience, now, now + TOKEN_SECONDS)


def replace_signature_secret(sandbox: Sandbox, account_id: str) -> Account:
    """A new secret; callbacks are signed with it from now on."""
    account = open_account(sandbox, account_id)
    now = sandbox.clock.now(account_id)
    replaced = with_signature_secret(account, sandbox.new_uuid().hex, now)
    sandbox.store.save(replaced)
    return replaced
