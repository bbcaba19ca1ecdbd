"""The pop-out: the shop's page draws the button over the frame, the payment has its own window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from embedding.sdk import VERSION
from embedding.stage import CARD, HANDLERS, INVOICE, VIPPS, Stage

from mock_dintero.playwright import CheckoutPage

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

pytestmark = pytest.mark.browser

BUTTON = "#dintero-checkout-sdk-launch-pop-out"
BACKDROP = "#dintero-checkout-sdk-backdrop"
VALIDATES = (*HANDLERS, "onValidateSession")
LATER = {"onValidateSession": {"later": True}}


def launch(stage: Stage, session: Any = None, **options: Any) -> None:
    stage.start(session or stage.ready(), popOut=True, **options)
    stage.heard.wait_for("SessionLoaded")


def opened(stage: Stage) -> Page:
    """Press the button; the window that opens."""
    with stage.page.expect_popup() as window:
        stage.page.locator(BUTTON).click()
    assert stage.heard.wait_for("AppLoaded")["context"] == "popOut"
    stage.heard.wait_for_asked("OpenedPopOut")
    return window.value


def pay(stage: Stage, window: Page, method: str = VIPPS, outcome: str = "approve") -> None:
    """To the end, with which the window closes."""
    with window.expect_event("close"):
        stage.pay(method, outcome, window)


def state(stage: Stage, name: str) -> Locator:
    return stage.frame.locator(f"[data-pop-out-state={name}]")


def test_the_button_stands_where_the_page_has_its_place(stage: Stage) -> None:
    launch(stage)
    shown = stage.heard.wait_for("ShowPopOutButton")
    assert (shown["openLabel"], shown["language"], shown["disabled"]) == (
        "Continue to payment", "en", "false",
    )  # fmt: skip
    stage.heard.until(stage.is_fitting, "a frame that fits")

    def is_over_its_place() -> bool:
        place = stage.frame.locator("[data-pop-out-button]").bounding_box()
        button = stage.page.locator(BUTTON).bounding_box()
        assert place and button
        return all(abs(place[one] - button[one]) < 1 for one in ("x", "y", "width", "height"))

    stage.heard.until(is_over_its_place, "the button over its place")
    stage.page.set_viewport_size({"width": 400, "height": 700})
    stage.heard.until(is_over_its_place, "the button over its place in a narrow window")
    assert stage.page.locator(BUTTON).inner_text() == "Continue to payment"
    assert stage.frame.locator("[name=payment_product_type]").count() == 0


def test_the_button_comes_when_there_is_something_to_pay(stage: Stage) -> None:
    launch(stage, stage.express())
    stage.heard.wait_for("HidePopOutButton")
    assert stage.page.locator(BUTTON).count() == 0
    stage.checkout.give_address()
    stage.checkout.choose_shipping("pickup")
    stage.heard.wait_for("ShowPopOutButton")
    stage.page.locator(BUTTON).wait_for()
    stage.checkout.edit_address()
    stage.page.locator(BUTTON).wait_for(state="detached")


@pytest.mark.parametrize(
    ("method", "outcome", "event", "handler"),
    [
        (VIPPS, "approve", "SessionPaymentAuthorized", "onPayment"),
        (CARD, "reject", "SessionPaymentError", "onPaymentError"),
        (INVOICE, "hold", "SessionPaymentOnHold", "onPayment"),
    ],
)
def test_a_buyer_pays_in_the_window(
    stage: Stage, method: str, outcome: Any, event: str, handler: str
) -> None:
    launch(stage)
    window = opened(stage)
    query = dict(parse_qsl(urlsplit(window.url).query))
    assert query == {
        "ui": "fullscreen", "role": "pop_out_payment", "sid": stage.sid, "sdk": VERSION, "language": "en",
    }  # fmt: skip
    stage.page.locator(BACKDROP).wait_for()
    state(stage, "open").wait_for()
    assert window.get_by_test_id("edit-address").count() == 0
    before = stage.height
    pay(stage, window, method, outcome)
    told = stage.heard.wait_for(event)
    assert told["context"] == "popOut"
    assert stage.heard.wait_for_call(handler)["href"] == told["href"]
    result = stage.page.frame_locator("#checkout iframe").get_by_test_id("embed-result")
    result.wait_for()
    stage.heard.until(stage.is_fitting, "a result that fits")
    assert stage.page.locator(BACKDROP).count() == 0
    assert stage.page.locator(BUTTON).count() == 0
    assert before > 0
    assert not [one for one in stage.heard.told("HeightChanged") if "context" in one.data]
    assert len(stage.heard.called("onSession")) == 2  # of the frame and of the window


def test_the_button_is_not_drawn_over_the_result(stage: Stage) -> None:
    """SDK 0.8.30 tells the old page that the window has closed before the result is there."""
    launch(stage)
    window = opened(stage)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    stage.page.route("**/embedResult/**", hold)
    pay(stage, window)
    stage.heard.wait_for_call("onPayment")
    stage.heard.wait_for_asked("ClosedPopOut")
    stage.heard.wait_for("HidePopOutButton")
    stage.heard.until(lambda: held)[0].continue_()
    stage.page.frame_locator("#checkout iframe").get_by_test_id("embed-result").wait_for()
    assert stage.page.locator(BUTTON).count() == 0


def test_a_buyer_cancels_in_the_window(stage: Stage) -> None:
    launch(stage)
    window = opened(stage)
    with window.expect_event("close"):
        window.get_by_test_id("cancel").click()
    assert stage.heard.wait_for("SessionCancel")["context"] == "popOut"
    stage.heard.wait_for_call("onSessionCancel")


def test_a_buyer_closes_the_window_and_opens_it_again(stage: Stage) -> None:
    launch(stage)
    window = opened(stage)
    window.close()
    stage.heard.wait_for_asked("ClosedPopOut")
    state(stage, "closed").wait_for()
    stage.page.locator(f"{BUTTON}:enabled").wait_for()
    assert stage.page.locator(BACKDROP).count() == 0
    again = opened(stage)
    again.get_by_test_id("pay").wait_for()


def test_a_browser_blocks_the_window(stage: Stage) -> None:
    launch(stage)
    stage.heard.wait_for("ShowPopOutButton")
    stage.page.evaluate("() => { window.open = () => null; }")
    stage.page.locator(BUTTON).click()
    stage.heard.wait_for_asked("OpenPopOutFailed")
    state(stage, "failed").wait_for()
    stage.heard.until(stage.is_fitting, "a frame that fits")


def test_the_shop_is_asked_before_the_window_goes_on(stage: Stage) -> None:
    launch(stage, handlers=VALIDATES, answers=LATER)
    window = opened(stage)
    assert "loader=true" in window.url
    window.get_by_test_id("loader").wait_for()
    stage.heard.wait_for_asked("ValidatingPopOut")
    state(stage, "validating").wait_for()
    assert stage.heard.wait_for_call("onValidateSession")["session"]["id"] == stage.sid
    stage.page.evaluate("callback({success: true})")
    window.get_by_test_id("pay").wait_for()
    pay(stage, window)
    stage.heard.wait_for_call("onPayment")
    assert stage.heard.told("ValidateSession") == []  # it is the SDK that asks


def test_the_shop_says_no_before_the_window_goes_on(stage: Stage) -> None:
    launch(stage, handlers=VALIDATES, answers=LATER)
    window = opened(stage)
    stage.heard.wait_for_asked("ValidatingPopOut")
    with window.expect_event("close"):
        stage.page.evaluate("callback({success: false, clientValidationError: 'Sold out'})")
    stage.heard.wait_for_asked("ClosedPopOut")
    message = stage.frame.get_by_test_id("message").filter(has_text="Sold out")
    message.wait_for()
    stage.page.locator(f"{BUTTON}:enabled").wait_for()
    opened(stage)


def test_a_buyer_changes_the_language_in_the_window(stage: Stage) -> None:
    launch(stage)
    window = opened(stage)
    window.get_by_test_id("language").select_option("nb")
    stage.heard.wait_for_asked("SetLanguage")
    stage.frame.locator("html[lang=nb]").wait_for()
    assert window.locator("html").get_attribute("lang") == "nb"
    assert stage.page.evaluate("checkout.language") == "nb"
    stage.heard.until(
        lambda: any(one.data["language"] == "nb" for one in stage.heard.told("ShowPopOutButton")),
        "the button in Norwegian",
    )


def test_a_shop_works_on_the_order_while_the_window_is_open(stage: Stage) -> None:
    launch(stage)
    window = opened(stage)
    stage.heard.wait_for("SessionLoaded", 2)
    stage.call("lockSession")
    window.get_by_test_id("reload").wait_for()
    stage.update(19900)
    stage.call("refreshSession")
    window.get_by_test_id("reload").wait_for(state="detached")
    assert CheckoutPage(window).total() == "NOK 248.00"
    assert stage.checkout.total() == "NOK 248.00"
    assert len(stage.heard.told("SessionLocked")) == len(stage.heard.told("SessionUpdated")) == 1
    stage.call("setActivePaymentProductType", CARD)
    chosen = stage.heard.wait_for("ActivePaymentProductType")
    assert (chosen["payment_product_type"], chosen["context"]) == (CARD, "popOut")
    stage.heard.wait_for_call("onActivePaymentType")


def test_a_launcher_asks_before_a_wallet_that_knows_the_address(stage: Stage) -> None:
    """The wallets above the form pay in the frame; the answer is to the frame's own question."""
    wallets = {name: {"enabled": True} for name in ("vipps", "applepay")}
    configuration = {"dintero_psp": wallets, "allow_express_wallet_payment": True}
    yes = {"onValidateSession": {"result": {"success": True}}}
    session = stage.express(configuration=configuration)
    launch(stage, session, handlers=VALIDATES, answers=yes)
    stage.frame.get_by_test_id("express-dintero_psp.applepay").click()
    stage.frame.get_by_test_id("sheet-pay").wait_for()
    assert len(stage.heard.told("ValidateSession")) == 1
    assert not stage.is_locked()


