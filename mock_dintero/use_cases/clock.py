"""An account's time: read, set, stopped, moved on with everything that falls due on the way."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from mock_dintero.core import clock as rules
from mock_dintero.core import settlement
from mock_dintero.core.clock import Time
from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.timestamps import moment, stamp
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import carrying, jobs, merchant_account, outbox, settlements

LONGEST_STEP = 366 * 24 * 3600
"""Seconds that one step of the clock may have."""


def time_of(sandbox: Sandbox, account_id: str) -> Time:
    """How an account's clock stands."""
    clock = sandbox.clock
    return rules.kept(
        account_id, clock.now(account_id), clock.wall(), is_running=clock.is_running(account_id)
    )


def set_clock(
    sandbox: Sandbox, account_id: str, now: datetime | None, running: bool | None
) -> Time:
    """Set the time, forwards or back, and let it run or stand still. What is due then goes by itself.

    Raises InvalidRequest for a time outside the calendar.
    """
    if now is not None:
        rules.require_possible(now)
    merchant_account.open_account(sandbox, account_id)
    if running is not None:
        (sandbox.clock.run if running else sandbox.clock.stop)(account_id)
    if now is not None:
        sandbox.clock.move_to(account_id, now)
    kept = _keep(sandbox, account_id)
    how = "stands still at" if kept.stopped_at else "runs on from"
    sandbox.note_happening(account_id, "clock", f"{how} {stamp(sandbox.clock.now(account_id))}")
    return kept


def _keep(sandbox: Sandbox, account_id: str) -> Time:
    """Remember the clock, so that it stands right after a restart."""
    before = sandbox.store.load(Time, account_id)
    now = time_of(sandbox, account_id)
    kept = before.with_(offset=now.offset, stopped_at=now.stopped_at) if before else now
    sandbox.store.save(kept)
    sandbox.wake()
    return kept


def remember(sandbox: Sandbox, account_id: str) -> None:
    """At start: the account's clock stands as it was kept."""
    kept = sandbox.store.load(Time, account_id)
    if kept is None:
        return
    if kept.stopped_at:
        sandbox.clock.stop(account_id)  # before it is set: it then stands there to the microsecond
    sandbox.clock.move_to(account_id, rules.moment_of(kept, sandbox.clock.wall()))


async def advance(sandbox: Sandbox, account_id: str, by: timedelta) -> int:
    """Move the account's time; everything that falls due runs in order of its time.

    Answers, when all has settled, with how many callbacks were carried: retries that fall due
    inside the span run too, and what the merchant's answers cause. Raises InvalidRequest.
    """
    if not 0 <= by.total_seconds() <= LONGEST_STEP:
        raise InvalidRequest(
            f"seconds: {by.total_seconds():g} is not between 0 and {LONGEST_STEP}; "
            "to set a clock back, PUT it"
        )
    target = sandbox.clock.now(account_id) + by
    rules.require_possible(target, "seconds")
    return await _run_until(sandbox, account_id, target)


def require_ahead(sandbox: Sandbox, account_id: str, to: datetime) -> timedelta:
    """How far ahead of an account's clock this is. Raises InvalidRequest for the past and the far future."""
    now = moment(stamp(sandbox.clock.now(account_id)))
    if not 0 <= (to - now).total_seconds() <= LONGEST_STEP:
        raise InvalidRequest(
            f"to: {stamp(to)} is not between {stamp(now)}, which is now in {account_id}, and "
            f"{LONGEST_STEP} seconds later; to set a clock back, PUT it"
        )
    return max(to - sandbox.clock.now(account_id), timedelta())


async def _run_until(sandbox: Sandbox, account_id: str, target: datetime) -> int:
    merchant_account.open_account(sandbox, account_id)
    before, begun = sandbox.carried[account_id], sandbox.clock.now(account_id)
    while True:
        while (due := _next_due(sandbox, account_id)) and moment(due) <= target:
            _move_on(sandbox, account_id, moment(due))
            jobs.run_due(sandbox, account_id)
            taken = outbox.claim_due(sandbox, account_id)
            await asyncio.gather(*(outbox.deliver(sandbox, callback) for callback in taken))
            await carrying.settle(sandbox, account_id)
        await carrying.settle(sandbox, account_id)
        if not ((due := _next_due(sandbox, account_id)) and moment(due) <= target):
            break
    _move_on(sandbox, account_id, target)
    settlements.settle_due(sandbox, account_id)
    _keep(sandbox, account_id)
    carried = sandbox.carried[account_id] - before
    ahead = round((target - begun).total_seconds(), 3)
    moved = f"moved {ahead:g} s ahead to {stamp(sandbox.clock.now(account_id))}"
    sandbox.note_happening(account_id, "clock", f"{moved}; callbacks carried: {carried}")
    return carried


def _move_on(sandbox: Sandbox, account_id: str, to: datetime) -> None:
    """Forwards only. What providers have paid out until then is settled before anything else happens."""
    before = sandbox.clock.now(account_id)
    if to > before:
        sandbox.clock.move_to(account_id, to)
    if settlement.last_due_day(before) != settlement.last_due_day(max(to, before)):
        settlements.settle_due(sandbox, account_id)


def _next_due(sandbox: Sandbox, account_id: str) -> str | None:
    return dict(sandbox.store.next_due(account_id)).get(account_id)
