"""What the use cases need from outside, and the one object that carries it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from mock_dintero.core.callback import Answer, Callback
from mock_dintero.core.record import Record

R = TypeVar("R", bound=Record)


class Store(Protocol):
    """Records by id. Every call is synchronous and atomic; JSON in, frozen records out."""

    def load(self, kind: type[R], id: str) -> R | None:
        """The record, or None."""

    def text(self, kind: type[R], id: str, without: Iterable[str] = ()) -> str | None:
        """The record as JSON, less these top-level fields; for answers that need no rule."""

    def save(self, *records: Record) -> None:
        """All of them or none. Raises Conflict if one was changed since it was loaded."""

    def newest(
        self,
        kind: type[R],
        account_id: str,
        *,
        reference: str = "",
        link: str = "",
        after: str = "",
    ) -> Iterator[R]:
        """An account's records, newest first, read as they are asked for.

        `after` is an id: only records older than it.
        """

    def oldest(self, kind: type[R], account_id: str, *, link: str = "") -> Iterator[R]:
        """An account's records in the order in which they came."""

    def due(self, kind: type[R], account_id: str, until: str) -> list[R]:
        """An account's records of this kind whose time has come, in order of their time."""

    def next_due(self, account_id: str = "") -> list[tuple[str, str]]:
        """For each account (or this one) where something waits for its time: id, earliest time."""

    def in_flight(self) -> list[Callback]:
        """Callbacks that were being carried when the process died."""

    def clear(self, account_id: str) -> dict[str, int]:
        """Forget everything of an account; answers with how many of each kind."""

    def delete(self, record: Record) -> None:
        """Forget this record."""

    def dump(self, account_id: str) -> list[tuple[str, str]]:
        """Kind and JSON of all that clearing the account would forget, in the order they came."""

    def accounts(self) -> list[str]:
        """The ids of all accounts."""

    def ping(self) -> None:
        """Raise if the store cannot be used."""

    def watch(self, saved: Callable[[Sequence[Record]], None]) -> None:
        """Tell this one of all that is saved from now on."""

    def close(self) -> None:
        """Write what is left and let go."""


class Clock(Protocol):
    """Time, one for each account, so that a test may move its own."""

    def now(self, account_id: str) -> datetime:
        """The account's time, in UTC."""

    def wall(self) -> datetime:
        """Real time; merchants check the age of signatures against it."""

    def move_to(self, account_id: str, moment: datetime) -> None:
        """Set the account's time; it goes on from there, unless it is stopped."""

    def is_running(self, account_id: str) -> bool:
        """Whether the account's time passes by itself."""

    def stop(self, account_id: str) -> None:
        """The account's time stands still, until it is moved or runs on."""

    def run(self, account_id: str) -> None:
        """The account's time passes again, from where it stood."""

    def reset(self, account_id: str) -> None:
        """Back to real time."""


