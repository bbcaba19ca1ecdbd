"""The wallet: approve, decline, let expire, go back; and every way to do it twice."""

from __future__ import annotations

import pytest
from sandbox import ADDRESS, PICKUP, VIPPS, Browser, Merchant

RETURN = "https://shop.example/return?merchant_reference=order-1"


@pytest.mark.parametrize(
    ("button", "status", "error"),
    [
        ("vipps-approve", "AUTHORIZED", ""),
        ("vipps-decline", "DECLINED", "&error=authorization"),
        ("vipps-expire", "FAILED", "&error=authorization"),
    ],
)
def test_the_buyer_answers_in_the_app(
    merchant: Merchant, button: str, status: str, error: str
) -> None:
    sid = merchant.ready()
    tid = merchant.pay(sid)
    browser = Browser(merchant)
    browser.open(f"/wallet/{sid}/{tid}")
    browser.submit("vipps-next", phone_number="+47 90 00 00 00")
    browser.submit(button)
    assert browser.location == f"{RETURN}&transaction_id={tid}{error}"
    paid = merchant.transaction(tid)
    assert paid["status"] == status
    assert paid["customer"]["phone_number"] == "+4790000000"


@pytest.mark.parametrize("number", ["", "12", "abc", "+47<script>"])
def test_a_phone_number_that_is_none_is_refused(merchant: Merchant, number: str) -> None:
    sid = merchant.ready()
    tid = merchant.pay(sid)
    browser = Browser(merchant)
    browser.open(f"/wallet/{sid}/{tid}")
    page = browser.submit("vipps-next", phone_number=number)
    assert browser.status == 400
    assert "phone number" in page.messages[0]
    assert merchant.transaction(tid)["customer"]["phone_number"] == ADDRESS["phone_number"]


@pytest.mark.parametrize(
    ("button", "status"),
    [
        ("payment-approve", "AUTHORIZED"),
        ("payment-decline", "DECLINED"),
        ("payment-expire", "FAILED"),
    ],
)
def test_a_card_is_answered_on_the_test_banks_page(
    merchant: Merchant, button: str, status: str
) -> None:
    sid = merchant.ready()
    tid = merchant.pay(sid, "dintero_psp.creditcard")
    browser = Browser(merchant)
    browser.open(f"/wallet/{sid}/{tid}")
    browser.submit(button)
    assert merchant.transaction(tid)["status"] == status


@pytest.mark.parametrize(
    ("method", "button"), [(VIPPS, "vipps-back"), ("dintero_psp.creditcard", "payment-back")]
)
def test_going_back_leaves_the_session_open(merchant: Merchant, method: str, button: str) -> None:
    sid = merchant.ready()
    tid = merchant.pay(sid, method)
    browser = Browser(merchant)
    browser.open(f"/wallet/{sid}/{tid}")
    page = browser.submit(button)
    assert page.find("pay")
    assert merchant.transaction(tid)["status"] == "FAILED"
    browser.submit("pay", payment_product_type=VIPPS)
    browser.submit("vipps-next")
    browser.submit("vipps-approve")
    assert merchant.session(sid)["transaction_id"] != tid
    assert browser.location.startswith(RETURN)


@pytest.mark.parametrize("second", ["approve", "decline", "expire", "phone", "back"])
def test_a_second_click_leads_to_the_same_place_and_changes_nothing(
    merchant: Merchant, second: str
) -> None:
    sid = merchant.ready()
    tid = merchant.pay(sid)
    there = merchant.finish(sid, tid)
    before = merchant.state()
    for method, path in (("POST", f"/{second}"), ("GET", ""), ("GET", "/app")):
        data = {"data": {"phone_number": "+4790000000"}} if method == "POST" else {}
        answer = merchant.client.request(method, f"/wallet/{sid}/{tid}{path}", **data)
        assert answer.status_code == 303
        assert answer.headers["location"] in (there, f"/?sid={sid}&say=changed")
    assert merchant.state() == before
    merchant.advance()
    assert len(merchant.shop.told()) == 1


def test_what_is_approved_is_what_was_shown(merchant: Merchant) -> None:
    sid = merchant.ready()
    tid = merchant.pay(sid)
    merchant.choose(sid, PICKUP)
    browser = Browser(merchant)
    browser.open(f"/wallet/{sid}/{tid}/app")
    page = browser.submit("vipps-approve")
    assert "Your order changed" in page.messages[0]
    assert "transaction_id" not in merchant.session(sid)
    assert merchant.transaction(tid)["status"] == "INITIATED"
    browser.submit("pay", payment_product_type=VIPPS)
    browser.submit("vipps-next")
    browser.submit("vipps-approve")
    paid = merchant.transaction(merchant.session(sid)["transaction_id"])
    assert (paid["amount"], paid["status"]) == (29900, "AUTHORIZED")


def test_a_payment_that_was_given_up_cannot_be_approved(merchant: Merchant) -> None:
    sid = merchant.ready()
    first = merchant.pay(sid)
    merchant.pay(sid)
    before = merchant.state()
    for action in ("approve", "decline", "expire", "back", "phone"):
        answer = merchant.client.post(
            f"/wallet/{sid}/{first}/{action}", data={"phone_number": "12345"}
        )
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(f"/?sid={sid}")
    assert merchant.state() == before


@pytest.mark.parametrize("what", ["cancelled", "expired", "locked"])
def test_nothing_is_approved_once_the_session_has_moved_on(merchant: Merchant, what: str) -> None:
    sid = merchant.ready()
    tid = merchant.pay(sid)
    if what == "cancelled":
        merchant.view("POST", sid, "/abandon")
    elif what == "expired":
        merchant.move(24 * 3600)
        merchant.log_in()
    else:
        merchant.view("POST", sid, "/lock")
    answer = merchant.client.post(f"/wallet/{sid}/{tid}/approve")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/?sid={sid}")
    assert merchant.transaction(tid)["status"] != "AUTHORIZED"
    assert "transaction_id" not in merchant.session(sid)


def test_payments_that_do_not_exist_are_a_page_too(merchant: Merchant) -> None:
    (sid, tid), other = merchant.purchase(), merchant.create()
    for path in ("x/y", f"{sid}/{other}", f"{other}/{tid}", f"{sid}/nothing"):
        for method, action in (
            ("GET", ""),
            ("GET", "/app"),
            ("POST", "/approve"),
            ("POST", "/phone"),
        ):
            answer = merchant.client.request(method, f"/wallet/{path}{action}")
            assert answer.status_code == 404
            assert "This payment does not exist" in answer.text
    assert merchant.client.post(f"/wallet/{sid}/{tid}/explode").status_code == 404
