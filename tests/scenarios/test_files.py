"""The files of scenarios/: all read, each fault is in one, and the documentation says the same."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mock_dintero.core.errors import InvalidScenario, NotFound
from mock_dintero.core.fault import ACTIONS
from mock_dintero.scenario_files import folder, read, scenario, scenarios

ROOT = Path(__file__).parents[2]


def tool() -> Any:
    spec = importlib.util.spec_from_file_location("scenarios_tool", ROOT / "tools" / "scenarios.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_file_reads_and_tells_a_story_of_its_own() -> None:
    found = list(scenarios().values())
    assert len(found) == len(list(folder().glob("*.toml"))) >= 30
    assert len({one.title for one in found}) == len(found)
    assert all(one.story.endswith(".") for one in found)


def test_each_fault_is_in_a_scenario() -> None:
    """A new fault: add a scenario that uses it. Webhooks have the same faults as callbacks."""
    told = [fault for one in scenarios().values() for fault in one.faults.values()]
    of_callbacks = {fault.do for fault in told if fault.at.endswith("_callback")}
    assert of_callbacks == set(ACTIONS["payment_callback"])
    for at in ("api", "buyer", "race", "payment"):
        assert {fault.do for fault in told if fault.at == at} == set(ACTIONS[at])


def test_a_typo_in_a_file_is_named_with_file_and_field(tmp_path: Path) -> None:
    text = (folder() / "callback_lost.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(text.replace("merchant =", "mechant ="), encoding="utf-8")
    with pytest.raises(InvalidScenario, match=r"mine\.toml: expect\.mechant: there is no such"):
        read(tmp_path)


def test_a_name_that_is_not_there_brings_those_that_are_spelt_alike() -> None:
    with pytest.raises(NotFound, match=r"callback_lots.*callback_lost"):
        scenario("callback_lots")


def test_the_page_is_made_from_the_files() -> None:
    """If not: python tools/scenarios.py"""
    page = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert page == tool().page()
    assert all(f"| `{name}` |" in page for name in scenarios())


def test_the_schema_for_editors_takes_what_we_take() -> None:
    """If not: python tools/scenarios.py"""
    text = (ROOT / "docs" / "scenario.schema.json").read_text(encoding="utf-8")
    assert text == tool().schema()
    check = jsonschema.Draft202012Validator(json.loads(text))
    for file in folder().glob("*.toml"):
        assert not list(check.iter_errors(tomllib.loads(file.read_text(encoding="utf-8")))), file
    assert list(check.iter_errors({"title": "x", "name": "y"}))
