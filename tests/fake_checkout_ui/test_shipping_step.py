"""The shipping step: places, times, groups, parcels, and what else a way of delivery has to say."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sandbox import ADDRESS, ITEMS, PICKUP, POSTEN, Browser, Merchant, Page, order

Json = dict[str, Any]
WEEK = [{"day_of_week": n, "opens_at": "08:00", "closes_at": "20:00"} for n in range(1, 6)]
SATURDAY = {"day_of_week": 6, "opens_at": "10:00:00", "closes_at": "16:00:00"}
KIOSK: Json = {
    **PICKUP, "id": "pick", "line_id": "kiosk", "title": "Pick-up point", "operator": "Posten",
    "delivery_method": "pick_up",
    "pick_up_address": {
        "business_name": "Kiosken", "address_line": "Storgata 2", "postal_code": "0155",
        "postal_place": "Oslo", "distance": 0.42, "website_url": "https://kiosk.example/",
        "opening_hours": {"open_now": True, "periods": [*WEEK, SATURDAY]},
    },
}  # fmt: skip
SHOP: Json = {**KIOSK, "line_id": "shop", "pick_up_address": {
    "business_name": "Butikken", "address_line": "Torget 1", "distance": 3.14,
    "opening_hours": {"open_now": False},
}}  # fmt: skip


def shown(merchant: Merchant, *options: Json, query: str = "", **changes: Any) -> Page:
    """The page of a customer in Oslo who may choose of these."""
    sid = merchant.create(express={"shipping_options": list(options)}, **changes)
    merchant.give_address(sid)
    return Browser(merchant).open(f"/?sid={sid}{query}")


def about(page: Page, line_id: str) -> str:
    """All that is said about an option, on one line."""
    radio = page.get(f"shipping-option-{line_id}")
    named = radio.attrs["aria-describedby"]
    [told] = [one for one in page.elements if one.attrs.get("id") == named]
    [title] = [
        one for one in page.elements if one.attrs.get("id") == radio.attrs["aria-labelledby"]
    ]
    return " ".join(f"{title.text} {told.text}".split())


def more(page: Page, line_id: str) -> str:
    return " ".join(page.get(f"shipping-more-{line_id}").text.split())


def test_pick_up_points_of_one_product_stand_under_its_title(merchant: Merchant) -> None:
    page = shown(merchant, KIOSK, SHOP, POSTEN)
    [heading] = [one for one in page.elements if one.attrs.get("class") == "choices__heading"]
    assert heading.text == "Pick-up point"
    assert about(page, "kiosk") == ("Kiosken Free Posten Storgata 2, 0155 Oslo 420 m away Open now")
    assert about(page, "shop") == "Butikken Free Posten Torget 1 3.1 km away Closed now"


def test_opening_hours_are_in_words(merchant: Merchant) -> None:
    told = more(shown(merchant, KIOSK, SHOP), "kiosk")
    assert "Opening hours Mon–Fri 08:00–20:00 Sat 10:00–16:00 Sun closed" in told
    in_norwegian = more(shown(merchant, KIOSK, SHOP, query="&language=nb"), "kiosk")
    assert "man.–fre. 08:00–20:00" in in_norwegian


def test_a_place_leads_to_its_own_page(merchant: Merchant) -> None:
    page = shown(merchant, KIOSK, SHOP)
    links = [one.attrs["href"] for one in page.elements if one.tag == "a" and "target" in one.attrs]
    assert links == ["https://kiosk.example/"]


@pytest.mark.parametrize("periods", [None, "x", [1], [{"day_of_week": 9}], [{"opens_at": "x"}]])
def test_opening_hours_that_are_none_are_not_shown(merchant: Merchant, periods: Any) -> None:
    place = {"business_name": "A", "opening_hours": {"periods": periods}}
    page = shown(merchant, {**KIOSK, "pick_up_address": place})
    assert page.find("shipping-more-kiosk") is None


def slot(line_id: str, first: str, last: str) -> Json:
    return {**POSTEN, "line_id": line_id, "time_slot": {"starts_at": first, "ends_at": last}}


def test_time_slots_of_one_product_are_told_apart_by_their_time(merchant: Merchant) -> None:
    slots = (
        slot("a", "2026-10-07T15:00:00Z", "2026-10-07T19:00:00Z"),
        slot("b", "2026-10-08T15:00:00Z", "2026-10-09T05:30:00Z"),
    )
    page = shown(merchant, *slots)
    assert "Wed, Oct 7 17:00–21:00" in about(page, "a")  # in Oslo's own time
    assert "Thu, Oct 8 17:00 – Fri, Oct 9 07:30" in about(page, "b")
    page = shown(merchant, *slots, query="&language=nb")
    assert "ons. 7. okt." in about(page, "a")


@pytest.mark.parametrize(
    ("eta", "words"),
    [({"starts_at": "2026-10-07T00:00:00Z", "ends_at": "2026-10-09T00:00:00Z"},
      "Arrives Wed, Oct 7 – Fri, Oct 9"),
     ({"ends_at": "2026-10-09T12:00:00Z"}, "Arrives Fri, Oct 9"),
     ({"working_days": [2, 4]}, "2–4 working days"), ({"working_days": [3]}, "3 working days"),
     ({"working_days": [1]}, "1 working day"),
     ({"arrival_day_of_week": 2}, "Arrives on Tuesday")],
)  # fmt: skip
def test_it_says_when_it_comes(merchant: Merchant, eta: Json, words: str) -> None:
    assert words in about(shown(merchant, {**POSTEN, "eta": eta}), "posten")


@pytest.mark.parametrize("eta", [{"starts_at": 7}, {"ends_at": "soon"}, {"working_days": "x"},
                                 {"working_days": [None]}, {"arrival_day_of_week": 0}])  # fmt: skip
def test_a_time_that_is_none_is_not_shown(merchant: Merchant, eta: Json) -> None:
    assert about(shown(merchant, {**POSTEN, "eta": eta}), "posten") == (
        "Home delivery NOK 49.00 Posten"
    )


def test_what_it_does_to_the_environment_is_folded_away(merchant: Merchant) -> None:
    data = {"description": "By bicycle", "details": [{"label": "CO2", "value": "12 g"}]}
    page = shown(merchant, {**POSTEN, "environmental_data": data}, PICKUP)
    assert "By bicycle" in page.get("shipping-environment-posten").text
    assert "CO212 g" in page.get("shipping-environment-posten").text
    assert page.get("shipping-more-posten").tag == "details"
    assert page.find("shipping-more-pickup") is None


def test_paying_in_the_store_and_a_picture_are_shown(merchant: Merchant) -> None:
    url = "https://shop.example/box.png"
    page = shown(merchant, {**POSTEN, "pay_in_store": {"type": "full"}, "thumbnail_url": url})
    assert "You pay in the store" in about(page, "posten")
    assert [one.attrs["src"] for one in page.elements if one.tag == "img"] == [url]


def test_an_order_that_is_paid_in_the_store_offers_nothing_else(merchant: Merchant) -> None:
    in_store = {**PICKUP, "pay_in_store": {"type": "full"}}
    sid = merchant.create(
        express={"shipping_options": [POSTEN, in_store]},
        configuration={"dintero": {"zero": {"enabled": True}}},
    )
    merchant.give_address(sid)
    browser = Browser(merchant)
    page = browser.open(f"/?sid={sid}")
    assert page.find("payment-method-dintero.zero") is None
    page = browser.submit("submit-shipping", shipping_option="pickup")
    assert "You pay in the store" in page.get("paid-in-store").text
    assert page.find("payment-method-dintero_psp.vipps") is None
    page = browser.submit("pay", payment_product_type="dintero.zero")
    assert "You pay in the store" in page.html
    browser.submit("zero-confirm")
    paid = merchant.transaction(merchant.session(sid)["transaction_id"])
    assert (paid["status"], paid["amount"]) == ("AUTHORIZED", 0)


def test_each_parcel_says_what_is_in_it_and_has_its_own_row(merchant: Merchant) -> None:
    options = [
        {**POSTEN, "shipment_id": "a", "shipment_items": [{"line_id": "1", "quantity": 1}]},
        {**PICKUP, "shipment_id": "b", "shipment_items": [{"line_id": "2"}]},
    ]
    sid = merchant.create(express={"shipping_options": options})
    merchant.give_address(sid)
    browser = Browser(merchant)
    page = browser.open(f"/?sid={sid}")
    words = [" ".join(one.text.split()) for one in page.elements if one.tag == "legend"]
    assert "Parcel 11 × Shirt" in words
    assert "Parcel 22 × Mug" in words
    chosen = {"shipping_option:a": "posten", "shipping_option:b": "pickup"}
    page = browser.submit("submit-shipping", **chosen)
    assert "49.00" in page.get("order-item-posten").text
    assert "Free" in page.get("order-item-pickup").text


def test_shipping_that_the_shop_has_chosen_is_only_in_the_summary(merchant: Merchant) -> None:
    express = {"shipping_options": [POSTEN], "shipping_mode": "shipping_not_required"}
    given = order(amount=34800, shipping_option=POSTEN)
    sid = merchant.create(express=express, order=given)
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    page = browser.submit("submit-address", **ADDRESS)
    assert page.find("shipping-options") is None
    assert "49.00" in page.get("order-item-posten").text
    assert "disabled" not in page.get("pay").attrs


def test_discounts_are_told_by_their_names(merchant: Merchant) -> None:
    lines = [
        {"amount": 1000, "description": "Summer sale"},
        {"amount": 500, "description": "Member"},
    ]
    items = [{**ITEMS[0], "discount_lines": lines}, {**ITEMS[1], "discount_lines": [{"amount": 7}]}]
    whole = [{"amount": 200, "description": "Loyalty"}, {"amount": 100}]
    sid = merchant.create(express=None, order=order(items=items, discount_lines=whole))
    page = Browser(merchant).open(f"/?sid={sid}")
    assert "Summer sale -NOK\u00a010.00" in page.get("order-item-1").text
    assert "Member -NOK\u00a05.00" in page.get("order-item-1").text
    assert "Discount -NOK\u00a00.07" in page.get("order-item-2").text
    rows = [one.text for one in page.elements if one.attrs.get("class", "").endswith("--discount")]
    assert ["Loyalty" in rows[0], "Discount" in rows[1]] == [True, True]


@pytest.mark.parametrize(
    ("vats", "whole", "words"), [([100, 50], 7, "1.50"), ([None, None], 700, "7.00")]
)
def test_vat_is_that_of_the_lines_else_that_of_the_order(
    merchant: Merchant, vats: list[Any], whole: int, words: str
) -> None:
    items = [
        {**item, "vat_amount": vat} if vat else item for item, vat in zip(ITEMS, vats, strict=True)
    ]
    sid = merchant.create(express=None, order=order(items=items, vat_amount=whole))
    assert f"Of which VAT\n  NOK\u00a0{words}" in Browser(merchant).open(f"/?sid={sid}").html.replace(
        "<dt>", "").replace("</dt>", "").replace("<dd>", "").replace("</dd>", "")  # fmt: skip


EVIL = '"><img src=x onerror=alert(1)><script>alert(1)</script>%(shop)s{{ 7*7 }}'


def test_all_that_a_shop_says_of_a_way_of_delivery_is_only_words(merchant: Merchant) -> None:
    place = {
        "business_name": EVIL, "website_url": "javascript:alert(1)", "distance": EVIL,
        "opening_hours": {"open_now": EVIL, "periods": [{"day_of_week": 1, "opens_at": EVIL}]},
    }  # fmt: skip
    figures = {"description": EVIL, "details": [{"label": EVIL, "value": EVIL}, EVIL]}
    option = {**KIOSK, "line_id": "evil", "pick_up_address": place, "environmental_data": figures,
              "eta": {"starts_at": EVIL, "working_days": [EVIL]}, "time_slot": {"ends_at": EVIL},
              "shipment_id": EVIL, "shipment_items": [{"line_id": "1"}]}  # fmt: skip
    lines = [{"amount": 1, "description": EVIL}]
    changed = order(items=[{**ITEMS[0], "description": EVIL, "discount_lines": lines}, ITEMS[1]],
                    discount_lines=lines)  # fmt: skip
    page = shown(merchant, option, {**POSTEN, "shipment_id": "b"}, order=changed)
    assert page.find("shipping-option-evil")
    assert page.html.count("<script") == 1
    assert not [one for one in page.elements if "onerror" in one.attrs or one.tag == "img"]
    assert "javascript:" not in page.html
    assert page.html.count(EVIL) == 0
    assert any(EVIL in one.text for one in page.elements)


def places(count: int) -> list[Json]:
    return [
        {**KIOSK, "line_id": f"kiosk-{n}", "pick_up_address": {"business_name": f"Kiosk {n}"}}
        for n in range(1, count + 1)
    ]


def in_the_fold(page: Page) -> list[str]:
    """The places that have to be unfolded first."""
    _, _, rest = page.html.partition('<details class="choices__more"')
    return re.findall(r'data-testid="shipping-option-(kiosk-\d+)"', rest)


def test_what_comes_after_the_first_few_of_a_product_is_folded_away(merchant: Merchant) -> None:
    page = shown(merchant, *places(12), POSTEN)
    assert in_the_fold(page) == [f"kiosk-{n}" for n in range(6, 13)]
    assert "Show 7 more" in page.html
    assert "Vis 7 til" in shown(merchant, *places(12), query="&language=nb").html


def test_a_list_that_is_hardly_too_long_is_not_folded(merchant: Merchant) -> None:
    assert in_the_fold(shown(merchant, *places(6))) == []
    assert in_the_fold(shown(merchant, *places(7))) == ["kiosk-6", "kiosk-7"]


def test_the_chosen_one_is_never_folded_away(merchant: Merchant) -> None:
    sid = merchant.create(express={"shipping_options": places(9)})
    merchant.give_address(sid)
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    page = browser.submit("submit-shipping", shipping_option="kiosk-8")
    assert in_the_fold(page) == ["kiosk-6", "kiosk-7", "kiosk-9"]
    assert "checked" in page.get("shipping-option-kiosk-8").attrs
