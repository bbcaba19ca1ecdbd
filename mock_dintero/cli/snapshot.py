"""`mock-dintero snapshot`: keep an account as it is, and come back to it."""

from __future__ import annotations

from typing import Any

import click

from mock_dintero.cli import door
from mock_dintero.cli.columns import table, when
from mock_dintero.cli.door import Door, segment
from mock_dintero.cli.family import Family


@click.group(
    "snapshot", cls=Family, default="list", short_help="Keep everything, and come back to it."
)
def command() -> None:
    """Keep all that the sandbox knows under a name, and come back to it."""


@command.command("save")
@click.argument("name")
@door.URL
@door.ACCOUNT
@door.JSON
def save(name: str, **where: Any) -> None:
    """Keep everything as it is now; an older one of this name is gone."""
    at = Door(**where)
    at.show(at.call("PUT", f"snapshots/{segment(name)}"), lambda _: f"Kept as {name}.")


@command.command("restore")
@click.argument("name")
@door.URL
@door.ACCOUNT
@door.JSON
def restore(name: str, **where: Any) -> None:
    """Make everything as it was. What happened since is forgotten."""
    at = Door(**where)
    answer = at.call("POST", f"snapshots/{segment(name)}/restore", patience=door.LONG_PATIENCE)
    at.show(answer, lambda _: f"Everything is as it was in {name}.")


@command.command("list")
@door.URL
@door.ACCOUNT
@door.JSON
def list_all(**where: Any) -> None:
    """The names that there are."""
    at = Door(**where)
    at.show(at.get("snapshots"), _told)


@command.command("delete")
@click.argument("name")
@door.URL
@door.ACCOUNT
@door.JSON
def delete(name: str, **where: Any) -> None:
    """Forget a snapshot."""
    at = Door(**where)
    at.show(at.call("DELETE", f"snapshots/{segment(name)}"), lambda _: f"{name} is gone.")


def _told(found: list[Any]) -> str:
    named = [one if isinstance(one, dict) else {"name": one} for one in found]
    heads = [
        key for key in (named[0] if named else {}) if not isinstance(named[0][key], dict | list)
    ]
    rows = [[_cell(one.get(head)) for head in heads] for one in named]
    return table([head.upper() for head in heads], rows, "No snapshots.")


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return when(text) if text.endswith("Z") and "T" in text else text
