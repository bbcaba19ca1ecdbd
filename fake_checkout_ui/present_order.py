"""From an order to the summary: lines, discounts, shipping, VAT and what they come to."""

from __future__ import annotations

from collections.abc import Sequence

from fake_checkout_ui.language import gettext
from fake_checkout_ui.money import money
from fake_checkout_ui.view import Line
from mock_dintero.core import shipping
from mock_dintero.core.order import DiscountLine, Item, Order
from mock_dintero.core.session import Session
from mock_dintero.core.shipping import ShippingOption


def shop_name(session: Session) -> str:
    """The shop's name, if it has told one."""
    return session.merchant.name if session.merchant else gettext("The shop")


def web_url(url: object) -> str:
    """A link or picture that leads to the web; anything else (javascript:, file:) leads nowhere."""
    is_web = isinstance(url, str) and url.lower().startswith(("https://", "http://"))
    return str(url) if is_web else ""


def lines(session: Session) -> tuple[Line, ...]:
    """The order's items as rows."""
    return item_lines(session.order.items or (), session.order.currency)


def item_lines(items: Sequence[Item], currency: str) -> tuple[Line, ...]:
    """Items as rows; one without a `line_id` is called by its place."""
    return tuple(
        _line(item, f"line-{number}", currency) for number, item in enumerate(items, start=1)
    )


def quantity(number: float | None) -> str:
    """How many; one where nothing is said."""
    return f"{number:g}" if number is not None else "1"


def _line(item: Item, fallback: str, currency: str) -> Line:
    off = sum(abs(discount.amount or 0) for discount in item.discount_lines or ())
    return Line(
        line_id=item.line_id or fallback,
        title=item.description or item.id or gettext("Item"),
        quantity=quantity(item.quantity),
        amount=money(item.amount or 0, currency),
        thumbnail_url=web_url(item.thumbnail_url),
        discount=money(-off, currency) if off else "",
        discount_reasons=_reasons(item.discount_lines, currency),
    )


def _reasons(
    discounts: Sequence[DiscountLine] | None, currency: str
) -> tuple[tuple[str, str], ...]:
    """Each discount by its own name; what has no name is told in the sum."""
    return tuple(
        (one.description, money(-abs(one.amount), currency))
        for one in discounts or ()
        if one.description and one.amount
    )


def order_discounts(order: Order) -> tuple[tuple[str, str], ...]:
    """Discounts on the whole order, each with its name; without a merchant's word it is a discount."""
    return tuple(
        (one.description or gettext("Discount"), money(-abs(one.amount), order.currency))
        for one in order.discount_lines or ()
        if one.amount
    )


def price(amount: int, currency: str) -> str:
    """What shipping costs."""
    return money(amount, currency) if amount else gettext("Free")


def shipping_lines(order: Order) -> tuple[Line, ...]:
    """The chosen way to send it; several parcels make several rows."""
    return tuple(
        _shipping_line(one, order.currency) for one in shipping.parts(order.shipping_option)
    )


def _shipping_line(option: ShippingOption, currency: str) -> Line:
    found = (option.model_extra or {}).get("discount_lines")
    given = found if isinstance(found, list) else []
    amounts = [one.get("amount") for one in given if isinstance(one, dict)]
    off = sum(abs(amount) for amount in amounts if isinstance(amount, int))
    return Line(
        option.line_id, option.title, "1", price(option.amount, currency),
        discount=money(-off, currency) if off else "",
    )  # fmt: skip


def vat(order: Order) -> str:
    """The VAT in the total, as far as the merchant has told it."""
    parts = [item.vat_amount for item in order.items or ()]
    parts += [option.vat_amount for option in shipping.parts(order.shipping_option)]
    known = [part for part in parts if part is not None]
    if known:
        return money(sum(known), order.currency)
    return money(order.vat_amount, order.currency) if order.vat_amount else ""
