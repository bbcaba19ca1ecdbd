"""A payment attempt: from the pay button to the transaction's first word."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from pydantic import StringConstraints

from mock_dintero.core import card, new_transaction
from mock_dintero.core.address import Phone
from mock_dintero.core.errors import InvalidTransactionStatus, NotPayable
from mock_dintero.core.express import forget_partial_address, require_payable, require_unlocked
from mock_dintero.core.operation import capture_whole
from mock_dintero.core.outcome import REFUSALS, Decision, Outcome, Refusal, ReturnError
from mock_dintero.core.payment_method import BOTH, METHODS, PaymentMethod, offered
from mock_dintero.core.provider_failure import Failure
from mock_dintero.core.record import Flag, Part
from mock_dintero.core.session import Attempt, Session, happened
from mock_dintero.core.timestamps import stamp
from mock_dintero.core.transaction import Transaction, append


class PayBody(Part):
    """Body of `POST /v1/sessions/{sid}/pay`."""

    payment_product_type: Annotated[str, StringConstraints(min_length=1)]
    phone_number: Phone | None = None
    remember_me: Flag | None = None


def methods(session: Session) -> list[PaymentMethod]:
    """What the customer may pay with."""
    order, settings = session.order, session.express
    customer_types = (settings.customer_types if settings else None) or BOTH
    amount = order.amount_to_pay or int(session.is_for_token)  # registering a card costs nothing
    return offered(session.configuration.shown(), order.currency, amount, customer_types)


def click_to_pay(session: Session, payment_product_type: str) -> PaymentMethod | None:
    """Click to Pay of the same gateway, inside the form of this card method; None without an e-mail.

    Source: sessions.md 13.6.
    """
    card_method = METHODS[payment_product_type]
    if card_method.wallet != "card" or not email(session):
        return None
    return next(
        (
            one
            for one in methods(session)
            if one.wallet == "click_to_pay" and one.product == card_method.product
        ),
        None,
    )


def listed(session: Session) -> list[PaymentMethod]:
    """What the page lists: Click to Pay is inside the card form of its gateway, if there is one."""
    offers = methods(session)
    cards = {one.product for one in offers if one.wallet == "card"}
    return [one for one in offers if one.wallet != "click_to_pay" or one.product not in cards]


def email(session: Session) -> str:
    """The customer's e-mail; '' if nobody has told it."""
    order, customer = session.order, session.customer
    addresses = (order.billing_address, order.shipping_address)
    told = [customer.email if customer else None, *(one.email for one in addresses if one)]
    return next((one for one in told if one), "")


def with_ticks(session: Session, ticked: set[str]) -> Session:
    """The checkboxes as the customer left them; they are echoed on the transaction."""
    if not session.checkboxes:
        return session
    boxes = tuple(box.with_(checked=box.id in ticked) for box in session.checkboxes)
    return session.with_(checkboxes=boxes)


def start(
    session: Session, body: PayBody, transaction_id: str, now: datetime
) -> tuple[Session, Transaction]:
    """The customer pressed pay: a transaction that is INITIATED, and the session knows of the attempt.

    Raises NotPayable if the method is not offered or something is missing.
    """
    require_payable(session, now)
    require_offered(session, body.payment_product_type)
    return begin(session, body, transaction_id, now)


def require_offered(session: Session, payment_product_type: str) -> None:
    """Raises NotPayable for a method that this session has not."""
    allowed = [method.type for method in methods(session)]
    if payment_product_type not in allowed:
        raise NotPayable(
            f"payment_product_type: {payment_product_type!r} is not enabled for this session; "
            f"there is {', '.join(allowed) or 'nothing'}"
        )


def begin(
    session: Session, body: PayBody, transaction_id: str, now: datetime, *, collects: bool = False
) -> tuple[Session, Transaction]:
    """The attempt of `start`, and of a wallet that `collects` address and shipping itself."""
    type_, phone = body.payment_product_type, body.phone_number
    bare = new_transaction.of_order(session, type_, transaction_id, now, phone)
    transaction = append(bare, "INITIALIZE", now, status="INITIATED")
    attempt = Attempt(
        transaction_id=transaction_id, payment_product_type=body.payment_product_type,
        **({"collects_address": True} if collects else {}),
    )  # fmt: skip
    return session.with_(payment=attempt), transaction


def return_error(transaction: Transaction) -> ReturnError | None:
    """The `error` word of a finished payment; None if it succeeded."""
    attempt = transaction.attempt
    if attempt.success or not attempt.error:
        return None
    codes = {refusal.code: refusal.error for refusal in REFUSALS.values()}
    return codes.get(attempt.error["code"], "failed")


def require_attempt(session: Session, transaction_id: str) -> None:
    """The wallet answers for this attempt and no other: an older one was given up."""
    if session.payment is None or session.payment.transaction_id != transaction_id:
        raise NotPayable("this payment was given up; go back to the checkout and pay there")


def finish(
    session: Session,
    transaction: Transaction,
    outcome: Outcome,
    now: datetime,
    failure: Failure | None = None,
) -> tuple[Session, Transaction]:
    """The wallet or bank has answered: the ledger, the session and its id of the transaction.

    `failure` is how the provider fails an automatic capture, or what it says of its refusal.
    """
    require_unlocked(session, now)
    require_attempt(session, transaction.id)
    if outcome in REFUSALS:
        refusal = REFUSALS[outcome]
        if failure and failure.message:
            refusal = replace(refusal, message=failure.message)
        return _refused(session, transaction, refusal, now)
    require_payable(session, now)
    require_same_order(session, transaction)
    require_offered(session, transaction.payment_product_type)
    if outcome == "hold":
        return _held(session, transaction, now)
    return _approved(session, transaction, now, failure)


