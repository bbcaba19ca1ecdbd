"""API keys: what `x-api-key` carries instead of a bearer token. Only a key's number is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import StringConstraints

from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.record import Part, Record
from mock_dintero.core.timestamps import stamp


class NewApiKey(Part):
    """Body of the POST. Source: schemas ApiKey and ApiKeyValue of the specification of 2024."""

    name: Annotated[str, StringConstraints(min_length=1)]
    api_key: str | None = None
    access_token: str | None = None


class ApiKey(Record):
    """A key. `number` stands in the key itself and changes when the key is rotated."""

    kind: ClassVar[str] = "api_key"

    name: str
    number: str
    created_at: str
    updated_at: str
    created_by: str
    deleted_at: str | None = None
    deleted_by: str | None = None

    @property
    def is_deleted(self) -> bool:
        """Whether it was deleted; it stays in the list on request."""
        return self.deleted_at is not None


def new_api_key(id: str, body: NewApiKey, number: str, by: str, now: datetime) -> ApiKey:
    """A key that never expires (ours). The sandbox makes the key itself: a chosen one is refused."""
    if body.api_key is not None or body.access_token is not None:
        raise InvalidRequest("api_key: the sandbox makes the key itself; send only a name")
    return ApiKey(
        id=id, name=body.name, number=number,
        created_at=stamp(now), updated_at=stamp(now), created_by=by,
    )  # fmt: skip


def rotated(key: ApiKey, number: str, now: datetime) -> ApiKey:
    """The same entry with a new key; the old one is dead at once (ours)."""
    return key.with_(number=number, updated_at=stamp(now))


def deleted(key: ApiKey, by: str, now: datetime) -> ApiKey:
    """Dead, but still known."""
    return key.with_(deleted_at=stamp(now), deleted_by=by, updated_at=stamp(now))


def public(key: ApiKey) -> dict[str, Any]:
    """As the merchant sees it: without anything that could be used."""
    return {name: value for name, value in key.shown().items() if name != "number"}
