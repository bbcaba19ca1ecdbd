"""`mock-dintero timeline`: what happened to a session."""

from __future__ import annotations

from pathlib import Path

import click

from mock_dintero.cli import door
from mock_dintero.cli.door import Door, segment


@click.command("timeline", short_help="Show what happened to a session.")
@click.argument("session")
@click.option("--html", type=click.Path(dir_okay=False), metavar="FILE",
              help="Write it as a page that needs nothing else.")  # fmt: skip
@door.URL
@door.ACCOUNT
@door.JSON
def command(session: str, html: str | None, url: str, account: str, as_json: bool) -> None:
    """Show what happened to SESSION, leg by leg: its id, or the newest one's merchant reference."""
    at = Door(url, account, as_json)
    path = f"sessions/{segment(session_id(at, session))}/timeline"
    if html:
        Path(html).write_bytes(at.send("GET", f"{path}.html").content)
        click.echo(f"Written to {html}.", err=as_json)
        return
    legs = at.get(path)
    if as_json:
        door.print_json(legs)
        return
    from mock_dintero.telling import as_lines

    click.echo("\n".join(as_lines(legs)))


def session_id(at: Door, text: str) -> str:
    """The id of a session that is named by its id or by its merchant reference."""
    from mock_dintero.core.ids import account_of

    if account_of(text):
        return text
    for session in at.get("sessions", limit="100"):
        if session["order"].get("merchant_reference") == text:
            return str(session["id"])
    raise click.ClickException(
        f"{text!r} is neither the id nor the merchant reference of one of the last 100 sessions"
    )
