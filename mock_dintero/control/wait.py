"""Waiting: answers as soon as it holds, or says what came closest and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.control.body import ScopedBody
from mock_dintero.control.scope import accounts_of
from mock_dintero.core import match as rules
from mock_dintero.core.errors import WaitTimedOut
from mock_dintero.core.match import Item
from mock_dintero.core.record import Number
from mock_dintero.core.timestamps import moment
from mock_dintero.http import watched
from mock_dintero.http.answers import as_json
from mock_dintero.http.context import journal_of, sandbox_of
from mock_dintero.http.journal import Journal
from mock_dintero.http.reading import read
from mock_dintero.http.watched import Kind
from mock_dintero.ports import Event, Sandbox
from mock_dintero.use_cases import waiting

PLURALS: dict[Kind, str] = {
    "request": "requests", "delivery": "deliveries", "transaction": "transactions",
    "session": "sessions",
}  # fmt: skip


class WaitBody(ScopedBody):
    """What is waited for: `count` items of a kind that `match`, within `timeout` seconds of real time."""

    kind: Annotated[Kind, Field(alias="for")]
    match: Annotated[dict[str, Any], Field(default_factory=dict)]
    count: Annotated[int, Field(ge=1, le=10_000, strict=True)] = 1
    timeout: Annotated[Number, Field(ge=0, le=60)] = 5


async def wait(request: Request) -> Response:
    """`{"for": "delivery", "match": {"state": "delivered"}}`; answers with what was found."""
    body = await read(request, WaitBody)
    sandbox, journal = sandbox_of(request), journal_of(request)
    accounts_of(request, body)  # is it an account at all?
    account_id = body.account or request.query_params.get("account", "")

    def wants(event: Event) -> bool:
        return account_id in ("", event.account_id)

    source = waiting.Watched(
        standing=lambda: watched.standing(sandbox, journal, body.kind, account_id, body.match),
        wants=wants,
        brought=lambda event: watched.brought(sandbox, body.kind, event),
    )
    is_found, items = await waiting.wait(sandbox, source, body.match, body.count, body.timeout)
    if is_found:
        return as_json({"found": items})
    if not items:  # an id in `match` may have ruled out all; there may be others to tell of
        items = [one for _, one in watched.standing(sandbox, journal, body.kind, account_id, {})]
    raise _timed_out(sandbox, journal, body, account_id, items)


def _timed_out(
    sandbox: Sandbox, journal: Journal, body: WaitBody, account_id: str, items: Sequence[Item]
) -> WaitTimedOut:
    others = [item for item in items if not rules.matches(item, body.match)]
    held = len(items) - len(others)
    some = f"only {held} of {body.count} {PLURALS[body.kind]}" if held else f"no {body.kind}"
    head = f"{some} matched within {body.timeout:g} s: wanted {rules.described(body.match)}"
    best = rules.nearest(others, body.match)
    if best is None:
        there = _what_there_is(sandbox, journal, body.kind, account_id)
        return WaitTimedOut(f"{head}; {'there is no other' if held else there}", None)
    item, why = best
    hint = _hint(sandbox, item) if body.kind == "delivery" else ""
    which = (
        f"the nearest of {len(others)}"
        if len(others) > 1
        else "the only other"
        if held
        else "the only one"
    )
    return WaitTimedOut(
        f"{head}; {which} is {_name(body.kind, item)}: {'; '.join(why)}{hint}",
        {"item": item, "why": why},
    )


def _name(kind: Kind, item: Item) -> str:
    if kind == "request":
        return f"{item['method']} {item['path']} ({item['status'] or item.get('error')})"
    return str(item["id"])


def _hint(sandbox: Sandbox, delivery: Item) -> str:
    """Why a delivery stands where it stands, and how it goes on."""
    attempts = delivery.get("attempts") or []
    said = []
    if attempts:
        last = attempts[-1]
        said.append(f"its last attempt: {last.get('error') or last.get('status')}")
    due = delivery.get("due")
    if delivery["state"] == "waiting" and due:
        account_id = str(delivery["id"]).partition(".")[0]
        left = (moment(due) - sandbox.clock.now(account_id)).total_seconds()
        if left > 0:
            which = "next" if attempts else "first"
            said.append(
                f"{which} try in {round(left, 1):g} s of the account's time: move the clock"
            )
    if delivery.get("held_for"):
        said.append(f"it is held for {delivery['held_for']}")
    if delivery["state"] == "in_flight":
        said.append("it is on its way: the merchant has not answered yet")
    return f" ({'; '.join(said)})" if said else ""


def _what_there_is(sandbox: Sandbox, journal: Journal, kind: Kind, account_id: str) -> str:
    """For somebody who waits at the wrong place: what else there is, here and in other accounts."""
    here = account_id or "any account"
    counts = {one: _count(sandbox, journal, one, account_id) for one in PLURALS}
    others = {
        id: number
        for id in sandbox.store.accounts()
        if account_id and id != account_id and (number := _count(sandbox, journal, kind, id))
    }
    listed = ", ".join(f"{n} {PLURALS[one] if n > 1 else one}" for one, n in counts.items() if n)
    said = f"there is no {kind} in {here}" + (
        f", but {listed}" if listed else ", nor anything else"
    )
    if others:
        said += (
            f"; there is in other accounts: {', '.join(f'{n} in {id}' for id, n in others.items())}"
        )
    return said


def _count(sandbox: Sandbox, journal: Journal, kind: Kind, account_id: str) -> int:
    return sum(1 for _ in watched.standing(sandbox, journal, kind, account_id, {}))
