"""States of the express steps that need more than a session: long lists, what is unfolded, what is news."""

from __future__ import annotations

from collections.abc import Callable

from page_stage import BOXES, GATEWAYS, ITEMS, OPTIONS, Json, Stage, pick_up_point

STREETS = (
    "Storgata 14", "Thorvald Meyers gate 40", "Bogstadveien 3", "Karl Johans gate 22", "Trondheimsveien 2",
    "Grønland 18", "Ullevålsveien 61", "Bygdøy allé 5", "Drammensveien 130", "Sandakerveien 59",
    "Kirkeveien 88", "Hegdehaugsveien 27",
)  # fmt: skip
PLACES: list[Json] = [
    pick_up_point(f"Kiosk {number}", street, "Oslo", f"{150 + number:04}", 0.3 * number)
    for number, street in enumerate(STREETS, start=1)
]
"""More pick-up points than anybody wants to read."""
SLOTS: list[Json] = [
    {**OPTIONS[0], "line_id": f"slot-{day}-{hour}", "description": "", "time_slot": {
        "starts_at": f"2027-02-{day:02}T{hour:02}:00:00Z",
        "ends_at": f"2027-02-{day:02}T{hour + 2:02}:00:00Z",
    }}
    for day in (8, 9, 10) for hour in (8, 16)
]  # fmt: skip
GREEN: Json = {
    "description": "By cargo bike, all the way to your door",
    "details": [{"label": "CO₂", "value": "12 g"}, {"label": "Energy", "value": "0.1 kWh"}],
}
AT_THE_TILL: Json = {
    **OPTIONS[3], "id": "till", "line_id": "till", "title": "Pay and fetch it in the shop",
    "pay_in_store": {"type": "full"},
}  # fmt: skip


def at_shipping(stage: Stage, *options: Json, chosen: str = "") -> None:
    """Where one of these ways of delivery is to be chosen."""
    stage.session(express={"shipping_options": list(options)})
    buyer = stage.dintero.buyer(stage.sid)
    buyer.give_address()
    if chosen:
        buyer.choose_shipping(chosen)
    stage.see()


def many_places(chosen: str = "") -> Callable[[Stage], None]:
    """A list that is too long, in which this one is chosen."""
    return lambda stage: at_shipping(stage, OPTIONS[0], *PLACES, chosen=chosen)


def many_places_open(stage: Stage) -> None:
    """The whole list."""
    at_shipping(stage, OPTIONS[0], *PLACES)
    stage.page.locator("details.choices__more > summary").click()


def slots(stage: Stage) -> None:
    """One way of delivery at several times."""
    at_shipping(stage, *SLOTS)


def unfolded(stage: Stage) -> None:
    """All that is said about a way of delivery."""
    at_shipping(stage, {**OPTIONS[0], "environmental_data": GREEN}, *OPTIONS[1:])
    for line_id in ("home", "pickup-0184"):
        stage.page.get_by_test_id(f"shipping-more-{line_id}").locator("summary").click()


def in_store(stage: Stage) -> None:
    """A way of delivery that is paid for in the shop."""
    stage.session(
        express={"shipping_options": [OPTIONS[0], AT_THE_TILL]},
        configuration={**GATEWAYS, "dintero": {"zero": {"enabled": True}}},
    )
    buyer = stage.dintero.buyer(stage.sid)
    buyer.give_address()
    buyer.choose_shipping("till")
    stage.see()


def contents(stage: Stage) -> None:
    """Parcels that say what is in them, one chosen."""
    at_shipping(
        stage,
        {**OPTIONS[0], "shipment_id": "oslo", "shipment_items": [{"line_id": "1", "quantity": 1}]},
        {**OPTIONS[3], "shipment_id": "oslo", "shipment_items": [{"line_id": "1", "quantity": 1}]},
        {**OPTIONS[0], "id": "van", "line_id": "van", "title": "Van", "amount": 19900,
         "shipment_id": "bergen", "shipment_items": [{"line_id": "2", "quantity": 2}]},
    )  # fmt: skip


