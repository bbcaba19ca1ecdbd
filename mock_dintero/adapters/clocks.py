"""Clocks: one that runs with the world and can be moved, one that stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SystemClock:
    """Real time, plus what an account has been moved by."""

    def __init__(self) -> None:
        self._offsets: dict[str, timedelta] = {}

    def now(self, account_id: str) -> datetime:
        """The account's time, in UTC."""
        wall = datetime.now(UTC)
        offset = self._offsets.get(account_id)
        return wall + offset if offset else wall

    def wall(self) -> datetime:
        """Real time."""
        return datetime.now(UTC)

    def move_to(self, account_id: str, moment: datetime) -> None:
        """Set the account's time; it goes on from there."""
        self._offsets[account_id] = moment - datetime.now(UTC)

    def reset(self, account_id: str) -> None:
        """Back to real time."""
        self._offsets.pop(account_id, None)


class StoppedClock:
    """Time stands still until it is moved; for tests of whole days in no time."""

    def __init__(self, at: datetime) -> None:
        self._start = at
        self._moments: dict[str, datetime] = {}

    def now(self, account_id: str) -> datetime:
        """The account's time."""
        return self._moments.get(account_id, self._start)

    def wall(self) -> datetime:
        """The moment at which the clock was stopped."""
        return self._start

    def move_to(self, account_id: str, moment: datetime) -> None:
        """Set the account's time."""
        self._moments[account_id] = moment

    def reset(self, account_id: str) -> None:
        """Back to the start."""
        self._moments.pop(account_id, None)
