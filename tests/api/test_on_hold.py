"""A payment that somebody checks by hand: ON_HOLD, then decided by the tester (transactions.md 3.1, 3.4)."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import Browser, Merchant

WALLEY = {"collector": {"invoice": {"enabled": True}}}
ASKS_FOR_ERRORS = {
    "return_url": "https://shop.example/return",
    "callback_url": "http://shop.example/paid?report_error=true",
}


def held(
    merchant: Merchant, method: str = "collector.invoice", **changes: Any
) -> tuple[str, str, str]:
    """Session, transaction, and where the browser went."""
    product, _, name = method.partition(".")
    configuration = {product: {name: {"enabled": True}}, **changes.pop("configuration", {})}
    sid = merchant.create_without_profile(configuration, **changes)
    tid = merchant.pay(sid, method)
    return sid, tid, merchant.finish(sid, tid, "hold")


def decide(merchant: Merchant, tid: str, outcome: object) -> Any:
    return merchant.client.post(
        f"/_mock/api/v1/transactions/{tid}/decide", json={"outcome": outcome}
    )


def test_a_payment_on_hold_is_told_and_brings_the_customer_back_without_an_error(
    merchant: Merchant,
) -> None:
    sid, tid, location = held(merchant)
    merchant.advance()

    assert (
        location == f"https://shop.example/return?merchant_reference=order-1&transaction_id={tid}"
    )
    assert merchant.transaction(tid)["status"] == "ON_HOLD"
    events = merchant.transaction(tid)["events"]
    assert [(e["event"], e["transaction_status"]) for e in events] == [
        ("INITIALIZE", "INITIATED"), ("INITIALIZE", "ON_HOLD")
    ]  # fmt: skip
    assert merchant.session(sid)["transaction_id"] == tid
    assert merchant.events(sid)[-1] == "ON_HOLD_CALLBACK_SENT"
    assert [told["transaction_id"] for told in merchant.shop.told()] == [tid]
    assert "error" not in merchant.shop.told()[0]


def test_an_approved_payment_is_told_once_more(merchant: Merchant) -> None:
    sid, tid, _ = held(merchant)
    merchant.advance()

    answer = decide(merchant, tid, "approve")
    merchant.advance()

    assert (answer.status_code, answer.json()["status"]) == (200, "AUTHORIZED")
    assert len(merchant.shop.told()) == 2
    assert "error" not in merchant.shop.told()[1]
    assert merchant.events(sid)[-2:] == ["AUTHORIZED", "AUTH_CALLBACK_SENT"]
    assert operate(merchant, tid).json()["status"] == "CAPTURED"


def operate(merchant: Merchant, tid: str) -> Any:
    return merchant.call("POST", f"/v1/transactions/{tid}/capture", json={"amount": 29900})


def test_a_rejected_payment_is_told_to_a_shop_that_wants_to_hear_of_errors(
    merchant: Merchant,
) -> None:
    sid, tid, _ = held(merchant, url=ASKS_FOR_ERRORS)
    merchant.advance()

    assert decide(merchant, tid, "reject").json()["status"] == "FAILED"
    merchant.advance()

    assert [told.get("error") for told in merchant.shop.told()] == [None, "failed"]
    assert merchant.session(sid)["transaction_id"] == tid
    back = merchant.client.get(f"/wallet/{sid}/{tid}").headers["location"]
    assert back.endswith("&error=failed")


def test_a_rejected_payment_is_not_told_to_a_shop_that_did_not_ask(merchant: Merchant) -> None:
    _, tid, _ = held(merchant)
    merchant.advance()
    decide(merchant, tid, "reject")
    merchant.advance()

    assert len(merchant.shop.told()) == 1


def test_an_approved_payment_with_auto_capture_is_captured(merchant: Merchant) -> None:
    _, tid, _ = held(merchant, configuration={"auto_capture": True})

    assert decide(merchant, tid, "approve").json()["status"] == "CAPTURED"


def test_an_external_payment_may_be_on_hold(merchant: Merchant) -> None:
    _, tid, _ = held(merchant, "dintero.external")

    assert merchant.transaction(tid)["status"] == "ON_HOLD"


def test_nothing_can_be_taken_or_given_back_while_it_is_on_hold(merchant: Merchant) -> None:
    sid, tid, _ = held(merchant)
    for what in ("capture", "refund", "void"):
        answer = merchant.call("POST", f"/v1/transactions/{tid}/{what}", json={"amount": 1})
        assert answer.json()["error"]["code"] == "INVALID_TRANSACTION_STATUS"
    shown = merchant.client.get(f"/?sid={sid}")
    assert shown.status_code == 404
    assert "The payment is being checked" in shown.text


def test_only_what_is_on_hold_can_be_decided(merchant: Merchant) -> None:
    _, tid, _ = held(merchant)
    decide(merchant, tid, "approve")
    before = merchant.transaction(tid)

    answer = decide(merchant, tid, "reject")

    assert answer.status_code == 400
    assert "must be ON_HOLD" in answer.json()["error"]["message"]
    assert merchant.transaction(tid) == before
    assert decide(merchant, "T12345678.nothing", "approve").status_code == 404
    for odd in ("hold", None, 1):
        assert decide(merchant, tid, odd).status_code == 400


@pytest.mark.parametrize("method", ["klarna.klarna", "dintero_psp.creditcard", "dintero_psp.vipps"])
def test_other_methods_are_never_on_hold(merchant: Merchant, method: str) -> None:
    sid = merchant.create(express=None)
    tid = merchant.pay(sid, method)
    browser = Browser(merchant)
    assert not browser.open(f"/wallet/{sid}/{tid}").find("payment-hold")

    merchant.client.post(f"/wallet/{sid}/{tid}/hold")

    assert merchant.transaction(tid)["status"] == "INITIATED"


def test_the_simulator_offers_to_hold_and_to_reject(merchant: Merchant) -> None:
    for button, status in (("payment-hold", "ON_HOLD"), ("payment-reject", "FAILED")):
        sid = merchant.create_without_profile(WALLEY)
        tid = merchant.pay(sid, "collector.invoice")
        browser = Browser(merchant)
        browser.open(f"/wallet/{sid}/{tid}")
        browser.submit(button)
        assert merchant.transaction(tid)["status"] == status
        assert ("error=failed" in browser.location) is (status == "FAILED")
