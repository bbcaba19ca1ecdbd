"""A badge that can be read."""

from __future__ import annotations

import re
from xml.etree.ElementTree import fromstring

import pytest
from made_up_report import broken, kept, made_report, one_of_each, skipped, unclear

from mock_dintero.verify.reports.badge import COLOURS, written

SVG = "{http://www.w3.org/2000/svg}"


def said(report, fail_on="must") -> tuple[str, str]:
    root = fromstring(written(report, fail_on))
    texts = [one.text for one in root.iter(f"{SVG}text")]
    assert texts[0] == "Dintero contract"
    colours = {colour: name for name, colour in COLOURS.items()}
    return str(texts[1]), colours[root.findall(f".//{SVG}rect")[2].attrib["fill"]]


@pytest.mark.parametrize(
    ("report", "fail_on", "expected"),
    [
        (made_report(kept()), "must", ("1 of 1", "good")),
        (made_report(kept(), skipped()), "must", ("1 of 1", "good")),
        (made_report(kept(), broken()), "must", ("1 of 2", "bad")),
        (made_report(kept(), broken(severity="should")), "must", ("1 of 2", "soft")),
        (made_report(kept(), broken(severity="should")), "should", ("1 of 2", "bad")),
        (made_report(unclear()), "must", ("0 of 1", "soft")),
        (made_report(skipped()), "must", ("nothing judged", "soft")),
    ],
)
def test_it_says_how_many_are_kept(report, fail_on, expected):
    assert said(report, fail_on) == expected


def test_the_title_says_it_in_a_sentence():
    title = fromstring(written(one_of_each(), "must")).findtext(f"{SVG}title")
    assert title is not None
    assert title.startswith("Dintero contract: 2 of 7. Fjordvik: 2 of 8 promises kept")


def test_a_hostile_name_is_a_text():
    svg = written(made_report(kept(), shop='"><script>'), "must")
    assert "<script" not in svg


@pytest.mark.parametrize("colour", [*COLOURS.values(), "#333c45"])
def test_white_can_be_read_on_it(colour):
    parts = [int(part, 16) / 255 for part in re.findall("[0-9a-f]{2}", colour)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    assert 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05) > 4.5
