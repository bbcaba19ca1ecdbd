"""The rules of the sample shop by which an order is shipped and paid back in parts, and Dintero is asked."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

# As when it is run by its path.
sys.path.insert(0, str(Path(__file__).parents[2] / "contract_tests"))

from shop.dintero import Dintero, asked_to_wait
from shop.errors import DinteroError, ShopError
from shop.operations import Part, capture_request, chosen, lines_left, refund_request, void_request
from shop.order import Order
from shop.payments import failure, has_moved, under_way
from shop.settings import Settings
from shop.shipping import home_delivery

Json = dict[str, Any]
SWEATER, MUG, HOME = 79900, 14900, 9900


def paid(**changes: Any) -> Order:
    order = Order("order-1", (("sweater", 2), ("mug", 1)), status="paid")
    return replace(order, shipping_option=home_delivery("NO", is_free=False), **changes)


def part(**lines: int) -> Part:
    return Part(tuple(lines.items()))


def quantities(request: Json) -> list[tuple[str, int, int]]:
    return [(item["line_id"], item["quantity"], item["amount"]) for item in request["items"]]


# --- Parts -------------------------------------------------------------------------------------


def test_a_part_takes_its_lines_and_the_shipping() -> None:
    request = capture_request(paid(), part(sweater=1))
    assert quantities(request) == [("sweater", 1, SWEATER), ("home", 1, HOME)]
    assert request["amount"] == SWEATER + HOME
    assert request["capture_reference"] == "order-1-shipment-1"


def test_the_rest_is_what_no_earlier_part_has_taken() -> None:
    first = capture_request(paid(), part(sweater=1))
    order = paid(captured=first["amount"], captured_items=tuple(first["items"]))
    order = replace(order, status="partially_captured").noted("now", "captured")
    rest = capture_request(order, Part())
    assert quantities(rest) == [("sweater", 1, SWEATER), ("mug", 1, MUG)]
    assert rest["amount"] == SWEATER + MUG
    assert first["amount"] + rest["amount"] == order.amount
    assert rest["capture_reference"] == "order-1-shipment-2"


def test_the_shipping_goes_with_the_first_part_alone() -> None:
    first = capture_request(paid(), part(sweater=1))
    order = paid(captured=first["amount"], captured_items=tuple(first["items"]))
    assert quantities(capture_request(order, part(mug=1))) == [("mug", 1, MUG)]


@pytest.mark.parametrize("lines", [{"sweater": 3}, {"mug": 2}, {"poster": 1}])
def test_more_than_is_left_is_not_sent(lines: dict[str, int]) -> None:
    with pytest.raises(ShopError, match="left to send"):
        capture_request(paid(), part(**lines))


def test_the_last_portion_of_a_line_takes_what_rounding_has_left_over() -> None:
    line = {"line_id": "a", "quantity": 3, "amount": 100, "vat_amount": 20, "type": "physical"}
    taken: list[Json] = []
    for _ in range(3):
        taken += chosen(lines_left([line], taken), (("a", 1),))
    assert [item["amount"] for item in taken] == [33, 33, 34]
    assert lines_left([line], taken) == []


def test_a_part_of_a_line_does_not_tell_the_discount_of_all_of_it() -> None:
    discounted = paid(discount_codes=("WELCOME10",))
    [some, _] = capture_request(discounted, part(sweater=1))["items"]
    assert (some["amount"], "discount_lines" in some) == (71910, False)
    [whole, *_] = capture_request(discounted, Part())["items"]
    assert whole["discount_lines"][0]["amount"] == 15980


def test_what_was_captured_elsewhere_without_lines_leaves_a_rest_without_lines() -> None:
    order = paid(captured=10000, status="partially_captured")
    request = capture_request(order, Part())
    assert request["amount"] == order.amount - 10000
    assert "items" not in request
    with pytest.raises(ShopError, match="left to take"):
        capture_request(replace(order, captured=order.amount - 100), part(mug=1))


@pytest.mark.parametrize("status", ["pending", "on_hold", "voided", "failed", "refunded"])
def test_an_order_that_is_not_paid_is_not_shipped(status: str) -> None:
    with pytest.raises(ShopError, match="cannot be shipped"):
        capture_request(replace(paid(), status=status), Part())


def test_a_refund_is_a_sum_or_all_that_is_left() -> None:
    order = paid(status="captured", captured=paid().amount)
    whole = refund_request(order, Part())
    assert whole["amount"] == sum(item["amount"] for item in whole["items"]) == order.amount
    some = refund_request(order, Part(amount=5000))
    assert (some["amount"], "items" in some) == (5000, False)
    rest = refund_request(replace(order, refunded=5000), Part())
    assert (rest["amount"], "items" in rest) == (order.amount - 5000, False)


def test_no_more_is_paid_back_than_was_taken() -> None:
    order = paid(status="partially_captured", captured=SWEATER)
    assert refund_request(order, Part())["amount"] == SWEATER
    with pytest.raises(ShopError, match="left to pay back"):
        refund_request(order, Part(amount=SWEATER + 1))
    with pytest.raises(ShopError, match="nothing to pay back"):
        refund_request(paid(), Part())


@pytest.mark.parametrize("rule", [capture_request, refund_request, void_request])
def test_nothing_is_asked_for_while_something_is_under_way(rule: Callable[..., Json]) -> None:
    order = paid(under_way="capture", captured=SWEATER)
    with pytest.raises(ShopError, match="capture under way"):
        rule(order, Part())


# --- What became of it -------------------------------------------------------------------------


def test_an_operation_is_under_way_until_the_event_that_ends_it() -> None:
    begun = {"event": "INITIATE_CAPTURE", "request_id": "r1", "success": True}
    ended = {"event": "CAPTURE", "correlation_request_id": "r1", "success": True}
    assert under_way({"events": [{"event": "INITIALIZE"}, {"event": "AUTHORIZE"}]}) == ""
    assert under_way({"events": [begun]}) == "capture"
    assert under_way({"events": [begun, ended]}) == ""


def test_a_failure_is_told_until_something_else_has_happened() -> None:
    refused = {"event": "REFUND", "success": False, "error": {"message": "no money"}}
    assert failure({"events": [refused]}) == "no money"
    assert failure({"events": [refused | {"error": None}]}) == "the provider did not say why"
    assert failure({"events": [refused, {"event": "REFUND", "success": True}]}) == ""
    assert failure({"events": [{"event": "AUTHORIZE", "success": False}]}) == ""
    assert failure({}) == ""


def test_money_has_moved_when_a_sum_or_the_state_is_another() -> None:
    assert not has_moved(paid(), paid(failure="refused", problem="x"))
    for changes in ({"captured": 1}, {"refunded": 1}, {"under_way": "void"}):
        assert has_moved(paid(), paid(**changes))


# --- Asking Dintero ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "told", "seconds"),
    [(429, "1", 1), (429, "5", 5), (429, "6", None), (429, "soon", None), (429, None, None),
     (503, "1", None)],
)  # fmt: skip
def test_a_wait_is_honoured_if_it_is_short(
    status: int, told: str | None, seconds: int | None
) -> None:
    headers = {"retry-after": told} if told else {}
    assert asked_to_wait(httpx.Response(status, headers=headers)) == seconds


def asking(answer: Callable[[httpx.Request], Awaitable[httpx.Response]]) -> Json:
    """What the shop reads, when Dintero answers each call so."""
    names = "api_url checkout_url account_id client_id client_secret profile_id signature_secret"
    settings = Settings(
        **dict.fromkeys(names.split(), "https://dintero.test"), public_url="", timeout=0.05
    )

    async def ask() -> Json:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            return await Dintero(settings, http).transaction("t1")

    return asyncio.run(ask())


def test_a_call_is_tried_once_more_after_the_wait() -> None:
    calls: list[str] = []

    async def busy(request: httpx.Request) -> httpx.Response:
        calls.append(request.method)
        if request.method == "POST":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 60})
        return httpx.Response(429, headers={"retry-after": "0"}, json={})

    with pytest.raises(DinteroError, match="429"):
        asking(busy)
    assert calls == ["POST", "GET", "GET"]


def test_a_dintero_that_does_not_answer_is_given_up() -> None:
    async def silent(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        return httpx.Response(200)

    with pytest.raises(DinteroError, match="could not be reached"):
        asking(silent)


def test_the_time_out_may_be_said_in_the_environment() -> None:
    names = "API_URL CHECKOUT_URL ACCOUNT_ID CLIENT_ID CLIENT_SECRET PROFILE_ID SIGNATURE_SECRET"
    known = {f"DINTERO_{name}": "x" for name in names.split()}
    assert Settings.from_environment(known, "http://shop").timeout == 5
    told = Settings.from_environment(known | {"DINTERO_TIMEOUT": "1.5"}, "http://shop")
    assert told.timeout == 1.5
