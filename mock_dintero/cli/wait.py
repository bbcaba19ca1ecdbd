"""`mock-dintero wait`: until something has happened."""

from __future__ import annotations

from typing import Any

import click

from mock_dintero.cli import door, pairs
from mock_dintero.cli.columns import status, word
from mock_dintero.cli.deliveries import state_of
from mock_dintero.cli.door import Door, Refused

SLACK = 10
"""Seconds beyond the time-out that the sandbox has for its answer."""


@click.command("wait", short_help="Wait until something has happened.")
@click.argument(
    "what", metavar="FOR", type=click.Choice(["request", "delivery", "transaction", "session"])
)
@click.argument("match", metavar="[KEY=VALUE]...", nargs=-1)
@click.option("--count", type=int, default=1, show_default=True, help="How many of them.")
@click.option("--timeout", type=float, default=5.0, show_default=True, help="Seconds to wait.")
@door.URL
@door.ACCOUNT
@door.JSON
def command(
    what: str, match: tuple[str, ...], count: int, timeout: float, url: str, account: str, as_json: bool
) -> None:  # fmt: skip
    """Wait FOR a request, delivery, transaction or session that fits; exit with 1 if none comes.

    A KEY is a field or a dotted path, `*` in a VALUE stands for anything, a KEY that comes again
    means any of its values. A number that is a text in the API stands in quotes: '"1001"'.

    \b
      mock-dintero wait delivery at=payment_callback state=delivered
      mock-dintero wait transaction 'merchant_reference=order-*' status=AUTHORIZED status=CAPTURED
    """  # fmt: skip
    at = Door(url, account, as_json)
    wanted = {"for": what, "match": pairs.values(match), "count": count, "timeout": timeout}
    try:
        answer = at.call("POST", "wait", wanted, timeout + SLACK)
    except Refused as refused:
        raise click.ClickException("\n  ".join([refused.message, *_why(refused)])) from None
    at.show(answer, lambda found: "\n".join(_line(what, item) for item in found["found"]))


def _why(refused: Refused) -> list[str]:
    nearest = ((refused.body or {}).get("error") or {}).get("nearest") or {}
    return [why for why in nearest.get("why", ()) if why not in refused.message]


def _line(what: str, item: dict[str, Any]) -> str:
    if what == "request":
        return f"request  {item['method']} {item['path']}  {status(item['status'])}"
    if what == "delivery":
        return f"delivery  {item['at']}  {word(state_of(item))}  {item['id']}"
    if what == "transaction":
        return f"transaction  {item['status']}  {item['amount']}  {item['id']}"
    return f"session  {(item.get('order') or {}).get('merchant_reference', '')}  {item['id']}"
