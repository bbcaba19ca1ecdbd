"""The steps of a scenario: each is what a buyer, a merchant, a provider or a clock does elsewhere, too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from mock_dintero.core import callback_url, express, payment, shipping
from mock_dintero.core.buyer_steps import BuyerSteps
from mock_dintero.core.call import Call
from mock_dintero.core.callback import Answer
from mock_dintero.core.errors import InvalidRequest, InvalidShippingOption
from mock_dintero.core.operation import CaptureBody, RefundBody
from mock_dintero.core.scenario import (
    AddressStep,
    AdvanceStep,
    AmountStep,
    AnswerStep,
    AnyStep,
    DecideStep,
    DiscountStep,
    FaultStep,
    PayingStep,
    PlainStep,
    Scenario,
    ShippingStep,
    UpdateStep,
)
from mock_dintero.core.session import Session
from mock_dintero.core.session_update import SessionUpdate
from mock_dintero.core.transaction import Transaction
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import (
    buyer,
    buyer_steps,
    clock,
    faults,
    merchant_sessions,
    merchant_transactions,
    tester,
)

SHOP_ANSWERS_WITHIN = 30.0
"""Seconds."""
NOWHERE = "http://127.0.0.1:1/return"
"""Where the buyer of a session without a shop would return to."""
BUTTONS = {"ship": "ship", "refund_by_shop": "refund", "void_by_shop": "void"}


@dataclass
class Run:
    """A scenario while it plays: on which session, at which shop, and what has come of it so far."""

    sandbox: Sandbox
    scenario: Scenario
    session_id: str
    shop: str | None
    faults: dict[str, str] = field(default_factory=dict)
    """Ids of the faults on stage, by what a report calls them."""
    values: dict[str, Any] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    unfinished: dict[str, asyncio.Task[int]] = field(default_factory=dict)
    """Steps that nobody has waited for yet."""

    @property
    def account_id(self) -> str:
        """The namespace it plays in."""
        return self.session_id.partition(".")[0]

    @property
    def session(self) -> Session:
        """As it stands now."""
        return buyer.load(self.sandbox, self.session_id)

    @property
    def transaction(self) -> Transaction | None:
        """The payment that counts, or the one that is under way."""
        session = self.session
        id = session.transaction_id or (session.payment and session.payment.transaction_id)
        return self.sandbox.store.load(Transaction, id) if id else None


def why_not(run: Run, step: AnyStep) -> str | None:
    """Why this step cannot be done with this session; None if it can."""
    session = run.session
    if step.do in ("address", "shipping", "try_again") and session.express is None:
        return "this session has no express"
    if step.do == "discount" and not session.configuration.takes_discount_codes:
        return "this session takes no discount codes"
    if step.do in ("return", "visit_return") and session.url.return_url == NOWHERE:
        return "there is no shop to return to"
    return None


async def play(run: Run, step: AnyStep) -> int:
    """Do one step; answers with its status. Raises DinteroError for what is refused."""
    act: Callable[[Run, Any], Awaitable[int]] = ACTS[step.do]
    return await act(run, step)


async def settle(run: Run) -> None:
    """What is due has been carried, and the shop has answered."""
    await clock.advance(run.sandbox, run.account_id, timedelta())


async def _buyer(run: Run, **steps: Any) -> buyer_steps.Played:
    asked = BuyerSteps.model_validate(steps)
    return await buyer_steps.play(run.sandbox, run.session_id, asked)


async def _address(run: Run, step: AddressStep) -> int:
    fields = step.shown()
    for name in ("do", "waits", "expect_status"):
        fields.pop(name, None)
    await _buyer(run, address=fields)
    return 200


async def _shipping(run: Run, step: ShippingStep) -> int:
    """The one that is named; else the first on offer, for each shipment."""
    offered = run.session.express.shipping_options if run.session.express else ()
    first = tuple(options[0].line_id for options in shipping.shipments(offered).values())
    if not first:
        raise InvalidShippingOption(
            "there is no way of delivery to choose; see what the shop answered to the address"
        )
    await _buyer(run, shipping_option=step.option or first)
    return 200


async def _discount(run: Run, step: DiscountStep) -> int:
    await _buyer(run, discount_codes=step.codes)
    return 200


async def _try_again(run: Run, step: PlainStep) -> int:
    await buyer.retry_shipping(run.sandbox, run.session)
    return 200


async def _pay(run: Run, step: PayingStep) -> int:
    express.require_payable(run.session, run.sandbox.clock.now(run.account_id))
    offered = payment.methods(run.session)
    method = step.method or (offered[0].type if offered else "(none on offer)")
    outcome = None if step.outcome == "wait" else step.outcome
    await _buyer(run, pay={"method": method, "outcome": outcome, "card_number": step.card_number})
    return 200


async def _answer(run: Run, step: AnswerStep) -> int:
    await buyer.dawdle(run.sandbox, run.session_id)
    session = run.session
    if session.payment is None:
        raise InvalidRequest("answer: no payment waits in a wallet")
    transaction = buyer.read_payment(run.sandbox, session, session.payment.transaction_id)
    buyer.finish_payment(run.sandbox, session, transaction, step.outcome)
    return 200


async def _cancel(run: Run, step: PlainStep) -> int:
    await _buyer(run, cancel=True)
    return 200


async def _return(run: Run, step: PlainStep) -> int:
    played = await _buyer(run, **{"return": True})
    return _status(run, step, played.shown) if played.shown else 200


async def _visit_return(run: Run, step: PlainStep) -> int:
    session, transaction = run.session, run.transaction
    if session.transaction_id and transaction:
        url = buyer.ending(run.sandbox, session, transaction).return_url
    else:
        url = callback_url.return_url(session, None, "cancelled")
    await settle(run)
    shown = await run.sandbox.courier.visit(url, SHOP_ANSWERS_WITHIN)
    return _status(run, step, shown)


def _status(run: Run, step: PlainStep, answer: Answer) -> int:
    """What the shop has said; 0 for nothing."""
    run.words[step.do] = answer.error or answer.body[:200]
    return answer.status if answer.status and not answer.error else 0


async def _advance(run: Run, step: AdvanceStep) -> int:
    await settle(run)  # a try that is under way counts from when it ends
    await clock.advance(run.sandbox, run.account_id, timedelta(seconds=step.seconds))
    return 200


async def _decide(run: Run, step: DecideStep) -> int:
    await settle(run)
    tester.decide(run.sandbox, _payment(run).id, step.outcome)
    return 200


def _payment(run: Run) -> Transaction:
    transaction = run.transaction
    if transaction is None:
        raise InvalidRequest("there is no payment yet")
    return transaction


async def _operate(run: Run, step: AmountStep | PlainStep) -> int:
    """Capture, refund or void through the API; 202 if the provider finishes it later."""
    await settle(run)
    sandbox, account_id, current = run.sandbox, run.account_id, _payment(run)
    call = Call(str(sandbox.new_uuid()), "scenario")
    amount = step.amount if isinstance(step, AmountStep) else None
    verb = BUTTONS.get(step.do, step.do)
    if verb in ("capture", "ship"):
        body = CaptureBody(amount=amount or current.left_to_capture, items=_lines(current, amount))
        after = merchant_transactions.capture(sandbox, account_id, current.id, body, call)
    elif verb == "refund":
        back = RefundBody(amount=amount or current.left_to_refund, items=_lines(current, amount))
        after = merchant_transactions.refund(sandbox, account_id, current.id, back, call)
    else:
        after = merchant_transactions.void(sandbox, account_id, current.id, call)
    return 202 if after.events[-1].event.startswith("INITIATE_") else 200


def _lines(current: Transaction, amount: int | None) -> Any:
    """All lines, for methods that want them, where all is meant."""
    return None if amount else current.items


async def _button(run: Run, step: PlainStep) -> int:
    """The shop's own button; without a shop the merchant calls the API."""
    if run.shop is None:
        return await _operate(run, step)
    await settle(run)
    reference = quote(run.session.order.merchant_reference, safe="")
    url = f"{run.shop}/orders/{reference}/{BUTTONS[step.do]}"
    answer = await run.sandbox.courier.call("POST", url, SHOP_ANSWERS_WITHIN, {})
    return _status(run, step, answer)


