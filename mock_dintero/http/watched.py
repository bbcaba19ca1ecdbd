"""What can be waited for and watched, as JSON without secrets: what there is, and what an event brings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from mock_dintero.core.callback import Callback
from mock_dintero.core.record import Record
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction
from mock_dintero.http.exchanges import Wanted as WantedEntry
from mock_dintero.http.exchanges import entries, finder, inbound, outbound
from mock_dintero.http.journal import Exchange, Happening, Journal
from mock_dintero.http.redaction import redacted
from mock_dintero.ports import Event, Sandbox

Kind = Literal["request", "delivery", "transaction", "session"]
Json = dict[str, Any]
RECORDS: dict[Kind, type[Record]] = {
    "delivery": Callback, "transaction": Transaction, "session": Session
}  # fmt: skip
EXACT = {"delivery": ("id", "session_id"), "session": ("id",), "transaction": ("id",)}
"""Fields by which the store finds a record without reading all."""


def shown(record: Record) -> Json:
    """A record as the tester's API shows it, without secrets."""
    values = record.model_dump(mode="json", exclude_unset=True, exclude=set(record.PRIVATE))
    found: Json = redacted(values)
    return found


def standing(
    sandbox: Sandbox, journal: Journal, kind: Kind, account_id: str, match: Json
) -> Iterator[tuple[str, Json]]:
    """What there is of a kind, with keys that tell one from another, oldest first.

    `account_id` is '' for all accounts. What `match` rules out by an id may be left out.
    """
    accounts = [account_id] if account_id else sandbox.store.accounts()
    if kind == "request":
        for entry in entries(sandbox, journal, accounts, account_id, WantedEntry()):
            yield _key(entry), entry
        return
    for record in _records(sandbox, kind, accounts, match):
        if not account_id or record.account_id == account_id:
            yield record.id, shown(record)


def _records(sandbox: Sandbox, kind: Kind, accounts: list[str], match: Json) -> Iterator[Record]:
    record_kind, exact = RECORDS[kind], {
        name: match[name] for name in EXACT[kind] if _is_exact(match.get(name))
    }  # fmt: skip
    if "id" in exact:
        found = sandbox.store.load(record_kind, exact["id"])
        yield from [found] if found else []
        return
    for id in accounts:
        yield from sandbox.store.oldest(record_kind, id, link=exact.get("session_id", ""))


def _is_exact(wanted: Any) -> bool:
    return isinstance(wanted, str) and wanted != "" and "*" not in wanted


def brought(sandbox: Sandbox, kind: Kind, event: Event) -> Iterator[tuple[str, Json]]:
    """What an event brings of a kind, with the same keys."""
    item = event.item
    if kind == "request" and isinstance(item, Exchange):
        entry = inbound(item, finder(sandbox.store))
        yield _key(entry), entry
    elif kind == "request" and isinstance(item, Callback):
        for entry in outbound(item):
            yield _key(entry), entry
    elif event.kind == kind:
        yield item.id, shown(item)


def _key(entry: Json) -> str:
    """Two requests may come in the same millisecond, but not with the same duration to the same path."""
    if entry["direction"] == "outbound":
        return f"{entry['delivery_id']} {entry['attempt']}"
    return f"{entry['at']} {entry['path']} {entry['duration']}"


def of_event(sandbox: Sandbox, event: Event) -> Json | None:
    """What an event is about, as JSON without secrets."""
    item = event.item
    if isinstance(item, Exchange):
        return inbound(item, finder(sandbox.store))
    if isinstance(item, Happening):
        return item.shown()
    return shown(item) if isinstance(item, Record) else item
