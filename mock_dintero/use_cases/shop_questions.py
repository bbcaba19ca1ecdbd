"""Asking the shop in the middle of a checkout: shipping options for an address, discount codes.

These are the only places where a use case awaits before it has finished. Whatever happened meanwhile
wins: the session is loaded again, and an answer to a question that no longer stands is dropped.
"""

from __future__ import annotations

from collections.abc import Callable

from mock_dintero.core import discount, express
from mock_dintero.core.callback import Callback
from mock_dintero.core.errors import InvalidOrderAmount, InvalidShippingOption, ShopUnreachable
from mock_dintero.core.session import Session, cause_of_end
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import outbox

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
    question = outbox.new_question(sandbox, asking, "address_callback", url)
    return await _ask(sandbox, asking, question, take)


async def ask_about_codes(
    sandbox: Sandbox, session: Session, codes: tuple[str, ...], url: str
) -> Session:
    """Ask the merchant what these codes are worth. They stand on the session only once accepted."""
    asking = express.asked(session, str(sandbox.new_uuid()), "discount")

    def take(current: Session, answer: discount.Answer) -> Session:
        return express.apply_discount(current, codes, answer, sandbox.clock.now(session.account_id))

    shown = asking.with_(order=asking.order.with_(discount_codes=codes))
    question = outbox.new_question(sandbox, shown, "discount_callback", url)
    return await _ask(sandbox, asking, question, take)


async def _ask(sandbox: Sandbox, asking: Session, question: Callback, take: Take) -> Session:
    assert asking.question
    sandbox.store.save(asking, question)
    why, answer = "", None
    try:
        answer = await outbox.ask(sandbox, question)
    except ShopUnreachable as trouble:
        why = trouble.why
    current = sandbox.store.load(Session, asking.id)
    now = sandbox.clock.now(asking.account_id)
    if current is None or not express.is_waiting_for(current, asking.question.id):
        return current or asking  # a later question took over; this answer is stale
    if cause_of_end(current, now):
        return current
    try:
        after = take(current, answer) if answer else express.not_answered(current, why, now)
    except (InvalidShippingOption, InvalidOrderAmount) as contradiction:
        after = express.not_answered(current, contradiction.message, now)
    sandbox.store.save(after)
    return after
