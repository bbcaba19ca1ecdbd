"""The checkout page in the real Web SDK, on a shop's page of another origin: events, methods, options."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from embedding.sdk import VERSION
from embedding.stage import CARD, ENABLED, Stage

from mock_dintero.playwright import CheckoutPage

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("ui", ["inline", "fullscreen"])
def test_a_shop_embeds_the_checkout(stage: Stage, host: str, ui: str) -> None:
    session = stage.express()
    stage.start(session, host=host, ui=ui)
    loaded = stage.heard.wait_for("SessionLoaded")
    assert loaded["session"]["id"] == session["id"]
    assert loaded["session"]["order"]["amount"] == 29900
    query = dict(parse_qsl(urlsplit(stage.frame.url).query))
    assert query == {"sdk": VERSION, "ui": ui, "sid": session["id"]}
    stage.heard.until(stage.is_fitting, "a frame that fits")
    assert stage.frame.locator("[hidden]:visible").count() == 0
    assert stage.heard.order == ["SessionLoaded"]
    assert [event["type"] for event in stage.heard.called("onSession")] == ["SessionLoaded"]


def test_a_buyer_pays_in_the_frame(stage: Stage) -> None:
    stage.start(stage.express(configuration=ENABLED))
    stage.heard.wait_for("SessionLoaded")
    stage.checkout.give_address()
    given = stage.heard.wait_for("SessionUpdated")["session"]["order"]
    assert given["billing_address"] == given["shipping_address"]
    stage.checkout.choose_shipping("posten")
    chosen = stage.heard.wait_for("SessionUpdated", 2)["session"]["order"]
    assert (chosen["shipping_option"]["line_id"], chosen["amount"]) == ("posten", 34800)
    stage.checkout.choose_method(CARD)
    picked = stage.heard.wait_for("ActivePaymentProductType")
    assert picked["payment_product_type"] == CARD
    stage.checkout.pay()
    stage.frame.get_by_test_id("card-number").fill("4000 0000 0000 0002")
    stage.frame.get_by_test_id("card-expiry").fill("12/34")
    stage.frame.get_by_test_id("card-cvc").fill("123")
    stage.frame.get_by_test_id("card-pay").click()
    paid = stage.heard.wait_for("SessionPaymentAuthorized")
    assert paid["merchant_reference"] == "order-1"
    back = dict(parse_qsl(urlsplit(paid["href"]).query))
    assert back == {
        "shop": "1", "merchant_reference": "order-1", "transaction_id": paid["transaction_id"]
    }  # fmt: skip
    assert stage.heard.wait_for_call("onPayment")["href"] == paid["href"]
    result = stage.page.frame_locator("#checkout iframe").get_by_test_id("embed-result")
    result.wait_for()
    assert "Payment complete" in result.inner_text()
    stage.heard.until(stage.is_fitting, "a result that fits")
    assert [event["type"] for event in stage.heard.called("onSession")] == [
        "SessionLoaded", "SessionUpdated", "SessionUpdated",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "error", "text"),
    [
        ("decline", "authorization", "The payment was not approved"),
        ("expire", "authorization", "The payment was not approved"),
        ("reject", "failed", "The payment failed"),
    ],
)
def test_a_payment_that_fails_is_told(stage: Stage, outcome: Any, error: str, text: str) -> None:
    stage.start(stage.ready())
    stage.heard.wait_for("SessionLoaded")
    stage.pay(CARD, outcome)
    told = stage.heard.wait_for("SessionPaymentError")
    assert (told["error"], told["merchant_reference"]) == (error, "order-1")
    assert "transaction_id" not in told
    assert f"error={error}" in told["href"]
    assert stage.heard.wait_for_call("onPaymentError")["error"] == error
    result = stage.page.frame_locator("#checkout iframe").get_by_test_id("embed-result")
    result.wait_for()
    assert text in result.inner_text()


def test_a_buyer_who_walks_away_is_told(stage: Stage) -> None:
    stage.start(stage.ready())
    stage.heard.wait_for("SessionLoaded")
    stage.frame.get_by_test_id("cancel").click()
    told = stage.heard.wait_for("SessionCancel")
    assert "error=cancelled" in told["href"]
    assert told["merchant_reference"] == "order-1"
    assert stage.heard.wait_for_call("onSessionCancel")["href"] == told["href"]
    result = stage.page.frame_locator("#checkout iframe").get_by_test_id("embed-result")
    result.wait_for()
    assert "The payment was cancelled" in result.inner_text()


@pytest.mark.parametrize("outcome", ["approve", "decline"])
def test_without_handlers_the_sdk_goes_back_to_the_shop(stage: Stage, outcome: Any) -> None:
    stage.start(stage.ready(), handlers=())
    stage.heard.wait_for("SessionLoaded")
    stage.pay(outcome=outcome)
    stage.page.wait_for_url("**/return?shop=1&**")
    assert ("error=" in stage.page.url) == (outcome == "decline")


def test_a_redirect_leads_to_the_page_and_back(stage: Stage) -> None:
    session = stage.ready()
    stage.page.goto(stage.shop.url("/shop.html"))
    stage.called.append("redirect")
    stage.page.evaluate(
        "options => dintero.redirect(options)",
        {"sid": session["id"], "endpoint": stage.heard.checkout, "language": "no"},
    )
    stage.page.wait_for_url(f"{stage.heard.checkout}/?**")
    assert stage.page.locator("html").get_attribute("lang") == "nb"
    CheckoutPage(stage.page).buy()
    stage.page.wait_for_url("**/return?shop=1&**")
    assert stage.heard.told() == []


def test_the_page_must_be_asked_for_by_the_name_that_the_sdk_knows(stage: Stage) -> None:
    """Messages count only from the endpoint's own origin, so no step may lead to another one."""
    stage.heard.checkout = stage.heard.checkout.replace("127.0.0.1", "localhost")
    stage.start(stage.ready(), host="127.0.0.1")
    stage.heard.wait_for("SessionLoaded")
    stage.pay(CARD)
    stage.heard.wait_for_call("onPayment")


