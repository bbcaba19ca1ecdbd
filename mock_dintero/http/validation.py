"""Pydantic's findings in Dintero's words: every one of them, with its path and what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from mock_dintero.core.errors import Finding, InvalidRequest
from mock_dintero.core.record import json_type

# The codes are those of the validator that Dintero seems to use (transactions.md 11.2, inferred).
CODES = {
    "missing": "OBJECT_MISSING_REQUIRED_PROPERTY",
    "literal_error": "ENUM_MISMATCH",
    "string_pattern_mismatch": "PATTERN",
    "string_too_short": "MIN_LENGTH",
    "string_too_long": "MAX_LENGTH",
    "too_short": "ARRAY_LENGTH_SHORT",
    "too_long": "ARRAY_LENGTH_LONG",
    "greater_than_equal": "MINIMUM",
    "less_than_equal": "MAXIMUM",
    "value_error": "INVALID_FORMAT",
    "json_invalid": "INVALID_JSON",
}
TYPES = {
    "string": "string", "int": "integer", "float": "number", "bool": "boolean", "tuple": "array",
    "list": "array", "dict": "object", "model": "object", "finite": "number",
}  # fmt: skip
UNION_BRANCHES = frozenset({"str", "float", "int", "bool", "[key]"})


def invalid_request(error: ValidationError) -> InvalidRequest:
    """All findings in one error; the message names the first."""
    findings = [_finding(dict(found)) for found in error.errors(include_url=False)]
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return InvalidRequest(findings[0]["description"] + more, findings)


def _finding(found: dict[str, Any]) -> Finding:
    path = [str(step) for step in found["loc"]]
    if len(path) > 1 and path[-1] in UNION_BRANCHES:
        path.pop()
    code, message = _words(found, path)
    where = ".".join(path)
    return {
        "code": code,
        "message": message,
        "path": path,
        "description": f"{where}: {message}" if where else message,
    }


def _words(found: dict[str, Any], path: Sequence[str]) -> tuple[str, str]:
    kind, context = found["type"], found.get("ctx", {})
    value = found.get("input")
    if kind == "missing":
        return CODES[kind], f"Missing required property: {path[-1]}"
    if kind == "literal_error":
        return CODES[kind], f"No enum match for {_short(value)}; expected {context['expected']}"
    if kind == "string_pattern_mismatch":
        return CODES[kind], f"{_short(value)} does not match {context['pattern']}"
    if kind == "value_error" and str(context["error"]).startswith(("expected type", "amounts are")):
        return "INVALID_TYPE", _capital(str(context["error"]))
    if kind == "value_error":
        return CODES[kind], _capital(str(context["error"]))
    if kind == "json_invalid":
        return CODES[kind], f"The body is not JSON: {context['error']}"
    expected = TYPES.get(kind.partition("_")[0])
    if expected and kind not in CODES:
        return "INVALID_TYPE", f"Expected type {expected} but found type {json_type(value)}"
    return CODES.get(kind, "INVALID_TYPE"), found["msg"]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
