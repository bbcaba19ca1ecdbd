"""Markdown for a comment at a pull request, or for a job's summary on GitHub."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from mock_dintero import telling
from mock_dintero.verify.promise import Severity
from mock_dintero.verify.verdict import Report, Result, Verdict, headline

MOST = 60_000
"""Characters; a comment on GitHub may have 65,536."""
LONGEST = 1_000
"""Characters of one text in it."""
WIDTH, LEGS, WORDS = 120, 24, 12
MARKS: dict[Result, str] = {"kept": "✓", "broken": "✗", "unclear": "?", "skipped": "–"}
BY_WEIGHT: tuple[Result, ...] = ("broken", "unclear", "kept", "skipped")


def written(report: Report, fail_on: Severity) -> str:
    """The Markdown; evidence is left out, the last first, where it would get too long for a comment."""
    bad = [one for one in report.verdicts if one.is_bad]
    head = [
        f"## {_plain(report.shop)}: {headline(report, fail_on)}", "",
        f"{_plain(report.sentence)}.", "", *_table(report.verdicts), "", "",
    ]  # fmt: skip
    foot = f"<sub>mock-dintero {report.version} verify, {report.began}, buyer: {report.buyer}</sub>"
    text = "\n".join(head)
    for number, verdict in enumerate(bad):
        left_for_others = 400 * (len(bad) - number)
        told = next(
            (one for one in _tellings(verdict) if len(text) + len(one) + left_for_others < MOST), ""
        )
        text += (
            told or f"- {MARKS[verdict.result]} `{verdict.promise.id}` (left out here: too long)\n"
        )
    return f"{text}\n{foot}\n"


def _table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "| | kept | broken | unclear | not judged |"
    yield "|---|--:|--:|--:|--:|"
    for family, ones in groupby(verdicts, lambda one: one.promise.family):
        results = [one.result for one in ones]
        counts = [results.count(each) for each in ("kept", "broken", "unclear", "skipped")]
        worst = next(one for one in BY_WEIGHT if one in results)
        cells = " | ".join(str(count or "") for count in counts)
        yield f"| {MARKS[worst]} {family} | {cells} |"


def _tellings(verdict: Verdict) -> Iterator[str]:
    """The verdict with its evidence, and without."""
    promise = verdict.promise
    grave = f" ({promise.severity})" if verdict.result == "broken" else ""
    begin = [
        "<details>",
        f"<summary>{MARKS[verdict.result]} {verdict.result}{grave}: {_html(promise.says)}</summary>", "",
        f"**Observed:** {_plain(verdict.observed)}", "",
        *_advice(verdict),
    ]  # fmt: skip
    end = ["</details>", "", ""]
    yield "\n".join([*begin, *_evidence(verdict), *end])
    yield "\n".join([*begin, *end])


def _advice(verdict: Verdict) -> list[str]:
    told = verdict.advice
    why = [f"**Why it matters:** {_ours(told['why'])}", ""] if "why" in told else []
    source = f"**Source:** <{told['source']}>," if "source" in told else "**Promise:**"
    mend = f"**Mend:** {_ours(told['mend'])}"
    return [*why, mend, "", f"{source} `{verdict.promise.id}`", ""]


def _evidence(verdict: Verdict) -> Iterator[str]:
    for payment in verdict.payments:
        yield f"Payment {_plain(payment.reference)}, {_plain(payment.status)}:"
        yield from _fenced(telling.short_lines(payment.legs[-LEGS:], WIDTH))
    if verdict.last_words:
        yield "The shop's last words:"
        yield from _fenced([line[:WIDTH] for line in verdict.last_words[-WORDS:]])


def _fenced(lines: Sequence[str]) -> list[str]:
    """As they are, in a fence longer than any in them."""
    ticks = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, ticks + 1)
    return ["", f"{fence}text", *lines, fence, ""]


def _plain(text: str) -> str:
    """A text that no Markdown is made of: no markup, no link, nobody is called, no issue is named."""
    flat = " ".join(text.split())
    return _escaped(flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…")


def _escaped(text: str) -> str:
    safe = re.sub(r"([\\`*_\[\]|~$])", r"\\\1", escape(text, quote=False))
    return re.sub(r"[@#](?=\w)", lambda sign: f"{sign[0]}&#8203;", safe)


def _ours(text: str) -> str:
    """A text of a promise: what stands between backticks is code."""
    parts = text.split("`")
    return "".join(f"`{part}`" if n % 2 else _escaped(part) for n, part in enumerate(parts))


def _html(text: str) -> str:
    """The same inside an element, where Markdown is not read."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if n % 2 else part for n, part in enumerate(parts))
