"""Finds the scenarios: inside the package when installed, beside it in a checkout."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import get_args

from mock_dintero.core.errors import NotFound
from mock_dintero.core.scenario import Group, Scenario, parse

HERE = Path(__file__).parent
GROUPS = get_args(Group)


def folder() -> Path:
    """Where the files are."""
    inside = HERE / "scenarios"
    return inside if inside.is_dir() else HERE.parent / "scenarios"


def read(folder: Path) -> dict[str, Scenario]:
    """Every scenario of a folder by name, in the order of groups and names. Raises InvalidScenario."""
    files = sorted(folder.glob("*.toml"))
    found = [parse(file.stem, file.read_text(encoding="utf-8")) for file in files]
    return {one.name: one for one in sorted(found, key=lambda one: GROUPS.index(one.group))}


@cache
def scenarios() -> Mapping[str, Scenario]:
    """All scenarios; read when they are first asked for."""
    return read(folder())


def scenario(name: str) -> Scenario:
    """One by its name. Raises NotFound, which knows those that are spelt alike."""
    found = scenarios().get(name)
    if found is None:
        alike = get_close_matches(name, scenarios(), 3) or list(scenarios())
        raise NotFound(f"no scenario {name!r}; there is {', '.join(alike)}")
    return found
