"""Payment lint: a finding is what Dintero accepts and a merchant regrets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from mock_dintero.core.errors import Finding, InvalidRequest
from mock_dintero.core.record import Part

Code = Literal[
    "SUM_MISMATCH", "VAT_MISMATCH", "VAT_MISSING", "ORDER_VAT_MISMATCH", "LINE_ID_MISSING",
    "LINE_ID_REPEATED", "AMOUNT_ZERO", "MERCHANT_REFERENCE_EMPTY", "CALLBACK_NOT_HTTPS",
    "CALLBACK_MISSING", "CALLBACK_DELAY", "CALLBACK_OPTION", "EXPRESS_WITHOUT_SHIPPING",
    "EXPIRES_TOO_SOON", "PHONE_WITHOUT_COUNTRY_CODE", "METADATA_RESERVED", "METHOD_UNKNOWN",
    "NO_METHOD", "MISSPELT_FIELD", "UNKNOWN_FIELD", "SHIPPING_LINE_MISSING",
    "ITEMS_SUM_MISMATCH", "LINE_ID_UNKNOWN", "TOKEN_PER_CALL",
]  # fmt: skip
"""Every code has a section in docs/lint.md."""


class Lint(Part):
    """One finding: a sentence with the numbers and the way out, and where in the body it is.

    `is_refused`: whether `--strict` answers 400 for it. Not for what a local sandbox cannot do
    without (a callback to this machine), nor for what no single request is to blame for.
    """

    code: Code
    message: str
    path: tuple[str, ...]
    docs: str
    is_refused: bool


def found(code: Code, message: str, *path: str | int, is_refused: bool = True) -> Lint:
    """A finding with its place in the documentation."""
    return Lint.model_construct(
        code=code,
        message=message,
        path=tuple(str(step) for step in path),
        docs=f"docs/lint.md#{code.lower()}",
        is_refused=is_refused,
    )


def codes(findings: Sequence[Lint]) -> str:
    """The header's value: each code once, in the order in which they were found."""
    return ", ".join(dict.fromkeys(finding.code for finding in findings))


def require_none(findings: Sequence[Lint]) -> None:
    """Strict mode: what is found is wrong. Raises InvalidRequest with every finding."""
    errors = [_error(finding) for finding in findings if finding.is_refused]
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise InvalidRequest(f"strict mode: {errors[0]['description']}{more}", errors)


def _error(finding: Lint) -> Finding:
    where = ".".join(finding.path)
    return {
        "code": finding.code,
        "message": finding.message,
        "path": list(finding.path),
        "description": f"{where + ': ' if where else ''}{finding.message} ({finding.docs})",
    }
