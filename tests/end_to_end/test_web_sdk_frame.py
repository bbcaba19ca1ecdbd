"""The embedded page as a guest: height, scrolling, language, the whole window, no JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from embedding.stage import CARD, KLARNA, VIPPS, Stage

from mock_dintero.playwright import CheckoutPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

WITHOUT_JAVASCRIPT = {"java_script_enabled": False}


def fits(stage: Stage) -> None:
    stage.heard.until(stage.is_fitting, "a frame that fits")


# Height


@pytest.mark.parametrize(
    "context", [{}, {"viewport": {"width": 375, "height": 700}}], indirect=True
)
def test_the_frame_follows_the_page_up_and_down(stage: Stage) -> None:
    stage.start(stage.express())
    stage.heard.wait_for("SessionLoaded")
    fits(stage)
    with_form = stage.height
    stage.checkout.give_address()
    stage.heard.until(lambda: stage.height < with_form, "a lower frame")
    fits(stage)
    stage.checkout.choose_shipping("posten")
    fits(stage)
    low = stage.height
    stage.frame.get_by_test_id("scenario-panel").locator("summary").click()
    stage.heard.until(lambda: stage.height > low, "a higher frame")
    fits(stage)
    stage.frame.get_by_test_id("scenario-panel").locator("summary").click()
    stage.heard.until(lambda: stage.height == low, "the height from before")
    stage.checkout.choose_method(VIPPS)
    stage.checkout.pay()
    fits(stage)
    stage.checkout.vipps()
    fits(stage)
    stage.page.set_viewport_size({"width": 900, "height": 500})
    fits(stage)


def test_the_page_of_a_frame_that_does_not_follow_keeps_still(stage: Stage) -> None:
    """A frame of 0 px is where the SDK starts; nothing in the page may depend on the frame's height."""
    session = stage.ready()
    stage.page.goto(stage.shop.url("/shop.html"))
    heights = []
    for height in (0, 400, 1200):
        src = f"{stage.heard.checkout}/?ui=inline&sid={session['id']}&sdk=0"
        stage.page.evaluate(
            """([src, height]) => {
              const frame = Object.assign(document.createElement("iframe"), { src });
              frame.setAttribute("style", `width: 800px; height: ${height}px; border: 0`);
              document.getElementById("checkout").replaceChildren(frame);
            }""",
            [src, height],
        )
        count = len(heights) + 1
        stage.heard.wait_for("SessionLoaded", count)
        stage.frame.get_by_test_id("pay").wait_for(state="attached")
        heights.append(stage.frame.evaluate("document.body.getBoundingClientRect().height"))
    assert heights[0] > 400
    assert max(heights) - min(heights) < 100  # a frame with a scrollbar is narrower
    assert len(stage.heard.told("HeightChanged")) < 4 * 3


# Scrolling


def test_a_step_scrolls_to_the_top_of_the_frame(stage: Stage) -> None:
    stage.start(stage.express())
    stage.heard.wait_for("SessionLoaded")
    assert stage.heard.told("ScrollToTop") == []
    stage.page.evaluate("""() => {
      const push = Object.assign(document.createElement("div"), { textContent: "menu" });
      push.style.height = "1500px";
      document.body.prepend(push);
    }""")
    fits(stage)
    stage.checkout.give_address()
    stage.heard.wait_for("ScrollToTop")

    def top() -> float:
        found: float = stage.page.evaluate(
            "document.querySelector('iframe').getBoundingClientRect().top"
        )
        return found

    stage.heard.until(lambda: abs(top()) < 2, "the top of the frame")


# Language


def test_a_buyer_changes_the_language(stage: Stage) -> None:
    stage.start(stage.ready(), language="nb")
    stage.heard.wait_for("SessionLoaded")
    stage.frame.get_by_test_id("language").select_option("sv")
    assert stage.heard.wait_for("LanguageChanged")["language"] == "sv"
    stage.frame.locator("html[lang=sv]").wait_for()
    assert stage.page.evaluate("checkout.language") == "sv"
    stage.heard.wait_for("ScrollToTop")
    assert stage.heard.order == ["SessionLoaded", "LanguageChanged"]  # the session is the same
    stage.checkout.choose_method(VIPPS)
    stage.pay(CARD)
    stage.heard.wait_for_call("onPayment")
    stage.page.frame_locator("#checkout iframe").locator("html[lang=sv]").wait_for()


# The whole window


