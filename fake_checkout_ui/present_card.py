"""What the card pages show: the masked number, the saved card, and which test card does what."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fake_checkout_ui.language import marked
from fake_checkout_ui.view_wallet import CardForm, SavedCard
from mock_dintero.core import card as cards
from mock_dintero.core import card_token, payment
from mock_dintero.core.card_token import CardToken
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction

EFFECTS: dict[cards.Effect, str] = {
    "success": marked("Goes through"), "challenge": marked("Goes through after 3-D Secure"),
    "attempt": marked("Goes through without a full 3-D Secure (ECI 6 or 1)"),
    "three_ds_fails": marked("3-D Secure fails"), "declined": marked("Declined, 1A"),
    "authorization_times_out": marked("The authorization times out"),
    "capture_times_out": marked("Captures time out"),
    "refund_times_out": marked("Refunds time out"),
    "auto_capture_times_out": marked("The automatic capture times out"),
    "void_times_out": marked("Voids time out"),
    "token_times_out": marked("Saving the card times out"),
}  # fmt: skip


@dataclass(frozen=True)
class KnownCard:
    """A card that Click to Pay knows."""

    number: str
    brand: str

    @property
    def title(self) -> str:
        """Its brand and last digits."""
        return f"{self.brand} •••• {self.number[-4:]}"

    @property
    def is_challenged(self) -> bool:
        """Whether its bank asks whether it is the customer."""
        return cards.TEST_CARDS[self.number] == "challenge"


CLICK_TO_PAY = {
    "1": KnownCard("4000000000000002", "Visa"),
    "2": KnownCard("5200000000000007", "Mastercard"),
    "3": KnownCard("4000100000000000", "Visa"),
}
"""The cards of everybody who uses Click to Pay here."""


def card_form(session: Session, transaction: Transaction, form: CardForm) -> CardForm:
    """The form, with what is known of the card and a list of numbers to try."""
    numbers, method = cards.TEST_CARDS.items(), transaction.payment_product_type
    box = card_token.asks_to_save(session, method) or ""
    return replace(
        form,
        masked_number=str((transaction.card or {}).get("masked_pan", "")),
        test_cards=tuple(
            (words, tuple(_in_fours(number) for number, one in numbers if one == effect))
            for effect, words in EFFECTS.items()
        ),
        remembers=box,
        known=tuple((number, one.title, one.is_challenged) for number, one in CLICK_TO_PAY.items()),
        is_saved_anyway=bool(card_token.token_types(session, method)) and not box,
        is_only_saved=session.is_for_token,
        click_to_pay_email=payment.email(session) if payment.click_to_pay(session, method) else "",
    )


def saved(token: CardToken | None) -> SavedCard | None:
    """A saved card as the form shows it."""
    if token is None:
        return None
    brand = cards.BRANDS.get(token.masked_pan[:1], "")
    return SavedCard(brand, f"•••• {token.masked_pan[-4:]}", token.pan_expiry_date)


def _in_fours(number: str) -> str:
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
