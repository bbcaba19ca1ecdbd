"""From a session to what the page shows; pure, no requests and no templates in here."""

from __future__ import annotations

from fake_checkout_ui.countries import choices
from fake_checkout_ui.money import money
from fake_checkout_ui.present_scenario import choices as scenario_choices
from fake_checkout_ui.view import (
    AddressForm,
    Checkbox,
    CheckoutView,
    DiscountStep,
    EndedView,
    Line,
    Message,
    Method,
    Option,
    OptionGroup,
    Shipment,
    ShippingStep,
)
from mock_dintero.core import express, in_wallet, payment, shipping
from mock_dintero.core.address import Address
from mock_dintero.core.order import Item
from mock_dintero.core.session import Session
from mock_dintero.core.shipping import ShippingOption

FORM_FIELDS = (
    "email", "phone_number", "first_name", "last_name", "business_name", "organization_number",
    "address_line", "address_line_2", "postal_code", "postal_place", "country",
)  # fmt: skip
HINTS = {
    "vipps": "Pay with the app on your phone",
    "card": "Visa or Mastercard",
    "swish": "Pay with the app on your phone",
    "mobilepay": "Pay with the app on your phone",
    "klarna": "Pay now, later or in parts",
    "invoice": "Pay later",
}
WHEN_LOCKED = "The shop is updating your order. Load the page again in a moment."


def checkout(
    session: Session,
    *,
    editing: bool = False,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    messages: tuple[Message, ...] = (),
    discount_error: str = "",
) -> CheckoutView:
    """Everything the page shows of an open session; `values` and `errors` of a form that was refused."""
    address = _address_form(session, editing or bool(errors), values, errors or {})
    because = _not_payable_because(session, address.is_open)
    return CheckoutView(
        sid=session.id,
        shop_name=shop_name(session),
        shop_logo_url=session.merchant.logo_url if session.merchant else "",
        is_express=session.express is not None,
        lines=lines(session),
        shipping_line=_shipping_line(session),
        total=money(session.order.amount, session.order.currency),
        vat=_vat(session),
        address=address,
        shipping=_shipping_step(session),
        discount=_discount_step(session, discount_error),
        methods=_methods(session),
        checkboxes=_checkboxes(session),
        terms_url=session.url.merchant_terms_url or "",
        is_payable=not because,
        not_payable_because=because,
        is_locked=session.pay_lock is not None,
        messages=messages,
        scenarios=scenario_choices(),
        wallets_first=tuple(Method(m.type, m.label, "", m.brand) for m in in_wallet.first(session)),
    )


def shop_name(session: Session) -> str:
    """The shop's name, if it has told one."""
    return session.merchant.name if session.merchant else "The shop"


def lines(session: Session) -> tuple[Line, ...]:
    """The order's items as rows."""
    currency = session.order.currency
    return tuple(
        _line(item, f"line-{number}", currency)
        for number, item in enumerate(session.order.items or (), start=1)
    )


def _line(item: Item, fallback: str, currency: str) -> Line:
    off = sum(discount.amount or 0 for discount in item.discount_lines or ())
    return Line(
        line_id=item.line_id or fallback,
        title=item.description or item.id or "Item",
        quantity=f"{item.quantity:g}" if item.quantity is not None else "1",
        amount=money(item.amount or 0, currency),
        thumbnail_url=_web_url(item.thumbnail_url),
        discount=money(-abs(off), currency) if off else "",
    )


def _web_url(url: str | None) -> str:
    """A link or picture that leads to the web; anything else (javascript:, file:) leads nowhere."""
    return url if url and url.lower().startswith(("https://", "http://")) else ""


def _shipping_line(session: Session) -> Line | None:
    chosen = session.order.shipping_option
    if chosen is None:
        return None
    amount = money(chosen.amount, session.order.currency) if chosen.amount else "Free"
    return Line(chosen.line_id, chosen.title, "1", amount)


def _vat(session: Session) -> str:
    """The VAT in the total, as far as the merchant has told it."""
    order = session.order
    parts = [item.vat_amount for item in order.items or ()]
    parts += [order.shipping_option.vat_amount] if order.shipping_option else []
    known = [part for part in parts if part is not None]
    return money(sum(known), order.currency) if known else ""


def _address_form(
    session: Session, editing: bool, values: dict[str, str] | None, errors: dict[str, str]
) -> AddressForm:
    given = session.order.shipping_address
    is_given = express.has_whole_address(session)
    countries = choices(session.configuration.countries)
    shown = values or prefilled(session)
    shown.setdefault("country", countries[0][0] if countries else "")
    types = (session.express.customer_types if session.express else None) or ("b2c", "b2b")
    is_business = bool(shown.get("business_name"))
    default = "b2b" if is_business else session.configuration.default_customer_type or "b2c"
    chosen = shown.get("customer_type") or default
    return AddressForm(
        values=shown,
        errors=errors,
        customer_types=types,
        customer_type=chosen if chosen in types else types[0],
        countries=countries,
        is_open=editing or not is_given or bool(errors),
        is_given=is_given,
        summary=summary(given) if given else (),
    )


def prefilled(session: Session) -> dict[str, str]:
    """What the page knows of the customer before anything is typed."""
    known = session.order.shipping_address or session.order.billing_address or Address()
    customer = session.customer
    values = {name: getattr(known, name) or "" for name in FORM_FIELDS}
    values["email"] = values["email"] or (customer.email if customer else "") or ""
    values["phone_number"] = (
        values["phone_number"] or (customer.phone_number if customer else "") or ""
    )
    return {name: value for name, value in values.items() if value}


