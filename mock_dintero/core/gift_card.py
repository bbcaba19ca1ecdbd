"""Gift cards of the sandbox: any number is worth the order, but for the empty ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mock_dintero.core.ids import derived
from mock_dintero.core.payment import require_attempt
from mock_dintero.core.session import Session, happened
from mock_dintero.core.transaction import Transaction

FULL, EMPTY = "6000000000000001", "6000000000000000"
"""Numbers to try (ours): what ends in 0000 is empty."""


def problems(number: str) -> dict[str, str]:
    """What is wrong with a typed card: field name to a sentence in plain words."""
    if not re.fullmatch(r"[0-9]{8,20}", number):
        return {"gift_card_number": "Write the gift card's number with 8 to 20 digits."}
    if number.endswith("0000"):
        return {"gift_card_number": "There is no money left on this gift card."}
    return {}


def redeem(session: Session, transaction: Transaction, number: str, now: datetime) -> Session:
    """The card is taken for the whole sum; the session says so, with a masked number."""
    require_attempt(session, transaction.id)
    card: Mapping[str, Any] = {
        "card_id": str(derived(transaction.id, number)), "card_amount": transaction.amount,
        "masked_card_token": f"{'*' * (len(number) - 4)}{number[-4:]}",
        "currency": transaction.currency,
    }  # fmt: skip
    return happened(session, "SET_GIFT_CARD", now, details={"gift_card": dict(card)})
