"""The race between callback and return: who waits for whom, and what the buyer's browser does.

The callback is held until its cue; the cue is a moment of the return. A browser tells of it by
itself (its page on the way back sends a beacon), the buyer without a browser is led from here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta

from mock_dintero.core import buyer_return, delivery
from mock_dintero.core.buyer_return import CUES, VISITS, Return
from mock_dintero.core.callback import Answer, Callback, Cue
from mock_dintero.core.fault import Facts
from mock_dintero.core.ids import account_of
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import carrying, faults, outbox

LONGEST_VISIT = 30.0
"""Seconds that the shop has to show its page to the buyer who comes back."""
CALLBACK_WAIT = 15.0
"""Seconds that a return waits for the callback that is to come first; a callback has 10."""
ASK_WAIT = 1.0
"""Seconds that an answer of the API is held until the callback was handled meanwhile. No longer: a
shop that lets one wait for the other would never get on."""


def stage(
    sandbox: Sandbox,
    session: Session,
    transaction: Transaction | None,
    told: tuple[Callback, ...],
    return_url: str,
) -> tuple[tuple[Return, ...], tuple[Callback, ...]]:
    """If a fault wants a special way back: what is to be remembered of it, and the callbacks, held."""
    account_id = session.account_id
    if account_id not in sandbox.faulty_accounts:
        return (), told
    facts = facts_of(session, transaction)
    race = faults.strike(sandbox, account_id, "race", facts)
    habit = faults.strike(sandbox, account_id, "buyer", facts, *VISITS)
    if race is None and habit is None:
        return (), told
    way = Return(
        id=session.id, url=return_url,
        **({"race": race.do} if race else {}), **({"visits": VISITS[habit.do]} if habit else {}),
    )  # fmt: skip
    cue = CUES[way.race] if way.race else None
    if race is None or cue is None:
        return (way,), told
    until = sandbox.clock.now(account_id) + timedelta(seconds=race.seconds)
    sandbox.held_accounts.add(account_id)
    return (way,), tuple(
        delivery.held(one, cue, until, race.do) if one.at == "payment_callback" else one
        for one in told
    )


def facts_of(session: Session, transaction: Transaction | None = None) -> Facts:
    """What a fault may be matched with, at a moment of a buyer."""
    return Facts(
        session_id=session.id,
        transaction_id=transaction.id if transaction else "",
        merchant_reference=session.order.merchant_reference,
    )


def way_back(sandbox: Sandbox, session_id: str) -> Return | None:
    """The special way back of a session, if it has one."""
    return sandbox.store.load(Return, session_id) if account_of(session_id) else None


async def come_back(sandbox: Sandbox, session_id: str, return_url: str) -> Answer | None:
    """Play the buyer's browser on its way back; what the shop showed last. None if it never returns."""
    way = way_back(sandbox, session_id) or Return(id=session_id, url=return_url)
    if way.visits == "never":
        return None
    with carrying.flight(sandbox, way.account_id):
        await before_leaving(sandbox, way)
        visiting = asyncio.gather(*(_visit(sandbox, way) for _ in range(_at_once(way))))
        await release(sandbox, session_id, ("return_started",), CALLBACK_WAIT)
        answer: Answer = (await visiting)[-1]
        await shop_has_answered(sandbox, session_id)
        if way.visits == "twice":
            answer = await _visit(sandbox, way)
    return answer


def _at_once(way: Return) -> int:
    return 2 if way.visits == "twice_at_once" else 1


async def _visit(sandbox: Sandbox, way: Return) -> Answer:
    return await sandbox.courier.visit(way.url, LONGEST_VISIT)


async def before_leaving(sandbox: Sandbox, way: Return) -> None:
    """In `callback_first` the buyer waits until the shop has been told, or has failed to listen."""
    if way.race == "callback_first":
        now = sandbox.clock.now(way.account_id)
        found = sandbox.store.oldest(Callback, way.account_id, link=way.id)
        untold = [c for c in found if c.at == "payment_callback" and not c.attempts]
        early = [delivery.cued(c, now) for c in untold if c.state == "waiting"]
        sandbox.store.save(*early)
        sandbox.ring(early)
        await _landed(sandbox, untold, CALLBACK_WAIT)
    if way.race == "callback_during_return" and not way.is_under_way:
        sandbox.store.save(buyer_return.set_off(way))


async def shop_has_answered(sandbox: Sandbox, session_id: str) -> None:
    """The return page has been shown: whatever still waits for it goes now."""
    way = way_back(sandbox, session_id)
    if way and not way.is_answered:
        sandbox.store.save(buyer_return.answered(way))
    cues: tuple[Cue, ...] = ("return_answered", "return_started", "api_call")
    await release(sandbox, session_id, cues, CALLBACK_WAIT)


async def shop_asks(sandbox: Sandbox, session_id: str) -> None:
    """The shop reads its payment while the return page is being made: now the callback comes in between.

    A shop that reads it before the buyer is on the way back (because a webhook told it) gives no cue.
    """
    way = way_back(sandbox, session_id)
    if way and way.is_under_way:
        await release(sandbox, session_id, ("api_call",), ASK_WAIT)


async def release(
    sandbox: Sandbox, session_id: str, cues: tuple[Cue, ...], wait: float
) -> list[Callback]:
    """Give the cue, and wait until the shop has answered; at most so many seconds."""
    if session_id.partition(".")[0] not in sandbox.held_accounts:
        return []
    free = outbox.give_cue(sandbox, session_id, *cues)
    await _landed(sandbox, free, wait)
    return free


async def _landed(sandbox: Sandbox, callbacks: Iterable[Callback], wait: float) -> None:
    under_way = [flight for one in callbacks for flight in carrying.flying(sandbox, one.id)]
    if under_way:
        await asyncio.wait(under_way, timeout=wait)
