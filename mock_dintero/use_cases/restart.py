"""A sandbox that starts with a store that somebody has used: everything goes on where it was."""

from __future__ import annotations

from mock_dintero.core.callback import Callback
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import clock, faults, outbox, shop_questions, webhooks


def wake_up(sandbox: Sandbox) -> None:
    """Clocks stand as they stood, faults strike, callbacks that were on their way are sent again."""
    for account_id in sandbox.store.accounts():
        remember(sandbox, account_id)
    shop_questions.give_up(sandbox, outbox.release_stranded(sandbox))


def remember(sandbox: Sandbox, account_id: str) -> None:
    """What this process keeps in mind of an account beside the store."""
    clock.remember(sandbox, account_id)
    faults.remember(sandbox, account_id)
    webhooks.remember(sandbox, account_id)
    waiting = sandbox.store.due(Callback, account_id, "9999")
    if any(one.held_for for one in waiting):
        sandbox.held_accounts.add(account_id)
