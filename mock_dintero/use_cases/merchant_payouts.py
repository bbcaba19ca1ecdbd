"""What a marketplace does with its sellers' money: move it, look at it."""

from __future__ import annotations

from mock_dintero.core import payout as rules
from mock_dintero.core.payout import Entry, FundTransfer, NewFundTransfer
from mock_dintero.core.transaction import Transaction
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import merchant_approvals


def transfer(sandbox: Sandbox, account_id: str, body: NewFundTransfer, by: str) -> FundTransfer:
    """Move money between sellers, once for each `fund_transfer_id`. Raises FundTransferChanged."""
    id = f"{account_id}.{body.fund_transfer_id}"
    known = sandbox.store.load(FundTransfer, id)
    if known:
        return rules.require_same(known, body)
    made = rules.new_fund_transfer(id, body, by, sandbox.clock.now(account_id))
    sandbox.store.save(made)
    return made


def ledger(sandbox: Sandbox, account_id: str, seller: str) -> list[Entry]:
    """All that happened to a seller's money, newest first. A seller that nobody knows has nothing."""
    store = sandbox.store
    return rules.ledger(
        store.newest(Transaction, account_id), store.newest(FundTransfer, account_id), seller
    )


def config_id(sandbox: Sandbox, account_id: str, seller: str) -> str:
    """`payout_destination_config_id`: the id of the seller's approval, else the seller's own (ours)."""
    case = merchant_approvals.find(sandbox, account_id, seller)
    return case.public_id if case else seller
