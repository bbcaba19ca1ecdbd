"""Starting with the wallet: who may, which addresses it knows, and what the shop is told when."""

from __future__ import annotations

import pytest

from mock_dintero.core import express, in_wallet, new_transaction, outcome, payment
from mock_dintero.core.address import Address
from mock_dintero.core.errors import NotPayable
from mock_dintero.core.payment import PayBody
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.session import Checkbox, Configuration, Countries

VIPPS, APPLE = "dintero_psp.vipps", "dintero_psp.applepay"
BOTH = {"dintero_psp": {name: {"enabled": True} for name in ("vipps", "applepay", "creditcard")}}
ID = "T12345678.transaction"


def session_of(make, **changes):
    configuration = {**BOTH, **changes.pop("configuration", {})}
    return make.session(configuration=configuration, express={"shipping_options": []}, **changes)


def names(session):
    return [method.type for method in in_wallet.first(session)]


def started(make, method=VIPPS, **changes):
    session = session_of(make, configuration={"allow_express_wallet_payment": True}, **changes)
    return in_wallet.start(session, PayBody(payment_product_type=method), ID, make.now)


def test_vipps_may_come_first_and_sheets_where_the_shop_allows_it(make):
    assert names(session_of(make)) == [VIPPS]
    allowed = session_of(make, configuration={"allow_express_wallet_payment": True})
    assert names(allowed) == [VIPPS, APPLE]


def test_no_wallet_comes_first_once_the_address_is_known_or_without_express(make):
    session = session_of(make)
    known = express.give_address(
        session, Address(address_line="Storgata 1", country="NO"), None, make.now
    )
    assert names(known) == []
    assert names(make.session(configuration=BOTH)) == []


def test_no_wallet_comes_first_while_a_box_has_to_be_ticked(make):
    box = Checkbox(id="terms", label="Terms", required=True)
    session = session_of(make)
    assert names(session.with_(checkboxes=(box,))) == []
    assert names(session.with_(checkboxes=(box.with_(checked=True),))) == [VIPPS]


def test_a_card_cannot_ask_for_the_address(make):
    with pytest.raises(NotPayable, match="cannot ask for the address itself"):
        started(make, "dintero_psp.creditcard")


def test_the_book_starts_at_home_and_keeps_to_the_shops_countries(make):
    session, transaction = started(make)
    assert [one.country for one in in_wallet.book(session, transaction)] == [
        "NO", "NO", "SE", "DK", "FI"
    ]  # fmt: skip
    in_sweden = session.with_(order=session.order.with_(currency="SEK"))
    assert in_wallet.book(in_sweden, transaction)[0].country == "SE"
    only = Configuration(countries=Countries(allow_countries=("SE", "NO"), deny_countries=("NO",)))
    kept = in_wallet.book(session.with_(configuration=only), transaction)
    assert [one.country for one in kept] == ["SE"]


@pytest.mark.parametrize("number", ["", "0", "6", "-1", "x", "²", "1.0"])
def test_an_address_that_is_not_in_the_book_cannot_be_chosen(make, number):
    with pytest.raises(NotPayable):
        in_wallet.entry(*started(make), number)


@pytest.mark.parametrize(
    ("method", "told"),
    [(VIPPS, {"address_line", "first_name"}), (APPLE, set())],
)
def test_a_sheet_tells_country_and_postal_code_an_app_the_whole_address(make, method, told):
    session, transaction = started(make, method)
    home = in_wallet.entry(session, transaction, "1")

    remembered, shown = in_wallet.choose_address(session, transaction, home)

    assert remembered.payment.address == home
    fields = set(shown.shown())
    assert fields >= {"country", "postal_code"}
    assert fields & {"address_line", "first_name"} == told


def test_what_a_sheet_told_is_forgotten_when_it_is_closed(make):
    session, transaction = started(make, APPLE)
    home = in_wallet.entry(session, transaction, "1")
    remembered, told = in_wallet.choose_address(session, transaction, home)
    given = express.give_address(remembered, told, None, make.now)

    free, _ = payment.give_up(given, transaction, make.now)

    assert free.order.shipping_address is None
    assert free.order.billing_address is None
    assert names(free) == [VIPPS, APPLE]


def test_the_whole_address_comes_when_the_sheet_is_paid_with(make):
    session, transaction = started(make, APPLE)
    home = in_wallet.entry(session, transaction, "1")
    remembered, told = in_wallet.choose_address(session, transaction, home)
    given = express.give_address(remembered, told, None, make.now)
    renewed = new_transaction.renewed(given, transaction, make.now)

    whole, paying = in_wallet.complete(given, renewed, make.now)

    assert whole.order.shipping_address == paying.shipping_address == home
    assert paying.customer["email"] == home.email
    assert payment.finish(whole, paying, "approve", make.now)[1].status == "AUTHORIZED"


def test_a_payment_started_on_the_page_asks_for_no_address(make):
    session, transaction = payment.start(
        make.session(configuration=BOTH), PayBody(payment_product_type=VIPPS), ID, make.now
    )
    with pytest.raises(NotPayable, match="on the page"):
        in_wallet.require_collecting(session, transaction.id)


def test_a_customer_may_say_no_before_the_address_is_known(make):
    session, transaction = started(make)
    assert payment.finish(session, transaction, "decline", make.now)[1].status == "DECLINED"
    with pytest.raises(NotPayable):
        payment.finish(session, transaction, "approve", make.now)


def test_every_method_may_end_well_and_badly():
    for method in METHODS.values():
        ends = outcome.possible(method)
        assert {"approve", "decline", "reject", "expire", "time_out"} <= set(ends)
        assert ("hold" in ends) is method.can_hold
        assert ("three_ds_fails" in ends) is (method.wallet in ("card", "click_to_pay"))
