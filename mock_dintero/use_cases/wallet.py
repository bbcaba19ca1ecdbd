"""What a buyer does in the wallet or at the bank before the answer: address, shipping, card, company ..."""

from __future__ import annotations

from collections.abc import Sequence

from mock_dintero.core import card_token, credit, gift_card, in_wallet, new_transaction, payment
from mock_dintero.core.address import Address
from mock_dintero.core.card_token import CardToken
from mock_dintero.core.errors import NotPayable
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import buyer


async def give_address(
    sandbox: Sandbox,
    session: Session,
    transaction: Transaction,
    address: Address,
    *,
    asks: bool = True,
) -> tuple[Session, Transaction]:
    """Choose an address in the wallet; the shop is asked for shipping options, unless its script has been.

    Nothing more happens to a payment that was given up while the shop was answering.
    """
    remembered, told = in_wallet.choose_address(session, transaction, address)
    after = await buyer.give_address(sandbox, remembered, told, asks=asks)
    current = buyer.read_payment(sandbox, after, transaction.id)
    if after.payment is None or after.payment.transaction_id != transaction.id:
        return after, current
    return renew(sandbox, after, current)


async def ask_again(
    sandbox: Sandbox, session: Session, transaction: Transaction, *, asks: bool = True
) -> tuple[Session, Transaction]:
    """The shop gave no usable answer: ask it once more for the same address."""
    chosen = in_wallet.chosen_address(session, transaction)
    return await give_address(sandbox, session, transaction, chosen, asks=asks)


def choose_shipping(
    sandbox: Sandbox, session: Session, transaction: Transaction, line_ids: Sequence[str]
) -> tuple[Session, Transaction]:
    """Choose a shipping option in the wallet, or one for each shipment."""
    now = sandbox.clock.now(session.account_id)
    chosen = in_wallet.choose_shipping(session, transaction, line_ids, now)
    return renew(sandbox, chosen, transaction)


def renew(
    sandbox: Sandbox, session: Session, transaction: Transaction
) -> tuple[Session, Transaction]:
    """The wallet shows the order as it is now. Session and payment are saved as one."""
    in_wallet.require_collecting(session, transaction.id)
    renewed = new_transaction.renewed(session, transaction, sandbox.clock.now(session.account_id))
    sandbox.store.save(session, renewed)
    return session, renewed


def saved_card(sandbox: Sandbox, session: Session, transaction: Transaction) -> CardToken | None:
    """The card that the shop has named for this customer, if it can still be paid with."""
    id = card_token.saved_card_id(session, transaction.payment_product_type)
    token = sandbox.store.load(CardToken, id) if id else None
    now = sandbox.clock.now(session.account_id)
    is_usable = token is not None and token.status == "ACTIVE" and not token.is_expired(now)
    return token if is_usable else None


def use_saved_card(
    sandbox: Sandbox, session: Session, transaction: Transaction
) -> tuple[Session, Transaction]:
    """Pay with the saved card. Raises NotPayable if there is none that works."""
    token = saved_card(sandbox, session, transaction)
    if token is None:
        raise NotPayable("there is no saved card that can be used; type a card instead")
    shown = card_token.shown_on_payment(token)
    again, named = payment.with_saved_card(session, transaction, shown)
    sandbox.store.save(again, named)
    return again, named


def switch_to_click_to_pay(
    sandbox: Sandbox, session: Session, transaction: Transaction
) -> tuple[Session, Transaction]:
    """Choose Click to Pay inside the card form. Raises NotPayable where it is not."""
    method = payment.click_to_pay(session, transaction.payment_product_type)
    if method is None:
        raise NotPayable("Click to Pay is not in this form: it is not enabled, or has no e-mail")
    switched, named = payment.with_method(session, transaction, method.type)
    sandbox.store.save(switched, named)
    return switched, named


def give_company(
    sandbox: Sandbox, session: Session, transaction: Transaction, number: str, name: str
) -> tuple[Session, Transaction]:
    """Say which company gets the invoice."""
    now = sandbox.clock.now(session.account_id)
    told, named = credit.with_company(session, transaction, number, name, now)
    sandbox.store.save(told, named)
    return told, named


def choose_plan(
    sandbox: Sandbox, session: Session, transaction: Transaction, plan: str
) -> Transaction:
    """Pay now, later or in parts. Raises NotPayable for another plan."""
    payment.require_attempt(session, transaction.id)
    if plan not in credit.PLANS:
        raise NotPayable(f"there is no plan {plan!r}")
    chosen = credit.with_plan(transaction, plan)
    sandbox.store.save(chosen)
    return chosen


def redeem(
    sandbox: Sandbox, session: Session, transaction: Transaction, number: str
) -> tuple[Session, Transaction]:
    """Pay with a gift card."""
    now = sandbox.clock.now(session.account_id)
    told = gift_card.redeem(session, transaction, number, now)
    sandbox.store.save(told)
    return told, transaction
