"""Each test has an account of its own, and may have more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from test_purchases import buy


@pytest.mark.parametrize("number", range(4))
def test_no_test_sees_what_another_one_did(mock_dintero, shop, number):
    assert mock_dintero.sessions == []
    assert mock_dintero.requests == []
    buy(mock_dintero, shop)
    assert len(mock_dintero.sessions) == 1
    assert shop.order()["reference"] == "order-1"


@pytest.mark.parametrize("number", [2, 4])
def test_shops_with_accounts_of_their_own_sell_at_the_same_time(
    make_mock_dintero, open_shop, number
):
    accounts = [make_mock_dintero(client_id=f"client-{n}") for n in range(number)]
    shops = [open_shop(dintero) for dintero in accounts]
    with ThreadPoolExecutor() as customers:
        list(customers.map(buy, accounts, shops))
    for dintero, shop in zip(accounts, shops, strict=True):
        dintero.clock.advance(0)
        assert shop.order()["status"] == "paid"
        assert [one["id"][:9] for one in dintero.sessions] == [dintero.account_id]
