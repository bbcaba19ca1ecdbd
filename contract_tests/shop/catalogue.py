"""What the shop sells. All amounts are in minor units (øre) and include VAT."""

from __future__ import annotations

from dataclasses import dataclass

NAME = "Fjordvik"
CURRENCY = "NOK"
VAT = 25


@dataclass(frozen=True)
class Product:
    """One thing for sale."""

    id: str
    name: str
    price: int
    text: str


PRODUCTS = {
    product.id: product
    for product in (
        Product("sweater", "Wool sweater", 79900, "Norwegian wool, knitted to last for years."),
        Product("mug", "Enamel mug", 14900, "For coffee at the cabin or by the fire."),
        Product("poster", "Fjord poster", 24900, "Printed on heavy paper, 50 by 70\u00a0cm."),
    )
}


def vat_of(amount: int) -> int:
    """The VAT inside an amount that includes it."""
    return round(amount * VAT / (100 + VAT))
