"""What came of one promise, with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from mock_dintero.verify.promise import SEVERITIES, Promise, Severity

Result = Literal["kept", "broken", "skipped", "unclear"]
"""`skipped`: merchant.toml does not say, or says that the shop lacks it. `unclear`: could not be judged."""
FITS_NOT = (
    "Not the shop's fault as far as one can tell: look at merchant.toml first. Common reasons are in "
    'docs/verify.md, "When something cannot be judged".'
)
"""What to do about what is unclear; how the promise itself is mended would mislead there."""
KEPT, BROKEN, UNCLEAR = 0, 1, 2
"""Exit codes."""


@dataclass(frozen=True)
class Payment:
    """One payment that a promise looked at; `legs` as in `GET sessions/{sid}/timeline`."""

    session_id: str
    reference: str
    status: str
    legs: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Verdict:
    """Whether a promise is kept. `observed` says what was seen, or why it was not judged."""

    promise: Promise
    result: Result
    observed: str = ""
    seconds: float = 0.0
    payments: tuple[Payment, ...] = ()
    last_words: tuple[str, ...] = field(default=())

    @property
    def is_bad(self) -> bool:
        """Whether somebody has to look at it."""
        return self.result in ("broken", "unclear")

    @property
    def advice(self) -> dict[str, str]:
        """What a reader needs beside `observed`: why it matters, how to mend it, where Dintero says so."""
        if self.result == "unclear":
            return {"mend": FITS_NOT}
        one = self.promise
        return {"why": one.why, "mend": one.mend, "source": one.source}


@dataclass(frozen=True)
class Report:
    """All verdicts of one run, in the order of the promises."""

    shop: str
    version: str
    began: str
    seconds: float
    buyer: Literal["http", "browser"]
    verdicts: tuple[Verdict, ...]

    def of(self, *results: Result) -> list[Verdict]:
        """The verdicts with one of these results."""
        return [verdict for verdict in self.verdicts if verdict.result in results]

    @property
    def to_look_at(self) -> list[Verdict]:
        """What is broken, the gravest first, and then what is unclear."""

        def weight(verdict: Verdict) -> tuple[bool, int]:
            return verdict.result != "broken", SEVERITIES.index(verdict.promise.severity)

        return sorted((one for one in self.verdicts if one.is_bad), key=weight)

    @property
    def sentence(self) -> str:
        """The whole run in one line."""
        counts = [f"{len(self.of('kept'))} of {len(self.verdicts)} promises kept"]
        for severity in SEVERITIES:
            broken = [one for one in self.of("broken") if one.promise.severity == severity]
            if broken:
                counts.append(f"{len(broken)} broken ({severity})")
        if skipped := self.of("skipped"):
            counts.append(f"{len(skipped)} not judged")
        if unclear := self.of("unclear"):
            counts.append(f"{len(unclear)} unclear")
        return f"{self.shop}: {', '.join(counts)}, in {self.seconds:.1f} s"


def exit_code(verdicts: Sequence[Verdict], fail_on: Severity) -> int:
    """0 when all is well, 1 when a promise of this severity or a graver one is broken, 2 when unclear."""
    if any(fails(one, fail_on) for one in verdicts):
        return BROKEN
    return UNCLEAR if any(one.result == "unclear" for one in verdicts) else KEPT


def fails(verdict: Verdict, fail_on: Severity) -> bool:
    """Whether a run fails for it: it is broken, and of this severity or a graver one."""
    grave = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    return verdict.result == "broken" and verdict.promise.severity in grave


def headline(report: Report, fail_on: Severity) -> str:
    """The run in a few words."""
    code = exit_code(report.verdicts, fail_on)
    if code == BROKEN:
        return "Promises are broken"
    if code == UNCLEAR:
        return "Not everything could be judged"
    if report.of("broken"):
        return "Passed, and milder promises are broken"
    return "All promises are kept" if report.of("kept") else "Nothing was judged"
