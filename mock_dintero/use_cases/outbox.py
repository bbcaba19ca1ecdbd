"""Callbacks on their way: put into the outbox, claimed, carried, recorded; and questions to the merchant."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import ValidationError

from mock_dintero.core import callback as rules
from mock_dintero.core import discount, express, lint_order, shipping
from mock_dintero.core.callback import Answer, At, Callback
from mock_dintero.core.errors import Conflict, InvalidShippingOption, ShopUnreachable
from mock_dintero.core.lint import Lint
from mock_dintero.core.order import Order
from mock_dintero.core.session import Session, happened
from mock_dintero.core.signature import HEADER, sign
from mock_dintero.core.timestamps import moment, stamp
from mock_dintero.core.transaction import Transaction, TransactionEvent
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import webhooks
from mock_dintero.use_cases.merchant_account import open_account

log = logging.getLogger(__name__)


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
        _delivery_id(sandbox, session.account_id), session, transaction, error, event,
        sandbox.clock.now(session.account_id),
    )  # fmt: skip
    told = webhooks.deliveries(sandbox, session, transaction, error, is_outcome=event is None)
    return (*((made,) if made else ()), *told)


def _delivery_id(sandbox: Sandbox, account_id: str) -> str:
    return f"{account_id}.{sandbox.new_uuid()}"


def claim_due(sandbox: Sandbox, account_id: str) -> list[Callback]:
    """Take all callbacks that are due. Synchronous, so that no two loops take the same one."""
    now = stamp(sandbox.clock.now(account_id))
    return claim(sandbox, sandbox.store.due(account_id, now))


def claim(sandbox: Sandbox, callbacks: Iterable[Callback]) -> list[Callback]:
    """Mark these as in flight. Raises Conflict if somebody else has."""
    taken = [rules.claimed(callback) for callback in callbacks]
    sandbox.store.save(*taken)
    return taken


async def deliver(sandbox: Sandbox, callback: Callback) -> None:
    """Carry a claimed callback once and record what came of it."""
    is_webhook = callback.at == "webhook"
    timeout = rules.WEBHOOK_TIMEOUT if is_webhook else rules.PAYMENT_TIMEOUT
    answer, signature = await _carry(sandbox, callback, timeout)
    _record(sandbox, callback, answer, signature)


async def _carry(sandbox: Sandbox, callback: Callback, timeout: float) -> tuple[Answer, str]:
    flight = asyncio.get_running_loop().create_future()
    sandbox.flights[callback.id] = flight
    if callback.at == "webhook":
        signature, headers = webhooks.signed(sandbox, callback)
    else:
        signature = _signature(sandbox, callback)
        headers = _headers(callback, signature)
    try:
        answer = await sandbox.courier.carry(callback, headers, timeout)
    except Exception as error:  # a courier must not raise; one that does loses no callback
        log.exception("a bug in the courier")
        return Answer(error=f"a bug in mock-dintero: {error!r}"), signature
    else:
        return answer, signature
    finally:
        sandbox.flights.pop(callback.id, None)
        flight.set_result(None)


def _record(
    sandbox: Sandbox,
    callback: Callback,
    answer: Answer,
    signature: str,
    lint: tuple[Lint, ...] = (),
) -> None:
    now = sandbox.clock.now(callback.account_id)
    after = rules.after_attempt(callback, answer, signature, now, lint)
    is_told = after.state == "delivered" and after.at == "payment_callback" and not after.event
    session = sandbox.store.load(Session, callback.session_id) if is_told else None
    try:
        sandbox.store.save(
            after,
            *((_noted(session, after, now),) if session else ()),
            *webhooks.counted(sandbox, after),
        )
    except Conflict:
        return  # the namespace was reset while it was in flight
    if after.state == "waiting":
        sandbox.ring([after])


def _noted(session: Session, callback: Callback, now: datetime) -> Session:
    """The session remembers that its payment was told."""
    is_held = callback.transaction_status == "ON_HOLD"
    name = "ON_HOLD_CALLBACK_SENT" if is_held else "AUTH_CALLBACK_SENT"
    event_id = callback.transaction_event_id
    return happened(
        session, name, now, details={"transaction_event_id": event_id} if event_id else None
    )


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


def new_question(sandbox: Sandbox, session: Session, at: At, url: str) -> Callback:
    """A question about this session, in flight from the start; save it together with the session."""
    now = sandbox.clock.now(session.account_id)
    return rules.question(_delivery_id(sandbox, session.account_id), at, session, url, now)


async def ask(sandbox: Sandbox, question: Callback) -> discount.Answer:
    """Ask the merchant for shipping options or about discount codes; one try, 60 seconds.

    Raises ShopUnreachable unless the answer is 200 with a body of the documented form.
    """
    answer, signature = await _carry(sandbox, question, rules.QUESTION_TIMEOUT)
    try:
        understood = understand(answer)
    except ShopUnreachable as trouble:
        _record(sandbox, question, answer.with_(error=trouble.why), signature)
        raise
    _record(sandbox, question, answer, signature, _lint(question, understood))
    return understood


def _lint(question: Callback, answer: discount.Answer) -> tuple[Lint, ...]:
    """What the shop will regret; never a reason to refuse the answer, as no request of its own is wrong."""
    asked = Order.model_validate(json.loads(question.body or "{}")["order"])
    about_address = question.at == "address_callback"
    return lint_order.of_answer(answer, asked, about_address=about_address)


def understand(answer: Answer) -> discount.Answer:
    """Read a merchant's answer. Only 200 counts (201 and 204 are failures: express callbacks)."""
    if answer.error:
        raise ShopUnreachable(answer.error)
    if answer.status != 200:
        raise ShopUnreachable(f"the shop answered {answer.status}; only 200 counts")
    try:
        understood = discount.Answer.model_validate_json(answer.body)
        shipping.require_consistent(understood.shipping_options)
    except InvalidShippingOption as contradiction:
        raise ShopUnreachable(contradiction.message) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the body"
        raise ShopUnreachable(
            f"the shop's answer cannot be used: {where}: {first['msg']}"
        ) from None
    return understood


def release_stranded(sandbox: Sandbox) -> int:
    """At start: what was in flight when the process died goes back to waiting, or was a lost question."""
    stranded = sandbox.store.in_flight()
    for callback in stranded:
        if callback.at == "payment_callback":
            sandbox.store.save(rules.released(callback))
        else:
            sandbox.store.save(
                callback.with_(state="failed", due=None), *_given_up(sandbox, callback)
            )
    return len(stranded)


def _given_up(sandbox: Sandbox, question: Callback) -> tuple[Session, ...]:
    session = sandbox.store.load(Session, question.session_id)
    if session is None or session.question is None or session.question.state != "asked":
        return ()
    now = sandbox.clock.now(session.account_id)
    return (express.not_answered(session, "the sandbox was stopped before the answer came", now),)


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