def test_a_method_that_needs_the_whole_window_takes_it_where_nobody_hears(stage: Stage) -> None:
    stage.start(stage.ready())
    stage.heard.wait_for("SessionLoaded")
    stage.checkout.choose_method(KLARNA)
    stage.checkout.pay()
    stage.page.wait_for_url(f"{stage.heard.checkout}/wallet/**")
    assert "ui=" not in stage.page.url
    stage.page.get_by_test_id("payment-approve").click()
    stage.page.wait_for_url("**/return?shop=1&**transaction_id=**")


def test_a_method_that_needs_the_whole_window_leaves_it_to_a_newer_sdk(stage: Stage) -> None:
    session = stage.ready()
    stage.start(session, path="/peer.html", hears=["HeightChanged", "TopLevelNavigation"])
    stage.called.clear()
    stage.heard.wait_for("SessionLoaded")
    stage.checkout.choose_method(KLARNA)
    # The shop's page is on its way as soon as it is told; only the note of it holds the test back.
    stage.frame.get_by_test_id("pay").click()
    told = stage.heard.wait_for("TopLevelNavigation")
    assert told["href"].startswith(f"{stage.heard.checkout}/wallet/{session['id']}/")
    stage.page.wait_for_url(told["href"])
    assert stage.heard.asked("ack")


def test_the_frame_does_not_take_the_window_from_an_sdk_that_has_heard(stage: Stage) -> None:
    stage.page.clock.install()
    stage.start(stage.ready(), path="/peer.html", hears=["HeightChanged", "TopLevelNavigation"])
    stage.called.clear()
    stage.heard.wait_for("SessionLoaded")
    stage.page.evaluate("() => { window.peer = { TopLevelNavigation() {} }; }")
    stage.checkout.choose_method(KLARNA)
    stage.frame.get_by_test_id("pay").click()
    mid = stage.heard.wait_for("TopLevelNavigation")["mid"]
    stage.heard.until(
        lambda: any(one.data["ack"] == mid for one in stage.heard.asked("ack")), "ack"
    )
    stage.page.clock.run_for(5000)  # longer than it would wait
    stage.heard.until(stage.frame.get_by_test_id("top-level").is_visible)
    assert stage.page.url.startswith(stage.shop.url("/peer.html"))


# Strangers


def test_the_page_obeys_nobody_but_the_page_that_framed_it(stage: Stage) -> None:
    stage.start(stage.ready())
    stage.heard.wait_for("SessionLoaded")
    stage.page.evaluate(
        """sid => new Promise(done => {
          const stranger = document.createElement("iframe");
          stranger.srcdoc = `<script>
            const checkout = parent.document.querySelector("#checkout iframe").contentWindow;
            checkout.postMessage({ type: "LockSession", sid: "${sid}" }, "*");
            checkout.postMessage({ type: "constructor", sid: "${sid}" }, "*");
          </` + "script>";
          stranger.onload = done;
          document.body.append(stranger);
        })""",
        stage.sid,
    )
    stage.heard.wait_for_asked("LockSession")
    ours = "document.querySelector('#checkout iframe').contentWindow"
    stage.page.evaluate(f"{ours}.postMessage({{ type: 'LockSession', sid: 'T1.other' }}, '*')")
    stage.page.evaluate(f"{ours}.postMessage('LockSession', '*')")
    stage.call("refreshSession")
    assert stage.heard.order == ["SessionLoaded", "SessionUpdated"]
    assert not stage.is_locked()


# Without JavaScript


@pytest.mark.parametrize("context", [WITHOUT_JAVASCRIPT], indirect=True)
@pytest.mark.parametrize("method", [VIPPS, CARD, KLARNA])
def test_a_buyer_without_javascript_pays_in_a_frame(
    page: Page, merchant_shop: Any, mock_dintero: Any, context: Any, method: str
) -> None:
    stage = Stage(page, merchant_shop, mock_dintero, heard=None)  # type: ignore[arg-type]
    session = stage.ready()
    src = f"{mock_dintero.url}/?ui=inline&amp;sid={session['id']}"
    html = f'<!doctype html><div id="checkout"><iframe src="{src}" width="900" height="800"></iframe></div>'
    merchant_shop.pages["/plain.html"] = ("text/html", html.encode())
    page.goto(merchant_shop.url("/plain.html"))
    frame = next(one for one in page.frames if one.url.startswith(mock_dintero.url))
    checkout = CheckoutPage(frame)
    checkout.choose_method(method)
    checkout.pay()
    if method == KLARNA:  # goes on in the whole window
        frame.get_by_role("link", name="Go on").click()
        page.wait_for_url(f"{mock_dintero.url}/wallet/**")
        page.get_by_test_id("payment-approve").click()
    else:
        if method == VIPPS:
            checkout.vipps()
        checkout.approve()
        frame.get_by_test_id("back-to-shop").click()
    page.wait_for_url("**/return?shop=1&**transaction_id=**")