async def _update(run: Run, step: UpdateStep) -> int:
    session = run.session
    if step.lock:
        session = buyer.lock(run.sandbox, session)
    await merchant_sessions.update(
        run.sandbox, run.account_id, session.id,
        SessionUpdate.model_validate({"order": step.order}),
        Call(str(run.sandbox.new_uuid()), "scenario"),
        without_lock=not step.lock, force_callback=False, strict_amounts=False,
    )  # fmt: skip
    return 200


async def _fault(run: Run, step: FaultStep) -> int:
    [what] = [name for name, one in run.scenario.faults.items() if one is step.fault]
    put_on_stage(run, {what: step.fault})
    return 200


def put_on_stage(run: Run, wanted: dict[str, Any]) -> None:
    """These faults meet this session and no other."""
    bound = tuple(
        one.with_(match=one.match.with_(session_id=run.session_id)) for one in wanted.values()
    )
    made = faults.put(run.sandbox, run.account_id, bound)
    run.faults |= {what: fault.id for what, fault in zip(wanted, made, strict=True)}


ACTS: dict[str, Callable[[Run, Any], Awaitable[int]]] = {
    "address": _address, "shipping": _shipping, "discount": _discount, "try_again": _try_again,
    "pay": _pay, "answer": _answer, "cancel": _cancel, "return": _return,
    "visit_return": _visit_return, "advance": _advance, "decide": _decide, "capture": _operate,
    "refund": _operate, "void": _operate, "ship": _button, "refund_by_shop": _button,
    "void_by_shop": _button, "update": _update, "fault": _fault,
}  # fmt: skip
