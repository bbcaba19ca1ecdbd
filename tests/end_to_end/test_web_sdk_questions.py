"""What the embedded page asks the shop's script, and how it waits: ValidateSession and AddressCallback."""

from __future__ import annotations

from typing import Any

import pytest
from embedding.stage import CARD, HANDLERS, KLARNA, PICKUP, POSTEN, VIPPS, Stage

from mock_dintero.testing import ADDRESS

pytestmark = pytest.mark.browser

VALIDATES = (*HANDLERS, "onValidateSession")
LATER = {"onValidateSession": {"later": True}}
TOO_LATE = "The price has changed"


def answer(stage: Stage, **result: Any) -> None:
    """The shop's script calls back."""
    stage.page.evaluate("result => callback(result)", result)


def says(stage: Stage, text: str) -> None:
    stage.frame.get_by_test_id("message").filter(has_text=text).wait_for()
    stage.heard.wait_for("ScrollToTop")  # a click before the page is there would miss


def is_waiting(stage: Stage) -> bool:
    return bool(stage.frame.evaluate("() => document.querySelector('[data-part=content]').inert"))


def test_the_shop_is_asked_at_the_button_and_says_yes(stage: Stage) -> None:
    stage.start(stage.ready(), VALIDATES, LATER)
    stage.heard.wait_for("SessionLoaded")
    stage.checkout.choose_method(VIPPS)
    stage.frame.get_by_test_id("pay").click()
    asked = stage.heard.wait_for("ValidateSession")
    assert asked["session"]["order"]["shipping_address"]["first_name"] == "Kari"
    assert stage.is_locked()
    assert is_waiting(stage)
    answer(stage, success=True)
    stage.frame.get_by_test_id("vipps-next").wait_for()
    assert not stage.is_locked()
    stage.checkout.vipps()
    stage.frame.get_by_test_id("vipps-approve").click()
    stage.heard.wait_for_call("onPayment")
    assert len(stage.heard.told("ValidateSession")) == 1
    assert stage.heard.wait_for_asked("ValidationResult")["success"] is True


def test_the_shop_is_asked_at_the_button_and_says_no(stage: Stage) -> None:
    stage.start(stage.ready(), VALIDATES, LATER)
    stage.heard.wait_for("SessionLoaded")
    stage.checkout.choose_method(VIPPS)
    stage.frame.get_by_test_id("pay").click()
    stage.heard.wait_for("ValidateSession")
    answer(stage, success=False, clientValidationError=TOO_LATE)
    says(stage, TOO_LATE)
    assert not is_waiting(stage)
    assert stage.frame.get_by_test_id(f"payment-method-{VIPPS}").is_checked()
    assert not stage.is_locked()
    assert stage.account.session(stage.sid).get("transaction_id") is None
    stage.frame.get_by_test_id("pay").click()
    stage.heard.wait_for("ValidateSession", 2)
    assert stage.frame.get_by_test_id("message").count() == 0
    answer(stage, success=True)
    stage.frame.get_by_test_id("vipps-next").wait_for()


def test_a_shop_that_says_no_without_a_word_is_put_into_words(stage: Stage) -> None:
    stage.start(stage.ready(), VALIDATES, {"onValidateSession": {"result": {"success": False}}})
    stage.heard.wait_for("SessionLoaded")
    stage.frame.get_by_test_id("pay").click()
    says(stage, "The shop could not confirm your order. Please try again.")


def test_a_shop_whose_script_breaks_is_told_apart(stage: Stage) -> None:
    stage.start(stage.ready(), VALIDATES, {"onValidateSession": {"throws": True}})
    stage.heard.wait_for("SessionLoaded")
    stage.frame.get_by_test_id("pay").click()
    says(stage, "Validation runtime error")


