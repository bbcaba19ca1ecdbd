"""`mock-dintero requests`: the journal of what came in and what went out."""

from __future__ import annotations

from typing import Any

import click

from mock_dintero.cli import door
from mock_dintero.cli.columns import coloured, short, status, table, when
from mock_dintero.cli.door import Door
from mock_dintero.cli.times import stamp_of


@click.command("requests", short_help="List what came in and went out.")
@click.option("--direction", type=click.Choice(["inbound", "outbound"]),
              help="What the sandbox was asked, or what it asked.")  # fmt: skip
@click.option("--method", default="", help="GET, POST, ...")
@click.option("--path", default="", help="A part of the path.")
@click.option("--session", default="", metavar="ID", help="Those about one session.")
@click.option("--status", "answered", default="", help="The status of the answer.")
@click.option("--since", default="", metavar="TIME", help="Those from this moment on.")
@door.URL
@door.ACCOUNT
@door.JSON
def command(
    direction: str | None, method: str, path: str, session: str, answered: str, since: str,
    url: str, account: str, as_json: bool,
) -> None:  # fmt: skip
    """List the exchanges, oldest first. --json has the bodies, too; secrets are left out."""
    at = Door(url, account, as_json)
    found = at.get(
        "requests", direction=direction or "", method=method.upper(), path=path, session_id=session,
        status=answered, since=stamp_of(since) if since else "",
    )  # fmt: skip
    at.show(found, _told)


def _told(found: list[dict[str, Any]]) -> str:
    rows = [
        (when(r["at"]), "out" if r["direction"] == "outbound" else "in", r["method"], short(r["path"], 64),
         status(r["status"]), f"{r['duration']:.0f}",
         coloured(", ".join(finding["code"] for finding in r.get("lint") or ()), "yellow"))
        for r in found
    ]  # fmt: skip
    heads = ("TIME (UTC)", "WAY", "METHOD", "PATH", "STATUS", "MS", "LINT")
    return table(heads, rows, "No requests yet.")
