"""The forms of those who lend the customer money or take a gift card: Klarna, invoices, gift cards."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from fake_checkout_ui import present_wallet
from fake_checkout_ui.language import gettext
from fake_checkout_ui.leaving import leave
from fake_checkout_ui.pages import page
from fake_checkout_ui.sentences import in_words
from fake_checkout_ui.view import Message
from fake_checkout_ui.view_wallet import BankForm
from mock_dintero.core import credit, gift_card
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction
from mock_dintero.http.context import sandbox_of
from mock_dintero.use_cases import buyer, wallet

Fields = dict[str, str]


async def choose_plan(
    request: Request, session: Session, transaction: Transaction, fields: Fields
) -> Response:
    """Klarna: now, later or in parts; and that is the purchase."""
    sandbox, plan = sandbox_of(request), fields.get("plan", "")
    if plan not in credit.PLANS:
        words = Message("error", gettext("Choose how you want to pay."))
        view = present_wallet.wallet(session, transaction, messages=(words,))
        return page("wallet/klarna.html", view, 400)
    chosen = wallet.choose_plan(sandbox, session, transaction, plan)
    return leave(buyer.finish_payment(sandbox, session, chosen, "approve"))


async def ask_for_credit(
    request: Request, session: Session, transaction: Transaction, fields: Fields
) -> Response:
    """An invoice, instalments or an account: who you are, and that is the purchase."""
    sandbox = sandbox_of(request)
    if METHODS[transaction.payment_product_type].is_for_businesses:
        number = "".join(fields.get("organization_number", "").split())
        name = fields.get("business_name", "")
        errors = in_words(credit.problems(transaction, number, name))
        if errors:
            return _wrong("wallet/invoice.html", session, transaction, fields, errors)
        session, transaction = wallet.give_company(sandbox, session, transaction, number, name)
    elif "terms" not in fields:
        errors = {"terms": gettext("Tick that you have read the terms.")}
        return _wrong("wallet/invoice.html", session, transaction, fields, errors)
    return leave(buyer.finish_payment(sandbox, session, transaction, "approve"))


async def redeem(
    request: Request, session: Session, transaction: Transaction, fields: Fields
) -> Response:
    """A gift card that is worth the order."""
    sandbox = sandbox_of(request)
    number = "".join(fields.get("gift_card_number", "").split())
    errors = in_words(gift_card.problems(number))
    if errors:
        return _wrong("wallet/gift_card.html", session, transaction, {}, errors)
    session, transaction = wallet.redeem(sandbox, session, transaction, number)
    return leave(buyer.finish_payment(sandbox, session, transaction, "approve"))


def _wrong(
    template: str, session: Session, transaction: Transaction, fields: Fields, errors: Fields
) -> Response:
    form = BankForm(fields, errors)
    return page(template, present_wallet.wallet(session, transaction, form=form), 400)
