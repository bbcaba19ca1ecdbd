"""Clocks: one that runs with the world and can be moved or stopped, one that always stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SystemClock:
    """Real time, plus what an account has been moved by; an account's time can be stopped."""

    def __init__(self) -> None:
        self._offsets: dict[str, timedelta] = {}
        self._stopped: dict[str, datetime] = {}

    def now(self, account_id: str) -> datetime:
        """The account's time, in UTC."""
        if self._stopped and account_id in self._stopped:
            return self._stopped[account_id]
        wall = datetime.now(UTC)
        offset = self._offsets.get(account_id) if self._offsets else None
        return wall + offset if offset else wall

    def wall(self) -> datetime:
        """Real time."""
        return datetime.now(UTC)

    def move_to(self, account_id: str, moment: datetime) -> None:
        """Set the account's time; it goes on from there, unless it is stopped."""
        self._offsets[account_id] = moment - datetime.now(UTC)
        if account_id in self._stopped:
            self._stopped[account_id] = moment

    def is_running(self, account_id: str) -> bool:
        """Whether the account's time passes by itself."""
        return account_id not in self._stopped

    def stop(self, account_id: str) -> None:
        """The account's time stands still, until it is moved or runs on."""
        self._stopped[account_id] = self.now(account_id)

    def run(self, account_id: str) -> None:
        """The account's time passes again, from where it stood."""
        stood = self._stopped.pop(account_id, None)
        if stood:
            self._offsets[account_id] = stood - datetime.now(UTC)

    def reset(self, account_id: str) -> None:
        """Back to real time."""
        self._offsets.pop(account_id, None)
        self._stopped.pop(account_id, None)


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

    def is_running(self, account_id: str) -> bool:
        """Never."""
        return False

    def stop(self, account_id: str) -> None:
        """It stands still already."""

    def run(self, account_id: str) -> None:
        """It never does."""

    def reset(self, account_id: str) -> None:
        """Back to the start."""
        self._moments.pop(account_id, None)
