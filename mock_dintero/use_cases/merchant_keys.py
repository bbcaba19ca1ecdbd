"""What a merchant does with API keys: make, list, delete, rotate; and whether one may be used."""

from __future__ import annotations

from itertools import islice

from mock_dintero.core import api_key as rules
from mock_dintero.core.api_key import ApiKey, NewApiKey
from mock_dintero.core.errors import NotFound
from mock_dintero.core.ids import checkout_id
from mock_dintero.ports import Sandbox


def create(sandbox: Sandbox, account_id: str, body: NewApiKey, by: str) -> ApiKey:
    """A new key."""
    now = sandbox.clock.now(account_id)
    id, number = checkout_id(account_id, sandbox.new_uuid(), now), sandbox.new_uuid().hex
    made = rules.new_api_key(id, body, number, by, now)
    sandbox.store.save(made)
    return made


def read(sandbox: Sandbox, account_id: str, id: str) -> ApiKey:
    """A key that was not deleted. Raises NotFound."""
    key = _load(sandbox, account_id, id)
    if key.is_deleted:
        raise NotFound(f"API key {id!r} was deleted at {key.deleted_at}")
    return key


def _load(sandbox: Sandbox, account_id: str, id: str) -> ApiKey:
    key = sandbox.store.load(ApiKey, id) if id.startswith(f"{account_id}.") else None
    if key is None:
        raise NotFound(f"no API key {id!r} in account {account_id}")
    return key


def search(
    sandbox: Sandbox,
    account_id: str,
    limit: int,
    starting_after: str | None,
    *,
    include_deleted: bool,
) -> list[ApiKey]:
    """Keys, newest first (ours). Raises NotFound for an unknown cursor."""
    if starting_after is not None:
        _load(sandbox, account_id, starting_after)
    keys = sandbox.store.newest(ApiKey, account_id, after=starting_after or "")
    return list(islice((key for key in keys if include_deleted or not key.is_deleted), limit))


def delete(sandbox: Sandbox, account_id: str, id: str, by: str) -> ApiKey:
    """The key is dead. Raises NotFound."""
    key = read(sandbox, account_id, id)
    gone = rules.deleted(key, by, sandbox.clock.now(account_id))
    sandbox.store.save(gone)
    return gone


def rotate(sandbox: Sandbox, account_id: str, id: str) -> ApiKey:
    """A new key in the place of the old one. Raises NotFound."""
    key = read(sandbox, account_id, id)
    fresh = rules.rotated(key, sandbox.new_uuid().hex, sandbox.clock.now(account_id))
    sandbox.store.save(fresh)
    return fresh


def is_good(sandbox: Sandbox, id: str, number: str) -> bool:
    """Whether a key with this id and number opens the door: neither deleted nor rotated."""
    key = sandbox.store.load(ApiKey, id)
    return key is not None and not key.is_deleted and key.number == number
