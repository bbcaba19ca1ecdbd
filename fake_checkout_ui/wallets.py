"""The other side of a payment: an app, a sheet, a bank's form, each with a page of its own look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from fake_checkout_ui import bank_forms, cards, in_app, present_wallet
from fake_checkout_ui.language import gettext
from fake_checkout_ui.leaving import go, leave
from fake_checkout_ui.pages import form, page
from fake_checkout_ui.view import EndedView
from mock_dintero.core import outcome
from mock_dintero.core.errors import (
    InvalidRequest,
    InvalidShippingOption,
    NotExpress,
    NotFound,
    NotPayable,
    SessionCompleted,
    SessionLocked,
)
from mock_dintero.core.outcome import Outcome
from mock_dintero.core.payment_method import METHODS, Wallet
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction
from mock_dintero.http.context import sandbox_of
from mock_dintero.use_cases import buyer

TEMPLATES: Mapping[Wallet, str] = {
    "phone": "wallet/phone.html", "qr": "wallet/qr.html", "sheet": "wallet/sheet.html",
    "card": "wallet/card.html", "click_to_pay": "wallet/click_to_pay.html",
    "klarna": "wallet/klarna.html", "invoice": "wallet/invoice.html",
    "terminal": "wallet/terminal.html", "gift_card": "wallet/gift_card.html",
    "external": "wallet/external.html", "zero": "wallet/zero.html",
}  # fmt: skip

Act = Callable[[Request, Session, Transaction, dict[str, str]], Awaitable[Response]]

STEPS: Mapping[str, tuple[tuple[Wallet, ...], Act]] = {
    "phone": (("phone",), in_app.give_phone),
    "consent": (("phone",), in_app.consent),
    "address": (("phone", "sheet"), in_app.choose_address),
    "shipping": (("phone", "sheet"), in_app.choose_shipping),
    "retry": (("phone", "sheet"), in_app.ask_again),
    "card": (("card",), cards.submit),
    "saved-card": (("card",), cards.use_saved),
    "click-to-pay": (("card", "click_to_pay"), cards.click_to_pay),
    "three-ds-approve": (("card", "click_to_pay"), cards.approve),
    "three-ds-fail": (("card", "click_to_pay"), cards.fail),
    "plan": (("klarna",), bank_forms.choose_plan),
    "credit": (("invoice",), bank_forms.ask_for_credit),
    "gift-card": (("gift_card",), bank_forms.redeem),
}
"""What may be submitted before the answer, and on which pages."""


def _outcome(action: str) -> Outcome | None:
    """The outcome that a button of the sandbox's panel asks for."""
    named: dict[str, Outcome] = {
        one.replace("_", "-"): one
        for method in METHODS.values()
        for one in outcome.possible(method)
    }
    return named.get(action)


def _loaded(request: Request) -> tuple[Session, Transaction]:
    sandbox = sandbox_of(request)
    session = buyer.load(sandbox, request.path_params["sid"])
    return session, buyer.read_payment(sandbox, session, request.path_params["ref"])


def _gone() -> Response:
    text = gettext("Go back to the shop and start again.")
    view = EndedView("", gettext("This payment does not exist"), text, "", icon="error")
    return page("ended.html", view, 404)


async def show(request: Request) -> Response:
    """The wallet's first page; a payment that has ended leads on."""
    return _show(request)


async def show_app(request: Request) -> Response:
    """The phone, after the number was given or the code scanned."""
    return _show(request, phone="wallet/app.html", qr="wallet/app.html")


async def show_challenge(request: Request) -> Response:
    """The bank's 3-D Secure page, after a card was given that asks for it."""
    return _show(request, card="wallet/three_ds.html", click_to_pay="wallet/three_ds.html")


def _show(request: Request, **later: str) -> Response:
    """`later` is the template of a step that only some kinds of wallet have; others show their first page."""
    try:
        session, transaction = _loaded(request)
    except NotFound:
        return _gone()
    if session.payment is None or session.payment.transaction_id != transaction.id:
        return _leave(request, session, transaction)
    wallet = METHODS[transaction.payment_product_type].wallet
    template = later.get(wallet, TEMPLATES[wallet])
    if template == "wallet/three_ds.html" and not cards.is_challenged(transaction):
        return go(f"/wallet/{session.id}/{transaction.id}")
    if template == "wallet/card.html":
        return cards.show(request, session, transaction)
    view = present_wallet.wallet(
        session, transaction,
        step=request.query_params.get("step", ""),
        qr=in_app.code(request, session, transaction) if template == "wallet/qr.html" else "",
    )  # fmt: skip
    return page(template, view)


def _leave(request: Request, session: Session, transaction: Transaction) -> Response:
    """This attempt is over: to the shop if it was the one that counts, else to the checkout."""
    if session.transaction_id == transaction.id:
        return leave(buyer.ending(sandbox_of(request), session, transaction))
    return go("/", sid=session.id)


async def act(request: Request) -> Response:
    """A step inside the wallet, an outcome, or back to the checkout."""
    action = request.path_params["action"]
    try:
        fields = await form(request)  # first: between reading and saving nothing may be awaited
        await buyer.dawdle(sandbox_of(request), request.path_params["sid"])
        session, transaction = _loaded(request)
    except (NotFound, InvalidRequest):
        return _gone()
    try:
        return await _act(request, action, session, transaction, fields)
    except (NotPayable, SessionCompleted, SessionLocked, NotExpress):
        return go("/", sid=session.id, say="changed")
    except InvalidShippingOption:
        return go(in_app.place(session, transaction), step="shipping")


async def _act(
    request: Request,
    action: str,
    session: Session,
    transaction: Transaction,
    fields: dict[str, str],
) -> Response:
    sandbox, wallet = sandbox_of(request), METHODS[transaction.payment_product_type].wallet
    if action in STEPS:
        wallets, step = STEPS[action]
        if wallet not in wallets:
            return go(f"/wallet/{session.id}/{transaction.id}")
        return await step(request, session, transaction, fields)
    if action == "back":
        session = buyer.give_up_payment(sandbox, session, transaction)
        return _leave(request, session, transaction)
    chosen = _outcome(action)
    if chosen is None:
        return _gone()
    outcome.require_possible(METHODS[transaction.payment_product_type], chosen)
    return leave(buyer.finish_payment(sandbox, session, transaction, chosen))
