"""From a session to what the page shows; pure, no requests and no templates in here."""

from __future__ import annotations

from fake_checkout_ui.language import gettext, marked
from fake_checkout_ui.money import money
from fake_checkout_ui.present_address import address_form, sandbox_customers
from fake_checkout_ui.present_order import (
    lines,
    order_discounts,
    shipping_lines,
    shop_name,
    vat,
    web_url,
)
from fake_checkout_ui.present_scenario import choices as scenario_choices
from fake_checkout_ui.present_shipping import shipping_step
from fake_checkout_ui.seen import seen, state
from fake_checkout_ui.view import (
    AddressForm,
    Checkbox,
    CheckoutView,
    DiscountStep,
    Message,
    Method,
)
from mock_dintero.core import express, in_wallet, payment
from mock_dintero.core.session import Session

HINTS = {
    "vipps": marked("Pay with the app on your phone"),
    "card": marked("Visa or Mastercard"),
    "swish": marked("Pay with the app on your phone"),
    "mobilepay": marked("Pay with the app on your phone"),
    "klarna": marked("Pay now, later or in parts"),
    "invoice": marked("Pay later"),
}
WHEN_LOCKED = marked("The shop is updating your order. Load the page again in a moment.")


def checkout(
    session: Session,
    *,
    editing: str = "",
    who: str = "",
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    messages: tuple[Message, ...] = (),
    discount_error: str = "",
    discount_typed: str = "",
    expires_in: int = 0,
) -> CheckoutView:
    """Everything the page shows of an open session; `values` and `errors` of a form that was refused."""
    order = session.order
    address = address_form(session, editing=editing, who=who, values=values, errors=errors)
    because = _not_payable_because(session, address)
    sent = shipping_lines(order)
    return CheckoutView(
        sid=session.id,
        shop_name=shop_name(session),
        shop_logo_url=session.merchant.logo_url if session.merchant else "",
        is_express=session.express is not None,
        lines=lines(session),
        shipping_line=sent[0] if sent else None,
        shipping_lines=sent,
        order_discounts=order_discounts(order),
        total=money(order.amount, order.currency),
        vat=vat(order),
        address=address,
        shipping=shipping_step(session),
        discount=_discount_step(session, discount_error, discount_typed),
        methods=_methods(session),
        checkboxes=_checkboxes(session),
        terms_url=session.url.merchant_terms_url or "",
        is_payable=not because,
        not_payable_because=because,
        is_locked=session.pay_lock is not None,
        messages=messages,
        scenarios=scenario_choices(),
        has_theme=bool(session.configuration.theme),
        customers=sandbox_customers() if session.express else (),
        seen=seen(session),
        state=state(session),
        expires_in=expires_in,
        wallets_first=tuple(
            Method(m.type, gettext(m.label), "", m.brand) for m in in_wallet.first(session)
        ),
        is_paid_in_store=order.is_paid_in_store,
    )


def _discount_step(session: Session, error: str, typed: str) -> DiscountStep:
    settings = session.express.discount_codes if session.express else None
    if not settings or not settings.callback_url or not session.configuration.takes_discount_codes:
        return DiscountStep(is_enabled=False)
    codes = session.order.discount_codes or ()
    may_add = settings.max_count is None or len(codes) < settings.max_count
    return DiscountStep(
        is_enabled=True, codes=codes, may_add=may_add, error=error,
        max_count=int(settings.max_count or 0), typed=typed if error else "",
    )  # fmt: skip


def _methods(session: Session) -> tuple[Method, ...]:
    offered = payment.listed(session)
    types = [method.type for method in offered]
    wanted = session.payment.payment_product_type if session.payment else (
        session.configuration.default_payment_type
    )  # fmt: skip
    chosen = wanted if wanted in types else (types[0] if types else "")
    return tuple(
        Method(m.type, gettext(m.label), gettext(HINTS.get(m.brand, "")), m.brand, m.type == chosen)
        for m in offered
    )


def _checkboxes(session: Session) -> tuple[Checkbox, ...]:
    return tuple(
        Checkbox(
            box.id, box.label, bool(box.checked), bool(box.required),
            web_url(box.link.url if box.link else None),
            box.link.text if box.link else "",
        )
        for box in session.checkboxes or ()
    )  # fmt: skip


def _not_payable_because(session: Session, address: AddressForm) -> str:
    if session.pay_lock:
        return gettext(WHEN_LOCKED)
    if not payment.methods(session):
        return gettext("The shop has not turned on any way to pay this order.")
    if session.express is None:
        return ""
    if address.known:
        return gettext("Confirm your address first.")
    if session.order.shipping_address is None or address.is_open:
        return gettext("Fill in your address first.")
    if express.is_asking_for_shipping(session):
        return gettext("We are asking the shop for shipping.")
    if express.needs_shipping(session) and session.order.shipping_option is None:
        return gettext("Choose how you want it delivered first.")
    return ""
