"""`mock-dintero faults`: what shall go wrong."""

from __future__ import annotations

from typing import Any

import click

from mock_dintero.cli import door, pairs
from mock_dintero.cli.columns import table
from mock_dintero.cli.door import Door
from mock_dintero.cli.family import Family

OWN_COLUMNS = ("id", "at", "do", "left", "times", "match", "version", "account", "account_id")


@click.group("faults", cls=Family, default="list", short_help="Let something go wrong.")
def command() -> None:
    """List the faults that still strike, add one, or end all."""


@command.command("list")
@door.URL
@door.ACCOUNT
@door.JSON
def list_all(**where: Any) -> None:
    """The faults that still strike, in their order."""
    at = Door(**where)
    at.show(at.get("faults"), _told)


@command.command("add")
@click.argument("at")
@click.argument("do")
@click.option("--times", type=int, default=1, show_default=True, help="How often it strikes.")
@click.option("--match", multiple=True, metavar="KEY=VALUE",
              help="Only where this fits: method, path, session_id, ...; may be repeated.")  # fmt: skip
@click.option("--option", multiple=True, metavar="KEY=VALUE",
              help="How: status, code, message, seconds, count, ...; may be repeated.")  # fmt: skip
@door.URL
@door.ACCOUNT
@door.JSON
def add(
    at: str, do: str, times: int, match: tuple[str, ...], option: tuple[str, ...], **where: Any
) -> None:
    """Let DO happen AT a place.

    AT is api, payment_callback, address_callback, discount_callback, webhook, buyer, race or
    payment. What each can DO stands in the README under Faults.

    \b
      mock-dintero faults add api status --option status=503 --match 'path=*/capture'
      mock-dintero faults add payment_callback drop --times 2
    """
    sandbox = Door(**where)
    fault: dict[str, Any] = {"at": at, "do": do, "times": times, **pairs.values(option)}
    if match:
        fault["match"] = pairs.texts(match)
    sandbox.show(sandbox.call("POST", "faults", fault), _told)


@command.command("clear")
@door.URL
@door.ACCOUNT
@door.JSON
def clear(**where: Any) -> None:
    """Let nothing go wrong any more."""
    at = Door(**where)
    at.show(at.call("DELETE", "faults"), _told)


def _told(faults: list[dict[str, Any]]) -> str:
    rows = [
        (f["at"], f["do"], f.get("left", f.get("times")), _pairs(f.get("match") or {}),
         _pairs({name: value for name, value in f.items() if name not in OWN_COLUMNS}))
        for f in faults
    ]  # fmt: skip
    return table(("AT", "DO", "LEFT", "MATCH", "OPTIONS"), rows, "Nothing goes wrong.")


def _pairs(values: dict[str, Any]) -> str:
    return " ".join(f"{key}={value}" for key, value in values.items() if value not in (None, ""))
