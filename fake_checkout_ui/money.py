"""Amounts in words: minor units in, `1 299,00 kr` or `NOK 1,299.00` out, by the customer's language."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from fake_checkout_ui.language import code

WITH_A_SPACE = {"en": "¤\u00a0#,##0.00"}
"""Babel's English sets the letters of a currency against its digits."""


def money(amount: int, currency: str) -> str:
    """An amount in minor units, in the language of the request."""
    return _written(amount, currency, code())


@lru_cache(maxsize=1024)
def _written(amount: int, currency: str, language: str) -> str:
    from babel.numbers import format_currency, get_currency_precision, get_currency_symbol

    major = Decimal(amount).scaleb(-get_currency_precision(currency))
    is_letters = get_currency_symbol(currency, language).isalpha()
    pattern = WITH_A_SPACE.get(language) if is_letters else None
    return str(format_currency(major, currency, pattern, locale=language))
