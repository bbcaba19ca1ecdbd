"""Address and shipping chosen inside a wallet: Vipps Express, and the sheets of Apple Pay and Google Pay.

The payment starts before the page knows where the customer lives. Each choice in the wallet changes the
order and, with it, the payment under way; what is approved is still what was shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mock_dintero.core import express, new_transaction, payment, shipping
from mock_dintero.core.address import Address
from mock_dintero.core.errors import InvalidShippingOption, NotPayable
from mock_dintero.core.payment import PayBody
from mock_dintero.core.payment_method import METHODS, PaymentMethod
from mock_dintero.core.session import Attempt, Session
from mock_dintero.core.transaction import Transaction

HOMES = {
    "NO": ("Storgata 1", "0155", "Oslo"),
    "SE": ("Drottninggatan 12", "111 51", "Stockholm"),
    "DK": ("Vestergade 8", "1456", "København"),
    "FI": ("Aleksanterinkatu 5", "00100", "Helsinki"),
}
WORK = ("Bryggen 7", "5003", "Bergen")
HOME_OF = {"NOK": "NO", "SEK": "SE", "DKK": "DK", "EUR": "FI"}
"""Where a customer lives who pays in this currency (ours)."""


def first(session: Session) -> list[PaymentMethod]:
    """The wallets that the page offers before it knows an address.

    Apple Pay and Google Pay only with `allow_express_wallet_payment`. Ours: none while the shop wants a
    box ticked that is not ticked yet, as no wallet shows it.
    """
    if session.express is None or express.has_whole_address(session):
        return []
    if any(box.required and not box.checked for box in session.checkboxes or ()):
        return []
    takes_sheets = session.configuration.allow_express_wallet_payment
    return [
        method
        for method in payment.methods(session)
        if method.collects_address and (method.wallet != "sheet" or takes_sheets)
    ]


def start(
    session: Session, body: PayBody, transaction_id: str, now: datetime
) -> tuple[Session, Transaction]:
    """The customer starts with the wallet. Raises NotPayable if this one does not ask for addresses."""
    express.require_editable(session, now)
    allowed = [method.type for method in first(session)]
    if body.payment_product_type not in allowed:
        raise NotPayable(
            f"payment_product_type: {body.payment_product_type!r} cannot ask for the address itself; "
            f"there is {', '.join(allowed) or 'no wallet that can'}"
        )
    return payment.begin(session, body, transaction_id, now, collects=True)


def require_collecting(session: Session, transaction_id: str) -> Attempt:
    """The wallet is asked for address and shipping by this attempt. Raises NotPayable."""
    payment.require_attempt(session, transaction_id)
    assert session.payment is not None
    if not session.payment.collects_address:
        raise NotPayable("the address was given on the page; go back to the checkout to change it")
    return session.payment


def book(session: Session, transaction: Transaction) -> tuple[Address, ...]:
    """The addresses that the wallet knows of its customer, where the shop delivers; home first."""
    countries = session.configuration.countries
    allowed = (countries.allow_countries if countries else None) or tuple(HOMES)
    denied = (countries.deny_countries if countries else None) or ()
    home = HOME_OF.get(session.order.currency, "NO")
    places = [(country, *place) for country, place in HOMES.items()]
    places.insert(1, ("NO", *WORK))
    places.sort(key=lambda place: place[0] != home)
    known = transaction.customer or {}
    return tuple(
        Address(
            first_name="Kari", last_name="Nordmann", address_line=line, postal_code=code,
            postal_place=town, country=country,
            email=str(known.get("email") or "kari@example.no"),
            phone_number=str(known.get("phone_number") or "+4791234567"),
        )
        for country, line, code, town in places
        if country in allowed and country not in denied
    )  # fmt: skip


def entry(session: Session, transaction: Transaction, number: str) -> Address:
    """An address of the book, by its number from 1. Raises NotPayable for one that is not there."""
    addresses = book(session, transaction)
    if not number.isascii() or not number.isdecimal() or not 1 <= int(number) <= len(addresses):
        raise NotPayable("this address is not in the wallet")
    return addresses[int(number) - 1]


def options(offered: shipping.Options, country: str | None) -> shipping.Options:
    """What the wallet lists: not what is paid in the store, as no wallet is paid with 0 (ours)."""
    return tuple(one for one in shipping.usable(offered, country) if one.pay_in_store is None)


def choose_address(
    session: Session, transaction: Transaction, address: Address
) -> tuple[Session, Address]:
    """The session that remembers the choice, and what the shop is told of it for now."""
    attempt = require_collecting(session, transaction.id)
    is_sheet = METHODS[transaction.payment_product_type].wallet == "sheet"
    remembered = session.with_(payment=attempt.with_(address=address))
    return remembered, address.partial if is_sheet else address


def chosen_address(session: Session, transaction: Transaction) -> Address:
    """The address that was chosen in the wallet. Raises NotPayable if none was yet."""
    chosen = require_collecting(session, transaction.id).address
    if chosen is None:
        raise NotPayable("no address was chosen in this wallet yet")
    return chosen


def choose_shipping(
    session: Session, transaction: Transaction, line_ids: Sequence[str], now: datetime
) -> Session:
    """An option, or one for each shipment, of those that the wallet lists."""
    require_collecting(session, transaction.id)
    chosen = express.choose_shipping(session, line_ids, now)
    if chosen.order.is_paid_in_store:
        raise InvalidShippingOption("order.shipping_option: this order would be paid in the store")
    return chosen


def complete(
    session: Session, transaction: Transaction, now: datetime
) -> tuple[Session, Transaction]:
    """The customer pays in a sheet: now the shop gets the whole address, and is not asked once more.

    Nothing changes for a payment of another kind, or whose order has changed meanwhile.
    """
    attempt = session.payment
    if attempt is None or attempt.transaction_id != transaction.id or attempt.address is None:
        return session, transaction
    told = session.order.shipping_address
    if told != attempt.address.partial or told != transaction.shipping_address:
        return session, transaction
    whole = express.give_address(session, attempt.address, None, now)
    return whole, transaction.with_(
        shipping_address=attempt.address,
        billing_address=attempt.address,
        customer=new_transaction.renewed(whole, transaction, now).customer,
    )
