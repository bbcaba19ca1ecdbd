"""How a payment attempt can end, and how an end without money is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mock_dintero.core.card import Effect
from mock_dintero.core.errors import NotPayable
from mock_dintero.core.payment_method import PaymentMethod
from mock_dintero.core.transaction import Status

Outcome = Literal[
    "approve", "decline", "expire", "reject", "hold", "three_ds_fails", "code_1a", "time_out"
]
Decision = Literal["approve", "reject"]
ReturnError = Literal["cancelled", "authorization", "failed"]


@dataclass(frozen=True)
class Refusal:
    """How an attempt that did not succeed is told: to the ledger, the session and the shop."""

    status: Status
    error: ReturnError
    code: str
    message: str
    type: str
    result_code: str | None = None

    def shown(self) -> dict[str, object]:
        """The `error` of the ledger's event."""
        told = {"code": self.code, "message": self.message, "type": [self.type]}
        return {**told, **({"result_code": self.result_code} if self.result_code else {})}


REFUSALS: Mapping[Outcome, Refusal] = {
    "decline": Refusal(
        "DECLINED", "authorization", "DECLINED", "The customer declined the payment", "DECLINED"
    ),
    "expire": Refusal(
        "FAILED", "authorization", "EXPIRED", "The customer did not answer in time", "ERROR"
    ),
    "reject": Refusal(
        "FAILED", "failed", "REJECTED", "The payment provider refused the payment", "ISSUER_ERROR"
    ),
    "three_ds_fails": Refusal(
        "FAILED", "authorization", "3DS_FAILED",
        "The customer could not prove to be the owner of the card", "FAILED_VERIFICATION",
    ),
    "code_1a": Refusal(
        "DECLINED", "authorization", "1A", "The card's bank wants more authentication",
        "ADDITIONAL_VERIFICATION_REQUIRED", "1A",
    ),
    "time_out": Refusal(
        "FAILED", "failed", "Error", "The bank or payment provider did not answer in time", "ERROR", "Error"
    ),
}  # fmt: skip
"""Statuses: transactions.md 3.1 (DECLINED is the customer's or the bank's no). The `error` words: return
URL docs. Codes 1A and Error: transactions.md 14.4; the other codes are ours."""

OF_CARD: Mapping[Effect, Outcome] = {
    "three_ds_fails": "three_ds_fails",
    "declined": "code_1a",
    "authorization_times_out": "time_out",
}
"""The test cards that are refused."""


def require_possible(method: PaymentMethod, outcome: Outcome) -> None:
    """Raises NotPayable for an end that payments with this method do not have."""
    if outcome not in possible(method):
        raise NotPayable(f"payments with {method.type} do not end in {outcome}")


def possible(method: PaymentMethod) -> tuple[Outcome, ...]:
    """How a payment with this method may end, for a tester to choose from."""
    is_card = method.wallet in ("card", "click_to_pay")
    return (
        "approve",
        "decline",
        "reject",
        *(("three_ds_fails", "code_1a") if is_card else ()),
        *(("hold",) if method.can_hold else ()),
        "expire",
        "time_out",
    )
