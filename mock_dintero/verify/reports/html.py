"""A run as a page in one file: no script, nothing from elsewhere; fit to be kept by a CI."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from markupsafe import Markup, escape

from mock_dintero.http.pages import environment
from mock_dintero.verify.promise import SEVERITIES, Severity
from mock_dintero.verify.reports.diagram import (
    NARROW,
    WIDE,
    diagram,
    is_bad,
    short_path,
)
from mock_dintero.verify.verdict import Report, Verdict, headline

TEMPLATES = Path(__file__).parents[1] / "templates"
POLICY = "default-src 'none'; style-src '{}'; base-uri 'none'; form-action 'none'"
LONGEST = 600
"""Characters of a text that are shown at once."""


@dataclass(frozen=True)
class Count:
    """How many promises ended in one way; `kind` is its look."""

    kind: str
    number: int
    label: str


@dataclass(frozen=True)
class FamilyFound:
    """A family with its verdicts, those to look at first."""

    name: str
    bad: list[Verdict]
    kept: list[Verdict]
    skipped: list[Verdict]

    @property
    def size(self) -> int:
        """How many promises it has."""
        return len(self.bad) + len(self.kept) + len(self.skipped)


def written(report: Report, fail_on: Severity) -> str:
    """The page."""
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    html: str = environment(TEMPLATES).get_template("report.html").render(
        report=report,
        headline=headline(report, fail_on),
        counts=list(_counts(report)),
        families=list(_families(report.verdicts)),
        bad=report.to_look_at,
        style=Markup(style),  # noqa: S704 - our own file
        policy=Markup(POLICY.format(f"sha256-{digest}")),  # noqa: S704 - our own words
        diagram=diagram, wide=WIDE, narrow=NARROW, longest=LONGEST,
        is_bad=is_bad, short_path=short_path, pretty=pretty, coded=coded,
    )  # fmt: skip
    return html


def pretty(text: str) -> str:
    """JSON with line breaks; anything else, also what was cut short, as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def coded(text: str) -> Markup:
    """A text of a promise: what stands between backticks is code."""
    parts = [escape(part) for part in text.split("`")]
    return Markup().join(
        Markup("<code>{}</code>").format(part) if number % 2 else part
        for number, part in enumerate(parts)
    )


def _counts(report: Report) -> Iterator[Count]:
    yield Count("kept", len(report.of("kept")), "kept")
    for severity in SEVERITIES:
        broken = [one for one in report.of("broken") if one.promise.severity == severity]
        yield Count(f"broken-{severity}", len(broken), f"broken ({severity})")
    yield Count("unclear", len(report.of("unclear")), "unclear")
    yield Count("skipped", len(report.of("skipped")), "not judged")


def _families(verdicts: Sequence[Verdict]) -> Iterator[FamilyFound]:
    for name, grouped in groupby(verdicts, lambda one: one.promise.family):
        ones = list(grouped)
        yield FamilyFound(
            name,
            [one for one in ones if one.is_bad],
            [one for one in ones if one.result == "kept"],
            [one for one in ones if one.result == "skipped"],
        )
