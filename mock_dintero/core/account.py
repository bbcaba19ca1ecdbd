"""Accounts: the namespace of everything, who may use it, and with which secrets."""

from __future__ import annotations

import hmac
import re
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from mock_dintero.core.errors import Forbidden, InvalidRequest, Unauthorized
from mock_dintero.core.ids import ACCOUNT_ID
from mock_dintero.core.record import Part, Record
from mock_dintero.core.timestamps import stamp

TOKEN_SECONDS = 14400
"""Four hours, as Dintero's guides say since 2026 (older ones and an example: 86400)."""

DEFAULT_ID = "T12345678"
DEFAULT_CLIENT_ID = "mock-client-id"
DEFAULT_CLIENT_SECRET = "mock-client-secret"  # noqa: S105 - published on purpose
DEFAULT_SIGNATURE_SECRET = "mock-signature-secret"  # noqa: S105 - published on purpose


class TokenBody(Part):
    """Body of `POST /v1/accounts/{oid}/auth/token`."""

    grant_type: Literal["client_credentials"]
    audience: Annotated[str, StringConstraints(min_length=1)]


class Account(Record):
    """A merchant's account. Its `id` is the account id itself: `T12345678`."""

    kind: ClassVar[str] = "account"

    created_at: str
    client_id: str | None = None
    client_secret: str | None = None
    signature_secret: str = DEFAULT_SIGNATURE_SECRET
    signature_created_at: str


def new_account(id: str, now: datetime) -> Account:
    """An account that nobody has used yet. The default one knows its client from the start."""
    made = Account(id=id, created_at=stamp(now), signature_created_at=stamp(now))
    if id != DEFAULT_ID:
        return made
    return made.with_(client_id=DEFAULT_CLIENT_ID, client_secret=DEFAULT_CLIENT_SECRET)


def require_account_id(id: str, *, allow_production: bool) -> None:
    """`T` and eight digits. A `P` id is a real shop's: whoever sends one here has mixed something up."""
    if not ACCOUNT_ID.fullmatch(id):
        raise InvalidRequest(
            f"account id: {id!r} is not T and eight digits, for example {DEFAULT_ID}"
        )
    if id.startswith("P") and not allow_production:
        raise Forbidden(
            f"{id} is a production account. This is a sandbox: no money moves here. Use the test "
            f"account T{id[1:]}, or start with --allow-production-ids if you know what you do"
        )


def require_known(id: str) -> None:
    """Strict mode: the default account is the only one."""
    if id != DEFAULT_ID:
        raise Forbidden(
            f"{id} is not known: in strict mode there is {DEFAULT_ID} alone, with the client "
            f"{DEFAULT_CLIENT_ID}; start without --strict for accounts that come into being when used"
        )


def trusted(account: Account, client_id: str, client_secret: str) -> Account:
    """The account if these are its credentials; the first ones an account sees become its own.

    Trust on first use gives every parallel test a namespace without configuration.
    """
    if account.client_id is None:
        return account.with_(client_id=client_id, client_secret=client_secret)
    same_id = hmac.compare_digest(account.client_id.encode(), client_id.encode())
    same_secret = hmac.compare_digest(
        (account.client_secret or "").encode(), client_secret.encode()
    )
    if not (same_id and same_secret):
        raise Unauthorized(
            f"wrong client_id or client_secret for account {account.id}"
            + (f"; the sandbox's client is {DEFAULT_CLIENT_ID}" if account.id == DEFAULT_ID else
               "; it trusts the first credentials that it saw")
        )  # fmt: skip
    return account


def require_audience(audience: str, account_id: str) -> None:
    """Any host will do (clients send their configured one), the path must name the account."""
    if not re.fullmatch(rf"https?://[^/?#\[]+(/[^?#]*)?/accounts/{account_id}/?", audience):
        raise InvalidRequest(
            f"audience: {audience!r} must end in /accounts/{account_id}, the account of the URL"
        )


def with_signature_secret(account: Account, secret: str, now: datetime) -> Account:
    """A second POST replaces the secret (ours: Dintero does not say)."""
    return account.with_(signature_secret=secret, signature_created_at=stamp(now))
