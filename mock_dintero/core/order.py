"""What is bought and what it costs: items, sums, and the correction item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import StringConstraints

from mock_dintero.core.address import Address
from mock_dintero.core.errors import InvalidOrderAmount
from mock_dintero.core.ids import base58
from mock_dintero.core.record import LARGEST_AMOUNT, Amount, Flag, Number, Part
from mock_dintero.core.shipping import ChosenShipping
from mock_dintero.core.split import Splits

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
ItemType = Literal[
    "physical", "digital", "service", "gift_card", "shipping", "surcharge", "fee_split"
]  # fmt: skip


class DiscountLine(Part):
    """Why a line costs less. `line_id` is a number here, unlike everywhere else."""

    amount: Amount | None = None
    percentage: Number | None = None
    discount_type: (
        Literal["customer", "periodic", "manual", "loyalty", "total", "employee", "external"] | None
    ) = None
    discount_id: str | None = None
    description: str | None = None
    line_id: int | str | None = None


class Item(Part):
    """One line. `amount` is the line's total, VAT and discounts included; it may be negative."""

    id: str | None = None
    line_id: str | None = None
    description: str | None = None
    quantity: Number | None = None
    amount: Amount | None = None
    vat_amount: Amount | None = None
    vat: Number | None = None
    type: ItemType | None = None
    thumbnail_url: str | None = None
    discount_lines: tuple[DiscountLine, ...] | None = None
    splits: Splits | None = None


class OrderPatch(Part):
    """What an order has, nothing of it required: the body of a merchant's update."""

    amount: Amount | None = None
    currency: Currency | None = None
    merchant_reference: str | None = None
    merchant_reference_2: str | None = None
    vat_amount: Amount | None = None
    event_reference: str | None = None
    partial_payment: Flag | None = None
    items: tuple[Item, ...] | None = None
    shipping_option: ChosenShipping | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    discount_codes: tuple[str, ...] | None = None
    discount_lines: tuple[DiscountLine, ...] | None = None
    store: dict[str, Any] | None = None


class Order(OrderPatch):
    """The order of a session. `amount` includes VAT, discounts and the chosen shipping option."""

    amount: Amount
    currency: Currency
    merchant_reference: str

    @property
    def shipping_amount(self) -> int:
        """What the chosen shipping option costs; 0 without one."""
        return self.shipping_option.amount if self.shipping_option else 0

    @property
    def is_paid_in_store(self) -> bool:
        """Whether the chosen shipping option leaves the payment to the store. Source: pay-in-store guide."""
        return self.shipping_option is not None and self.shipping_option.pay_in_store is not None

    @property
    def amount_to_pay(self) -> int:
        """What is paid at the checkout: `amount`, or 0 for an order that is paid in the store."""
        return 0 if self.is_paid_in_store else self.amount

    @property
    def goods_amount(self) -> int:
        """What is paid for apart from shipping.

        The items' sum. Without items, or when only a part is paid (`partial_payment`), what the
        merchant named less the shipping in it.
        """
        if not self.items or self.partial_payment:
            return self.amount - self.shipping_amount
        return items_amount(self.items)

    @property
    def expected_amount(self) -> int:
        """Σ items + shipping option: what `amount` should be."""
        return self.goods_amount + self.shipping_amount


def items_amount(items: Sequence[Item]) -> int:
    """The sum of the lines in minor units; a line without amount counts 0."""
    return sum(item.amount or 0 for item in items)


def require_sum(order: Order) -> None:
    """`order.amount` must be Σ items + shipping option.

    Dintero checks this on a merchant's update, and on creation only with the feature toggle
    `strict-session-amounts`.
    """
    if order.amount != order.expected_amount:
        raise InvalidOrderAmount(
            f"order.amount is {order.amount}, but items ({items_amount(order.items or ())}) and "
            f"shipping_option ({order.shipping_amount}) add up to {order.expected_amount}"
        )


def require_in_range(amount: int) -> int:
    """A total must fit the contract's 32 bits; parts that each fit may add up to more."""
    if abs(amount) > LARGEST_AMOUNT:
        raise InvalidOrderAmount(f"the order would come to {amount}; {LARGEST_AMOUNT} is the limit")
    return amount


def with_shipping(order: Order, chosen: ChosenShipping | None) -> Order:
    """The order with another shipping option (or none) and the amount that follows from it."""
    amount = require_in_range(order.goods_amount + (chosen.amount if chosen else 0))
    bare = order.without("shipping_option")
    return bare.with_(amount=amount, **({"shipping_option": chosen} if chosen else {}))


def corrected(order: Order, amount: int, shipping_amount: int, uuid: UUID) -> Order:
    """Take the merchant's new total; what the lines do not explain becomes a correction item.

    Source: shipping address callback. `shipping_amount` is that of the option in the request; the
    item is `amount - (Σ items + shipping_amount)`.
    """
    if not order.items:
        return order.with_(amount=amount)
    difference = amount - items_amount(order.items) - shipping_amount
    if difference == 0 or order.partial_payment:
        return order.with_(amount=amount)
    require_in_range(difference)
    line_id = f"correction-{base58(uuid.int)}"
    correction = Item(
        id=line_id, line_id=line_id, amount=difference, quantity=1, description="Correction"
    )
    return order.with_(amount=amount, items=(*order.items, correction))
