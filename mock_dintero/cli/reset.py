"""`mock-dintero reset`: empty an account, or all."""

from __future__ import annotations

from typing import Any

import click

from mock_dintero.cli import door
from mock_dintero.cli.columns import counted
from mock_dintero.cli.door import Door

UNSEEN = ("account", "settled_through")
"""Records that are not a thing that happened."""


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
    kinds = sorted(kind for kind, number in counts.items() if number and kind not in UNSEEN)
    gone = ", ".join(counted(counts[kind], kind.replace("_", " ")) for kind in kinds)
    return f"Forgotten: {gone}." if gone else "There was nothing to forget."