def summary(address: Address) -> tuple[str, ...]:
    """An address in a few lines."""
    name = f"{address.first_name or ''} {address.last_name or ''}".strip()
    place = f"{address.postal_code or ''} {address.postal_place or ''}".strip()
    rows = (
        address.business_name, name, address.address_line, address.address_line_2, place,
        address.email, address.phone_number,
    )  # fmt: skip
    return tuple(row for row in rows if row)


def _shipping_step(session: Session) -> ShippingStep:
    settings, order = session.express, session.order
    if settings is None or settings.shipping_mode == "shipping_not_required":
        return ShippingStep("not_required")
    if order.shipping_address is None:
        return ShippingStep("waiting_for_address")
    if (
        session.question
        and session.question.about == "address"
        and session.question.state == "failed"
    ):
        return ShippingStep("unreachable")
    if not express.needs_shipping(session):
        return ShippingStep("not_required")
    offered = shipping.usable(settings.shipping_options, order.shipping_address.country)
    if not offered:
        return ShippingStep("cannot_ship")
    chosen = {option.line_id for option in shipping.parts(order.shipping_option)}
    parcels = shipping.shipments(offered)
    names = [f"Shipment {n}" if len(parcels) > 1 else "" for n in range(1, len(parcels) + 1)]
    return ShippingStep(
        "choose",
        tuple(
            Shipment(id, name, _groups(options, chosen, order.currency))
            for name, (id, options) in zip(names, parcels.items(), strict=True)
        ),
        is_chosen=order.shipping_option is not None,
    )  # fmt: skip


def _groups(
    options: list[ShippingOption], chosen: set[str], currency: str
) -> tuple[OptionGroup, ...]:
    return tuple(
        OptionGroup(
            group[0].title if len(group) > 1 else "",
            tuple(
                _option(option, option.line_id in chosen, currency, len(group) > 1)
                for option in group
            ),
        )
        for group in shipping.groups(options)
    )


def _option(option: ShippingOption, is_chosen: bool, currency: str, is_grouped: bool) -> Option:
    place = option.pick_up_address
    details = summary(place.without("email", "phone_number")) if place else ()
    title = option.title
    if (
        is_grouped and details
    ):  # the group's heading has the title; the place tells the options apart
        title, details = details[0], details[1:]
    distance = (place.model_extra or {}).get("distance") if place else None
    if isinstance(distance, (int, float)):
        details = (*details, f"{distance:g} km away")
    return Option(
        line_id=option.line_id,
        title=title,
        description="" if is_grouped and place else option.description or "",
        operator=option.operator,
        amount=money(option.amount, currency) if option.amount else "Free",
        is_chosen=is_chosen,
        details=details,
        thumbnail_url=_web_url(option.thumbnail_url),
    )


def _discount_step(session: Session, error: str) -> DiscountStep:
    settings = session.express.discount_codes if session.express else None
    if not settings or not settings.callback_url or not session.configuration.takes_discount_codes:
        return DiscountStep(is_enabled=False)
    codes = session.order.discount_codes or ()
    may_add = settings.max_count is None or len(codes) < settings.max_count
    return DiscountStep(is_enabled=True, codes=codes, may_add=may_add, error=error)


def _methods(session: Session) -> tuple[Method, ...]:
    offered = payment.listed(session)
    types = [method.type for method in offered]
    wanted = session.payment.payment_product_type if session.payment else (
        session.configuration.default_payment_type
    )  # fmt: skip
    chosen = wanted if wanted in types else (types[0] if types else "")
    return tuple(
        Method(m.type, m.label, HINTS.get(m.brand, ""), m.brand, m.type == chosen) for m in offered
    )


def _checkboxes(session: Session) -> tuple[Checkbox, ...]:
    return tuple(
        Checkbox(
            box.id, box.label, bool(box.checked), bool(box.required),
            _web_url(box.link.url if box.link else None),
            box.link.text if box.link else "",
        )
        for box in session.checkboxes or ()
    )  # fmt: skip


def _not_payable_because(session: Session, address_is_open: bool) -> str:
    if session.pay_lock:
        return WHEN_LOCKED
    if not payment.methods(session):
        return "The shop has not turned on any way to pay this order."
    if session.express is None:
        return ""
    if session.order.shipping_address is None or address_is_open:
        return "Fill in your address first."
    if express.is_asking_for_shipping(session):
        return "We are asking the shop for shipping."
    if express.needs_shipping(session) and session.order.shipping_option is None:
        return "Choose how you want it delivered first."
    return ""


ENDINGS = {
    "AUTHORIZED": ("This order is paid", "Thank you. You can go back to the shop."),
    "ON_HOLD": ("The payment is being checked", "The shop will tell you when it is through."),
    "CANCELLED": ("This checkout was cancelled", "Nothing was paid. Go back to the shop to start again."),
    "EXPIRED": ("This checkout has expired", "Nothing was paid. Go back to the shop to start again."),
    "DECLINED": ("The payment was declined", "Nothing was paid. Go back to the shop to start again."),
    "FAILED": ("The payment failed", "Nothing was paid. Go back to the shop to start again."),
}  # fmt: skip


def ended(session: Session, cause: str, return_url: str) -> EndedView:
    """A session that can no longer be paid."""
    heading, text = ENDINGS.get(cause, ENDINGS["FAILED"])
    return EndedView(shop_name(session), heading, text, return_url)
