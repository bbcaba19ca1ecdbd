"""Ids: account, dot, and a date-stamped UUID in base58."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_dintero.core.ids import ACCOUNT_ID, ALPHABET, CHECKOUT_ID, account_of, base58, checkout_id

PUBLISHED = [
    ("55Q4CC1WuVJdgCssZfrf5a", "2111263c-30ef-489a-8a38-b41b0e141bd1"),
    ("465UfBENeLpkBvwmqfTC4k", "190127b5-9707-4e98-ae4d-c10f4a3f34a9"),
    ("3YkJXSdSnUBXcmQSzn7uJj", "18101817-5952-4a7e-a97a-b95bf11f48e6"),
]


def decoded(text: str) -> UUID:
    number = 0
    for letter in text:
        number = number * 58 + ALPHABET.index(letter)
    return UUID(int=number)


@pytest.mark.parametrize(("text", "uuid"), PUBLISHED)
def test_base58_writes_the_ids_that_dintero_has_published(text, uuid):
    assert base58(UUID(uuid).int) == text


def test_base58_pads_the_smallest_uuid_and_holds_the_largest():
    assert base58(UUID(int=0).int) == "1" * 22
    assert decoded(base58(2**128 - 1)) == UUID(int=2**128 - 1)


@given(st.uuids())
def test_base58_is_22_characters_and_can_be_read_back(uuid):
    text = base58(uuid.int)

    assert len(text) == 22
    assert set(text) <= set(ALPHABET)
    assert decoded(text) == uuid


@given(st.uuids(), st.uuids())
def test_two_uuids_never_share_their_base58(one, other):
    assert (base58(one.int) == base58(other.int)) == (one == other)


def test_an_id_carries_the_day_as_its_first_three_bytes():
    uuid = UUID("ffffff3c-30ef-489a-8a38-b41b0e141bd1")

    made = checkout_id("P12345678", uuid, datetime(2021, 11, 26, 23, 59, tzinfo=UTC))

    assert made == "P12345678.55Q4CC1WuVJdgCssZfrf5a"


@given(st.uuids(version=4), st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_id_has_the_documented_form_and_keeps_the_rest_of_its_uuid(uuid, day):
    made = checkout_id("T12345678", uuid, datetime.combine(day, time.max, UTC))

    assert CHECKOUT_ID.fullmatch(made)
    stamped = decoded(made.partition(".")[2])
    assert stamped.bytes[:3].hex() == f"{day:%y%m%d}"
    assert stamped.bytes[3:] == uuid.bytes[3:]
    assert stamped.version == 4


def test_the_account_of_an_id_is_what_stands_before_the_dot():
    assert account_of("T12345678.55Q4CC1WuVJdgCssZfrf5a") == "T12345678"


@pytest.mark.parametrize(
    "text",
    [
        "", "T12345678", "T12345678.", "T1234567.55Q4CC1WuVJdgCssZfrf5a",
        "X12345678.55Q4CC1WuVJdgCssZfrf5a", "T12345678.55Q4CC1WuVJdgCssZfrf5",
        "T12345678.55Q4CC1WuVJdgCssZfrf5a\n", "T12345678.0OIl5Q4CC1WuVJdgCssZfr",
        "T12345678.55Q4CC1WuVJdgCssZfrf5a/..",
    ],
)  # fmt: skip
def test_a_text_that_is_no_id_has_no_account(text):
    assert account_of(text) == ""


def test_an_account_id_has_eight_plain_digits():
    assert ACCOUNT_ID.fullmatch("T12345678")
    assert ACCOUNT_ID.fullmatch("P12345678")
    assert not ACCOUNT_ID.fullmatch("T١٢٣٤٥٦٧٨")
