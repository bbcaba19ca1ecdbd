"""Callbacks on their way: put into the outbox, claimed, carried, recorded, tried again, replayed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from mock_dintero.core import callback as rules
from mock_dintero.core import delivery
from mock_dintero.core.callback import Answer, Callback, Sent
from mock_dintero.core.errors import NotFound, NothingToReplay
from mock_dintero.core.fault import Fault
from mock_dintero.core.lint import Lint
from mock_dintero.core.session import Session, happened
from mock_dintero.core.timestamps import stamp
from mock_dintero.core.transaction import Transaction, TransactionEvent
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import carrying, webhooks

TIMEOUTS = {
    "payment_callback": rules.PAYMENT_TIMEOUT,
    "webhook": rules.WEBHOOK_TIMEOUT,
    "address_callback": rules.QUESTION_TIMEOUT,
    "discount_callback": rules.QUESTION_TIMEOUT,
}


def new_callback(
    sandbox: Sandbox,
    session: Session,
    transaction: Transaction | None,
    *,
    error: str | None = None,
    event: TransactionEvent | None = None,
) -> tuple[Callback, ...]:
    """What this moment calls for, ready to be saved together with what caused it; often nothing.

    The session's own callback, and a delivery for each webhook subscription that wants the event.
    """
    made = rules.payment_callback(
        delivery_id(sandbox, session.account_id), session, transaction, error, event,
        sandbox.clock.now(session.account_id),
    )  # fmt: skip
    told = webhooks.deliveries(sandbox, session, transaction, error, is_outcome=event is None)
    return (*((made,) if made else ()), *told)


def delivery_id(sandbox: Sandbox, account_id: str) -> str:
    """The id of a new delivery."""
    return f"{account_id}.{sandbox.new_uuid()}"


def claim_due(sandbox: Sandbox, account_id: str) -> list[Callback]:
    """Take all callbacks that are due. Synchronous, so that no two loops take the same one."""
    now = stamp(sandbox.clock.now(account_id))
    return claim(sandbox, sandbox.store.due(Callback, account_id, now))


def claim(sandbox: Sandbox, callbacks: Iterable[Callback]) -> list[Callback]:
    """Mark these as in flight; who claims has to deliver. Raises Conflict if somebody else has."""
    taken = [delivery.claimed(callback) for callback in callbacks]
    sandbox.store.save(*taken)
    for callback in taken:
        carrying.take_off(sandbox, callback.id)
    return taken


async def deliver(sandbox: Sandbox, callback: Callback) -> None:
    """Carry a claimed callback once and record what came of it."""
    late: list[Callback] = []
    try:
        if _current(sandbox, callback) is None:
            return  # the namespace was emptied after it was claimed
        fault = carrying.strike(sandbox, callback)
        if fault and fault.do in delivery.LATE:
            late.append(_hold(sandbox, callback, fault))
        else:
            sandbox.carried[callback.account_id] += 1
            await carrying.carry(
                sandbox, callback, fault, TIMEOUTS[callback.at],
                lambda sent, answer: record(sandbox, callback, answer, sent),
            )  # fmt: skip
    finally:
        carrying.land(sandbox, callback.id)
    sandbox.ring(late)  # only now: one that is late by nothing takes off anew


def _current(sandbox: Sandbox, callback: Callback) -> Callback | None:
    return sandbox.store.load(Callback, callback.id)


def _hold(sandbox: Sandbox, callback: Callback, fault: Fault) -> Callback:
    """Late: after some time, or after the next callback of the same session."""
    until = sandbox.clock.now(callback.account_id) + timedelta(seconds=fault.seconds)
    cue: Literal["next_callback"] | None = "next_callback" if fault.do == "reorder" else None
    late = delivery.held(callback, cue, until, fault.do)
    sandbox.store.save(late)
    if cue:
        sandbox.held_accounts.add(callback.account_id)
    return late


def record(
    sandbox: Sandbox, callback: Callback, answer: Answer, sent: Sent, lint: tuple[Lint, ...] = ()
) -> Callback | None:
    """Write down what came of a try. None if the namespace was emptied while it was in flight."""
    current = _current(sandbox, callback)
    if current is None:
        return None
    now = sandbox.clock.now(callback.account_id)
    after = delivery.after_attempt(current, answer, sent, now, lint)
    is_told = (
        after.state == "delivered" != current.state
        and after.at == "payment_callback"
        and not after.event
    )
    session = sandbox.store.load(Session, callback.session_id) if is_told else None
    sandbox.store.save(
        after,
        *((_noted(session, after, now),) if session else ()),
        *(webhooks.counted(sandbox, after) if after.state != current.state else ()),
    )
    if after.state == "waiting" and not sent.extra:
        sandbox.ring([after])
    if sent.fault != "drop":  # what never arrives overtakes nothing
        _cue_overtaken(sandbox, after)
    return after


def _cue_overtaken(sandbox: Sandbox, arrived: Callback) -> None:
    """A callback that was held until another one has overtaken it goes now."""
    if arrived.account_id in sandbox.held_accounts:
        give_cue(sandbox, arrived.session_id, "next_callback", besides=arrived.id)


def held(sandbox: Sandbox, session_id: str) -> list[Callback]:
    """The callbacks of a session that wait for a cue."""
    account_id = session_id.partition(".")[0]
    found = sandbox.store.oldest(Callback, account_id, link=session_id)
    return [one for one in found if one.held_for and one.state == "waiting"]


def give_cue(
    sandbox: Sandbox, session_id: str, *cues: rules.Cue, besides: str = ""
) -> list[Callback]:
    """Let the callbacks of a session go that wait for this; answers with them, already ringing."""
    account_id = session_id.partition(".")[0]
    now = sandbox.clock.now(account_id)
    free = [
        delivery.cued(one, now)
        for one in held(sandbox, session_id)
        if one.held_for in cues and one.id != besides
    ]
    sandbox.store.save(*free)
    sandbox.ring(free)
    return free


def _noted(session: Session, callback: Callback, now: datetime) -> Session:
    """The session remembers that its payment was told."""
    is_held = callback.transaction_status == "ON_HOLD"
    name = "ON_HOLD_CALLBACK_SENT" if is_held else "AUTH_CALLBACK_SENT"
    event_id = callback.transaction_event_id
    return happened(
        session, name, now, details={"transaction_event_id": event_id} if event_id else None
    )


async def replay(
    sandbox: Sandbox, id: str, signature: Literal["fresh", "original"] = "fresh"
) -> Callback:
    """Send a callback once more, as it was; nothing counts down, and nobody waits for it to be due.

    `original` repeats the headers of its last try, with a signature that gets older. Raises NotFound,
    or NothingToReplay for an original that was never sent.
    """
    callback = sandbox.store.load(Callback, id)
    if callback is None:
        raise NotFound(f"no delivery {id!r}")
    original = None
    if signature == "original":
        earlier = [
            a.request_headers
            for a in callback.attempts
            if a.request_headers and a.fault in delivery.AS_IT_IS
        ]
        if not earlier or "(redacted)" in earlier[-1].values():
            raise NothingToReplay(
                f"delivery {id} was never sent as it is; replay it with a fresh signature"
            )
        original = earlier[-1]
    sent = carrying.sealed(sandbox, callback, extra="replay", original=original)
    with carrying.flight(sandbox, callback.account_id):
        answer = await carrying.send(sandbox, sent, TIMEOUTS[callback.at])
        after = record(sandbox, callback, answer, sent)
    if after is None:
        raise NotFound(f"delivery {id!r} is gone: the account was reset while it was replayed")
    return after


def release_stranded(sandbox: Sandbox, account_id: str = "") -> list[Callback]:
    """At start: what was in flight goes back to waiting. Answers with the questions, which are lost.

    With an account: only its own, after nothing of it is on its way any more.
    """
    found = sandbox.store.in_flight()
    stranded = [one for one in found if account_id in ("", one.account_id)]
    for callback in stranded:
        if callback.at in ("payment_callback", "webhook"):
            sandbox.store.save(delivery.released(callback))
    return [one for one in stranded if one.at not in ("payment_callback", "webhook")]
