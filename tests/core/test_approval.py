"""Approvals: which word in the description decides what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from mock_dintero.core.approval import (
    NewApproval,
    decided,
    fits,
    new_approval,
    public,
    submitted_again,
)

NOW = datetime(2026, 11, 22, 10, 0, 0, 112_000, UTC)
ACCOUNTS = [{"bank_account_currency": "NOK", "payout_currency": "NOK"}]
PAGE = "http://sandbox.example/_mock/"


def seller(**more: object) -> NewApproval:
    sent = {
        "payout_destination_id": "s1",
        "payout_reference": "ref",
        "bank_accounts": ACCOUNTS,
        **more,
    }
    return NewApproval.model_validate(sent)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("AUTO_APPROVE", "ACTIVE"),
        (" AUTO_APPROVE ", "ACTIVE"),
        ("AUTO_DECLINE", "DECLINED"),
        ("AUTO_WAITING_FOR_SIGNATURE", "WAITING_FOR_SIGNATURE"),
        ("auto_approve", "UNDER_MANUAL_REVIEW"),
        ("A shop", "UNDER_MANUAL_REVIEW"),
        (None, "UNDER_MANUAL_REVIEW"),
    ],
)
def test_a_word_in_the_description_decides_the_case(word: str | None, status: str) -> None:
    assert decided(seller(payout_destination_description=word)) == status


def test_what_only_dintero_sets_cannot_be_sent_and_the_rest_comes_back() -> None:
    body = seller(id="mine", case_status="ACTIVE", links=[], shoe_size=43)
    shown = public(new_approval("T12345678.uuid", body, "client", NOW), PAGE)
    assert (shown["id"], shown["case_status"]) == ("uuid", "UNDER_MANUAL_REVIEW")
    assert (shown["shoe_size"], shown["created_by"]) == (43, "client")
    assert shown["bank_accounts"] == ACCOUNTS


def test_only_a_contract_that_waits_for_a_signature_has_a_link() -> None:
    waits = new_approval(
        "T12345678.u", seller(payout_destination_description="AUTO_WAITING_FOR_SIGNATURE"), "c", NOW
    )
    assert public(waits, PAGE)["links"] == [{"rel": "contract_url", "href": PAGE}]
    assert public(new_approval("T12345678.u", seller(), "c", NOW), PAGE)["links"] == []


def test_a_seller_who_comes_again_is_decided_anew_under_the_same_id() -> None:
    first = new_approval("T12345678.u", seller(), "c", NOW)
    again = submitted_again(
        first, seller(payout_destination_description="AUTO_APPROVE"), NOW + timedelta(1)
    )
    assert (again.id, again.created_at) == (first.id, first.created_at)
    assert (again.case_status, again.updated_at > first.updated_at) == ("ACTIVE", True)


def test_filters_hold_together() -> None:
    case = new_approval("T12345678.u", seller(), "c", NOW)
    assert fits(case, None, frozenset())
    assert fits(case, "s1", frozenset({"ACTIVE", "UNDER_MANUAL_REVIEW"}))
    assert not fits(case, "s2", frozenset())
    assert not fits(case, "s1", frozenset({"ACTIVE"}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"bank_accounts": []},
        {"bank_accounts": [{"payout_currency": "NOK"}]},
        {"bank_accounts": [{**ACCOUNTS[0], "payout_currency": "kr"}]},
        {"bank_accounts": [{**ACCOUNTS[0], "bank_account_number_type": "SWIFT"}]},
        {"payout_destination_id": ""},
        {"payout_reference": None},
        {"payout_interval_type": "yearly"},
        {"country_code": "Norway"},
        {"language": "sv"},
        {"type": "dog"},
        {"report_configuration": {}},
        {"settlement_report_configuration": {}},
    ],
)
def test_a_seller_must_have_the_documented_form(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        seller(**wrong)
