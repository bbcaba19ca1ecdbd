"""What an order of Dintero's comes to, and amounts as sentences name them."""

from __future__ import annotations

from mock_dintero.testing import Json


def money(amount: int) -> str:
    """Minor units as people write them: 79900 is "799.00"."""
    sign, (whole, rest) = "-" if amount < 0 else "", divmod(abs(amount), 100)
    return f"{sign}{whole}.{rest:02}"


def goods_of(order: Json) -> int:
    """What the lines cost, discounts taken off and correction items counted; shipping is not among them."""
    return sum(item.get("amount") or 0 for item in order.get("items") or [])


def shipping_of(order: Json) -> int:
    """What the chosen shipping costs; 0 where none is chosen."""
    return int((order.get("shipping_option") or {}).get("amount") or 0)