def decide(
    session: Session,
    transaction: Transaction,
    decision: Decision,
    now: datetime,
    failure: Failure | None = None,
) -> tuple[Session, Transaction]:
    """The provider has made up its mind about a payment that is ON_HOLD. Dintero calls back once more.

    `failure` is how the provider fails an automatic capture.
    """
    if transaction.status != "ON_HOLD":
        raise InvalidTransactionStatus(
            f"cannot decide about a transaction that is {transaction.status}; it must be ON_HOLD"
        )
    if decision == "approve":
        return _approved(session, transaction, now, failure)
    return _refused(session, transaction, REFUSALS["reject"], now)


def require_same_order(session: Session, transaction: Transaction) -> None:
    """What is approved is what was shown: an order that changed meanwhile has to be paid anew."""
    order = session.order
    shown = (transaction.amount, transaction.shipping_address, transaction.shipping_option)
    if shown != (order.amount_to_pay, order.shipping_address, order.shipping_option):
        raise NotPayable("the order changed while the payment was under way; go back and pay again")


def with_phone(transaction: Transaction, phone_number: str) -> Transaction:
    """The number the customer gave to the wallet."""
    return transaction.with_(
        customer={**(transaction.customer or {}), "phone_number": phone_number}
    )


def with_card(session: Session, transaction: Transaction, number: str, expiry: str) -> Transaction:
    """The card that the customer typed; only its masked number is kept."""
    require_attempt(session, transaction.id)
    return transaction.with_(card=card.typed(number, expiry))


def with_saved_card(
    session: Session, transaction: Transaction, shown: dict[str, Any]
) -> tuple[Session, Transaction]:
    """The card that the shop knows already; it is not saved a second time."""
    require_attempt(session, transaction.id)
    assert session.payment is not None
    again = session.with_(payment=session.payment.with_(saves_card=False))
    return again, transaction.with_(card=shown)


def with_method(
    session: Session, transaction: Transaction, payment_product_type: str
) -> tuple[Session, Transaction]:
    """The same attempt with the method that stands inside the first one's form: Click to Pay for cards."""
    require_attempt(session, transaction.id)
    require_offered(session, payment_product_type)
    assert session.payment is not None
    attempt = session.payment.with_(payment_product_type=payment_product_type)
    return session.with_(payment=attempt), transaction.with_(
        payment_product_type=payment_product_type
    )


def give_up(
    session: Session, transaction: Transaction, now: datetime
) -> tuple[Session, Transaction]:
    """The customer went back to choose another method: this attempt failed, the session lives on."""
    require_attempt(session, transaction.id)
    error = {
        "code": "Rejected",
        "message": "The customer chose another way to pay",
        "type": ["ERROR"],
    }
    failed = append(transaction, "AUTHORIZE", now, success=False, status="FAILED", error=error)
    details = {"error": "Rejected", "payment_product_type": transaction.payment_product_type}
    collected = session.payment is not None and session.payment.collects_address
    free = forget_partial_address(session, now) if collected else session
    return happened(free.without("payment"), "PAY_FAILED", now, details=details), failed


def _approved(
    session: Session, transaction: Transaction, now: datetime, failure: Failure | None = None
) -> tuple[Session, Transaction]:
    method = METHODS[transaction.payment_product_type]
    known = card.authenticated(transaction.card, method, transaction.id, now)
    transaction = transaction.with_(card=known) if known else transaction
    details = {"payment_product_type": method.type, "amount": transaction.amount}
    paid = happened(session, "AUTHORIZED", now, transaction_id=transaction.id, details=details)
    if method.is_captured_at_once:
        return paid.without("payment"), append(
            transaction, "CAPTURE", now, amount=transaction.amount
        )
    authorized = append(
        transaction, "AUTHORIZE", now, amount=transaction.amount, status="AUTHORIZED"
    )
    if session.configuration.auto_capture:
        authorized = capture_whole(authorized, now, failure)
    return paid.without("payment"), authorized


def _held(session: Session, transaction: Transaction, now: datetime) -> tuple[Session, Transaction]:
    """Somebody checks the payment; the ledger says so in a second INITIALIZE (transactions.md 3.4)."""
    method = METHODS[transaction.payment_product_type]
    if not method.can_hold:
        raise NotPayable(f"payments with {method.type} are never ON_HOLD")
    held = session.with_(transaction_id=transaction.id, updated_at=stamp(now))
    return held.without("payment"), append(transaction, "INITIALIZE", now, status="ON_HOLD")


def _refused(
    session: Session, transaction: Transaction, refusal: Refusal, now: datetime
) -> tuple[Session, Transaction]:
    refused = append(
        transaction, "AUTHORIZE", now, success=False, status=refusal.status, error=refusal.shown()
    )
    details = {"error": refusal.error, "payment_product_type": transaction.payment_product_type}
    event = "DECLINED" if refusal.status == "DECLINED" else "FAILED"
    ended = happened(session, event, now, transaction_id=transaction.id, details=details)
    return ended.without("payment"), refused
