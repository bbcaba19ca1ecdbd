"""Discount codes: which of them count, and what they take off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def accepted_codes(codes: object) -> tuple[str, ...]:
    """Those of the buyer's codes that we honour: WELCOME10, once."""
    listed = codes if isinstance(codes, list) else []
    return tuple(code for code in listed if str(code).strip().upper() == "WELCOME10")[:1]


def discount_lines(gross: int, codes: Sequence[str]) -> list[dict[str, Any]]:
    """What the accepted codes take off one line of an order."""
    return [
        {
            "amount": gross * 10 // 100,
            "percentage": 10,
            "discount_type": "external",
            "discount_id": code,
            "description": "Welcome, 10 % off",
            "line_id": number,
        }
        for number, code in enumerate(codes, start=1)
    ]
