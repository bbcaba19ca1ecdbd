"""From a payment under way to what its page shows; pure, like present.py."""

from __future__ import annotations

from dataclasses import replace

from fake_checkout_ui.countries import name as country_name
from fake_checkout_ui.folding import folded
from fake_checkout_ui.language import gettext, marked
from fake_checkout_ui.money import money
from fake_checkout_ui.present_address import summary
from fake_checkout_ui.present_card import card_form
from fake_checkout_ui.present_order import shop_name
from fake_checkout_ui.view import Message
from fake_checkout_ui.view_wallet import (
    BankForm,
    BookEntry,
    CardForm,
    Ending,
    InWallet,
    Plan,
    Row,
    WalletOption,
    WalletShipment,
    WalletView,
)
from mock_dintero.core import credit, express, in_wallet, outcome, shipping
from mock_dintero.core.address import Address
from mock_dintero.core.outcome import Outcome
from mock_dintero.core.payment_method import METHODS, PaymentMethod
from mock_dintero.core.session import Session
from mock_dintero.core.shipping import ShippingOption
from mock_dintero.core.transaction import Transaction

ENDINGS: dict[Outcome, tuple[str, str, str]] = {
    "approve": (
        marked("The payment goes through"), marked("As if everything had been filled in."),
        marked("Approve"),
    ),
    "decline": (
        marked("The customer or the bank says no"), marked("The payment is declined."),
        marked("Decline"),
    ),
    "reject": (
        marked("The provider says no"),
        marked("The payment fails through no fault of the customer."), marked("Reject"),
    ),
    "three_ds_fails": (
        marked("3-D Secure fails"), marked("The customer cannot prove to own the card."),
        marked("Fail 3-D Secure"),
    ),
    "code_1a": (
        marked("Declined with code 1A"), marked("The bank wants more authentication."),
        marked("Decline, 1A"),
    ),
    "hold": (
        marked("The provider wants to check"),
        marked("On hold for now; decided later, through the tester’s API."),
        marked("Put on hold"),
    ),
    "expire": (
        marked("Nothing happens"), marked("The customer never answers and the payment runs out."),
        marked("Let it run out"),
    ),
    "time_out": (
        marked("The provider does not answer"), marked("The authorization times out."),
        marked("Time out"),
    ),
}  # fmt: skip
ON_THE_PHONE: tuple[Outcome, ...] = ("approve", "decline")
"""What the app itself has buttons for."""

PLANS = (
    Plan("now", marked("Pay now"), marked("Straight from your bank account.")),
    Plan("later", marked("Pay in 30 days"), marked("Get the goods first. No fee.")),
    Plan("parts", marked("Pay in 3 parts"), marked("One part a month, without interest.")),
)


def wallet(
    session: Session,
    transaction: Transaction,
    *,
    messages: tuple[Message, ...] = (),
    card: CardForm | None = None,
    form: BankForm | None = None,
    step: str = "",
    qr: str = "",
) -> WalletView:
    """A payment under way; `step` is where the customer wants to be in the app."""
    method = METHODS[transaction.payment_product_type]
    return WalletView(
        sid=session.id,
        payment_ref=transaction.id,
        shop_name=shop_name(session),
        amount=money(transaction.amount, transaction.currency),
        label=gettext(method.label),
        provider=gettext(method.provider),
        brand=method.brand,
        look=look(method),
        phone_number=str((transaction.customer or {}).get("phone_number", "")),
        email=str((transaction.customer or {}).get("email", "")),
        lines=_lines(transaction),
        address=_address(session, transaction),
        shipping=_chosen_shipping(transaction),
        endings=endings(method),
        card=card_form(session, transaction, card or CardForm()),
        in_wallet=chosen_in_wallet(session, transaction, step),
        form=form or BankForm(),
        is_paid_in_store=session.order.is_paid_in_store,
        asks_for_company=method.is_for_businesses,
        company_example=credit.example(transaction) if method.is_for_businesses else "",
        plans=_plans(transaction) if method.wallet == "klarna" else (),
        qr=qr,
        messages=messages,
    )


def look(method: PaymentMethod) -> str:
    """Whose colours the page has."""
    if method.wallet == "invoice":
        return method.provider.lower()
    return method.brand if method.wallet in ("phone", "qr", "sheet", "klarna") else "bank"


def endings(method: PaymentMethod) -> tuple[Ending, ...]:
    """What a tester may let happen, less what the phone has buttons for."""
    is_phone = method.wallet in ("phone", "qr")
    shown = [one for one in outcome.possible(method) if not (is_phone and one in ON_THE_PHONE)]
    return tuple(_ending(one, is_phone) for one in shown)


