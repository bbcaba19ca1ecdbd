"""Towns by postal code, and how a code is written in each country."""

from __future__ import annotations

import pytest

from mock_dintero.core.address import completed, problems
from mock_dintero.core.postal_places import place_of, rows

NORDIC = ("NO", "SE", "DK", "FI")


@pytest.mark.parametrize(
    ("country", "code", "place"),
    [("NO", "0155", "Oslo"), ("NO", "5003", "Bergen"), ("SE", "111 36", "Stockholm"),
     ("SE", "41319", "Göteborg"), ("DK", "8000", "Aarhus C"), ("FI", "00100", "Helsinki"),
     ("NO", "9999", ""), ("NO", "155", ""), ("DK", "", ""), ("XX", "0155", ""), ("NO", "x", "")],
)  # fmt: skip
def test_a_code_names_its_town_or_nothing(country, code, place):
    assert place_of(country, code) == place


@pytest.mark.parametrize("country", NORDIC)
def test_the_table_is_in_order_and_its_codes_are_well_written(country, make):
    last = ""
    for first, end, place in rows(country):
        assert last < first <= end
        assert place
        last = end
        there = {**make.oslo, "country": country, "postal_code": first}
        assert problems(there, "b2c", ()) == {}


@pytest.mark.parametrize(
    ("country", "code"),
    [("NO", "155"), ("NO", "01555"), ("NO", "N-0155"), ("SE", "1113"), ("SE", "11 136"),
     ("DK", "80000"), ("FI", "0010"), ("FI", "001 00")],
)  # fmt: skip
def test_a_code_that_is_written_wrong_is_a_problem(make, country, code):
    given = {**make.oslo, "country": country, "postal_code": code}
    assert problems(given, "b2c", ()) == {"postal_code": "postal_code"}


@pytest.mark.parametrize(
    ("country", "code"), [("SE", "11136"), ("SE", "111 36"), ("DE", "D-20095")]
)
def test_codes_may_be_written_as_the_country_does(make, country, code):
    assert problems({**make.oslo, "country": country, "postal_code": code}, "b2c", ()) == {}


@pytest.mark.parametrize(
    ("country", "number"), [("NO", "12345678"), ("DK", "123456789"), ("SE", "55-1"), ("FI", "1-1")]
)
def test_an_organization_number_has_its_countrys_form(make, country, number):
    codes = {"NO": "0155", "DK": "8000", "SE": "11136", "FI": "00100"}
    given = {**make.oslo, "country": country, "postal_code": codes[country],
             "business_name": "Hus", "organization_number": number}  # fmt: skip
    assert problems(given, "b2b", ()) == {"organization_number": "organization_number"}
    assert problems(given, "b2c", ()) == {}


def test_a_place_is_filled_in_but_never_written_over():
    assert completed({"country": "NO", "postal_code": "0155"})["postal_place"] == "Oslo"
    typed = {"country": "NO", "postal_code": "0155", "postal_place": "Christiania"}
    assert completed(typed) == typed
    assert "postal_place" not in completed({"country": "NO", "postal_code": "9999"})
