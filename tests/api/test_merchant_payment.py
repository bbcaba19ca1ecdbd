"""`POST /v1/sessions/pay`: the merchant charges a saved card."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import Json, Merchant
from saved_cards import CARD, registered, secret


@pytest.fixture
def value(merchant: Merchant) -> str:
    """A card token's secret."""
    return secret(merchant, registered(merchant))


def pay_body(value: str, operation: str = "recurring_purchase", **session: Any) -> Json:
    return {
        "session": {
            "order": {"amount": 9900, "currency": "NOK", "merchant_reference": "sub-1",
                      "items": [{"line_id": "1", "amount": 9900}]},
            "url": {"callback_url": "http://shop.example/paid?report_error=true"},
            "customer": {"email": "kari@example.no", "tokens": {CARD: {"payment_token": value}}},
            **session,
        },
        "payment": {"payment_product_type": CARD, "operation": operation},
        "url": {"callback_url": "where a plugin puts it"},
    }  # fmt: skip


def pay(merchant: Merchant, body: Json, status: int = 200, toggles: str = "") -> Json:
    headers = {"dintero-feature-toggles": toggles} if toggles else {}
    answer = merchant.call("POST", "/v1/sessions/pay", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def test_a_saved_card_is_charged_and_everything_is_told(merchant: Merchant, value: str) -> None:
    paid = pay(merchant, pay_body(value, metadata={"ext_a": 1}))
    assert (paid["status"], paid["amount"], paid["success"]) == ("AUTHORIZED", 9900, True)
    assert paid["actions"] == [{"source": "DINTERO", "code": "200", "type": "success"}]
    assert paid["customer"]["tokens"] == {CARD: {"payment_token": value}}
    session, kept = merchant.session(paid["session_id"]), merchant.transaction(paid["id"])
    assert session["transaction_id"] == paid["id"]
    assert (session["payment_operation"], session["metadata"]) == (
        "recurring_purchase", {"ext_a": 1}
    )  # fmt: skip
    assert value not in str(session) + str(kept)
    assert kept["payment_operation"] == "recurring_purchase"
    assert kept["url"] == {"callback_url": "http://shop.example/paid?report_error=true"}
    merchant.advance()
    told = merchant.shop.told()[-1]
    assert (told["transaction_id"], "error" in told) == (paid["id"], False)
    assert merchant.events(paid["session_id"]) == ["INITIATED", "AUTHORIZED", "AUTH_CALLBACK_SENT"]


def test_a_declined_card_is_answered_with_200_and_a_failed_transaction(
    merchant: Merchant, value: str
) -> None:
    (token,) = merchant.ok("GET", "/v1/card-tokens")
    merchant.ok("DELETE", f"/v1/card-tokens/{token['id']}")
    failed = pay(merchant, pay_body(value))
    assert (failed["status"], failed["success"]) == ("FAILED", False)
    assert failed["actions"] == [{"source": "DINTERO", "code": "46", "type": "error"}]
    error = failed["events"][-1]["error"]
    assert (error["type"], error["retry_policy"]) == (
        ["CLOSED_ACCOUNT"], {"retry_codes": ["DO_NOT_RETRY"]}
    )  # fmt: skip
    merchant.advance()
    assert merchant.shop.told()[-1]["error"] == "authorization"
    assert merchant.events(failed["session_id"])[:2] == ["INITIATED", "FAILED"]


def test_auto_capture_captures_at_once(merchant: Merchant, value: str) -> None:
    assert (
        pay(merchant, pay_body(value, configuration={"auto_capture": True}))["status"] == "CAPTURED"
    )


def test_a_pre_authorization_is_raised_finalized_and_captured(
    merchant: Merchant, value: str
) -> None:
    paid = pay(merchant, pay_body(value, configuration={"pre_authorization": True}))
    assert "pre_authorization" not in paid
    tid = paid["id"]
    assert merchant.transaction(tid) == {
        name: held for name, held in paid.items() if name not in ("success", "actions")
    } | {"customer": {"email": "kari@example.no"}}  # fmt: skip
    early = merchant.call("POST", f"/v1/transactions/{tid}/capture", json={"amount": 9900})
    assert (early.status_code, early.json()["error"]["code"]) == (400, "AUTHORIZATION_NOT_FINAL")
    path = f"/v1/transactions/{tid}/authorization"
    lower = merchant.call("POST", path, json={"amount": 9000, "items": [{"amount": 9000}]})
    assert lower.status_code == 400
    merchant.ok("POST", path, {"amount": 12000, "items": [{"amount": 12000}]})
    final = {"amount": 9500, "items": [{"amount": 9500}], "final_authorization": True}
    shown = merchant.ok("POST", path, final)
    assert (shown["amount"], "pre_authorization" in shown) == (9500, False)
    assert merchant.call("POST", path, json=final).status_code == 409
    captured = merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 9500})
    assert captured["status"] == "CAPTURED"
    listed = merchant.ok("GET", "/v1/transactions", params={"id": tid})
    assert "pre_authorization" not in listed[0]


