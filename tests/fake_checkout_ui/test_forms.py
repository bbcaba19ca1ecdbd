"""The checkout page as a buyer without JavaScript walks through it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sandbox import (
    ADDRESS,
    ITEMS,
    PICKUP,
    POSTEN,
    VIPPS,
    Browser,
    Merchant,
    good_answer,
    opened,
    order,
    said,
)

from mock_dintero.core.callback import Answer, Callback

WITH_CODES: dict[str, Any] = {
    "express": {
        "shipping_options": [PICKUP],
        "discount_codes": {"max_count": 2, "callback_url": "http://shop.example/codes"},
    },
    "configuration": {"discounts": {"express_discount_codes": {"enabled": True}}},
}


def shop_with_codes(callback: Callback) -> Answer:
    """TEN takes ten kroner; everything else is refused."""
    if callback.at != "discount_callback":
        return good_answer(callback)
    codes = json.loads(callback.body or "")["order"].get("discount_codes", [])
    good = [code for code in codes if code == "TEN"]
    items = [{**ITEMS[0], "amount": 24900 - 1000 * len(good)}, ITEMS[1]]
    amount = sum(item["amount"] for item in items)
    shop_order = {"amount": amount, "items": items, "discount_codes": good}
    return said({"shipping_options": [PICKUP], "order": shop_order})


def test_an_express_purchase_from_the_first_page_to_the_shop(merchant: Merchant) -> None:
    sid = merchant.create()
    browser = Browser(merchant)
    page = browser.open(f"/v1/view/{sid}")
    assert browser.status == 200
    assert page.get("order-total").text == "NOK\u00a0299.00"
    assert "Shirt" in page.get("order-item-1").text
    assert "disabled" in page.get("pay").attrs
    assert "Sandbox" in page.get("sandbox-banner").text
    page = browser.submit("submit-address", customer_type="b2c", **ADDRESS)
    assert merchant.session(sid)["order"]["shipping_address"] == ADDRESS
    assert page.find("email") is None
    assert "disabled" in page.get("pay").attrs
    page = browser.submit("submit-shipping", shipping_option="posten")
    assert page.get("order-total").text == "NOK\u00a0348.00"
    assert "49.00" in page.get("order-item-posten").text
    assert "checked" in page.get("shipping-option-posten").attrs
    page = browser.submit("pay", payment_product_type=VIPPS)
    assert page.get("vipps-phone").attrs["value"] == "+4791234567"
    page = browser.submit("vipps-next")
    assert "348.00" in page.get("vipps-app").text
    browser.submit("vipps-approve")
    tid = merchant.session(sid)["transaction_id"]
    assert browser.location == (
        f"https://shop.example/return?merchant_reference=order-1&transaction_id={tid}"
    )
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"
    assert merchant.events(sid) == [
        "INITIATED", "VISITED", "SET_SHIPPING_ADDRESS", "SET_SHIPPING_OPTION", "AUTHORIZED"
    ]  # fmt: skip


REQUIRED = [
    "email",
    "phone_number",
    "first_name",
    "last_name",
    "address_line",
    "postal_code",
]


@pytest.mark.parametrize("name", REQUIRED)
def test_a_field_that_is_missing_is_marked_and_the_rest_is_kept(
    merchant: Merchant, name: str
) -> None:
    sid = merchant.create()
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    before = merchant.state()
    page = browser.submit("submit-address", **{**ADDRESS, name: "  "})
    assert browser.status == 400
    assert page.error_of(name) == "Please fill in this field."
    assert page.messages
    kept = "last-name" if name != "last_name" else "first-name"
    assert page.get(kept).attrs["value"] == ADDRESS[kept.replace("-", "_")]
    assert merchant.state() == before
    assert merchant.shop.asked == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("email", "kari"), ("email", "a b@c.no"), ("phone_number", "abc"), ("phone_number", "1234"),
     ("phone_number", "+1234567890123456"), ("country", "XX"), ("country", "Norway"), ("country", "")],
)  # fmt: skip
def test_a_field_that_is_wrong_is_marked(merchant: Merchant, name: str, value: str) -> None:
    sid = merchant.create(configuration={"countries": {"allow_countries": ["NO", "SE"]}})
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    page = browser.submit("submit-address", **{**ADDRESS, name: value})
    assert browser.status == 400
    assert page.error_of(name)
    assert "shipping_address" not in merchant.session(sid)["order"]


def test_a_business_gives_its_name_and_number(merchant: Merchant) -> None:
    sid = merchant.create()
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    page = browser.submit("submit-address", **{**ADDRESS, "customer_type": "b2b"})
    assert page.error_of("business_name")
    assert page.error_of("organization_number")
    company = {
        "customer_type": "b2b",
        "business_name": "Ås & Co",
        "organization_number": "123 456 785",
    }
    browser.submit("submit-address", **{**ADDRESS, **company})
    assert merchant.session(sid)["order"]["shipping_address"]["business_name"] == "Ås & Co"


def test_spaces_in_a_phone_number_are_taken_out(merchant: Merchant) -> None:
    sid = merchant.create()
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    browser.submit("submit-address", **{**ADDRESS, "phone_number": " +47 912 34 567 "})
    assert merchant.session(sid)["order"]["shipping_address"]["phone_number"] == "+4791234567"


def test_an_address_can_be_changed_later(merchant: Merchant) -> None:
    sid = merchant.ready()
    browser = Browser(merchant)
    link = browser.open(f"/?sid={sid}").get("edit-address").attrs["href"]
    page = browser.open(link)
    assert page.get("first-name").attrs["value"] == "Kari"
    assert "disabled" in page.get("pay").attrs
    browser.submit("submit-address", first_name="Ola")
    assert merchant.session(sid)["order"]["shipping_address"]["first_name"] == "Ola"
    assert merchant.session(sid)["order"]["shipping_option"] == POSTEN


def test_pressing_continue_without_an_option_says_so(merchant: Merchant) -> None:
    sid = merchant.create()
    merchant.give_address(sid)
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    page = browser.submit("submit-shipping")
    assert (browser.status, page.messages) == (400, ["Choose one of the ways of delivery."])
    page = browser.submit("submit-shipping", shipping_option="drone")
    assert browser.status == 400
    assert "not on offer any more" in page.messages[0]


def test_one_option_is_ticked_for_each_shipment(merchant: Merchant) -> None:
    options = [{**POSTEN, "shipment_id": "a"}, {**PICKUP, "shipment_id": "b"}]
    sid = merchant.create(express={"shipping_options": options})
    merchant.give_address(sid)
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    fields = {"shipping_option:a": "posten", "shipping_option:b": "pickup"}
    page = browser.submit("submit-shipping", **fields)
    assert page.get("order-total").text == "NOK\u00a0348.00"
    assert len(merchant.session(sid)["order"]["shipping_option"]["shipments"]) == 2


def test_codes_are_accepted_refused_and_removed() -> None:
    with opened(shop_with_codes) as merchant:
        sid = merchant.create(**WITH_CODES)
        merchant.give_address(sid)
        browser = Browser(merchant)
        browser.open(f"/?sid={sid}")
        page = browser.submit("discount-code-apply", code="")
        assert page.messages == ["Type a code first."]
        page = browser.submit("discount-code-apply", code="BAD")
        assert page.messages == ["The shop did not accept this code."]
        assert page.get("order-total").text == "NOK\u00a0299.00"
        page = browser.submit("discount-code-apply", code=" TEN ")
        assert page.messages == []
        assert page.get("order-total").text == "NOK\u00a0289.00"
        assert "1 of 2 codes used" in page.html
        page = browser.submit("discount-code-apply", code="TEN")
        assert merchant.session(sid)["order"]["discount_codes"] == ["TEN"]
        page = browser.submit("discount-code-remove-TEN")
        assert page.find("discount-code-remove-TEN") is None
        assert page.get("order-total").text == "NOK\u00a0299.00"


def test_a_shop_that_cannot_be_asked_about_a_code_is_named() -> None:
    with opened(lambda _: Answer(status=500)) as merchant:
        sid = merchant.create(**WITH_CODES)
        browser = Browser(merchant)
        browser.open(f"/?sid={sid}")
        page = browser.submit("discount-code-apply", code="TEN")
        assert "could not be reached" in page.messages[0]


def test_a_shop_that_was_unreachable_can_be_asked_again() -> None:
    answers = [Answer(status=500), Answer(error="refused"), good_answer]

    def shop(callback: Callback) -> Any:
        answer = answers.pop(0)
        return answer(callback) if callable(answer) else answer

    with opened(shop) as merchant:
        sid = merchant.create()
        browser = Browser(merchant)
        browser.open(f"/?sid={sid}")
        page = browser.submit("submit-address", **ADDRESS)
        assert browser.status == 200
        for _ in range(2):
            assert "could not reach the shop" in page.messages[0]
            assert "disabled" in page.get("pay").attrs
            page = browser.submit("retry-shipping")
        assert page.messages == []
        assert page.find("shipping-option-posten")


def test_a_shop_that_does_not_ship_there_says_so() -> None:
    with opened(lambda _: said({"shipping_options": []})) as merchant:
        sid = merchant.create()
        browser = Browser(merchant)
        browser.open(f"/?sid={sid}")
        page = browser.submit("submit-address", **ADDRESS)
        assert "does not ship to this address" in page.messages[0]
        assert "disabled" in page.get("pay").attrs
        assert page.find("retry-shipping") is None


def test_required_boxes_must_be_ticked_and_are_told_to_the_shop(merchant: Merchant) -> None:
    boxes = [
        {"id": "terms", "label": "I agree", "required": True},
        {"id": "news", "label": "News", "checked": True},
    ]
    sid = merchant.create(express=None, checkboxes=boxes)
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    page = browser.submit("pay", payment_product_type=VIPPS)
    assert page.messages == ["Please tick: I agree"]
    browser.submit("pay", payment_product_type=VIPPS, **{"checkbox:terms": "true"})
    [paid] = merchant.ok("GET", "/v1/transactions")
    assert [box["checked"] for box in paid["checkboxes"]] == [True, True]


def test_paying_with_nothing_chosen_says_so(merchant: Merchant) -> None:
    sid = merchant.ready()
    answer = merchant.client.post(f"/checkout/{sid}/pay", data={})
    assert answer.status_code == 400
    assert "transaction_id" not in merchant.session(sid)


def test_cancelling_leads_back_to_the_shop(merchant: Merchant) -> None:
    sid = merchant.create()
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    browser.submit("cancel")
    assert browser.location.endswith("?merchant_reference=order-1&error=cancelled")
    assert merchant.events(sid)[-1] == "CANCELLED"


@pytest.mark.parametrize(
    "path", ["address", "shipping", "shipping/retry", "discount", "pay", "cancel"]
)
def test_a_form_of_a_session_that_has_ended_leads_to_the_page_that_says_so(
    merchant: Merchant, path: str
) -> None:
    sid, tid = merchant.purchase()
    before = merchant.state()
    answer = merchant.client.post(f"/checkout/{sid}/{path}", data=ADDRESS)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/?sid={sid}")
    page = merchant.client.get(f"/?sid={sid}")
    assert page.status_code == 404
    assert "This order is paid" in page.text
    assert f"transaction_id={tid}" in page.text
    assert merchant.state() == before


@pytest.mark.parametrize("outcome", ["cancel", "expire", "decline"])
def test_a_page_that_has_ended_says_why_and_leads_back(merchant: Merchant, outcome: str) -> None:
    sid = merchant.ready()
    if outcome == "expire":
        merchant.move(24 * 3600)
    elif outcome == "cancel":
        merchant.ok("POST", f"/v1/sessions/{sid}/cancel")
    else:
        merchant.finish(sid, merchant.pay(sid), "decline")
    browser = Browser(merchant)
    page = browser.open(f"/?sid={sid}")
    assert browser.status == 404
    assert "Nothing was paid" in page.get("session-ended").text
    back = page.get("back-to-shop").attrs["href"]
    assert "merchant_reference=order-1&" in back
    assert f"error={'authorization' if outcome == 'decline' else 'cancelled'}" in back


@pytest.mark.parametrize("sid", ["x", "T12345678.1111111111111111111111", "%00", "<script>", ""])
def test_a_session_that_is_unknown_is_a_page_too(merchant: Merchant, sid: str) -> None:
    answer = merchant.client.get("/", params={"sid": sid})
    assert answer.status_code == 404
    assert "This checkout does not exist" in answer.text
    assert "<script>" not in answer.text
    for path in ("address", "pay", "cancel"):
        posted = merchant.client.post(f"/checkout/{sid or 'x'}/{path}")
        assert posted.status_code == 404


def test_a_locked_page_is_held_still(merchant: Merchant) -> None:
    sid = merchant.ready()
    merchant.view("POST", sid, "/lock")
    page = Browser(merchant).open(f"/?sid={sid}")
    assert "The shop is updating your order" in page.messages[0]
    before = merchant.state()
    for path, fields in (("address", ADDRESS), ("shipping", {"shipping_option": "pickup"}),
                         ("pay", {"payment_product_type": VIPPS})):  # fmt: skip
        assert merchant.client.post(f"/checkout/{sid}/{path}", data=fields).status_code == 400
    assert merchant.state() == before


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    "{{ 7*7 }}",
    "%(shop)s",
]


@pytest.mark.parametrize("evil", HOSTILE)
def test_words_of_the_shop_and_the_buyer_are_only_words(evil: str) -> None:
    option = {**POSTEN, "line_id": evil, "title": evil, "operator": evil, "description": evil,
              "pick_up_address": {"address_line": evil}}  # fmt: skip
    with opened(lambda _: said({"shipping_options": [option, PICKUP]})) as merchant:
        sid = merchant.create(
            order=order(items=[{"line_id": evil, "description": evil, "amount": 29900}]),
            merchant={"name": evil, "logo_url": "https://shop.example/logo.svg"},
            checkboxes=[{"id": evil, "label": evil, "required": True}],
            customer={"email": evil},
        )  # fmt: skip
        browser = Browser(merchant)
        pages = [browser.open(f"/?sid={sid}")]
        pages.append(
            browser.submit("submit-address", **{**ADDRESS, "first_name": evil, "country": ""})
        )
        pages.append(browser.submit("submit-address", **{**ADDRESS, "first_name": evil}))
        pages.append(browser.submit("submit-shipping", shipping_option=evil))
        pages.append(browser.submit("pay", payment_product_type=VIPPS))
        pages.append(browser.submit(
            "pay", payment_product_type=VIPPS, **{f"checkbox:{evil}": "true"}
        ))  # fmt: skip
        pages.append(browser.submit("vipps-next", phone_number="+4791234567"))
        for page in pages:
            names = {one.tag for one in page.elements}
            attrs = {name for one in page.elements for name in one.attrs}
            assert not {"onerror", "onmouseover"} & attrs
            assert page.html.count("<script") == 1
            assert "img" not in names or all(
                "onerror" not in one.attrs and one.attrs.get("src") != "x" for one in page.elements
            )
            assert page.find("sandbox-banner")
        assert any(evil in one.text for one in pages[0].elements)


@pytest.mark.parametrize(
    "scheme", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"]
)
def test_links_of_the_shop_lead_nowhere_dangerous(merchant: Merchant, scheme: str) -> None:
    sid = merchant.create(
        order=order(items=[{"line_id": "1", "amount": 29900, "thumbnail_url": scheme}]),
        checkboxes=[{"id": "a", "label": "b", "link": {"url": scheme, "text": "c"}}],
        express={"shipping_options": [{**POSTEN, "thumbnail_url": scheme}]},
    )
    merchant.give_address(sid)
    assert scheme not in Browser(merchant).open(f"/?sid={sid}").html


def test_every_page_lets_nothing_in_from_outside(merchant: Merchant) -> None:
    sid = merchant.ready()
    tid = merchant.pay(sid)
    for path in (
        f"/?sid={sid}",
        "/?sid=x",
        f"/wallet/{sid}/{tid}",
        f"/wallet/{sid}/{tid}/app",
        "/wallet/x/y",
    ):
        headers = merchant.client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["content-type"] == "text/html; charset=utf-8"


def test_the_styles_and_the_script_are_there(merchant: Merchant) -> None:
    sid = merchant.create()
    page = Browser(merchant).open(f"/?sid={sid}")
    urls = [
        one.attrs.get("href") or one.attrs.get("src")
        for one in page.elements
        if one.tag in ("link", "script")
    ]
    assert urls
    for url in urls:
        assert merchant.client.get(url or "").status_code == 200
    assert merchant.client.get("/_checkout/static/../pages.py").status_code == 404
    assert merchant.client.get("/_checkout/static/%2e%2e/pages.py").status_code == 404


def test_a_form_of_ten_megabytes_is_refused_in_words(merchant: Merchant) -> None:
    sid = merchant.create()
    before = merchant.state()
    answer = merchant.client.post(
        f"/checkout/{sid}/address", content=b"a=" + b"x" * 10 * 1024 * 1024
    )
    assert answer.status_code == 400
    assert "text/html" in answer.headers["content-type"]
    assert merchant.state() == before


@pytest.mark.parametrize("content", [b"\xff\xfe", b"&&&===", b"%ZZ=%", b"first_name=%ED%A0%80%00"])
def test_a_form_that_is_none_is_a_form_with_errors(merchant: Merchant, content: bytes) -> None:
    sid = merchant.create()
    answer = merchant.client.post(f"/checkout/{sid}/address", content=content)
    assert answer.status_code == 400
    assert "Please fill in this field." in answer.text