@pytest.mark.parametrize("method", [CARD, KLARNA])
def test_the_shop_is_asked_when_card_or_klarna_is_chosen(stage: Stage, method: str) -> None:
    stage.start(stage.ready(), VALIDATES, LATER)
    stage.heard.wait_for("SessionLoaded")
    stage.frame.get_by_test_id(f"payment-method-{method}").check()
    stage.heard.wait_for("ValidateSession")
    assert stage.heard.order[-2:] == ["ActivePaymentProductType", "ValidateSession"]
    answer(stage, success=False, clientValidationError=TOO_LATE)
    says(stage, TOO_LATE)
    stage.frame.get_by_test_id("pay").click()
    stage.heard.wait_for("ValidateSession", 2)
    answer(stage, success=True)
    stage.heard.until(
        lambda: "/wallet/" in (stage.page.url + stage.page.frames[-1].url), "a wallet"
    )


def test_who_was_asked_when_card_was_chosen_is_not_asked_again(stage: Stage) -> None:
    stage.start(stage.ready(), VALIDATES, {"onValidateSession": {"result": {"success": True}}})
    stage.heard.wait_for("SessionLoaded")
    stage.frame.get_by_test_id(f"payment-method-{CARD}").check()
    stage.heard.wait_for_asked("ValidationResult")
    stage.heard.until(lambda: not is_waiting(stage), "the page")
    stage.checkout.pay()
    stage.frame.get_by_test_id("payment-approve").click()
    stage.heard.wait_for_call("onPayment")
    assert len(stage.heard.told("ValidateSession")) == 1


def test_an_order_that_has_changed_since_is_asked_about_again(stage: Stage) -> None:
    stage.start(stage.ready(), VALIDATES, {"onValidateSession": {"result": {"success": True}}})
    stage.heard.wait_for("SessionLoaded")
    stage.frame.get_by_test_id(f"payment-method-{CARD}").check()
    stage.heard.wait_for_asked("ValidationResult")
    stage.heard.until(lambda: not is_waiting(stage), "the page")
    stage.call("lockSession")
    stage.update(19900)
    stage.call("refreshSession")
    stage.frame.get_by_test_id("pay").click()
    again = stage.heard.wait_for("ValidateSession", 2)
    assert again["session"]["order"]["amount"] == 19900 + 4900


def test_a_box_that_must_be_ticked_comes_before_the_question(stage: Stage) -> None:
    box = {"id": "terms", "type": "terms", "label": "I accept", "required": True}
    stage.start(stage.ready(checkboxes=[box]), VALIDATES, LATER)
    stage.heard.wait_for("SessionLoaded")
    stage.checkout.pay()
    says(stage, "Please tick: I accept")
    assert stage.heard.told("ValidateSession") == []
    stage.checkout.tick("terms")
    stage.frame.get_by_test_id("pay").click()
    stage.heard.wait_for("ValidateSession")
    answer(stage, success=False, clientValidationError=TOO_LATE)
    says(stage, TOO_LATE)
    assert stage.frame.get_by_test_id("checkbox-terms").is_checked()


def test_a_shop_answers_by_the_method(stage: Stage) -> None:
    stage.start(stage.ready(), VALIDATES)
    stage.heard.wait_for("SessionLoaded")
    stage.frame.get_by_test_id("pay").click()
    stage.heard.wait_for("ValidateSession")
    stage.call("submitValidationResult", {"success": True})
    stage.frame.get_by_test_id("vipps-next").wait_for()


def test_without_the_handler_nobody_is_asked(stage: Stage) -> None:
    stage.start(stage.ready())
    stage.heard.wait_for("SessionLoaded")
    stage.checkout.choose_method(CARD)
    stage.checkout.pay()
    stage.frame.get_by_test_id("card-number").wait_for()
    assert stage.heard.told("ValidateSession") == []


# AddressCallback: SDKs newer than the one on npm, so a small peer stands in for them


