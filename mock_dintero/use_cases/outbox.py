"""Callbacks on their way: put into the outbox, claimed, carried, recorded; and questions to the merchant."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from pydantic import TypeAdapter, ValidationError

from mock_dintero.core import callback as rules
from mock_dintero.core import discount
from mock_dintero.core.callback import Answer, At, Callback
from mock_dintero.core.errors import ShopUnreachable
from mock_dintero.core.session import Session, happened
from mock_dintero.core.signature import HEADER, sign
from mock_dintero.core.timestamps import moment, stamp
from mock_dintero.core.transaction import Transaction, TransactionEvent
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases.merchant_account import open_account

_ANSWER = TypeAdapter(discount.Answer)
SENT_EVENTS = {"ON_HOLD": "ON_HOLD_CALLBACK_SENT"}


def new_callback(
    sandbox: Sandbox,
    session: Session,
    transaction: Transaction | None,
    *,
    error: str | None = None,
    event: TransactionEvent | None = None,
) -> tuple[Callback, ...]:
    """The callback this moment calls for, ready to be saved together with what caused it; often none."""
    made = rules.payment_callback(
        _delivery_id(sandbox, session.account_id), session, transaction, error, event,
        sandbox.clock.now(session.account_id),
    )  # fmt: skip
    return (made,) if made else ()


def _delivery_id(sandbox: Sandbox, account_id: str) -> str:
    return f"{account_id}.{sandbox.new_uuid()}"


def claim_due(sandbox: Sandbox, account_id: str) -> list[Callback]:
    """Take all callbacks that are due. Synchronous, so that no two loops take the same one."""
    now = stamp(sandbox.clock.now(account_id))
    taken = [rules.claimed(callback) for callback in sandbox.store.due(account_id, now)]
    sandbox.store.save(*taken)
    return taken


async def deliver(sandbox: Sandbox, callback: Callback) -> None:
    """Carry a claimed callback once and record what came of it."""
    flight = asyncio.get_running_loop().create_future()
    sandbox.flights[callback.id] = flight
    try:
        signature = _signature(sandbox, callback)
        answer = await sandbox.courier.carry(
            callback, _headers(callback, signature), rules.PAYMENT_TIMEOUT
        )
        _record(sandbox, callback, answer, signature)
    finally:
        sandbox.flights.pop(callback.id, None)
        flight.set_result(None)


def _record(sandbox: Sandbox, callback: Callback, answer: Answer, signature: str) -> None:
    current = sandbox.store.load(Callback, callback.id)
    if current is None:
        return  # the namespace was reset while it was in flight
    now = sandbox.clock.now(callback.account_id)
    after = rules.after_attempt(current, answer, signature, now)
    session = sandbox.store.load(Session, callback.session_id)
    if after.state != "delivered" or session is None or callback.event:
        sandbox.store.save(after)
    else:
        sandbox.store.save(after, _noted(sandbox, session, after))
    sandbox.ring()


def _noted(sandbox: Sandbox, session: Session, callback: Callback) -> Session:
    """The session remembers that its payment was told (AUTH_CALLBACK_SENT)."""
    transaction = (
        sandbox.store.load(Transaction, callback.transaction_id)
        if callback.transaction_id
        else None
    )
    name = SENT_EVENTS.get(transaction.status if transaction else "", "AUTH_CALLBACK_SENT")
    details = {"transaction_event_id": transaction.events[-1].id} if transaction else None
    return happened(session, name, sandbox.clock.now(session.account_id), details=details)


def _signature(sandbox: Sandbox, callback: Callback) -> str:
    """Signed with real time: the merchant checks its age against a real clock."""
    account = open_account(sandbox, callback.account_id)
    timestamp = int(sandbox.clock.wall().timestamp())
    return sign(account.signature_secret, timestamp, account.id, callback.method, callback.url)


def _headers(callback: Callback, signature: str) -> dict[str, str]:
    headers = {HEADER: signature, "event-delivery": callback.delivery_id}
    if callback.body is not None:
        headers["content-type"] = "application/json"
    return headers


async def ask(sandbox: Sandbox, session: Session, at: At, url: str) -> discount.Answer:
    """Ask the merchant for shipping options or about discount codes; one try, 60 seconds.

    Raises ShopUnreachable unless the answer is 200 with a body of the documented form.
    """
    now = sandbox.clock.now(session.account_id)
    asked = rules.question(_delivery_id(sandbox, session.account_id), at, session, url, now)
    sandbox.store.save(asked)
    signature = _signature(sandbox, asked)
    answer = await sandbox.courier.carry(asked, _headers(asked, signature), rules.QUESTION_TIMEOUT)
    try:
        understood = understand(answer)
    except ShopUnreachable as trouble:
        _record(sandbox, asked, answer.with_(status=answer.status, error=trouble.why), signature)
        raise
    _record(sandbox, asked, answer, signature)
    return understood


def understand(answer: Answer) -> discount.Answer:
    """Read a merchant's answer. Only 200 counts (201 and 204 are failures: express callbacks)."""
    if answer.error:
        raise ShopUnreachable(answer.error)
    if answer.status != 200:
        raise ShopUnreachable(f"the shop answered {answer.status}; only 200 counts")
    try:
        return _ANSWER.validate_json(answer.body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the body"
        raise ShopUnreachable(
            f"the shop's answer cannot be used: {where}: {first['msg']}"
        ) from None


def release_stranded(sandbox: Sandbox) -> int:
    """At start: what was in flight when the process died goes back to waiting, or was a lost question."""
    stranded = sandbox.store.in_flight()
    sandbox.store.save(*(
        rules.released(callback) if callback.at == "payment_callback"
        else callback.with_(state="failed", due=None)
        for callback in stranded
    ))  # fmt: skip
    return len(stranded)


async def settle(sandbox: Sandbox, account_id: str) -> None:
    """Wait until nothing of this account is being carried any more."""
    while flying := [f for id, f in sandbox.flights.items() if id.startswith(account_id)]:
        await asyncio.wait(flying)


async def advance(sandbox: Sandbox, account_id: str, by: timedelta) -> int:
    """Move the account's time; everything that falls due runs in order of its time.

    Answers, when all has settled, with how many callbacks were carried. A retry that falls due
    inside the span runs too.
    """
    target = sandbox.clock.now(account_id) + by
    carried = 0
    while (due := _next_due(sandbox, account_id)) and moment(due) <= target:
        sandbox.clock.move_to(account_id, max(moment(due), sandbox.clock.now(account_id)))
        taken = claim_due(sandbox, account_id)
        await asyncio.gather(*(deliver(sandbox, callback) for callback in taken))
        await settle(sandbox, account_id)
        carried += len(taken)
    sandbox.clock.move_to(account_id, max(target, sandbox.clock.now(account_id)))
    await settle(sandbox, account_id)
    return carried


def _next_due(sandbox: Sandbox, account_id: str) -> str | None:
    return dict(sandbox.store.next_due()).get(account_id)
