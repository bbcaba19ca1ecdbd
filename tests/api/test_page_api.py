"""The page-facing API: what a checkout page calls on behalf of the buyer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sandbox import (
    ADDRESS,
    PICKUP,
    POSTEN,
    VIPPS,
    Merchant,
    good_answer,
    opened,
    order,
    said,
)

from mock_dintero.core.callback import Callback

WITH_CODES: dict[str, Any] = {
    "express": {
        "shipping_options": [],
        "discount_codes": {"max_count": 2, "callback_url": "http://shop.example/codes"},
    },
    "configuration": {"discounts": {"express_discount_codes": {"enabled": True}}},
}


def test_the_view_url_leads_to_the_page_with_its_query(merchant: Merchant) -> None:
    sid = merchant.create()
    answer = merchant.client.get(f"/v1/view/{sid}?language=no&ui=inline")
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/?sid={sid}&language=no&ui=inline"


def test_the_page_sees_the_session_and_how_to_pay_it(merchant: Merchant) -> None:
    sid = merchant.create()
    seen = merchant.view("GET", sid, headers={"user-agent": "Firefox"}).json()
    assert seen["id"] == sid
    assert seen["operations"][0]["href"] == f"/v1/sessions/{sid}/pay"
    assert merchant.events(sid) == ["INITIATED", "VISITED"]
    assert merchant.session(sid)["user_agent"] == "Firefox"
    merchant.view("GET", sid)
    assert merchant.events(sid) == ["INITIATED", "VISITED"]


def test_the_sandboxs_own_fields_are_not_shown(merchant: Merchant) -> None:
    sid = merchant.ready()
    merchant.pay(sid)
    for shown in (merchant.session(sid), merchant.view("GET", sid).json()):
        assert not {"question", "payment", "system", "pay_lock"} & set(shown)


def test_an_address_brings_the_shops_options(merchant: Merchant) -> None:
    sid = merchant.create()
    answer = merchant.give_address(sid)
    assert answer.status_code == 200
    session = answer.json()
    assert session["express"]["shipping_options"] == [POSTEN, PICKUP]
    assert session["order"]["shipping_address"] == ADDRESS
    assert session["order"]["billing_address"] == ADDRESS
    assert "shipping_option" not in session["order"]
    assert merchant.events(sid) == ["INITIATED", "SET_SHIPPING_ADDRESS"]


def test_shipping_and_billing_address_can_be_given_at_once(merchant: Merchant) -> None:
    sid = merchant.create()
    billing = {**ADDRESS, "first_name": "Ola"}
    body = {"shipping_address": ADDRESS, "billing_address": billing}
    session = merchant.view("PUT", sid, "/order/addresses", body).json()
    assert session["order"]["shipping_address"] == ADDRESS
    assert session["order"]["billing_address"] == billing
    assert merchant.events(sid)[1:] == ["SET_SHIPPING_ADDRESS", "SET_BILLING_ADDRESS"]


def test_a_billing_address_alone_is_the_shipping_address_too(merchant: Merchant) -> None:
    sid = merchant.create()
    session = merchant.view("PUT", sid, "/order/addresses", {"billing_address": ADDRESS}).json()
    assert session["order"]["shipping_address"] == ADDRESS


def test_no_address_at_all_is_refused(merchant: Merchant) -> None:
    sid = merchant.create()
    before = merchant.state()
    assert merchant.view("PUT", sid, "/order/addresses", {}).status_code == 400
    assert merchant.state() == before


def test_a_wallet_may_send_only_country_and_postal_code(merchant: Merchant) -> None:
    sid = merchant.create()
    short = {"country": "NO", "postal_code": "0155"}
    answer = merchant.view("PUT", sid, "/order/shipping_address", short)
    assert answer.json()["express"]["shipping_options"] == [POSTEN, PICKUP]
    assert merchant.shop.asked[0].body is not None


def test_options_of_other_countries_are_not_for_this_buyer(merchant: Merchant) -> None:
    swedish = {**POSTEN, "line_id": "se", "countries": ["SE"]}
    sid = merchant.create(express={"shipping_options": [swedish, PICKUP]})
    merchant.give_address(sid)
    assert merchant.session(sid)["order"]["shipping_option"] == PICKUP
    assert merchant.choose(sid, swedish).status_code == 400


def test_a_chosen_option_moves_the_total(merchant: Merchant) -> None:
    sid = merchant.create()
    merchant.give_address(sid)
    session = merchant.choose(sid).json()
    assert session["order"]["amount"] == 34800
    assert session["order"]["shipping_option"] == POSTEN
    assert merchant.choose(sid, PICKUP).json()["order"]["amount"] == 29900
    assert merchant.events(sid)[-2:] == ["SET_SHIPPING_OPTION", "SET_SHIPPING_OPTION"]


def test_an_option_that_is_not_on_offer_is_refused(merchant: Merchant) -> None:
    sid = merchant.ready()
    before = merchant.state()
    answer = merchant.choose(sid, {**POSTEN, "line_id": "drone"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_SHIPPING_OPTION")
    assert merchant.state() == before


def test_the_price_is_the_shops_whatever_the_page_sends(merchant: Merchant) -> None:
    sid = merchant.create()
    merchant.give_address(sid)
    chosen = merchant.choose(sid, {**POSTEN, "amount": 1}).json()["order"]["shipping_option"]
    assert chosen["amount"] == 4900


def test_one_option_is_chosen_for_each_shipment(merchant: Merchant) -> None:
    one, two = {**POSTEN, "shipment_id": "a"}, {**PICKUP, "shipment_id": "b"}
    sid = merchant.create(express={"shipping_options": [one, two]})
    merchant.give_address(sid)
    assert merchant.choose(sid, one).status_code == 400
    both = {**POSTEN, "line_id": "both", "shipments": [one, two]}
    session = merchant.choose(sid, both).json()
    assert session["order"]["shipping_option"]["shipments"] == [one, two]
    assert session["order"]["amount"] == 34800


def test_codes_are_asked_and_204_says_that_there_is_no_discount() -> None:
    asked: list[Any] = []

    def answer(callback: Callback) -> Any:
        if callback.at != "discount_callback":
            return good_answer(callback)
        body = json.loads(callback.body or "")
        asked.append(body["order"].get("discount_codes"))
        good = [code for code in body["order"].get("discount_codes", []) if code == "TEN"]
        amount = 26910 if good else 29900
        items = [{"line_id": "1", "amount": amount - 5000}, {"line_id": "2", "amount": 5000}]
        shop_order = {"amount": amount, "items": items, "discount_codes": good}
        return said({"shipping_options": [], "order": shop_order})

    with opened(answer) as merchant:
        sid = merchant.create(**WITH_CODES)
        put = "/order/discount_codes"
        accepted = merchant.view("PUT", sid, put, {"discount_codes": ["TEN"]})
        assert accepted.status_code == 200
        assert accepted.json()["order"]["discount_codes"] == ["TEN"]
        assert accepted.json()["order"]["amount"] == 26910
        refused = merchant.view("PUT", sid, put, {"discount_codes": ["BAD"]})
        assert (refused.status_code, refused.content) == (204, b"")
        assert merchant.session(sid)["order"]["amount"] == 29900
        assert "discount_codes" not in merchant.session(sid)["order"]
        merchant.view("PUT", sid, put, {"discount_codes": ["TEN"]})
        removed = merchant.view("PUT", sid, put, {"discount_codes": []})
        assert removed.status_code == 204
        assert merchant.session(sid)["order"]["amount"] == 29900
        assert asked[:2] == [["TEN"], ["BAD"]]
        assert asked[3] in ([], None)


@pytest.mark.parametrize("codes", [["a", "b", "c"], ["a", "a"], [" "], [""]])
def test_codes_that_cannot_be_are_refused_without_asking(merchant: Merchant, codes: Any) -> None:
    sid = merchant.create(**WITH_CODES)
    before = merchant.state()
    answer = merchant.view("PUT", sid, "/order/discount_codes", {"discount_codes": codes})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_DISCOUNT_CODES")
    assert merchant.shop.asked == []
    assert merchant.state() == before


def test_a_session_that_takes_no_codes_refuses_them(merchant: Merchant) -> None:
    sid = merchant.create()
    answer = merchant.view("PUT", sid, "/order/discount_codes", {"discount_codes": ["a"]})
    assert answer.status_code == 400


def test_a_second_lock_is_the_first_one(merchant: Merchant) -> None:
    sid = merchant.create()
    first = merchant.view("POST", sid, "/lock").json()["pay_lock"]
    assert merchant.view("POST", sid, "/lock").json()["pay_lock"] == first
    assert merchant.view("GET", sid).json()["pay_lock"] == first
    assert merchant.events(sid).count("PAY_LOCK_START") == 1


def test_a_locked_session_is_held_still(merchant: Merchant) -> None:
    sid = merchant.ready()
    merchant.view("POST", sid, "/lock")
    before = merchant.state()
    pay = f"/v1/sessions/{sid}/pay"
    for answer in (
        merchant.give_address(sid),
        merchant.choose(sid, PICKUP),
        merchant.client.post(pay, json={"payment_product_type": VIPPS}),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "SESSION_LOCKED")
    assert merchant.state() == before


def test_only_express_sessions_have_a_lock_and_an_address_form(merchant: Merchant) -> None:
    sid = merchant.create(express=None)
    for answer in (merchant.view("POST", sid, "/lock"), merchant.give_address(sid)):
        assert (answer.status_code, answer.json()["error"]["code"]) == (
            400,
            "NOT_AN_EXPRESS_SESSION",
        )


def test_abandoning_leads_back_to_the_shop(merchant: Merchant) -> None:
    sid = merchant.ready()
    answer = merchant.view("POST", sid, "/abandon")
    assert answer.status_code == 302
    wanted = "https://shop.example/return?merchant_reference=order-1&error=cancelled"
    assert answer.headers["location"] == wanted
    assert merchant.events(sid)[-1] == "CANCELLED"
    again = merchant.view("POST", sid, "/abandon")
    assert (again.status_code, again.headers["location"]) == (302, wanted)
    assert merchant.events(sid).count("CANCELLED") == 1


def test_a_paid_session_cannot_be_abandoned(merchant: Merchant) -> None:
    sid, _ = merchant.purchase()
    before = merchant.state()
    assert merchant.view("POST", sid, "/abandon").status_code == 400
    assert merchant.state() == before


SHOP = {"name": "The shop", "logo_url": "https://shop.example/logo.svg"}


def _ended(merchant: Merchant, cause: str) -> str:
    """A session that has ended for this cause."""
    sid = merchant.ready(merchant=SHOP)
    if cause == "CANCELLED":
        merchant.ok("POST", f"/v1/sessions/{sid}/cancel")
    elif cause == "EXPIRED":
        merchant.move(24 * 3600)
    else:
        outcome = {"AUTHORIZED": "approve", "DECLINED": "decline", "FAILED": "expire"}[cause]
        merchant.finish(sid, merchant.pay(sid), outcome)
    return sid


@pytest.mark.parametrize("cause", ["CANCELLED", "EXPIRED", "DECLINED", "FAILED", "AUTHORIZED"])
def test_a_session_that_has_ended_is_404_with_the_cause_and_a_way_back(
    merchant: Merchant, cause: str
) -> None:
    sid = _ended(merchant, cause)
    answer = merchant.view("GET", sid)
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert error["cause"] == cause
    details = error["session_details"]
    assert details["merchant_reference"] == "order-1"
    assert details["return_url"] == "https://shop.example/return"
    assert details["merchant"] == SHOP
    assert ("transaction_id" in details) is (cause in ("AUTHORIZED", "DECLINED", "FAILED"))


@pytest.mark.parametrize(
    "stale", ["2026-10-06T09:14:03.112Z", "Tue, 06 Oct 2026 09:14:03 GMT", "nonsense"]
)
def test_a_page_that_shows_an_older_session_is_told_412(merchant: Merchant, stale: str) -> None:
    sid = merchant.create(**WITH_CODES)
    merchant.give_address(sid)
    merchant.move(5)
    merchant.give_address(sid, first_name="Ola")
    before = merchant.state()
    since = {"headers": {"if-unmodified-since": stale}}
    pay = {"payment_product_type": VIPPS}
    for answer in (
        merchant.view("PUT", sid, "/order/shipping_address", ADDRESS, **since),
        merchant.view("PUT", sid, "/order/addresses", {"shipping_address": ADDRESS}, **since),
        merchant.view("PUT", sid, "/order/shipping_option", PICKUP, **since),
        merchant.view("PUT", sid, "/order/discount_codes", {"discount_codes": ["a"]}, **since),
        merchant.view("POST", sid, "/lock", **since),
        merchant.view("POST", sid, "/abandon", **since),
        merchant.client.post(f"/v1/sessions/{sid}/pay", json=pay, **since),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (412, "PRECONDITION_FAILED")
    assert merchant.state() == before


@pytest.mark.parametrize(
    "fresh", ["2026-10-06T09:14:03.112Z", "2026-10-06T11:14:03.112+02:00", "Tue, 06 Oct 2026 09:14:03 GMT"]
)  # fmt: skip
def test_a_page_that_shows_the_newest_session_may_go_on(merchant: Merchant, fresh: str) -> None:
    sid = merchant.create()
    answer = merchant.view("POST", sid, "/lock", headers={"if-unmodified-since": fresh})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "odd", ["Tue, 06 Oct 2026 09:14:03 -0000", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"]
)  # fmt: skip
def test_an_odd_date_is_an_answer_too(merchant: Merchant, odd: str) -> None:
    sid = merchant.create()
    answer = merchant.view("POST", sid, "/lock", headers={"if-unmodified-since": odd})
    assert answer.status_code in (200, 412), answer.text


# Paying


def test_paying_leads_to_the_wallet_and_from_there_to_the_shop(merchant: Merchant) -> None:
    sid = merchant.ready()
    answer = merchant.client.post(f"/v1/sessions/{sid}/pay", json={"payment_product_type": VIPPS})
    assert answer.status_code == 200
    body = answer.json()
    assert body["success"] is True
    assert body["actions"][0]["type"] == "success"
    base, _, tid = body["redirect_url"].rpartition("/")
    assert base == f"http://127.0.0.1:8426/wallet/{sid}"
    assert merchant.transaction(tid)["status"] == "INITIATED"
    assert merchant.client.get(f"/v1/sessions/{sid}/redirect/{tid}").status_code == 404
    there = merchant.finish(sid, tid)
    assert there == f"https://shop.example/return?merchant_reference=order-1&transaction_id={tid}"
    back = merchant.client.get(f"/v1/sessions/{sid}/redirect/{tid}")
    assert (back.status_code, back.headers["location"]) == (302, there)
    assert merchant.session(sid)["transaction_id"] == tid
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"


@pytest.mark.parametrize(
    ("outcome", "error", "status"),
    [("decline", "authorization", "DECLINED"), ("expire", "authorization", "FAILED")],
)
def test_a_payment_that_fails_leads_back_with_the_error(
    merchant: Merchant, outcome: str, error: str, status: str
) -> None:
    sid = merchant.ready()
    tid = merchant.pay(sid)
    there = merchant.finish(sid, tid, outcome)
    assert there.endswith(f"?merchant_reference=order-1&transaction_id={tid}&error={error}")
    assert merchant.transaction(tid)["status"] == status
    back = merchant.client.get(f"/v1/sessions/{sid}/redirect/{tid}")
    assert back.headers["location"] == there


def test_a_sum_of_zero_is_paid_at_once(merchant: Merchant) -> None:
    configuration = {"dintero": {"zero": {"enabled": True}}}
    sid = merchant.create(
        express=None, configuration=configuration, order=order(amount=0, items=None)
    )
    answer = merchant.client.post(
        f"/v1/sessions/{sid}/pay", json={"payment_product_type": "dintero.zero"}
    )
    path = answer.json()["redirect_url"].removeprefix("http://127.0.0.1:8426")
    back = merchant.client.get(path)
    assert back.status_code == 302
    assert merchant.session(sid)["transaction_id"] in back.headers["location"]


IN_STORE = {**PICKUP, "line_id": "in-store", "pay_in_store": {"type": "full"}}
"""Fetched, and paid for, in the shop. Source: pay-in-store guide."""


def test_an_order_that_is_paid_in_the_store_costs_nothing_here(merchant: Merchant) -> None:
    configuration = {"dintero": {"zero": {"enabled": True}}}
    sid = merchant.create(
        express={"shipping_options": [POSTEN, IN_STORE]}, configuration=configuration
    )
    merchant.give_address(sid)
    merchant.choose(sid, IN_STORE)
    chosen = merchant.session(sid)["order"]
    assert chosen["amount"] == sum(item["amount"] for item in chosen["items"])  # what it is worth
    refused = merchant.client.post(
        f"/v1/sessions/{sid}/pay", json={"payment_product_type": "dintero_psp.vipps"}
    )
    assert refused.status_code == 400
    tid = merchant.pay(sid, "dintero.zero")
    paid = merchant.transaction(tid)
    assert (paid["status"], paid["amount"]) == ("AUTHORIZED", 0)
    assert paid["shipping_option"]["pay_in_store"] == {"type": "full"}
    assert [item["line_id"] for item in paid["items"]][-1] == "in-store"
    merchant.ok("POST", f"/v1/transactions/{tid}/capture", json={"amount": 0})
    assert merchant.transaction(tid)["status"] == "CAPTURED"


def test_swish_is_captured_at_once(merchant: Merchant) -> None:
    tid = merchant.authorized(method="swish.swish", order=order(currency="SEK"))
    assert merchant.transaction(tid)["status"] == "CAPTURED"


def test_auto_capture_captures_with_the_approval(merchant: Merchant) -> None:
    tid = merchant.authorized(configuration={"auto_capture": True})
    paid = merchant.transaction(tid)
    assert paid["status"] == "CAPTURED"
    assert [event["event"] for event in paid["events"]] == ["INITIALIZE", "AUTHORIZE", "CAPTURE"]


@pytest.mark.parametrize("missing", ["address", "option", "method", "currency"])
def test_what_is_missing_cannot_be_paid(merchant: Merchant, missing: str) -> None:
    currency = "XXX" if missing == "currency" else "NOK"
    sid = merchant.create(order=order(currency=currency))
    if missing != "address":
        merchant.give_address(sid)
    if missing not in ("address", "option"):
        merchant.choose(sid)
    before = merchant.state()
    wanted = "dintero_psp.applepay" if missing == "method" else VIPPS
    answer = merchant.client.post(f"/v1/sessions/{sid}/pay", json={"payment_product_type": wanted})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "SESSION_NOT_PAYABLE")
    assert merchant.state() == before


def test_paying_again_gives_up_the_first_attempt(merchant: Merchant) -> None:
    sid = merchant.ready()
    first, second = merchant.pay(sid), merchant.pay(sid, "dintero_psp.creditcard")
    assert merchant.transaction(first)["status"] == "FAILED"
    there = merchant.client.post(f"/wallet/{sid}/{first}/approve").headers["location"]
    assert there.startswith(f"/?sid={sid}")
    merchant.finish(sid, second)
    assert merchant.session(sid)["transaction_id"] == second
    assert "PAY_FAILED" in merchant.events(sid)


def test_a_payment_of_another_session_leads_nowhere(merchant: Merchant) -> None:
    (_, tid), other = merchant.purchase(), merchant.create()
    assert merchant.client.get(f"/v1/sessions/{other}/redirect/{tid}").status_code == 404


@pytest.mark.parametrize(
    "return_url", ["myapp://back", "http://localhost:3000/r?a=1&b=2", "https://shop.example/æ?x=å#top"]
)  # fmt: skip
def test_the_return_url_keeps_its_own_query(merchant: Merchant, return_url: str) -> None:
    sid = merchant.create(url={"return_url": return_url})
    there = merchant.view("POST", sid, "/abandon").headers["location"]
    assert "merchant_reference=order-1&error=cancelled" in there
    assert there.startswith(return_url[:12])
    if "a=1" in return_url:
        assert "?a=1&b=2&merchant_reference" in there
