"""What a merchant does with payments: read, list, capture, refund, void, name."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from mock_dintero.core import authorization
from mock_dintero.core import operation as rules
from mock_dintero.core.authorization import AuthorizationBody
from mock_dintero.core.call import Call, noted, noted_on_session
from mock_dintero.core.errors import NotFound
from mock_dintero.core.operation import CaptureBody, RefundBody, TransactionUpdate
from mock_dintero.core.provider_failure import Failure
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction
from mock_dintero.core.transaction_search import TransactionFilter, fits
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import jobs, outbox

Inspect = Callable[[Transaction], None]
"""Shown the transaction before it changes; what it raises stops the change."""


def read(sandbox: Sandbox, account_id: str, id: str) -> Transaction:
    """The transaction. Raises NotFound, also for another account's."""
    transaction = sandbox.store.load(Transaction, id) if id.startswith(account_id) else None
    if transaction is None:
        raise NotFound(f"no transaction {id!r} in account {account_id}")
    return transaction


def read_text(sandbox: Sandbox, account_id: str, id: str) -> str:
    """The transaction as JSON. Raises NotFound."""
    is_ours = id.startswith(account_id)
    text = sandbox.store.text(Transaction, id, Transaction.PRIVATE) if is_ours else None
    if text is None:
        raise NotFound(f"no transaction {id!r} in account {account_id}")
    return text


def session_of(sandbox: Sandbox, transaction: Transaction) -> Session | None:
    """The session a transaction came from."""
    return sandbox.store.load(Session, transaction.session_id)


def search(
    sandbox: Sandbox,
    account_id: str,
    wanted: TransactionFilter,
    limit: int,
    starting_after: str | None,
) -> list[Transaction]:
    """A page of transactions, newest first (ours); `starting_after` is the last id of the page before.

    Raises NotFound if that id is not in the account.
    """
    if starting_after is not None:
        read(sandbox, account_id, starting_after)
    link = wanted.session_id[0] if len(wanted.session_id) == 1 else ""
    reference = wanted.merchant_reference or ""
    found = sandbox.store.newest(
        Transaction, account_id, reference=reference, link=link, after=starting_after or ""
    )
    return list(islice((t for t in found if fits(t, wanted)), limit))


def capture(
    sandbox: Sandbox,
    account_id: str,
    id: str,
    body: CaptureBody,
    call: Call,
    inspect: Inspect = lambda transaction: None,
) -> Transaction:
    """Take money. Raises InvalidTransactionStatus, AmountTooHigh."""
    current = read(sandbox, account_id, id)
    inspect(current)
    now = sandbox.clock.now(account_id)
    after = rules.capture(current, body, call.by, now)  # what is wrong in itself uses up no fault
    failure = jobs.provider_failure(sandbox, current, "capture")
    if failure:
        after = rules.capture(current, body, call.by, now, failure)
    return _save(sandbox, current, after, call, failure)


def refund(
    sandbox: Sandbox,
    account_id: str,
    id: str,
    body: RefundBody,
    call: Call,
    inspect: Inspect = lambda transaction: None,
) -> Transaction:
    """Give money back. Raises InvalidTransactionStatus, AmountTooHigh."""
    current = read(sandbox, account_id, id)
    inspect(current)
    now = sandbox.clock.now(account_id)
    after = rules.refund(current, body, call.by, now)
    failure = jobs.provider_failure(sandbox, current, "refund")
    if failure:
        after = rules.refund(current, body, call.by, now, failure)
    return _save(sandbox, current, after, call, failure)


def void(sandbox: Sandbox, account_id: str, id: str, call: Call) -> Transaction:
    """Release what is reserved. Raises InvalidTransactionStatus."""
    current = read(sandbox, account_id, id)
    now = sandbox.clock.now(account_id)
    after = rules.void(current, call.by, now)
    failure = jobs.provider_failure(sandbox, current, "void")
    if failure:
        after = rules.void(current, call.by, now, failure)
    return _save(sandbox, current, after, call, failure)


def authorize(
    sandbox: Sandbox, account_id: str, id: str, body: AuthorizationBody, call: Call
) -> Transaction:
    """Update the authorization. Raises NotUpdatable, AuthorizationConflict.

    What was ON_HOLD and is approved is told like a payment, not like an operation: without `event`.
    """
    current = read(sandbox, account_id, id)
    now = sandbox.clock.now(account_id)
    session = session_of(sandbox, current)
    if session is None or not authorization.is_approval(current):
        after = authorization.update(current, body, call.by, now)
        return _save(sandbox, current, after, call)
    paid, approved = authorization.approve_held(session, current, body, call.by, now)
    failure = jobs.auto_capture_failure(sandbox, session, current)
    if failure:
        paid, approved = authorization.approve_held(session, current, body, call.by, now, failure)
    after = noted(approved, call, current)
    told = outbox.new_callback(sandbox, paid, after)
    again = jobs.after_auto_capture(sandbox, paid, after)
    sandbox.store.save(noted_on_session(paid, call, session), after, *told, *again)
    sandbox.ring(told)
    if again:
        sandbox.wake()
    return after


def _save(
    sandbox: Sandbox,
    before: Transaction,
    after: Transaction,
    call: Call,
    failure: Failure | None = None,
) -> Transaction:
    """Save together with the callback that `report_event` asks for, or with what is left to finish."""
    transaction = noted(after, call, before)
    session = session_of(sandbox, transaction)
    event = transaction.events[-1]
    told = outbox.new_callback(sandbox, session, transaction, event=event) if session else ()
    later = jobs.to_finish(sandbox, transaction, failure)
    sandbox.store.save(transaction, *told, *later)
    sandbox.ring(told)
    if later:
        sandbox.wake()
    return transaction


def name(sandbox: Sandbox, account_id: str, id: str, body: TransactionUpdate) -> Transaction:
    """Set `merchant_reference_2`."""
    current = read(sandbox, account_id, id)
    now = sandbox.clock.now(account_id)
    named = rules.set_reference(current, body.merchant_reference_2, now)
    if named is not current:
        sandbox.store.save(named)
    return named
