"""Amounts in words: minor units in, `1 299,00 kr` out."""

from __future__ import annotations

SYMBOLS = {"NOK": "kr", "SEK": "kr", "DKK": "kr.", "EUR": "€"}
WITHOUT_CENTS = frozenset({"ISK", "JPY", "KRW", "CLP", "VND"})
NARROW_SPACE = "\u202f"


def money(amount: int, currency: str) -> str:
    """An amount in minor units as people write it in the Nordic countries."""
    digits = 0 if currency in WITHOUT_CENTS else 2
    whole, rest = divmod(abs(amount), 10**digits)
    grouped = f"{whole:,}".replace(",", NARROW_SPACE)
    cents = f",{rest:0{digits}d}" if digits else ""
    sign = "\u2212" if amount < 0 else ""
    return f"{sign}{grouped}{cents}\u00a0{SYMBOLS.get(currency, currency)}"
