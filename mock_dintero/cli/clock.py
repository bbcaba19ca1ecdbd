"""`mock-dintero clock`: an account's time, shown and moved."""

from __future__ import annotations

from typing import Any

import click

from mock_dintero.cli import door
from mock_dintero.cli.columns import counted, table, when
from mock_dintero.cli.door import Door
from mock_dintero.cli.family import Family
from mock_dintero.cli.times import length, seconds_in, stamp_of


@click.group("clock", cls=Family, default="show", short_help="Show what time it is, or move it.")
def command() -> None:
    """Show what time it is in the sandbox, or move it."""


@command.command("show")
@door.URL
@door.ACCOUNT
@door.JSON
def show(**where: Any) -> None:
    """Each account's time, and whether it runs."""
    at = Door(**where)
    at.show(at.get("clock"), _told)


@command.command("advance")
@click.argument("how_far", metavar="10m|90s|2h|1d|TIME")
@door.URL
@door.ACCOUNT
@door.JSON
def advance(how_far: str, **where: Any) -> None:
    """Move time on. All callbacks that fall due on the way have been carried when it returns."""
    at = Door(**where)
    seconds = seconds_in(how_far)
    body = {"to": stamp_of(how_far)} if seconds is None else {"seconds": seconds}
    at.show(at.call("POST", "clock/advance", body, door.LONG_PATIENCE), _moved)


@command.command("freeze")
@door.URL
@door.ACCOUNT
@door.JSON
def freeze(**where: Any) -> None:
    """Stop time. `clock advance` and `clock set` still move it."""
    at = Door(**where)
    at.show(at.call("PUT", "clock", {"running": False}), _told)


@command.command("run")
@door.URL
@door.ACCOUNT
@door.JSON
def run(**where: Any) -> None:
    """Let time run again."""
    at = Door(**where)
    at.show(at.call("PUT", "clock", {"running": True}), _told)


@command.command("set")
@click.argument("time")
@door.URL
@door.ACCOUNT
@door.JSON
def set_to(time: str, **where: Any) -> None:
    """Set the time, for example 2026-10-06T09:14:03Z; without a zone it is UTC."""
    at = Door(**where)
    at.show(at.call("PUT", "clock", {"now": stamp_of(time)}), _told)


def _told(clocks: dict[str, dict[str, Any]]) -> str:
    rows = [
        (id, when(clock["now"]), "runs" if clock["running"] else "frozen", _offset(clock["offset"]))
        for id, clock in clocks.items()
    ]
    return table(("ACCOUNT", "TIME (UTC)", "CLOCK", "OFFSET"), rows, "There is no account.")


def _offset(seconds: float) -> str:
    if abs(seconds) < 1:
        return "real time"
    return f"{length(seconds)} {'ahead' if seconds > 0 else 'behind'}"


def _moved(clocks: dict[str, dict[str, Any]]) -> str:
    rows = [
        (id, when(clock["now"]), counted(clock["callbacks"], "callback")) for id, clock in clocks.items()
    ]  # fmt: skip
    return table(("ACCOUNT", "TIME (UTC)", "CARRIED"), rows, "There is no account.")
