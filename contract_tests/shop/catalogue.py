"""What the shop sells, and what a discount code takes off."""

from collections.abc import Sequence
from dataclasses import dataclass

from shop.money import VAT, Json, vat_of


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


def item_of(product: Product, quantity: int, codes: Sequence[str]) -> Json:
    """One line as an order item of Dintero's; its amount is what is left after the discounts."""
    gross = product.price * quantity
    discounts = [_discount_line(gross, code, number) for number, code in enumerate(codes, 1)]
    amount = gross - sum(discount["amount"] for discount in discounts)
    return {
        "id": product.id,
        "line_id": product.id,
        "description": product.name,
        "quantity": quantity,
        "amount": amount,
        "vat": VAT,
        "vat_amount": vat_of(amount),
        "type": "physical",
        "discount_lines": discounts,
    }


def _discount_line(gross: int, code: str, number: int) -> Json:
    return {
        "amount": gross * 10 // 100,
        "percentage": 10,
        "discount_type": "external",
        "discount_id": code,
        "description": "Welcome, 10 % off",
        "line_id": number,
    }


def accepted_codes(codes: object) -> tuple[str, ...]:
    """Those of the buyer's codes that we honour: WELCOME10, once."""
    listed = codes if isinstance(codes, list) else []
    return tuple(code for code in listed if str(code).strip().upper() == "WELCOME10")[:1]
