"""Addresses: everything optional in the contract, more is wanted by the page's form."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from mock_dintero.core.address import REQUIRED_B2B, REQUIRED_B2C, Address, AddressUpdate, problems


def test_a_one_click_wallet_sends_country_and_postal_code_only():
    sent = {"country": "NO", "postal_code": "0155"}

    assert Address.model_validate(sent).shown() == sent


def test_all_documented_fields_are_given_back(make):
    sent = {
        **make.oslo, "address_line_2": "H0201", "co_address": "c/o Ola", "business_name": "Hus AS",
        "latitude": 59.91, "longitude": 10.75, "comment": "ring", "organization_number": "123456785",
        "organization_type": "AS", "customer_reference": "PO 1", "cost_center": "42",
    }  # fmt: skip

    assert Address.model_validate(sent).shown() == sent


@pytest.mark.parametrize("phone", ["12345", "+4791234567", "123456789012345", "+123456789012345"])
def test_phone_numbers_have_5_to_15_digits_and_maybe_a_plus(phone):
    assert Address(phone_number=phone).phone_number == phone


@pytest.mark.parametrize(
    "phone",
    ["", "1234", "1234567890123456", "+47 912 34 567", "%2B4791234567", "12345\n", "a12345"],
)
def test_other_phone_numbers_are_refused(phone):
    with pytest.raises(ValidationError):
        Address(phone_number=phone)


@pytest.mark.parametrize("country", ["", "N", "NOR", "no", "N1", "NO\n"])
def test_countries_are_two_capital_letters(country):
    with pytest.raises(ValidationError):
        Address(country=country)


def test_addresses_come_together_or_one_at_a_time(make):
    update = AddressUpdate.model_validate({"shipping_address": make.oslo, "billing_address": None})

    assert update.shipping_address == Address(**make.oslo)
    assert update.billing_address is None


def test_a_complete_private_address_has_no_problems(make):
    assert problems(make.oslo, "b2c", ()) == {}


def test_an_empty_form_lists_every_required_field():
    assert set(problems({}, "b2c", ())) == set(REQUIRED_B2C)
    assert set(problems({}, "b2b", ())) == set(REQUIRED_B2B)


def test_a_company_needs_its_name_and_number_but_no_first_name(make):
    company = {**make.oslo, "first_name": "", "last_name": ""}

    assert set(problems(company, "b2b", ())) == {"business_name", "organization_number"}
    named = {**company, "business_name": "Hus AS", "organization_number": "123456785"}
    assert problems(named, "b2b", ()) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "kari"), ("email", "kari@example"), ("email", "a b@example.no"),
     ("phone_number", "1234"), ("country", "Norway"), ("country", "no")],
)  # fmt: skip
def test_each_wrong_field_is_named_alone(make, field, value):
    assert set(problems({**make.oslo, field: value}, "b2c", ())) == {field}


def test_a_country_that_the_shop_leaves_out_is_a_problem(make):
    assert set(problems(make.oslo, "b2c", ("SE", "DK"))) == {"country"}
    assert problems(make.oslo, "b2c", ("SE", "NO")) == {}
