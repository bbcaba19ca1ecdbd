"""Mistakes in what is asked of Dintero once an order is paid: wrong sums, wrong lines."""

from collections.abc import Callable
from dataclasses import replace as changed

from shop.bugs import bug
from shop.money import Json
from shop.operations import OPERATIONS, Part, capture_request, everything_sold, refund_request
from shop.order import Order

MANAGE = "https://docs.dintero.com/docs/checkout/transaction-management"
CHECKLIST = "https://docs.dintero.com/docs/checkout/integration-checklist"


def ask_by(action: str, rule: Callable[[Order, Part], Json]) -> None:
    """Make the request of one of the shopkeeper's buttons in another way."""
    verb, _ = OPERATIONS[action]
    OPERATIONS[action] = (verb, rule)


@bug(
    "captures-without-shipping-line", breaks=("capture-has-shipping", "capture-items-add-up"),
    seen=CHECKLIST,
)  # fmt: skip
def captures_without_shipping_line() -> None:
    """Captures the whole sum, but lists the goods alone."""

    def goods_only(order: Order, part: Part) -> Json:
        request = capture_request(order, part)
        return request | {"items": [i for i in request["items"] if i["type"] != "shipping"]}

    ask_by("ship", goods_only)


@bug(
    "captures-goods-only", breaks=("capture-takes-all",),
    seen="https://github.com/PAYONE-GmbH/shopware-6/issues/293",
)  # fmt: skip
def captures_goods_only() -> None:
    """Captures what the goods cost and forgets the shipping altogether."""

    def goods(order: Order, part: Part) -> Json:
        capture_request(order, part)
        return {"amount": order.items_amount, "items": order.items}

    ask_by("ship", goods)


@bug(
    "captures-full-price", breaks=("capture-discounted",),
    seen="https://github.com/angelleye/paypal-woocommerce/issues/1175",
)  # fmt: skip
def captures_full_price() -> None:
    """Captures what the goods cost without the customer's discount code."""
    ask_by("ship", lambda order, part: capture_request(changed(order, discount_codes=()), part))


@bug("captures-new-line-ids", breaks=("capture-line-ids",), seen=MANAGE)
def captures_new_line_ids() -> None:
    """Numbers the lines of a capture anew, from 1."""

    def numbered(order: Order, part: Part) -> Json:
        request = capture_request(order, part)
        items = [i | {"line_id": str(n)} for n, i in enumerate(request["items"], start=1)]
        return request | {"items": items}

    ask_by("ship", numbered)


@bug("captures-without-reference", breaks=("capture-reference",), seen=MANAGE)
def captures_without_reference() -> None:
    """Sends no capture_reference."""

    def bare(order: Order, part: Part) -> Json:
        request = capture_request(order, part)
        del request["capture_reference"]
        return request

    ask_by("ship", bare)


@bug(
    "captures-all-for-a-part", breaks=("capture-part",),
    seen="https://github.com/solidusio/solidus_stripe/pull/268",
)  # fmt: skip
def captures_all_for_a_part() -> None:
    """Takes the money for the whole order with the first parcel."""
    ask_by("ship", lambda order, part: capture_request(order, Part()))


@bug(
    "captures-all-again", breaks=("capture-rest", "backoffice-capture-part"),
    seen="https://github.com/PAYONE-GmbH/shopware-6/issues/312",
)  # fmt: skip
def captures_all_again() -> None:
    """Asks for the whole sum although a part of it was captured before."""

    def whole(order: Order, part: Part) -> Json:
        if part.lines:
            return capture_request(order, part)
        return {"amount": order.amount, "items": everything_sold(order)}

    ask_by("ship", whole)


@bug("captures-lines-again", breaks=("capture-part-lines",), seen=MANAGE)
def captures_lines_again() -> None:
    """Lists every line of the order with the last part, also those that an earlier part had."""

    def all_lines(order: Order, part: Part) -> Json:
        request = capture_request(order, part)
        return request if part.lines else request | {"items": everything_sold(order)}

    ask_by("ship", all_lines)


@bug(
    "refunds-all-for-a-part", breaks=("refund-part",),
    seen="https://github.com/PrestaShop/PrestaShop/issues/18286",
)  # fmt: skip
def refunds_all_for_a_part() -> None:
    """Gives back everything when a part comes back."""
    ask_by("refund", lambda order, part: refund_request(order, Part()))


@bug(
    "refunds-the-order", breaks=("refund-rest", "refund-of-part-capture"),
    seen="https://github.com/nopSolutions/nopCommerce/issues/1708",
)  # fmt: skip
def refunds_the_order() -> None:
    """Refunds what was ordered, whatever was captured or refunded before."""

    def whole(order: Order, part: Part) -> Json:
        request = refund_request(order, part)
        return request if part.amount else request | {"amount": order.amount, "items": None}

    ask_by("refund", whole)


@bug("refunds-without-freight", breaks=("refund-gives-back",),
     seen="https://github.com/woocommerce/woocommerce-paypal-payments/issues/4415")  # fmt: skip
def refunds_without_freight() -> None:
    """Gives back what the goods cost and keeps the shipping."""
    ask_by("refund", lambda order, part: refund_request(order, Part(amount=order.items_amount)))
