"""Account webhooks: subscriptions, what each event carries, and how it is signed.

These rules are not those of a session's callback_url. Source: transactions.md 12.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections import deque
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from mock_dintero.core.callback import Callback
from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.record import Flag, Part, Record
from mock_dintero.core.session import HttpUrl, Session
from mock_dintero.core.timestamps import stamp
from mock_dintero.core.transaction import Transaction

EVENTS = frozenset({
    "account_add", "account_update", "account_store_add", "account_store_update",
    "account_store_delete", "receipt_add", "receipt_update", "customer_add", "customer_update",
    "customer_delete", "customer_change_password", "token_add", "token_remove", "transaction",
    "wallet_transaction", "discount_add", "discount_update", "discount_delete",
    "discount_add_customers", "discount_customer_update", "shopping_draft_add",
    "shopping_draft_update", "shopping_draft_complete", "shopping_order_update",
    "shopping_order_event_add", "shopping_order_delete", "settlement_add", "location_add",
    "location_delete", "location_update", "cdd_case_update", "approval_payout_destination_update",
    "approval_payout_destination_delete", "checkout_authorization", "checkout_transaction",
    "checkout_token_add", "checkout_token_update", "checkout_token_delete",
})  # fmt: skip
"""What may be subscribed to; the sandbox sends checkout_authorization, checkout_transaction and ping."""

FAILURES_BEFORE_DELETION = 5
"""Deliveries given up in a row before the subscription is deleted. Ours: Dintero gives no number."""
PLACEHOLDER = "********"


class HookSecret(Part):
    """How deliveries prove where they come from."""

    type: Literal["HMAC-SHA1", "Authorization", "AWS4-HMAC-SHA256"]
    value: str | None = None


class HookConfig(Part):
    """Where deliveries go."""

    url: HttpUrl
    content_type: Literal["application/json"] | None = None
    secret: HookSecret | None = None
    insecure_ssl: Literal[0, 1] | None = None


class NewHook(Part):
    """Body of the creation of a subscription."""

    config: HookConfig
    events: Annotated[tuple[str, ...], Field(min_length=1)]
    active: Flag | None = None
    fields: str | None = None
    exclude_fields: tuple[str, ...] | None = None


class Hook(Record):
    """A subscription. Its id in answers is the part behind the account."""

    kind: ClassVar[str] = "hook"

    config: HookConfig
    events: tuple[str, ...]
    active: bool
    created_at: str
    created_by: str
    fields: str | None = None
    exclude_fields: tuple[str, ...] | None = None
    updated_at: str | None = None
    deleted_at: str | None = None
    deleted_by: str | None = None
    failures: int = 0


def new_hook(id: str, body: NewHook, by: str, now: datetime) -> Hook:
    """A subscription. Raises InvalidRequest for an event that does not exist, or AWS signatures."""
    unknown = [event for event in body.events if event not in EVENTS]
    if unknown:
        raise InvalidRequest(f"events: {unknown[0]!r} is none of {', '.join(sorted(EVENTS))}")
    if body.config.secret and body.config.secret.type == "AWS4-HMAC-SHA256":
        raise InvalidRequest("config.secret.type: AWS4-HMAC-SHA256 is not played by this sandbox")
    optional = {"fields": body.fields, "exclude_fields": body.exclude_fields}
    return Hook(
        id=id, config=body.config, events=body.events, active=body.active is not False,
        created_at=stamp(now), created_by=by,
        **{name: value for name, value in optional.items() if value is not None},
    )  # fmt: skip


def shown(hook: Hook) -> dict[str, Any]:
    """As merchants see it: short id, no failures, and a placeholder for the secret."""
    values = hook.shown() | {"id": hook.id.partition(".")[2]}
    values.pop("failures", None)
    secret = values["config"].get("secret")
    if secret and "value" in secret:
        secret["value"] = PLACEHOLDER
    return values


def deleted(hook: Hook, by: str, now: datetime) -> Hook:
    """No deliveries any more; the record stays for `include_deleted`."""
    return hook.with_(active=False, deleted_at=stamp(now), deleted_by=by)


def after_delivery(hook: Hook, callback: Callback, now: datetime) -> Hook:
    """Count deliveries that were given up in a row; too many delete the subscription."""
    if callback.state == "delivered":
        return hook.with_(failures=0) if hook.failures else hook
    counted = hook.with_(failures=hook.failures + 1)
    return (
        deleted(counted, "dintero", now)
        if counted.failures >= FAILURES_BEFORE_DELETION
        else counted
    )


def signature(secret: str, body: str) -> str:
    """`event-signature`: HMAC-SHA1 of the raw body, in hex."""
    return hmac.new(secret.encode(), body.encode(), hashlib.sha1).hexdigest()


def occasions(
    session: Session, transaction: Transaction | None, error: str | None, is_outcome: bool
) -> dict[str, dict[str, Any]]:
    """The events of this moment and what each carries."""
    found: dict[str, dict[str, Any]] = {}
    changed = {"transaction": transaction.shown()} if transaction else {}
    if is_outcome:
        authorization = {
            "merchant_reference": session.order.merchant_reference,
            "session_id": session.id,
        }
        authorization |= {"transaction_id": transaction.id} if transaction else {}
        authorization |= {"error": error} if error else {}
        found["checkout_authorization"] = {"authorization": authorization, **changed}
    if transaction:
        found["checkout_transaction"] = changed
    return found


def delivery(
    id: str,
    hook: Hook,
    event: str,
    content: dict[str, Any],
    session_id: str,
    now: datetime,
    transaction_id: str | None = None,
) -> Callback:
    """The POST that tells of an event, cut by the subscription's field masks."""
    body = {
        "account_id": hook.account_id,
        "event": event,
        "event_delivery": id.partition(".")[2],
        **content,
    }
    if hook.fields and event != "ping":
        body = masked(body, parse_mask(hook.fields))
    for path in hook.exclude_fields or ():
        body = _without(body, path.split("."))
    return Callback(
        id=id, at="webhook", session_id=session_id, transaction_id=transaction_id,
        method="POST", url=hook.config.url,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        created_at=stamp(now), due=stamp(now), event=event, hook_id=hook.id,
    )  # fmt: skip


