"""Updates of an authorization: four uses of one endpoint, told apart by product, status and body.

Source: description of `POST /v1/transactions/{id}/authorization` (transactions.md 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from mock_dintero.core import payment
from mock_dintero.core.errors import (
    AuthorizationConflict,
    InvalidOrderAmount,
    InvalidRequest,
    NotUpdatable,
)
from mock_dintero.core.operation import CAPTURABLE
from mock_dintero.core.order import Item, items_amount
from mock_dintero.core.provider_failure import Failure
from mock_dintero.core.record import Amount, Flag, Part
from mock_dintero.core.session import Session
from mock_dintero.core.timestamps import stamp
from mock_dintero.core.transaction import Transaction, append

EXTENSION = timedelta(days=28)
"""How long Klarna reserves, counted from the extension. The window of day 20 to 28 is not enforced (ours)."""


class AuthorizationBody(Part):
    """Body of an authorization update; which fields count depends on the use. It may be left out."""

    amount: Amount | None = None
    items: tuple[Item, ...] | None = None
    final_authorization: Flag | None = None
    reason: str | None = None
    reference: str | None = None
    description: str | None = None


def update(
    transaction: Transaction, body: AuthorizationBody, by: str, now: datetime
) -> Transaction:
    """Extend, change the total, or finalize; the ledger gets one more AUTHORIZE.

    Raises NotUpdatable for a method that has no such use, AuthorizationConflict (409) if it is too
    late, InvalidRequest or InvalidOrderAmount for what is wrong in the body.
    """
    if transaction.payment_product == "klarna":
        change = body.amount is not None
        return change_amount(transaction, body, by, now) if change else extend(
            transaction, body, by, now
        )  # fmt: skip
    if transaction.payment_product == "dintero_psp":
        return update_pre_authorization(transaction, body, by, now)
    raise NotUpdatable(
        f"the authorization of {transaction.payment_product_type} cannot be updated; those of "
        "klarna.klarna, klarna.billie, dintero.external and dintero_psp can"
    )


def is_approval(transaction: Transaction) -> bool:
    """Whether the update is the merchant's word that it has the money (`payment_product` dintero)."""
    return transaction.payment_product_type == "dintero.external"


def approve_held(
    session: Session,
    transaction: Transaction,
    body: AuthorizationBody,
    by: str,
    now: datetime,
    failure: Failure | None = None,
) -> tuple[Session, Transaction]:
    """An external payment that was ON_HOLD is AUTHORIZED; the session is told, too.

    Amount and items are optional and only checked: they must be those of the order. `failure` is how
    the provider fails an automatic capture.
    """
    if transaction.status != "ON_HOLD":
        raise AuthorizationConflict(
            f"only what is ON_HOLD can be approved, this transaction is {transaction.status}"
        )
    if body.amount is not None and body.amount != transaction.amount:
        raise InvalidOrderAmount(f"amount: the order is {transaction.amount}, not {body.amount}")
    _require_sum(transaction.amount, body.items)
    paid, approved = payment.decide(session, transaction, "approve", now, failure)
    old = len(transaction.events)
    known = {"created_by": by, **({"event_reference": body.reference} if body.reference else {})}
    told = approved.events[old].with_(**known)
    events = (*approved.events[:old], told, *approved.events[old + 1 :])
    return paid, approved.with_(events=events)


def extend(
    transaction: Transaction, body: AuthorizationBody, by: str, now: datetime
) -> Transaction:
    """Klarna reserves for longer. Without `amount`; `reason` and `reference` are required."""
    if transaction.payment_product_type != "klarna.klarna":
        raise NotUpdatable("only klarna.klarna can be extended; send amount to change the total")
    _require_open(transaction)
    missing = [name for name in ("reason", "reference") if not getattr(body, name)]
    if missing:
        raise InvalidRequest(
            f"Missing required property: {missing[0]} (or send amount to change the total)",
            [{"code": "OBJECT_MISSING_REQUIRED_PROPERTY", "path": [name],
              "message": f"Missing required property: {name}"} for name in missing],
        )  # fmt: skip
    metadata = {
        "klarna:authorization_expiration": stamp(now + EXTENSION),
        "klarna:authorization_expiration_reason": body.reason,
        "klarna:authorization_expiration_reference": body.reference,
    }
    return append(
        transaction, "AUTHORIZE", now,
        created_by=by, event_reference=body.reference, metadata=metadata,
    )  # fmt: skip


def change_amount(
    transaction: Transaction, body: AuthorizationBody, by: str, now: datetime
) -> Transaction:
    """Klarna's order gets a new total, up or down, but never below what is captured already."""
    _require_open(transaction)
    return _with_amount(transaction, body, by, now)


def update_pre_authorization(
    transaction: Transaction, body: AuthorizationBody, by: str, now: datetime
) -> Transaction:
    """Raise what is reserved, or set the final amount: higher, lower or equal. Nothing follows the final.

    A payment that was not made with `pre_authorization` is refused: it is final from the start.
    """
    if transaction.pre_authorization is None:
        raise NotUpdatable(
            "this payment is no pre-authorization; start one with POST /v1/sessions/pay and "
            "session.configuration.pre_authorization"
        )
    if transaction.pre_authorization == "final":
        raise AuthorizationConflict("the final amount was set already, nothing can follow it")
    _require_open(transaction)
    if not body.final_authorization:
        if body.amount is None:
            raise InvalidRequest("send amount, final_authorization or both")
        if body.amount <= transaction.amount:
            raise InvalidRequest(
                f"amount must be above {transaction.amount}, not {body.amount}; "
                "only final_authorization may keep or lower it"
            )
    updated = _with_amount(transaction, body, by, now)
    return updated.with_(pre_authorization="final") if body.final_authorization else updated


def _require_open(transaction: Transaction) -> None:
    if transaction.status not in CAPTURABLE:
        raise AuthorizationConflict(
            f"the authorization of a transaction that is {transaction.status} cannot be updated; "
            f"it must be {' or '.join(CAPTURABLE)}"
        )


def _with_amount(
    transaction: Transaction, body: AuthorizationBody, by: str, now: datetime
) -> Transaction:
    """The new total and, where the transaction has items, the new items that add up to it."""
    amount = transaction.amount if body.amount is None else body.amount
    if amount <= 0:
        raise InvalidRequest(f"amount must be above 0, not {amount}; to release it all, void")
    if amount < transaction.total("CAPTURE"):
        raise InvalidRequest(
            f"amount: {transaction.total('CAPTURE')} is captured already, the total cannot be {amount}"
        )
    if body.amount is not None and transaction.items and not body.items:
        raise InvalidRequest(
            "items is required: the transaction has items, and theirs must be the new amount"
        )
    _require_sum(amount, body.items)
    changed: dict[str, Any] = {"amount": amount}
    if body.items:
        changed["items"] = body.items
    return append(
        transaction.with_(**changed), "AUTHORIZE", now,
        amount=amount, items=body.items, created_by=by, event_reference=body.reference,
    )  # fmt: skip


def _require_sum(amount: int, items: Sequence[Item] | None) -> None:
    if items and items_amount(items) != amount:
        raise InvalidOrderAmount(f"items add up to {items_amount(items)}, amount is {amount}")
