"""An account's time as it is kept: how far it is ahead of the world, and whether it stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.record import Record
from mock_dintero.core.timestamps import moment, stamp

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)
"""Between these a clock may stand: whatever is counted from it stays inside the calendar."""


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


def require_possible(now: datetime, name: str = "now") -> None:
    """Raises InvalidRequest for a time that no clock may stand at."""
    if not EARLIEST <= now <= LATEST:
        raise InvalidRequest(
            f"{name}: {stamp(now)} is not between {stamp(EARLIEST)} and {stamp(LATEST)}"
        )