# A special way back


def went(stage: Stage) -> list[str]:
    """Who came to the shop, in order: the customer or the callback."""
    return [
        path.partition("?")[0] for _, path in stage.shop.seen if path.startswith(("/ret", "/call"))
    ]


def with_callback(stage: Stage) -> dict[str, Any]:
    urls = {"return_url": stage.shop.url("/return?shop=1")}
    urls["callback_url"] = stage.shop.url("/callback?method=POST")
    return stage.ready(url=urls)


@pytest.mark.parametrize(
    ("race", "order"),
    [("return_first", ["/return", "/callback"]), ("callback_first", ["/callback", "/return"])],
)
def test_a_race_is_run_from_a_frame_too(stage: Stage, race: str, order: list[str]) -> None:
    session = with_callback(stage)
    stage.account.faults.add("race", race)
    stage.start(session, handlers=())  # the SDK goes to `href` then
    stage.heard.wait_for("SessionLoaded")
    stage.pay()
    told = stage.heard.wait_for("SessionPaymentAuthorized")
    assert told["href"].startswith(f"{stage.heard.checkout}/return/{stage.sid}?shop=1&")
    stage.page.wait_for_url("**/return?shop=1&**transaction_id=**")
    stage.heard.until(lambda: len(went(stage)) == 2, "both")
    assert went(stage) == order


def test_a_shop_that_goes_back_with_a_form_is_raced_too(stage: Stage) -> None:
    session = with_callback(stage)
    stage.account.faults.add("race", "callback_first")
    plan = {"onPayment": ["postThere"]}
    stage.start(session, call="startPlugin", plan=plan)
    stage.heard.wait_for("SessionLoaded")
    stage.pay()
    stage.page.wait_for_url("**/return?shop=1&**")
    assert went(stage) == ["/callback", "/return"]
    assert ("POST", stage.page.url.removeprefix(stage.shop.url(""))) in stage.shop.seen


def test_a_tab_that_is_closed_tells_the_shop_nothing(stage: Stage) -> None:
    session = with_callback(stage)
    stage.account.faults.add("buyer", "close_tab")
    stage.start(session)
    stage.heard.wait_for("SessionLoaded")
    stage.pay()
    stage.frame.get_by_test_id("closed-tab").wait_for()
    stage.heard.until(stage.is_fitting, "a frame that fits")
    stage.heard.until(lambda: went(stage), "the callback")
    assert went(stage) == ["/callback"]
    assert stage.heard.order == ["SessionLoaded"]


# The end of a session


def test_a_session_that_does_not_exist(stage: Stage) -> None:
    stage.start(f"{stage.account.account_id}.4Xp8aSgGk2mFqkNcDUmoDT")
    stage.heard.wait_for("SessionNotFound")
    stage.heard.wait_for_call("onSessionNotFound")
    stage.heard.until(stage.is_fitting, "a frame that fits")


def test_a_session_that_is_paid_already(stage: Stage) -> None:
    session = stage.ready()
    stage.account.buyer(session).pay()
    stage.start(session)
    stage.heard.wait_for_call("onSessionNotFound")
    assert stage.heard.order == ["SessionNotFound"]


def test_a_session_that_expires_while_the_page_is_open(stage: Stage) -> None:
    stage.start(stage.ready())
    stage.heard.wait_for("SessionLoaded")
    stage.account.advance(2 * 24 * 3600)
    said = stage.call("refreshSession")
    assert said == {"rejected": "Received unexpected event: SessionNotFound"}
    stage.frame.get_by_test_id("session-ended").wait_for()
    assert stage.heard.order == ["SessionLoaded", "SessionNotFound"]


# The methods