def _ending(one: Outcome, is_phone: bool) -> Ending:
    action = one.replace("_", "-")
    testid = f"vipps-{action}" if is_phone and one == "expire" else f"payment-{action}"
    return Ending(action, *ENDINGS[one], testid)


def _lines(transaction: Transaction) -> tuple[Row, ...]:
    return tuple(
        Row(
            f"{f'{item.quantity:g}' if item.quantity is not None else '1'} × "
            f"{item.description or item.id or gettext('Item')}",
            money(item.amount or 0, transaction.currency),
        )
        for item in transaction.items or ()
        if item.type != "shipping"
    )


def _address(session: Session, transaction: Transaction) -> tuple[str, ...]:
    """Where it goes: what was chosen in the wallet, else what the page has."""
    chosen = session.payment.address if session.payment else None
    address = chosen or transaction.shipping_address
    return summary(address.without("email", "phone_number")) if address else ()


def _chosen_shipping(transaction: Transaction) -> Row | None:
    chosen = transaction.shipping_option
    return Row(chosen.title, _price(chosen, transaction.currency)) if chosen else None


def _price(option: ShippingOption, currency: str) -> str:
    return money(option.amount, currency) if option.amount else gettext("Free")


def _plans(transaction: Transaction) -> tuple[Plan, ...]:
    part = money(-(-transaction.amount // 3), transaction.currency)
    return tuple(
        replace(one, about=f"{gettext(one.about)} {gettext('About %(part)s a month.', part=part)}")
        if one.name == "parts"
        else replace(one, about=gettext(one.about))
        for one in PLANS
    )


def chosen_in_wallet(session: Session, transaction: Transaction, asked: str) -> InWallet:
    """What may be chosen in the wallet, and which screen is next."""
    attempt = session.payment
    if attempt is None or attempt.transaction_id != transaction.id or not attempt.collects_address:
        return InWallet("approve", collects=False)
    needs = express.needs_shipping(session)
    is_chosen = transaction.shipping_option is not None and not session.order.is_paid_in_store
    is_payable = attempt.address is not None and (is_chosen or not needs)
    shown = InWallet(
        "approve", collects=True, is_payable=is_payable, needs_shipping=needs,
        addresses=_book(session, transaction, attempt.address),
    )  # fmt: skip
    if attempt.address is None:
        return replace(shown, step="address" if asked == "address" else "consent")
    shown = _with_shipping(session, transaction, shown) if needs else shown
    if asked == "address":
        return replace(shown, step="address")
    if needs and (asked == "shipping" or not is_payable):
        return replace(shown, step="shipping")
    return shown


def _book(
    session: Session, transaction: Transaction, chosen: Address | None
) -> tuple[BookEntry, ...]:
    addresses = in_wallet.book(session, transaction)
    wanted = chosen if chosen in addresses else addresses[0] if addresses else None
    return tuple(
        BookEntry(
            number, one.address_line or "",
            f"{one.postal_code} {one.postal_place}, {country_name(one.country or '')}",
            one == wanted,
        )
        for number, one in enumerate(addresses, start=1)
    )  # fmt: skip


def _with_shipping(session: Session, transaction: Transaction, shown: InWallet) -> InWallet:
    question, address = session.question, session.order.shipping_address
    if question and question.about == "address" and question.state == "failed":
        return replace(shown, trouble="unreachable")
    options = session.express.shipping_options if session.express else ()
    usable = in_wallet.options(options, address.country if address else None)
    if not usable:
        return replace(shown, trouble="cannot_ship")
    parcels = shipping.shipments(usable)
    chosen = {option.line_id for option in shipping.parts(session.order.shipping_option)}
    if not chosen and METHODS[transaction.payment_product_type].wallet != "sheet":
        chosen = {parcel[0].line_id for parcel in parcels.values()}  # a suggestion, not a choice
    return replace(
        shown,
        shipments=tuple(
            WalletShipment(
                id, folded([_option(one, chosen, transaction.currency) for one in parcel])
            )
            for id, parcel in parcels.items()
        ),
    )


def _option(option: ShippingOption, chosen: set[str], currency: str) -> WalletOption:
    place = option.pick_up_address
    where = (place.business_name, place.address_line) if place else ()
    told = (option.operator, option.description, *where)
    return WalletOption(
        option.line_id, option.title, " · ".join(one for one in told if one),
        _price(option, currency), option.line_id in chosen,
    )  # fmt: skip
