"""The buyer's steps on the checkout page, for Playwright: `CheckoutPage`, and `AsyncCheckoutPage`."""

from __future__ import annotations

from mock_dintero.playwright.async_page import AsyncCheckoutPage
from mock_dintero.playwright.sync_page import CheckoutPage

__all__ = ["AsyncCheckoutPage", "CheckoutPage"]
