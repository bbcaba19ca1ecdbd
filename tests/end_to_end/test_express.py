"""The express steps in a real browser: known customers, towns, and a session that changes under the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from mock_dintero.playwright import CheckoutPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

KARI = "kari.nordmann@example.no"
HOME: dict[str, Any] = {
    "id": "home", "line_id": "home", "amount": 4900, "title": "Home delivery", "operator": "Posten",
    "environmental_data": {"description": "By bicycle", "details": [{"label": "CO2", "value": "0 g"}]},
}  # fmt: skip
PICK: dict[str, Any] = {**HOME, "id": "pick", "line_id": "pick", "amount": 0, "title": "Fetch it"}
ITEM: dict[str, Any] = {
    "id": "mug", "line_id": "1", "description": "Mug", "quantity": 1, "amount": 10000
}  # fmt: skip
TWO_ADDRESSES = {"allow_different_billing_shipping_address": ["b2b"]}


def new(dintero: Any, *options: Any, **changes: Any) -> Any:
    order = {"amount": 10000, "currency": "NOK", "merchant_reference": "1", "items": [ITEM]}
    body = {"order": order, "express": {"shipping_options": list(options or (HOME,))}, **changes}
    return dintero.create_session(**body, url={"return_url": f"{dintero.url}/readyz"})


def put(dintero: Any, session: Any, amount: int, **params: str) -> None:
    """The merchant's update: the mug costs this."""
    order = {"amount": amount, "items": [{**ITEM, "amount": amount}]}
    body = {"order": order, "express": {"shipping_options": [HOME]}}
    dintero.call("PUT", f"/v1/sessions/{session['id']}", body, **params)


def settled(page: Page) -> None:
    """Until the page listens to what happens."""
    with page.expect_request("**/changes?*"):
        pass


def test_a_known_customer_buys_in_two_clicks(page: Page, mock_dintero: Any) -> None:
    session, checkout = new(mock_dintero, customer={"email": KARI}), CheckoutPage(page)
    checkout.open(session["page_url"])
    checkout.use_address(1)
    assert page.get_by_test_id("shipping-option-home").is_checked()
    assert page.get_by_test_id("payment-method-dintero_psp.vipps").is_checked()
    checkout.pay()
    address = mock_dintero.session(session["id"])["order"]["shipping_address"]
    assert address["postal_place"] == "Bergen"


def test_the_steps_in_one_take_a_known_address(page: Page, mock_dintero: Any) -> None:
    session, checkout = new(mock_dintero, customer={"email": KARI}), CheckoutPage(page)
    checkout.open(session["page_url"])
    checkout.buy()
    assert mock_dintero.session(session["id"])["transaction_id"]


def test_a_known_email_is_offered_while_it_is_typed(page: Page, mock_dintero: Any) -> None:
    page.goto(new(mock_dintero)["page_url"])
    page.get_by_test_id("email").fill(KARI)
    page.get_by_test_id("first-name").fill("Ola")
    page.get_by_test_id("use-known-customer").wait_for()
    assert page.get_by_test_id("first-name").input_value() == "Ola"
    page.get_by_test_id("use-known-customer").click()
    page.get_by_test_id("use-address").wait_for()
    assert "Grensen 3" in page.get_by_test_id("known-address").inner_text()


def test_the_town_comes_with_the_code_and_goes_with_it(page: Page, mock_dintero: Any) -> None:
    page.goto(new(mock_dintero)["page_url"])
    code, town = page.get_by_test_id("postal-code"), page.get_by_test_id("postal-place")
    for typed, found in (("5003", "Bergen"), ("0155", "Oslo"), ("9999", "")):
        with page.expect_response("**/place?*"):
            code.fill(typed)
            code.blur()
        page.wait_for_function(
            "([at, town]) => document.getElementById(at).value === town",
            arg=["postal_place", found],
        )
    town.fill("Fjellheim")
    code.fill("0155")
    page.get_by_test_id("country").select_option("SE")
    page.get_by_test_id("country").select_option("NO")
    assert town.input_value() == "Fjellheim"


