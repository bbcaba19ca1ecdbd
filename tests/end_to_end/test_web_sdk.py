"""The checkout page in the real Web SDK, on a shop's page of another origin: events, methods, options."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from embedding.sdk import VERSION
from embedding.stage import CARD, ENABLED, Stage

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
    stage.checkout.card()
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
