"""Work that Dintero does later by itself: an operation that its provider finishes, a capture tried again.

The intents are those of Dintero's own background jobs (transactions.md 10).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from mock_dintero.core import provider_failure
from mock_dintero.core.operation import CAPTURABLE, capture_whole
from mock_dintero.core.provider_failure import Failure
from mock_dintero.core.record import Record
from mock_dintero.core.timestamps import moment, stamp
from mock_dintero.core.transaction import Transaction, append

AUTO_CAPTURE_WINDOW = timedelta(hours=48)
"""How long an automatic capture is tried. Source: configuration.auto_capture."""
AUTO_CAPTURE_INTERVAL = timedelta(hours=1)
"""Ours: Dintero does not say how often."""


class Job(Record):
    """Something to do at `due`. `operation` is an event that was accepted and is to be finished."""

    kind: ClassVar[str] = "job"

    intent: Literal["retry_auto_capture", "finish_operation"]
    transaction_id: str
    created_at: str
    due: str | None
    operation: dict[str, Any] | None = None

    @property
    def link(self) -> str:
        """The transaction it is about."""
        return self.transaction_id

    @property
    def due_at(self) -> str | None:
        """When it is done."""
        return self.due


def done(job: Job) -> Job:
    """Nothing is left to do."""
    return job.with_(due=None)


def retry_auto_capture(id: str, transaction: Transaction, now: datetime) -> Job:
    """The automatic capture has failed; it is tried again."""
    return Job(
        id=id, intent="retry_auto_capture", transaction_id=transaction.id, created_at=stamp(now),
        due=stamp(now + AUTO_CAPTURE_INTERVAL),
    )  # fmt: skip


def captured_again(
    job: Job, transaction: Transaction, failure: Failure | None, now: datetime
) -> tuple[Job, Transaction]:
    """One more try of the automatic capture. A manual capture or void in between has stopped it."""
    if transaction.status not in CAPTURABLE or transaction.total("CAPTURE"):
        return done(job), transaction
    after = capture_whole(transaction, now, failure)
    is_over = after.status not in CAPTURABLE
    too_late = now + AUTO_CAPTURE_INTERVAL > moment(job.created_at) + AUTO_CAPTURE_WINDOW
    if is_over or too_late:
        return done(job), after
    return job.with_(due=stamp(now + AUTO_CAPTURE_INTERVAL)), after


def finish_operation(id: str, transaction: Transaction, seconds: float, now: datetime) -> Job:
    """The provider has accepted an operation (the last event) and finishes it later."""
    return Job(
        id=id, intent="finish_operation", transaction_id=transaction.id, created_at=stamp(now),
        due=stamp(now + timedelta(seconds=seconds)),
        operation=transaction.events[-1].shown(),
    )  # fmt: skip


def finished(job: Job, transaction: Transaction, now: datetime) -> tuple[Job, Transaction]:
    """The provider is done: one more event, which names the one that it finishes.

    If the room is gone by then (captured or voided meanwhile), it fails. Source: transactions.md 10.
    """
    begun = job.operation or {}
    name = provider_failure.FINISHES[begun["event"]]
    amount = begun.get("amount") or 0
    left = transaction.left_to_refund if name == "REFUND" else transaction.left_to_capture
    failed = provider_failure.as_fields("refuse", name, None) if amount > left else {}
    known = {key: begun[key] for key in ("event_reference", "created_by") if key in begun}
    after = append(
        transaction, name, now,
        amount=amount, correlation_request_id=begun.get("request_id"), **known, **failed,
    )  # fmt: skip
    return done(job), after
