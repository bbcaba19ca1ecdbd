"""Approvals of a marketplace's sellers."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import ACCOUNT, Json, Merchant

PATH = f"/v1/accounts/{ACCOUNT}/management/settings/approvals/payout-destinations"


def seller(id: str = "seller-1", **changes: Any) -> Json:
    accounts = [
        {
            "bank_account_currency": "NOK",
            "payout_currency": "NOK",
            "bank_account_number": "86011117947",
        }
    ]
    return {
        "payout_destination_id": id,
        "payout_reference": "Shop",
        "bank_accounts": accounts,
        **changes,
    }


def ids(merchant: Merchant, **params: Any) -> list[str]:
    listed = merchant.ok("GET", PATH, params=params)["payout_destinations"]
    return [one["payout_destination_id"] for one in listed]


def test_a_seller_is_submitted_decided_and_listed(merchant: Merchant) -> None:
    made = merchant.ok("POST", PATH, seller(payout_destination_description="AUTO_APPROVE"))
    assert made["case_status"] == "ACTIVE"
    assert made["created_at"] == made["updated_at"] == "2026-10-06T09:14:03.112Z"
    assert (len(made["id"]), made["created_by"]) == (36, "mock-client-id")
    assert merchant.ok("GET", PATH) == {"payout_destinations": [made]}


def test_the_list_is_filtered_by_seller_and_by_status(merchant: Merchant) -> None:
    merchant.ok("POST", PATH, seller("a", payout_destination_description="AUTO_APPROVE"))
    merchant.ok("POST", PATH, seller("b", payout_destination_description="AUTO_DECLINE"))
    merchant.ok("POST", PATH, seller("c"))
    assert ids(merchant) == ["c", "b", "a"]
    assert ids(merchant, case_status=["ACTIVE", "DECLINED"]) == ["b", "a"]
    assert ids(merchant, payout_destination_id="c") == ["c"]
    assert ids(merchant, payout_destination_id="c", case_status="ACTIVE") == []


def test_a_seller_that_waits_for_a_signature_is_signed_by_submitting_it_again(
    merchant: Merchant,
) -> None:
    waits = merchant.ok(
        "POST", PATH, seller(payout_destination_description="AUTO_WAITING_FOR_SIGNATURE")
    )
    (link,) = waits["links"]
    assert link["rel"] == "contract_url"
    assert merchant.client.get("/_mock/").status_code == 200
    assert link["href"].endswith("/_mock/")
    signed = merchant.ok("POST", PATH, seller(payout_destination_description="AUTO_APPROVE"))
    assert (signed["id"], signed["case_status"], signed["links"]) == (waits["id"], "ACTIVE", [])
    assert ids(merchant) == ["seller-1"]


def test_accounts_do_not_see_each_other_s_sellers(merchant: Merchant) -> None:
    merchant.ok("POST", PATH, seller())
    merchant.log_in("T87654321", "a", "b")
    assert merchant.call("GET", PATH).status_code == 403
    other = PATH.replace(ACCOUNT, "T87654321")
    assert merchant.ok("GET", other) == {"payout_destinations": []}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bank_accounts", []),
        ("payout_reference", None),
        ("payout_destination_id", ""),
        ("type", "dog"),
    ],
)
def test_a_seller_of_another_form_is_refused(merchant: Merchant, field: str, value: Any) -> None:
    answer = merchant.call("POST", PATH, json=seller(**{field: value}))
    assert (answer.status_code, answer.json()["error"]["code"]) == (
        400,
        "INVALID_REQUEST_PARAMETER",
    )
    assert answer.json()["error"]["errors"][0]["path"][0] == field
    assert ids(merchant) == []


def test_a_status_that_does_not_exist_is_refused(merchant: Merchant) -> None:
    answer = merchant.call("GET", PATH, params={"case_status": "FINE"})
    assert answer.status_code == 400
    assert "WAITING_FOR_SIGNATURE" in answer.json()["error"]["message"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_gets_in_without_a_token(merchant: Merchant, method: str) -> None:
    assert merchant.client.request(method, PATH, json=seller()).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/accounts/{ACCOUNT}/nothing",
        f"/v1/accounts/{ACCOUNT}/management/settings",
        "/v2/accounts",
    ],
)
def test_what_is_no_endpoint_of_an_account_is_not_found(merchant: Merchant, path: str) -> None:
    answer = merchant.call("GET", path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")
