"""Paying by card: the form, the bank's page, and each test card of transactions.md 14.4 from end to end."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import Browser, Merchant, order

CARD = "dintero_psp.creditcard"
CONFIGURATION = {"dintero_psp": {"creditcard": {"enabled": True}}}
ASKS_FOR_ERRORS = {
    "return_url": "https://shop.example/return",
    "callback_url": "http://shop.example/paid?report_error=true",
}
GOOD = {"card_number": "4000 0000 0000 0002", "card_expiry": "12/34", "card_cvc": "123"}


def at_the_form(
    merchant: Merchant, method: str = CARD, **configuration: Any
) -> tuple[Browser, str]:
    """A browser at the card form, and the transaction's id."""
    product, _, name = method.partition(".")
    sid = merchant.create_without_profile(
        {product: {name: {"enabled": True}}, **configuration},
        order=order(amount=1000, items=None), url=ASKS_FOR_ERRORS,
    )  # fmt: skip
    tid = merchant.pay(sid, method)
    browser = Browser(merchant)
    browser.open(f"/wallet/{sid}/{tid}")
    return browser, tid


def type_card(browser: Browser, number: str) -> None:
    browser.submit("card-pay", **{**GOOD, "card_number": number})


def paid_with(merchant: Merchant, number: str, **configuration: Any) -> str:
    browser, tid = at_the_form(merchant, **configuration)
    type_card(browser, number)
    return tid


def operate(merchant: Merchant, tid: str, what: str, amount: int = 1000) -> dict[str, Any]:
    body = {} if what == "void" else {"amount": amount}
    return dict(merchant.ok("POST", f"/v1/transactions/{tid}/{what}", body))


@pytest.mark.parametrize(
    "number", ["4000 0000 0000 0002", "5200 0000 0000 0007", "4242-4242-4242-4242"]
)
def test_a_card_goes_through_without_a_question(merchant: Merchant, number: str) -> None:
    browser, tid = at_the_form(merchant)
    type_card(browser, number)

    paid = merchant.transaction(tid)
    assert paid["status"] == "AUTHORIZED"
    assert browser.location.startswith("https://shop.example/return")
    assert paid["card"]["masked_pan"].endswith(number[-4:])
    assert paid["card"]["expiry_date"] == "12/2034"
    assert paid["card"]["eci"] == ("02" if number[0] == "5" else "05")


@pytest.mark.parametrize("number", ["4000 1000 0000 0000", "5200 0000 0000 0015"])
@pytest.mark.parametrize(
    ("button", "status", "error"),
    [("three-ds-approve", "AUTHORIZED", ""), ("three-ds-fail", "FAILED", "error=authorization")],
)
def test_a_card_asks_the_customer_first(
    merchant: Merchant, number: str, button: str, status: str, error: str
) -> None:
    browser, tid = at_the_form(merchant)
    type_card(browser, number)
    assert merchant.transaction(tid)["status"] == "INITIATED"
    assert number[-4:] in browser.page.html

    browser.submit(button)

    assert merchant.transaction(tid)["status"] == status
    assert error in browser.location


@pytest.mark.parametrize(
    ("number", "eci"), [("4000200000000008", "06"), ("5200000000000023", "01")]
)
def test_a_card_is_only_attempted(merchant: Merchant, number: str, eci: str) -> None:
    card = merchant.transaction(paid_with(merchant, number))["card"]

    assert (card["eci"], card["authentication_status"]) == (eci, "A")


@pytest.mark.parametrize(
    ("number", "status", "code", "error"),
    [
        ("4000300000000006", "FAILED", "3DS_FAILED", "authorization"),
        ("5200000000000031", "FAILED", "3DS_FAILED", "authorization"),
        ("4100000000000076", "DECLINED", "1A", "authorization"),
        ("4100000000000001", "FAILED", "Error", "failed"),
        ("5100000000000008", "FAILED", "Error", "failed"),
    ],
)
def test_a_card_is_refused(
    merchant: Merchant, number: str, status: str, code: str, error: str
) -> None:
    browser, tid = at_the_form(merchant)
    type_card(browser, number)
    merchant.advance()

    refused = merchant.transaction(tid)
    assert (refused["status"], refused["events"][-1]["error"]["code"]) == (status, code)
    assert browser.location.endswith(f"error={error}")
    assert merchant.shop.told()[-1]["error"] == error


