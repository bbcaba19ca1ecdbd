"""The feed: what happens, told to those who watch. Nobody is waited for; who is too slow is dropped."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from mock_dintero.core.callback import Callback
from mock_dintero.core.fault import Fault
from mock_dintero.core.record import Record
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction
from mock_dintero.ports import Event

KINDS = {
    Callback.kind: "delivery", Session.kind: "session", Transaction.kind: "transaction",
    Fault.kind: "fault",
}  # fmt: skip
"""The records that are told, under the tester's names. The others hold secrets, or nobody waits for them."""
KEPT = 1000
"""Events that a late-comer can still have."""
MOST_UNHEARD = 2 * KEPT
"""Events that wait for one listener; with more it is dropped."""
FALLS_ASLEEP_AFTER = 60.0
"""Seconds that events are kept for somebody who was here and may come back."""


class Ear:
    """One who listens."""

    def __init__(self, wants: Callable[[Event], bool]) -> None:
        self._wants = wants
        self._heard: deque[Event] = deque()
        self._bell, self._end = asyncio.Event(), asyncio.Event()

    def hear(self, event: Event) -> None:
        """Keep it until it is asked for; too many that nobody asks for end it."""
        if self._end.is_set() or not (event.kind == "missed" or self._wants(event)):
            return
        if len(self._heard) >= MOST_UNHEARD:
            self._heard.clear()
            self.end()
            return
        self._heard.append(event)
        self._bell.set()

    def end(self) -> None:
        """There is nothing more to come."""
        self._end.set()
        self._bell.set()

    async def next(self) -> Event | None:
        """The next event; None when there will be none any more."""
        while not self._heard:
            if self._end.is_set():
                return None
            self._bell.clear()
            await self._bell.wait()
        return self._heard.popleft()

    async def ended(self) -> None:
        """Wait until it is dropped, or the sandbox stops."""
        await self._end.wait()


class LiveFeed:
    """Numbers events from when the first one listens, and keeps the last of them for a while."""

    def __init__(self) -> None:
        self._ears: list[Ear] = []
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._number = 0
        self._is_awake = False
        self.is_closed = False
        self._left_at = 0.0

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._ears)

    def saved(self, records: Sequence[Record]) -> None:
        """These were written to the store."""
        if self._is_awake:
            for record in records:
                if kind := KINDS.get(record.kind):
                    self.tell(kind, record.account_id, record)

    def tell(self, kind: str, account_id: str, item: Any) -> None:
        """Something happened."""
        if not self._is_awake:
            return
        if not self._ears and time.monotonic() - self._left_at > FALLS_ASLEEP_AFTER:
            self._fall_asleep()
            return
        self._number += 1
        event = Event(self._number, kind, account_id, item)
        self._kept.append(event)
        for ear in self._ears:
            ear.hear(event)

    def _fall_asleep(self) -> None:
        self._is_awake = False
        self._kept.clear()

    @contextmanager
    def listen(self, wants: Callable[[Event], bool], after: int | None = None) -> Iterator[Ear]:
        """Hear what is wanted from now on, or from after an event that was heard before."""
        ear = Ear(wants)
        if after is not None:
            self._catch_up(ear, after)
        self._ears.append(ear)
        self._is_awake = True
        if self.is_closed:
            ear.end()
        try:
            yield ear
        finally:
            self._ears.remove(ear)
            self._left_at = time.monotonic()

    def _catch_up(self, ear: Ear, after: int) -> None:
        first = self._kept[0].number if self._kept else self._number + 1
        if not self._is_awake or not first - 1 <= after <= self._number:
            ear.hear(Event(self._number, "missed", "", None))
            return
        for event in self._kept:
            if event.number > after:
                ear.hear(event)

    def close(self) -> None:
        """End every listener: the sandbox stops."""
        self.is_closed = True
        for ear in self._ears:
            ear.end()
