"""Every payment method from the shop's side: a purchase, its captures, refunds and voids, what it carries.

One row a method. Types: transactions.md 2.3; keys of card, metadata and events: 2.4, 2.7 and 2.8;
statuses: 3.3 and 3.4; void after a part capture: 6. What 2.4 does not tell is which event carries which
of a provider's keys; there the row says what the sandbox has decided.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from sandbox import Merchant, order

from mock_dintero.core.payment_method import METHODS

PLAIN = "brand masked_pan expiry_date type region country product_platform"
WALLET = f"{PLAIN} eci payment_system_type"
TYPED = (
    f"{PLAIN} eci acquirer_transaction_type authentication_status three_ds_version"
    " three_ds_server_trans_id"
)
ACQUIRER = "issuing_bank acquirer_stan acquirer_terminal_id acquirer_transaction_time"
VIPPS = (
    "transactionInfo.timeStamp transactionInfo.transactionId transactionInfo.status"
    " transaction.transactionText"
)
PAYEX = (
    "transaction:id transaction:number transaction:type transaction:state transaction:created"
    " transaction:payee_reference"
)
BAMBORA = "transaction:status transactionoperation:id meta:action:source meta:action:code meta:action:type"
PSP = "operation_ref network:correlation_id"
SWISH = "id paymentReference amount dateCreated datePaid status"
NETAXEPT = "transaction_id operation execution_time bat_number response_code"
WALLEY = "CorrelationId Invoice.InvoiceStatus"
SANTANDER = "debit_account.ApplicationNumber debit_account.StatusCode"
KRAVIA = "invoice_date invoice_due_date invoice_number creditor_id debtor_id invoice_id case_number"
TERMINAL = (
    "acquirer actionCode aip applicationIdentifier archiveId atc authorizer batchId batchUuid cid"
    " conlonToken customerReceipt customerReceiptPart2 cvm field41 field42 languageCode"
    " merchantCategoryCode merchantReceipt merchantReceiptPart2 outcome outcomeReason posReferenceData"
    " reasonCode receiptNumber responseCode saleAmount serviceIdentifier terminalSerialNumber"
    " transactionType tsi tvr uniqueId"
)


@dataclass(frozen=True)
class Product:
    """What all methods of a product have in common; keys without the product's name before the colon."""

    metadata: str = ""
    plain_metadata: str = ""
    start: str = ""
    authorize: str = ""
    capture: str = ""
    first_capture: str = ""
    refund: str = ""
    void: str = ""
    plain_event: str = ""


