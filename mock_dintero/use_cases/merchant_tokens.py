"""What a merchant does with saved cards: look at them, delete them, ask for one, charge one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from mock_dintero.core import card_token, merchant_payment, token_session
from mock_dintero.core.call import Call, noted, noted_on_session
from mock_dintero.core.callback import visible
from mock_dintero.core.card_token import CardToken, DeletionBody
from mock_dintero.core.errors import NotFound
from mock_dintero.core.fault import Facts
from mock_dintero.core.ids import checkout_id
from mock_dintero.core.merchant_payment import MerchantPayment
from mock_dintero.core.provider_failure import Failure
from mock_dintero.core.session import Customer, Session
from mock_dintero.core.token_session import NewTokenSession
from mock_dintero.core.transaction import Transaction
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import jobs, outbox


@dataclass(frozen=True)
class TokenFilter:
    """Which tokens a list shows; deleted ones only when they are asked for."""

    customer_id: str | None = None
    relationship_id: str | None = None
    status: tuple[str, ...] = ()
    include_deleted: bool = False

    def fits(self, token: CardToken) -> bool:
        """Whether all conditions hold."""
        wants_deleted = self.include_deleted or "DELETED" in self.status
        return (
            (wants_deleted or token.status != "DELETED")
            and (not self.status or token.status in self.status)
            and self.customer_id in (None, token.customer_id)
            and self.relationship_id in (None, token.relationship_id)
        )


def read(sandbox: Sandbox, account_id: str, id: str) -> CardToken:
    """The token, also a deleted one. Raises NotFound, also for another account's."""
    token = sandbox.store.load(CardToken, id) if id.startswith(account_id) else None
    if token is None:
        raise NotFound(f"no card token {id!r} in account {account_id}")
    return token


def search(
    sandbox: Sandbox, account_id: str, wanted: TokenFilter, limit: int, starting_after: str | None
) -> list[CardToken]:
    """A page of tokens, newest first (ours). Raises NotFound if `starting_after` is not there."""
    if starting_after is not None:
        read(sandbox, account_id, starting_after)
    found = sandbox.store.newest(CardToken, account_id, after=starting_after or "")
    return list(islice((token for token in found if wanted.fits(token)), limit))


def delete(sandbox: Sandbox, account_id: str, id: str, body: DeletionBody, by: str) -> CardToken:
    """No more charges with this card. The reason is for the card networks and is not kept."""
    token = read(sandbox, account_id, id)
    gone = card_token.deleted(token, by, sandbox.clock.now(account_id))
    if gone is not token:
        sandbox.store.save(gone)
    return gone


def find(sandbox: Sandbox, account_id: str, value: str) -> CardToken | None:
    """The token with this secret value."""
    return next(sandbox.store.newest(CardToken, account_id, reference=value), None)


def secrets(sandbox: Sandbox, transaction: Transaction, *kinds: str) -> Mapping[str, str]:
    """The values of the tokens on a transaction's card that were asked for; none of a deleted one."""
    ids = {kind: (transaction.card or {}).get(f"{kind}_id") for kind in kinds}
    tokens = {kind: sandbox.store.load(CardToken, id) for kind, id in ids.items() if id}
    return {kind: t.token for kind, t in tokens.items() if t and t.status != "DELETED"}


def without_secrets(sandbox: Sandbox, account_id: str, customer: Customer) -> Customer:
    """A customer as sessions keep it: ids of tokens, no values."""
    return card_token.without_secrets(customer, lambda value: find(sandbox, account_id, value))


def create_session(sandbox: Sandbox, account_id: str, body: NewTokenSession, call: Call) -> Session:
    """A session in which a card is registered and nothing is bought."""
    now = sandbox.clock.now(account_id)
    id = checkout_id(account_id, sandbox.new_uuid(), now)
    made = token_session.new_token_session(id, body, dict(call.headers), now)
    session = noted_on_session(_hidden(sandbox, made), call)
    sandbox.store.save(session)
    return session


def pay(
    sandbox: Sandbox,
    account_id: str,
    body: MerchantPayment,
    toggles: frozenset[str],
    call: Call,
) -> Transaction:
    """Charge a saved card. Session, transaction and callback are saved as one, also when it is declined.

    Raises UnknownToken, MerchantReferenceTaken, NotPayable; then there is no session.
    """
    now = sandbox.clock.now(account_id)
    _, value = merchant_payment.token_value(body)
    token = merchant_payment.require_token(body, find(sandbox, account_id, value))
    _require_unused(sandbox, account_id, body.session.order.merchant_reference, toggles)
    sid = checkout_id(account_id, sandbox.new_uuid(), now)
    session = merchant_payment.paid_session(sid, body, dict(call.headers), now)
    tid = checkout_id(account_id, sandbox.new_uuid(), now)
    said = _provider_says(sandbox, session, body, token, tid)
    ended, paid = merchant_payment.charge(_hidden(sandbox, session), body, token, tid, now, *said)
    ended, paid = noted_on_session(ended, call), noted(paid, call)
    error = None if paid.attempt.success else "authorization"
    told = outbox.new_callback(sandbox, ended, paid, error=error)
    again = jobs.after_auto_capture(sandbox, ended, paid)
    sandbox.store.save(ended, paid, *told, *again)
    sandbox.ring(told)
    if again:
        sandbox.wake()
    return paid


def _provider_says(
    sandbox: Sandbox, session: Session, body: MerchantPayment, token: CardToken, tid: str
) -> tuple[Failure | None, Failure | None]:
    """What a tester wants the provider to do about the payment and about its automatic capture."""
    account_id = session.account_id
    now = sandbox.clock.now(account_id)
    if account_id not in sandbox.faulty_accounts or merchant_payment.why_declined(token, now):
        return None, None
    facts = Facts(
        session_id=session.id, transaction_id=tid, operation="authorization",
        merchant_reference=session.order.merchant_reference,
    )  # fmt: skip
    refusal = jobs.failure_at(sandbox, account_id, facts)
    if refusal or not merchant_payment.is_captured_by_itself(session, body):
        return refusal, None
    capture = replace(facts, operation="capture")
    return None, jobs.failure_at(sandbox, account_id, capture, *jobs.AT_ONCE)


def _hidden(sandbox: Sandbox, session: Session) -> Session:
    if not session.customer or not session.customer.tokens:
        return session
    customer = without_secrets(sandbox, session.account_id, session.customer)
    return session.with_(customer=customer)


def _require_unused(
    sandbox: Sandbox, account_id: str, reference: str, toggles: frozenset[str]
) -> None:
    if reference and toggles:
        others = list(sandbox.store.newest(Session, account_id, reference=reference))
        merchant_payment.require_unused(reference, others, toggles)


def paid_answer(transaction: Transaction, body: MerchantPayment) -> dict[str, Any]:
    """The transaction, the result, and the tokens as the caller sent them (a plugin reads them there)."""
    shown = visible(transaction)
    tokens = {name: t.shown() for name, t in (body.session.customer.tokens or {}).items()}
    customer = {**(shown.get("customer") or {}), "tokens": tokens}
    return {**shown, "customer": customer, **merchant_payment.result(transaction)}
