"""What a payment provider leaves on a transaction: its metadata, and the metadata of each event.

Key names: transactions.md 2.4 and the contract's schemas. Values are made up, and derived from the
transaction's id, so that the same payment always looks the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from mock_dintero.core.ids import derived, digits
from mock_dintero.core.provider_events import (
    ON_EVENT,
    PROVIDER_URL,
    TELLS_OF_THE_START,
    TOLD_BY_ALL,
    Keys,
    Step,
    santander,
)
from mock_dintero.core.timestamps import moment

if TYPE_CHECKING:
    from mock_dintero.core.transaction import EventName, Transaction


def metadata(transaction: Transaction) -> Keys:
    """What stands on the transaction from the start; nothing for `dintero.*` and the card terminal."""
    made = _ON_TRANSACTION.get(transaction.payment_product)
    return made(transaction) if made else {}


def event_metadata(
    transaction: Transaction, event: EventName, success: bool, amount: int, at: datetime
) -> Keys:
    """What stands on the event that this transaction is about to get."""
    made = ON_EVENT.get(transaction.payment_product)
    is_told = event in TOLD_BY_ALL or (
        event == "INITIALIZE" and transaction.payment_product in TELLS_OF_THE_START
    )
    if not made or not is_told:
        return {}
    return made(Step(transaction, event, success, amount, at))


def _id(transaction: Transaction, word: str) -> str:
    return str(derived(transaction.id, word))


def _number(transaction: Transaction, word: str, count: int) -> str:
    return digits(derived(transaction.id, word), count)


def _merchants_number(transaction: Transaction, word: str, count: int = 6) -> str:
    """The same on all transactions of an account."""
    return digits(derived(transaction.account_id, word), count)


def _vipps(transaction: Transaction) -> Keys:
    return {
        "vipps:transaction.orderId": _id(transaction, "order"),
        "vipps:transaction.transactionText": transaction.merchant_reference,
        "vipps:merchantInfo.merchantSerialNumber": _merchants_number(transaction, "vipps"),
        "vipps:merchantInfo.paymentType": "eComm Regular Payment",
    }


def _dintero_psp(transaction: Transaction) -> Keys:
    return {
        "gateway:id": _id(transaction, "gateway"),
        "payout_correlation_id": _id(transaction, "payout"),
    }


def _payex(transaction: Transaction) -> Keys:
    is_sale = transaction.payment_product_type == "payex.swish"
    return {
        "payex:payment:payee_info:payee_id": str(derived(transaction.account_id, "payee")),
        "payex:payment:payee_info:payee_name": "Test shop",
        "payex:payment:payee_info:subsite": _merchants_number(transaction, "subsite", 4),
        "payex:payment:id": f"/psp/payments/{_id(transaction, 'payment')}",
        "payex:payment:number": int(_number(transaction, "payex", 11)),
        "payex:payment:operation": "Purchase" if not is_sale else "Sale",
        "payex:payment:created": transaction.created_at,
    }


def _bambora(transaction: Transaction) -> Keys:
    keys = {
        "gateway:id": _id(transaction, "gateway"),
        "bambora:merchant_number": _merchants_number(transaction, "bambora", 8),
        "bambora:transaction_id": _number(transaction, "bambora", 18),
        "bambora:reference": _number(transaction, "reference", 12),
        "bambora:acquirer": "Test acquirer",
    }
    wallet = transaction.payment_product_type.partition(".")[2]
    return keys if wallet == "creditcard" else {**keys, "bambora:wallet": wallet}


def _swish(transaction: Transaction) -> Keys:
    """`swish:id` and `swish:paymentReference` are those of the payment, which is the second event."""
    paid = Step(transaction, "CAPTURE", True, transaction.amount, moment(transaction.created_at))
    return {
        "swish:payment_request:id": derived(transaction.id, "request").hex.upper(),
        "swish:swish_number": "123" + _merchants_number(transaction, "swish", 7),
        "swish:id": paid.hex(number=2),
        "swish:paymentReference": paid.hex("reference", 2),
    }


def _klarna(transaction: Transaction) -> Keys:
    is_b2b = transaction.payment_product_type == "klarna.billie"
    method = "klarna:authorized_payment_method"
    return {
        "gateway:id": _id(transaction, "gateway"),
        "merchant_name": "Test shop",
        f"{method}:type": "b2b_invoice" if is_b2b else "invoice",
        f"{method}:number_of_days": "30" if is_b2b else "14",
        f"{method}:number_of_installments": "1",
        f"{method}:fraud_status": "ACCEPTED",
    }


def _collector(transaction: Transaction) -> Keys:
    """Walley. The order number is the session's id (transactions.md 2.4); its product codes are ours."""
    address = transaction.billing_address or transaction.shipping_address
    return {
        "collector:StoreId": _merchants_number(transaction, "walley", 4),
        "collector:Invoice.InvoiceNumber": _number(transaction, "invoice", 10),
        "collector:Invoice.OrderNumber": transaction.session_id,
        "collector:Invoice.CountryCode": (address.country if address else None) or "NO",
        "collector:Invoice.ProductCode": transaction.payment_product_type.partition(".")[2],
        "collector:Invoice.InvoiceType": "0",
        "collector:Invoice.SettlementReference": _number(transaction, "settlement", 10),
    }


def _kravia(transaction: Transaction) -> Keys:
    number = _number(transaction, "invoice", 8)
    return {
        "kravia:invoice_number": number,
        "kravia:invoice_url": f"{PROVIDER_URL}/kravia/{number}",
    }


def _two(transaction: Transaction) -> Keys:
    order = _id(transaction, "order")
    return {"two:order_id": order, "two:payment_url": f"{PROVIDER_URL}/two/orders/{order}"}


def _netaxept(transaction: Transaction) -> Keys:
    return {
        "netaxept:merchant_id": _merchants_number(transaction, "netaxept"),
        "netaxept:transaction_id": derived(transaction.id, "netaxept").hex,
    }


def _instabank(transaction: Transaction) -> Keys:
    return {
        "instabank:Sale.ExternalReference": transaction.merchant_reference,
        "instabank:Sale.Sequence": 1,
        "instabank:Sale.Product.Name": transaction.payment_product_type.partition(".")[2],
    }


_ON_TRANSACTION: Mapping[str, Callable[[Transaction], Keys]] = {
    "vipps": _vipps, "dintero_psp": _dintero_psp, "payex": _payex, "bambora": _bambora,
    "swish": _swish, "klarna": _klarna, "collector": _collector, "kravia": _kravia, "two": _two,
    "netaxept": _netaxept, "instabank": _instabank,
    "santander": lambda transaction: santander(transaction.id),
}  # fmt: skip