class Courier(Protocol):
    """Carries a request to the merchant's server."""

    async def carry(
        self, callback: Callback, headers: Mapping[str, str], timeout: float, pace: float = 0.0
    ) -> Answer:
        """Send once. Never raises: what goes wrong is told in the answer. `timeout` in seconds.

        `pace` is how many seconds the body takes on its way.
        """

    async def visit(self, url: str, timeout: float) -> Answer:
        """Open a page as a buyer's browser would, redirects included; a GET. Never raises."""

    async def call(
        self, method: str, url: str, timeout: float, form: Mapping[str, str] | None = None
    ) -> Answer:
        """Press a button of the shop, or read its JSON; redirects are not followed. Never raises."""

    def prepare(self) -> None:
        """A callback is to be expected: do now, in the background, what the first one would wait for."""

    async def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `item` is the record, the exchange or the note itself.

    `kind`: request, delivery, session, transaction, fault, clock, reset, or `missed`, with which a
    listener learns that it came too late for some.
    """

    number: int
    kind: str
    account_id: str
    item: Any


class Listener(Protocol):
    """Hears what happens, from when it was made."""

    async def next(self) -> Event | None:
        """The next event; None when there will be none any more."""

    async def ended(self) -> None:
        """Wait until it is dropped, as it listens too slowly, or the sandbox stops."""


class Feed(Protocol):
    """Tells those who watch of all that happens. While nobody does, it does nothing."""

    @property
    def is_closed(self) -> bool:
        """Whether the sandbox stops."""

    def saved(self, records: Sequence[Record]) -> None:
        """These were written to the store."""

    def tell(self, kind: str, account_id: str, item: Any) -> None:
        """Something happened that is no record."""

    def listen(
        self, wants: Callable[[Event], bool], after: int | None = None
    ) -> AbstractContextManager[Listener]:
        """Hear what is wanted from now on, or from after an event that was heard before."""

    def close(self) -> None:
        """End every listener: the sandbox stops."""


class Noting(Protocol):
    """Writes down what a tester did or what struck; timelines show it, those who watch hear of it."""

    def __call__(self, account_id: str, what: str, detail: str, session_id: str = "") -> None:
        """`what` is clock, fault, reset ...; `detail` a sentence; of one session, or of the account."""


class _Silence:
    """The feed of a sandbox that nobody watches."""

    is_closed = True

    def saved(self, records: Sequence[Record]) -> None:
        """Nobody hears it."""

    def tell(self, kind: str, account_id: str, item: Any) -> None:
        """Nobody hears it."""

    def listen(
        self, wants: Callable[[Event], bool], after: int | None = None
    ) -> AbstractContextManager[Listener]:
        """There is nothing to hear."""
        raise NotImplementedError

    def close(self) -> None:
        """There is nothing to end."""


def _not_noted(account_id: str, what: str, detail: str, session_id: str = "") -> None:
    """Nobody keeps it."""


@dataclass(frozen=True)
class Settings:
    """How this sandbox was started."""

    public_url: str = "http://127.0.0.1:8426"
    allow_production_ids: bool = False
    store: str = "memory"
    strict: bool = False
    """Findings are errors, and the default account with its client is the only one."""


@dataclass(frozen=True)
class Sandbox:
    """All that a use case may touch."""

    store: Store
    clock: Clock
    courier: Courier
    new_uuid: Callable[[], UUID]
    settings: Settings = Settings()
    ring: Callable[[Sequence[Callback]], None] = lambda callbacks: None
    """Tell whoever delivers callbacks that these were saved."""
    wake: Callable[[], None] = lambda: None
    """Tell the same that something else may be due now: a clock was moved, a job was saved."""
    known_accounts: set[str] = field(default_factory=set)
    """Accounts that are in the store; an account never goes away."""
    hooked_accounts: set[str] = field(default_factory=set)
    """Accounts with webhook subscriptions."""
    faulty_accounts: dict[str, frozenset[str]] = field(default_factory=dict)
    """Accounts for which a tester has asked for faults, and where these strike."""
    held_accounts: set[str] = field(default_factory=set)
    """Accounts in which a callback waits for its cue."""
    overtaken: dict[str, asyncio.Event] = field(default_factory=dict)
    """Sessions with a question that waits until a later one has been answered."""
    flights: dict[str, list[asyncio.Future[None]]] = field(default_factory=dict)
    """What is being carried by this process; each key begins with the account."""
    carried: Counter[str] = field(default_factory=Counter)
    """How many callbacks of each account this process has carried, each try counted."""
    emptied: dict[str, asyncio.Event] = field(default_factory=dict)
    """Rung when an account is reset: whoever pauses for it stops."""
    feed: Feed = field(default_factory=_Silence)
    """Who tells those that watch of all that happens."""
    note_happening: Noting = _not_noted
    """Writes down what belongs into a payment's timeline and is no request: a clock moved, a fault struck."""