Mask = dict[str, "Mask"]


def parse_mask(text: str) -> Mask:
    """`a,b`, `a/b`, `a(b,c)` and `*` as a tree; an empty branch is the whole value."""
    words = deque(re.findall(r"[^,/()\s]+|[,/()]", text))

    def below() -> Mask:
        if words and words[0] == "/":
            words.popleft()
            return {words.popleft() if words else "*": below()}
        if words and words[0] == "(":
            words.popleft()
            tree = several()
            if words:
                words.popleft()
            return tree
        return {}

    def several() -> Mask:
        tree: Mask = {}
        while words and words[0] != ")":
            word = words.popleft()
            if word != ",":
                tree[word] = {**tree.get(word, {}), **below()}
        return tree

    return several()


def masked(value: Any, mask: Mask) -> Any:
    """What the mask leaves of a value; lists are cut entry by entry."""
    if not mask:
        return value
    if isinstance(value, list):
        return [masked(one, mask) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: masked(one, mask.get(name, mask.get("*", {})))
        for name, one in value.items()
        if name in mask or "*" in mask
    }


def _without(value: Any, path: list[str]) -> Any:
    """Without a field, at the top of the event's content or below (`billing_address`)."""
    if isinstance(value, list):
        return [_without(one, path) for one in value]
    if not isinstance(value, dict):
        return value
    name, rest = path[0], path[1:]
    if name in value and not rest:
        return {key: one for key, one in value.items() if key != name}
    return {key: _without(one, rest if key == name else path) for key, one in value.items()}
