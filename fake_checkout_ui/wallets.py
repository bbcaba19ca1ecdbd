"""The other side of a payment: the Vipps-style phone, or a plain simulator for every other method."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from fake_checkout_ui import cards, present
from fake_checkout_ui.leaving import go, leave
from fake_checkout_ui.pages import form, page
from fake_checkout_ui.view import EndedView, Message
from mock_dintero.core.address import PHONE_NUMBER
from mock_dintero.core.errors import (
    InvalidRequest,
    NotFound,
    NotPayable,
    SessionCompleted,
    SessionLocked,
)
from mock_dintero.core.outcome import Outcome
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction
from mock_dintero.http.context import sandbox_of
from mock_dintero.use_cases import buyer

OUTCOMES: dict[str, Outcome] = {
    "approve": "approve", "decline": "decline", "expire": "expire", "reject": "reject", "hold": "hold"
}  # fmt: skip
TEMPLATES = {"vipps": "vipps_phone.html", "card": "card.html", "none": "simulator.html"}


def _loaded(request: Request) -> tuple[Session, Transaction]:
    sandbox = sandbox_of(request)
    session = buyer.load(sandbox, request.path_params["sid"])
    return session, buyer.read_payment(sandbox, session, request.path_params["ref"])


def _gone() -> Response:
    text = "Go back to the shop and start again."
    return page("ended.html", EndedView("", "This payment does not exist", text, ""), 404)


def _template(transaction: Transaction) -> str:
    return TEMPLATES[METHODS[transaction.payment_product_type].wallet]


async def show(request: Request) -> Response:
    """The wallet's first page; a payment that has ended leads on."""
    return _show(request)


async def show_app(request: Request) -> Response:
    """The phone, after the number was given."""
    return _show(request, vipps="vipps_app.html")


async def show_challenge(request: Request) -> Response:
    """The bank's 3-D Secure page, after a card was given that asks for it."""
    return _show(request, card="three_ds.html")


def _show(request: Request, **later: str) -> Response:
    """`later` is the template of a step that only one kind of wallet has; others show their first page."""
    try:
        session, transaction = _loaded(request)
    except NotFound:
        return _gone()
    if session.payment is None or session.payment.transaction_id != transaction.id:
        return _leave(request, session, transaction)
    template = later.get(METHODS[transaction.payment_product_type].wallet, _template(transaction))
    if template == "three_ds.html" and not cards.is_challenged(transaction):
        return go(f"/wallet/{session.id}/{transaction.id}")
    return page(template, present.wallet(session, transaction))


def _leave(request: Request, session: Session, transaction: Transaction) -> Response:
    """This attempt is over: to the shop if it was the one that counts, else to the checkout."""
    if session.transaction_id == transaction.id:
        return leave(buyer.ending(sandbox_of(request), session, transaction))
    return go("/", sid=session.id)


async def act(request: Request) -> Response:
    """Phone number, card, an outcome, or back to the checkout."""
    action = request.path_params["action"]
    try:
        fields = await form(request)  # first: between reading and saving nothing may be awaited
        await buyer.dawdle(sandbox_of(request), request.path_params["sid"])
        session, transaction = _loaded(request)
    except (NotFound, InvalidRequest):
        return _gone()
    sandbox = sandbox_of(request)
    try:
        if action == "phone":
            return _phone(request, session, transaction, fields)
        if action in cards.ACTIONS:
            return cards.act(request, action, session, transaction, fields)
        if action == "back":
            session = buyer.give_up_payment(sandbox, session, transaction)
            return _leave(request, session, transaction)
        if action in OUTCOMES:
            done = buyer.finish_payment(sandbox, session, transaction, OUTCOMES[action])
            return leave(done)
    except (NotPayable, SessionCompleted, SessionLocked):
        return go("/", sid=session.id, say="changed")
    return _gone()


def _phone(
    request: Request, session: Session, transaction: Transaction, fields: dict[str, str]
) -> Response:
    number = "".join(fields.get("phone_number", "").split())
    if not re.fullmatch(PHONE_NUMBER, number):
        words = Message(
            "error", "Write your phone number with 5 to 15 digits, for example +4791234567."
        )
        view = present.wallet(session, transaction, (words,))
        return page(_template(transaction), view, 400)
    buyer.give_phone(sandbox_of(request), session, transaction, number)
    return go(f"/wallet/{session.id}/{transaction.id}/app")
