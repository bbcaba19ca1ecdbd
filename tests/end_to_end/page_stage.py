"""What the states of the pages are staged with: a merchant's session, a small shop, a browser's page."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

from mock_dintero.testing import MockDintero

if TYPE_CHECKING:
    from playwright.sync_api import Page

Json = dict[str, Any]
CARD = "dintero_psp.creditcard"
LOGO = (
    b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 160 40' fill='#3d7a68'>"
    b"<path d='M4 34 24 8l9 12 5-6 16 20z'/><path d='M62 14h92v5H62zM62 24h60v5H62z'/></svg>"
)
TERMS = "http://shop.example/terms"
ITEMS: list[Json] = [
    {"id": "sweater", "line_id": "1", "description": "Wool sweater, dark blue", "quantity": 1,
     "amount": 84900, "vat_amount": 16980, "vat": 25,
     "discount_lines": [{"amount": 15000, "discount_type": "periodic", "line_id": 1}]},
    {"id": "mug", "line_id": "2", "description": "Enamel mug", "quantity": 2, "amount": 29800,
     "vat_amount": 5960, "vat": 25},
]  # fmt: skip


WEEK = [{"day_of_week": n, "opens_at": "08:00", "closes_at": "20:00"} for n in range(1, 6)]


def pick_up_point(name: str, line: str, place: str, code: str, distance: float) -> Json:
    return {
        "id": "pickup", "line_id": f"pickup-{code}", "amount": 3900, "operator": "Bring",
        "title": "Pick-up point", "delivery_method": "pick_up", "eta": {"working_days": [1, 2]},
        "pick_up_address": {
            "business_name": name, "address_line": line, "postal_code": code, "postal_place": place,
            "country": "NO", "distance": distance, "website_url": "https://shop.example/place",
            "opening_hours": {"open_now": True, "periods": WEEK},
        },
    }  # fmt: skip


OPTIONS: list[Json] = [
    {"id": "home", "line_id": "home", "amount": 9900, "title": "Home delivery", "operator": "Posten",
     "description": "To your door between 17 and 21, tomorrow", "delivery_method": "delivery"},
    pick_up_point("Coop Prix Storgata", "Storgata 14", "Oslo", "0184", 0.3),
    pick_up_point("Kiwi Grünerløkka", "Thorvald Meyers gate 40", "Oslo", "0552", 1.4),
    {"id": "shop", "line_id": "shop", "amount": 0, "title": "Fetch it in the shop", "operator": "",
     "description": "Ready in two hours", "delivery_method": "pick_up"},
]  # fmt: skip
PARCELS: list[Json] = [
    {**OPTIONS[0], "metadata": {"number": 1}, "shipment_id": "from-oslo"},
    {**OPTIONS[3], "shipment_id": "from-oslo"},
    {**OPTIONS[0], "id": "van", "line_id": "van", "title": "Van", "amount": 19900,
     "shipment_id": "from-bergen"},
]  # fmt: skip
BOXES: list[Json] = [
    {"id": "terms", "label": "I have read the terms", "required": True, "checked": False,
     "link": {"url": TERMS, "text": "Terms of the shop"}},
    {"id": "news", "label": "Send me news twice a year", "required": False, "checked": False},
]  # fmt: skip
GATEWAYS: Json = {
    "dintero_psp": {
        name: {"enabled": True} for name in ("vipps", "creditcard", "applepay", "googlepay")
    },
    "klarna": {"klarna": {"enabled": True}},
    "collector": {"invoice": {"enabled": True}},
    "payex": {"mobilepay": {"enabled": True}},
    "dintero": {"external": {"enabled": True}},
}


def returned(path: str) -> str:
    """The shop's own page, to which the customer returns."""
    query = parse_qs(urlsplit(path).query)
    error = escape(query.get("error", [""])[0])
    words = f"Nothing was paid: {error}." if error else "Thank you for your order."
    return f"<!doctype html><html lang='en'><title>Shop</title><h1>Shop</h1><p>{words}</p>"


@contextmanager
def small_shop() -> Iterator[str]:
    """A shop that ships everywhere in the same ways and knows the code WELCOME."""

    class Shop(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
            answer: Json = {"shipping_options": OPTIONS}
            if self.path == "/codes":
                good = [one for one in sent["order"].get("discount_codes", []) if one == "WELCOME"]
                items = [{**ITEMS[0], "amount": 84900 - 8490 * len(good)}, ITEMS[1]]
                amount = sum(item["amount"] for item in items)
                answer["order"] = {"amount": amount, "items": items, "discount_codes": good}
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            is_logo = self.path == "/logo.svg"
            body = LOGO if is_logo else returned(self.path).encode()
            self.send_response(200)
            self.send_header("content-type", "image/svg+xml" if is_logo else "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *values: object) -> None:
            """Nothing: a test speaks for itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Stage:
    """A merchant, a shop, and a browser's page."""

    dintero: MockDintero
    shop: str
    page: Page
    query: str = ""
    """Kept in every address that is opened: `&language=nb`, `&ui=inline`, ..."""
    sid: str = field(default="", init=False)

    def session(self, **changes: Any) -> str:
        """A session of an express checkout; a change to None leaves the field out."""
        express = {"shipping_options": [], "shipping_address_callback_url": f"{self.shop}/options"}
        body: Json = {
            "url": {"return_url": f"{self.shop}/return", "merchant_terms_url": TERMS},
            "order": self.order(),
            "express": express,
            "merchant": {"name": "Fjell & Fjord", "logo_url": f"{self.shop}/logo.svg"},
            "configuration": GATEWAYS,
            **changes,
        }
        body = {name: value for name, value in body.items() if value is not None}
        self.sid = self.dintero.create_session(**body)["id"]
        return self.sid

    def order(self, **changes: Any) -> Json:
        amount = sum(item["amount"] for item in ITEMS)
        return {
            "amount": amount, "currency": "NOK", "merchant_reference": "order-1", "items": ITEMS, **changes
        }  # fmt: skip

    def ready(self, **changes: Any) -> str:
        """A session that only has to be paid."""
        sid = self.session(**changes)
        buyer = self.dintero.buyer(sid)
        buyer.give_address()
        buyer.choose_shipping("home")
        return sid

    def see(self, path: str = "", **query: str) -> None:
        """Open the session's page, or another path."""
        more = "".join(f"&{name}={quote(value)}" for name, value in query.items())
        joint = "&" if "?" in path else "?"
        start = f"{path}{joint}x=1" if path else f"/?sid={self.sid}"
        self.page.goto(f"{self.dintero.url}{start}{more}{self.query}")

    def press(self, testid: str, **fields: str) -> None:
        """Fill in fields, press a button, and wait for the page that follows."""
        for name, value in fields.items():
            self.page.get_by_test_id(name.replace("_", "-")).fill(value)
        with self.page.expect_navigation():
            self.page.get_by_test_id(testid).click()

    def pay(self, method: str, **changes: Any) -> None:
        """On to the wallet of a method."""
        self.ready(**changes)
        self.see()
        self.page.get_by_test_id(f"payment-method-{method}").check()
        self.press("pay")
