"""CheckoutPage and AsyncCheckoutPage, against the sample shop in a real Chromium."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from mock_dintero.playwright import AsyncCheckoutPage, CheckoutPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

WITHOUT_JAVASCRIPT = {"java_script_enabled": False}
CARD = "dintero_psp.creditcard"
KLARNA, EXTERNAL = "klarna.klarna", "dintero.external"


def checkout_of(shop_url: str, **lines: int) -> dict[str, str]:
    body = {"lines": lines or {"sweater": 1}}
    answer = httpx.post(f"{shop_url}/checkout", json=body, headers={"accept": "application/json"})
    found: dict[str, str] = answer.json()
    return found


def status_of(shop_url: str, checkout: dict[str, str]) -> str:
    return str(httpx.get(f"{shop_url}/api/orders/{checkout['reference']}").json()["status"])


def test_both_pages_have_the_same_words() -> None:
    def words(page: type) -> dict[str, list[str]]:
        return {
            name: list(inspect.signature(step).parameters)
            for name, step in inspect.getmembers(page, inspect.isfunction)
        }

    assert words(CheckoutPage) == words(AsyncCheckoutPage)
    assert len(words(CheckoutPage)) > 20


def test_the_steps_do_not_import_playwright_themselves() -> None:
    code = "import sys, mock_dintero.playwright; print('playwright' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


@pytest.mark.browser
@pytest.mark.parametrize(
    "context", [{}, WITHOUT_JAVASCRIPT], indirect=True, ids=["", "without JavaScript"]
)
def test_a_buyer_goes_step_by_step(page: Page, shop_url: str) -> None:
    bought, checkout = checkout_of(shop_url), CheckoutPage(page)
    checkout.open(bought["url"])
    checkout.give_address(postal_code="5003", postal_place="Bergen")
    elsewhere = checkout.shipping_options()
    checkout.edit_address()
    checkout.give_address()
    assert set(checkout.shipping_options()) - set(elsewhere) == {"courier"}
    checkout.choose_shipping("courier")
    checkout.choose_shipping("home")
    checkout.choose_shipping("home")  # it is chosen already
    assert checkout.total() == "NOK 898.00"
    checkout.apply_discount("NOT-A-CODE")
    assert checkout.messages() == ["The shop did not accept this code."]
    checkout.apply_discount("WELCOME10")
    assert checkout.total() == "NOK 818.10"
    checkout.remove_discount("WELCOME10")
    assert checkout.total() == "NOK 898.00"
    checkout.choose_method("dintero_psp.vipps")
    checkout.pay()
    checkout.choose_another_way()
    checkout.choose_method("dintero_psp.vipps")
    checkout.pay()
    checkout.vipps(phone="+47 912 34 567").approve()
    assert page.url.startswith(f"{shop_url}/return")
    assert status_of(shop_url, bought) == "paid"


@pytest.mark.browser
def test_a_buyer_does_all_in_one(page: Page, shop_url: str) -> None:
    bought, checkout = checkout_of(shop_url, mug=2), CheckoutPage(page)
    checkout.open(bought["url"])
    checkout.buy(address={"first_name": "Ola"}, shipping="pick-up-1", method=KLARNA)
    order = httpx.get(f"{shop_url}/api/orders/{bought['reference']}").json()
    assert order["status"] == "paid"
    assert order["shipping_address"]["first_name"] == "Ola"
    assert order["shipping_option"]["line_id"] == "pick-up-1"


@pytest.mark.browser
@pytest.mark.parametrize("outcome", ["decline", "expire"])
def test_a_buyer_who_does_not_approve_is_back_at_the_shop(
    page: Page, shop_url: str, outcome: Any
) -> None:
    bought, checkout = checkout_of(shop_url), CheckoutPage(page)
    checkout.open(bought["url"])
    checkout.buy(outcome=outcome)
    assert page.url.startswith(f"{shop_url}/return")
    assert status_of(shop_url, bought) != "paid"


@pytest.mark.browser
@pytest.mark.parametrize(("approves", "status"), [(True, "paid"), (False, "failed")])
def test_a_buyer_types_a_card_and_answers_the_bank(
    page: Page, shop_url: str, approves: bool, status: str
) -> None:
    bought, checkout = checkout_of(shop_url), CheckoutPage(page)
    checkout.open(bought["url"])
    checkout.give_address()
    checkout.choose_shipping("home")
    checkout.choose_method(CARD)
    checkout.pay()
    checkout.card(number="4000 1000 0000 0000")
    checkout.three_ds(approve=approves)
    assert status_of(shop_url, bought) == status


@pytest.mark.browser
def test_a_buyer_ticks_a_box_and_is_told_what_is_missing(page: Page, mock_dintero: Any) -> None:
    box = {"id": "terms", "type": "terms", "label": "I accept the terms", "required": True}
    session = mock_dintero.create_session(
        url={"return_url": f"{mock_dintero.url}/readyz"},
        checkboxes=[box],
        configuration={"dintero": {"external": {"enabled": True}}},
    )
    checkout = CheckoutPage(page)
    checkout.open(session["page_url"])
    checkout.choose_method(EXTERNAL)
    checkout.pay()
    assert checkout.messages() == ["Please tick: I accept the terms"]
    checkout.tick("terms")
    checkout.choose_method(EXTERNAL)
    checkout.pay()
    checkout.hold()
    assert mock_dintero.peek(session["id"])["transaction_id"]


@pytest.mark.browser
def test_a_buyer_walks_away(page: Page, shop_url: str) -> None:
    checkout = CheckoutPage(page)
    checkout.open(checkout_of(shop_url)["url"])
    checkout.cancel()
    assert "error=cancelled" in page.url


@pytest.mark.browser
def test_a_buyer_buys_under_asyncio(shop_url: str) -> None:
    bought = [checkout_of(shop_url), checkout_of(shop_url, mug=1)]
    with ThreadPoolExecutor() as elsewhere:  # Playwright's sync API has this thread's loop
        elsewhere.submit(asyncio.run, _two_buyers_at_once(bought)).result()
    assert [status_of(shop_url, one) for one in bought] == ["paid", "paid"]


async def _two_buyers_at_once(bought: list[dict[str, str]]) -> None:
    from playwright.async_api import Browser, async_playwright

    async def step_by_step(browser: Browser) -> None:
        checkout = AsyncCheckoutPage(await browser.new_page())
        await checkout.open(bought[0]["url"])
        await checkout.give_address()
        options = await checkout.shipping_options()
        await checkout.choose_shipping(options[-1])
        await checkout.apply_discount("WELCOME10")
        assert await checkout.messages() == []
        assert "NOK" in await checkout.total()
        await checkout.choose_method("dintero_psp.vipps")
        await checkout.pay()
        wallet = await checkout.vipps()
        await wallet.approve()

    async def all_in_one(browser: Browser) -> None:
        checkout = AsyncCheckoutPage(await browser.new_page())
        await checkout.open(bought[1]["url"])
        await checkout.buy(shipping="home", method=CARD)

    chromium = _chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.FLAGS
        )
        await asyncio.gather(step_by_step(browser), all_in_one(browser))
        await browser.close()


def _chromium() -> Any:
    path = Path(__file__).parents[1] / "chromium.py"
    spec = importlib.util.spec_from_file_location("chromium", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
