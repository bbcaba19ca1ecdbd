"""What no tester gets to see: tokens, secrets, card numbers; found by their names and by their form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

GONE = "(redacted)"
SECRETS = (
    "payment_token", "recurrence_token", "token", "access_token", "refresh_token", "secret",
    "client_secret", "signature_secret", "api_key", "password", "card_number", "card_cvc", "cvc",
)  # fmt: skip
"""Fields whose values are left out, wherever they stand."""
SECRET_HEADERS = frozenset(
    {"authorization", "x-api-key", "cookie", "set-cookie", "proxy-authorization"}
)

_NAME = "|".join(SECRETS)
# A body may be cut in the middle of a secret, so closing quotes are not asked for. A quote that is
# escaped belongs to JSON inside a text.
_STRING = r'"(?:[^"\\]|\\.)*'
_FIELD = re.compile(rf'(\\*"(?:{_NAME})\\*"\s*:\s*\\*")(?:[^"\\]|\\.)*')
_OBJECT = re.compile(rf'("secret"\s*:\s*)\{{(?:[^{{}}"]|{_STRING}"?)*\}}?')
_NUMBER = re.compile(rf'("(?:{_NAME})"\s*:\s*)-?\d[\d.eE+-]*')
_PARAMETER = re.compile(rf"((?:^|[?&])(?:{_NAME})=)[^&#\s]*")
_CARD = re.compile(r"(?<![\w.-])[2-6](?:[ -]?\d){14,18}(?![\w.-])")
_USER = re.compile(r"(://)[^/?#@\s\"]+@")


def redacted_text(text: str) -> str:
    """A body or a URL without its secrets."""
    text = _FIELD.sub(rf"\1{GONE}", text)
    text = _OBJECT.sub(rf'\1"{GONE}"', text)
    text = _NUMBER.sub(rf'\1"{GONE}"', text)
    text = _PARAMETER.sub(rf"\1{GONE}", text)
    text = _USER.sub(rf"\1{GONE}@", text)
    return _CARD.sub(_without_digits, text)


def _without_digits(found: re.Match[str]) -> str:
    return GONE if is_card_number(found[0]) else found[0]


def is_card_number(text: str) -> bool:
    """Luhn's sum; ids of goods and phones rarely fit it."""
    digits = [int(sign) for sign in reversed(text) if sign.isdecimal()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def redacted(value: Any) -> Any:
    """JSON values without their secrets; a text in it may be JSON itself."""
    if isinstance(value, str):
        return redacted_text(value)
    if isinstance(value, list):
        return [redacted(one) for one in value]
    if isinstance(value, Mapping):
        return {
            name: GONE if _is_secret(name, inner) else redacted(inner)
            for name, inner in value.items()
        }
    return value


def _is_secret(name: str, value: Any) -> bool:
    is_whole_secret = name == "secret" and isinstance(value, Mapping)
    is_scalar = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    is_header = name.lower() in SECRET_HEADERS
    return (name in SECRETS and is_scalar) or is_whole_secret or is_header
