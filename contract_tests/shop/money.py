"""Amounts: all are in minor units (øre) and include VAT."""

from typing import Any

Json = dict[str, Any]

CURRENCY = "NOK"
CURRENCIES = ("NOK", "SEK")
# One price list: what costs 799 costs that in either.
VAT = 25


def vat_of(amount: int) -> int:
    """The VAT inside an amount that includes it."""
    return round(amount * VAT / (100 + VAT))


def amount_of(record: Json | None, key: str = "amount") -> int:
    """An amount in something of Dintero's; 0 when absent. Some senders write 4900 as 4900.0."""
    return int((record or {}).get(key) or 0)


def kroner(amount: int) -> str:
    """Øre as kroner: 79900 is "799 kr", 71910 is "719.10 kr"."""
    whole, rest = divmod(amount, 100)
    return f"{whole:,}".replace(",", "\u00a0") + (f".{rest:02}" if rest else "") + "\u00a0kr"
