"""Paying later: the plans of Klarna, and who the company behind an invoice is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mock_dintero.core.address import Address
from mock_dintero.core.payment import require_attempt
from mock_dintero.core.session import Session, happened
from mock_dintero.core.transaction import Transaction

PLANS: Mapping[str, tuple[str, str, str]] = {
    "now": ("direct_bank_transfer", "0", "1"),
    "later": ("invoice", "30", "1"),
    "parts": ("fixed_amount", "30", "3"),
}
"""How Klarna tells each: type, number of days, number of instalments. Types: transactions.md 2.4."""

EXAMPLES = {"NO": "123456785", "SE": "5560000001", "DK": "12345678", "FI": "1234567-8"}
PATTERNS = {"NO": "[0-9]{9}", "SE": "[0-9]{10}", "DK": "[0-9]{8}", "FI": "[0-9]{7}-?[0-9]"}
"""What an organisation number looks like; of other countries any of 5 to 20 signs is taken (ours)."""


def example(transaction: Transaction) -> str:
    """A number of the right form for where the invoice goes."""
    return EXAMPLES.get(country_of(transaction), EXAMPLES["NO"])


def country_of(transaction: Transaction) -> str:
    """Where the invoice goes; Norway if nobody knows."""
    address = transaction.billing_address or transaction.shipping_address
    return (address.country if address else None) or "NO"


def problems(transaction: Transaction, number: str, name: str) -> dict[str, str]:
    """What is wrong with a filled-in company: field name to a sentence in plain words."""
    country = country_of(transaction)
    found = {}
    if not re.fullmatch(PATTERNS.get(country, "[0-9A-Za-z-]{5,20}"), number):
        found["organization_number"] = "Write the organization number of the company."
    if not name:
        found["business_name"] = "Please fill in this field."
    return found


def with_company(
    session: Session, transaction: Transaction, number: str, name: str, now: datetime
) -> tuple[Session, Transaction]:
    """The company stands on the payment's billing address, and in an event of the session."""
    require_attempt(session, transaction.id)
    known = transaction.billing_address or transaction.shipping_address or Address()
    company = known.with_(organization_number=number, business_name=name)
    told = happened(
        session, "ADD_PAYMENT_INFORMATION", now, details={"organization_number": number}
    )
    return told, transaction.with_(billing_address=company)


def with_plan(transaction: Transaction, plan: str) -> Transaction:
    """Which of Klarna's plans the customer has chosen."""
    method = "klarna:authorized_payment_method"
    kind, days, instalments = PLANS[plan]
    chosen: dict[str, Any] = {
        f"{method}:type": kind,
        f"{method}:number_of_days": days,
        f"{method}:number_of_installments": instalments,
    }
    return transaction.with_(metadata={**(transaction.metadata or {}), **chosen})
