"""The address step: known customers, one-click confirmation, businesses, billing, countries, towns."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import ADDRESS, PICKUP, POSTEN, VIPPS, Browser, Merchant, opened, order, said

from mock_dintero.core.customer import CUSTOMERS

KARI, FJELL = CUSTOMERS["kari"], CUSTOMERS["fjell"]
TWO_ADDRESSES: dict[str, Any] = {"allow_different_billing_shipping_address": ["b2c", "b2b"]}
BILLING = {
    "billing_first_name": "Ola", "billing_last_name": "Fakturamann",
    "billing_address_line": "Regningsgata 1", "billing_postal_code": "5003", "billing_country": "NO",
}  # fmt: skip


def browse(merchant: Merchant, **changes: Any) -> tuple[str, Browser]:
    sid = merchant.create(**changes)
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    return sid, browser


# Known customers


def test_a_known_email_alone_brings_the_customers_card(merchant: Merchant) -> None:
    _, browser = browse(merchant)
    page = browser.submit("submit-address", email=" Kari.Nordmann@example.no")
    assert browser.status == 200
    assert "Welcome back, Kari Nordmann" in page.get("known-address").text
    assert page.find("email") is None
    assert "checked" in page.get("known-address-0").attrs
    assert "disabled" in page.get("pay").attrs
    assert merchant.shop.asked == []


def test_one_click_confirms_asks_for_shipping_and_leaves_only_the_payment() -> None:
    with opened(lambda _: said({"shipping_options": [POSTEN]})) as merchant:
        sid, browser = browse(merchant, customer={"email": KARI.email})
        page = browser.submit("use-address")
        assert merchant.session(sid)["order"]["shipping_address"] == KARI.addresses[0].shown()
        assert "checked" in page.get("shipping-option-posten").attrs
        assert "checked" in page.get(f"payment-method-{VIPPS}").attrs
        assert "disabled" not in page.get("pay").attrs
        page = browser.submit("pay")
        assert page.get("vipps-phone").attrs["value"] == KARI.phone_number


def test_a_customer_with_two_addresses_chooses(merchant: Merchant) -> None:
    sid, browser = browse(merchant, customer={"phone_number": KARI.phone_number})
    browser.submit("use-address", address="1")
    assert merchant.session(sid)["order"]["shipping_address"]["postal_place"] == "Bergen"


@pytest.mark.parametrize("number", ["7", "-1", "x", ""])
def test_an_address_that_is_not_there_is_not_used(merchant: Merchant, number: str) -> None:
    sid, browser = browse(merchant, customer={"email": KARI.email})
    page = browser.submit("use-address", address=number)
    assert (browser.status, page.messages) == (400, ["Choose one of the addresses."])
    assert "shipping_address" not in merchant.session(sid)["order"]


def test_a_known_address_can_be_edited_or_left_for_another(merchant: Merchant) -> None:
    sid, browser = browse(merchant)
    browser.submit("submit-address", phone_number="400 00 001")
    card = browser.page
    page = browser.submit("edit-address", address="1")
    assert page.get("address-line").attrs["value"] == "Bryggen 12"
    page = browser.open(card.get("use-another-address").attrs["href"])
    assert page.get("address-line").attrs["value"] == ""
    assert page.get("first-name").attrs["value"] == "Kari"
    browser.submit("submit-address", address_line="Ny vei 1", postal_code="0159", country="NO")
    assert merchant.session(sid)["order"]["shipping_address"]["address_line"] == "Ny vei 1"


def test_who_fills_in_the_form_is_not_asked_who_it_is(merchant: Merchant) -> None:
    sid, browser = browse(merchant)
    browser.submit("submit-address", **{**ADDRESS, "email": KARI.email})
    assert merchant.session(sid)["order"]["shipping_address"]["address_line"] == "Storgata 1"


@pytest.mark.parametrize("customer", CUSTOMERS.values(), ids=lambda one: one.id)
def test_every_customer_of_the_panel_can_buy(merchant: Merchant, customer: Any) -> None:
    sid, browser = browse(merchant)
    panel = browser.page.get(f"known-customer-{customer.id}")
    assert customer.name in browser.page.get("customers-panel").text
    browser.open(panel.attrs["href"].partition("#")[0])
    browser.submit("use-address")
    assert merchant.session(sid)["order"]["shipping_address"] == customer.addresses[0].shown()


def test_an_address_that_the_shop_knows_is_confirmed_in_one_click(merchant: Merchant) -> None:
    sid, browser = browse(merchant, order=order(shipping_address=ADDRESS))
    assert "Is this right, Kari Nordmann?" in browser.page.get("known-address").text
    assert "disabled" in browser.page.get("pay").attrs
    assert browser.page.find("shipping-options") is None
    page = browser.submit("use-address")
    assert merchant.session(sid)["order"]["shipping_address"] == ADDRESS
    assert page.find("shipping-option-posten")
    assert page.find("known-address") is None


def test_a_billing_address_that_the_shop_knows_stays(merchant: Merchant) -> None:
    bill_to = {**ADDRESS, "address_line": "Regningsgata 1"}
    given = order(shipping_address=ADDRESS, billing_address=bill_to)
    sid, browser = browse(merchant, order=given, configuration=TWO_ADDRESSES)
    page = browser.submit("use-address")
    assert merchant.session(sid)["order"]["billing_address"] == bill_to
    assert "Regningsgata 1" in page.get("billing-address").text


def test_an_incomplete_address_of_the_shop_fills_in_the_form(merchant: Merchant) -> None:
    given = {"first_name": "Kari", "country": "SE", "postal_code": "111 36"}
    _, browser = browse(merchant, order=order(shipping_address=given))
    assert browser.page.get("first-name").attrs["value"] == "Kari"
    assert browser.page.get("postal-code").attrs["value"] == "111 36"


def test_a_session_that_is_not_express_asks_for_no_address(merchant: Merchant) -> None:
    _, browser = browse(merchant, express=None)
    assert browser.page.find("submit-address") is None
    assert browser.page.find("customers-panel") is None
    assert "disabled" not in browser.page.get("pay").attrs


@pytest.mark.parametrize(
    ("query", "status", "found"),
    [({"email": KARI.email}, 200, {"id": "kari", "name": "Kari Nordmann"}),
     ({"phone_number": "+4740000002"}, 200, {"id": "fjell", "name": "Fjell og Fjord AS"}),
     ({"email": "x@y.no"}, 204, None), ({}, 204, None)],
)  # fmt: skip
def test_the_page_can_ask_who_it_is(
    merchant: Merchant, query: Any, status: int, found: Any
) -> None:
    answer = merchant.client.get(f"/checkout/{merchant.create()}/who", params=query)
    assert answer.status_code == status
    assert (answer.json() if answer.content else None) == found


# Businesses


def test_a_known_business_is_filled_in_as_one(merchant: Merchant) -> None:
    sid, browser = browse(merchant, customer={"email": FJELL.email})
    page = browser.submit("edit-address")
    assert "checked" in page.get("customer-type-b2b").attrs
    assert page.get("organization-number").attrs["value"] == "987654321"
    browser.submit("submit-address", organization_number="98 76")
    assert browser.page.error_of("organization_number") == (
        "A Norwegian organization number has 9 digits."
    )
    browser.submit("submit-address", organization_number="987 654 321")
    given = merchant.session(sid)["order"]["shipping_address"]
    assert given["organization_number"] == "987654321"


def test_a_shop_for_people_has_no_fields_for_a_business(merchant: Merchant) -> None:
    express = {"shipping_options": [], "customer_types": ["b2c"]}
    _, browser = browse(merchant, express=express)
    assert browser.page.find("business-name") is None
    assert browser.page.find("customer-type-b2b") is None


def test_a_person_who_filled_in_a_business_after_all_is_a_person(merchant: Merchant) -> None:
    sid, browser = browse(merchant)
    typed = {**ADDRESS, "business_name": "Hus AS", "organization_number": "1"}
    browser.submit("submit-address", customer_type="b2c", **typed)
    assert merchant.session(sid)["order"]["shipping_address"] == ADDRESS


# Two addresses


def test_the_invoice_may_go_elsewhere(merchant: Merchant) -> None:
    sid, browser = browse(merchant, configuration=TWO_ADDRESSES)
    browser.submit("submit-address", **ADDRESS, **BILLING, **{"billing_differs:b2c": "true"})
    given = merchant.session(sid)["order"]
    assert given["shipping_address"] == ADDRESS
    assert given["billing_address"] == {
        **ADDRESS, "first_name": "Ola", "last_name": "Fakturamann", "address_line": "Regningsgata 1",
        "postal_code": "5003", "postal_place": "Bergen",
    }  # fmt: skip
    assert "SET_BILLING_ADDRESS" in merchant.events(sid)
    assert "Regningsgata 1" in browser.page.get("billing-address").text
    page = browser.open(browser.page.get("edit-address").attrs["href"])
    assert "checked" in page.get("different-billing-b2c").attrs
    assert page.get("billing-address-line").attrs["value"] == "Regningsgata 1"


def test_a_billing_address_is_checked_by_itself(merchant: Merchant) -> None:
    sid, browser = browse(merchant, configuration=TWO_ADDRESSES)
    wrong = {**BILLING, "billing_postal_code": "50", "billing_first_name": ""}
    page = browser.submit("submit-address", **ADDRESS, **wrong, **{"billing_differs:b2c": "true"})
    assert browser.status == 400
    assert page.error_of("billing_first_name") == "Please fill in this field."
    assert "4 digits" in page.error_of("billing_postal_code")
    assert page.error_of("billing_email") == page.error_of("first_name") == ""
    assert "checked" in page.get("different-billing-b2c").attrs
    assert "shipping_address" not in merchant.session(sid)["order"]


def test_without_a_tick_both_addresses_are_the_same(merchant: Merchant) -> None:
    sid, browser = browse(merchant, configuration=TWO_ADDRESSES)
    page = browser.submit("submit-address", **ADDRESS, **BILLING)
    assert merchant.session(sid)["order"]["billing_address"] == ADDRESS
    assert page.find("billing-address") is None


def test_only_the_configured_type_may_have_two_addresses(merchant: Merchant) -> None:
    only_b2b = {"allow_different_billing_shipping_address": ["b2b"]}
    sid, browser = browse(merchant, configuration=only_b2b)
    assert browser.page.find("different-billing-b2b")
    assert browser.page.find("different-billing-b2c") is None
    browser.submit("submit-address", **ADDRESS, **BILLING, **{"billing_differs:b2c": "true"})
    assert merchant.session(sid)["order"]["billing_address"] == ADDRESS


@pytest.mark.parametrize(
    ("allowed", "default", "ticked"),
    [(["b2c"], ["b2c"], True), (["b2c"], ["b2b"], False), (["b2b"], ["b2c"], False)],
)
def test_a_shop_may_begin_with_two_addresses(
    merchant: Merchant, allowed: list[str], default: list[str], ticked: bool
) -> None:
    express = {"shipping_options": [], "default_different_billing_shipping_address": default}
    configuration = {"allow_different_billing_shipping_address": allowed}
    _, browser = browse(merchant, express=express, configuration=configuration)
    box = browser.page.find("different-billing-b2c")
    assert ("checked" in box.attrs if box else False) is ticked


def test_no_shop_has_two_addresses_without_wanting_it(merchant: Merchant) -> None:
    _, browser = browse(merchant)
    assert browser.page.find("billing-address-line") is None


# Countries and towns


def offered(browser: Browser) -> list[str]:
    options = [one for one in browser.page.elements if one.tag == "option"]
    return [one.attrs["value"] for one in options if len(one.attrs["value"]) == 2 and
            one.attrs["value"].isupper()]  # fmt: skip


def test_the_preferred_country_comes_first_and_denied_ones_not_at_all(merchant: Merchant) -> None:
    countries = {"preferred_country": "DK", "deny_countries": ["NO"]}
    _, browser = browse(merchant, configuration={"countries": countries})
    assert offered(browser)[0] == "DK"
    assert "NO" not in offered(browser)
    page = browser.submit("submit-address", **ADDRESS)
    assert page.error_of("country") == "The shop does not deliver to this country."


def test_the_town_is_filled_in_where_it_is_left_blank(merchant: Merchant) -> None:
    sid, browser = browse(merchant)
    browser.submit("submit-address", **{**ADDRESS, "postal_place": ""})
    assert merchant.session(sid)["order"]["shipping_address"] == ADDRESS


def test_a_town_that_was_typed_stays(merchant: Merchant) -> None:
    sid, browser = browse(merchant)
    browser.submit("submit-address", **{**ADDRESS, "postal_place": "Christiania"})
    assert merchant.session(sid)["order"]["shipping_address"]["postal_place"] == "Christiania"


def test_a_town_that_nobody_knows_has_to_be_typed(merchant: Merchant) -> None:
    _, browser = browse(merchant)
    page = browser.submit(
        "submit-address", **{**ADDRESS, "postal_code": "9999", "postal_place": ""}
    )
    assert page.error_of("postal_place") == "Please fill in this field."


@pytest.mark.parametrize(
    ("country", "code", "words"),
    [("NO", "155", "A Norwegian postal code has 4 digits, for example 0155."),
     ("SE", "111", "A Swedish postal code has 5 digits, for example 111 36."),
     ("DK", "80", "A Danish postal code has 4 digits, for example 1360."),
     ("FI", "1", "A Finnish postal code has 5 digits, for example 00100.")],
)  # fmt: skip
def test_a_postal_code_has_its_countrys_form(
    merchant: Merchant, country: str, code: str, words: str
) -> None:
    _, browser = browse(merchant)
    page = browser.submit("submit-address", **{**ADDRESS, "country": country, "postal_code": code})
    assert page.error_of("postal_code") == words


def test_the_page_can_ask_for_a_town(merchant: Merchant) -> None:
    sid = merchant.create()
    query = {"country": "SE", "postal_code": "111 36"}
    answer = merchant.client.get(f"/checkout/{sid}/place", params=query)
    assert answer.json() == {"postal_place": "Stockholm"}
    assert merchant.client.get(f"/checkout/{sid}/place").status_code == 204


def test_only_the_options_of_the_country_are_offered(merchant: Merchant) -> None:
    options = [{**POSTEN, "countries": ["NO"]}, {**PICKUP, "countries": ["SE", "DK"]}]
    _, browser = browse(merchant, express={"shipping_options": options})
    page = browser.submit("submit-address", **ADDRESS)
    assert page.find("shipping-option-posten")
    assert page.find("shipping-option-pickup") is None
    elsewhere = {"country": "FI", "postal_code": "00100"}
    browser.open(page.get("edit-address").attrs["href"])
    page = browser.submit("submit-address", **elsewhere)
    assert "does not ship to this address" in page.messages[0]
    assert page.get("change-address").attrs["href"].endswith("edit=address")
