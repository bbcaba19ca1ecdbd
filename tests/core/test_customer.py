"""Customers that every sandbox knows, and which addresses a page may offer them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mock_dintero.core.address import Address, problems
from mock_dintero.core.customer import CUSTOMERS, recognised, suggestions, type_of
from mock_dintero.core.session import NewSession, Session, new_session

KARI = CUSTOMERS["kari"]
OSLO: dict[str, Any] = {
    "first_name": "Ola", "last_name": "Hansen", "address_line": "Storgata 1", "postal_code": "0155",
    "postal_place": "Oslo", "country": "NO", "email": "ola@example.no", "phone_number": "+4791234567",
}  # fmt: skip


def session(**changes: Any) -> Session:
    body = {
        "url": {"return_url": "https://shop.example/"}, "express": {"shipping_options": []},
        "order": {"amount": 1, "currency": "NOK", "merchant_reference": "1", **changes.pop("order", {})},
        **changes,
    }  # fmt: skip
    made = NewSession.model_validate(body)
    return new_session("T12345678.x", made, {}, {}, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("customer", CUSTOMERS.values(), ids=lambda one: one.id)
def test_every_known_customer_has_whole_addresses_and_is_recognised(customer):
    for address in customer.addresses:
        assert problems(address.shown(), type_of(address), ()) == {}
    assert recognised(customer.email.upper(), None) is customer
    assert recognised(None, customer.phone_number) is customer


@pytest.mark.parametrize("phone", ["40000001", "400 00 001", "004740000001", "+47 40000001"])
def test_a_phone_number_may_be_written_in_many_ways(phone):
    assert recognised("", phone) is KARI


@pytest.mark.parametrize(
    ("email", "phone"), [("", ""), (None, None), ("x@y.no", "0001"), ("", "1")]
)
def test_a_stranger_is_nobody(email, phone):
    assert recognised(email, phone) is None


def test_the_merchants_address_comes_first_and_none_comes_twice():
    made = session(order={"shipping_address": OSLO, "billing_address": OSLO})
    assert suggestions(made, KARI) == (Address(**OSLO), *KARI.addresses)


def test_a_merchants_address_is_completed_from_what_is_known_of_the_customer():
    bare = {name: value for name, value in OSLO.items() if name not in ("email", "postal_place")}
    made = session(order={"shipping_address": bare}, customer={"email": "ola@example.no"})
    assert suggestions(made, None) == (Address(**OSLO),)


def test_an_address_that_lacks_something_is_not_offered():
    made = session(order={"shipping_address": {"country": "NO", "postal_code": "0155"}})
    assert suggestions(made, None) == ()


@pytest.mark.parametrize(
    "countries", [{"allow_countries": ["SE"]}, {"deny_countries": ["NO"]}], ids=["allow", "deny"]
)
def test_addresses_elsewhere_are_not_offered(countries):
    made = session(configuration={"countries": countries})
    assert suggestions(made, KARI) == ()
    assert suggestions(made, CUSTOMERS["astrid"])


def test_a_business_is_not_offered_where_only_people_shop():
    made = session(express={"shipping_options": [], "customer_types": ["b2c"]})
    assert suggestions(made, CUSTOMERS["fjell"]) == ()
