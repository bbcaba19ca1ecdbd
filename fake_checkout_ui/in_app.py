"""Inside the app or the sheet: phone number, consent, address, shipping; and the code that leads there."""

from __future__ import annotations

import re
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from fake_checkout_ui import language, present_wallet, shops_script
from fake_checkout_ui.language import gettext
from fake_checkout_ui.leaving import go
from fake_checkout_ui.pages import page
from fake_checkout_ui.view import Message
from mock_dintero.core import in_wallet, qr
from mock_dintero.core.address import PHONE_NUMBER
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction
from mock_dintero.http.context import sandbox_of
from mock_dintero.use_cases import buyer, wallet

CODE_SIZE = 300


def place(session: Session, transaction: Transaction) -> str:
    """Where the customer chooses: the app on the phone, or the sheet, which is one page."""
    address = f"/wallet/{session.id}/{transaction.id}"
    is_sheet = METHODS[transaction.payment_product_type].wallet == "sheet"
    return address if is_sheet else f"{address}/app"


def code(request: Request, session: Session, transaction: Transaction) -> str:
    """The app's address as a picture, for the phone to scan. It leads into no frame of a shop."""
    import segno

    url = f"{sandbox_of(request).settings.public_url}/wallet/{session.id}/{transaction.id}/app"
    squares = segno.make(f"{url}?language={language.code()}", error="m", micro=False).matrix
    return qr.as_data(qr.png(squares, CODE_SIZE))


async def give_phone(
    request: Request, session: Session, transaction: Transaction, fields: dict[str, str]
) -> Response:
    """The number the app's request goes to."""
    number = "".join(fields.get("phone_number", "").split())
    if not re.fullmatch(PHONE_NUMBER, number):
        words = gettext("Write your phone number with 5 to 15 digits, for example +4791234567.")
        view = present_wallet.wallet(session, transaction, messages=(Message("error", words),))
        typed = replace(view, phone_number=fields.get("phone_number", ""))
        return page("wallet/phone.html", typed, 400)
    buyer.give_phone(sandbox_of(request), session, transaction, number)
    return go(f"/wallet/{session.id}/{transaction.id}/app")


async def consent(
    request: Request, session: Session, transaction: Transaction, fields: dict[str, str]
) -> Response:
    """The shop may be told; the addresses are next."""
    in_wallet.require_collecting(session, transaction.id)
    return go(place(session, transaction), step="address")


async def choose_address(
    request: Request, session: Session, transaction: Transaction, fields: dict[str, str]
) -> Response:
    """An address of the book; the shop is asked for shipping, and that is next."""
    chosen = in_wallet.entry(session, transaction, fields.get("address", ""))
    if shops_script.is_about_to_be_asked(fields):
        return shops_script.question(in_wallet.choose_address(session, transaction, chosen)[1])
    asks = not shops_script.has_answered(fields)
    await wallet.give_address(sandbox_of(request), session, transaction, chosen, asks=asks)
    return go(place(session, transaction), step="shipping")


async def ask_again(
    request: Request, session: Session, transaction: Transaction, fields: dict[str, str]
) -> Response:
    """The shop did not answer; ask it once more."""
    if shops_script.is_about_to_be_asked(fields):
        chosen = in_wallet.chosen_address(session, transaction)
        return shops_script.question(in_wallet.choose_address(session, transaction, chosen)[1])
    asks = not shops_script.has_answered(fields)
    await wallet.ask_again(sandbox_of(request), session, transaction, asks=asks)
    return go(place(session, transaction), step="shipping")


async def choose_shipping(
    request: Request, session: Session, transaction: Transaction, fields: dict[str, str]
) -> Response:
    """One option, or one for each shipment (`shipping_option:{shipment_id}`)."""
    line_ids = [value for name, value in fields.items() if name.startswith("shipping_option")]
    wallet.choose_shipping(sandbox_of(request), session, transaction, line_ids)
    return go(place(session, transaction))
