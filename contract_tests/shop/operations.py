"""What the shopkeeper does with a paid order: ship, refund, void; whole or in parts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shop.errors import ShopError
from shop.money import Json, amount_of, kroner, vat_of
from shop.order import Order
from shop.parcels import chosen_options


@dataclass(frozen=True)
class Part:
    """What of an order is meant: so many of its products (to ship), or a sum (to refund).

    With neither: all that is left.
    """

    lines: tuple[tuple[str, int], ...] = ()
    amount: int | None = None


def capture_request(order: Order, part: Part) -> Json:
    """Take the money for what is sent now."""
    if not order.is_shippable:
        raise ShopError(409, f"An order that is {order.in_words} cannot be shipped.")
    items = lines_left(everything_sold(order), order.captured_items)
    if part.lines:
        items = chosen(items, part.lines)
    amount, left = sum(item["amount"] for item in items), order.amount - order.captured
    if part.lines and amount > left:
        raise ShopError(409, f"Only {kroner(left)} of this order is left to take.")
    reference = f"{order.reference}-shipment-{order.times('captured') + 1}"
    if amount == left or part.lines:
        return {"amount": amount, "capture_reference": reference, "items": items}
    # Something was taken elsewhere, and not line by line: then the rest cannot be told so either.
    return {"amount": left, "capture_reference": reference}


def refund_request(order: Order, part: Part) -> Json:
    """Pay back a sum, or whatever was taken and not paid back before."""
    if not order.is_refundable:
        raise ShopError(409, f"An order that is {order.in_words} has nothing to pay back.")
    left = order.captured - order.refunded
    amount = left if part.amount is None else part.amount
    if amount > left:
        raise ShopError(409, f"Only {kroner(left)} of this order is left to pay back.")
    # A sum cannot be told line by line: we do not know what it is for.
    items = {"items": everything_sold(order)} if amount == order.amount else {}
    reference = f"{order.reference}-refund-{order.times('refunded') + 1}"
    return {"amount": amount, "refund_reference": reference, "reason": "Returned"} | items


def void_request(order: Order, part: Part) -> Json:
    """Let go of the reservation, which is possible only as a whole."""
    if not order.is_reserved:
        raise ShopError(409, f"An order that is {order.in_words} cannot be cancelled.")
    return {}


def everything_sold(order: Order) -> list[Json]:
    """All lines of a capture or refund; the shipping is one of them, or the sum would not fit."""
    return [*order.items, *map(shipping_line, chosen_options(order.shipping_option))]


def shipping_line(option: Json) -> Json:
    """A parcel's shipping as a line of its own."""
    keys = ("id", "line_id", "amount", "vat", "vat_amount")
    line = {key: option[key] for key in keys if key in option}
    return line | {"description": option.get("title"), "quantity": 1, "type": "shipping"}


def lines_left(sold: Iterable[Json], taken: Iterable[Json]) -> list[Json]:
    """What was sold without what was taken before."""
    left = list(sold)
    for earlier in taken:
        left = [
            item if item["line_id"] != earlier.get("line_id")
            else with_quantity(item, item["quantity"] - int(earlier.get("quantity") or 0),
                               item["amount"] - amount_of(earlier))
            for item in left
        ]  # fmt: skip
    return [item for item in left if item["quantity"] > 0]


def chosen(left: Iterable[Json], lines: tuple[tuple[str, int], ...]) -> list[Json]:
    """So many of each product; the shipping goes with the first part. Raises ShopError for too many."""
    of_line = {item["line_id"]: item for item in left}
    for name, number in lines:
        if number > of_line.get(name, {}).get("quantity", 0):
            raise ShopError(409, f"There are not {number} x {name} left to send.")
    some = [
        with_quantity(item, number, item["amount"] * number // item["quantity"])
        for name, number in lines
        for item in [of_line[name]]
    ]
    return [*some, *(item for item in of_line.values() if item["type"] == "shipping")]


def with_quantity(item: Json, quantity: int, amount: int) -> Json:
    """A line with another quantity; its discounts are in the amount, and are told only of a whole line."""
    if quantity == item["quantity"]:
        return item
    changed = item | {"quantity": quantity, "amount": amount, "vat_amount": vat_of(amount)}
    changed.pop("discount_lines", None)
    return changed


# What Dintero calls it, and the rule that makes the request or refuses.
OPERATIONS: dict[str, tuple[str, Callable[[Order, Part], Json]]] = {
    "ship": ("capture", capture_request),
    "refund": ("refund", refund_request),
    "void": ("void", void_request),
}
