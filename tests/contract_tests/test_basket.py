"""The sample shop's parcels, and its basket that changes while Dintero's page is open."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

# As when it is run by its path.
sys.path.insert(0, str(Path(__file__).parents[2] / "contract_tests"))

from sample_shop import make_app
from shop.operations import everything_sold
from shop.order import Order
from shop.parcels import as_choice, options_of, our_options, parcels_of
from shop.payments import misfit
from shop.session import session_update
from shop.settings import Settings

BERGEN = {"country": "NO", "postal_code": "5014"}
MUG_AND_POSTER = (("mug", 1), ("poster", 2))
SESSION_ID = "T12345678.session1"
Json = dict[str, Any]


# --- Parcels -----------------------------------------------------------------------------------


def test_the_poster_travels_by_itself() -> None:
    assert parcels_of((("sweater", 1), *MUG_AND_POSTER)) == {
        "warehouse": [
            {"line_id": "sweater", "quantity": 1},
            {"line_id": "mug", "quantity": 1},
        ],
        "printer": [{"line_id": "poster", "quantity": 2}],
    }


@pytest.mark.parametrize("lines", [(("mug", 1), ("sweater", 2)), (("poster", 3),)])
def test_what_travels_in_one_piece_has_no_shipment_id(lines: tuple[tuple[str, int], ...]) -> None:
    options = options_of(lines, BERGEN, 14900)
    assert [option["line_id"] for option in options] == ["home", "pick-up-1", "pick-up-2"]
    assert not any("shipment_id" in option for option in options)


def test_each_parcel_has_options_of_its_own() -> None:
    options = options_of(MUG_AND_POSTER, BERGEN, 14900)
    assert len({option["line_id"] for option in options}) == len(options) == 6
    for option in options:
        assert option["shipment_items"] == parcels_of(MUG_AND_POSTER)[option["shipment_id"]]


@pytest.mark.parametrize(
    ("line_ids", "price"),
    [
        (["home-warehouse", "home-printer"], 19800),
        (["pick-up-1-warehouse", "home-printer"], 14800),
        (["home-warehouse"], 0),
        (["home-warehouse", "pick-up-1-warehouse"], 0),
        (["home-warehouse", "home"], 0),
        ([], 0),
    ],
)
def test_a_choice_is_one_option_for_each_parcel(line_ids: list[str], price: int) -> None:
    options = options_of(MUG_AND_POSTER, BERGEN, 14900)
    chosen = {"shipments": [{"line_id": line_id, "amount": 1} for line_id in line_ids]}
    assert sum(option["amount"] for option in our_options(options, chosen)) == price


def order_with(lines: tuple[tuple[str, int], ...], **changes: Any) -> Order:
    return Order("order-1", lines, session_id=SESSION_ID, **changes)


def chosen_at_home(order: Order) -> Json:
    options = options_of(order.lines, BERGEN, order.items_amount)
    return as_choice([option for option in options if option["line_id"].startswith("home")])


def test_both_parcels_are_paid_for_and_captured() -> None:
    order = order_with(MUG_AND_POSTER)
    chosen = chosen_at_home(order)
    transaction = {
        "merchant_reference": "order-1",
        "session_id": SESSION_ID,
        "status": "AUTHORIZED",
        "currency": "NOK",
        "amount": 64700 + 19800,
        "shipping_address": BERGEN,
        "shipping_option": chosen,
    }
    assert misfit(order, transaction) is None
    assert misfit(order, transaction | {"amount": 64700 + 9900}) is not None
    one = chosen | {"shipments": chosen["shipments"][:1]}
    assert "no shipping option that we offer" in str(
        misfit(order, transaction | {"shipping_option": one})
    )
    sold = everything_sold(order_with(MUG_AND_POSTER, shipping_option=chosen))
    assert sum(item["amount"] for item in sold) == 64700 + 19800
    assert len({item["line_id"] for item in sold}) == len(sold) == 4


# --- Another basket ----------------------------------------------------------------------------


def test_an_update_keeps_the_chosen_option_and_counts_it() -> None:
    order = order_with((("sweater", 1), ("mug", 1)))
    asked = {"shipping_address": BERGEN, "shipping_option": {"line_id": "home", "amount": 9900}}
    update = session_update(order, asked)
    assert update["order"]["amount"] == 94800 + 9900
    assert update["order"]["shipping_option"]["line_id"] == "home"
    assert update["express"]["shipping_options"][0]["amount"] == 9900


def test_an_update_may_make_the_chosen_option_free() -> None:
    asked = {"shipping_address": BERGEN, "shipping_option": {"line_id": "home", "amount": 9900}}
    update = session_update(order_with((("sweater", 2),)), asked)
    assert update["order"]["amount"] == 159800
    assert update["order"]["shipping_option"]["amount"] == 0


def test_an_update_that_cuts_the_parcels_anew_leaves_nothing_chosen() -> None:
    asked = {"shipping_address": BERGEN, "shipping_option": {"line_id": "home", "amount": 9900}}
    update = session_update(order_with(MUG_AND_POSTER), asked)
    assert update["order"]["amount"] == 64700
    assert "shipping_option" not in update["order"]


class DinteroWithOneSession:
    """A session that can be updated; `trouble` is answered instead, `is_done` says whether it was done."""

    def __init__(self) -> None:
        self.order: Json = {}
        self.trouble: int | None = None
        self.is_done = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/auth/token"):
            return httpx.Response(200, json={"access_token": "token", "expires_in": 14400})
        if request.method == "GET":
            return httpx.Response(200, json={"id": SESSION_ID, "order": self.order})
        if request.method == "PUT" and self.trouble and not self.is_done:
            return httpx.Response(self.trouble, json={"error": {"message": "no"}})
        self.order |= json.loads(request.content)["order"]
        if request.method == "PUT":
            assert request.url.query == b"update_without_lock=true"
        if request.method == "PUT" and self.trouble:
            return httpx.Response(self.trouble, json={"error": {"message": "no"}})
        return httpx.Response(200, json={"id": SESSION_ID, "url": "https://page.test"})


def play(scene: Callable[[DinteroWithOneSession, httpx.AsyncClient], Awaitable[None]]) -> None:
    async def run() -> None:
        names = (
            "api_url",
            "checkout_url",
            "account_id",
            "client_id",
            "client_secret",
            "profile_id",
        )
        known = dict.fromkeys(names, "https://dintero.test")
        settings = Settings(**known, signature_secret="s", public_url="https://shop.test")
        dintero = DinteroWithOneSession()
        app = make_app(settings, httpx.MockTransport(dintero))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="https://shop.test") as client:
            await client.post("/checkout", json={"lines": {"sweater": 1}})
            await scene(dintero, client)

    asyncio.run(run())


async def change(client: httpx.AsyncClient, **lines: int) -> httpx.Response:
    return await client.post("/orders/order-1001/lines", json={"lines": lines})


async def amounts(dintero: DinteroWithOneSession, client: httpx.AsyncClient) -> tuple[int, int]:
    """What it costs at Dintero and in the shop."""
    order = (await client.get("/api/orders/order-1001")).json()
    return dintero.order["amount"], order["amount"]


def test_a_changed_basket_is_told_to_dintero() -> None:
    async def scene(dintero: DinteroWithOneSession, client: httpx.AsyncClient) -> None:
        answer = await change(client, sweater=1, mug=1)
        assert answer.status_code == 200
        assert await amounts(dintero, client) == (94800, 94800)
        assert answer.json()["history"][-1]["what"] == "changed"

    play(scene)


@pytest.mark.parametrize(("trouble", "status"), [(400, 409), (500, 502)])
def test_a_basket_that_dintero_refuses_stays_as_it_was(trouble: int, status: int) -> None:
    async def scene(dintero: DinteroWithOneSession, client: httpx.AsyncClient) -> None:
        dintero.trouble = trouble
        assert (await change(client, mug=1)).status_code == status
        assert await amounts(dintero, client) == (79900, 79900)

    play(scene)


def test_a_basket_that_was_changed_though_the_answer_was_lost_is_changed() -> None:
    async def scene(dintero: DinteroWithOneSession, client: httpx.AsyncClient) -> None:
        dintero.trouble, dintero.is_done = 500, True
        assert (await change(client, mug=1)).status_code == 200
        assert await amounts(dintero, client) == (14900, 14900)

    play(scene)


def test_an_unknown_order_has_no_basket() -> None:
    async def scene(dintero: DinteroWithOneSession, client: httpx.AsyncClient) -> None:
        answer = await client.post("/orders/order-9/lines", json={"lines": {"mug": 1}})
        assert answer.status_code == 404

    play(scene)
