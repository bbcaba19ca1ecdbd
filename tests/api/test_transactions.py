"""Transactions, as a merchant reads, lists, captures, refunds, voids and names them."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import ACCOUNT, ADDRESS, POSTEN, VIPPS, Merchant, order


def test_a_transaction_shows_what_was_bought_by_whom(merchant: Merchant) -> None:
    sid, tid = merchant.purchase()
    paid = merchant.transaction(tid)
    assert (paid["id"], paid["session_id"], paid["account_id"]) == (tid, sid, ACCOUNT)
    assert (paid["status"], paid["amount"], paid["currency"]) == ("AUTHORIZED", 34800, "NOK")
    assert (paid["payment_product"], paid["payment_product_type"]) == ("dintero_psp", VIPPS)
    assert paid["shipping_address"] == paid["billing_address"] == ADDRESS
    assert paid["shipping_option"] == POSTEN
    assert paid["items"][-1] == {
        "id": "posten", "line_id": "posten", "description": "Home delivery", "quantity": 1,
        "amount": 4900, "type": "shipping",
    }  # fmt: skip
    assert sum(item["amount"] for item in paid["items"]) == paid["amount"]
    assert [event["event"] for event in paid["events"]] == ["INITIALIZE", "AUTHORIZE"]
    assert paid["customer"] == {"email": "kari@example.no", "phone_number": "+4791234567"}


def test_includes_adds_the_session_or_leaves_out_what_failed(merchant: Merchant) -> None:
    sid, tid = merchant.purchase()
    plain = merchant.transaction(tid)
    assert "session" not in plain
    path = f"/v1/transactions/{tid}"
    with_session = merchant.ok("GET", path, params={"includes": ["session", "card.payment_token"]})
    assert with_session["session"] == merchant.session(sid)
    assert {k: v for k, v in with_session.items() if k != "session"} == plain
    declined = merchant.ready()
    other = merchant.pay(declined)
    merchant.finish(declined, other, "decline")
    only = merchant.ok(
        "GET", f"/v1/transactions/{other}", params={"includes": "events.success.true"}
    )
    assert all(event["success"] for event in only["events"])
    assert len(merchant.transaction(other)["events"]) == len(only["events"]) + 1


def test_capture_refund_and_void_walk_through_the_statuses(merchant: Merchant) -> None:
    tid = merchant.authorized(1000)

    def does(what: str, amount: int) -> str:
        body = {"amount": amount, f"{what}_reference": f"{what} {amount}"}
        done = merchant.ok("POST", f"/v1/transactions/{tid}/{what}", body)
        assert done == merchant.transaction(tid)
        assert done["events"][-1]["event_reference"] == f"{what} {amount}"
        assert done["events"][-1]["transaction_status"] == done["status"]
        return str(done["status"])

    assert does("capture", 600) == "PARTIALLY_CAPTURED"
    assert does("refund", 100) == "PARTIALLY_CAPTURED_REFUNDED"
    assert does("capture", 400) == "PARTIALLY_REFUNDED"
    assert does("refund", 900) == "REFUNDED"
    assert merchant.transaction(tid)["amount"] == 1000


@pytest.mark.parametrize(
    ("what", "amount", "code"),
    [
        ("capture", 1001, "AMOUNT_TOO_HIGH"),
        ("capture", 0, "INVALID_REQUEST_PARAMETER"),
        ("capture", -1, "INVALID_REQUEST_PARAMETER"),
        ("refund", 1, "INVALID_TRANSACTION_STATUS"),
    ],
)
def test_what_cannot_be_taken_changes_nothing(
    merchant: Merchant, what: str, amount: int, code: str
) -> None:
    tid = merchant.authorized(1000)
    before = merchant.state()
    answer = merchant.call("POST", f"/v1/transactions/{tid}/{what}", json={"amount": amount})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert merchant.state() == before


def test_a_captured_transaction_gives_no_more_and_cannot_be_voided(merchant: Merchant) -> None:
    tid = merchant.authorized(1000)
    merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 1000})
    before = merchant.state()
    for what, body, code in (
        ("capture", {"amount": 1}, "INVALID_TRANSACTION_STATUS"),
        ("void", {}, "INVALID_TRANSACTION_STATUS"),
        ("refund", {"amount": 1001}, "AMOUNT_TOO_HIGH"),
    ):
        answer = merchant.call("POST", f"/v1/transactions/{tid}/{what}", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert merchant.state() == before


VOID_BODIES = [
    (b"", ""), (b"", "application/json"), (b"{}", "application/json"), (b"[]", "application/json"),
    (b"null", "application/json"), (b'{"id": "x"}', "application/json"), (b"{}", "text/plain"),
    (b"a=b", "application/x-www-form-urlencoded"), (b"not json", "application/json"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "kind"), VOID_BODIES)
def test_void_takes_any_body(merchant: Merchant, body: bytes, kind: str) -> None:
    tid = merchant.authorized()
    headers = {"content-type": kind} if kind else {}
    path = f"/v1/transactions/{tid}/void"
    answer = merchant.call("POST", path, content=body, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["status"] == "AUTHORIZATION_VOIDED"


def test_only_some_methods_can_release_the_rest(merchant: Merchant) -> None:
    with_vipps = {"configuration": {"vipps": {"enabled": True}}}
    can, cannot = merchant.authorized(method="vipps", **with_vipps), merchant.authorized()
    for tid in (can, cannot):
        merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 600})
    released = merchant.ok("POST", f"/v1/transactions/{can}/void")
    assert released["status"] == "CAPTURED"
    assert released["events"][-1]["amount"] == 400
    assert merchant.call("POST", f"/v1/transactions/{cannot}/void").status_code == 400
    assert merchant.transaction(cannot)["status"] == "PARTIALLY_CAPTURED"


@pytest.mark.parametrize("what", ["capture", "refund"])
def test_extra_fields_and_floats_of_plugins_are_taken(merchant: Merchant, what: str) -> None:
    tid = merchant.authorized(29990)
    if what == "refund":
        merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 29990})
    body = {
        "id": tid, "amount": 29990.0, "items": [{"line_id": "1", "amount": 29990.0, "id": "x"}],
        "metadata": {"ext_a": "b"}, "capture_reference": "c", "refund_reference": "c", "reason": "r",
    }  # fmt: skip
    event = merchant.ok("POST", f"/v1/transactions/{tid}/{what}", body)["events"][-1]
    assert (event["amount"], event["event_reference"]) == (29990, "c")
    assert (event["metadata"]["ext_a"], event["created_by"]) == ("b", "mock-client-id")


def test_an_event_without_reference_carries_the_orders(merchant: Merchant) -> None:
    changed = order(amount=1000, items=None, event_reference="shipment 1")
    tid = merchant.authorized(order=changed)
    event = merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 1})["events"][-1]
    assert event["event_reference"] == "shipment 1"


def test_instabank_wants_the_items(merchant: Merchant) -> None:
    configuration = {"instabank": {"invoice": {"enabled": True}}}
    tid = merchant.authorized(method="instabank.invoice", configuration=configuration)
    path = f"/v1/transactions/{tid}/capture"
    assert merchant.call("POST", path, json={"amount": 1000}).status_code == 400
    items = [{"line_id": "1", "quantity": 1, "amount": 1000}]
    assert merchant.ok("POST", path, {"amount": 1000, "items": items})["status"] == "CAPTURED"


def test_two_equal_captures_are_two_captures(merchant: Merchant) -> None:
    tid = merchant.authorized(1000)
    body = {"amount": 500, "capture_reference": "same"}
    merchant.ok("POST", f"/v1/transactions/{tid}/capture", body)
    assert merchant.ok("POST", f"/v1/transactions/{tid}/capture", body)["status"] == "CAPTURED"


def test_the_second_reference_is_set_once(merchant: Merchant) -> None:
    tid = merchant.authorized()
    path = f"/v1/transactions/{tid}"
    assert merchant.ok("PUT", path, {"merchant_reference_2": "42"})["merchant_reference_2"] == "42"
    assert merchant.ok("PUT", path, {"merchant_reference_2": "42"})["merchant_reference_2"] == "42"
    assert merchant.ok("PUT", path, {})["merchant_reference_2"] == "42"
    refused = merchant.call("PUT", path, json={"merchant_reference_2": "43"})
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "MERCHANT_REFERENCE_2_ALREADY_SET"
    assert merchant.transaction(tid)["merchant_reference_2"] == "42"


def test_transactions_are_listed_newest_first_page_by_page(merchant: Merchant) -> None:
    ids = [merchant.authorized() for _ in range(12)][::-1]
    assert [t["id"] for t in merchant.ok("GET", "/v1/transactions")] == ids[:10]
    first = merchant.ok("GET", "/v1/transactions", params={"limit": 7})
    assert [t["id"] for t in first] == ids[:7]
    rest = merchant.ok("GET", "/v1/transactions", params={"limit": 7, "starting_after": ids[6]})
    assert [t["id"] for t in rest] == ids[7:]
    assert len(merchant.ok("GET", "/v1/transactions", params={"limit": 100})) == 12


def test_transactions_are_found_by_every_filter(merchant: Merchant) -> None:
    card = merchant.authorized(
        method="dintero_psp.creditcard",
        order=order(
            amount=1000, items=None, merchant_reference="card", merchant_reference_2="c2",
            store={"id": "oslo"}, currency="EUR",
        ),
        configuration={"channel": "in_store"},
        customer={"customer_id": "kari", "email": "kari@example.no", "phone_number": "+4790000000"},
    )  # fmt: skip
    merchant.move(3600)
    sid, vipps = merchant.purchase()
    merchant.move(3600)
    merchant.ok("POST", f"/v1/transactions/{vipps}/capture", {"amount": 34800})
    merchant.move(3600)
    merchant.ok("POST", f"/v1/transactions/{vipps}/refund", {"amount": 34800})

    def found(**params: Any) -> list[str]:
        return [t["id"] for t in merchant.ok("GET", "/v1/transactions", params=params)]

    def at(name: str, moment: str) -> list[str]:
        return found(**{name: moment})

    both = [vipps, card]
    assert found() == both
    assert found(id=card) == [card]
    assert found(id=[card, vipps]) == both
    assert found(status="AUTHORIZED") == [card]
    assert found(status=["AUTHORIZED", "REFUNDED"]) == both
    assert found(payment_product="dintero_psp") == both
    assert found(payment_product_type=VIPPS) == [vipps]
    assert found(card_brand="visa") == both
    assert found(card_brand="MasterCard") == []
    assert found(merchant_reference="card") == [card]
    assert found(merchant_reference_2="c2") == [card]
    assert found(session_id=sid) == [vipps]
    assert found(session_id=[sid, "x"]) == [vipps]
    assert found(store_id="oslo") == [card]
    assert found(currency="EUR") == [card]
    assert found(channel="in_store") == [card]
    assert found(channel=["in_store", "ecommerce"]) == both
    assert found(amount=1000) == [card]
    assert at("amount.gte", "1001") == [vipps]
    assert at("amount.lte", "1000") == [card]
    assert found(customer_id="kari") == [card]
    assert found(search=vipps) == [vipps]
    assert found(search=sid) == [vipps]
    assert found(search="C2") == [card]
    assert found(search="kari nordmann") == [vipps]
    assert found(search="+4790000000") == [card]
    assert at("created_at.gte", "2026-10-06T09:30:00Z") == [vipps]
    assert at("created_at.lte", "2026-10-06T09:30:00") == [card]
    assert at("created_at.lte", "2026-10-06") == both
    assert at("captured_at.gte", "2026-10-06T11:00:00Z") == [vipps]
    assert at("captured_at.lte", "2026-10-06T11:00:00Z") == []
    assert at("refunded_at.gte", "2026-10-06T12:14:00Z") == [vipps]
    assert at("refunded_at.lte", "2026-10-06T12:14:00Z") == []
    assert found(status="REFUNDED", merchant_reference="card") == []


def test_a_capture_between_two_times_has_to_be_one_and_the_same(merchant: Merchant) -> None:
    tid = merchant.authorized(1000)
    merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 1})
    merchant.move(7200)
    merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 1})
    params = {"captured_at.gte": "2026-10-06T10:00:00Z", "captured_at.lte": "2026-10-06T11:00:00Z"}
    assert merchant.ok("GET", "/v1/transactions", params=params) == []


def test_accounts_see_only_their_own_transactions(merchant: Merchant) -> None:
    tid = merchant.authorized()
    merchant.log_in("T87654321")
    assert merchant.ok("GET", "/v1/transactions") == []
    for method, path in (("GET", ""), ("PUT", ""), ("POST", "/capture"), ("POST", "/void")):
        sent = {} if method == "GET" else {"json": {"amount": 1}}
        answer = merchant.call(method, f"/v1/transactions/{tid}{path}", **sent)
        assert answer.status_code == 404
