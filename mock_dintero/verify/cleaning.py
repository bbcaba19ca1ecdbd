"""What a shop has said, made fit for a report: no secrets, and no sign that a reader cannot see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from mock_dintero.http.redaction import GONE, redacted_text
from mock_dintero.verify.verdict import Payment, Verdict

COLOUR = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
"""What a shop's log asks of a terminal."""
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)
"""Controls, what turns the direction of reading around, and what no XML and no UTF-8 can hold."""
SECRET_NAME = re.compile(r"SECRET|PASSWORD|TOKEN|API_?KEY|PRIVATE", re.IGNORECASE)
SHORTEST_SECRET = 6
"""A shorter value stands in too many texts by chance."""


def cleaned(verdict: Verdict, secrets: Iterable[str] = ()) -> Verdict:
    """The verdict as it may be shown; `secrets` are values that must not be."""
    known = _long_enough(secrets)

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return _without(printable(value), known)
        if isinstance(value, Mapping):
            return {clean(name): clean(inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(clean(inner) for inner in value)
        return value

    return replace(
        verdict,
        observed=clean(redacted_text(verdict.observed)),
        last_words=tuple(clean(redacted_text(line)) for line in verdict.last_words),
        payments=tuple(
            Payment(*map(clean, (one.session_id, one.reference, one.status, one.legs)))
            for one in verdict.payments
        ),
    )


def cleaned_text(text: str, secrets: Iterable[str] = ()) -> str:
    """The same for a text alone."""
    return _without(printable(redacted_text(text)), _long_enough(secrets))


def printable(text: str) -> str:
    r"""The text with every unseen sign written out, as in `\u202e`; colours of a terminal are left out."""
    plain = COLOUR.sub("", text).replace("\r\n", "\n")
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", plain)


def secrets_in(environment: Mapping[str, str]) -> list[str]:
    """The values whose names say that they are secret."""
    return [value for name, value in environment.items() if SECRET_NAME.search(name)]


def _long_enough(secrets: Iterable[str]) -> list[str]:
    """Those that are looked for, the longest first."""
    return sorted((one for one in secrets if len(one) >= SHORTEST_SECRET), key=len, reverse=True)


def _without(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, GONE)
    return text
