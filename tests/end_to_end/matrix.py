"""The matrix of the checkout page: each step, each method to each of its ends, each language, at two widths.

Made of the product's own lists: a new method, outcome, language or state of a page is in it by itself.
`MATRIX=all` runs every row at both widths. Without it a run is short: each row at one width, by turns; and of
the payments each method to its good ends, and each kind of page to each end.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from page_stage import CARD
from page_states import STATES, State

from fake_checkout_ui.language import NAMES
from mock_dintero.core.outcome import Outcome, possible
from mock_dintero.core.payment_method import METHODS, PaymentMethod
from mock_dintero.testing import VIPPS

WIDTHS = (375, 1280)
HEIGHTS = {375: 812, 1280: 900}
LANGUAGES = tuple(NAMES)


@dataclass(frozen=True)
class Run:
    """One row at one width, in one language."""

    width: int
    language: str

    @property
    def row(self) -> str:
        """What the run is about, without width and language."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """Names the run's pictures and the test."""
        return f"{self.row}-{self.language}"


@dataclass(frozen=True)
class StepRun(Run):
    """A page in one state."""

    state: State

    @property
    def row(self) -> str:
        """The state's name."""
        return f"step-{self.state.name}"


@dataclass(frozen=True)
class PaymentRun(Run):
    """A payment, to one of its ends."""

    method: PaymentMethod
    outcome: Outcome

    @property
    def row(self) -> str:
        """Method and end."""
        return f"{self.method.type}-{self.outcome}"


@dataclass(frozen=True)
class PurchaseRun(Run):
    """A whole purchase, from the first page to the shop."""

    method: PaymentMethod

    @property
    def row(self) -> str:
        """One row for each language."""
        return f"purchase-{self.method.brand}-{self.language}"

    @property
    def name(self) -> str:
        """The row says it all."""
        return self.row


def _spoken(number: int) -> str:
    return LANGUAGES[number % len(LANGUAGES)]


def steps() -> list[StepRun]:
    """Every state; at the other width in another language."""
    return [
        StepRun(width, _spoken(number + 2 * at), state)
        for number, state in enumerate(STATES)
        for at, width in enumerate(WIDTHS)
    ]


def payments() -> list[PaymentRun]:
    """Every method with every end that it has; the languages go round in both."""
    return [
        PaymentRun(width, _spoken(row + end + 2 * at), method, outcome)
        for row, method in enumerate(METHODS.values())
        for end, outcome in enumerate(possible(method))
        for at, width in enumerate(WIDTHS)
    ]


def purchases() -> list[PurchaseRun]:
    """Every language, with the two methods that most people have."""
    return [
        PurchaseRun(width, language, METHODS[type_])
        for language in LANGUAGES
        for type_ in (VIPPS, CARD)
        for width in WIDTHS
    ]


R = TypeVar("R", bound=Run)


def thinned(runs: Sequence[R]) -> list[R]:
    """Every row once, at one width and then at the other. They stand in pairs, a row at both widths."""
    return [runs[at + at // 2 % 2] for at in range(0, len(runs), 2)]


def usual_payments() -> list[PaymentRun]:
    """Each method to its good ends; each kind of page to each end, the methods of a kind by turns."""
    ends = [(m, end) for m in METHODS.values() for end in possible(m)]
    kinds: dict[tuple[str, Outcome], list[str]] = {}
    for method, end in ends:
        kinds.setdefault((method.wallet, end), []).append(method.type)
    by_turns = {
        (types[number % len(types)], end) for number, ((_, end), types) in enumerate(kinds.items())
    }
    return thinned([
        run for run in payments()
        if run.outcome in ("approve", "hold") or (run.method.type, run.outcome) in by_turns
    ])  # fmt: skip


def usual_purchases() -> list[PurchaseRun]:
    """Each language once, by turns with the one method on a phone and the other on a desk."""
    return thinned(thinned(purchases()))


IS_WHOLE = os.environ.get("MATRIX") == "all"
STEPS = steps() if IS_WHOLE else thinned(steps())
PAYMENTS = payments() if IS_WHOLE else usual_payments()
PURCHASES = purchases() if IS_WHOLE else usual_purchases()
