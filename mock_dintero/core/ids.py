"""Ids in Dintero's form: account, a dot, and a date-stamped UUID in 22 base58 characters."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

ALPHABET = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
ACCOUNT_ID = re.compile(r"[PT][0-9]{8}")
CHECKOUT_ID = re.compile(rf"[PT][0-9]{{8}}\.[{ALPHABET}]{{22}}")


def base58(uuid: UUID) -> str:
    """A UUID in 22 characters, left-padded with the alphabet's zero."""
    digits, number = [], uuid.int
    for _ in range(22):
        number, rest = divmod(number, 58)
        digits.append(ALPHABET[rest])
    return "".join(reversed(digits))


def checkout_id(account_id: str, uuid: UUID, now: datetime) -> str:
    """An id of a session or transaction.

    The first three bytes are the day as hex digits yymmdd, so that ids sort roughly by day
    (decoded from ids that Dintero has published; sessions.md 1.5).
    """
    stamped = bytes.fromhex(now.strftime("%y%m%d")) + uuid.bytes[3:]
    return f"{account_id}.{base58(UUID(bytes=stamped))}"


def account_of(checkout: str) -> str:
    """The account part of a checkout id; empty if the text is not one."""
    return checkout[:9] if CHECKOUT_ID.fullmatch(checkout) else ""