@pytest.mark.parametrize("number", ["4100000000000019", "5100000000000016"])
def test_a_capture_times_out(merchant: Merchant, number: str) -> None:
    answer = operate(merchant, paid_with(merchant, number), "capture")

    assert answer["status"] == "AUTHORIZED"
    assert (answer["events"][-1]["event"], answer["events"][-1]["success"]) == ("CAPTURE", False)
    assert answer["events"][-1]["error"]["code"] == "Error"


@pytest.mark.parametrize("number", ["4100000000000027", "5100000000000024"])
def test_a_refund_times_out(merchant: Merchant, number: str) -> None:
    tid = paid_with(merchant, number)
    assert operate(merchant, tid, "capture")["status"] == "CAPTURED"

    answer = operate(merchant, tid, "refund", 400)

    assert (answer["status"], answer["events"][-1]["success"]) == ("CAPTURED", False)


@pytest.mark.parametrize("number", ["4100000000000035", "5100000000000032"])
def test_an_automatic_capture_times_out_and_one_by_hand_goes_through(
    merchant: Merchant, number: str
) -> None:
    tid = paid_with(merchant, number, auto_capture=True)
    merchant.advance()

    paid = merchant.transaction(tid)
    assert (paid["status"], paid["events"][-1]["success"]) == ("AUTHORIZED", False)
    assert "error" not in merchant.shop.told()[-1]
    assert operate(merchant, tid, "capture")["status"] == "CAPTURED"


@pytest.mark.parametrize("number", ["4100000000000043", "5100000000000040"])
def test_a_void_times_out(merchant: Merchant, number: str) -> None:
    tid = paid_with(merchant, number)

    answer = operate(merchant, tid, "void")

    assert (answer["status"], answer["events"][-1]["success"]) == ("AUTHORIZED", False)
    assert operate(merchant, tid, "capture")["status"] == "CAPTURED"


@pytest.mark.parametrize("number", ["4100000000000050", "5100000000000057"])
def test_a_card_that_cannot_be_saved_can_be_paid_with(merchant: Merchant, number: str) -> None:
    assert merchant.transaction(paid_with(merchant, number))["status"] == "AUTHORIZED"


def test_the_form_says_what_is_wrong_in_words_and_forgets_the_number(merchant: Merchant) -> None:
    browser, tid = at_the_form(merchant)

    page = browser.submit(
        "card-pay", card_number="4000 0000 0000 0003", card_expiry="9/20", card_cvc="1"
    )

    assert browser.status == 400
    assert "typing mistake" in page.error_of("card_number")
    assert "expired" in page.error_of("card_expiry")
    assert "security code" in page.error_of("card_cvc")
    assert page.get("card-number").attrs["value"] == page.get("card-cvc").attrs["value"] == ""
    assert page.get("card-expiry").attrs["value"] == "9/20"
    assert "autofocus" in page.get("card-number").attrs
    assert merchant.transaction(tid)["status"] == "INITIATED"
    type_card(browser, GOOD["card_number"])
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"


def test_the_fields_are_those_that_browsers_fill_in(merchant: Merchant) -> None:
    page = at_the_form(merchant)[0].page

    for testid, autocomplete in (
        ("card-number", "cc-number"), ("card-expiry", "cc-exp"), ("card-cvc", "cc-csc")
    ):  # fmt: skip
        assert page.get(testid).attrs["autocomplete"] == autocomplete
    labels = {one.attrs["for"] for one in page.elements if one.tag == "label"}
    assert labels == {"card_number", "card_expiry", "card_cvc", "language"}


