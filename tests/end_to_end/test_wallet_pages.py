"""One payment of each kind of page in a real Chromium, on a phone and on a desk; a picture of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mock_dintero.playwright import CheckoutPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize(
        "context",
        [{"viewport": {"width": 375, "height": 812}}, {"viewport": {"width": 1280, "height": 900}}],
        indirect=True,
        ids=["375", "1280"],
    ),
]

VIPPS, CARD, CLICK = "dintero_psp.vipps", "dintero_psp.creditcard", "dintero_psp.clicktopay"
APPLE = "dintero_psp.applepay"
OPTIONS = [
    {"id": "home", "line_id": "home", "amount": 9900, "title": "Home delivery", "operator": "Posten"},
    {"id": "fetch", "line_id": "fetch", "amount": 0, "title": "Fetch it", "operator": ""},
]  # fmt: skip
Act = Callable[[CheckoutPage], Any]

KINDS: dict[str, tuple[str, Act]] = {
    "phone": (VIPPS, lambda page: page.vipps("+4791234567").approve()),
    "mobilepay": ("payex.mobilepay", lambda page: page.vipps("+4520123456").approve()),
    "qr": ("swish.swish", lambda page: page.swish().approve()),
    "sheet": ("dintero_psp.googlepay", lambda page: page.sheet()),
    "card": (CARD, lambda page: page.card()),
    "click to pay": (CLICK, lambda page: page.click_to_pay(2)),
    "klarna": ("klarna.klarna", lambda page: page.klarna("parts")),
    "invoice for companies": ("collector.invoice_b2b", lambda page: page.invoice()),
    "invoice": ("kravia.invoice_b2c", lambda page: page.invoice()),
    "gift card": ("dintero.wallets", lambda page: page.gift_card()),
    "terminal": ("seitatech.in_person", lambda page: page.approve()),
    "external": ("dintero.external", lambda page: page.hold()),
    "zero": ("dintero.zero", lambda page: page.approve()),
    "time-out": (CARD, lambda page: page.time_out()),
}


def only(*types: str) -> dict[str, Any]:
    configuration: dict[str, Any] = {}
    for one in types:
        product, _, name = one.partition(".")
        configuration.setdefault(product, {})[name] = {"enabled": True}
    return configuration


def session_for(mock_dintero: Any, *types: str, **changes: Any) -> dict[str, Any]:
    """A session that offers this and nothing else."""
    amount = 0 if types == ("dintero.zero",) else 29900
    currency = "SEK" if types == ("swish.swish",) else "NOK"
    item = {"id": "1", "line_id": "1", "description": "Mug", "quantity": 1, "amount": amount}
    off = {"dintero_psp": {"vipps": {"enabled": False}, "creditcard": {"enabled": False}},
           "klarna": {"klarna": {"enabled": False}}, "swish": {"swish": {"enabled": False}}}  # fmt: skip
    wanted = only(*types)
    for product, methods in off.items():
        wanted[product] = {**methods, **wanted.get(product, {})}
    made: dict[str, Any] = mock_dintero.create_session(**{
        "url": {"return_url": f"{mock_dintero.url}/readyz"},
        "order": {
            "amount": amount, "currency": currency, "merchant_reference": "o-1", "items": [item]
        },
        "customer": {"email": "kari@example.no"},
        **changes,
        "configuration": {**wanted, **changes.get("configuration", {})},
    })  # fmt: skip
    return made


def look_at(page: Page, folder: Path, name: str) -> None:
    """A picture; nothing sticks out of the page at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    page.screenshot(path=folder / f"{name.replace(' ', '-')}.png", full_page=True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_buyer_pays(page: Page, mock_dintero: Any, tmp_path: Path, kind: str) -> None:
    type_, act = KINDS[kind]
    session, checkout = session_for(mock_dintero, type_), CheckoutPage(page)
    checkout.open(session["page_url"])
    checkout.pay()
    look_at(page, tmp_path, kind)
    act(checkout)
    assert "/readyz" in page.url
    tid = mock_dintero.peek(session["id"])["transaction_id"]
    status = {"qr": "CAPTURED", "external": "ON_HOLD", "time-out": "FAILED"}
    assert mock_dintero.transaction(tid)["status"] == status.get(kind, "AUTHORIZED")


def test_vipps_express_from_the_shops_page_to_the_end(
    page: Page, mock_dintero: Any, tmp_path: Path
) -> None:
    express = {"shipping_options": OPTIONS}
    session = session_for(mock_dintero, VIPPS, express=express)
    checkout = CheckoutPage(page)
    checkout.open(session["page_url"])
    look_at(page, tmp_path, "express")
    checkout.start_with(VIPPS)
    checkout.vipps("+4791234567")
    look_at(page, tmp_path, "consent")
    page.get_by_test_id("vipps-next").click()
    page.get_by_test_id("vipps-address-1").wait_for()
    look_at(page, tmp_path, "addresses")
    checkout.vipps_address(2)
    look_at(page, tmp_path, "shipping")
    checkout.vipps_shipping("home")
    look_at(page, tmp_path, "approve")
    checkout.approve()
    done = mock_dintero.transaction(mock_dintero.peek(session["id"])["transaction_id"])
    assert done["amount"] == 39800
    assert done["shipping_address"]["postal_place"] == "Bergen"


def test_vipps_express_in_two_lines(page: Page, mock_dintero: Any) -> None:
    session = session_for(mock_dintero, VIPPS, express={"shipping_options": OPTIONS})
    checkout = CheckoutPage(page)
    checkout.open(session["page_url"])
    checkout.vipps_express(shipping="fetch").approve()
    assert mock_dintero.peek(session["id"])["transaction_id"]


def test_a_sheet_in_one_click(page: Page, mock_dintero: Any, tmp_path: Path) -> None:
    session = session_for(
        mock_dintero, APPLE, express={"shipping_options": OPTIONS},
        configuration={"allow_express_wallet_payment": True},
    )  # fmt: skip
    checkout = CheckoutPage(page)
    checkout.open(session["page_url"])
    checkout.start_with(APPLE)
    checkout.sheet_address(2)
    checkout.sheet_shipping("home")
    look_at(page, tmp_path, "one-click")
    checkout.sheet()
    done = mock_dintero.transaction(mock_dintero.peek(session["id"])["transaction_id"])
    assert done["shipping_address"]["postal_place"] == "Bergen"
    assert done["shipping_option"]["line_id"] == "home"


def test_the_shop_has_told_no_phone_number_and_the_buyer_gives_one(
    mock_dintero: Any, page: Page
) -> None:
    session = session_for(mock_dintero, VIPPS)
    checkout = CheckoutPage(page)
    checkout.open(session["page_url"])
    checkout.buy(outcome="approve")
    tid = mock_dintero.peek(session["id"])["transaction_id"]
    assert mock_dintero.transaction(tid)["status"] == "AUTHORIZED"