def test_a_shop_locks_updates_and_refreshes(stage: Stage) -> None:
    stage.start(stage.express(configuration=ENABLED))
    stage.heard.wait_for("SessionLoaded")
    stage.frame.get_by_test_id("first-name").fill("Kari")
    locked = stage.call("lockSession")
    stage.heard.wait_for_asked("LockSession")
    assert locked["pay_lock_id"] == stage.heard.wait_for("SessionLocked")["pay_lock_id"]
    assert stage.heard.wait_for_call("onSessionLocked")["pay_lock_id"] == locked["pay_lock_id"]
    stage.frame.get_by_test_id("reload").wait_for()
    assert stage.frame.get_by_test_id("submit-address").is_disabled()
    stage.update(19900, remove_lock=True)
    refreshed = stage.call("refreshSession")
    assert refreshed["session"]["order"]["amount"] == 19900
    stage.frame.get_by_test_id("reload").wait_for(state="detached")
    assert stage.checkout.total() == "NOK 199.00"
    assert stage.frame.get_by_test_id("submit-address").is_enabled()
    assert stage.frame.get_by_test_id("first-name").input_value() == "Kari"
    assert stage.heard.order == ["SessionLoaded", "SessionLocked", "SessionUpdated"]
    assert stage.page.evaluate("checkout.session.order.amount") == 19900
    stage.heard.until(stage.is_fitting, "a frame that fits")


def test_a_lock_that_is_refused(stage: Stage) -> None:
    stage.start(stage.session())
    stage.heard.wait_for("SessionLoaded")
    said = stage.call("lockSession")
    assert said == {"rejected": "Received unexpected event: SessionLockFailed"}
    stage.heard.wait_for_call("onSessionLockFailed")
    assert stage.heard.order == ["SessionLoaded", "SessionLockFailed"]


def test_a_refresh_that_brings_nothing_new_is_answered_too(stage: Stage) -> None:
    stage.start(stage.ready())
    stage.heard.wait_for("SessionLoaded")
    for _ in range(3):
        assert stage.call("refreshSession")["type"] == "SessionUpdated"


def test_a_shop_chooses_the_way_to_pay(stage: Stage) -> None:
    stage.start(stage.ready())
    stage.heard.wait_for("SessionLoaded")
    stage.call("setActivePaymentProductType", CARD)
    assert stage.heard.wait_for_asked("SetActivePaymentProductType")["payment_product_type"] == CARD
    assert stage.heard.wait_for("ActivePaymentProductType")["payment_product_type"] == CARD
    assert stage.heard.wait_for_call("onActivePaymentType")["payment_product_type"] == CARD
    assert stage.frame.get_by_test_id(f"payment-method-{CARD}").is_checked()
    stage.call("setActivePaymentProductType")
    assert "payment_product_type" not in stage.heard.wait_for("ActivePaymentProductType", 2)
    assert stage.frame.locator("[name=payment_product_type]:checked").count() == 0
    stage.call("setActivePaymentProductType", "no.such")
    stage.call("setActivePaymentProductType", CARD)
    stage.heard.wait_for("ActivePaymentProductType", 3)
    assert stage.frame.get_by_test_id(f"payment-method-{CARD}").is_checked()


def test_a_shop_takes_the_checkout_away(stage: Stage) -> None:
    stage.start(stage.ready())
    stage.heard.wait_for("SessionLoaded")
    stage.call("destroy")
    assert stage.page.locator("#checkout > *").count() == 0
    stage.start(stage.sid)
    stage.heard.wait_for("SessionLoaded", 2)


# The options


@pytest.mark.parametrize(
    ("asked", "spoken"), [("no", "nb"), ("nb-NO", "nb"), ("sv", "sv"), ("xx", "en")]
)
def test_a_shop_chooses_the_language(stage: Stage, asked: str, spoken: str) -> None:
    stage.start(stage.ready(), language=asked)
    stage.heard.wait_for("SessionLoaded")
    assert stage.frame.locator("html").get_attribute("lang") == spoken
    stage.checkout.choose_method(CARD)
    stage.checkout.pay()
    assert stage.frame.locator("html").get_attribute("lang") == spoken


@pytest.mark.parametrize("hides", [True, False])
def test_a_shop_hides_the_test_message(stage: Stage, hides: bool) -> None:
    stage.start(stage.ready(), hideTestMessage=hides)
    stage.heard.wait_for("SessionLoaded")
    assert stage.frame.get_by_test_id("sandbox-banner").count() == (0 if hides else 1)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("", "Payment complete"),
        ("cancelled", "The payment was cancelled"),
        ("authorization", "The payment was not approved"),
        ("failed", "The payment failed"),
        ("<b>", "The payment failed"),
    ],
)
def test_the_result_after_the_end(stage: Stage, error: str, text: str) -> None:
    query = f"sid=T1.x&merchant_reference=a b&{f'error={error}&' if error else ''}language=en&sdk={VERSION}"
    stage.page.goto(f"{stage.heard.checkout}/embedResult/?{query}")
    assert stage.page.get_by_test_id("embed-result").inner_text().strip() == text
    assert stage.page.get_by_test_id("language").count() == 0
