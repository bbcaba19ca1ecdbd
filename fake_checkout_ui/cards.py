"""Paying by card: typed, saved or through Click to Pay, and the bank's 3-D Secure page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from fake_checkout_ui import present_card, present_wallet
from fake_checkout_ui.leaving import go, leave
from fake_checkout_ui.pages import page
from fake_checkout_ui.sentences import in_words
from fake_checkout_ui.view_wallet import CardForm
from mock_dintero.core import card, card_token
from mock_dintero.core.card import USUAL_EXPIRY
from mock_dintero.core.outcome import OF_CARD, Outcome
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction
from mock_dintero.http.context import sandbox_of
from mock_dintero.use_cases import buyer, wallet

Fields = dict[str, str]


def is_challenged(transaction: Transaction) -> bool:
    """Whether the bank wants to see the customer before it says yes to this card."""
    return card.effect(transaction.card) == "challenge"


def show(
    request: Request,
    session: Session,
    transaction: Transaction,
    form: CardForm | None = None,
    status: int = 200,
) -> Response:
    """The form, with the saved card above it if there is one."""
    token = wallet.saved_card(sandbox_of(request), session, transaction)
    shown = form or CardForm()
    with_saved = CardForm(shown.expiry, shown.errors, saved=present_card.saved(token))
    view = present_wallet.wallet(session, transaction, card=with_saved)
    return page("wallet/card.html", view, status)


async def submit(
    request: Request, session: Session, transaction: Transaction, fields: Fields
) -> Response:
    """The card form was sent."""
    number = "".join(fields.get("card_number", "").replace("-", "").split())
    expiry, cvc = fields.get("card_expiry", ""), fields.get("card_cvc", "")
    sandbox = sandbox_of(request)
    now = sandbox.clock.now(session.account_id)
    errors = in_words(card.problems(number, expiry, cvc, now))
    if errors:
        return show(request, session, transaction, CardForm(expiry=expiry, errors=errors), 400)
    has_box = card_token.asks_to_save(session, transaction.payment_product_type) is not None
    session, paying = buyer.give_card(
        sandbox, session, transaction, number, expiry,
        remember_me="remember_me" in fields if has_box else None,
    )  # fmt: skip
    return _ask_the_bank(request, session, paying)


async def use_saved(
    request: Request, session: Session, transaction: Transaction, fields: Fields
) -> Response:
    """The card that the shop knows already."""
    used = wallet.use_saved_card(sandbox_of(request), session, transaction)
    return _ask_the_bank(request, *used)


async def click_to_pay(
    request: Request, session: Session, transaction: Transaction, fields: Fields
) -> Response:
    """From the card form into Click to Pay; there, one of its cards was chosen."""
    sandbox = sandbox_of(request)
    if METHODS[transaction.payment_product_type].wallet == "card":
        wallet.switch_to_click_to_pay(sandbox, session, transaction)
        return go(f"/wallet/{session.id}/{transaction.id}")
    known = present_card.CLICK_TO_PAY.get(fields.get("card", ""))
    if known is None:
        return go(f"/wallet/{session.id}/{transaction.id}")
    session, paying = buyer.give_card(sandbox, session, transaction, known.number, USUAL_EXPIRY)
    return _ask_the_bank(request, session, paying)


def _ask_the_bank(request: Request, session: Session, paying: Transaction) -> Response:
    if is_challenged(paying):
        return go(f"/wallet/{session.id}/{paying.id}/challenge")
    return _finish(request, session, paying, OF_CARD.get(card.effect(paying.card), "approve"))


async def approve(
    request: Request, session: Session, transaction: Transaction, fields: Fields
) -> Response:
    """It is the customer, says the customer."""
    return _answer(request, session, transaction, "approve")


async def fail(
    request: Request, session: Session, transaction: Transaction, fields: Fields
) -> Response:
    """It is not."""
    return _answer(request, session, transaction, "three_ds_fails")


def _answer(
    request: Request, session: Session, transaction: Transaction, outcome: Outcome
) -> Response:
    if not is_challenged(transaction):
        return go(f"/wallet/{session.id}/{transaction.id}")
    return _finish(request, session, transaction, outcome)


def _finish(
    request: Request, session: Session, transaction: Transaction, outcome: Outcome
) -> Response:
    done = buyer.finish_payment(sandbox_of(request), session, transaction, outcome)
    return leave(done)
