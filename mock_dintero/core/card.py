"""Cards: what a typed number says, which test cards there are, and what becomes of a payment with them.

Source: test cards of Dintero PSP (transactions.md 14.4) and the card object (transactions.md 2.7). Only
the masked number is kept. It has all digits in which the test cards differ, so it also tells, later,
whether a capture goes through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from mock_dintero.core.ids import derived, digits
from mock_dintero.core.payment_method import PaymentMethod
from mock_dintero.core.timestamps import stamp

Effect = Literal[
    "success", "challenge", "attempt", "three_ds_fails", "declined", "authorization_times_out",
    "capture_times_out", "refund_times_out", "auto_capture_times_out", "void_times_out",
    "token_times_out",
]  # fmt: skip
Operation = Literal["CAPTURE", "REFUND", "VOID", "AUTO_CAPTURE"]

TEST_CARDS: Mapping[str, Effect] = {
    "4000000000000002": "success", "5200000000000007": "success",
    "4000100000000000": "challenge", "5200000000000015": "challenge",
    "4000200000000008": "attempt", "5200000000000023": "attempt",
    "4000300000000006": "three_ds_fails", "5200000000000031": "three_ds_fails",
    "4100000000000076": "declined",
    "4100000000000001": "authorization_times_out", "5100000000000008": "authorization_times_out",
    "4100000000000019": "capture_times_out", "5100000000000016": "capture_times_out",
    "4100000000000027": "refund_times_out", "5100000000000024": "refund_times_out",
    "4100000000000035": "auto_capture_times_out", "5100000000000032": "auto_capture_times_out",
    "4100000000000043": "void_times_out", "5100000000000040": "void_times_out",
    "4100000000000050": "token_times_out", "5100000000000057": "token_times_out",
}  # fmt: skip

USUAL_NUMBER, USUAL_EXPIRY = "4000000000000002", "12/2034"
"""The card of a customer who types none: in a wallet, or when a test presses Approve."""

BRANDS = {"2": "MasterCard", "3": "American Express", "4": "Visa", "5": "MasterCard"}

ECI: Mapping[str, tuple[str, str]] = {"Y": ("05", "02"), "A": ("06", "01"), "N": ("07", "00")}
"""For each authentication_status: Visa's and Mastercard's electronic commerce indicator."""


def masked(number: str) -> str:
    """Six digits, stars, four digits: all that is kept of a number."""
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"


_EFFECTS = {masked(number): effect for number, effect in TEST_CARDS.items()}


def effect(card: Mapping[str, Any] | None) -> Effect:
    """What happens to payments with this card; a card that is not on the list just works."""
    return _EFFECTS.get(str((card or {}).get("masked_pan")), "success")


def problems(number: str, expiry: str, cvc: str, now: datetime) -> dict[str, str]:
    """What is wrong with a filled-in card form: field name to a sentence in plain words."""
    found = {}
    if not re.fullmatch(r"[0-9]{12,19}", number):
        found["card_number"] = "Write the card number with 12 to 19 digits."
    elif not _is_sound(number):
        found["card_number"] = "This card number has a typing mistake. Please check the digits."
    end = _end(expiry)
    if end is None:
        found["card_expiry"] = "Write month and year, for example 12/34."
    elif end < (now.year, now.month):
        found["card_expiry"] = "This card has expired."
    if not re.fullmatch(r"[0-9]{3,4}", cvc):
        found["card_cvc"] = "Write the 3 or 4 digits of the security code."
    return found


def _is_sound(number: str) -> bool:
    """Luhn's check digit: every second digit from the right counts double."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (sum(int(digit) for digit in number[-1::-2]) + sum(doubled)) % 10 == 0


def _end(expiry: str) -> tuple[int, int] | None:
    """Year and month of `MM/YY` or `MM/YYYY`."""
    found = re.fullmatch(r"(0?[1-9]|1[0-2])\s*/\s*(?:20)?([0-9]{2})", expiry)
    return (2000 + int(found[2]), int(found[1])) if found else None


def typed(number: str, expiry: str) -> dict[str, Any]:
    """The card object as soon as a sound card was typed; nothing is authenticated yet."""
    year, month = _end(expiry) or (0, 0)
    return {
        "brand": BRANDS.get(number[0], "Other"),
        "masked_pan": masked(number),
        "expiry_date": f"{month:02}/{year}",
    }


def authenticated(
    known: Mapping[str, Any] | None, method: PaymentMethod, payment_id: str, now: datetime
) -> dict[str, Any] | None:
    """The whole card object of an approved payment; None for products without one (transactions.md 2.4).

    What Dintero shows for a product besides the common fields is documented for few (2.8): a wallet
    says so in `payment_system_type`, a terminal in `entry_method`, Swedbank Pay adds the acquirer's.
    """
    if not method.has_card:
        return None
    card = {
        **(known or typed(USUAL_NUMBER, USUAL_EXPIRY)),
        "type": "Debit", "region": "domestic", "country": "NOR", "product_platform": "consumer",
    }  # fmt: skip
    if method.product == "seitatech":
        return {**card, "entry_method": "contactless"}
    status = "A" if effect(card) == "attempt" else "Y"
    card["eci"] = ECI[status][card["brand"] == "MasterCard"]
    if method.product == "payex":
        card |= _acquirers(payment_id, now)
    if method.wallet != "card":
        return {**card, "payment_system_type": "wallet"}
    return {
        **card, "acquirer_transaction_type": "3DSECURE", "authentication_status": status,
        "three_ds_version": "2", "three_ds_server_trans_id": str(derived(payment_id, "3ds")),
    }  # fmt: skip


def _acquirers(payment_id: str, now: datetime) -> dict[str, Any]:
    return {
        "issuing_bank": "Test bank",
        "acquirer_stan": digits(derived(payment_id, "stan"), 6),
        "acquirer_terminal_id": digits(derived(payment_id, "terminal"), 8),
        "acquirer_transaction_time": stamp(now),
    }


TIME_OUTS: Mapping[Operation, tuple[Effect, ...]] = {
    "CAPTURE": ("capture_times_out",),
    "AUTO_CAPTURE": ("capture_times_out", "auto_capture_times_out"),
    "REFUND": ("refund_times_out",),
    "VOID": ("void_times_out",),
}


def failure(card: Mapping[str, Any] | None, operation: Operation) -> dict[str, Any]:
    """How the event of an operation differs because the card's bank does not answer; usually {}.

    The call itself is answered with 200 and an unchanged status (ours: transactions.md 20, number 4).
    """
    if effect(card) not in TIME_OUTS[operation]:
        return {}
    verb = operation.lower().replace("_", "-")
    message = f"The {verb} timed out: the card's bank did not answer"
    error = {"code": "Error", "message": message, "type": ["ERROR"], "result_code": "Error"}
    return {"success": False, "error": error}
