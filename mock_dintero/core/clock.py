"""An account's time as it is kept: how far it is ahead of the world, and whether it stands still."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from mock_dintero.core.record import Record
from mock_dintero.core.timestamps import moment, stamp


class Time(Record):
    """Kept under the account's id once somebody has moved or stopped its clock."""

    kind: ClassVar[str] = "clock"

    offset: float = 0.0
    stopped_at: str | None = None


def kept(account_id: str, now: datetime, wall: datetime, *, is_running: bool) -> Time:
    """What has to be remembered of a clock: seconds ahead of the world, and where it stands."""
    return Time(
        id=account_id, offset=(now - wall).total_seconds(),
        stopped_at=None if is_running else stamp(now),
    )  # fmt: skip


def moment_of(time: Time, wall: datetime) -> datetime:
    """What a clock that was kept shows now."""
    return moment(time.stopped_at) if time.stopped_at else wall + timedelta(seconds=time.offset)
