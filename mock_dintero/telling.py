"""Tells in lines of text what happened to a payment: for the demo and for a failed test."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mock_dintero.core.ids import CHECKOUT_ID

if TYPE_CHECKING:
    from mock_dintero.testing import MockDintero

AT_MOST = 5
"""Payments of one test that are told whole; the newest count."""
PATIENCE = 5.0
"""Seconds for each answer: a report does not wait for a sandbox that hangs."""


def as_lines(legs: list[dict[str, Any]]) -> list[str]:
    """A timeline for people."""
    return [line for leg in legs for line in _lines(leg)]


def short_lines(legs: Iterable[Mapping[str, Any]], width: int) -> list[str]:
    """A timeline, a line a leg, none wider than this."""
    return [_in_a_line(leg, width)[:width] for leg in legs]


def payments(dintero: MockDintero) -> list[str]:
    """The story of every session of an account, the oldest first. Raises what its calls raise."""
    patience, dintero.http.timeout = dintero.http.timeout, PATIENCE
    try:
        return _payments(dintero)
    finally:
        dintero.http.timeout = patience


def _payments(dintero: MockDintero) -> list[str]:
    sessions = dintero.sessions
    lines = [f"account {dintero.account_id} at {dintero.url}"]
    if len(sessions) > AT_MOST:
        lines.append(f"({len(sessions) - AT_MOST} older sessions are not shown)")
    for session in reversed(sessions[:AT_MOST]):
        reference = (session.get("order") or {}).get("merchant_reference", "")
        lines += [
            "",
            f"session {session['id']} {reference}",
            *as_lines(dintero.timeline(session["id"])),
        ]
    return lines


def _lines(leg: dict[str, Any]) -> list[str]:
    between = f"{leg['sender']:7} → {leg['receiver']:7}"
    path = _short(leg["path"].partition("?")[0], 46)
    head = f"{_clock(leg['at'])}  {between}  {leg['what']:22}  {leg['method']:4} {path:46} {leg['outcome']}"
    struck = f"  ({leg['fault']})" if leg.get("fault") and leg["method"] else ""
    lines = [head.rstrip() + struck]
    if leg["receiver"] == "shop" or leg["what"] in ("create session", "capture"):
        lines += [f"{'':14}asked   {_short(_gist(leg['request']), 130)}"] if leg["request"] else []
        lines += [f"{'':14}answer  {_short(leg['response'], 130)}"] if leg["response"] else []
    if leg["what"].startswith("payment callback"):
        lines.append(f"{'':14}signed  {leg['signature']}")
    return lines


def _gist(body: str) -> str:
    """The part of a request that it is about: the address, the codes, or the state of the payment."""
    try:
        sent = json.loads(body)
        order = sent.get("order", {})
        names = ("shipping_address", "discount_codes")
        parts = {name: order[name] for name in names if name in order}
    except (ValueError, AttributeError, TypeError):
        return body  # cut short, or not a merchant's JSON: as it is
    if "status" in sent:
        parts = {name: sent[name] for name in ("id", "status", "amount") if name in sent}
    return json.dumps(parts or sent, ensure_ascii=False)


def _in_a_line(leg: Mapping[str, Any], width: int) -> str:
    head = f"{_clock(leg['at'])}  "
    room = max(width - len(head), 1)
    if leg["sender"] == "tester":
        return head + _short(f"tester: {leg['what']}", room)
    struck = f" ({leg['fault']})" if leg["fault"] else ""
    tail = _short(f"{leg['outcome']}{struck}", room // 2)
    said = f"{leg['sender']} → {leg['receiver']}: {leg['what']}, {leg['method']} {leg['path']}"
    return f"{head}{_short(said.partition('?')[0], max(room - len(tail) - 2, 1))}  {tail}"


def _with_short_ids(text: str) -> str:
    """Ids are long and alike; their beginning tells them apart within one purchase."""
    return CHECKOUT_ID.sub(lambda id: f"{id[0][10:18]}…", text)


def _clock(at: str) -> str:
    return datetime.fromisoformat(at).astimezone().strftime("%H:%M:%S.%f")[:-3]


def _short(text: str, most: int) -> str:
    flat = _with_short_ids(" ".join(text.split()))
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"
