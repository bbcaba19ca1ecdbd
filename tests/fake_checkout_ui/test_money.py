"""Amounts as people write them."""

from __future__ import annotations

import pytest

from fake_checkout_ui.money import money


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (0, "NOK", "0,00\u00a0kr"), (5, "NOK", "0,05\u00a0kr"), (100, "SEK", "1,00\u00a0kr"),
        (129900, "NOK", "1\u202f299,00\u00a0kr"), (123456789, "DKK", "1\u202f234\u202f567,89\u00a0kr."),
        (-9900, "NOK", "\u221299,00\u00a0kr"), (-1, "EUR", "\u22120,01\u00a0€"),
        (1500, "JPY", "1\u202f500\u00a0JPY"), (150, "USD", "1,50\u00a0USD"), (0, "ISK", "0\u00a0ISK"),
        (2**31 - 1, "EUR", "21\u202f474\u202f836,47\u00a0€"),
    ],
)  # fmt: skip
def test_money_is_written_as_in_the_nordic_countries(
    amount: int, currency: str, words: str
) -> None:
    assert money(amount, currency) == words
