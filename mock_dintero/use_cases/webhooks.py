"""Account webhooks: subscriptions, and the deliveries that they cause."""

from __future__ import annotations

from itertools import islice

from mock_dintero.core import webhook as rules
from mock_dintero.core.callback import Callback
from mock_dintero.core.errors import NotFound
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction
from mock_dintero.core.webhook import Hook, NewHook
from mock_dintero.ports import Sandbox


def create(sandbox: Sandbox, account_id: str, body: NewHook, by: str) -> Hook:
    """Subscribe; a ping is sent at once."""
    now = sandbox.clock.now(account_id)
    hook = rules.new_hook(f"{account_id}.{sandbox.new_uuid()}", body, by, now)
    sandbox.hooked_accounts.add(account_id)
    ping = _ping(sandbox, hook)
    sandbox.store.save(hook, ping)
    sandbox.ring([ping])
    return hook


def ping(sandbox: Sandbox, account_id: str, hook_id: str) -> None:
    """Send a ping to this subscription. Raises NotFound."""
    made = _ping(sandbox, read(sandbox, account_id, hook_id))
    sandbox.store.save(made)
    sandbox.ring([made])


def _ping(sandbox: Sandbox, hook: Hook) -> Callback:
    now = sandbox.clock.now(hook.account_id)
    return rules.delivery(_id(sandbox, hook), hook, "ping", rules.shown(hook), "", now)


def _id(sandbox: Sandbox, hook: Hook) -> str:
    return f"{hook.account_id}.{sandbox.new_uuid()}"


def read(sandbox: Sandbox, account_id: str, hook_id: str) -> Hook:
    """A subscription, a deleted one too. Raises NotFound."""
    found = sandbox.store.load(Hook, f"{account_id}.{hook_id}")
    if found is None:
        raise NotFound(f"no webhook subscription {hook_id!r} in account {account_id}")
    return found


def search(
    sandbox: Sandbox, account_id: str, starting_after: str | None, *, include_deleted: bool
) -> list[Hook]:
    """All subscriptions, newest first. Raises NotFound if `starting_after` is not there."""
    after = read(sandbox, account_id, starting_after).id if starting_after else ""
    found = sandbox.store.newest(Hook, account_id, after=after)
    return [hook for hook in found if include_deleted or not hook.deleted_at]


def delete(sandbox: Sandbox, account_id: str, hook_id: str, by: str) -> Hook:
    """End a subscription. Raises NotFound."""
    hook = read(sandbox, account_id, hook_id)
    if hook.deleted_at:
        return hook
    gone = rules.deleted(hook, by, sandbox.clock.now(account_id))
    sandbox.store.save(gone)
    return gone


def deliveries_of(sandbox: Sandbox, account_id: str, hook_id: str, limit: int) -> list[Callback]:
    """What was sent to a subscription, newest first. Raises NotFound."""
    hook = read(sandbox, account_id, hook_id)
    sent = (c for c in sandbox.store.newest(Callback, account_id) if c.hook_id == hook.id)
    return list(islice(sent, limit))


def delivery_of(sandbox: Sandbox, account_id: str, hook_id: str, delivery_id: str) -> Callback:
    """One delivery. Raises NotFound."""
    hook = read(sandbox, account_id, hook_id)
    found = sandbox.store.load(Callback, f"{account_id}.{delivery_id}")
    if found is None or found.hook_id != hook.id:
        raise NotFound(f"no delivery {delivery_id!r} of subscription {hook_id!r}")
    return found


def deliveries(
    sandbox: Sandbox,
    session: Session,
    transaction: Transaction | None,
    error: str | None,
    *,
    is_outcome: bool,
) -> tuple[Callback, ...]:
    """A delivery for each subscription and each event of this moment that it wants."""
    account_id = session.account_id
    if account_id not in sandbox.hooked_accounts:
        return ()
    now = sandbox.clock.now(account_id)
    occasions = rules.occasions(session, transaction, error, is_outcome)
    tid = transaction.id if transaction else None
    return tuple(
        rules.delivery(_id(sandbox, hook), hook, event, content, session.id, now, tid)
        for hook in sandbox.store.oldest(Hook, account_id)
        if hook.active and not hook.deleted_at
        for event, content in occasions.items()
        if event in hook.events
    )


def signed(sandbox: Sandbox, callback: Callback) -> tuple[str, dict[str, str]]:
    """The signature, if the subscription has a secret, and the headers of a delivery."""
    headers = {
        "event": callback.event or "",
        "event-delivery": callback.delivery_id,
        "content-type": "application/json",
        "user-agent": f"Dintero-Hook/{callback.delivery_id[:8]}",
    }
    hook = sandbox.store.load(Hook, callback.hook_id or "")
    secret = hook.config.secret if hook else None
    if secret is None or secret.value is None:
        return "", headers
    if secret.type == "Authorization":
        return "", {**headers, "authorization": secret.value}
    signature = rules.signature(secret.value, callback.body or "")
    return signature, {**headers, "event-signature": signature}


def counted(sandbox: Sandbox, callback: Callback) -> tuple[Hook, ...]:
    """The subscription after a delivery that has come to its end; nothing for all else."""
    if callback.at != "webhook" or callback.state not in ("delivered", "failed"):
        return ()
    hook = sandbox.store.load(Hook, callback.hook_id or "")
    if hook is None or hook.deleted_at:
        return ()
    after = rules.after_delivery(hook, callback, sandbox.clock.now(hook.account_id))
    return () if after is hook else (after,)


def remember(sandbox: Sandbox, account_id: str) -> None:
    """Note whether the account has subscriptions, so that a payment without any asks no store."""
    if next(sandbox.store.oldest(Hook, account_id), None):
        sandbox.hooked_accounts.add(account_id)
    else:
        sandbox.hooked_accounts.discard(account_id)
