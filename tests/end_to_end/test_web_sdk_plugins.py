"""WooCommerce's and Magento's way of using the Web SDK, replayed in a browser."""

from __future__ import annotations

from typing import Any

import pytest
from embedding import plugins
from embedding.stage import CARD, ENABLED, PICKUP, POSTEN, VIPPS, Stage

from mock_dintero.playwright import CheckoutPage

pytestmark = pytest.mark.browser

BUTTON = "#dintero-checkout-sdk-launch-pop-out"


def updates(stage: Stage) -> int:
    return stage.shop.seen.count(("POST", "/put"))


def shop_answers(stage: Stage, put: Any, is_valid: Any) -> None:
    """The shop's server: what it does for an update, and whether it takes the order."""
    stage.shop.answers["/put"] = put
    stage.shop.answers["/validate"] = is_valid


def woocommerce(stage: Stage, **options: Any) -> None:
    """Its cart is 299; every update sends the whole order and the shop's options."""

    def put(_: Any) -> Any:
        chosen = stage.order().get("shipping_option")
        item = {"id": "1", "line_id": "1", "description": "Mug", "quantity": 1, "amount": 29900}
        fee = {
            "id": "rounding-fee",
            "line_id": "rounding-fee",
            "description": "Rounding",
            "amount": 0,
        }
        order = {"amount": 29900, "currency": "NOK", "items": [item, {**fee, "quantity": 1}]}
        if chosen:
            order |= {"amount": 29900 + chosen["amount"], "shipping_option": chosen}
        body = {
            "order": order,
            "express": {"shipping_options": [POSTEN, PICKUP]},
            "remove_lock": True,
        }
        return stage.account.call(
            "PUT", f"/v1/sessions/{stage.sid}", body, **plugins.WOOCOMMERCE_QUERY
        )

    def validate(_: Any) -> Any:
        chosen = stage.order().get("shipping_option") or {"amount": 0}
        return {"success": abs(stage.order()["amount"] - 29900 - chosen["amount"]) < 10}

    shop_answers(stage, put, validate)
    session = stage.express(configuration=ENABLED)
    stage.start(session, call="startPlugin", plan=plugins.WOOCOMMERCE, language="nb", **options)
    stage.heard.wait_for("SessionLoaded")


def test_woocommerce_comes_to_rest_after_every_step(stage: Stage) -> None:
    stage.page.clock.install(time=0)
    stage.page.clock.pause_at(1000)
    woocommerce(stage)
    assert updates(stage) == 0  # nobody is known yet
    stage.checkout.give_address()
    # The step, the refresh after the shop's update, and one more that brought nothing new.
    stage.heard.wait_for_asked("RefreshSession", 3)
    stage.frame.get_by_test_id("shipping-option-posten").wait_for()
    stage.heard.until(lambda: not stage.is_locked(), "an open session")
    assert updates(stage) == 3
    assert len(stage.heard.told("SessionUpdated")) == 3
    stage.page.clock.run_for(1000)
    stage.heard.wait_for_asked("RefreshSession", 4)
    assert updates(stage) == 4


@pytest.mark.parametrize("is_pop_out", [False, True])
def test_a_buyer_at_woocommerce_pays(stage: Stage, is_pop_out: bool) -> None:
    stage.page.clock.install(time=0)
    stage.page.clock.pause_at(1000)
    woocommerce(stage, popOut=is_pop_out)
    stage.checkout.give_address()
    stage.heard.wait_for_asked("RefreshSession", 3)
    stage.frame.locator("fieldset.steps[disabled]").wait_for(state="detached")
    stage.checkout.choose_shipping("posten")
    stage.heard.wait_for_asked("RefreshSession", 5)
    stage.frame.locator("fieldset.steps[disabled]").wait_for(state="detached")
    if is_pop_out:
        with stage.page.expect_popup() as opened:
            stage.page.locator(f"{BUTTON}:enabled").click()
        window = CheckoutPage(opened.value)
        opened.value.get_by_test_id("pay").wait_for()
        # The window's SessionLoaded makes the shop update once more; both are told to refresh.
        stage.heard.wait_for("SessionLocked", 6)
        stage.heard.wait_for_asked("RefreshSession", 5 + 2)
        stage.heard.until(lambda: not stage.is_locked(), "an open session")
        opened.value.locator("fieldset.steps[disabled]").wait_for(state="detached")
        window.choose_method(CARD)
        window.pay()
        opened.value.get_by_test_id("payment-approve").click()
    else:
        stage.checkout.choose_method(CARD)
        stage.heard.wait_for_asked("ValidationResult")
        stage.frame.locator("body:not([data-waiting])").wait_for()
        stage.checkout.pay()
        stage.frame.get_by_test_id("payment-approve").click()
    stage.page.wait_for_url("**/return?shop=1&**transaction_id=**")
    assert ("POST", "/validate") in stage.shop.seen
    billing = stage.order()["billing_address"]
    assert (billing["first_name"], stage.order()["amount"]) == ("Kari", 34800)


def test_magento_updates_at_the_start_and_before_it_is_too_late(stage: Stage) -> None:
    price, valid = [19900], [False]

    def put(_: Any) -> Any:
        item = {"id": "1", "line_id": "1", "description": "Mug", "quantity": 1, "amount": price[0]}
        order = {
            "amount": price[0], "currency": "NOK", "items": [item], "merchant_reference": "order-1"
        }  # fmt: skip
        body = {"order": order, "customer": {"email": "kari@example.no"}, "remove_lock": True}
        return stage.account.call("PUT", f"/v1/sessions/{stage.sid}", body)

    def validate(_: Any) -> Any:
        return {"success": True} if valid[0] else {
            "success": False, "clientValidationError": plugins.OUT_OF_DATE
        }  # fmt: skip

    shop_answers(stage, put, validate)
    stage.shop.answers["/address"] = lambda _: {"shipping_options": [POSTEN, PICKUP]}
    callback = stage.shop.url("/address", "127.0.0.1")
    express = {"shipping_options": [], "shipping_address_callback_url": callback}
    session = stage.session(express=express, configuration=ENABLED)
    stage.start(session, call="startPlugin", plan=plugins.MAGENTO, language="nb-NO")
    refreshed = stage.heard.wait_for("SessionUpdated")
    assert refreshed["session"]["order"]["amount"] == 19900
    stage.frame.locator("fieldset.steps[disabled]").wait_for(state="detached")
    stage.checkout.give_address()
    stage.checkout.choose_shipping("posten")
    price[0] = 9900
    stage.checkout.choose_method(VIPPS)
    stage.frame.get_by_test_id("pay").click()
    stage.frame.get_by_test_id("message").filter(has_text=plugins.OUT_OF_DATE).wait_for()
    stage.heard.until(lambda: stage.order()["amount"] == 9900 + 4900, "the shop's update")
    stage.heard.until(lambda: "148" in stage.checkout.total(), "the new total")
    valid[0] = True
    stage.frame.get_by_test_id("pay").click()
    stage.frame.get_by_test_id("vipps-next").wait_for()
    stage.checkout.vipps()
    stage.frame.get_by_test_id("vipps-approve").click()
    stage.page.wait_for_url("**/return?shop=1&**transaction_id=**")
    assert [method for method, path in stage.shop.seen if path.startswith("/return")] == ["POST"]
