"""How a session ends without a payment: the merchant cancels it, or the customer walks away."""

from __future__ import annotations

from datetime import datetime

from mock_dintero.core.errors import NotCancellable, SessionCompleted
from mock_dintero.core.session import Session, cause_of_end, happened
from mock_dintero.core.timestamps import stamp
from mock_dintero.core.transaction import Transaction, append


def cancel(
    session: Session, transaction: Transaction | None, by: str, now: datetime
) -> tuple[Session, Transaction | None]:
    """`POST /v1/sessions/{id}/cancel`: void what is initiated or authorized, and close the session.

    Any other state of the transaction is refused. Cancelling twice is fine. An expired session can
    be cancelled (Magento does so with stale ones).
    """
    if session.cancelled_at:
        return session, transaction
    if transaction and transaction.status not in ("INITIATED", "AUTHORIZED"):
        raise NotCancellable(
            f"session {session.id} cannot be cancelled: its transaction is {transaction.status}; "
            "only INITIATED or AUTHORIZED can be (refund a captured one)"
        )
    closed = happened(
        session.without("payment", "pay_lock"), "CANCELLED", now,
        cancelled_by=by, cancelled_at=stamp(now),
    )  # fmt: skip
    return closed, _released(transaction, by, now) if transaction else None


def _released(transaction: Transaction, by: str, now: datetime) -> Transaction:
    """Nothing is reserved any more; unlike a void, an attempt that is under way is released too."""
    return append(transaction, "VOID", now, amount=transaction.left_to_capture, created_by=by)


def abandon(session: Session, now: datetime) -> Session:
    """`POST /v1/view/{sid}/session/abandon`: the customer goes back to the shop without paying."""
    cause = cause_of_end(session, now)
    if cause and cause not in ("CANCELLED", "EXPIRED"):
        raise SessionCompleted(f"session {session.id} cannot be abandoned: {cause}")
    if cause == "CANCELLED":
        return session
    return happened(session.without("payment", "pay_lock"), "CANCELLED", now)
