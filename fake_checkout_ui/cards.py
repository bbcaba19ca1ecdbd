"""Paying by card: the form, and the bank's 3-D Secure page for the test cards that ask for it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from fake_checkout_ui import present
from fake_checkout_ui.leaving import go, leave
from fake_checkout_ui.pages import page
from fake_checkout_ui.view import CardForm
from mock_dintero.core import card
from mock_dintero.core.outcome import OF_CARD, Outcome
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction
from mock_dintero.http.context import sandbox_of
from mock_dintero.use_cases import buyer

CHALLENGE: dict[str, Outcome] = {"three-ds-approve": "approve", "three-ds-fail": "three_ds_fails"}
ACTIONS = ("card", *CHALLENGE)


def is_challenged(transaction: Transaction) -> bool:
    """Whether the bank wants to see the customer before it says yes to this card."""
    return card.effect(transaction.card) == "challenge"


def act(
    request: Request, action: str, session: Session, transaction: Transaction, fields: dict[str, str]
) -> Response:  # fmt: skip
    """The card form was sent, or the bank's page answered."""
    if METHODS[transaction.payment_product_type].wallet != "card":
        return go(f"/wallet/{session.id}/{transaction.id}")
    if action == "card":
        return _submit(request, session, transaction, fields)
    if not is_challenged(transaction):
        return go(f"/wallet/{session.id}/{transaction.id}")
    return _finish(request, session, transaction, CHALLENGE[action])


def _submit(
    request: Request, session: Session, transaction: Transaction, fields: dict[str, str]
) -> Response:
    number = "".join(fields.get("card_number", "").replace("-", "").split())
    expiry, cvc = fields.get("card_expiry", ""), fields.get("card_cvc", "")
    sandbox = sandbox_of(request)
    now = sandbox.clock.now(session.account_id)
    errors = card.problems(number, expiry, cvc, now)
    if errors:
        form = CardForm(expiry=expiry, errors=errors)
        return page("card.html", present.wallet(session, transaction, card=form), 400)
    paying = buyer.give_card(sandbox, session, transaction, number, expiry)
    if is_challenged(paying):
        return go(f"/wallet/{session.id}/{transaction.id}/challenge")
    return _finish(request, session, paying, OF_CARD.get(card.effect(paying.card), "approve"))


def _finish(
    request: Request, session: Session, transaction: Transaction, outcome: Outcome
) -> Response:
    done = buyer.finish_payment(sandbox_of(request), session, transaction, outcome)
    return leave(done)
