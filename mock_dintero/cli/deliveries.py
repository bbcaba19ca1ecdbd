"""`mock-dintero deliveries` and `replay`: the callbacks, with every attempt."""

from __future__ import annotations

from typing import Any

import click

from mock_dintero.cli import door
from mock_dintero.cli.columns import coloured, short, status, table, when, word
from mock_dintero.cli.door import Door, segment
from mock_dintero.cli.times import length

SHORT_ID = 8
"""As much of an id as a list shows; every verb takes it."""
CALLBACKS = ["payment_callback", "address_callback", "discount_callback", "webhook"]
STATES = ["waiting", "in_flight", "delivered", "failed"]


@click.command("deliveries", short_help="List the callbacks, or show one.")
@click.argument("id", required=False, default="")
@click.option("--session", default="", metavar="ID", help="Those of one session.")
@click.option("--state", type=click.Choice(STATES), help="Those in this state.")
@click.option("--at", type=click.Choice(CALLBACKS), help="Those of this kind.")
@door.URL
@door.ACCOUNT
@door.JSON
def deliveries(
    id: str, session: str, state: str | None, at: str | None, url: str, account: str, as_json: bool
) -> None:
    """List the callbacks, oldest first, or show the one with this ID (its beginning will do)."""
    sandbox = Door(url, account, as_json)
    if id:
        sandbox.show(sandbox.get(f"deliveries/{segment(whole_id(sandbox, id))}"), one)
        return
    found = sandbox.get("deliveries", session_id=session, state=state or "", at=at or "")
    sandbox.show(found, _many)


@click.command("replay", short_help="Carry a callback once more.")
@click.argument("id")
@click.option(
    "--signature", type=click.Choice(["fresh", "original"]), default="fresh", show_default=True,
    help="Sign anew, or send the old signature with its old time.",
)  # fmt: skip
@door.URL
@door.ACCOUNT
@door.JSON
def replay(id: str, signature: str, url: str, account: str, as_json: bool) -> None:
    """Carry a callback once more, whatever became of it; shows it when the answer is there."""
    sandbox = Door(url, account, as_json)
    path = f"deliveries/{segment(whole_id(sandbox, id))}/replay"
    sandbox.show(sandbox.call("POST", path, {"signature": signature}, door.LONG_PATIENCE), one)


def whole_id(sandbox: Door, beginning: str) -> str:
    """The id of the one delivery whose id, or its part behind the account, begins like this."""
    if len(beginning) > 40:
        return beginning
    ids = [delivery["id"] for delivery in sandbox.get("deliveries")]
    found = [
        id for id in ids if id.startswith(beginning) or _short_id(id, None).startswith(beginning)
    ]
    if len(found) == 1:
        return str(found[0])
    if not found:
        raise click.ClickException(
            f"no delivery {beginning!r}; `mock-dintero deliveries` lists all {len(ids)}"
        )
    raise click.ClickException(f"{beginning!r} may be each of {', '.join(found)}; write more of it")


def state_of(delivery: dict[str, Any]) -> str:
    """The API leaves out what nothing has happened to yet."""
    return str(delivery.get("state", "waiting"))


def _short_id(id: str, most: int | None = SHORT_ID) -> str:
    return id.rpartition(".")[2][:most]


def _many(found: list[dict[str, Any]]) -> str:
    heads = ("ID", "CALLBACK", "STATE", "TRIES", "ANSWER", "NEXT TRY (UTC)", "SESSION", "URL")
    rows = [
        (_short_id(d["id"]), d["at"] if not d.get("event") else f"{d['at']} {d['event']}",
         word(state_of(d)), len(d.get("attempts", ())), _last_answer(d), when(d.get("due")), d["session_id"],
         short(d["url"].partition("?")[0], 48))
        for d in found
    ]  # fmt: skip
    return table(heads, rows, "No callbacks yet.")


def _last_answer(delivery: dict[str, Any]) -> str:
    if not delivery.get("attempts"):
        return ""
    last = delivery["attempts"][-1]
    return (last.get("error") or "").partition(": ")[0] or status(last.get("status"))


def one(delivery: dict[str, Any]) -> str:
    """A delivery with all its attempts, for people."""
    facts = {
        "id": delivery["id"], "callback": delivery["at"], "event": delivery.get("event"),
        "state": word(state_of(delivery)), "session": delivery["session_id"],
        "transaction": delivery.get("transaction_id"), "held for": delivery.get("held_for"),
        "next try": when(delivery.get("due")), "request": f"{delivery['method']} {delivery['url']}",
    }  # fmt: skip
    lines = [f"{name:12} {value}" for name, value in facts.items() if value not in (None, "")]
    if delivery.get("body"):
        lines += ["", delivery["body"]]
    for number, attempt in enumerate(delivery.get("attempts", ()), 1):
        lines += ["", *_attempt(number, attempt)]
    return "\n".join(lines)


def _attempt(number: int, attempt: dict[str, Any]) -> list[str]:
    notes = ["replayed"] if attempt.get("is_replay") else []
    notes += [f"fault: {attempt['fault']}"] if attempt.get("fault") else []
    answer = attempt.get("error") or status(attempt.get("status"))
    head = f"try {number}  {when(attempt['at'])}  {answer}  {attempt['latency']:.0f} ms"
    lines = ["  ".join([head, *(coloured(note, "yellow") for note in notes)])]
    if attempt.get("signature"):
        lines.append(f"  signature  {attempt['signature']}")
    if attempt.get("response"):
        lines.append(f"  answer     {short(attempt['response'], 300)}")
    if attempt.get("next"):
        lines.append(f"  next try   {when(attempt['next'])}{_after(attempt)}")
    return lines


def _after(attempt: dict[str, Any]) -> str:
    from mock_dintero.core.timestamps import moment

    wait = moment(attempt["next"]) - moment(attempt["at"])
    return f" ({length(wait.total_seconds())} later)"
