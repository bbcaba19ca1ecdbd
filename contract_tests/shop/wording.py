"""How the shop says things to people."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

STATUS_TEXTS = {
    "pending": "waiting for payment",
    "on_hold": "under review",
    "captured": "shipped",
    "partially_refunded": "partly refunded",
    "voided": "cancelled by the shop",
    "failed": "not paid",
    "cancelled": "cancelled by the buyer",
}
FAILURES = {
    "cancelled": "You cancelled the payment. Nothing was charged.",
    "authorization": "The payment was not approved. Nothing was charged.",
    "failed": "The payment did not go through. Nothing was charged.",
}
ADDRESS_LINES = (
    "{business_name}",
    "{first_name} {last_name}",
    "{co_address}",
    "{address_line}",
    "{address_line_2}",
    "{postal_code} {postal_place}",
    "{country}",
    "{email}",
    "{phone_number}",
)


def said(status: str) -> str:
    """An order's status in words for people."""
    return STATUS_TEXTS.get(status, status)


def kroner(amount: int) -> str:
    """Øre as kroner: 79900 is "799 kr", 71910 is "719.10 kr"."""
    whole, rest = divmod(amount, 100)
    return f"{whole:,}".replace(",", "\u00a0") + (f".{rest:02}" if rest else "") + "\u00a0kr"


def address_lines(address: dict[str, Any]) -> list[str]:
    """An address as it is written on a parcel; every part of it may be missing."""
    known = defaultdict(str, {key: part for key, part in address.items() if part})
    lines = (line.format_map(known).strip() for line in ADDRESS_LINES)
    return [line for line in lines if line]