@pytest.mark.parametrize(
    ("toggle", "after_failure", "after_success"),
    [("strict-merchant-reference", 400, 400), ("strict-success-merchant-reference", 200, 400),
     ("", 200, 200)],
)  # fmt: skip
def test_the_toggles_forbid_a_merchant_reference_that_was_used(
    merchant: Merchant, value: str, toggle: str, after_failure: int, after_success: int
) -> None:
    spare = secret(merchant, registered(merchant))
    token = next(t for t in merchant.ok("GET", "/v1/card-tokens") if t["token"] == spare)
    merchant.ok("DELETE", f"/v1/card-tokens/{token['id']}")
    assert pay(merchant, pay_body(spare))["success"] is False
    answer = pay(merchant, pay_body(value), after_failure, toggle)
    if after_failure == 400:
        assert answer["error"]["code"] == "DUPLICATE_MERCHANT_REFERENCE"
        assert (answer["success"], "status" in answer) == (False, False)
    pay(merchant, pay_body(value))
    pay(merchant, pay_body(value), after_success, toggle)


@pytest.mark.parametrize(
    ("body", "code"),
    [(pay_body("nobody's"), "INVALID_PAYMENT_TOKEN"),
     (pay_body("x", "purchase"), "INVALID_REQUEST_PARAMETER"),
     (pay_body("x", customer={"tokens": {}}), "INVALID_REQUEST_PARAMETER"),
     (pay_body("x", customer=None), "INVALID_REQUEST_PARAMETER"),
     (pay_body("x", order={"amount": 1}), "INVALID_REQUEST_PARAMETER"),
     ({"session": {}}, "INVALID_REQUEST_PARAMETER"), ([], "INVALID_REQUEST_PARAMETER"),
     ({**pay_body("x"), "payment": {"payment_product_type": "vipps", "operation": "recurring_purchase"}},
      "INVALID_REQUEST_PARAMETER")],
)  # fmt: skip
def test_what_is_wrong_is_400_with_the_result_beside_it(
    merchant: Merchant, body: Any, code: str
) -> None:
    before = merchant.state()
    answer = pay(merchant, body, 400)
    assert answer["error"]["code"] == code
    assert (answer["success"], answer["actions"]) == (
        False, [{"source": "DINTERO", "code": "400", "type": "error"}]
    )  # fmt: skip
    assert merchant.state() == before


def test_a_token_and_a_payment_of_nothing_are_refused(merchant: Merchant, value: str) -> None:
    nothing = {"amount": 0, "currency": "NOK", "merchant_reference": "r"}
    assert (
        pay(merchant, pay_body(value, order=nothing), 400)["error"]["code"] == "SESSION_NOT_PAYABLE"
    )
    assert merchant.client.post("/v1/sessions/pay", json=pay_body(value)).status_code == 401
    merchant.log_in("T00000099", "c", "s")
    assert pay(merchant, pay_body(value), 400)["error"]["code"] == "INVALID_PAYMENT_TOKEN"


def test_the_payments_of_a_token_are_found_by_it(merchant: Merchant, value: str) -> None:
    paid = pay(merchant, pay_body(value, "unscheduled_purchase"))
    id = paid["card"]["payment_token_id"]
    for params, count in (
        ({"token_id": id}, 2), ({"search": id}, 2), ({"token_id": "x"}, 0),
        ({"payment_operation": "unscheduled_purchase"}, 1),
        ({"payment_operation": "generate_payment_token"}, 1),
    ):  # fmt: skip
        assert len(merchant.ok("GET", "/v1/transactions", params=params)) == count, params
