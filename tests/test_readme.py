"""The README is tested: what it shows is what there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner
from starlette.routing import BaseRoute, Mount, Route

from mock_dintero.api.routes import HEALTH
from mock_dintero.api.routes import ROUTES as API_ROUTES
from mock_dintero.cli import main
from mock_dintero.config import environment
from mock_dintero.control.routes import ROUTES as CONTROL_ROUTES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def paths(routes: list[BaseRoute], prefix: str = "") -> Iterator[str]:
    for route in routes:
        if isinstance(route, Mount):
            if "{aid}/payments" not in route.path:  # the alias of the others
                yield from paths(route.routes or [], prefix + route.path)
        else:
            assert isinstance(route, Route)
            yield prefix + route.path


def test_every_endpoint_is_in_the_readme() -> None:
    found = list(paths([*API_ROUTES, *HEALTH]))
    found += [
        path[1:] for path in paths(CONTROL_ROUTES)
    ]  # without the slash, as the table has them
    assert len(found) > 30
    for path in found:
        shown = path.split("{sid}/session")[-1]
        assert shown in README, path


def test_the_help_of_start_is_the_real_one() -> None:
    shown = re.search(r"<!-- help of start -->\n```\n(.*?)```", README, re.DOTALL)
    assert shown
    result = CliRunner().invoke(
        main, ["start", "--help"], prog_name="mock-dintero", terminal_width=100
    )
    assert shown[1] == result.output


def test_every_verb_is_in_the_readme() -> None:
    assert isinstance(main, click.Group)
    for verb in main.list_commands(click.Context(main)):
        assert f"mock-dintero {verb}" in README


def test_the_environment_is_the_one_that_start_prints() -> None:
    for name, value in environment("http://127.0.0.1:8426").items():
        assert f"  {name}={value}" in README


def test_every_dependency_has_its_line() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[(.*?)^\]", pyproject, re.DOTALL | re.MULTILINE)
    assert listed
    table = README[README.index("| dependency |") :]
    for name in re.findall(r'"([a-z0-9]+)', listed[1]):
        assert re.search(rf"^\| [^|]*\b{name}\b", table, re.MULTILINE), name


def test_every_decision_that_names_code_names_code_that_is_there() -> None:
    differences = (ROOT / "docs" / "differences.md").read_text(encoding="utf-8")
    source = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("mock_dintero", "fake_checkout_ui")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".js")
    )
    rows = [line for line in differences.splitlines() if line.count("|") == 4]
    named = [name for row in rows for name in re.findall(r"`([\w./]+)`", row.split("|")[3])]
    assert len(named) > 30
    for name in named:
        if "/" in name:
            assert [*ROOT.glob(name), *ROOT.glob(f"mock_dintero/{name}")], name
        else:
            assert all(part in source for part in name.split(".")), name
