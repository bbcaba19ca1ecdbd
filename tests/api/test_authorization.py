"""`POST /v1/transactions/{id}/authorization`, as a merchant calls it."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import Json, Merchant, opened, order, said

KLARNA = "klarna.klarna"
EXTERNAL: Json = {"dintero": {"external": {"enabled": True}}}
CALLBACK = {"return_url": "https://shop.example/return", "callback_url": "http://shop.example/paid"}


def authorize(merchant: Merchant, tid: str, json: Any = None, status: int = 200) -> Json:
    sent = {} if json is None else {"json": json}
    answer = merchant.call("POST", f"/v1/transactions/{tid}/authorization", **sent)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def held(merchant: Merchant, **changes: Any) -> tuple[str, str]:
    """A session and its external payment that is ON_HOLD."""
    sid = merchant.create(
        express=None, order=order(amount=1000, items=None),
        configuration={**EXTERNAL, **changes.pop("configuration", {})}, **changes,
    )  # fmt: skip
    tid = merchant.pay(sid, "dintero.external")
    merchant.finish(sid, tid, "hold")
    assert merchant.transaction(tid)["status"] == "ON_HOLD"
    return sid, tid


def test_klarna_is_extended_with_a_reason_and_a_reference(merchant: Merchant) -> None:
    tid = merchant.authorized(1000, KLARNA)
    shown = authorize(merchant, tid, {"reason": "late", "reference": "r-1"})
    assert shown == merchant.transaction(tid)
    event = shown["events"][-1]
    assert (event["event"], event["event_reference"]) == ("AUTHORIZE", "r-1")
    assert event["metadata"]["klarna:authorization_expiration"] == "2026-11-03T09:14:03.112Z"
    assert authorize(merchant, tid, {"reason": "late"}, 400)["error"]["errors"][0]["path"] == [
        "reference"
    ]
    empty = authorize(merchant, tid, None, 400)["error"]
    assert empty["code"] == "INVALID_REQUEST_PARAMETER"


def test_klarnas_new_total_is_what_can_be_captured(merchant: Merchant) -> None:
    tid = merchant.authorized(1000, KLARNA)
    shown = authorize(merchant, tid, {"amount": 1500, "items": [{"line_id": "1", "amount": 1500}]})
    assert (shown["amount"], shown["status"]) == (1500, "AUTHORIZED")
    wrong = authorize(merchant, tid, {"amount": 9, "items": [{"amount": 8}]}, 400)
    assert wrong["error"]["code"] == "INVALID_ORDER_AMOUNT"
    captured = merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 1500})
    assert captured["status"] == "CAPTURED"
    late = authorize(merchant, tid, {"amount": 2000, "items": [{"amount": 2000}]}, 409)
    assert late["error"]["code"] == "AUTHORIZATION_CONFLICT"
    assert [t["id"] for t in merchant.ok("GET", "/v1/transactions", params={"amount": 1500})] == [
        tid
    ]


@pytest.mark.parametrize("method", ["dintero_psp.vipps", "dintero_psp.creditcard", "swish.swish"])
def test_other_payments_cannot_be_updated(merchant: Merchant, method: str) -> None:
    currency = "SEK" if "swish" in method else "NOK"
    tid = merchant.authorized(
        method=method, order=order(amount=1000, items=None, currency=currency)
    )
    before = merchant.state()
    refused = authorize(merchant, tid, {"amount": 2000}, 400)
    assert refused["error"]["code"] == "AUTHORIZATION_NOT_UPDATABLE"
    assert merchant.state() == before


def test_an_unknown_transaction_is_not_found(merchant: Merchant) -> None:
    tid = merchant.authorized(1000, KLARNA)
    assert authorize(merchant, f"{tid[:-1]}!", {}, 404)["error"]["code"] == "NOT_FOUND"
    merchant.log_in("T00000099", "c", "s")
    authorize(merchant, tid, {}, 404)


@pytest.mark.parametrize("body", [{"amount": "10"}, {"amount": 1.5}, {"items": 1},
                                  {"final_authorization": "yes"}, {"reason": 1}, []])  # fmt: skip
def test_a_body_of_another_form_is_refused(merchant: Merchant, body: Any) -> None:
    tid = merchant.authorized(1000, KLARNA)
    assert authorize(merchant, tid, body, 400)["error"]["code"] == "INVALID_REQUEST_PARAMETER"


def test_an_approved_external_payment_is_told_a_second_time(merchant: Merchant) -> None:
    sid, tid = held(merchant, url=CALLBACK)
    merchant.advance()
    shown = authorize(merchant, tid, {"amount": 1000, "reference": "bank-1"})
    assert (shown["status"], shown["events"][-1]["event_reference"]) == ("AUTHORIZED", "bank-1")
    assert shown["events"][-1]["created_by"] == "mock-client-id"
    merchant.advance()
    assert [told["transaction_id"] for told in merchant.shop.told()] == [tid, tid]
    assert "event" not in merchant.shop.told()[1]
    names = merchant.events(sid)
    assert names.index("ON_HOLD_CALLBACK_SENT") < names.index("AUTHORIZED")
    assert names[-1] == "AUTH_CALLBACK_SENT"
    assert authorize(merchant, tid, {}, 409)["error"]["code"] == "AUTHORIZATION_CONFLICT"


def test_an_approval_may_come_without_a_body_and_captures_where_that_was_asked_for(
    merchant: Merchant,
) -> None:
    _, tid = held(merchant, configuration={"auto_capture": True})
    assert authorize(merchant, tid)["status"] == "CAPTURED"


def test_an_approval_for_another_sum_is_refused(merchant: Merchant) -> None:
    _, tid = held(merchant)
    assert authorize(merchant, tid, {"amount": 1}, 400)["error"]["code"] == "INVALID_ORDER_AMOUNT"
    assert merchant.transaction(tid)["status"] == "ON_HOLD"


def test_a_callback_that_asks_for_the_word_hears_of_updates() -> None:
    with opened(lambda callback: said({})) as merchant:
        url = {**CALLBACK, "callback_url": "http://shop.example/paid?report_event=AUTHORIZE"}
        tid = merchant.authorized(1000, KLARNA, url=url)
        merchant.advance()
        authorize(merchant, tid, {"reason": "late", "reference": "r"})
        merchant.advance()
        assert [told.get("event") for told in merchant.shop.told()] == [None, "AUTHORIZE"]


def test_a_trailing_slash_and_the_alias_lead_there_too(merchant: Merchant) -> None:
    tid = merchant.authorized(1000, KLARNA)
    body = {"reason": "late", "reference": "r"}
    merchant.ok("POST", f"/v1/transactions/{tid}/authorization/", body)
    merchant.ok("POST", f"/v1/accounts/T12345678/payments/transactions/{tid}/authorization", body)
