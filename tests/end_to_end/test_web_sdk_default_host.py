"""A page as in production: the SDK knows Dintero's host alone, and the browser finds the sandbox there."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from embedding.stage import HANDLERS, KLARNA, Stage

from mock_dintero.config import Config
from mock_dintero.playwright import CheckoutPage
from mock_dintero.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        importlib.util.find_spec("cryptography") is None, reason="needs the extra tls"
    ),
    pytest.mark.parametrize("context", [{"ignore_https_errors": True}], indirect=True),
]

HOST = "checkout.dintero.com"


@pytest.fixture(scope="session")
def mock_dintero_server() -> Iterator[Server]:
    """The sandbox, speaking https as the real host does."""
    with Server(Config(port=0, tls=True)) as started:
        yield started


@pytest.fixture(scope="session")
def browser(browser: Browser, mock_dintero_server: Server, chromium: Any) -> Iterator[Browser]:
    """One that looks for Dintero's host on this machine, as docs/embedding.md says."""
    rule = f"--host-resolver-rules=MAP {HOST} 127.0.0.1:{mock_dintero_server.port}"
    started = browser.browser_type.launch(
        executable_path=chromium.executable(), args=[*chromium.FLAGS, rule]
    )
    yield started
    started.close()


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.heard.checkout = f"https://{HOST}"
    stage.names_endpoint = False
    return stage


def test_a_buyer_pays_in_a_frame_of_the_default_host(stage: Stage) -> None:
    stage.start(stage.express())
    stage.heard.wait_for("SessionLoaded")
    assert stage.frame.url.startswith(f"https://{HOST}/?")
    stage.checkout.give_address()
    stage.checkout.choose_shipping("posten")
    stage.pay()
    stage.heard.wait_for_call("onPayment")
    result = stage.page.frame_locator("#checkout iframe").get_by_test_id("embed-result")
    result.wait_for()


def test_a_buyer_pays_in_a_pop_out_of_the_default_host(stage: Stage) -> None:
    stage.start(stage.ready(), handlers=HANDLERS, popOut=True)
    stage.heard.wait_for("ShowPopOutButton")
    with stage.page.expect_popup() as window:
        stage.page.locator("#dintero-checkout-sdk-launch-pop-out").click()
    stage.heard.wait_for_asked("OpenedPopOut")
    with window.value.expect_event("close"):
        stage.pay(window=window.value)
    stage.heard.wait_for_call("onPayment")


def test_a_method_that_needs_the_whole_window_finds_the_sandbox(stage: Stage) -> None:
    stage.start(stage.ready())
    stage.heard.wait_for("SessionLoaded")
    stage.checkout.choose_method(KLARNA)
    stage.checkout.pay()
    stage.page.get_by_test_id("payment-approve").click()
    stage.page.wait_for_url("**/return?shop=1&**transaction_id=**")


def test_a_redirect_leads_to_the_default_host_and_back(stage: Stage) -> None:
    session = stage.ready()
    stage.page.goto(stage.shop.url("/shop.html"))
    stage.called.append("redirect")
    stage.page.evaluate("sid => dintero.redirect({sid})", session["id"])
    stage.page.wait_for_url(f"https://{HOST}/?**")
    CheckoutPage(stage.page).buy()
    stage.page.wait_for_url("**/return?shop=1&**")