LAYOUT = ["HeightChanged", "AddressCallback"]
WALLETS = {
    "dintero_psp": {name: {"enabled": True} for name in ("vipps", "applepay", "creditcard")},
    "allow_express_wallet_payment": True,
}
APPLE = "dintero_psp.applepay"


def start_peer(stage: Stage, order: dict[str, Any] | None = None, **options: Any) -> None:
    callback = {"shipping_address_callback_url": stage.shop.url("/address")}
    more = {"order": order} if order else {}
    session = stage.session(
        express={"shipping_options": [], **callback}, configuration=WALLETS, **more
    )
    stage.start(session, path="/peer.html", hears=LAYOUT, **options)
    stage.called.clear()
    stage.heard.wait_for("SessionLoaded")


def type_address(stage: Stage, **fields: str) -> None:
    given = {**ADDRESS, **fields}
    for name, testid in {
        "email": "email", "phone_number": "phone", "first_name": "first-name", "last_name": "last-name",
        "address_line": "address-line", "postal_code": "postal-code", "postal_place": "postal-place",
    }.items():  # fmt: skip
        stage.frame.get_by_test_id(testid).fill(given[name])
    stage.frame.get_by_test_id("submit-address").click()


def test_the_shop_is_asked_about_an_address_and_has_options(stage: Stage) -> None:
    start_peer(stage)
    type_address(stage)
    asked = stage.heard.wait_for("AddressCallback")["session"]["order"]
    assert asked["shipping_address"]["postal_code"] == "0155"
    assert asked["billing_address"] == asked["shipping_address"]
    assert "shipping_address" not in stage.order()  # not kept yet
    assert is_waiting(stage)
    stage.update(29900, express={"shipping_options": [POSTEN, PICKUP]})
    stage.page.evaluate("answer({success: true})")
    stage.frame.get_by_test_id("shipping-option-pickup").wait_for()
    assert stage.order()["shipping_address"]["postal_code"] == "0155"
    updated = stage.heard.wait_for("SessionUpdated")["session"]
    assert [one["id"] for one in updated["express"]["shipping_options"]] == ["posten", "pickup"]
    assert ("POST", "/address") not in stage.shop.seen  # its server was not asked
    assert stage.heard.order == ["SessionLoaded", "AddressCallback", "SessionUpdated"]


def test_the_shop_is_asked_about_an_address_and_cannot_deliver(stage: Stage) -> None:
    start_peer(stage, answer={"success": False, "error": "Not to Svalbard"})
    type_address(stage)
    says(stage, "Not to Svalbard")
    assert stage.heard.wait_for_asked("AddressCallbackResult")["success"] is False
    assert "shipping_address" not in stage.order()
    assert stage.frame.get_by_test_id("first-name").input_value() == "Kari"
    assert not stage.is_locked()
    assert ("POST", "/address") not in stage.shop.seen


def test_an_address_that_is_not_complete_is_not_asked_about(stage: Stage) -> None:
    start_peer(stage)
    type_address(stage, email="nobody")
    stage.frame.locator("[aria-invalid=true]").first.wait_for()
    assert stage.heard.told("AddressCallback") == []
    assert stage.frame.get_by_test_id("first-name").input_value() == "Kari"
    type_address(stage)
    stage.heard.wait_for("AddressCallback")


def has_options(stage: Stage) -> None:
    """The shop's server puts its options on the session, and its script says so."""
    stage.update(29900, express={"shipping_options": [POSTEN, PICKUP]})
    stage.page.evaluate("answer({success: true})")


def test_the_script_is_asked_about_the_card_of_a_known_customer(stage: Stage) -> None:
    start_peer(stage)
    stage.frame.get_by_test_id("email").fill("kari.nordmann@example.no")
    stage.frame.get_by_test_id("submit-address").click()
    stage.frame.get_by_test_id("known-address").wait_for()
    assert stage.heard.told("AddressCallback") == []
    stage.frame.get_by_test_id("use-address").click()
    asked = stage.heard.wait_for("AddressCallback")["session"]["order"]["shipping_address"]
    assert "shipping_address" not in stage.order()
    has_options(stage)
    stage.frame.get_by_test_id("shipping-option-pickup").wait_for()
    assert stage.order()["shipping_address"] == asked
    assert ("POST", "/address") not in stage.shop.seen


