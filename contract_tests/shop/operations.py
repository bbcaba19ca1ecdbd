"""What the shopkeeper does with a paid order: ship, refund, void."""

from collections.abc import Callable

from shop.errors import ShopError
from shop.money import Json
from shop.order import Order
from shop.parcels import chosen_options


def capture_request(order: Order) -> Json:
    """Take the whole amount when the parcel is sent."""
    if not order.is_reserved:
        raise ShopError(409, f"An order that is {order.status} cannot be shipped.")
    reference = f"{order.reference}-shipment-1"
    items = everything_sold(order)
    return {"amount": order.amount, "capture_reference": reference, "items": items}


def refund_request(order: Order) -> Json:
    """Pay back whatever was taken and not paid back before."""
    if not order.is_refundable:
        raise ShopError(409, f"An order that is {order.status} has nothing to pay back.")
    rest = order.captured - order.refunded
    # A rest cannot be told line by line: we do not know which part was paid back before.
    items = {"items": everything_sold(order)} if rest == order.amount else {}
    return {"amount": rest, "reason": "Returned by the buyer"} | items


def void_request(order: Order) -> Json:
    """Let go of the reservation."""
    if not order.is_reserved:
        raise ShopError(409, f"An order that is {order.status} cannot be cancelled.")
    return {}


def everything_sold(order: Order) -> list[Json]:
    """All lines of a capture or refund; the shipping is one of them, or the sum would not fit."""
    return [*order.items, *map(shipping_line, chosen_options(order.shipping_option))]


def shipping_line(option: Json) -> Json:
    """A parcel's shipping as a line of its own."""
    keys = ("id", "line_id", "amount", "vat", "vat_amount")
    line = {key: option[key] for key in keys if key in option}
    return line | {"description": option.get("title"), "quantity": 1, "type": "shipping"}


# What Dintero calls it, and the rule that makes the request or refuses.
OPERATIONS: dict[str, tuple[str, Callable[[Order], Json]]] = {
    "ship": ("capture", capture_request),
    "refund": ("refund", refund_request),
    "void": ("void", void_request),
}
