"""What a tester does: look into the sandbox, move its clock, empty it."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

from mock_dintero.core.callback import Callback
from mock_dintero.core.errors import InvalidRequest, NotFound
from mock_dintero.core.ids import account_of
from mock_dintero.core.session import Session
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import merchant_account, outbox

LONGEST_STEP = 366 * 24 * 3600
"""Seconds that one step of the clock may have."""


def deliveries(sandbox: Sandbox, account_id: str, session_id: str = "") -> list[Callback]:
    """Every callback of an account (or of one session) with every attempt, oldest first."""
    return list(sandbox.store.oldest(Callback, account_id, link=session_id))


def delivery(sandbox: Sandbox, id: str) -> Callback:
    """One callback by its id. Raises NotFound."""
    found = sandbox.store.load(Callback, id)
    if found is None:
        raise NotFound(f"no delivery {id!r}")
    return found


def session(sandbox: Sandbox, id: str) -> Session:
    """Any session, whatever its state. Raises NotFound."""
    found = sandbox.store.load(Session, id) if account_of(id) else None
    if found is None:
        raise NotFound(f"no session {id!r}")
    return found


def sessions(sandbox: Sandbox, account_id: str, limit: int) -> list[Session]:
    """The newest sessions of an account."""
    return list(islice(sandbox.store.newest(Session, account_id), limit))


async def advance_clock(sandbox: Sandbox, account_id: str, seconds: float) -> int:
    """Move an account's time on; all that falls due runs. Answers with how many callbacks ran."""
    if not 0 <= seconds <= LONGEST_STEP:
        raise InvalidRequest(f"seconds: {seconds} is not between 0 and {LONGEST_STEP}")
    merchant_account.open_account(sandbox, account_id)
    return await outbox.advance(sandbox, account_id, timedelta(seconds=seconds))


async def reset(sandbox: Sandbox, account_id: str) -> dict[str, int]:
    """Empty a namespace: nothing waits any more, what is in flight has landed, the clock is back."""
    counts = sandbox.store.clear(account_id)
    await outbox.settle(sandbox, account_id)
    for kind, number in sandbox.store.clear(account_id).items():
        counts[kind] = counts.get(kind, 0) + number
    sandbox.clock.reset(account_id)
    return counts
