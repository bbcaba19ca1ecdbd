"""A small SVG for a README: how many of the judged promises are kept."""

from __future__ import annotations

from pathlib import Path

from mock_dintero.http.pages import environment
from mock_dintero.verify.promise import Severity
from mock_dintero.verify.verdict import Report, fails

TEMPLATES = Path(__file__).parents[1] / "templates"
NAME = "Dintero contract"
COLOURS = {"good": "#1d6b3f", "soft": "#7a4b00", "bad": "#a3201c"}
"""Each has a contrast of 6 or more to the white on it."""
NARROW, WIDE = frozenset("fijlrt1 .,:|'()"), frozenset("mwMW")
PADDING = 7


def written(report: Report, fail_on: Severity) -> str:
    """The SVG. What was skipped does not count; it is in the title."""
    judged = report.of("kept", "broken", "unclear")
    kept = report.of("kept")
    said = f"{len(kept)} of {len(judged)}" if judged else "nothing judged"
    if any(fails(one, fail_on) for one in judged):
        colour = "bad"
    else:
        colour = "good" if judged and len(kept) == len(judged) else "soft"
    left, right = (_width(text) + 2 * PADDING for text in (NAME, said))
    svg: str = environment(TEMPLATES).get_template("badge.svg").render(
        name=NAME, said=said, sentence=report.sentence, colour=COLOURS[colour],
        left=left, right=right, padding=PADDING,
    )  # fmt: skip
    return svg


def _width(text: str) -> int:
    """About the pixels of a text in Verdana 11; the drawing stretches it to exactly these."""
    return round(sum(4.2 if s in NARROW else 10.2 if s in WIDE else 6.9 for s in text))
