"""Asking the shop in the middle of a checkout: shipping options for an address, discount codes.

These are the only places where a use case awaits before it has finished. Whatever happened meanwhile
wins: the session is loaded again, and an answer to a question that no longer stands is dropped.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable

from pydantic import ValidationError

from mock_dintero.core import callback as rules
from mock_dintero.core import discount, express, lint_order, shipping
from mock_dintero.core.callback import Answer, At, Callback, Sent
from mock_dintero.core.errors import InvalidOrderAmount, InvalidShippingOption, ShopUnreachable
from mock_dintero.core.fault import Fault
from mock_dintero.core.lint import Lint
from mock_dintero.core.order import Order
from mock_dintero.core.session import Session, cause_of_end
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import carrying, outbox

LONGEST_REASON = 200

Take = Callable[[Session, discount.Answer], Session]


async def ask_for_shipping(sandbox: Sandbox, session: Session) -> Session:
    """Save the session, ask the merchant for options for its address, and take the answer.

    Answers with the session as it then stands: with options, without any because the shop gave no
    usable answer, or as a later change has left it.
    """
    assert session.express and session.express.shipping_address_callback_url
    asking = express.asked(session, str(sandbox.new_uuid()), "address")

    def take(current: Session, answer: discount.Answer) -> Session:
        now = sandbox.clock.now(session.account_id)
        return express.offer_shipping(current, answer, sandbox.new_uuid(), now)

    url = session.express.shipping_address_callback_url
    question = new_question(sandbox, asking, "address_callback", url)
    return await _ask(sandbox, asking, question, take)


async def ask_about_codes(
    sandbox: Sandbox, session: Session, codes: tuple[str, ...], url: str
) -> Session:
    """Ask the merchant what these codes are worth. They stand on the session only once accepted."""
    asking = express.asked(session, str(sandbox.new_uuid()), "discount")

    def take(current: Session, answer: discount.Answer) -> Session:
        return express.apply_discount(current, codes, answer, sandbox.clock.now(session.account_id))

    shown = asking.with_(order=asking.order.with_(discount_codes=codes))
    question = new_question(sandbox, shown, "discount_callback", url)
    return await _ask(sandbox, asking, question, take)


async def _ask(sandbox: Sandbox, asking: Session, question: Callback, take: Take) -> Session:
    assert asking.question
    sandbox.store.save(asking, question)
    why, said, answer = "", "", None
    try:
        answer = await ask(sandbox, question)
    except ShopUnreachable as trouble:
        why, said = trouble.why, trouble.said
    current = sandbox.store.load(Session, asking.id)
    now = sandbox.clock.now(asking.account_id)
    if current is None or not express.is_waiting_for(current, asking.question.id):
        return current or asking  # a later question took over; this answer is stale
    if cause_of_end(current, now):
        return current
    try:
        after = take(current, answer) if answer else express.not_answered(current, why, now, said)
    except (InvalidShippingOption, InvalidOrderAmount) as contradiction:
        after = express.not_answered(current, contradiction.message, now)
    sandbox.store.save(after)
    return after


def new_question(sandbox: Sandbox, session: Session, at: At, url: str) -> Callback:
    """A question about this session, in flight from the start; save it together with the session."""
    now = sandbox.clock.now(session.account_id)
    id = outbox.delivery_id(sandbox, session.account_id)
    return rules.question(id, at, session, url, now)


async def ask(sandbox: Sandbox, question: Callback) -> discount.Answer:
    """Ask the merchant for shipping options or about discount codes; one try, 60 seconds.

    Raises ShopUnreachable unless the answer is 200 with a body of the documented form.
    """
    fault = carrying.strike(sandbox, question)
    if fault and not await _wait(sandbox, question, fault):
        raise ShopUnreachable("the account was reset before the shop was asked")
    heard: list[discount.Answer | ShopUnreachable] = []

    def take(sent: Sent, answer: Answer) -> None:
        """The first answer counts; that to a copy changes nothing."""
        if not heard:
            heard.append(_understood(sandbox, question, answer, sent))
            if sent.fault != "drop":  # what never arrives overtakes nothing
                _give_way(sandbox, question)
        else:
            outbox.record(sandbox, question, answer, sent)

    with carrying.flight(sandbox, question.account_id):
        await carrying.carry(sandbox, question, fault, rules.QUESTION_TIMEOUT, take)
    if isinstance(heard[0], ShopUnreachable):
        raise heard[0]
    return heard[0]


def _understood(
    sandbox: Sandbox, question: Callback, answer: Answer, sent: Sent
) -> discount.Answer | ShopUnreachable:
    """What the shop says, written down; or why it cannot be used."""
    try:
        understood = understand(answer)
    except ShopUnreachable as trouble:
        outbox.record(sandbox, question, answer.with_(error=trouble.why), sent)
        return trouble
    outbox.record(sandbox, question, answer, sent, _lint(question, understood))
    return understood


async def _wait(sandbox: Sandbox, question: Callback, fault: Fault) -> bool:
    """Late: after some real time, or after a later question of the session was answered.

    The customer waits with it. False if the account was reset meanwhile.
    """
    if fault.do == "delay":
        return await carrying.pause(sandbox, question.account_id, fault.seconds)
    if fault.do != "reorder":
        return True
    overtaken = sandbox.overtaken.setdefault(question.session_id, asyncio.Event())
    emptied = sandbox.emptied.setdefault(question.account_id, asyncio.Event())
    try:
        async with asyncio.timeout(min(fault.seconds, rules.QUESTION_TIMEOUT)):
            await overtaken.wait()
    except TimeoutError:
        sandbox.overtaken.pop(question.session_id, None)
    return not emptied.is_set()


def _give_way(sandbox: Sandbox, question: Callback) -> None:
    """A question of the same session that was held back may go: this one has overtaken it."""
    overtaken = sandbox.overtaken.pop(question.session_id, None)
    if overtaken:
        overtaken.set()


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
        said = _refusal(answer) if 400 <= (answer.status or 0) < 500 else ""
        raise ShopUnreachable(f"the shop answered {answer.status}; only 200 counts", said)
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


def _refusal(answer: Answer) -> str:
    """What a shop tells with its refusal, in Dintero's own shape of an error (ours: Dintero shows none)."""
    try:
        error = json.loads(answer.body or "")["error"]
        words = error["message"] if isinstance(error, dict) else error
    except (ValueError, LookupError, TypeError):
        return ""
    return words.strip()[:LONGEST_REASON] if isinstance(words, str) else ""


def give_up(sandbox: Sandbox, questions: Iterable[Callback]) -> None:
    """At start: these were lost with the process; the page offers to ask again."""
    for question in questions:
        sandbox.store.save(
            question.with_(state="failed", due=None), *_not_answered(sandbox, question)
        )


def _not_answered(sandbox: Sandbox, question: Callback) -> tuple[Session, ...]:
    session = sandbox.store.load(Session, question.session_id)
    if session is None or session.question is None or session.question.state != "asked":
        return ()
    now = sandbox.clock.now(session.account_id)
    return (express.not_answered(session, "the sandbox was stopped before the answer came", now),)
