"""What a test sets the stage with: time, faults, snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mock_dintero.testing.door import Door, Json

Found = list[Json]


@dataclass(frozen=True)
class Clock:
    """The account's time. It runs with real time until it is moved or frozen."""

    door: Door
    account_id: str

    @property
    def now(self) -> datetime:
        """The account's time, in UTC."""
        return datetime.fromisoformat(self._of(self.door.ask("GET", "clock"))["now"])

    def freeze(self) -> None:
        """Stand still from here on; `advance` and `set` still move it."""
        self.door.ask("PUT", "clock", {"running": False})

    def run(self) -> None:
        """Go on."""
        self.door.ask("PUT", "clock", {"running": True})

    def set(self, moment: datetime | str) -> None:
        """Be this moment; nothing that lies in between is carried."""
        self.door.ask("PUT", "clock", {"now": _stamp(moment)})

    def advance(
        self,
        seconds: float = 0,
        *,
        minutes: float = 0,
        hours: float = 0,
        days: float = 0,
        to: datetime | str | None = None,
    ) -> int:
        """Move on, by a span or `to` a moment; all that falls due has run when it answers.

        Answers with how many callbacks were carried.
        """
        by = timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        body = {"seconds": by.total_seconds()} if to is None else {"to": _stamp(to)}
        return int(self._of(self.door.ask("POST", "clock/advance", body))["callbacks"])

    def _of(self, answer: Json) -> Json:
        found: Json = answer[self.account_id]
        return found


def _stamp(moment: datetime | str) -> str:
    """A moment as the API writes it. Raises ValueError for one without a time zone."""
    if isinstance(moment, str):
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone; datetime.now(UTC) has one")
    return moment.isoformat()


@dataclass(frozen=True)
class Faults:
    """What shall go wrong. Each fault is counted: after `times` it is over."""

    door: Door

    def add(
        self,
        at: str,
        do: str,
        times: int = 1,
        match: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Found:
        """One more fault; `options` are those of `do`. Answers with all that still strike."""
        fault = {"at": at, "do": do, "times": times, "match": dict(match or {}), **options}
        found: Found = self.door.ask("POST", "faults", fault)
        return found

    def list(self) -> Found:
        """The faults that still strike."""
        found: Found = self.door.ask("GET", "faults")
        return found

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.door.ask("DELETE", "faults")


@dataclass(frozen=True)
class Snapshots:
    """The account as it stood, by name."""

    door: Door

    def save(self, name: str) -> None:
        """Keep the account as it is now."""
        self.door.ask("PUT", f"snapshots/{name}")

    def restore(self, name: str) -> None:
        """Be again as then; nothing from after it reaches a merchant."""
        self.door.ask("POST", f"snapshots/{name}/restore")