def business(stage: Stage) -> None:
    """The form of a business."""
    stage.session()
    stage.see()
    stage.page.get_by_test_id("customer-type-b2b").check(force=True)


def recognised(stage: Stage) -> None:
    """An e-mail address is typed that the checkout knows."""
    stage.session()
    stage.see()
    stage.page.get_by_test_id("email").fill("kari.nordmann@example.no")
    stage.page.get_by_test_id("phone").focus()
    stage.page.get_by_test_id("use-known-customer").wait_for()


def known_business(stage: Stage) -> None:
    """A customer with one address, a company's."""
    stage.session(customer={"email": "innkjop@fjellogfjord.example.no"})
    stage.see()


def billing_given(stage: Stage) -> None:
    """Two addresses were given."""
    stage.session(
        configuration={**GATEWAYS, "allow_different_billing_shipping_address": ["b2c"]},
        express={
            "shipping_options": OPTIONS,
            "default_different_billing_shipping_address": ["b2c"],
        },
    )
    stage.see()
    stage.press(
        "submit-address", email="kari@example.no", phone="+4791234567", first_name="Kari",
        last_name="Nordmann", address_line="Storgata 1", postal_code="0155", postal_place="Oslo",
        billing_first_name="Ola", billing_last_name="Nordmann", billing_address_line="Bryggen 7",
        billing_postal_code="5003", billing_postal_place="Bergen",
    )  # fmt: skip


def customers(stage: Stage) -> None:
    """Whom the sandbox knows."""
    stage.session()
    stage.see()
    stage.page.get_by_test_id("customers-panel").locator("summary").first.click()


def without_shipping(stage: Stage) -> None:
    """An address is all that is asked for."""
    stage.session(express={"shipping_options": [], "shipping_mode": "shipping_not_required"})
    stage.dintero.buyer(stage.sid).give_address()
    stage.see()


def with_codes(stage: Stage, *codes: str, most: int = 2) -> None:
    """The shop takes discount codes, and has taken these."""
    express = {
        "shipping_options": OPTIONS,
        "discount_codes": {"max_count": most, "callback_url": f"{stage.shop}/codes"},
    }
    discounts = {"express_discount_codes": {"enabled": True}}
    stage.ready(express=express, configuration={**GATEWAYS, "discounts": discounts})
    if codes:
        stage.dintero.buyer(stage.sid).submit_codes(*codes)
    stage.see()


def code_used_up(stage: Stage) -> None:
    """As many codes as the shop takes."""
    with_codes(stage, "WELCOME", most=1)


def code_removed(stage: Stage) -> None:
    """A code was taken back."""
    with_codes(stage, "WELCOME")
    stage.press("discount-code-remove-WELCOME")


def boxes_ticked(stage: Stage) -> None:
    """All that has to be ticked is."""
    stage.session(express=None, checkboxes=BOXES)
    stage.see()
    stage.page.get_by_test_id("checkbox-terms").check()


def lower_a_price(stage: Stage) -> None:
    """The shop's update, while the page is open."""
    items = [{**ITEMS[0], "amount": 74900}, ITEMS[1]]
    body = {
        "order": {"amount": 74900 + 29800, "items": items},
        "express": {"shipping_options": OPTIONS},
    }
    stage.dintero.call("PUT", f"/v1/sessions/{stage.sid}", body, update_without_lock="true")


def updated(stage: Stage) -> None:
    """The customer pressed pay on a page that did not listen, and is shown first what has changed."""
    stage.ready()
    stage.page.route("**/changes?*", lambda route: route.abort())
    stage.see()
    lower_a_price(stage)
    stage.press("pay")


def drawn_anew(stage: Stage) -> None:
    """The page listened, and has drawn itself anew."""
    stage.ready()
    with stage.page.expect_request("**/changes?*"):
        stage.see()
    total = "document.querySelector('[data-testid=order-total]').innerText"
    before = stage.page.evaluate(total)
    lower_a_price(stage)
    stage.page.wait_for_function(f"before => {total} !== before", arg=before)
