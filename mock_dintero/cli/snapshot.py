"""`mock-dintero snapshot`: keep an account as it is, and come back to it."""

from __future__ import annotations

from typing import Any

import click

from mock_dintero.cli import door
from mock_dintero.cli.columns import table, when
from mock_dintero.cli.door import Door, segment


@click.group("snapshot", short_help="Keep everything, and come back to it.")
@door.URL
@door.ACCOUNT
@door.JSON
@click.pass_context
def command(context: click.Context, url: str, account: str, as_json: bool) -> None:
    """Keep all that the sandbox knows under a name, and come back to it.

    \b
      mock-dintero snapshot --account T12345678 save one-paid-order
    """
    context.obj = Door(url, account, as_json)


@command.command("save")
@click.argument("name")
@click.pass_obj
def save(at: Door, name: str) -> None:
    """Keep everything as it is now; an older one of this name is gone."""
    at.show(at.call("PUT", f"snapshots/{segment(name)}"), lambda _: f"Kept as {name}.")


@command.command("restore")
@click.argument("name")
@click.pass_obj
def restore(at: Door, name: str) -> None:
    """Make everything as it was. What happened since is forgotten."""
    answer = at.call("POST", f"snapshots/{segment(name)}/restore", patience=door.LONG_PATIENCE)
    at.show(answer, lambda _: f"Everything is as it was in {name}.")


@command.command("list")
@click.pass_obj
def list_all(at: Door) -> None:
    """The names that there are."""
    at.show(at.get("snapshots"), _told)


@command.command("delete")
@click.argument("name")
@click.pass_obj
def delete(at: Door, name: str) -> None:
    """Forget a snapshot."""
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
