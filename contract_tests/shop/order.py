"""What the shop believes about one order."""

from dataclasses import asdict, dataclass, replace
from typing import Self

from shop.catalogue import PRODUCTS, item_of
from shop.errors import ShopError
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
    captured_items: tuple[Json, ...] = ()
    under_way: str = ""
    """What Dintero has accepted and not finished: capture, refund or void."""
    failure: str = ""
    """Why the last of them came to nothing, in the provider's words."""
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

    def times(self, what: str) -> int:
        """How often this has happened to the order."""
        return sum(step.what == what for step in self.history)

    @property
    def is_reserved(self) -> bool:
        """Paid, and nothing taken yet: it may be cancelled."""
        return self.status == "paid" and not self.captured and not self.under_way

    @property
    def is_shippable(self) -> bool:
        """Paid, and not all of it taken yet."""
        is_open = self.status in ("paid", "partially_captured", "partially_refunded")
        return is_open and self.captured < self.amount and not self.under_way

    @property
    def is_refundable(self) -> bool:
        """Taken and not yet all paid back."""
        return self.captured > self.refunded and not self.under_way

    @property
    def in_words(self) -> str:
        """How it stands, for a sentence."""
        return f"{self.status} ({self.under_way} under way)" if self.under_way else self.status

    @property
    def keeps_price(self) -> bool:
        """Paid, or under review: what was agreed does not change any more."""
        return self.was_paid or self.status == "on_hold"

    def noted(self, at: str, what: str, detail: str = "") -> Self:
        """The order with one more line in its history."""
        return replace(self, history=(*self.history, Step(at, what, detail)))

    def as_json(self) -> Json:
        """All of it, for a program that asks."""
        return asdict(self) | {"lines": self.items, "amount": self.amount}


def require_unpaid(order: Order) -> None:
    """What is paid keeps its price."""
    if order.keeps_price:
        raise ShopError(409, "The order is already paid and cannot change any more.")
