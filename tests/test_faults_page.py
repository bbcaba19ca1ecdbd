"""docs/faults.md is tested: every fault with every option is there, and every example can be asked for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mock_dintero.core.fault import ACTIONS, CUE_COMES_WITHIN, SECONDS, NewFault

PAGE = (Path(__file__).parents[1] / "docs" / "faults.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
ROW = re.compile(r"^\| `(\w+)` \|.*\| ([^|]*) \|$|^\| `(\w+)` \|.*\| \|$", re.MULTILINE)


def rows(at: str) -> dict[str, str]:
    """The faults of a section with the cell that names their options."""
    return {do or bare: options for do, options, bare in ROW.findall(SECTIONS[at])}


def test_every_place_has_its_section() -> None:
    assert list(SECTIONS) == list(ACTIONS)


@pytest.mark.parametrize("at", ACTIONS)
def test_every_fault_has_its_row_with_its_options(at: str) -> None:
    found = rows(at)
    assert list(found) == list(ACTIONS[at])
    for do, options in ACTIONS[at].items():
        assert re.findall(r"`(\w+)`", found[do]) == list(options), do


@pytest.mark.parametrize("at", ACTIONS)
def test_the_seconds_are_the_real_ones(at: str) -> None:
    for do, options in rows(at).items():
        shown = re.search(r"`seconds` \(([\d.]+)\)", options)
        if shown and at == "race":
            assert float(shown[1]) == CUE_COMES_WITHIN
        elif shown and (at, do) != ("api", "delay"):
            assert float(shown[1]) == SECONDS[do], do


def test_every_example_can_be_asked_for() -> None:
    found = re.findall(r"^`(\{.*\})`$", PAGE, re.MULTILINE) + re.findall(r"-d '(\{.*\})'", PAGE)
    assert len(found) == len(ACTIONS) + 1
    assert {NewFault.model_validate(json.loads(one)).at for one in found} == set(ACTIONS)
