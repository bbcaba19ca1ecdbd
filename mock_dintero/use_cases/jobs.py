"""What Dintero does later by itself: captures tried again, operations that the provider finishes."""

from __future__ import annotations

import logging

from mock_dintero.core import job as rules
from mock_dintero.core.call import Call, noted
from mock_dintero.core.fault import Facts
from mock_dintero.core.job import Job
from mock_dintero.core.provider_failure import Failure
from mock_dintero.core.session import Session
from mock_dintero.core.timestamps import stamp
from mock_dintero.core.transaction import Transaction
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import faults, outbox

log = logging.getLogger(__name__)

AT_ONCE = ("refuse", "time_out")
"""What can happen to an automatic capture; `pending` is an answer to who asks for the operation."""


def provider_failure(
    sandbox: Sandbox, transaction: Transaction, operation: str, *do: str
) -> Failure | None:
    """What a tester wants the provider to do instead of this operation; one of `do`, if any are named."""
    facts = Facts(
        session_id=transaction.session_id, transaction_id=transaction.id,
        merchant_reference=transaction.merchant_reference, operation=operation,
    )  # fmt: skip
    return failure_at(sandbox, transaction.account_id, facts, *do)


def failure_at(sandbox: Sandbox, account_id: str, facts: Facts, *do: str) -> Failure | None:
    """The same, where there is no transaction yet."""
    fault = faults.strike(sandbox, account_id, "payment", facts, *do)
    return Failure(fault.do, fault.message, fault.seconds) if fault else None


def auto_capture_failure(
    sandbox: Sandbox, session: Session, transaction: Transaction
) -> Failure | None:
    """How the provider fails the automatic capture that follows an approval; None if there is none."""
    if not session.configuration.auto_capture:
        return None
    return provider_failure(sandbox, transaction, "capture", *AT_ONCE)


def after_auto_capture(sandbox: Sandbox, session: Session, paid: Transaction) -> tuple[Job, ...]:
    """An automatic capture that failed is tried again; anything else needs nothing."""
    last = paid.events[-1]
    if not session.configuration.auto_capture or last.event != "CAPTURE" or last.success:
        return ()
    now = sandbox.clock.now(paid.account_id)
    return (rules.retry_auto_capture(_id(sandbox, paid), paid, now),)


def to_finish(sandbox: Sandbox, begun: Transaction, failure: Failure | None) -> tuple[Job, ...]:
    """The provider has only accepted the last event: it finishes it later."""
    if not failure or not failure.is_pending:
        return ()
    now = sandbox.clock.now(begun.account_id)
    return (rules.finish_operation(_id(sandbox, begun), begun, failure.seconds, now),)


def _id(sandbox: Sandbox, transaction: Transaction) -> str:
    return f"{transaction.account_id}.{sandbox.new_uuid()}"


def run_due(sandbox: Sandbox, account_id: str) -> int:
    """Do all that is due; answers with how much it was."""
    now = stamp(sandbox.clock.now(account_id))
    due = sandbox.store.due(Job, account_id, now)
    for job in due:
        try:
            _run(sandbox, job)
        except Exception:  # one that cannot be done must not stop all that comes after it
            log.exception("a job could not be done and is given up: %s", job)
            sandbox.store.save(rules.done(job))
    return len(due)


def _run(sandbox: Sandbox, job: Job) -> None:
    """Job, transaction and the callback that `report_event` asks for are saved as one."""
    before = sandbox.store.load(Transaction, job.transaction_id)
    if before is None:
        sandbox.store.save(rules.done(job))
        return
    now = sandbox.clock.now(job.account_id)
    if job.intent == "finish_operation":
        later, after = rules.finished(job, before, now)
    else:
        failure = provider_failure(sandbox, before, "capture", *AT_ONCE)
        later, after = rules.captured_again(job, before, failure, now)
    if after is before:
        sandbox.store.save(later)
        return
    after = noted(after, Call(str(sandbox.new_uuid())), before)
    session = sandbox.store.load(Session, after.session_id)
    event = after.events[-1]
    told = outbox.new_callback(sandbox, session, after, event=event) if session else ()
    sandbox.store.save(later, after, *told)
    sandbox.ring(told)