def test_the_script_is_asked_about_an_address_of_the_app(stage: Stage) -> None:
    start_peer(stage)
    stage.frame.get_by_test_id(f"express-{VIPPS}").click()
    stage.checkout.vipps("+4791234567")
    stage.frame.get_by_test_id("vipps-consent").wait_for()
    stage.frame.get_by_test_id("vipps-next").click()
    stage.frame.get_by_test_id("vipps-address-2").check()
    stage.frame.get_by_test_id("vipps-next").click()
    asked = stage.heard.wait_for("AddressCallback")["session"]["order"]
    assert asked["shipping_address"]["postal_place"] == "Bergen"
    assert "shipping_address" not in stage.order()  # not kept yet
    assert is_waiting(stage)
    stage.page.evaluate("answer({success: false, error: 'Not to Bergen'})")
    says(stage, "Not to Bergen")
    assert "shipping_address" not in stage.order()
    stage.frame.get_by_test_id("vipps-address-1").check()
    stage.frame.get_by_test_id("vipps-next").click()
    stage.heard.wait_for("AddressCallback", 2)
    has_options(stage)
    stage.frame.get_by_test_id("vipps-shipping-option-pickup").check()
    stage.frame.get_by_test_id("vipps-next").click()
    stage.frame.get_by_test_id("vipps-approve").click()
    stage.heard.wait_for("SessionPaymentAuthorized")
    assert stage.order()["shipping_address"]["postal_place"] == "Oslo"
    assert ("POST", "/address") not in stage.shop.seen


def test_the_script_is_asked_about_an_address_of_the_sheet(stage: Stage) -> None:
    """As soon as the sheet is open, and again when the customer chooses another address."""
    start_peer(stage)
    stage.frame.get_by_test_id(f"express-{APPLE}").click()
    asked = stage.heard.wait_for("AddressCallback")["session"]["order"]
    assert asked["shipping_address"] == {"postal_code": "0155", "country": "NO"}
    has_options(stage)
    stage.frame.get_by_test_id("sheet-shipping-option-pickup").check()
    stage.frame.get_by_test_id("sheet-pay").and_(stage.frame.locator(":enabled")).wait_for()
    stage.frame.get_by_test_id("sheet-address-2").check()
    again = stage.heard.wait_for("AddressCallback", 2)["session"]["order"]
    assert again["shipping_address"]["postal_code"] == "5003"
    stage.page.evaluate("answer({success: false, error: 'Not to Bergen'})")
    says(stage, "Not to Bergen")
    assert stage.frame.get_by_test_id("sheet-address-1").is_checked()
    stage.frame.get_by_test_id("sheet-pay").click()
    stage.heard.wait_for("SessionPaymentAuthorized")
    assert stage.order()["shipping_address"]["address_line"] == "Storgata 1"
    assert ("POST", "/address") not in stage.shop.seen


def test_the_script_is_asked_when_the_shops_server_did_not_answer(stage: Stage) -> None:
    """A server that updates the order without options is asked for them, and here it has none."""
    start_peer(stage)
    stage.account.buyer(stage.sid).give_address()
    assert ("POST", "/address") in stage.shop.seen
    stage.frame.get_by_test_id("retry-shipping").click()
    asked = stage.heard.wait_for("AddressCallback")["session"]["order"]["shipping_address"]
    assert asked["postal_code"] == "0155"
    has_options(stage)
    stage.frame.get_by_test_id("shipping-option-pickup").wait_for()
    assert len([one for one in stage.shop.seen if one == ("POST", "/address")]) == 1
