"""Every page of the checkout in every state, as a table: what a browser has to do to see it.

Used by the tests of the page's care (test_page_care.py), by the matrix (matrix.py) and by `make pictures`
(tools/pictures.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import express_states as express
import wallet_states as wallet
from page_stage import (
    BOXES,
    GATEWAYS,
    ITEMS,
    OPTIONS,
    PARCELS,
    TERMS,
    Stage,
)
from wallet_states import ABROAD, NO_SHOP

from mock_dintero.testing import ADDRESS, VIPPS


@dataclass(frozen=True)
class State:
    """One state of one page. `says`: a sentence of it, in English; '' where the shop has all the words.

    `matters_when_dark`: the pictures show it dark as well.
    """

    name: str
    about: str
    reach: Callable[[Stage], None]
    says: str
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
    stage.session(express=ABROAD)
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


def _code_refused(stage: Stage) -> None:
    express.with_codes(stage)
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


def _failed(stage: Stage) -> None:
    stage.ready()
    stage.dintero.buyer(stage.sid).pay(VIPPS, "reject")
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
INLINE, LAUNCHER = "&ui=inline", "&ui=inline&role=pop_out_launcher"
FULL = "&ui=fullscreen&role=pop_out_payment"
APPLE, GOOGLE = "dintero_psp.applepay", "dintero_psp.googlepay"
B2C, B2B = "kravia.invoice_b2c", "kravia.invoice_b2b"
GIFT, TILL = "dintero.wallets", "seitatech.in_person"

EXTERNAL = (
    "You pay the shop itself, as you have agreed with it. "
    "The order waits until the shop has the money."
)

STATES = (
    State("new", "Nothing is filled in yet", _new,
          "Been here before? Your email or phone number is enough.", True),
    State("business-form", "The form of a business", express.business, "Organization number"),
    State("business", "A business whose address the shop knew", _prefilled_business, "Use another address"),
    State("recognised", "An e-mail address is typed that the checkout knows", express.recognised,
          "Use my details"),
    State("address-wrong", "Fields that have to be mended", _address_wrong,
          "Something is missing or not quite right. Please look at the fields marked below.", True),
    State("known", "A customer whom the checkout knows, with two addresses", _known, "Use this address"),
    State("known-business", "A company that the checkout knows", express.known_business,
          "Use another address"),
    State("customers-panel", "The customers that the sandbox knows", express.customers,
          "Sandbox: known customers"),
    State("billing", "An invoice that goes elsewhere", _billing, "The invoice goes to another address"),
    State("billing-given", "The same, given", express.billing_given, "Billing address"),
    State("shipping", "The ways to send it, two of them at one title", _shipping,
          "Choose how you want it delivered first."),
    State("shipping-unfolded", "All that is said about a way to send it", express.unfolded,
          "For the environment"),
    State("slots", "One way to send it, at several times", express.slots,
          "Choose how you want it delivered first."),
    State("places", "More pick-up points than anybody wants to read", express.many_places(),
          "Choose how you want it delivered first."),
    State("places-open", "All of them", express.many_places_open, "Choose how you want it delivered first."),
    State("places-chosen", "One of the last is chosen", express.many_places("pickup-0162"),
          "More about this"),
    State("in-store", "To be paid in the shop", express.in_store, "You pay in the store"),
    State("parcels", "Two parcels, one way for each", _parcels, "Choose how you want it delivered first."),
    State("parcel-contents", "Two parcels that say what is in them", express.contents, "Use this shipping"),
    State("without-shipping", "There is nothing to send", express.without_shipping,
          "How would you like to pay?"),
    State("shop-unreachable", "The shop does not say how it ships", _unreachable,
          "We could not reach the shop to ask how it can send your order."),
    State("cannot-ship", "The shop does not ship there", _cannot_ship,
          "The shop does not ship to this address. Please edit the address above, or go back to the shop."),
    State("ready", "All that is left is to pay", _ready, "How would you like to pay?", True),
    State("summary-open", "The order, unfolded on a phone", _summary_open, "Of which VAT"),
    State("code", "A discount code that counts", lambda stage: express.with_codes(stage, "WELCOME"),
          "Add another code"),
    State("codes-used-up", "As many codes as the shop takes", express.code_used_up,
          "Discount code"),
    State("code-refused", "A discount code that does not", _code_refused,
          "The shop did not accept this code."),
    State("code-removed", "A discount code that was taken back", express.code_removed, "Do you have a code?"),
    State("not-express", "Only to be paid, with boxes to tick", _not_express, "(optional)"),
    State("boxes-ticked", "The boxes are ticked", express.boxes_ticked, "(optional)"),
    State("box-missing", "A box that has to be ticked", _box_missing,
          "Please tick: %(label)s"),
    State("nothing-to-buy", "An order that costs nothing", wallet.nothing_to_buy, "Continue"),
    State("no-method", "The shop has turned on no way to pay", _no_method,
          "The shop has not turned on any way to pay this order."),
    State("locked", "The shop is updating the order", _locked,
          "The shop is updating your order. This takes only a moment."),
    State("updated", "The order has changed before it was paid", express.updated,
          "Your order changed. Please check it before you go on."),
    State("drawn-anew", "The order has changed under a page that listens", express.drawn_anew,
          "How would you like to pay?"),
    State("given-up", "Back from the wallet, to choose another way", wallet.given_up,
          "How would you like to pay?"),
    State("themed", "A merchant’s own colours and corners", _themed, "How would you like to pay?", True),
    State("themed-new", "The same before anything is filled in", _themed_new, "Continue to shipping"),
    State("long", "Texts and amounts that are too long", _long, "How would you like to pay?"),
    State("scenario-panel", "The sandbox’s own panel", _scenario_panel, "Sandbox: play a scenario"),
    State("scenario-result", "A scenario was played", _scenario, ""),
    State("vipps", "The wallet asks for the number", wallet.vipps,
          "A pretend request goes to the app on this phone. No real message is sent.", True),
    State("vipps-wrong", "A number that is none", wallet.vipps_wrong,
          "Write your phone number with 5 to 15 digits, for example +4791234567."),
    State("vipps-app", "The pretend app on a pretend phone", wallet.vipps_app,
          "Sandbox: how shall it end?", True),
    State("vipps-consent", "Express in the app: may the shop know?", wallet.vipps_express(0),
          "To send your order, the shop gets from your profile:"),
    State("vipps-address", "Express in the app: where to", wallet.vipps_express(1), "Where shall it go?"),
    State("vipps-shipping", "Express in the app: how", wallet.vipps_express(2), "How shall it come?"),
    State("vipps-approve", "Express in the app: all is chosen", wallet.vipps_express(3),
          "The shop gets this address, your name, e-mail and phone number."),
    State("vipps-unreachable", "In the app: no answer from the shop", wallet.vipps_express(2, NO_SHOP),
          "We could not reach the shop to ask how it can send your order."),
    State("vipps-cannot-ship", "Express in the app: not to this address", wallet.vipps_express(2, ABROAD),
          "The shop does not ship to this address. Please choose another one."),
    State("mobilepay", "MobilePay-style", wallet.method("payex.mobilepay"),
          "A pretend request goes to the app on this phone. No real message is sent."),
    State("swish", "Swish-style", wallet.swish,
          "Scan the code with your phone, or open the app on this one."),
    State("swish-app", "Swish-style, in the app", wallet.swish_app, "Sandbox: how shall it end?"),
    State("apple-pay", "A sheet in the style of Apple Pay", wallet.sheet(APPLE),
          "Until you pay, the shop gets only country and postal code."),
    State("apple-pay-ready", "The same, to be paid", wallet.sheet(APPLE, "home"),
          "Until you pay, the shop gets only country and postal code."),
    State("google-pay", "A sheet in the style of Google Pay", wallet.sheet(GOOGLE),
          "Choose where and how it shall be sent first.", True),
    State("google-pay-later", "A sheet after the address was given", wallet.method(GOOGLE), "Ship to"),
    State("sheet-unreachable", "A sheet whose shop does not answer", wallet.sheet(GOOGLE, express=NO_SHOP),
          "We could not reach the shop to ask how it can send your order."),
    State("sheet-cannot-ship", "A sheet whose shop does not ship there", wallet.sheet(GOOGLE, express=ABROAD),
          "The shop does not ship to this address. Please choose another one."),
    State("card", "The card form, with test cards beside it", wallet.card, "Card number", True),
    State("card-wrong", "A card that has to be mended", wallet.card_wrong,
          "This card number has a typing mistake. Please check the digits."),
    State("test-cards", "Which test card does what", wallet.test_cards,
          "Never type a real card. Any date in the future and any code will do."),
    State("card-saved", "A card that the shop has saved", wallet.card_saved, "or with another card"),
    State("card-to-save", "A card that is only to be saved", wallet.card_to_save, "Save this card"),
    State("three-ds", "The bank asks who it is", wallet.three_ds, "Yes, it is me"),
    State("click-to-pay", "Cards of Click to Pay", wallet.click_to_pay,
          "Your bank will ask whether it is you."),
    State("klarna", "Now, later or in parts", wallet.method("klarna.klarna"),
          "Get the goods first. No fee.", True),
    State("invoice", "An invoice", wallet.method("collector.invoice"), "Confirm and buy"),
    State("invoice-wrong", "An invoice whose terms were not ticked", wallet.wrong(B2C, "invoice-pay"),
          "Tick that you have read the terms."),
    State("invoice-business", "An invoice to a company", wallet.method(B2B, configuration=wallet.only(B2B)),
          "Organization number"),
    State("invoice-business-wrong", "The same, empty", wallet.wrong(B2B, "invoice-pay"),
          "Organization number"),
    State("gift-card", "A gift card", wallet.method(GIFT, configuration=wallet.only(GIFT)),
          "Number of the gift card"),
    State("gift-card-wrong", "A gift card without a number", wallet.wrong(GIFT, "gift-card-pay"),
          "Number of the gift card"),
    State("terminal", "A card terminal", wallet.method(TILL, configuration=wallet.only(TILL)),
          "Hold the card against the terminal."),
    State("external", "Paid to the shop itself", wallet.method("dintero.external"),
          EXTERNAL),
    State("nothing-to-pay", "Nothing to pay", wallet.nothing_to_pay, "There is nothing to pay"),
    State("paid", "The order is paid", _paid, "This order is paid"),
    State("on-hold", "The payment is being checked", _on_hold, "The payment is being checked"),
    State("declined", "The payment was declined", _declined, "The payment was declined"),
    State("failed", "The payment failed", _failed, "The payment failed"),
    State("cancelled", "The customer has walked away", _cancelled, "This checkout was cancelled"),
    State("expired", "The time is over", _expired, "This checkout has expired"),
    State("unknown", "A session that does not exist", _unknown, "This checkout does not exist", True),
    State("unknown-payment", "A payment that does not exist", _unknown_payment,
          "This payment does not exist"),
    State("no-way-back", "A way back that does not exist", _nowhere, "There is no way back from here"),
    State("way-back", "On the way back to the shop, in a race", _way_back, "On the way back to the shop"),
    State("closed-tab", "A test closed the tab", _closed_tab, "Here the customer closed the tab"),
    State("inline", "Embedded in the shop’s page", _ready, "How would you like to pay?", True, INLINE),
    State("inline-new", "Embedded, nothing filled in yet", _new, "Continue to shipping", False, INLINE),
    State("inline-address-wrong", "Embedded, with fields to mend", _address_wrong,
          "Something is missing or not quite right. Please look at the fields marked below.", False, INLINE),
    State("inline-vipps", "Embedded, in the wallet", wallet.vipps,
          "A pretend request goes to the app on this phone. No real message is sent.", False, INLINE),
    State("inline-vipps-app", "Embedded, in the app", wallet.vipps_app,
          "Sandbox: how shall it end?", False, INLINE),
    State("inline-final", "Embedded, at the end", _final, "Nothing was paid", False, INLINE),
    State("inline-top-level", "Embedded, a payment that needs the whole window", _top_level,
          "The payment goes on in the whole window.", False, INLINE),
    State("launcher", "Embedded, the place of the pop-out’s button", _ready,
          "You choose how to pay in a window of its own.", False, LAUNCHER),
    State("pop-out", "In the pop-out", _ready, "How would you like to pay?", False, FULL),
    State("pop-out-loader", "The pop-out while the shop checks the order", _loader, "", False, FULL),
    State("result-good", "What stays in the frame after a success", _at_path(RESULT), "", False, INLINE),
    State("result-bad", "What stays in the frame after a failure", _at_path(f"{RESULT}&error=failed"),
          "", False, INLINE),
)  # fmt: skip
