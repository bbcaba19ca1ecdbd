"""A customer buys, or does not."""

from __future__ import annotations

import pytest


def buy(mock_dintero, shop, method="dintero_psp.vipps", outcome="approve", country="NO"):
    """All steps of a customer; answers with the address that the browser is sent to."""
    buyer = mock_dintero.buyer(shop.check_out())
    buyer.give_address(country=country)
    buyer.choose_shipping("home")
    return buyer.pay(method, outcome)


@pytest.mark.parametrize("method", ["dintero_psp.vipps", "dintero_psp.creditcard", "klarna.klarna"])
def test_an_order_is_paid_even_if_the_customer_never_returns(mock_dintero, shop, method):
    buy(mock_dintero, shop, method)
    mock_dintero.clock.advance(0)  # every callback that is due has been delivered when this returns
    assert shop.order()["status"] == "paid"


@pytest.mark.parametrize("outcome", ["decline", "expire"])
def test_an_order_is_not_paid_when_the_customer_does_not_approve(mock_dintero, shop, outcome):
    back = buy(mock_dintero, shop, outcome=outcome)
    mock_dintero.clock.advance(0)
    assert shop.http.get(back).status_code == 200
    assert shop.order()["status"] == "new"


@pytest.mark.parametrize(("country", "price"), [("NO", 4900), ("SE", 9900), ("DK", 9900)])
def test_shipping_costs_what_it_costs_in_that_country(mock_dintero, shop, country, price):
    shop.http.get(buy(mock_dintero, shop, country=country))
    assert shop.order()["amount"] == 29900 + price


def test_a_country_that_we_do_not_ship_to_has_no_options(mock_dintero, shop):
    session = mock_dintero.buyer(shop.check_out()).give_address(country="FI")
    assert session["express"]["shipping_options"] == []


def test_a_customer_who_cancels_leaves_the_order_as_it_was(mock_dintero, shop):
    session = shop.check_out()
    back = mock_dintero.buyer(session).cancel()
    assert "error=cancelled" in back
    assert shop.order(session["reference"])["status"] == "new"


@pytest.mark.parametrize(
    ("verbs", "status"), [([], "paid"), (["capture"], "sent"), (["capture", "refund"], "refunded")]
)
def test_the_shopkeeper_ships_and_gives_the_money_back(mock_dintero, shop, verbs, status):
    shop.http.get(buy(mock_dintero, shop))
    for verb in verbs:
        assert shop.do(verb).status_code == 200
    assert shop.order()["status"] == status
