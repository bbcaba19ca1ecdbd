"""What the rules say to the customer in a payment's forms, to be said in the customer's language."""

from __future__ import annotations

from collections.abc import Mapping

from fake_checkout_ui.language import gettext, marked

SENTENCES = (
    marked("Write the card number with 12 to 19 digits."),
    marked("This card number has a typing mistake. Please check the digits."),
    marked("Write month and year, for example 12/34."),
    marked("This card has expired."),
    marked("Write the 3 or 4 digits of the security code."),
    marked("Write the organization number of the company."),
    marked("Please fill in this field."),
    marked("Write the gift card's number with 8 to 20 digits."),
    marked("There is no money left on this gift card."),
)


def in_words(problems: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with each field, translated."""
    return {name: gettext(words) for name, words in problems.items()}
