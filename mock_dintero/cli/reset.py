"""`mock-dintero reset`: empty an account, or all."""

from __future__ import annotations

from typing import Any

import click

from mock_dintero.cli import door
from mock_dintero.cli.columns import counted
from mock_dintero.cli.door import Door


@click.command("reset", short_help="Empty an account, or all.")
@door.URL
@door.ACCOUNT
@door.JSON
def command(url: str, account: str, as_json: bool) -> None:
    """Forget what happened: sessions, payments, callbacks, faults, the journal, the moved clock.

    Nothing from before reaches a shop afterwards.
    """
    at = Door(url, account, as_json)
    at.show(at.call("POST", "reset", patience=door.LONG_PATIENCE), _told)


def _told(counts: dict[str, Any]) -> str:
    gone = [
        counted(number, kind) for kind, number in sorted(counts.items()) if kind != "account" and number
    ]  # fmt: skip
    return f"Forgotten: {', '.join(gone)}." if gone else "There was nothing to forget."
