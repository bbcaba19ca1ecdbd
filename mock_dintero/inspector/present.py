"""What the inspector's pages show, ready to be written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mock_dintero.core.callback import Callback
from mock_dintero.core.session import Session
from mock_dintero.core.timestamps import stamp
from mock_dintero.http.exchanges import outbound
from mock_dintero.http.timeline_page import state_of
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import faults, tester

NEXT_TO_NOTHING = timedelta(seconds=1)
UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
TOLD_APART = frozenset({"id", "at", "do", "times", "left", "match", "message"})


@dataclass(frozen=True)
class AccountView:
    """An account: what time it has, and what shall go wrong in it."""

    id: str
    now: str
    clock: str
    faults: list[str]

    @property
    def is_special(self) -> bool:
        """Whether something is not as it is by itself."""
        return bool(self.faults) or self.clock != "real time"


def account_view(sandbox: Sandbox, id: str) -> AccountView:
    """An account as it stands."""
    return AccountView(
        id=id,
        now=stamp(sandbox.clock.now(id)),
        clock=_clock(sandbox, id),
        faults=[_fault(fault.shown()) for fault in faults.waiting(sandbox, id)],
    )


def _clock(sandbox: Sandbox, id: str) -> str:
    """How the account's time differs from real time."""
    ahead = sandbox.clock.now(id) - sandbox.clock.wall()
    moved = "" if abs(ahead) < NEXT_TO_NOTHING else _span(ahead)
    if not sandbox.clock.is_running(id):
        return f"stands still, {moved}" if moved else "stands still"
    return moved or "real time"


def _span(ahead: timedelta) -> str:
    """`1 d 2 h ahead`."""
    left, parts = round(abs(ahead.total_seconds())), []
    for unit, seconds in UNITS:
        number, left = divmod(left, seconds)
        parts += [f"{number} {unit}"] if number else []
    return f"{' '.join(parts[:2])} {'ahead' if ahead > timedelta() else 'behind'}"


def _fault(fault: dict[str, Any]) -> str:
    """`api status, 2 times left: status=503, method=POST`."""
    named = {**fault.get("match", {}), **{n: v for n, v in fault.items() if n not in TOLD_APART}}
    options = ", ".join(f"{name}={value}" for name, value in named.items() if value is not None)
    times = "once" if fault["left"] == 1 else f"{fault['left']} times"
    head = f"{fault['at'].replace('_', ' ')}: {fault['do'].replace('_', ' ')}, {times}"
    return f"{head} ({options})" if options else head


@dataclass(frozen=True)
class DeliveryView:
    """A callback with its attempts."""

    record: Callback
    attempts: list[dict[str, Any]]

    @property
    def name(self) -> str:
        """`payment callback CAPTURE`."""
        record = self.record
        return " ".join(filter(None, (record.at.replace("_", " "), record.event)))

    @property
    def is_replayable(self) -> bool:
        """Whether it can be sent once more: a question's answer is of use only at its time."""
        return (
            self.record.at in ("payment_callback", "webhook") and self.record.state != "in_flight"
        )


def delivery_views(callbacks: Iterable[Callback]) -> list[DeliveryView]:
    """Oldest first."""
    return [DeliveryView(callback, outbound(callback)) for callback in callbacks]


@dataclass(frozen=True)
class Row:
    """A session on the overview."""

    session: Session
    state: str
    callbacks: str
    is_troubled: bool

    def has(self, text: str) -> bool:
        """Whether the filter's text stands in it."""
        session = self.session
        words = (
            session.id, session.transaction_id or "", session.order.merchant_reference,
            self.state, session.created_at, session.order.currency, self.callbacks,
        )  # fmt: skip
        return text.casefold() in " ".join(words).casefold()


def row(sandbox: Sandbox, session: Session) -> Row:
    """A session with the state of its payment and of its callbacks."""
    found = tester.deliveries(sandbox, session.account_id, session.id)
    counts: dict[str, int] = {}
    for callback in found:
        word = callback.state.replace("_", " ")
        counts[word] = counts.get(word, 0) + 1
    return Row(
        session=session,
        state=state_of(sandbox, session),
        callbacks=", ".join(f"{number} {word}" for word, number in counts.items()),
        is_troubled="failed" in counts,
    )
