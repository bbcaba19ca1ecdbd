"""What the card pages show: the masked number, and which test card does what."""

from __future__ import annotations

from dataclasses import replace

from fake_checkout_ui.view import CardForm
from mock_dintero.core import card as cards
from mock_dintero.core.transaction import Transaction

EFFECTS: dict[cards.Effect, str] = {
    "success": "Goes through", "challenge": "Goes through after 3-D Secure",
    "attempt": "Goes through without a full 3-D Secure (ECI 6 or 1)",
    "three_ds_fails": "3-D Secure fails", "declined": "Declined, 1A",
    "authorization_times_out": "The authorization times out",
    "capture_times_out": "Captures time out", "refund_times_out": "Refunds time out",
    "auto_capture_times_out": "The automatic capture times out",
    "void_times_out": "Voids time out", "token_times_out": "Saving the card times out",
}  # fmt: skip


def card_form(transaction: Transaction, form: CardForm) -> CardForm:
    """The form, with what is known of the card and a list of numbers to try."""
    numbers = cards.TEST_CARDS.items()
    return replace(
        form,
        masked_number=str((transaction.card or {}).get("masked_pan", "")),
        test_cards=tuple(
            (words, tuple(_in_fours(number) for number, one in numbers if one == effect))
            for effect, words in EFFECTS.items()
        ),
    )


def _in_fours(number: str) -> str:
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
