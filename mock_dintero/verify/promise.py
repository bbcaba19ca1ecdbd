"""A promise: one sentence about a shop, and the function that finds out whether it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args
from unittest import SkipTest

if TYPE_CHECKING:
    from mock_dintero.verify.shop import Shop

Severity = Literal["must", "should", "advice"]
"""`must`: money or goods are lost, or Dintero refuses. `should`: trouble on a bad day. `advice`: care."""
Family = Literal[
    "The session it creates", "The address callback", "Discount codes", "Session update",
    "The payment callback", "Once and only once", "Outcomes", "After payment", "Resilience",
]  # fmt: skip
Need = Literal[
    "discount", "update", "several_shipments", "free_shipping", "elsewhere", "not_served",
    "capture", "capture_part", "refund", "refund_part", "void", "confirmations", "captured",
    "refunded", "amount", "signature", "address_callback", "payment_callback", "on_hold",
    "captured_at_once",
]  # fmt: skip
"""What of merchant.toml a promise cannot be judged without; also what a shop may say that it lacks."""
FAMILIES: tuple[Family, ...] = get_args(Family)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


class Broken(Exception):
    """The shop does not keep the promise; the message says what was observed."""


class DoesNotApply(SkipTest):
    """The promise is about something that this shop does not do; the message says what. pytest skips it."""


@dataclass(frozen=True)
class Promise:
    """One promise. `check` raises Broken when it is not kept; `says` is its docstring's first sentence."""

    id: str
    family: Family
    severity: Severity
    says: str
    why: str
    mend: str
    source: str
    needs: tuple[Need, ...]
    check: Callable[[Shop], None]

    def keep(self, shop: Shop) -> None:
        """For a test of one's own: raises Broken with all that a reader needs to mend it."""
        try:
            self.check(shop)
        except Broken as broken:
            lines = (f"{self.says} ({self.severity})", f"observed: {broken}", f"why:      {self.why}",
                     f"mend:     {self.mend}", f"source:   {self.source}")  # fmt: skip
            raise Broken("\n".join(lines)) from None


def promise(
    id: str,
    family: Family,
    severity: Severity,
    *,
    why: str,
    mend: str,
    source: str,
    needs: tuple[Need, ...] = (),
) -> Callable[[Callable[[Shop], None]], Promise]:
    """Make a promise of a function. `source` is where Dintero (or a plugin's history) says so."""

    def made(check: Callable[[Shop], None]) -> Promise:
        says = " ".join((check.__doc__ or "").strip().split("\n\n")[0].split())
        return Promise(id, family, severity, says, why, mend, source, needs, check)

    return made


def expect(holds: bool, observed: str) -> None:
    """Go on only if it holds. Raises Broken with what was observed otherwise."""
    if not holds:
        raise Broken(observed)