@pytest.mark.parametrize(
    "method",
    ["payex.creditcard", "bambora.creditcard", "netaxept.creditcard", "dintero_psp.creditcard"],
)
def test_every_card_method_has_the_form(merchant: Merchant, method: str) -> None:
    browser, tid = at_the_form(merchant, method)
    type_card(browser, GOOD["card_number"])

    assert merchant.transaction(tid)["status"] == "AUTHORIZED"


@pytest.mark.parametrize(
    ("button", "status"), [("payment-reject", "FAILED"), ("payment-decline", "DECLINED")]
)
def test_the_bank_may_be_told_what_to_do_without_a_card(
    merchant: Merchant, button: str, status: str
) -> None:
    browser, tid = at_the_form(merchant)
    browser.submit(button)

    assert merchant.transaction(tid)["status"] == status


def test_the_banks_page_is_there_only_for_a_card_that_asks_for_it(merchant: Merchant) -> None:
    tid = at_the_form(merchant)[1]
    sid = merchant.transaction(tid)["session_id"]
    wallet = f"/wallet/{sid}/{tid}"
    for method, path in (
        ("GET", "challenge"),
        ("POST", "three-ds-approve"),
        ("POST", "three-ds-fail"),
    ):
        answer = merchant.client.request(method, f"{wallet}/{path}")
        assert (answer.status_code, answer.headers["location"]) == (303, wallet)
    assert merchant.transaction(tid)["status"] == "INITIATED"


def test_a_card_cannot_be_typed_into_another_wallet(merchant: Merchant) -> None:
    sid = merchant.create(express=None)
    tid = merchant.pay(sid)
    answer = merchant.client.post(f"/wallet/{sid}/{tid}/card", data=GOOD)
    assert answer.headers["location"] == f"/wallet/{sid}/{tid}"
    assert merchant.transaction(tid)["status"] == "INITIATED"


def test_a_card_for_a_payment_that_was_given_up_leads_to_the_checkout(merchant: Merchant) -> None:
    sid = merchant.create(express=None)
    first, second = merchant.pay(sid, CARD), merchant.pay(sid, CARD)
    answer = merchant.client.post(f"/wallet/{sid}/{first}/card", data=GOOD)
    assert answer.headers["location"].startswith(f"/?sid={sid}")
    assert merchant.transaction(second)["status"] == "INITIATED"


@pytest.mark.parametrize(
    "number", ["4000 1000 0000 0000", "4100000000000076", "4242424242424242", "4000 0000 0000 0003"]
)
def test_neither_number_nor_code_is_kept_anywhere(merchant: Merchant, number: str) -> None:
    browser, _ = at_the_form(merchant)
    browser.submit("card-pay", **{**GOOD, "card_number": number, "card_cvc": "918"})
    merchant.advance()

    journal = merchant.client.get("/_mock/api/v1/requests").json()
    typed = [one["request"] for one in journal if one["path"].endswith("/card")]
    assert typed == ["card_number=(redacted)&card_expiry=12%2F34&card_cvc=(redacted)"]
    plain = number.replace(" ", "")
    for text in (str(merchant.state()), str([one["request"] for one in journal])):
        assert plain not in text
        assert number not in text
    kept = merchant.app.state.journal.read()
    assert not any(plain.encode() in one.request for one in kept)


def test_a_form_sent_in_another_way_is_not_kept_either(merchant: Merchant) -> None:
    sid = merchant.create(express=None)
    tid = merchant.pay(sid, CARD)
    path = f"/wallet/{sid}/{tid}/card"
    merchant.client.post(path, files={"card_number": (None, "4000000000000002")})
    merchant.client.post(f"{path}/", content=b"card%5Fnumber=4000000000000002&x=4000000000000002")
    merchant.client.post(path, json={"card_number": "4000000000000002"})

    assert "4000000000000002" not in str(
        [one["request"] for one in merchant.client.get("/_mock/api/v1/requests").json()]
    )
