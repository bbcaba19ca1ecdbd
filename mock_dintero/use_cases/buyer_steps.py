"""The buyer without a browser: the page's steps, one after the other, in one call."""

from __future__ import annotations

from dataclasses import dataclass

from mock_dintero.core import card
from mock_dintero.core.buyer_steps import BuyerSteps, PayStep, address_of
from mock_dintero.core.callback import Answer
from mock_dintero.core.errors import InvalidRequest, InvalidShippingOption
from mock_dintero.core.outcome import OF_CARD
from mock_dintero.core.payment import PayBody
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.session import Session, cause_of_end
from mock_dintero.core.transaction import Transaction
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import buyer, returns, wallet

BROWSER = "Mozilla/5.0 (mock-dintero; the buyer of a test)"


@dataclass(frozen=True)
class Played:
    """Where the steps have led. `redirect` is where a browser would go next, `shown` what the shop showed."""

    session: Session
    transaction: Transaction | None = None
    redirect: str | None = None
    shown: Answer | None = None


async def play(sandbox: Sandbox, session_id: str, steps: BuyerSteps) -> Played:
    """Do these steps. Raises NotFound, and whatever a step is refused with, as on the page."""
    session = buyer.load(sandbox, session_id)
    if cause_of_end(session, sandbox.clock.now(session.account_id)) is None:
        session = buyer.look(sandbox, session_id, "127.0.0.1", BROWSER)
    in_wallet = steps.pay is not None and steps.pay.in_wallet is True
    if steps.address is not None and not in_wallet:
        billing = address_of(steps.billing_address) if steps.billing_address else None
        session = await buyer.give_address(sandbox, session, address_of(steps.address), billing)
    if steps.shipping_option is not None and not in_wallet:
        session = _choose(sandbox, session, steps.shipping_option)
    if steps.discount_codes is not None:
        session = await buyer.submit_codes(sandbox, session, steps.discount_codes)
    played = Played(session)
    if steps.pay is not None:
        played = await _pay(sandbox, session, steps, steps.pay)
    if steps.cancel:
        await buyer.dawdle(sandbox, session_id)
        ending = buyer.abandon(sandbox, buyer.load(sandbox, session_id))
        played = Played(ending.session, None, _redirect(sandbox, ending))
    if steps.return_:
        played = await _return(sandbox, played)
    return played


def _choose(sandbox: Sandbox, session: Session, wanted: str | tuple[str, ...]) -> Session:
    """By `line_id`; the only names that are not there are said with those that are."""
    line_ids = (wanted,) if isinstance(wanted, str) else wanted
    try:
        return buyer.choose_shipping(sandbox, session, line_ids)
    except InvalidShippingOption as refusal:
        offered = session.express.shipping_options if session.express else ()
        names = ", ".join(option.line_id for option in offered) or "none"
        raise InvalidShippingOption(f"{refusal.message} (on offer: {names})") from None


async def _pay(sandbox: Sandbox, session: Session, steps: BuyerSteps, pay: PayStep) -> Played:
    _require_card(sandbox, session, pay)
    body = PayBody(payment_product_type=pay.method, phone_number=pay.phone_number)
    ticked = set(steps.checkboxes) if steps.checkboxes is not None else None
    session, transaction = buyer.start_payment(
        sandbox, session, body, ticked, in_wallet=pay.in_wallet is True
    )
    if pay.in_wallet:
        session, transaction = await _choose_in_wallet(sandbox, session, transaction, steps)
    outcome = pay.outcome
    if pay.card_number:
        session, transaction = buyer.give_card(
            sandbox, session, transaction, pay.card_number, pay.card_expiry
        )
        if outcome == "approve":
            outcome = OF_CARD.get(card.effect(transaction.card), "approve")
    if outcome is None:
        return Played(session, transaction)
    await buyer.dawdle(sandbox, session.id)
    session = buyer.load(sandbox, session.id)
    transaction = buyer.read_payment(sandbox, session, transaction.id)
    ending = buyer.finish_payment(sandbox, session, transaction, outcome)
    return Played(ending.session, ending.transaction, _redirect(sandbox, ending))


def _require_card(sandbox: Sandbox, session: Session, pay: PayStep) -> None:
    """A number that the page's form would take, of a method that asks for one. Raises InvalidRequest."""
    if not pay.card_number:
        return
    method = METHODS.get(pay.method)
    if method and method.wallet != "card":
        raise InvalidRequest(f"pay.card_number: {pay.method} takes no card number")
    now = sandbox.clock.now(session.account_id)
    wrong = card.problems(pay.card_number, pay.card_expiry, "123", now)
    if wrong:
        raise InvalidRequest(f"pay: {' '.join(wrong.values())}")


async def _choose_in_wallet(
    sandbox: Sandbox, session: Session, transaction: Transaction, steps: BuyerSteps
) -> tuple[Session, Transaction]:
    """Address and shipping option, as far as the steps name them."""
    if steps.address is not None:
        address = address_of(steps.address)
        session, transaction = await wallet.give_address(sandbox, session, transaction, address)
    if steps.shipping_option is not None:
        chosen = _choose(sandbox, session, steps.shipping_option)
        session, transaction = wallet.renew(sandbox, chosen, transaction)
    return session, transaction


def _redirect(sandbox: Sandbox, ending: buyer.Ending) -> str | None:
    """None if the tab was closed: then nobody follows."""
    way = returns.way_back(sandbox, ending.session.id)
    return None if way and way.visits == "never" else ending.return_url


async def _return(sandbox: Sandbox, played: Played) -> Played:
    session = played.session
    url, way = played.redirect, returns.way_back(sandbox, session.id)
    if url is None and (way is None or way.visits != "never"):
        url = way.url if way else _ending(sandbox, session).return_url
    shown = await returns.come_back(sandbox, session.id, url or "")
    after = buyer.load(sandbox, session.id)
    transaction = (
        buyer.read_payment(sandbox, after, after.transaction_id) if after.transaction_id else None
    )
    return Played(after, transaction, url, shown)


def _ending(sandbox: Sandbox, session: Session) -> buyer.Ending:
    """Where a session that has ended leads. Raises InvalidRequest for one that has not."""
    if session.transaction_id:
        transaction = buyer.read_payment(sandbox, session, session.transaction_id)
        return buyer.ending(sandbox, session, transaction)
    if session.has("CANCELLED"):
        return buyer.abandon(sandbox, session)
    raise InvalidRequest(
        "return: this session has not ended, the buyer is still on the page; pay or cancel first"
    )
