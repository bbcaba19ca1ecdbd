"""What providers leave behind: the same for the same payment, and each event points at the right one."""

from __future__ import annotations

import pytest

from mock_dintero.core.ids import derived, digits
from mock_dintero.core.operation import CaptureBody, RefundBody, capture, refund, void
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.provider import event_metadata, metadata

ITEMS = [{"line_id": "1", "quantity": 1, "amount": 10000}]


def whole_life(make, method):
    """Bought, captured in two parts unless at once, refunded in part."""
    paid = make.paid(10000, method)
    if not METHODS[method].is_captured_at_once:
        for amount in (6000, 4000):
            items = [{**ITEMS[0], "amount": amount}] if METHODS[method].needs_items else None
            body = CaptureBody.model_validate(
                {"amount": amount, **({"items": items} if items else {})}
            )
            paid = capture(paid, body, "client", make.now)
    body = RefundBody.model_validate({"amount": 500, "items": ITEMS})
    return refund(paid, body, "client", make.now)


def left(transaction, event, number=0):
    """The metadata of the event of this name."""
    return [e for e in transaction.events if e.event == event][number].metadata


def test_derived_ids_depend_on_the_payment_and_the_word():
    assert derived("T12345678.a", "x") == derived("T12345678.a", "x")
    assert len({derived(id, word) for id in ("T1.a", "T1.b") for word in ("x", "y")}) == 4


@pytest.mark.parametrize("count", [1, 4, 6, 18])
def test_numbers_have_their_digits_and_never_begin_with_0(count):
    made = [digits(derived("T12345678.a", str(n)), count) for n in range(200)]

    assert {len(one) for one in made} == {count}
    assert not any(one.startswith("0") for one in made)


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"dintero.zero"}))
def test_the_same_payment_always_looks_the_same(make, method):
    assert whole_life(make, method) == whole_life(make, method)


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"dintero.zero"}))
def test_keys_begin_with_the_providers_name(make, method):
    transaction = whole_life(make, method)
    everything = [transaction.metadata, *(event.metadata or {} for event in transaction.events)]

    provider = f"{transaction.payment_product}:"
    general = {"gateway:id", "merchant_name", "payout_correlation_id"}
    assert all(key.startswith(provider) or key in general for keys in everything for key in keys)


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"dintero.zero"}))
def test_every_event_of_a_provider_has_ids_of_its_own(make, method):
    transaction = whole_life(make, method)
    told = [event.metadata for event in transaction.events if event.metadata]

    is_same_for_all = method.startswith(("santander", "two", "dintero."))
    assert is_same_for_all or len({str(sorted(one.items())) for one in told}) == len(told)


def test_operations_of_dintero_psp_point_at_the_one_they_build_upon(make):
    transaction = whole_life(make, "dintero_psp.creditcard")
    authorized = left(transaction, "AUTHORIZE")["dintero_psp:operation_ref"]
    second = left(transaction, "CAPTURE", 1)

    assert second["dintero_psp:authorization_operation_ref"] == authorized
    assert second["dintero_psp:operation_ref"] != authorized
    refunded = left(transaction, "REFUND")
    assert refunded["dintero_psp:capture_operation_ref"] == second["dintero_psp:operation_ref"]
    voided = left(void(make.paid(), "client", make.now), "VOID")
    assert voided["dintero_psp:authorization_operation_ref"] == authorized


def test_only_a_mastercard_has_a_trace(make):
    visa = make.paid(method="dintero_psp.creditcard")
    mastercard = visa.with_(card={**visa.card, "brand": "MasterCard"})
    trace = {"dintero_psp:network:acquirer_stan", "dintero_psp:network:lifecycle_trace_id"}

    for transaction, expected in ((visa, set()), (mastercard, trace)):
        found = event_metadata(transaction, "CAPTURE", True, 1, make.now)
        assert set(found) & trace == expected


def test_vipps_says_what_happened(make):
    transaction = whole_life(make, "vipps")
    events = ("INITIALIZE", "AUTHORIZE", "CAPTURE", "REFUND")
    key = "vipps:transactionInfo.status"

    assert [left(transaction, event)[key] for event in events] == [
        "INITIATE", "RESERVE", "CAPTURE", "Refund"
    ]  # fmt: skip
    assert left(void(make.paid(method="vipps"), "client", make.now), "VOID")[key] == "VOID"
    declined = make.pay(make.session(), "vipps", "decline")[1]
    assert left(declined, "AUTHORIZE")[key] == "CANCEL"


def test_swish_pays_what_the_transaction_names_and_gives_it_back(make):
    transaction = whole_life(make, "swish.swish")
    paid, refunded = left(transaction, "CAPTURE"), left(transaction, "REFUND")

    for key in ("swish:id", "swish:paymentReference"):
        assert transaction.metadata[key] == paid[key] != refunded[key]
    assert refunded["swish:originalPaymentReference"] == paid["swish:paymentReference"]
    assert (paid["swish:amount"], refunded["swish:amount"]) == ("100.00", "5.00")


def test_a_declined_swish_says_why(make):
    session = make.session(order={"currency": "SEK"})

    declined = left(make.pay(session, "swish.swish", "decline")[1], "AUTHORIZE")

    assert declined["swish:status"] == "DECLINED"
    assert declined["swish:errorCode"]


def test_swedbank_pay_calls_a_capture_without_authorization_a_sale(make):
    key = "payex:transaction:type"

    assert left(whole_life(make, "payex.swish"), "CAPTURE")[key] == "Sale"
    assert left(whole_life(make, "payex.creditcard"), "CAPTURE")[key] == "Capture"
    assert left(whole_life(make, "payex.creditcard"), "REFUND")[key] == "Reversal"
    assert isinstance(
        left(whole_life(make, "payex.vipps"), "CAPTURE")["payex:transaction:number"], int
    )


def test_walley_knows_the_session_and_tells_of_a_new_invoice_only_while_some_is_open(make):
    transaction = whole_life(make, "collector.invoice")

    assert transaction.metadata["collector:Invoice.OrderNumber"] == transaction.session_id
    assert "collector:Invoice.NewInvoiceNumber" in left(transaction, "CAPTURE", 0)
    assert "collector:Invoice.NewInvoiceNumber" not in left(transaction, "CAPTURE", 1)
    assert left(transaction, "CAPTURE")["collector:Invoice.TotalAmount"] == 60.0


def test_klarnas_reservation_lives_for_28_days(make):
    key = "klarna:authorization_expiration"

    assert left(whole_life(make, "klarna.klarna"), "AUTHORIZE")[key] == "2026-12-20T10:00:00.112Z"


def test_the_merchants_numbers_are_those_of_the_account(make):
    first = metadata(make.paid(method="vipps"))
    second = metadata(make.paid(method="vipps").with_(id="T12345678.other"))

    key = "vipps:merchantInfo.merchantSerialNumber"
    assert first[key] == second[key]
    assert len(first[key]) == 6
    assert first["vipps:transaction.orderId"] != second["vipps:transaction.orderId"]


def test_what_the_shop_is_called_wins_over_the_providers_name_for_it(make):
    shop = {"name": "Hus", "logo_url": "https://a.example/l.png"}

    assert (
        make.pay(make.session(merchant=shop), "klarna.klarna")[1].metadata["merchant_name"] == "Hus"
    )