PRODUCTS = {
    "vipps": Product(
        "transaction.orderId transaction.transactionText merchantInfo.merchantSerialNumber"
        " merchantInfo.paymentType", "", VIPPS, VIPPS, VIPPS, "", VIPPS, VIPPS,
    ),
    "dintero_psp": Product(
        "", "gateway:id payout_correlation_id", "", PSP, f"{PSP} authorization_operation_ref", "",
        f"{PSP} capture_operation_ref", f"{PSP} authorization_operation_ref",
    ),
    "payex": Product(
        "payment:payee_info:payee_id payment:payee_info:payee_name payment:payee_info:subsite"
        " payment:id payment:number payment:operation payment:created",
        "", "", PAYEX, PAYEX, "", PAYEX, PAYEX,
    ),
    "bambora": Product(
        "merchant_number transaction_id reference acquirer", "gateway:id", "", BAMBORA, BAMBORA, "",
        BAMBORA, BAMBORA, "payout_correlation_id",
    ),
    "swish": Product(
        "payment_request:id swish_number id paymentReference", "",
        "payment_request:token payment_request:get_payment_url", "", SWISH, "",
        f"{SWISH} originalPaymentReference",
    ),
    "klarna": Product(
        "authorized_payment_method:type authorized_payment_method:number_of_days"
        " authorized_payment_method:number_of_installments authorized_payment_method:fraud_status",
        "gateway:id merchant_name", "", "reference authorization_expiration",
        "reference headers:capture_id headers:location", "",
        "reference headers:refund_id headers:location", "reference",
    ),
    "collector": Product(
        "StoreId Invoice.InvoiceNumber Invoice.OrderNumber Invoice.CountryCode Invoice.ProductCode"
        " Invoice.InvoiceType Invoice.SettlementReference", "", "", WALLEY,
        f"{WALLEY} Invoice.PaymentReference Invoice.LowestAmountToPay Invoice.TotalAmount"
        " Invoice.DueDate Invoice.InvoiceUrl Invoice.CurrentInvoiceNumber",
        "Invoice.NewInvoiceNumber", WALLEY, WALLEY,
    ),
    "kravia": Product(
        "invoice_number invoice_url", "", "", "case_number", KRAVIA, "", "case_number", "case_number"
    ),
    "two": Product(
        "order_id payment_url", "", "order_id", "order_id",
        "order_id invoice_url invoice_number due_date", "remaining_order_id",
        "order_id credit_note_url credit_note_number", "order_id",
    ),
    "netaxept": Product(
        "merchant_id transaction_id", "", "transaction_id terminal_url", NETAXEPT, NETAXEPT, "",
        NETAXEPT, NETAXEPT,
    ),
    "instabank": Product(
        "Sale.ExternalReference Sale.Sequence Sale.Product.Name", "", "", "Sale.Status RequestId",
        "Sale.Status RequestId", "", "Sale.Status RequestId", "Sale.Status RequestId",
    ),
    "santander": Product(
        SANTANDER, "", SANTANDER, SANTANDER, SANTANDER, "", SANTANDER, SANTANDER
    ),
    "seitatech": Product("", "", "", TERMINAL, TERMINAL, "", TERMINAL, TERMINAL, "payout_correlation_id"),
    "dintero": Product(),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One payment method; what is not said is as with most."""

    type: str
    card: str = ""
    currency: str = "NOK"
    is_captured_at_once: bool = False
    voids_the_rest: bool = False
    needs_items: bool = False
    may_be_held: bool = False
    more_metadata: tuple[str, ...] = field(default=())

    @property
    def product(self) -> Product:
        return PRODUCTS[self.type.partition(".")[0]]

    def keys(self, names: str, *plain: str) -> set[str]:
        prefix = self.type.partition(".")[0]
        return {f"{prefix}:{name}" for name in names.split()} | {
            name for one in plain for name in one.split()
        }


ROWS = [
    Row("vipps", voids_the_rest=True),
    Row("dintero_psp.vipps", WALLET),
    Row("dintero_psp.creditcard", TYPED),
    Row("dintero_psp.applepay", WALLET),
    Row("dintero_psp.googlepay", WALLET),
    Row("dintero_psp.clicktopay", WALLET),
    Row("payex.vipps", f"{WALLET} {ACQUIRER}", voids_the_rest=True),
    Row("payex.creditcard", f"{TYPED} {ACQUIRER}", voids_the_rest=True),
    Row("payex.applepay", f"{WALLET} {ACQUIRER}", voids_the_rest=True),
    Row("payex.googlepay", f"{WALLET} {ACQUIRER}", voids_the_rest=True),
    Row("payex.clicktopay", f"{WALLET} {ACQUIRER}", voids_the_rest=True),
    Row("payex.mobilepay", f"{WALLET} {ACQUIRER}", voids_the_rest=True),
    Row("payex.swish", currency="SEK", is_captured_at_once=True),
    Row("bambora.vipps", WALLET, more_metadata=("bambora:wallet",)),
    Row("bambora.creditcard", TYPED),
    Row("bambora.applepay", WALLET, more_metadata=("bambora:wallet",)),
    Row("bambora.googlepay", WALLET, more_metadata=("bambora:wallet",)),
    Row("bambora.mobilepay", WALLET, more_metadata=("bambora:wallet",)),
    Row("netaxept.creditcard", TYPED),
    Row("swish.swish", currency="SEK", is_captured_at_once=True),
    Row("klarna.klarna", voids_the_rest=True),
    Row("klarna.billie", voids_the_rest=True),
    Row("collector.invoice", may_be_held=True),
    Row("collector.invoice_b2b", may_be_held=True),
    Row("collector.invoice_b2b_preapproved", may_be_held=True),
    Row("collector.installment", may_be_held=True),
    Row("collector.installment_b2b_preapproved", may_be_held=True),
    Row("collector.finance", may_be_held=True),
    Row("instabank.finance", needs_items=True),
    Row("instabank.invoice", needs_items=True),
    Row("instabank.installment", needs_items=True),
    Row("instabank.postponement", needs_items=True),
    Row("kravia.invoice_b2b"),
    Row("kravia.invoice_b2b_grouped"),
    Row("kravia.invoice_b2c"),
    Row("two.invoice_b2b"),
    Row("santander.debit_account"),
    Row("seitatech.in_person", f"{PLAIN} entry_method"),
    Row("dintero.wallets"),
    Row("dintero.external", may_be_held=True),
]
LINES = [
    {"id": "shirt", "line_id": "1", "description": "Shirt", "quantity": 1, "amount": 600},
    {"id": "mug", "line_id": "2", "description": "Mug", "quantity": 1, "amount": 400},
]

each_method = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.type)


def only(type_: str) -> dict[str, Any]:
    """A configuration that offers this method and nothing else."""
    configuration: dict[str, Any] = {}
    at = configuration
    for key in type_.split("."):
        at = at.setdefault(key, {})
    at["enabled"] = True
    return configuration


def bought(merchant: Merchant, row: Row, **configuration: Any) -> str:
    sid = merchant.create_without_profile(
        {**only(row.type), **configuration},
        order=order(amount=1000, currency=row.currency, items=LINES),
    )
    tid = merchant.pay(sid, row.type)
    merchant.finish(sid, tid)
    return tid


def operate(merchant: Merchant, tid: str, what: str, line: int = 0) -> Any:
    """Capture or refund one of the two lines, or void."""
    item = LINES[line - 1]
    body = {"amount": item["amount"], "items": [item]} if line else {}
    return merchant.call("POST", f"/v1/transactions/{tid}/{what}", json=body)


def statuses(merchant: Merchant, tid: str, *steps: tuple[str, int]) -> list[str]:
    found = [merchant.transaction(tid)["status"]]
    for what, line in steps:
        answer = operate(merchant, tid, what, line)
        assert answer.status_code == 200, answer.text
        found.append(answer.json()["status"])
    return found


def metadata_of(transaction: dict[str, Any], event: str) -> list[set[str]]:
    return [set(e.get("metadata", {})) for e in transaction["events"] if e["event"] == event]


def test_the_table_has_every_method_but_zero() -> None:
    assert {row.type for row in ROWS} == set(METHODS) - {"dintero.zero"}


@each_method
def test_a_purchase_is_captured_and_refunded_in_parts(merchant: Merchant, row: Row) -> None:
    tid = bought(merchant, row)

    refunds = [("refund", 1), ("refund", 2)]
    if row.is_captured_at_once:
        assert statuses(merchant, tid, *refunds) == ["CAPTURED", "PARTIALLY_REFUNDED", "REFUNDED"]
    else:
        assert statuses(merchant, tid, ("capture", 1), ("capture", 2), *refunds) == [
            "AUTHORIZED", "PARTIALLY_CAPTURED", "CAPTURED", "PARTIALLY_REFUNDED", "REFUNDED"
        ]  # fmt: skip
    assert merchant.transaction(tid)["amount"] == 1000


@each_method
def test_a_purchase_is_voided(merchant: Merchant, row: Row) -> None:
    tid = bought(merchant, row)

    answer = operate(merchant, tid, "void")

    if row.is_captured_at_once:
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "INVALID_TRANSACTION_STATUS"
        assert "a cancel has to be a refund" in answer.json()["error"]["message"]
    else:
        assert answer.json()["status"] == "AUTHORIZATION_VOIDED"


@each_method
def test_the_rest_is_voided_where_the_contract_names_the_product(
    merchant: Merchant, row: Row
) -> None:
    if row.is_captured_at_once:
        return
    tid = bought(merchant, row)
    operate(merchant, tid, "capture", 1)

    answer = operate(merchant, tid, "void")

    if row.voids_the_rest:
        assert answer.json()["status"] == "CAPTURED"
    else:
        assert answer.status_code == 400
        assert merchant.transaction(tid)["status"] == "PARTIALLY_CAPTURED"


@each_method
def test_a_purchase_carries_what_its_provider_leaves(merchant: Merchant, row: Row) -> None:
    tid, product = bought(merchant, row), row.product
    if not row.is_captured_at_once:
        operate(merchant, tid, "capture", 1)
        operate(merchant, tid, "capture", 2)
    operate(merchant, tid, "refund", 1)
    voided = bought(merchant, row)
    operate(merchant, voided, "void")

    paid = merchant.transaction(tid)

    assert (paid["payment_product_type"], paid["payment_product"]) == (
        row.type, row.type.partition(".")[0]
    )  # fmt: skip
    assert set(paid.get("card", {})) == set(row.card.split())
    assert set(paid["metadata"]) == row.keys(product.metadata, product.plain_metadata) | set(
        row.more_metadata
    )
    capture = row.keys(product.capture, product.plain_event)
    first = capture | row.keys(product.first_capture)
    refund = [row.keys(product.refund, product.plain_event)]
    assert metadata_of(paid, "INITIALIZE") == [row.keys(product.start)]
    assert metadata_of(paid, "REFUND") == refund
    if row.is_captured_at_once:
        assert metadata_of(paid, "CAPTURE") == [capture]
        return
    assert metadata_of(paid, "AUTHORIZE") == [row.keys(product.authorize, product.plain_event)]
    assert metadata_of(paid, "CAPTURE") == [first, capture]
    assert metadata_of(merchant.transaction(voided), "VOID") == [
        row.keys(product.void, product.plain_event)
    ]


@each_method
def test_a_method_is_offered_when_it_is_enabled(merchant: Merchant, row: Row) -> None:
    priced = order(amount=1000, currency=row.currency, items=LINES)
    for enabled in (True, False):
        sid = merchant.create_without_profile(only(row.type) if enabled else {}, order=priced)
        shown = merchant.client.get(f"/?sid={sid}").text
        assert (f'data-testid="payment-method-{row.type}"' in shown) is enabled


@each_method
def test_auto_capture_ends_captured(merchant: Merchant, row: Row) -> None:
    paid = merchant.transaction(bought(merchant, row, auto_capture=True))

    assert paid["status"] == "CAPTURED"
    assert [e["amount"] for e in paid["events"] if e["event"] == "CAPTURE"] == [1000]


@each_method
def test_items_are_asked_for_where_the_contract_does(merchant: Merchant, row: Row) -> None:
    tid = bought(merchant, row)
    what = "refund" if row.is_captured_at_once else "capture"

    answer = merchant.call("POST", f"/v1/transactions/{tid}/{what}", json={"amount": 600})

    assert answer.status_code == (400 if row.needs_items else 200)


def test_a_sum_of_zero_goes_through_all_statuses(merchant: Merchant) -> None:
    sid = merchant.create_without_profile(only("dintero.zero"), order=order(amount=0, items=[]))
    tid = merchant.pay(sid, "dintero.zero")
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"
    for what, status in (("capture", "CAPTURED"), ("refund", "REFUNDED")):
        answer = merchant.ok("POST", f"/v1/transactions/{tid}/{what}", {"amount": 0})
        assert answer["status"] == status
    assert "card" not in answer
    assert all("metadata" not in event for event in answer["events"])


def test_walley_captures_whole_lines(merchant: Merchant) -> None:
    tid = bought(merchant, Row("collector.invoice"))
    for item in ({**LINES[0], "amount": 500}, {**LINES[0], "line_id": "9"}):
        body = {"amount": item["amount"], "items": [item]}
        answer = merchant.call("POST", f"/v1/transactions/{tid}/capture", json=body)
        assert answer.status_code == 400
        assert "whole lines" in answer.json()["error"]["message"]
    assert operate(merchant, tid, "capture", 1).json()["status"] == "PARTIALLY_CAPTURED"


@pytest.mark.parametrize(
    ("customers", "there", "missing"),
    [
        (["b2c"], "kravia.invoice_b2c", "kravia.invoice_b2b"),
        (["b2b"], "kravia.invoice_b2b", "kravia.invoice_b2c"),
    ],
)
def test_a_shop_for_one_kind_of_customer_offers_the_methods_for_them(
    merchant: Merchant, customers: list[str], there: str, missing: str
) -> None:
    both = {name: {"enabled": True} for name in ("invoice_b2b", "invoice_b2c")}
    express = {"shipping_options": [], "customer_types": customers}
    sid = merchant.create(express=express, configuration={"kravia": both})

    shown = merchant.client.get(f"/?sid={sid}").text

    assert f"payment-method-{there}" in shown
    assert f"payment-method-{missing}" not in shown


def test_what_a_caller_says_of_an_event_stands_beside_what_the_provider_says(
    merchant: Merchant,
) -> None:
    tid = merchant.authorized()
    body = {"amount": 400, "metadata": {"ext_box": "7"}}

    event = merchant.ok("POST", f"/v1/transactions/{tid}/capture", body)["events"][-1]

    assert event["metadata"]["ext_box"] == "7"
    assert event["metadata"]["dintero_psp:operation_ref"]
