"""`mock-dintero faults`: what shall go wrong."""

from __future__ import annotations

from typing import Any

import click

from mock_dintero.cli import door, pairs
from mock_dintero.cli.columns import table
from mock_dintero.cli.door import Door

OWN_COLUMNS = ("id", "at", "do", "left", "times", "match", "version", "account", "account_id")


@click.group("faults", short_help="Let something go wrong.", invoke_without_command=True)
@door.URL
@door.ACCOUNT
@door.JSON
@click.pass_context
def command(context: click.Context, url: str, account: str, as_json: bool) -> None:
    """List the faults that still strike, add one, or end all. Options stand before the step.

    \b
      mock-dintero faults --account T12345678 add api status --option status=429
    """
    context.obj = Door(url, account, as_json)
    if context.invoked_subcommand is None:
        context.obj.show(context.obj.get("faults"), _told)


@command.command("add")
@click.argument("at")
@click.argument("do")
@click.option("--times", type=int, default=1, show_default=True, help="How often it strikes.")
@click.option("--match", multiple=True, metavar="KEY=VALUE",
              help="Only where this fits: method, path, session_id, ...; may be repeated.")  # fmt: skip
@click.option("--option", multiple=True, metavar="KEY=VALUE",
              help="How: status, code, message, seconds, count, ...; may be repeated.")  # fmt: skip
@click.pass_obj
def add(
    sandbox: Door, at: str, do: str, times: int, match: tuple[str, ...], option: tuple[str, ...]
) -> None:
    """Let DO happen AT a place. README, Faults, has every AT and DO.

    \b
      mock-dintero faults add api status --option status=503 --match 'path=*/capture'
      mock-dintero faults add payment_callback drop --times 2
    """
    fault: dict[str, Any] = {"at": at, "do": do, "times": times, **pairs.values(option)}
    if match:
        fault["match"] = pairs.texts(match)
    sandbox.show(sandbox.call("POST", "faults", fault), _told)


@command.command("clear")
@click.pass_obj
def clear(sandbox: Door) -> None:
    """Let nothing go wrong any more."""
    sandbox.show(sandbox.call("DELETE", "faults"), _told)


def _told(faults: list[dict[str, Any]]) -> str:
    rows = [
        (f["at"], f["do"], f.get("left", f.get("times")), _pairs(f.get("match") or {}),
         _pairs({name: value for name, value in f.items() if name not in OWN_COLUMNS}))
        for f in faults
    ]  # fmt: skip
    return table(("AT", "DO", "LEFT", "MATCH", "OPTIONS"), rows, "Nothing goes wrong.")


def _pairs(values: dict[str, Any]) -> str:
    return " ".join(f"{key}={value}" for key, value in values.items() if value not in (None, ""))
