"""What a tester wants to go wrong, and when it does."""

from __future__ import annotations

from mock_dintero.core import fault as rules
from mock_dintero.core.fault import Fault, NewFault
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases.merchant_account import open_account


def waiting(sandbox: Sandbox, account_id: str) -> list[Fault]:
    """The faults that still strike, in the order in which they were asked for."""
    return [fault for fault in sandbox.store.oldest(Fault, account_id) if fault.left]


def replace(sandbox: Sandbox, account_id: str, asked: tuple[NewFault, ...]) -> list[Fault]:
    """The whole list anew; an empty one ends all faults."""
    open_account(sandbox, account_id)
    ended = [fault.with_(left=0) for fault in waiting(sandbox, account_id)]
    made = [rules.new_fault(f"{account_id}.{sandbox.new_uuid()}", one) for one in asked]
    sandbox.store.save(*ended, *made)
    remember(sandbox, account_id)
    return made


def remember(sandbox: Sandbox, account_id: str) -> None:
    """Note whether the account has faults at all, so that a call without any asks no store."""
    if waiting(sandbox, account_id):
        sandbox.faulty_accounts.add(account_id)
    else:
        sandbox.faulty_accounts.discard(account_id)


def strike(sandbox: Sandbox, account_id: str, method: str, path: str) -> Fault | None:
    """The first fault that meets this call; it counts as used."""
    if account_id not in sandbox.faulty_accounts:
        return None
    met = (fault for fault in waiting(sandbox, account_id) if rules.meets(fault, method, path))
    fault = next(met, None)
    if fault is None:
        return None
    sandbox.store.save(rules.struck(fault))
    remember(sandbox, account_id)
    return fault
