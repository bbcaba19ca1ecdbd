"""An express purchase in a real Chromium: the shop, the page, the wallet, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}
WITHOUT_JAVASCRIPT = {"java_script_enabled": False}


def give_address(page: Page, **changes: str) -> None:
    values = {
        "email": "kari@example.no", "phone": "+47 912 34 567", "first-name": "Kari",
        "last-name": "Nordmann", "address-line": "Storgata 1", "postal-code": "0155",
        "postal-place": "Oslo", **changes,
    }  # fmt: skip
    for field, value in values.items():
        page.get_by_test_id(field).fill(value)
    page.get_by_test_id("submit-address").click()


def choose_shipping(page: Page, line_id: str) -> None:
    page.get_by_test_id(f"shipping-option-{line_id}").check()
    submit = page.get_by_test_id("submit-shipping")
    if submit.is_visible():  # hidden where JavaScript submits at once
        submit.click()
    expect(page.get_by_test_id("pay")).to_be_enabled()


def pay_with_vipps(page: Page, answer: str = "vipps-approve") -> None:
    page.get_by_test_id("payment-method-dintero_psp.vipps").check()
    page.get_by_test_id("pay").click()
    page.get_by_test_id("vipps-next").click()
    page.get_by_test_id(answer).click()


@pytest.mark.parametrize(
    "context",
    [{}, PHONE, WITHOUT_JAVASCRIPT],
    indirect=True,
    ids=["on a desktop", "on a phone", "without JavaScript"],
)
def test_a_buyer_buys_and_the_shop_ships(page: Page, shop_url: str) -> None:
    page.goto(shop_url)
    page.get_by_test_id("express-buy").click()
    expect(page.get_by_test_id("sandbox-banner")).to_be_visible()
    give_address(page)
    choose_shipping(page, "home")
    expect(page.get_by_test_id("order-total").first).to_contain_text("898.00")

    pay_with_vipps(page)
    expect(page.get_by_test_id("thank-you")).to_be_visible()
    page.get_by_test_id("order-link").click()
    expect(page.get_by_test_id("order-status")).to_have_text(re.compile("paid", re.IGNORECASE))
    page.get_by_test_id("ship").click()
    expect(page.get_by_test_id("order-status")).to_have_text(re.compile("captured", re.IGNORECASE))

    page.go_back()
    page.go_back()
    page.reload()
    expect(page.get_by_test_id("thank-you")).to_be_visible()
    expect(page.get_by_test_id("order-status")).to_have_text(re.compile("captured", re.IGNORECASE))


def test_a_discount_code_moves_the_total_and_can_be_taken_back(page: Page, shop_url: str) -> None:
    page.goto(shop_url)
    page.get_by_test_id("express-buy").click()
    give_address(page)
    choose_shipping(page, "home")
    page.get_by_test_id("discount-code").fill("NOT-A-CODE")
    page.get_by_test_id("discount-code-apply").click()
    expect(page.get_by_text("The shop did not accept this code.")).to_be_visible()
    page.get_by_test_id("discount-code").fill("WELCOME10")
    page.get_by_test_id("discount-code-apply").click()
    expect(page.get_by_test_id("order-total").first).to_contain_text("818.10")
    page.get_by_test_id("discount-code-remove-WELCOME10").click()
    expect(page.get_by_test_id("order-total").first).to_contain_text("898.00")


@pytest.mark.parametrize("answer", ["vipps-decline", "vipps-expire"])
def test_a_payment_that_fails_leads_to_the_shops_failure_page(
    page: Page, shop_url: str, answer: str
) -> None:
    page.goto(shop_url)
    page.get_by_test_id("express-buy").click()
    give_address(page)
    choose_shipping(page, "home")
    pay_with_vipps(page, answer)
    expect(page.get_by_test_id("payment-failed")).to_be_visible()


def test_a_buyer_who_cancels_comes_back_to_the_shop(page: Page, shop_url: str) -> None:
    page.goto(shop_url)
    page.get_by_test_id("express-buy").click()
    page.get_by_test_id("cancel").click()
    expect(page.get_by_test_id("payment-failed")).to_be_visible()


def test_a_buyer_may_come_back_from_the_wallet_and_pay_by_card(page: Page, shop_url: str) -> None:
    page.goto(shop_url)
    page.get_by_test_id("express-buy").click()
    give_address(page)
    choose_shipping(page, "home")
    page.get_by_test_id("payment-method-dintero_psp.vipps").check()
    page.get_by_test_id("pay").click()
    page.get_by_test_id("vipps-back").click()
    page.get_by_test_id("payment-method-dintero_psp.creditcard").check()
    page.get_by_test_id("pay").click()
    page.get_by_test_id("payment-approve").click()
    expect(page.get_by_test_id("thank-you")).to_be_visible()


def test_a_changed_address_brings_other_shipping_options(page: Page, shop_url: str) -> None:
    page.goto(shop_url)
    page.get_by_test_id("express-buy").click()
    give_address(page)
    options = page.get_by_test_id("shipping-options").get_by_role("radio")
    in_oslo = options.count()
    page.get_by_test_id("edit-address").click()
    give_address(page, **{"postal-code": "5003", "postal-place": "Bergen"})
    expect(page.get_by_text("Bergen").first).to_be_visible()
    assert options.count() == in_oslo - 1, "the courier drives in Oslo alone"
