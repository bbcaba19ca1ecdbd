"""What a payment provider leaves on each event of a transaction. See `provider`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mock_dintero.core.ids import derived, digits
from mock_dintero.core.timestamps import stamp

if TYPE_CHECKING:
    from mock_dintero.core.transaction import EventName, Transaction

Keys = dict[str, Any]
PROVIDER_URL = "https://provider.example"
"""Nobody is there: links to invoices and payments lead nowhere."""
KLARNA_LIFETIME = timedelta(days=28)
"""How long a reservation lives (transactions.md 3.5)."""
INVOICE_LIFETIME = timedelta(days=14)
"""Ours: when invoices fall due."""


@dataclass(frozen=True)
class Step:
    """An event that is about to be written, as its provider sees it."""

    transaction: Transaction
    event: EventName
    success: bool
    amount: int
    at: datetime

    @property
    def number(self) -> int:
        """Its place in the ledger, from 1."""
        return len(self.transaction.events) + 1

    def id(self, word: str = "operation", number: int = 0) -> str:
        """An id of this event, or of the one with this number."""
        return str(derived(self.transaction.id, f"{word} {number or self.number}"))

    def hex(self, word: str = "operation", number: int = 0) -> str:
        """The same as Swish writes ids."""
        return self.id(word, number).replace("-", "").upper()

    def code(self, word: str, count: int = 10) -> str:
        """The same with digits only."""
        return digits(derived(self.transaction.id, f"{word} {self.number}"), count)

    def earlier(self, event: EventName) -> int:
        """The number of the last successful event of this name; 0 if there is none."""
        numbers = (
            n for n, e in enumerate(self.transaction.events, 1) if e.event == event and e.success
        )
        return max(numbers, default=0)

    @property
    def is_rest_open(self) -> bool:
        """Whether this capture leaves something to capture."""
        return self.event == "CAPTURE" and self.amount < self.transaction.left_to_capture


def major(amount: int) -> float:
    """Kroner of øre: some providers count in them."""
    return amount / 100


def _vipps(step: Step) -> Keys:
    words = {
        "INITIALIZE": "INITIATE", "AUTHORIZE": "RESERVE" if step.success else "CANCEL",
        "CAPTURE": "CAPTURE", "REFUND": "Refund", "VOID": "VOID",
    }  # fmt: skip
    return {
        "vipps:transactionInfo.timeStamp": stamp(step.at),
        "vipps:transactionInfo.transactionId": step.code("vipps"),
        "vipps:transactionInfo.status": words.get(step.event, "INITIATE"),
        "vipps:transaction.transactionText": step.transaction.merchant_reference,
    }


def _dintero_psp(step: Step) -> Keys:
    """Operations point at the one before: a capture at the authorization, a refund at the capture."""
    keys = {
        "dintero_psp:operation_ref": step.id(),
        "dintero_psp:network:correlation_id": step.code("network", 15),
    }
    source = {"CAPTURE": "AUTHORIZE", "VOID": "AUTHORIZE", "REFUND": "CAPTURE"}.get(step.event)
    number = step.earlier(source) if source else 0  # type: ignore[arg-type]
    if number:
        name = "capture" if source == "CAPTURE" else "authorization"
        keys[f"dintero_psp:{name}_operation_ref"] = step.id(number=number)
    if (step.transaction.card or {}).get("brand") == "MasterCard":
        keys["dintero_psp:network:acquirer_stan"] = step.code("stan", 6)
        keys["dintero_psp:network:lifecycle_trace_id"] = step.id("trace", number=1)
    return keys


def _payex(step: Step) -> Keys:
    is_sale = step.event == "CAPTURE" and not step.earlier("AUTHORIZE")
    words = {
        "AUTHORIZE": "Authorization", "CAPTURE": "Sale" if is_sale else "Capture",
        "REFUND": "Reversal", "VOID": "Cancellation",
    }  # fmt: skip
    return {
        "payex:transaction:id": f"/psp/payments/{derived(step.transaction.id, 'payment')}/{step.id()}",
        "payex:transaction:number": int(step.code("payex", 11)),
        "payex:transaction:type": words.get(step.event, step.event),
        "payex:transaction:state": "Completed" if step.success else "Failed",
        "payex:transaction:created": stamp(step.at),
        "payex:transaction:payee_reference": step.code("payee", 12),
    }


def _bambora(step: Step) -> Keys:
    return {
        "bambora:transaction:status": "approved" if step.success else "declined",
        "bambora:transactionoperation:id": step.code("operation", 18),
        "bambora:meta:action:source": "EPAY",
        "bambora:meta:action:code": "0" if step.success else "100",
        "bambora:meta:action:type": "success" if step.success else "issuer",
        "payout_correlation_id": step.id("payout"),
    }


def _swish(step: Step) -> Keys:
    token = step.id("token", number=1)
    if step.event == "INITIALIZE":
        return {
            "swish:payment_request:token": token,
            "swish:payment_request:get_payment_url": f"{PROVIDER_URL}/swish/{token}",
        }
    id = step.hex()
    if not step.success:
        error = {"swish:errorCode": "RF07", "swish:errorMessage": "Transaction declined"}
        return {"swish:id": id, "swish:status": "DECLINED", **error}
    keys = {
        "swish:id": id,
        "swish:paymentReference": step.hex("reference"),
        "swish:amount": f"{major(step.amount):.2f}",
        "swish:dateCreated": stamp(step.at),
        "swish:datePaid": stamp(step.at),
        "swish:status": "PAID",
    }
    if step.event == "REFUND":
        paid = step.hex("reference", step.earlier("CAPTURE"))
        keys["swish:originalPaymentReference"] = paid
    return keys


def _klarna(step: Step) -> Keys:
    keys: Keys = {"klarna:reference": step.code("klarna", 8)}
    if step.event == "AUTHORIZE" and step.success:
        keys["klarna:authorization_expiration"] = stamp(step.at + KLARNA_LIFETIME)
    name = {"CAPTURE": "capture", "REFUND": "refund"}.get(step.event)
    if name:
        order = derived(step.transaction.id, "gateway")
        keys[f"klarna:headers:{name}_id"] = step.id()
        keys["klarna:headers:location"] = f"{PROVIDER_URL}/klarna/{order}/{name}s/{step.id()}"
    return keys


def _collector(step: Step) -> Keys:
    """Walley. Its numbers of InvoiceStatus are not published; these are ours."""
    status = {"AUTHORIZE": 1, "CAPTURE": 2, "REFUND": 3, "VOID": 4}.get(step.event, 0)
    keys = {"collector:CorrelationId": step.id(), "collector:Invoice.InvoiceStatus": status}
    if step.event != "CAPTURE":
        return keys
    number = step.code("invoice")
    keys |= {
        "collector:Invoice.PaymentReference": step.code("reference", 12),
        "collector:Invoice.LowestAmountToPay": major(step.amount),
        "collector:Invoice.TotalAmount": major(step.amount),
        "collector:Invoice.DueDate": _due(step),
        "collector:Invoice.InvoiceUrl": f"{PROVIDER_URL}/walley/{number}",
        "collector:Invoice.CurrentInvoiceNumber": number,
    }
    if step.is_rest_open:
        keys["collector:Invoice.NewInvoiceNumber"] = step.code("next invoice")
    return keys


def _due(step: Step) -> str:
    return (step.at + INVOICE_LIFETIME).date().isoformat()


def _kravia(step: Step) -> Keys:
    if step.event != "CAPTURE":
        return {"kravia:case_number": step.code("case", 8)}
    return {
        "kravia:invoice_date": step.at.date().isoformat(),
        "kravia:invoice_due_date": _due(step),
        "kravia:invoice_number": digits(derived(step.transaction.id, "invoice"), 8),
        "kravia:creditor_id": digits(derived(step.transaction.account_id, "creditor"), 6),
        "kravia:debtor_id": digits(derived(step.transaction.id, "debtor"), 8),
        "kravia:invoice_id": step.id("invoice"),
        "kravia:case_number": step.code("case", 8),
    }


def _two(step: Step) -> Keys:
    keys: Keys = {"two:order_id": str(derived(step.transaction.id, "order"))}
    number = step.code("invoice", 8)
    if step.event == "CAPTURE":
        keys |= {
            "two:invoice_url": f"{PROVIDER_URL}/two/invoices/{number}",
            "two:invoice_number": number,
            "two:due_date": _due(step),
        }
    if step.is_rest_open:
        keys["two:remaining_order_id"] = step.id("remaining")
    if step.event == "REFUND":
        keys["two:credit_note_url"] = f"{PROVIDER_URL}/two/credit-notes/{number}"
        keys["two:credit_note_number"] = number
    return keys


def _netaxept(step: Step) -> Keys:
    id = derived(step.transaction.id, "netaxept").hex
    if step.event == "INITIALIZE":
        url = f"{PROVIDER_URL}/netaxept/{id}"
        return {"netaxept:transaction_id": id, "netaxept:terminal_url": url}
    words = {"AUTHORIZE": "AUTH", "REFUND": "CREDIT", "VOID": "ANNUL"}
    return {
        "netaxept:transaction_id": id,
        "netaxept:operation": words.get(step.event, step.event),
        "netaxept:execution_time": stamp(step.at),
        "netaxept:bat_number": step.code("batch", 3),
        "netaxept:response_code": "OK" if step.success else "99",
    }


def _instabank(step: Step) -> Keys:
    words = {
        "AUTHORIZE": "Approved", "CAPTURE": "Completed", "REFUND": "Refunded", "VOID": "Cancelled"
    }  # fmt: skip
    status = words.get(step.event, step.event) if step.success else "Rejected"
    return {"instabank:Sale.Status": status, "instabank:RequestId": step.id()}


def _santander(step: Step) -> Keys:
    return santander(step.transaction.id)


def santander(id: str) -> Keys:
    """The same on the transaction and on its events."""
    return {
        "santander:debit_account.ApplicationNumber": digits(derived(id, "santander"), 9),
        "santander:debit_account.StatusCode": "APPROVED",
    }


TERMINAL = {
    "acquirer": "Test acquirer", "aip": "2000", "applicationIdentifier": "A0000000031010",
    "atc": "0042", "authorizer": "HOST", "cid": "80", "cvm": "NONE", "languageCode": "no",
    "merchantCategoryCode": "5999", "serviceIdentifier": "A0000000031010", "tsi": "0000",
    "tvr": "0000008000", "terminalSerialNumber": "TEST-0001", "field41": "00000001",
    "field42": "000000000000001", "customerReceiptPart2": "", "merchantReceiptPart2": "",
}  # fmt: skip
"""What a card terminal says each time. Values are made up."""


def _seitatech(step: Step) -> Keys:
    types = {"AUTHORIZE": "PREAUTHORIZATION", "REFUND": "RETURN", "VOID": "REVERSAL"}
    told = {
        **TERMINAL,
        "actionCode": "0000" if step.success else "0100",
        "outcome": "SUCCESS" if step.success else "FAILURE",
        "outcomeReason": "" if step.success else "DECLINED",
        "reasonCode": "0000",
        "responseCode": "00" if step.success else "05",
        "archiveId": step.code("archive", 12),
        "batchId": step.code("batch", 4),
        "batchUuid": step.id("batch"),
        "conlonToken": step.id("token", number=1),
        "customerReceipt": f"{step.event} {step.amount} {step.transaction.currency}",
        "merchantReceipt": f"{step.event} {step.amount} {step.transaction.currency}",
        "posReferenceData": step.transaction.merchant_reference,
        "receiptNumber": step.code("receipt", 6),
        "saleAmount": str(step.amount),
        "transactionType": types.get(step.event, "PURCHASE"),
        "uniqueId": step.id(),
    }
    keys = {f"seitatech:{name}": value for name, value in told.items()}
    return {"payout_correlation_id": step.id("payout"), **keys}


ON_EVENT: Mapping[str, Callable[[Step], Keys]] = {
    "vipps": _vipps, "dintero_psp": _dintero_psp, "payex": _payex, "bambora": _bambora,
    "swish": _swish, "klarna": _klarna, "collector": _collector, "kravia": _kravia, "two": _two,
    "netaxept": _netaxept, "instabank": _instabank, "santander": _santander, "seitatech": _seitatech,
}  # fmt: skip

TOLD_BY_ALL = ("AUTHORIZE", "CAPTURE", "REFUND", "VOID")
TELLS_OF_THE_START = ("vipps", "swish", "netaxept", "two", "santander")
"""The others say nothing on INITIALIZE (ours: no example shows one)."""
