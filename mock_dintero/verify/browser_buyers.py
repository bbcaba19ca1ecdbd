"""Buyers with a real browser: the shop's own pages, the checkout page, the wallet, and the way back."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import httpx

from mock_dintero.playwright import CheckoutPage
from mock_dintero.playwright.chromium import executable
from mock_dintero.testing import VIPPS, Json, MockDintero
from mock_dintero.testing.door import SandboxSaidNo
from mock_dintero.verify.buyers import HttpBuyers, NoBrowser, Outcome
from mock_dintero.verify.merchant import BrowserStep

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = ("--no-first-run", "--disable-background-networking", "--disable-sync")
SELECTOR_WITHIN = 10_000
"""Milliseconds that a page of the shop may take."""


class BrowserBuyers:
    """A person's browser, one window for each payment. It stays in the thread that has opened it."""

    def __init__(self) -> None:
        try:
            from playwright.sync_api import Error, sync_playwright
        except ImportError:
            raise NoBrowser("--browser needs Playwright: pip install playwright") from None

        self._playwright = sync_playwright().start()
        try:
            self._browser: Browser = self._playwright.chromium.launch(
                executable_path=executable(), args=_flags()
            )
        except Error as error:
            self._playwright.stop()
            said = error.message.strip().splitlines()[0]
            raise NoBrowser(
                "--browser needs a Chromium: playwright install chromium, or CHROMIUM=/path names one "
                f"({said})"
            ) from None
        self._pages: dict[str, Page] = {}
        self._in_shop: Page | None = None
        self._http = HttpBuyers()

    def walk(self, url: str, steps: Sequence[BrowserStep]) -> httpx.Response:
        """As the steps say, in a fresh window; the answer is the page at their end."""
        page = self._in_shop = self._new_page()
        page.goto(url)
        for step in steps:
            self._take(page, url, step)
        return httpx.Response(200, text=page.url, request=httpx.Request("GET", page.url))

    def _take(self, page: Page, url: str, step: BrowserStep) -> None:
        from playwright.sync_api import Error

        try:
            if step.open:
                page.goto(str(httpx.URL(url).join(step.open)))
            elif step.click:
                page.locator(step.click).first.click()
            elif step.fill:
                page.locator(step.fill).first.fill(step.value)
            elif step.select:
                page.locator(step.select).first.select_option(step.value)
            elif step.check:
                page.locator(step.check).first.check()
        except Error as error:
            asked = next(iter(step.model_dump(exclude_defaults=True).items()))
            first = error.message.strip().splitlines()[0]
            raise SandboxSaidNo(
                f"[[checkout.steps]] {asked[0]} {asked[1]!r}: {first}, at {page.url}"
            ) from None

    def give_address(self, dintero: MockDintero, sid: str, address: Json) -> None:
        """In the page's form. What the form would not send (a field taken out) goes without it."""
        if None in address.values():
            self._http.give_address(dintero, sid, address)
            self._page(dintero, sid).reload()
            return
        page = self._page(dintero, sid)
        checkout = CheckoutPage(page)
        if not page.get_by_test_id("submit-address").is_visible():
            checkout.edit_address()
        checkout.give_address(**address)

    def choose(self, dintero: MockDintero, sid: str, line_ids: Sequence[str]) -> None:
        """Tick them."""
        CheckoutPage(self._page(dintero, sid)).choose_shipping(*line_ids)

    def submit_codes(self, dintero: MockDintero, sid: str, codes: Sequence[str]) -> None:
        """Take away those that are not named, and add those that are new."""
        checkout = CheckoutPage(self._page(dintero, sid))
        counted = list(dintero.peek(sid)["order"].get("discount_codes") or [])
        for code in counted:
            if code not in codes:
                checkout.remove_discount(code)
        for code in codes:
            if code not in counted:
                checkout.apply_discount(code)

    def pay(
        self, dintero: MockDintero, sid: str, method: str, outcome: Outcome, returns: bool
    ) -> None:
        """On the page and in the wallet; a customer who does not return closes the window there."""
        checkout = CheckoutPage(self._page(dintero, sid))
        self._leaves(
            dintero, sid, returns, lambda: checkout.buy(None, "", method or VIPPS, outcome)
        )

    def cancel(self, dintero: MockDintero, sid: str, returns: bool) -> None:
        """By the page's own link."""
        self._leaves(dintero, sid, returns, CheckoutPage(self._page(dintero, sid)).cancel)

    def close(self) -> None:
        """Close all windows and the browser."""
        self._browser.close()
        self._playwright.stop()

    def _leaves(
        self, dintero: MockDintero, sid: str, returns: bool, act: Callable[[], None]
    ) -> None:
        if not returns:
            dintero.faults.add("buyer", "close_tab", match={"session_id": sid})
        act()

    def _page(self, dintero: MockDintero, sid: str) -> Page:
        """The window of this payment; the first time it is opened as the shop leads to it."""
        if sid not in self._pages:
            page, self._in_shop = self._in_shop or self._new_page(), None
            page.goto(f"{dintero.url}/v1/view/{sid}")
            self._pages[sid] = page
        return self._pages[sid]

    def _new_page(self) -> Page:
        page = self._browser.new_page()
        page.set_default_timeout(SELECTOR_WITHIN)
        return page


def _flags() -> list[str]:
    """Root, as in a container, has no sandbox of Chromium's."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*FLAGS, *(["--no-sandbox", "--disable-gpu"] if is_root else [])]
