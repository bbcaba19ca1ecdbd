"""States of the pages where a payment is under way, and what goes wrong there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from page_stage import CARD, ITEMS, OPTIONS, Json, Stage

from mock_dintero.core.payment_method import DEFAULT_PROFILE
from mock_dintero.testing import VIPPS

NO_SHOP: Json = {
    "shipping_options": [], "shipping_address_callback_url": "http://127.0.0.1:1/options",
}  # fmt: skip
"""A shop that cannot be reached."""
ABROAD: Json = {"shipping_options": [{**OPTIONS[0], "countries": ["FI"]}]}
"""A shop that ships to Finland alone."""


def only(*types: str, **more: Any) -> Json:
    """A configuration that offers these and nothing else."""
    found: Json = {
        gateway: {name: {"enabled": False} for name in names}
        for gateway, names in DEFAULT_PROFILE.items()
    } | more
    for type_ in types:
        gateway, _, name = type_.partition(".")
        at = found.setdefault(gateway, {})
        (at.setdefault(name, {}) if name else at)["enabled"] = True
    return found


def method(type_: str, **changes: Any) -> Callable[[Stage], None]:
    """The first page of a method."""
    return lambda stage: stage.pay(type_, **changes)


vipps, card = method(VIPPS), method(CARD)


def vipps_wrong(stage: Stage) -> None:
    """A number that is none."""
    vipps(stage)
    stage.press("vipps-next", vipps_phone="12")


def vipps_app(stage: Stage) -> None:
    """The app, address and shipping being chosen already."""
    vipps(stage)
    stage.press("vipps-next")


def vipps_express(steps: int, express: Json | None = None) -> Callable[[Stage], None]:
    """The app that knows the address itself, after so many steps."""

    def reach(stage: Stage) -> None:
        stage.session(**({"express": express} if express else {}))
        stage.see()
        stage.press(f"express-{VIPPS}")
        stage.press("vipps-next", vipps_phone="+4791234567")
        for _ in range(steps):
            stage.press("vipps-next")

    return reach


def swish(stage: Stage) -> None:
    """The code to scan."""
    stage.pay("swish.swish", order=stage.order(currency="SEK"), configuration=only("swish.swish"))


def swish_app(stage: Stage) -> None:
    """The app on this phone instead of the code."""
    swish(stage)
    stage.press("swish-open")


def sheet(type_: str, shipping: str = "", express: Json | None = None) -> Callable[[Stage], None]:
    """A sheet in one click; with this way of delivery it can be paid."""

    def reach(stage: Stage) -> None:
        stage.session(
            configuration=only(type_, allow_express_wallet_payment=True),
            **({"express": express} if express else {}),
        )
        stage.see()
        stage.press(f"express-{type_}")
        if shipping:
            with stage.page.expect_navigation():
                stage.page.get_by_test_id(f"sheet-shipping-option-{shipping}").click()

    return reach


def card_wrong(stage: Stage) -> None:
    """Every field has to be mended."""
    card(stage)
    stage.press("card-pay", card_number="4000 0000 0000 0003", card_expiry="1/20", card_cvc="1")


def test_cards(stage: Stage) -> None:
    """The list of numbers beside the form."""
    card(stage)
    stage.page.get_by_test_id("test-cards").locator("summary").click()


def three_ds(stage: Stage) -> None:
    """The bank's question."""
    card(stage)
    stage.press("card-pay", card_number="4000100000000000", card_expiry="12/34", card_cvc="123")


def card_saved(stage: Stage) -> None:
    """A card that the shop has saved, and a box to save another."""
    settings = {
        "enabled": True, "generate_payment_token": True,
        "generate_payment_token_config": {"save_card_checkbox": "opt_in"},
    }  # fmt: skip
    first = register_card(stage)
    stage.dintero.buyer(first).pay(CARD)
    paid = stage.dintero.transaction(stage.dintero.peek(first)["transaction_id"])
    token = stage.dintero.call(
        "GET", f"/v1/transactions/{paid['id']}", includes="card.payment_token"
    )["card"]["payment_token"]
    stage.pay(
        CARD,
        configuration=only() | {"dintero_psp": {"vipps": {"enabled": False}, "creditcard": settings}},
        customer={"email": "kari@example.no", "tokens": {CARD: {"payment_token": token}}},
    )  # fmt: skip


def register_card(stage: Stage) -> str:
    """A session in which nothing is bought."""
    made = stage.dintero.call("POST", "/v1/sessions/payment-token", {
        "session": {
            "order": {"currency": "NOK", "merchant_reference": "card-1"},
            "url": {"return_url": f"{stage.shop}/return", "callback_url": f"{stage.shop}/paid"},
        },
        "token_provider": {"payment_product_type": CARD, "token_types": ["payment_token"]},
    })  # fmt: skip
    stage.sid = made["id"]
    return stage.sid


def card_to_save(stage: Stage) -> None:
    """The form of a card that is only to be saved."""
    register_card(stage)
    stage.see()
    stage.press("pay")


def click_to_pay(stage: Stage) -> None:
    """From the card form."""
    both = only(CARD, "dintero_psp.clicktopay")
    stage.pay(CARD, configuration=both, customer={"email": "kari@example.no"})
    stage.press("click-to-pay-open")


def wrong(type_: str, button: str) -> Callable[[Stage], None]:
    """A form that was sent empty."""

    def reach(stage: Stage) -> None:
        stage.pay(type_, configuration=only(type_))
        stage.press(button)

    return reach


def nothing_to_buy(stage: Stage) -> None:
    """An order that costs nothing."""
    order = stage.order(items=[{**ITEMS[1], "amount": 0}], amount=0)
    stage.session(express=None, order=order, configuration=only("dintero.zero"))
    stage.see()


def nothing_to_pay(stage: Stage) -> None:
    """Its last page."""
    nothing_to_buy(stage)
    stage.press("pay")


def given_up(stage: Stage) -> None:
    """Back from the wallet, to choose another way."""
    vipps(stage)
    stage.press("vipps-back")
