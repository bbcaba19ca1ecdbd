"""Every page of the checkout in every state, as a table: what a browser has to do to see it.

Used by the tests of the page's care (test_page_care.py) and by `make pictures` (tools/pictures.py).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mock_dintero.testing import ADDRESS, VIPPS, MockDintero

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


def _at(name: str, line: str, place: str, code: str, distance: float) -> Json:
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
    _at("Coop Prix Storgata", "Storgata 14", "Oslo", "0184", 0.3),
    _at("Kiwi Grünerløkka", "Thorvald Meyers gate 40", "Oslo", "0552", 1.4),
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
            body = (
                LOGO
                if is_logo
                else b"<!doctype html><html lang='en'><title>Shop</title><h1>Shop</h1>"
            )
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


@dataclass(frozen=True)
class State:
    """One state of one page. `matters_when_dark`: the pictures show it dark as well."""

    name: str
    about: str
    reach: Callable[[Stage], None]
    matters_when_dark: bool = False
    query: str = ""


def _new(stage: Stage) -> None:
    stage.session()
    stage.see()


def _prefilled_business(stage: Stage) -> None:
    address = {**ADDRESS, "business_name": "Fjellheim AS", "organization_number": "974760673"}
    stage.session(
        customer={"email": "kari@example.no", "phone_number": "+4791234567"},
        order=stage.order(billing_address=address),
        configuration={**GATEWAYS, "default_customer_type": "b2b"},
    )
    stage.see()


def _address_wrong(stage: Stage) -> None:
    _new(stage)
    stage.press("submit-address", email="kari", phone="abc", first_name="Kari")


def _shipping(stage: Stage) -> None:
    stage.session()
    stage.dintero.buyer(stage.sid).give_address()
    stage.see()


def _parcels(stage: Stage) -> None:
    stage.session(express={"shipping_options": PARCELS})
    stage.dintero.buyer(stage.sid).give_address()
    stage.see()


def _unreachable(stage: Stage) -> None:
    express = {
        "shipping_options": [],
        "shipping_address_callback_url": "http://127.0.0.1:1/options",
    }
    stage.session(express=express)
    stage.see()
    stage.press(
        "submit-address", email="kari@example.no", phone="+4791234567", first_name="Kari",
        last_name="Nordmann", address_line="Storgata 1", postal_code="0155", postal_place="Oslo",
    )  # fmt: skip


def _cannot_ship(stage: Stage) -> None:
    stage.session(express={"shipping_options": []})
    stage.dintero.buyer(stage.sid).give_address()
    stage.see()


def _known(stage: Stage) -> None:
    stage.session(customer={"email": "kari.nordmann@example.no"})
    stage.see()


def _billing(stage: Stage) -> None:
    stage.session(
        configuration={**GATEWAYS, "allow_different_billing_shipping_address": ["b2c"]},
        express={
            "shipping_options": OPTIONS,
            "default_different_billing_shipping_address": ["b2c"],
        },
    )
    stage.see()


def _ready(stage: Stage) -> None:
    stage.ready()
    stage.see()


def _summary_open(stage: Stage) -> None:
    _ready(stage)
    summary = stage.page.locator(".summary details > summary")
    if summary.is_visible():
        summary.click()


def _with_codes(stage: Stage, *codes: str) -> None:
    express = {
        "shipping_options": OPTIONS,
        "discount_codes": {"max_count": 2, "callback_url": f"{stage.shop}/codes"},
    }
    discounts = {"express_discount_codes": {"enabled": True}}
    stage.ready(express=express, configuration={**GATEWAYS, "discounts": discounts})
    if codes:
        stage.dintero.buyer(stage.sid).submit_codes(*codes)
    stage.see()


def _code_refused(stage: Stage) -> None:
    _with_codes(stage)
    stage.press("discount-code-apply", discount_code="NONSENSE")


def _not_express(stage: Stage) -> None:
    stage.session(express=None, checkboxes=BOXES)
    stage.see()


def _box_missing(stage: Stage) -> None:
    _not_express(stage)
    stage.press("pay")


def _no_method(stage: Stage) -> None:
    stage.session(express=None, configuration={
        "dintero_psp": {"vipps": {"enabled": False}, "creditcard": {"enabled": False}},
        "klarna": {"klarna": {"enabled": False}}, "swish": {"swish": {"enabled": False}},
    })  # fmt: skip
    stage.see()


def _locked(stage: Stage) -> None:
    stage.ready()
    stage.dintero.http.post(f"/v1/view/{stage.sid}/session/lock").raise_for_status()
    stage.see()


THEME = {"primary": "#f2b705", "backdrop": "#352f44", "cardRadius": "4px", "buttonRadius": "30px"}


def _themed(stage: Stage) -> None:
    stage.ready(configuration={**GATEWAYS, "theme": THEME})
    stage.see()


def _themed_new(stage: Stage) -> None:
    stage.session(configuration={**GATEWAYS, "theme": THEME})
    stage.see()


LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 3


def _long(stage: Stage) -> None:
    items = [
        {**ITEMS[0], "description": LONG, "quantity": 123456.25, "amount": 2_000_000_000},
        *({**ITEMS[1], "line_id": str(n), "description": f"Mug {n}"} for n in range(2, 14)),
    ]
    stage.session(
        order=stage.order(amount=2_000_000_000 + 12 * 29800, items=items),
        express={"shipping_options": [
            {**OPTIONS[0], "title": LONG, "description": LONG * 3, "operator": LONG}
        ]},
        merchant={"name": LONG, "logo_url": f"{stage.shop}/logo.svg"},
        checkboxes=[{"id": "long", "label": LONG, "required": True, "link": {"url": TERMS, "text": LONG}}],
    )  # fmt: skip
    stage.dintero.buyer(stage.sid).give_address(first_name=LONG, address_line=LONG)
    stage.see()


def _method(type_: str, **changes: Any) -> Callable[[Stage], None]:
    return lambda stage: stage.pay(type_, **changes)


def _only(*types: str, **more: Any) -> Json:
    """A configuration that offers these."""
    found: Json = {"dintero_psp": {"vipps": {"enabled": False}}, **more}
    for type_ in types:
        gateway, _, name = type_.partition(".")
        found.setdefault(gateway, {})[name] = {"enabled": True}
    return found


_vipps = _method(VIPPS)
_card = _method(CARD)


def _vipps_wrong(stage: Stage) -> None:
    _vipps(stage)
    stage.press("vipps-next", vipps_phone="12")


def _vipps_app(stage: Stage) -> None:
    _vipps(stage)
    stage.press("vipps-next")


def _vipps_express(stage: Stage, *, steps: int) -> None:
    stage.session()
    stage.see()
    stage.press(f"express-{VIPPS}")
    stage.press("vipps-next", vipps_phone="+4791234567")
    for _ in range(steps):
        stage.press("vipps-next")


def _sheet(type_: str) -> Callable[[Stage], None]:
    def reach(stage: Stage) -> None:
        stage.session(configuration=_only(type_, allow_express_wallet_payment=True))
        stage.see()
        stage.press(f"express-{type_}")

    return reach


def _card_wrong(stage: Stage) -> None:
    _card(stage)
    stage.press("card-pay", card_number="4000 0000 0000 0003", card_expiry="1/20", card_cvc="1")


def _three_ds(stage: Stage) -> None:
    _card(stage)
    stage.press("card-pay", card_number="4000100000000000", card_expiry="12/34", card_cvc="123")


def _click_to_pay(stage: Stage) -> None:
    both = _only(CARD, "dintero_psp.clicktopay")
    stage.pay(CARD, configuration=both, customer={"email": "kari@example.no"})
    stage.press("click-to-pay-open")


def _nothing_to_pay(stage: Stage) -> None:
    order = stage.order(items=[{**ITEMS[1], "amount": 0}], amount=0)
    stage.session(express=None, order=order, configuration=_only("dintero.zero"))
    stage.see()
    stage.press("pay")


def _paid(stage: Stage) -> None:
    stage.ready()
    stage.dintero.buyer(stage.sid).pay()
    stage.see()


def _on_hold(stage: Stage) -> None:
    stage.ready()
    stage.dintero.buyer(stage.sid).pay("dintero.external", "hold")
    stage.see()


def _declined(stage: Stage) -> None:
    stage.ready()
    stage.dintero.buyer(stage.sid).pay(VIPPS, "decline")
    stage.see()


def _cancelled(stage: Stage) -> None:
    stage.session()
    stage.dintero.buyer(stage.sid).cancel()
    stage.see()


def _expired(stage: Stage) -> None:
    stage.session(expires_at="2020-01-01T00:00:00.000Z")
    stage.see()


def _unknown(stage: Stage) -> None:
    stage.see("/?sid=T00000000.4WFfYyVQwSsTdTHJmSzvVs")


def _unknown_payment(stage: Stage) -> None:
    stage.session()
    stage.see(f"/wallet/{stage.sid}/{stage.sid}")


def _closed_tab(stage: Stage) -> None:
    stage.ready()
    stage.dintero.faults.add("buyer", "close_tab")
    stage.dintero.buyer(stage.sid).pay()
    stage.see(f"/return/{stage.sid}")


def _way_back(stage: Stage) -> None:
    """As it is until its script has come, which leads on to the shop."""
    stage.page.route("**/way_back.js?**", lambda route: route.abort())
    stage.ready()
    stage.dintero.faults.add("race", "return_first")
    stage.dintero.buyer(stage.sid).pay()
    stage.see(f"/return/{stage.sid}")
    stage.page.get_by_test_id("way-back").wait_for()


def _nowhere(stage: Stage) -> None:
    stage.session()
    stage.see(f"/return/{stage.sid}")


def _scenario(stage: Stage) -> None:
    stage.session()
    stage.see()
    stage.page.get_by_test_id("scenario-panel").locator("summary").first.click()
    stage.press("scenario-run")


def _scenario_panel(stage: Stage) -> None:
    _ready(stage)
    stage.page.get_by_test_id("scenario-panel").locator("summary").first.click()


def _final(stage: Stage) -> None:
    stage.ready()
    stage.see()
    stage.press("cancel")


def _top_level(stage: Stage) -> None:
    stage.pay("collector.invoice")


def _at_path(path: str) -> Callable[[Stage], None]:
    return lambda stage: stage.see(path)


def _loader(stage: Stage) -> None:
    stage.session()
    stage.see(loader="true")


RESULT = "/embedResult/?sid=x"
SWEDISH: Json = {
    "amount": 114700,
    "currency": "SEK",
    "merchant_reference": "order-1",
    "items": ITEMS,
}
INLINE, LAUNCHER = "&ui=inline", "&ui=inline&role=pop_out_launcher"
FULL = "&ui=fullscreen&role=pop_out_payment"

STATES = (
    State("new", "Nothing is filled in yet", _new, matters_when_dark=True),
    State("business", "A business whose address the shop knew", _prefilled_business),
    State("address-wrong", "Fields that have to be mended", _address_wrong, matters_when_dark=True),
    State("known", "A customer whom the checkout knows", _known),
    State("billing", "An invoice that goes elsewhere", _billing),
    State("shipping", "The ways to send it, two of them at one title", _shipping),
    State("parcels", "Two parcels, one way for each", _parcels),
    State("shop-unreachable", "The shop does not say how it ships", _unreachable),
    State("cannot-ship", "The shop does not ship there", _cannot_ship),
    State("ready", "All that is left is to pay", _ready, matters_when_dark=True),
    State("summary-open", "The order, unfolded on a phone", _summary_open),
    State("code", "A discount code that counts", lambda stage: _with_codes(stage, "WELCOME")),
    State("code-refused", "A discount code that does not", _code_refused),
    State("not-express", "Only to be paid, with boxes to tick", _not_express),
    State("box-missing", "A box that has to be ticked", _box_missing),
    State("no-method", "The shop has turned on no way to pay", _no_method),
    State("locked", "The shop is updating the order", _locked),
    State("themed", "A merchant’s own colours and corners", _themed, matters_when_dark=True),
    State("themed-new", "The same before anything is filled in", _themed_new),
    State("long", "Texts and amounts that are too long", _long),
    State("scenario-panel", "The sandbox’s own panel", _scenario_panel),
    State("scenario-result", "A scenario was played", _scenario),
    State("vipps", "The wallet asks for the number", _vipps, matters_when_dark=True),
    State("vipps-wrong", "A number that is none", _vipps_wrong),
    State("vipps-app", "The pretend app on a pretend phone", _vipps_app, matters_when_dark=True),
    State("vipps-consent", "Express in the app: may the shop know?", lambda s: _vipps_express(s, steps=0)),
    State("vipps-address", "Express in the app: where to", lambda s: _vipps_express(s, steps=1)),
    State("vipps-shipping", "Express in the app: how", lambda s: _vipps_express(s, steps=2)),
    State("mobilepay", "MobilePay-style", _method("payex.mobilepay")),
    State("swish", "Swish-style", _method("swish.swish", order=SWEDISH, configuration=_only("swish.swish"))),
    State("apple-pay", "A sheet in the style of Apple Pay", _sheet("dintero_psp.applepay")),
    State("google-pay", "A sheet in the style of Google Pay", _sheet("dintero_psp.googlepay"),
          matters_when_dark=True),
    State("card", "The card form, with test cards beside it", _card, matters_when_dark=True),
    State("card-wrong", "A card that has to be mended", _card_wrong),
    State("three-ds", "The bank asks who it is", _three_ds),
    State("click-to-pay", "Cards of Click to Pay", _click_to_pay),
    State("klarna", "Now, later or in parts", _method("klarna.klarna"), matters_when_dark=True),
    State("invoice", "An invoice", _method("collector.invoice")),
    State("invoice-business", "An invoice to a company",
          _method("kravia.invoice_b2b", configuration=_only("kravia.invoice_b2b"))),
    State("gift-card", "A gift card", _method("dintero.wallets", configuration=_only("dintero.wallets"))),
    State("terminal", "A card terminal",
          _method("seitatech.in_person", configuration=_only("seitatech.in_person"))),
    State("external", "Paid to the shop itself", _method("dintero.external")),
    State("nothing-to-pay", "Nothing to pay", _nothing_to_pay),
    State("paid", "The order is paid", _paid),
    State("on-hold", "The payment is being checked", _on_hold),
    State("declined", "The payment was declined", _declined),
    State("cancelled", "The customer has walked away", _cancelled),
    State("expired", "The time is over", _expired),
    State("unknown", "A session that does not exist", _unknown, matters_when_dark=True),
    State("unknown-payment", "A payment that does not exist", _unknown_payment),
    State("no-way-back", "A way back that does not exist", _nowhere),
    State("way-back", "On the way back to the shop, in a race", _way_back),
    State("closed-tab", "A test closed the tab", _closed_tab),
    State("inline", "Embedded in the shop’s page", _ready, True, INLINE),
    State("inline-new", "Embedded, nothing filled in yet", _new, False, INLINE),
    State("inline-address-wrong", "Embedded, with fields to mend", _address_wrong, False, INLINE),
    State("inline-vipps", "Embedded, in the wallet", _vipps, False, INLINE),
    State("inline-vipps-app", "Embedded, in the app", _vipps_app, False, INLINE),
    State("inline-final", "Embedded, at the end", _final, False, INLINE),
    State("inline-top-level", "Embedded, a payment that needs the whole window", _top_level, False, INLINE),
    State("launcher", "Embedded, the place of the pop-out’s button", _ready, False, LAUNCHER),
    State("pop-out", "In the pop-out", _ready, False, FULL),
    State("pop-out-loader", "The pop-out while the shop checks the order", _loader, False, FULL),
    State("result-good", "What stays in the frame after a success", _at_path(RESULT), False, INLINE),
    State("result-bad", "What stays in the frame after a failure",
          _at_path(f"{RESULT}&error=failed"), False, INLINE),
)  # fmt: skip
