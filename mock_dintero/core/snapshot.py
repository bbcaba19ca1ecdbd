"""A namespace as it was: every record of an account, and its clock."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import ConfigDict

from mock_dintero.core.record import Flag, Part, Record
from mock_dintero.core.session import Expiry


class KeptRecord(Part):
    """One record as the store has it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    kind: str
    body: dict[str, Any]


class Snapshot(Record):
    """Kept beside what it is a picture of: a reset forgets the account's records, not this."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    kind: ClassVar[str] = "snapshot"

    taken_at: Expiry
    now: Expiry
    running: Flag
    records: tuple[KeptRecord, ...]

    @property
    def name(self) -> str:
        """What the tester calls it."""
        return self.id.partition(".")[2]


class SnapshotBody(Part):
    """Body of `PUT /_mock/api/v1/snapshots/{name}`: what reading one gave, to be put here."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str | None = None
    name: str | None = None
    account: str | None = None
    taken_at: Expiry
    now: Expiry
    running: Flag
    records: tuple[KeptRecord, ...]
