"""The verdicts on a terminal: a line a promise, a line of progress, and at the end what is broken."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, TextIO

import click

from mock_dintero.cli.columns import coloured, counted, short

if TYPE_CHECKING:
    from mock_dintero.verify.promise import Promise
    from mock_dintero.verify.verdict import Report, Verdict

COLOURS = {"kept": "green", "broken": "red", "unclear": "yellow", "skipped": "bright_black"}
NARROWEST, WIDEST, WITHOUT_TERMINAL = 40, 120, 100
LONGEST, LEGS, WORDS = 800, 24, 12
"""Characters of a text, lines of a payment and of the shop's output that are shown; HTML has them all."""
WITH_EVIDENCE, EXPLAINED = 5, 20
"""How many are told with their payments, and how many are explained; the others are named."""
FRESH = "\r\x1b[K"
"""To the beginning of the line, and empty it."""


class Terminal:
    """Where a run is told. A family is told when all of its promises are judged, in the given order."""

    def __init__(self, promises: Sequence[Promise], out: TextIO, is_quiet: bool = False) -> None:
        self._waiting = [
            (family, list(ones)) for family, ones in groupby(promises, lambda one: one.family)
        ]
        self._of = len(promises)
        self._verdicts: dict[str, Verdict] = {}
        self._at_work: list[str] = []
        self._out = out
        self._is_quiet = is_quiet
        self._rewrites = out.isatty() and not is_quiet
        columns = shutil.get_terminal_size((WITHOUT_TERMINAL, 24)).columns
        self.width = min(max(columns - 1, NARROWEST), WIDEST)

    def begin(self, promise: Promise) -> None:
        """Somebody is at work at this one."""
        self._at_work.append(promise.id)
        self._progress()

    def say(self, verdict: Verdict) -> None:
        """It is judged."""
        self._verdicts[verdict.promise.id] = verdict
        if verdict.promise.id in self._at_work:
            self._at_work.remove(verdict.promise.id)
        while self._waiting and all(one.id in self._verdicts for one in self._waiting[0][1]):
            family, ones = self._waiting.pop(0)
            if not self._is_quiet:
                self._family(family, [self._verdicts[one.id] for one in ones])
        self._progress()

    def end(self, report: Report) -> None:
        """Explain what is broken or unclear; the whole run in a sentence."""
        self._wipe()
        bad = report.to_look_at
        for number, verdict in enumerate(bad[:EXPLAINED]):
            for line in self._explained(verdict):
                self._echo(line)
            for line in self._evidence(verdict) if number < WITH_EVIDENCE else ():
                self._echo(line)
        if others := bad[EXPLAINED:]:
            self._echo(f"\nand {counted(len(others), 'other')}, told in full by --html")
        for verdict in others:
            named = coloured(verdict.promise.id, COLOURS[verdict.result])
            self._echo(f"  {named}\n    {short(verdict.observed, self.width - 4)}")
        if bad or not self._is_quiet:
            self._echo()
            for line in wrap(report.sentence, self.width):
                self._echo(coloured(line, "red" if bad else "green"))

    def stop(self) -> None:
        """Nothing more comes: away with the line of progress."""
        self._wipe()

    def _family(self, family: str, verdicts: Sequence[Verdict]) -> None:
        self._wipe()
        kept = sum(one.result == "kept" for one in verdicts)
        self._echo(f"\n{family}  {coloured(f'{kept} of {len(verdicts)}', 'bright_black')}")
        for verdict in verdicts:
            for line in self._line(verdict):
                self._echo(line)

    def _line(self, verdict: Verdict) -> Iterator[str]:
        time = f"  {verdict.seconds:.1f} s" if verdict.result != "skipped" else ""
        lines = wrap(verdict.promise.says, self.width - 12 - len(time)) or [verdict.promise.id]
        lines[-1] += time
        yield f"  {coloured(f'{verdict.result:8}', COLOURS[verdict.result])}  {lines[0]}"
        yield from (f"{'':12}{line}" for line in lines[1:])
        if verdict.result == "skipped":
            yield from _indented(verdict.observed, 12, self.width)

    def _explained(self, verdict: Verdict) -> Iterator[str]:
        promise = verdict.promise
        grave = f", {promise.severity}" if verdict.result == "broken" else ""
        head = f"{verdict.result}{grave}: {promise.id}"
        yield f"\n{coloured(head, COLOURS[verdict.result])}"
        yield from _indented(promise.says, 2, self.width)
        yield ""
        for name, text in (
            ("observed", short(verdict.observed, LONGEST)), *verdict.advice.items(),
        ):  # fmt: skip
            yield from _named(name, text, self.width)

    def _evidence(self, verdict: Verdict) -> Iterator[str]:
        from mock_dintero.telling import short_lines

        for payment in verdict.payments:
            yield f"  {short(f'payment {payment.reference}, {payment.status}', self.width - 2)}"
            if (left := len(payment.legs) - LEGS) > 0:
                yield f"    ({counted(left, 'older line')} left out)"
            for line in short_lines(payment.legs[-LEGS:], self.width - 4):
                yield f"    {line}"
        if verdict.last_words:
            yield "  the shop's last words"
            for line in verdict.last_words[-WORDS:]:
                yield f"    {short(line, self.width - 4)}"

    def _progress(self) -> None:
        if self._rewrites:
            judged = f"{len(self._verdicts)} of {self._of}"
            names = f", judging {', '.join(self._at_work)}" if self._at_work else ""
            self._out.write(f"{FRESH}{short(judged + names, self.width)}")
            self._out.flush()

    def _wipe(self) -> None:
        if self._rewrites:
            self._out.write(FRESH)

    def _echo(self, line: str = "") -> None:
        click.echo(line, file=self._out)


def _indented(text: str, by: int, width: int) -> list[str]:
    return [" " * by + line for line in wrap(text, width - by)]


def _named(name: str, text: str, width: int) -> Iterator[str]:
    """The text beside its name, an URL never broken."""
    lines = wrap(text, width - 12, break_long_words=False, break_on_hyphens=False)
    for number, line in enumerate(lines):
        yield f"  {'' if number else name:10}{line}"
