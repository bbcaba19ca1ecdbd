"""Ids in Dintero's form: account, a dot, and a date-stamped UUID in 22 base58 characters."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID, uuid5

ALPHABET = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
ACCOUNT_ID = re.compile(r"[PT][0-9]{8}")
CHECKOUT_ID = re.compile(rf"[PT][0-9]{{8}}\.[{ALPHABET}]{{22}}")


def base58(number: int) -> str:
    """128 bits in 22 characters, left-padded with the alphabet's zero."""
    digits = []
    for _ in range(22):
        number, rest = divmod(number, 58)
        digits.append(ALPHABET[rest])
    return "".join(reversed(digits))


_REST = (1 << 104) - 1


def checkout_id(account_id: str, uuid: UUID, now: datetime) -> str:
    """An id of a session or transaction.

    The first three bytes are the day as hex digits yymmdd, so that ids sort roughly by day
    (decoded from ids that Dintero has published; sessions.md 1.5).
    """
    day = int(now.strftime("%y%m%d"), 16) << 104
    return f"{account_id}.{base58(day | uuid.int & _REST)}"


def account_of(checkout: str) -> str:
    """The account part of a checkout id; empty if the text is not one."""
    return checkout[:9] if CHECKOUT_ID.fullmatch(checkout) else ""


_NAMESPACE = UUID("6d6f636b-6469-5e74-8572-6f0000000000")


def derived(checkout: str, word: str) -> UUID:
    """An id that a provider would have made up: the same for the same payment and word, always."""
    return uuid5(_NAMESPACE, f"{checkout}/{word}")


def digits(uuid: UUID, count: int) -> str:
    """A number of exactly so many digits out of an id; the first is never 0."""
    least: int = 10 ** (count - 1)
    return str(least + uuid.int % (9 * least))
