"""A shop that is down for a while hears of its payments all the same; no test waits for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from test_purchases import buy


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_payment_is_told_again_when_the_shop_is_back(mock_dintero, shop, times):
    shop.shop.is_down_for = times
    buy(mock_dintero, shop)
    mock_dintero.clock.advance(minutes=10)
    [callback] = [d for d in mock_dintero.deliveries if d["at"] == "payment_callback"]
    assert [one["status"] for one in callback["attempts"]] == [503] * times + [200]
    assert shop.order()["status"] == "paid"


def test_a_payment_is_told_at_most_21_times(mock_dintero, shop):
    shop.shop.is_down_for = 100
    buy(mock_dintero, shop)
    mock_dintero.clock.advance(days=2)
    [callback] = [d for d in mock_dintero.deliveries if d["at"] == "payment_callback"]
    assert callback["state"] == "failed"
    assert len(callback["attempts"]) == 21


def test_an_order_that_the_shop_does_not_know_is_told_once(mock_dintero, shop):
    session = shop.check_out()
    shop.shop.orders.clear()
    buyer = mock_dintero.buyer(session)
    buyer.give_address()
    buyer.choose_shipping()
    buyer.pay()
    mock_dintero.clock.advance(days=1)
    [callback] = [d for d in mock_dintero.deliveries if d["at"] == "payment_callback"]
    assert [one["status"] for one in callback["attempts"]] == [404]


def test_tomorrow_comes_at_once(mock_dintero, shop):
    mock_dintero.clock.freeze()
    before = mock_dintero.clock.now
    mock_dintero.clock.advance(days=1, hours=2)
    assert mock_dintero.clock.now - before == timedelta(days=1, hours=2)
