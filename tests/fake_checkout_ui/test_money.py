"""Amounts as people write them."""

from __future__ import annotations

import pytest

from fake_checkout_ui import language
from fake_checkout_ui.money import money


@pytest.mark.parametrize(
    ("spoken", "amount", "currency", "words"),
    [
        ("nb", 0, "NOK", "0,00 kr"), ("nb", 5, "NOK", "0,05 kr"), ("nb", 129900, "NOK", "1 299,00 kr"),
        ("nb", -9900, "NOK", "-99,00 kr"), ("sv", 100, "SEK", "1,00 kr"),
        ("da", 123456789, "DKK", "1.234.567,89 kr."), ("fi", 2**31 - 1, "EUR", "21 474 836,47 €"),
        ("en", 129900, "NOK", "NOK 1,299.00"), ("en", -1, "EUR", "-€0.01"), ("en", 1500, "JPY", "¥1,500"),
        ("nb", 1500, "ISK", "1 500 ISK"), ("en", 150, "XXQ", "XXQ 1.50"),
    ],
)  # fmt: skip
def test_money_is_written_as_in_the_customers_language(
    spoken: str, amount: int, currency: str, words: str
) -> None:
    before = language._CODE.set(spoken)
    try:
        assert money(amount, currency).replace("\u00a0", " ") == words
    finally:
        language._CODE.reset(before)