def test_the_window_tells_of_a_change_once(stage: Stage) -> None:
    launch(stage)
    window = opened(stage)
    stage.heard.wait_for("SessionLoaded", 2)
    reads = f"**/v1/view/{stage.sid}/session"
    for language in ("nb", "sv"):  # each is a new page, of the same session
        with window.expect_response(reads):
            window.get_by_test_id("language").select_option(language)
        window.locator(f"html[lang={language}]").wait_for()
    CheckoutPage(window).choose_method(CARD)
    CheckoutPage(window).pay()
    window.get_by_test_id("payment-back").click()
    changed = stage.heard.wait_for("SessionUpdated")
    assert changed["session"]["events"][-1]["name"] == "PAY_FAILED"
    stage.call("lockSession")
    stage.update(19900)
    stage.call("refreshSession")
    window.get_by_test_id("reload").wait_for(state="detached")
    with window.expect_response(reads):
        window.get_by_test_id("language").select_option("en")
    window.locator("html[lang=en]").wait_for()
    stage.frame.locator("html[lang=en]").wait_for()
    stage.call("setActivePaymentProductType", VIPPS)  # what follows comes after all that was told
    stage.heard.until(
        lambda: [one for one in stage.heard.told("ActivePaymentProductType")
                 if one.data["payment_product_type"] == VIPPS]
    )  # fmt: skip
    told = [one.data.get("context", "frame") for one in stage.heard.told("SessionUpdated")]
    assert told == ["popOut", "frame"]  # the payment, and the refresh
