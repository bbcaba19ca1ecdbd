"""The sample shop, a real one in its own process, is told and visited in every order and never hangs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from races import RACES

from mock_dintero.config import Config
from mock_dintero.demo import sample_shop
from mock_dintero.server import Server

SOON = 5.0
"""Seconds; a shop that is locked out would take the 10 of a callback's time-out."""


@dataclass(frozen=True)
class World:
    sandbox: httpx.Client
    shop: httpx.Client

    def ok(self, client: httpx.Client, method: str, path: str, **options: Any) -> Any:
        answer = client.request(method, path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, **fault: Any) -> None:
        self.ok(self.sandbox, "POST", "faults", json={"account": "T12345678", **fault})

    def order(self) -> tuple[str, str]:
        """Its reference and session."""
        made = self.shop.post(
            "/checkout", json={"lines": {"sweater": 1}}, headers={"accept": "application/json"}
        ).json()
        return made["reference"], made["session_id"]

    def buy(self, sid: str) -> Any:
        steps = {"address": {}, "shipping_option": "home", "pay": {}, "return": True}
        return self.ok(self.sandbox, "POST", f"sessions/{sid}/buyer", json=steps)

    def status(self, reference: str) -> tuple[str, int]:
        """The order's, and how often it was noted as paid."""
        self.ok(self.sandbox, "POST", "clock/advance", json={"seconds": 0})
        order = self.ok(self.shop, "GET", f"/api/orders/{reference}")
        return order["status"], str(order).count("'paid'") - (order["status"] == "paid")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with (
        Server(Config(port=0)) as server,
        sample_shop(server.url) as shop_url,
        httpx.Client(base_url=f"{server.url}/_mock/api/v1", timeout=60) as sandbox,
        httpx.Client(base_url=shop_url, timeout=60) as shop,
    ):
        yield World(sandbox, shop)


@pytest.mark.parametrize("do", RACES)
def test_an_order_is_paid_once_in_every_race(world: World, do: str) -> None:
    reference, sid = world.order()
    world.fault(at="race", do=do, match={"session_id": sid}, seconds=600)
    begun = time.monotonic()
    bought = world.buy(sid)
    assert bought["return"]["status"] == 200
    assert time.monotonic() - begun < SOON
    assert world.status(reference) == ("paid", 1)


@pytest.mark.parametrize(
    "fault",
    [{"do": "duplicate", "count": 5, "at_once": True}, {"do": "bad_signature"}, {"do": "drop"},
     {"do": "wrong_transaction"}, {"do": "malformed"}, {"do": "lose_answer"}],
    ids=lambda fault: fault["do"],
)  # fmt: skip
def test_an_order_is_paid_once_whatever_becomes_of_its_callback(
    world: World, fault: dict[str, Any]
) -> None:
    reference, sid = world.order()
    world.fault(at="payment_callback", match={"session_id": sid}, **fault)
    world.buy(sid)
    assert world.status(reference) == ("paid", 1)
