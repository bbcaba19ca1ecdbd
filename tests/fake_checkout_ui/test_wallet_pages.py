"""Every payment method as the customer meets it: its page, its controls, each way it may end."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from sandbox import POSTEN, Browser, Merchant, Page, good_answer, opened, order
from saved_cards import registered, secret, token_body

from fake_checkout_ui.sentences import SENTENCES
from mock_dintero.core import card, credit, gift_card, outcome
from mock_dintero.core.order import Item
from mock_dintero.core.payment_method import METHODS, PaymentMethod
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction

CARD, CLICK, APPLE = "dintero_psp.creditcard", "dintero_psp.clicktopay", "dintero_psp.applepay"
VIPPS = "dintero_psp.vipps"
ENDS = {
    "approve": ("AUTHORIZED", ""), "decline": ("DECLINED", "authorization"),
    "reject": ("FAILED", "failed"), "expire": ("FAILED", "authorization"),
    "time_out": ("FAILED", "failed"), "hold": ("ON_HOLD", ""),
    "three_ds_fails": ("FAILED", "authorization"), "code_1a": ("DECLINED", "authorization"),
}  # fmt: skip
MARKS = {
    "phone": "vipps-phone", "qr": "swish-qr", "sheet": "sheet-pay", "card": "card-number",
    "click_to_pay": "click-to-pay-pay", "klarna": "klarna-pay", "invoice": "invoice-pay",
    "terminal": "terminal", "gift_card": "gift-card-number", "external": "external-place",
    "zero": "zero-confirm",
}  # fmt: skip
"""What only one kind of page has."""


def only(*types: str, **more: Any) -> dict[str, Any]:
    configuration: dict[str, Any] = {**more}
    for one in types:
        product, _, name = one.partition(".")
        at = configuration.setdefault(product, {})
        (at.setdefault(name, {}) if name else at)["enabled"] = True
    return configuration


def at_the_page(merchant: Merchant, type_: str, **changes: Any) -> tuple[Browser, str, str]:
    """A browser that has pressed pay; session and transaction."""
    method = METHODS[type_]
    amount = 0 if type_ == "dintero.zero" else 1000
    priced = order(
        amount=amount, items=None, currency=method.currencies[0] if method.currencies else "NOK"
    )
    sid = merchant.create_without_profile(
        only(type_, **changes.pop("configuration", {})), order=priced, **changes
    )
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    page = browser.submit("pay", payment_product_type=type_)
    assert page.find(MARKS[method.wallet]), type_
    tid = next(iter(merchant.ok("GET", "/v1/transactions", params={"session_id": sid})))["id"]
    return browser, sid, tid


def to_the_end(browser: Browser, sid: str, tid: str, method: PaymentMethod, end: str) -> None:
    """Press the button for this end, on the phone if there is one."""
    if method.wallet in ("phone", "qr"):
        browser.open(f"/wallet/{sid}/{tid}/app")
    name = end.replace("_", "-")
    on_phone = method.wallet in ("phone", "qr") and end in ("approve", "decline", "expire")
    browser.submit(f"vipps-{name}" if on_phone else f"payment-{name}")


@pytest.mark.parametrize(
    ("type_", "end"),
    [(method.type, end) for method in METHODS.values() for end in outcome.possible(method)],
)
def test_a_method_ends_in_each_of_its_ways(merchant: Merchant, type_: str, end: str) -> None:
    browser, sid, tid = at_the_page(merchant, type_)
    to_the_end(browser, sid, tid, METHODS[type_], end)

    status, error = ENDS[end]
    if status == "AUTHORIZED" and METHODS[type_].is_captured_at_once:
        status = "CAPTURED"
    assert merchant.transaction(tid)["status"] == status
    assert browser.location.startswith("https://shop.example/return")
    assert (f"error={error}" if error else "transaction_id") in browser.location


@pytest.mark.parametrize("type_", sorted(METHODS))
def test_the_testers_panel_is_labelled_and_apart_from_the_page(
    merchant: Merchant, type_: str
) -> None:
    page = at_the_page(merchant, type_)[0].page
    panel = page.get("sandbox-panel")
    assert panel.tag == "aside"
    label = panel.attrs["aria-labelledby"]
    assert any(one.attrs.get("id") == label for one in page.elements)
    assert page.html.index("</main>") < page.html.index('<aside class="sandbox-panel')


@pytest.mark.parametrize("type_", sorted(METHODS))
def test_the_customer_may_choose_another_way(merchant: Merchant, type_: str) -> None:
    browser, _, tid = at_the_page(merchant, type_)
    wallet = METHODS[type_].wallet
    page = browser.submit("vipps-back" if wallet == "phone" else "payment-back")
    assert page.find("pay")
    assert merchant.transaction(tid)["status"] == "FAILED"


def test_other_ends_than_the_methods_own_are_refused(merchant: Merchant) -> None:
    _, sid, tid = at_the_page(merchant, VIPPS)
    for action in ("hold", "three-ds-fails", "code-1a"):
        merchant.client.post(f"/wallet/{sid}/{tid}/{action}")
        assert merchant.transaction(tid)["status"] == "INITIATED"


# Vipps Express


def express_at_vipps(merchant: Merchant, **changes: Any) -> tuple[Browser, str]:
    sid = merchant.create(**changes)
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    browser.submit(f"express-{VIPPS}")
    browser.submit("vipps-next", phone_number="+4790000000")
    return browser, sid


def asked(merchant: Merchant) -> list[dict[str, Any]]:
    """The addresses that the shop was asked about."""
    return [
        json.loads(one.body or "{}")["order"]["shipping_address"]
        for one in merchant.shop.asked
        if one.at == "address_callback"
    ]


def paid(merchant: Merchant, sid: str) -> dict[str, Any]:
    return merchant.transaction(merchant.session(sid)["transaction_id"])


def test_address_and_shipping_are_chosen_in_the_app(merchant: Merchant) -> None:
    browser, sid = express_at_vipps(merchant)
    page = browser.page
    assert "gets from your profile" in page.html
    page = browser.submit("vipps-next")
    assert page.find("vipps-address-1")
    assert asked(merchant) == []
    page = browser.submit("vipps-next", address="2")
    assert asked(merchant)[0]["postal_place"] == "Bergen"
    assert page.find("vipps-shipping-option-posten")
    page = browser.submit("vipps-next", shipping_option="posten")
    assert "348.00" in page.get("vipps-approve").text
    browser.submit("vipps-approve")

    done = paid(merchant, sid)
    assert (done["status"], done["amount"]) == ("AUTHORIZED", 29900 + POSTEN["amount"])
    assert done["shipping_address"]["postal_place"] == "Bergen"
    assert done["shipping_option"]["line_id"] == "posten"
    assert done["customer"]["phone_number"] == "+4790000000"
    assert [one["amount"] for one in done["items"]] == [24900, 5000, 4900]
    order_now = merchant.session(sid)["order"]
    assert order_now["billing_address"] == order_now["shipping_address"]


def test_the_address_may_be_changed_in_the_app(merchant: Merchant) -> None:
    browser, sid = express_at_vipps(merchant)
    browser.submit("vipps-next")
    browser.submit("vipps-next", address="1")
    browser.submit("vipps-next", shipping_option="pickup")
    browser.open(browser.page.get("vipps-change-address").attrs["href"])
    page = browser.submit("vipps-next", address="3")
    assert [one["country"] for one in asked(merchant)] == ["NO", "SE"]
    browser.submit("vipps-next", shipping_option="pickup")
    browser.submit("vipps-approve")
    assert paid(merchant, sid)["shipping_address"]["country"] == "SE"
    assert page.find("vipps-change-address")


@pytest.mark.parametrize("end", ["vipps-decline", "vipps-expire", "payment-reject"])
def test_the_customer_may_stop_before_the_address(merchant: Merchant, end: str) -> None:
    browser, sid = express_at_vipps(merchant)
    browser.submit(end)
    assert "error=" in browser.location
    assert "shipping_address" not in merchant.session(sid)["order"]


def test_an_app_whose_shop_cannot_be_reached_offers_to_ask_again(merchant: Merchant) -> None:
    merchant.fault("address_callback", "drop")
    browser, sid = express_at_vipps(merchant)
    browser.submit("vipps-next")
    page = browser.submit("vipps-next")
    assert "could not reach the shop" in page.messages[0]
    page = browser.submit("wallet-retry")
    assert page.find("vipps-shipping-option-posten")
    browser.submit("vipps-next")
    browser.submit("vipps-approve")
    assert paid(merchant, sid)["shipping_option"]["line_id"] == "posten"


def test_an_app_whose_shop_does_not_ship_there_leads_to_the_other_addresses(
    merchant: Merchant,
) -> None:
    abroad = {**POSTEN, "countries": ["SE"]}
    browser, _ = express_at_vipps(merchant, express={"shipping_options": [abroad]})
    browser.submit("vipps-next")
    page = browser.submit("vipps-next", address="1")
    assert "does not ship to this address" in page.messages[0]
    page = browser.open(page.get("vipps-other-address").attrs["href"])
    assert page.find("vipps-address-3")


def test_an_app_tells_pick_up_points_apart_and_folds_most_of_them(merchant: Merchant) -> None:
    options = [
        {**POSTEN, "line_id": f"kiosk-{n}", "pick_up_address": {"business_name": f"Kiosk {n}"}}
        for n in range(1, 13)
    ]
    browser, _ = express_at_vipps(merchant, express={"shipping_options": options})
    browser.submit("vipps-next")
    html = browser.submit("vipps-next").html
    shown, _, rest = html.partition('<details class="choices__more"')
    assert "Kiosk 5" in shown
    assert "Kiosk 6" not in shown
    assert "Kiosk 12" in rest
    assert "Show 7 more" in rest


def test_a_number_that_is_none_stays_to_be_mended(merchant: Merchant) -> None:
    browser, _, _ = at_the_page(merchant, VIPPS)
    page = browser.submit("vipps-next", phone_number="12")
    assert page.get("vipps-phone").attrs["value"] == "12"


def test_a_card_that_is_only_saved_is_not_paid_for(merchant: Merchant) -> None:
    sid = merchant.ok("POST", "/v1/sessions/payment-token", token_body())["id"]
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    page = browser.submit("pay")
    assert "Save a card" in page.html
    assert "0.00" not in page.html


def test_nothing_is_approved_in_the_app_without_address_and_shipping(merchant: Merchant) -> None:
    _, sid = express_at_vipps(merchant)
    tid = merchant.ok("GET", "/v1/transactions", params={"session_id": sid})[0]["id"]
    for action, data in (
        ("approve", {}), ("shipping", {"shipping_option": "posten"}), ("address", {"address": "9"})
    ):  # fmt: skip
        answer = merchant.client.post(f"/wallet/{sid}/{tid}/{action}", data=data)
        assert answer.status_code == 303
        assert merchant.transaction(tid)["status"] == "INITIATED"


def test_what_the_shop_changes_meanwhile_is_not_approved_unseen(merchant: Merchant) -> None:
    browser, sid = express_at_vipps(merchant)
    browser.submit("vipps-next")
    browser.submit("vipps-next")
    browser.submit("vipps-next", shipping_option="posten")
    changed = order(amount=10000, items=[{"id": "1", "line_id": "1", "amount": 10000}])
    changed.pop("merchant_reference")
    merchant.ok(
        "PUT", f"/v1/sessions/{sid}?update_without_lock=true",
        {"order": changed, "express": {"shipping_options": []}},
    )  # fmt: skip
    page = browser.submit("vipps-approve")
    assert "Your order changed" in page.messages[0]
    assert "transaction_id" not in merchant.session(sid)


def test_a_wallet_is_not_offered_first_when_the_address_is_known(merchant: Merchant) -> None:
    sid = merchant.ready()
    browser = Browser(merchant)
    assert not browser.open(f"/?sid={sid}").find("wallets-first")
    answer = merchant.client.post(f"/checkout/{sid}/wallet", data={"payment_product_type": VIPPS})
    assert answer.status_code == 400


# Apple Pay and Google Pay in one click


def sheet(merchant: Merchant) -> tuple[Browser, str]:
    sid = merchant.create(configuration=only(APPLE, allow_express_wallet_payment=True))
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    browser.submit(f"express-{APPLE}")
    return browser, sid


def test_a_sheet_tells_a_part_of_the_address_first_and_all_of_it_when_paid(
    merchant: Merchant,
) -> None:
    browser, sid = sheet(merchant)
    assert asked(merchant) == [{"country": "NO", "postal_code": "0155"}]
    assert "disabled" in browser.page.get("sheet-pay").attrs
    browser.submit("sheet-use-address", address="2")
    assert asked(merchant)[1] == {"country": "NO", "postal_code": "5003"}
    page = browser.submit("sheet-use-shipping", shipping_option="posten")
    assert "348.00" in page.get("sheet-pay").text
    browser.submit("sheet-pay")

    done = paid(merchant, sid)
    assert done["status"] == "AUTHORIZED"
    assert done["shipping_address"]["address_line"] == "Bryggen 7"
    assert done["billing_address"] == done["shipping_address"]
    assert merchant.session(sid)["order"]["shipping_address"] == done["shipping_address"]
    assert len(asked(merchant)) == 2, "nobody is asked once more"


def test_a_closed_sheet_leaves_no_half_address_behind(merchant: Merchant) -> None:
    browser, sid = sheet(merchant)
    browser.submit("sheet-use-shipping", shipping_option="posten")
    page = browser.submit("payment-back")
    assert page.find("submit-address")
    assert page.find(f"express-{APPLE}")
    left = merchant.session(sid)["order"]
    assert "shipping_address" not in left
    assert left["amount"] == 29900


def test_a_sheet_left_by_the_browsers_back_button_is_no_address_either(merchant: Merchant) -> None:
    browser, sid = sheet(merchant)
    page = browser.open(f"/?sid={sid}")
    assert page.find("submit-address")
    assert "disabled" in page.get("pay").attrs


def test_sheets_come_first_only_where_the_shop_allows_it(merchant: Merchant) -> None:
    sid = merchant.create(configuration=only(APPLE))
    page = Browser(merchant).open(f"/?sid={sid}")
    assert not page.find(f"express-{APPLE}")


# Cards


def test_a_saved_card_is_paid_with(merchant: Merchant) -> None:
    value = secret(merchant, registered(merchant))
    browser, _, tid = at_the_page(
        merchant, CARD, customer={"tokens": {CARD: {"payment_token": value}}}
    )
    assert "0002" in browser.page.get("saved-card").text
    browser.submit("saved-card-pay")
    done = merchant.transaction(tid)
    assert done["status"] == "AUTHORIZED"
    assert done["card"]["payment_token_id"]


def test_a_card_that_was_deleted_is_not_offered(merchant: Merchant) -> None:
    saved = registered(merchant)
    value = secret(merchant, saved)
    browser, sid, tid = at_the_page(
        merchant, CARD, customer={"tokens": {CARD: {"payment_token": value}}}
    )
    token = merchant.transaction(saved)["card"]["payment_token_id"]
    merchant.call("DELETE", f"/v1/card-tokens/{token}")
    assert not browser.open(f"/wallet/{sid}/{tid}").find("saved-card")
    answer = merchant.client.post(f"/wallet/{sid}/{tid}/saved-card")
    assert answer.status_code == 303
    assert merchant.transaction(tid)["status"] == "INITIATED"


@pytest.mark.parametrize(
    ("box", "fields", "is_saved"),
    [("opt_in", {}, False), ("opt_in", {"remember_me": "true"}, True), ("opt_out", {}, True)],
)
def test_the_box_decides_whether_a_card_is_saved(
    merchant: Merchant, box: str, fields: dict[str, str], is_saved: bool
) -> None:
    settings = {
        "enabled": True, "generate_payment_token": True,
        "generate_payment_token_config": {"save_card_checkbox": box},
    }  # fmt: skip
    browser, _, tid = at_the_page(
        merchant, CARD, configuration={"dintero_psp": {"creditcard": settings}}
    )
    assert ("checked" in browser.page.get("remember-me").attrs) is (box == "opt_out")
    browser.submit(
        "card-pay", card_number="4000000000000002", card_expiry="12/34", card_cvc="123", **fields
    )
    assert ("payment_token_id" in merchant.transaction(tid)["card"]) is is_saved


def test_an_opt_out_box_that_is_unticked_saves_nothing(merchant: Merchant) -> None:
    settings = {
        "enabled": True, "generate_payment_token": True,
        "generate_payment_token_config": {"save_card_checkbox": "opt_out"},
    }  # fmt: skip
    _, sid, tid = at_the_page(
        merchant, CARD, configuration={"dintero_psp": {"creditcard": settings}}
    )
    merchant.client.post(
        f"/wallet/{sid}/{tid}/card",
        data={"card_number": "4000000000000002", "card_expiry": "12/34", "card_cvc": "123"},
    )
    done = merchant.transaction(tid)
    assert done["status"] == "AUTHORIZED"
    assert "payment_token_id" not in done["card"]


def test_click_to_pay_is_inside_the_card_form_when_the_email_is_known(merchant: Merchant) -> None:
    both = only(CARD, CLICK)
    browser, sid, tid = at_the_page(
        merchant, CARD, configuration=both, customer={"email": "kari@example.no"}
    )
    assert not browser.open(f"/?sid={sid}").find(f"payment-method-{CLICK}")
    browser.open(f"/wallet/{sid}/{tid}")
    browser.submit("click-to-pay-open")
    page = browser.submit("click-to-pay-pay", card="3")
    assert page.find("three-ds-approve")
    browser.submit("three-ds-approve")
    done = merchant.transaction(tid)
    assert (done["status"], done["payment_product_type"]) == ("AUTHORIZED", CLICK)
    assert merchant.session(sid)["transaction_id"] == tid


def test_click_to_pay_is_not_there_without_an_email(merchant: Merchant) -> None:
    browser, sid, tid = at_the_page(merchant, CARD, configuration=only(CARD, CLICK))
    assert not browser.page.find("click-to-pay-open")
    merchant.client.post(f"/wallet/{sid}/{tid}/click-to-pay")
    assert merchant.transaction(tid)["payment_product_type"] == CARD


# Klarna, invoices, gift cards, the terminal, what is external


@pytest.mark.parametrize(
    ("plan", "type_", "parts"),
    [("now", "direct_bank_transfer", "1"), ("later", "invoice", "1"), ("parts", "fixed_amount", "3")],
)  # fmt: skip
def test_klarna_is_paid_now_later_or_in_parts(
    merchant: Merchant, plan: str, type_: str, parts: str
) -> None:
    browser, _, tid = at_the_page(merchant, "klarna.klarna")
    browser.submit("klarna-pay", plan=plan)
    done = merchant.transaction(tid)
    method = "klarna:authorized_payment_method"
    assert done["status"] == "AUTHORIZED"
    assert done["metadata"][f"{method}:type"] == type_
    assert done["metadata"][f"{method}:number_of_installments"] == parts


def test_klarna_without_a_plan_is_asked_again(merchant: Merchant) -> None:
    browser, _, tid = at_the_page(merchant, "klarna.klarna")
    page = browser.submit("klarna-pay", plan="never")
    assert page.messages == ["Choose how you want to pay."]
    assert merchant.transaction(tid)["status"] == "INITIATED"


BUSINESS = sorted(one.type for one in METHODS.values() if one.is_for_businesses)
INVOICES = sorted(
    one.type for one in METHODS.values() if one.wallet == "invoice" and not one.is_for_businesses
)


@pytest.mark.parametrize("type_", BUSINESS)
def test_an_invoice_for_companies_asks_which_one(merchant: Merchant, type_: str) -> None:
    browser, sid, tid = at_the_page(merchant, type_)
    page = browser.submit("invoice-pay", organization_number="12", business_name="")
    assert browser.status == 400
    assert "organization number" in page.error_of("organization_number")
    assert page.error_of("business_name")
    assert page.get("organization-number").attrs["value"] == "12"
    browser.submit("invoice-pay", organization_number="123 456 785", business_name="Fjord AS")
    done = merchant.transaction(tid)
    assert done["status"] == "AUTHORIZED"
    assert done["billing_address"]["organization_number"] == "123456785"
    told = [e for e in merchant.session(sid)["events"] if e["name"] == "ADD_PAYMENT_INFORMATION"]
    assert told[0]["details"]["organization_number"] == "123456785"


@pytest.mark.parametrize("type_", INVOICES)
def test_an_invoice_for_consumers_has_terms_to_read(merchant: Merchant, type_: str) -> None:
    browser, _, tid = at_the_page(merchant, type_)
    page = browser.submit("invoice-pay")
    assert "terms" in page.error_of("terms")
    browser.submit("invoice-pay", terms="true")
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"


def test_a_gift_card_pays_unless_it_is_empty(merchant: Merchant) -> None:
    browser, sid, tid = at_the_page(merchant, "dintero.wallets")
    for number, words in (("12", "8 to 20 digits"), ("6000000000000000", "no money left")):
        page = browser.submit("gift-card-pay", gift_card_number=number)
        assert words in page.error_of("gift_card_number")
    browser.submit("gift-card-pay", gift_card_number="6000 0000 0000 0001")
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"
    event = next(e for e in merchant.session(sid)["events"] if e["name"] == "SET_GIFT_CARD")
    assert event["details"]["gift_card"]["masked_card_token"] == "************0001"
    assert "6000000000000001" not in str(merchant.state())
    journal = merchant.client.get("/_mock/api/v1/requests").json()
    typed = [one["request"] for one in journal if one["path"].endswith("/gift-card")]
    assert set(typed) == {"gift_card_number=(redacted)"}


def test_the_card_terminal_has_two_keys(merchant: Merchant) -> None:
    for key, status in (("terminal-tap", "AUTHORIZED"), ("terminal-stop", "DECLINED")):
        browser, _, tid = at_the_page(merchant, "seitatech.in_person")
        browser.submit(key)
        assert merchant.transaction(tid)["status"] == status


def test_an_external_payment_waits_for_the_shop(merchant: Merchant) -> None:
    browser, _, tid = at_the_page(merchant, "dintero.external")
    browser.submit("external-place")
    assert merchant.transaction(tid)["status"] == "ON_HOLD"
    merchant.ok("POST", f"/v1/transactions/{tid}/authorization", {})
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"


def test_nothing_to_pay_is_confirmed(merchant: Merchant) -> None:
    browser, _, tid = at_the_page(merchant, "dintero.zero")
    browser.submit("zero-confirm")
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"


def test_the_code_leads_to_the_app_and_the_first_page_leads_on_afterwards(
    merchant: Merchant,
) -> None:
    browser, _sid, tid = at_the_page(merchant, "swish.swish")
    assert browser.page.get("swish-qr").attrs["src"].startswith("data:image/png;base64,")
    done = browser.page.get("swish-done").attrs["href"]
    browser.open(browser.page.get("swish-open").attrs["href"])
    browser.submit("vipps-approve")
    there = browser.location
    browser.open(done)
    assert browser.location == there
    assert merchant.transaction(tid)["status"] == "CAPTURED"


# In a frame, and in a form that fits another page


@pytest.mark.parametrize("type_", sorted(METHODS))
def test_a_framed_wallet_stays_unless_its_provider_needs_the_window(
    merchant: Merchant, type_: str
) -> None:
    method = METHODS[type_]
    priced = order(
        amount=0 if type_ == "dintero.zero" else 1000, items=None,
        currency=method.currencies[0] if method.currencies else "NOK",
    )  # fmt: skip
    sid = merchant.create_without_profile(only(type_), order=priced)
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}&ui=inline&language=en")
    page: Page = browser.submit("pay", payment_product_type=type_)
    assert bool(page.find("top-level")) is method.needs_whole_window
    if not method.needs_whole_window:
        tid = merchant.ok("GET", "/v1/transactions", params={"session_id": sid})[0]["id"]
        if method.wallet in ("phone", "qr"):
            browser.open(f"/wallet/{sid}/{tid}/app?ui=inline")
            page = browser.submit("vipps-approve")
        else:
            page = browser.submit("payment-approve")
        assert page.get("final").attrs["data-final-event"] == "SessionPaymentAuthorized"


def test_a_step_of_another_wallet_leads_back_to_this_one(merchant: Merchant) -> None:
    _, sid, tid = at_the_page(merchant, VIPPS)
    for action in ("card", "plan", "credit", "gift-card", "click-to-pay", "saved-card"):
        answer = merchant.client.post(f"/wallet/{sid}/{tid}/{action}")
        assert answer.headers["location"] == f"/wallet/{sid}/{tid}"
    answer = merchant.client.post(f"/wallet/{sid}/{tid}/consent")
    assert answer.headers["location"].startswith(f"/?sid={sid}")
    assert merchant.transaction(tid)["status"] == "INITIATED"


# The buyer without a browser, and answers that come too late


def test_a_buyer_without_a_browser_chooses_in_the_wallet_too(merchant: Merchant) -> None:
    for method, first in ((VIPPS, {"postal_place": "Oslo"}), (APPLE, {})):
        sid = merchant.create(configuration=only(VIPPS, APPLE, allow_express_wallet_payment=True))
        steps = {
            "address": {}, "shipping_option": "posten", "pay": {"method": method, "in_wallet": True}
        }  # fmt: skip
        done = merchant.control("POST", f"sessions/{sid}/buyer", steps)
        assert done["transaction"]["status"] == "AUTHORIZED"
        assert done["transaction"]["shipping_address"]["address_line"] == "Storgata 1"
        assert done["transaction"]["shipping_option"]["line_id"] == "posten"
        assert asked(merchant)[-1].get("postal_place") == first.get("postal_place")


def test_a_wallet_does_not_offer_to_pay_in_the_store(merchant: Merchant) -> None:
    in_store = {**POSTEN, "line_id": "in-store", "pay_in_store": {"type": "full"}}
    sid = merchant.create(
        configuration=only(VIPPS, "dintero.zero"),
        express={"shipping_options": [POSTEN, in_store]},
    )
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    browser.submit(f"express-{VIPPS}")
    browser.submit("vipps-next", phone_number="+4791234567")
    browser.submit("vipps-next")
    page = browser.submit("vipps-next", address="1")
    assert page.find("vipps-shipping-option-posten")
    assert page.find("vipps-shipping-option-in-store") is None
    page = browser.submit("vipps-next", shipping_option="in-store")
    assert page.find("vipps-approve") is None
    page = browser.submit("vipps-next", shipping_option="posten")
    browser.submit("vipps-approve")
    assert merchant.session(sid)["order"]["shipping_option"]["line_id"] == "posten"


def test_a_method_that_knows_no_address_cannot_come_first(merchant: Merchant) -> None:
    sid = merchant.create()
    steps = {"pay": {"method": CARD, "in_wallet": True}}
    error = merchant.control("POST", f"sessions/{sid}/buyer", steps, status=400)
    assert "cannot ask for the address itself" in error["message"]


def test_an_answer_for_a_wallet_that_was_left_meanwhile_changes_no_payment() -> None:
    sessions: list[str] = []
    left: list[str] = []

    async def leave_while_answering(callback: Any) -> Any:
        if callback.at == "address_callback" and not left:
            async with merchant.inside() as client:
                tid = merchant_payment(merchant, sessions[0])
                left.append(tid)
                await client.post(f"/wallet/{sessions[0]}/{tid}/back")
        return good_answer(callback)

    with opened(leave_while_answering) as merchant:
        browser, sid = express_at_vipps(merchant)
        sessions.append(sid)
        browser.submit("vipps-next")
        page = browser.submit("vipps-next", address="1")
        assert page.find("pay")
        assert merchant.transaction(left[0])["status"] == "FAILED"
        assert "shipping_address" not in merchant.transaction(left[0])
        assert merchant.session(sid)["order"]["shipping_address"]["postal_place"] == "Oslo"


def merchant_payment(merchant: Merchant, sid: str) -> str:
    """The payment under way, read from the store in the middle of another request."""
    session = merchant.app.state.sandbox.store.load(Session, sid)
    return str(session.payment.transaction_id)


def test_every_sentence_of_the_forms_rules_is_there_to_be_translated(merchant: Merchant) -> None:
    now = merchant.clock.now("T12345678")
    tid = merchant.pay(merchant.create(express=None), VIPPS)
    transaction = merchant.app.state.sandbox.store.load(Transaction, tid)
    said = [
        *card.problems("1", "", "", now).values(),
        *card.problems("4000000000000003", "1/20", "1", now).values(),
        *credit.problems(transaction, "", "").values(),
        *gift_card.problems("1").values(), *gift_card.problems(gift_card.EMPTY).values(),
    ]  # fmt: skip
    assert set(said) == set(SENTENCES)
    assert gift_card.problems(gift_card.FULL) == {}


def test_an_organization_number_has_the_form_of_its_country() -> None:
    for country, number in credit.EXAMPLES.items():
        assert re.fullmatch(credit.PATTERNS[country], number)


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "\u202eevil", "{{ 7*7 }}", "%(shop)s"]
)
@pytest.mark.parametrize("type_", sorted(METHODS))
def test_words_of_the_shop_are_only_words(merchant: Merchant, type_: str, words: str) -> None:
    browser, sid, tid = at_the_page(merchant, type_, customer={"email": words})
    item = {"id": words, "line_id": words, "description": words, "amount": 1000}
    store = merchant.app.state.sandbox.store
    transaction = store.load(Transaction, tid)
    store.save(transaction.with_(items=(Item.model_validate(item),)))
    for path in ("", "/app"):
        page = browser.open(f"/wallet/{sid}/{tid}{path}")
        assert browser.status == 200
        assert "<script>alert" not in page.html
