"""How an operation looks that the payment provider refuses, does not answer, or finishes later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Verb = Literal["CAPTURE", "REFUND", "VOID"]
Begun = Literal["INITIATE_CAPTURE", "INITIATE_REFUND", "INITIATE_VOID"]

INITIATES: Mapping[Verb, Begun] = {
    "CAPTURE": "INITIATE_CAPTURE", "REFUND": "INITIATE_REFUND", "VOID": "INITIATE_VOID"
}  # fmt: skip
FINISHES: Mapping[str, Verb] = {begun: verb for verb, begun in INITIATES.items()}


@dataclass(frozen=True)
class Failure:
    """What the provider does instead of what it was asked: `refuse`, `time_out`, or `pending`."""

    do: str
    message: str | None = None
    seconds: float = 0.0

    @property
    def is_pending(self) -> bool:
        """Whether it only takes its time."""
        return self.do == "pending"


def as_fields(do: str, verb: str, message: str | None) -> dict[str, Any]:
    """How the event of a refused operation differs. The call itself is answered with 200 (ours)."""
    word = verb.lower()
    if do == "time_out":
        text = message or f"The {word} timed out: the payment provider did not answer"
        error = {"code": "Error", "message": text, "type": ["ERROR"], "result_code": "Error"}
    else:
        text = message or f"The payment provider refused the {word}"
        error = {"code": "REJECTED", "message": text, "type": ["ISSUER_ERROR"]}
    return {"success": False, "error": error}
