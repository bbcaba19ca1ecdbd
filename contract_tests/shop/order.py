"""What the shop believes about one order."""

from dataclasses import asdict, dataclass, replace
from typing import Self

from shop.catalogue import PRODUCTS, item_of
from shop.money import CURRENCY, Json, amount_of


@dataclass(frozen=True)
class Step:
    """One thing that happened to an order."""

    at: str
    what: str
    detail: str


@dataclass(frozen=True)
class Order:
    """One order, with its lines as (product, quantity). It never changes: a new one replaces it."""

    reference: str
    lines: tuple[tuple[str, int], ...]
    currency: str = CURRENCY
    history: tuple[Step, ...] = ()
    status: str = "pending"
    discount_codes: tuple[str, ...] = ()
    session_id: str | None = None
    transaction_id: str | None = None
    shipping_address: Json | None = None
    shipping_option: Json | None = None
    captured: int = 0
    refunded: int = 0
    problem: str = ""

    @property
    def items(self) -> list[Json]:
        """The goods as Dintero's order items, discounts already taken off."""
        return [item_of(PRODUCTS[name], number, self.discount_codes) for name, number in self.lines]

    @property
    def items_amount(self) -> int:
        """What the goods cost, without shipping."""
        return sum(item["amount"] for item in self.items)

    @property
    def amount(self) -> int:
        """What the order costs, with shipping once it is known."""
        return self.items_amount + amount_of(self.shipping_option)

    @property
    def was_paid(self) -> bool:
        """Whether it was ever paid, whatever became of it later."""
        return any(step.what == "paid" for step in self.history)

    @property
    def is_reserved(self) -> bool:
        """Paid and not yet taken: it may be shipped or cancelled."""
        return self.status == "paid" and not self.captured

    @property
    def is_refundable(self) -> bool:
        """Taken and not yet all paid back."""
        return self.captured > self.refunded

    def noted(self, at: str, what: str, detail: str = "") -> Self:
        """The order with one more line in its history."""
        return replace(self, history=(*self.history, Step(at, what, detail)))

    def as_json(self) -> Json:
        """All of it, for a program that asks."""
        return asdict(self) | {"lines": self.items, "amount": self.amount}
