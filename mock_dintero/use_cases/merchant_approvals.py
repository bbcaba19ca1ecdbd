"""What a marketplace does with its sellers: submit one for approval, list them."""

from __future__ import annotations

from mock_dintero.core import approval as rules
from mock_dintero.core.approval import Approval, NewApproval
from mock_dintero.ports import Sandbox


def find(sandbox: Sandbox, account_id: str, payout_destination_id: str) -> Approval | None:
    """The case of a seller."""
    found = sandbox.store.newest(Approval, account_id, reference=payout_destination_id)
    return next(found, None)


def submit(sandbox: Sandbox, account_id: str, body: NewApproval, by: str) -> Approval:
    """A new case, or the same seller's case decided anew."""
    now = sandbox.clock.now(account_id)
    known = find(sandbox, account_id, body.payout_destination_id)
    if known:
        case = rules.submitted_again(known, body, now)
    else:
        case = rules.new_approval(f"{account_id}.{sandbox.new_uuid()}", body, by, now)
    sandbox.store.save(case)
    return case


def search(
    sandbox: Sandbox,
    account_id: str,
    payout_destination_id: str | None,
    statuses: frozenset[str],
) -> list[Approval]:
    """All cases that fit, newest first (ours)."""
    cases = sandbox.store.newest(Approval, account_id)
    return [case for case in cases if rules.fits(case, payout_destination_id, statuses)]