def test_who_types_the_town_that_has_just_come_does_not_write_it_twice(
    page: Page, mock_dintero: Any
) -> None:
    page.goto(new(mock_dintero)["page_url"])
    code, town = page.get_by_test_id("postal-code"), page.get_by_test_id("postal-place")
    code.fill("0155")
    with page.expect_response("**/place?*"):
        town.focus()
    page.wait_for_function("document.getElementById('postal_place').value === 'Oslo'")
    page.keyboard.type("Oslo")
    assert town.input_value() == "Oslo"


def test_fields_are_those_of_who_is_shopping(page: Page, mock_dintero: Any) -> None:
    page.goto(new(mock_dintero, configuration=TWO_ADDRESSES)["page_url"])
    company, box = (
        page.get_by_test_id("business-name"),
        page.get_by_test_id("different-billing-b2b"),
    )
    street = page.get_by_test_id("billing-address-line")
    assert [one.is_visible() for one in (company, box, street)] == [False, False, False]
    page.get_by_test_id("customer-type-b2b").check(force=True)
    assert [one.is_visible() for one in (company, box, street)] == [True, True, False]
    box.check()
    assert street.is_visible()
    page.get_by_test_id("customer-type-b2c").check(force=True)
    assert [one.is_visible() for one in (company, box, street)] == [False, False, False]


def test_what_is_folded_away_does_not_choose(page: Page, mock_dintero: Any) -> None:
    session, checkout = new(mock_dintero, HOME, PICK), CheckoutPage(page)
    checkout.open(session["page_url"])
    checkout.give_address()
    page.get_by_test_id("shipping-more-pick").locator("summary").click()
    assert page.get_by_test_id("shipping-environment-pick").is_visible()
    assert not page.get_by_test_id("shipping-option-pick").is_checked()


MANY = [
    {**PICK, "line_id": f"kiosk-{n}", "delivery_method": "pick_up", "pick_up_address": {
        "business_name": f"Kiosk {n}", "address_line": f"Storgata {n}", "postal_place": "Oslo",
    }} for n in range(1, 13)
]  # fmt: skip


