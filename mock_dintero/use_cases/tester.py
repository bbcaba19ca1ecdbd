"""What a tester does: look into the sandbox, decide for a provider, empty it."""

from __future__ import annotations

from itertools import islice

from mock_dintero.core import payment
from mock_dintero.core.call import Call, noted
from mock_dintero.core.callback import Callback
from mock_dintero.core.errors import NotFound
from mock_dintero.core.ids import account_of
from mock_dintero.core.outcome import REFUSALS, Decision
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import carrying, jobs, outbox


def deliveries(sandbox: Sandbox, account_id: str, session_id: str = "") -> list[Callback]:
    """Every callback of an account (or of one session) with every attempt, oldest first."""
    return list(sandbox.store.oldest(Callback, account_id, link=session_id))


def delivery(sandbox: Sandbox, id: str) -> Callback:
    """One callback by its id. Raises NotFound."""
    found = sandbox.store.load(Callback, id)
    if found is None:
        raise NotFound(f"no delivery {id!r}")
    return found


def session(sandbox: Sandbox, id: str) -> Session:
    """Any session, whatever its state. Raises NotFound."""
    found = sandbox.store.load(Session, id) if account_of(id) else None
    if found is None:
        raise NotFound(f"no session {id!r}")
    return found


def sessions(sandbox: Sandbox, account_id: str, limit: int) -> list[Session]:
    """The newest sessions of an account."""
    return list(islice(sandbox.store.newest(Session, account_id), limit))


def transaction(sandbox: Sandbox, id: str) -> Transaction:
    """Any transaction, whatever its state. Raises NotFound."""
    found = sandbox.store.load(Transaction, id) if account_of(id) else None
    if found is None:
        raise NotFound(f"no transaction {id!r}")
    return found


def decide(sandbox: Sandbox, id: str, decision: Decision) -> Transaction:
    """Play the provider that decides about a payment ON_HOLD; the shop is called back once more.

    A refusal is told only to who asked for errors (`report_error`), as any other.
    """
    held = transaction(sandbox, id)
    now = sandbox.clock.now(held.account_id)
    before = session(sandbox, held.session_id)
    approves = decision == "approve" and held.status == "ON_HOLD"
    failure = jobs.auto_capture_failure(sandbox, before, held) if approves else None
    after, decided = payment.decide(before, held, decision, now, failure)
    decided = noted(decided, Call(str(sandbox.new_uuid())), held)
    error = REFUSALS["reject"].error if decision == "reject" else None
    told = outbox.new_callback(sandbox, after, decided, error=error)
    again = jobs.after_auto_capture(sandbox, after, decided)
    sandbox.store.save(after, decided, *told, *again)
    sandbox.ring(told)
    if again:
        sandbox.wake()
    return decided


def _release_waiting(sandbox: Sandbox, account_id: str) -> None:
    """Who pauses, or is held back until another question has overtaken it, gives up."""
    if emptied := sandbox.emptied.pop(account_id, None):
        emptied.set()
    for session_id in [one for one in sandbox.overtaken if one.startswith(account_id)]:
        sandbox.overtaken.pop(session_id).set()


async def reset(sandbox: Sandbox, account_id: str) -> dict[str, int]:
    """Empty a namespace: nothing waits any more, what is in flight has landed, the clock is back."""
    counts = sandbox.store.clear(account_id)
    sandbox.faulty_accounts.pop(account_id, None)
    sandbox.hooked_accounts.discard(account_id)
    _release_waiting(sandbox, account_id)
    await carrying.settle(sandbox, account_id)
    _release_waiting(sandbox, account_id)
    for kind, number in sandbox.store.clear(account_id).items():
        counts[kind] = counts.get(kind, 0) + number
    sandbox.clock.reset(account_id)
    for accounts in (sandbox.hooked_accounts, sandbox.held_accounts):
        accounts.discard(account_id)
    sandbox.faulty_accounts.pop(account_id, None)
    return counts
