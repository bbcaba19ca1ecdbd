"""What Dintero does later by itself: captures tried again, operations that the provider finishes."""

from __future__ import annotations

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


def provider_failure(sandbox: Sandbox, transaction: Transaction, operation: str) -> Failure | None:
    """What a tester wants the provider to do instead of this operation."""
    account_id = transaction.account_id
    if account_id not in sandbox.faulty_accounts:
        return None
    facts = Facts(
        session_id=transaction.session_id, transaction_id=transaction.id,
        merchant_reference=transaction.merchant_reference, operation=operation,
    )  # fmt: skip
    fault = faults.strike(sandbox, account_id, "payment", facts)
    return Failure(fault.do, fault.message, fault.seconds) if fault else None


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
        _run(sandbox, job)
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
        failure = provider_failure(sandbox, before, "capture")
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