def test_a_place_deep_in_a_long_list_is_chosen_with_the_keyboard(
    page: Page, mock_dintero: Any
) -> None:
    session, checkout = new(mock_dintero, *MANY), CheckoutPage(page)
    checkout.open(session["page_url"])
    checkout.give_address()
    assert checkout.shipping_options() == [option["line_id"] for option in MANY]
    rest = page.get_by_text("Show 7 more")
    page.get_by_test_id("shipping-option-kiosk-5").focus()
    page.keyboard.press("Tab")
    while not page.evaluate("document.activeElement.matches('.choices__more > summary')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert not rest.is_visible()
    page.get_by_test_id("shipping-option-kiosk-11").focus()
    with page.expect_navigation():
        page.keyboard.press("Space")
    assert page.get_by_test_id("shipping-option-kiosk-11").is_checked()
    assert page.get_by_test_id("shipping-option-kiosk-11").is_visible()
    assert not page.get_by_test_id("shipping-option-kiosk-10").is_visible()
    assert page.get_by_text("Show 6 more").is_visible()


def test_the_steps_unfold_what_they_choose(page: Page, mock_dintero: Any) -> None:
    session, checkout = new(mock_dintero, *MANY), CheckoutPage(page)
    checkout.open(session["page_url"])
    checkout.give_address()
    checkout.choose_shipping("kiosk-12")
    assert mock_dintero.session(session["id"])["order"]["shipping_option"]["line_id"] == "kiosk-12"


def test_the_app_folds_a_long_list_too(page: Page, mock_dintero: Any) -> None:
    session, checkout = new(mock_dintero, *MANY), CheckoutPage(page)
    checkout.open(session["page_url"])
    checkout.vipps_express(shipping="kiosk-12").approve()
    assert mock_dintero.session(session["id"])["order"]["shipping_option"]["line_id"] == "kiosk-12"


def test_a_step_keeps_the_customers_place(page: Page, mock_dintero: Any) -> None:
    page.set_viewport_size({"width": 375, "height": 600})
    session, checkout = new(mock_dintero, HOME, PICK), CheckoutPage(page)
    checkout.open(session["page_url"])
    checkout.give_address()
    option = page.get_by_test_id("shipping-option-pick")
    option.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    checkout.choose_shipping("pick")
    page.wait_for_function("y => Math.abs(scrollY - y) < 80", arg=before)
    page.wait_for_function("document.activeElement?.value === 'pick'")
    checkout.choose_shipping("home")
    assert checkout.total().endswith("149.00")


def test_a_merchants_update_is_drawn_and_what_was_typed_stays(
    page: Page, mock_dintero: Any
) -> None:
    session = new(mock_dintero)
    page.goto(session["page_url"])
    settled(page)
    page.get_by_test_id("first-name").fill("Kari")
    page.get_by_test_id("address-line").fill("Stor")
    page.get_by_test_id("customer-type-b2b").check(force=True)
    page.get_by_test_id("address-line").focus()
    put(mock_dintero, session, 7700, update_without_lock="true")
    page.get_by_test_id("order-total").and_(page.get_by_text("77.00")).wait_for()
    assert page.get_by_test_id("first-name").input_value() == "Kari"
    assert page.get_by_test_id("customer-type-b2b").is_checked()
    page.keyboard.type("gata")
    assert page.get_by_test_id("address-line").input_value() == "Storgata"


def test_a_lock_holds_the_page_still_until_it_goes(page: Page, mock_dintero: Any) -> None:
    session = new(mock_dintero)
    page.goto(session["page_url"])
    settled(page)
    page.get_by_test_id("email").fill("a@b.no")
    httpx.post(f"{mock_dintero.url}/v1/view/{session['id']}/session/lock", trust_env=False)
    page.get_by_test_id("reload").wait_for()
    assert page.get_by_test_id("email").is_disabled()
    put(mock_dintero, session, 5000)
    page.get_by_test_id("reload").wait_for(state="detached")
    assert page.get_by_test_id("email").is_enabled()
    assert page.get_by_test_id("email").input_value() == "a@b.no"
    assert "50.00" in page.get_by_test_id("order-total").inner_text()


def test_a_change_before_the_page_listens_is_not_missed(page: Page, mock_dintero: Any) -> None:
    session = new(mock_dintero)
    page.goto(session["page_url"])
    put(mock_dintero, session, 7700, update_without_lock="true")
    page.get_by_text("77.00").first.wait_for()


@pytest.mark.parametrize(
    ("end", "words"),
    [("cancel", "This checkout was cancelled"), ("expire", "This checkout has expired"),
     ("reset", "This checkout does not exist")],
)  # fmt: skip
def test_a_session_that_ends_ends_its_page(
    page: Page, mock_dintero: Any, end: str, words: str
) -> None:
    session = new(mock_dintero)
    page.goto(session["page_url"])
    settled(page)
    if end == "cancel":
        mock_dintero.call("POST", f"/v1/sessions/{session['id']}/cancel")
    elif end == "expire":
        mock_dintero.advance(25 * 3600)
    else:
        mock_dintero.reset()
    page.get_by_role("heading", name=words).wait_for()


def test_a_page_ends_by_itself_when_its_time_has_come(page: Page, mock_dintero: Any) -> None:
    from datetime import UTC, datetime, timedelta

    soon = datetime.now(UTC) + timedelta(seconds=2)
    session = new(mock_dintero, expires_at=soon.isoformat())
    page.goto(session["page_url"])
    page.get_by_role("heading", name="This checkout has expired").wait_for()


@pytest.mark.parametrize("context", [{"java_script_enabled": False}], indirect=True, ids=[""])
def test_without_javascript_a_known_customer_buys_too(page: Page, mock_dintero: Any) -> None:
    session, checkout = new(mock_dintero, HOME, PICK), CheckoutPage(page)
    checkout.open(session["page_url"])
    page.get_by_test_id("email").fill(KARI)
    page.get_by_test_id("submit-address").click()
    checkout.use_address()
    checkout.choose_shipping("home")
    checkout.pay()
    checkout.vipps().approve()
    assert mock_dintero.session(session["id"])["transaction_id"]
