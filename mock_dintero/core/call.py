"""The request behind a change: its id and what its client says of itself, noted on the events it caused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction


@dataclass(frozen=True)
class Call:
    """`request_id` is the answer's header `request-id`, `by` the client, `headers` what it calls itself."""

    request_id: str
    by: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def noted(after: Transaction, call: Call, before: Transaction | None = None) -> Transaction:
    """The events that this call has added carry its id and headers.

    Headers are always shown since 2023-09, also without `includes` (transactions.md 9.1).
    """
    old = len(before.events) if before else 0
    trace: dict[str, Any] = {"request_id": call.request_id}
    if call.headers:
        trace["request_headers"] = dict(call.headers)
    added = tuple(event.with_(**trace) for event in after.events[old:])
    return after.with_(events=(*after.events[:old], *added))


def noted_on_session(after: Session, call: Call, before: Session | None = None) -> Session:
    """The same for a session, whose headers are shown only on request; so they are kept apart."""
    old = len(before.events) if before else 0
    added = tuple(event.with_(request_id=call.request_id) for event in after.events[old:])
    if not added:
        return after
    traced = after.with_(events=(*after.events[:old], *added))
    if not call.headers:
        return traced
    headers = {str(number): dict(call.headers) for number in range(old, len(after.events))}
    return traced.with_(event_headers={**(after.event_headers or {}), **headers})
