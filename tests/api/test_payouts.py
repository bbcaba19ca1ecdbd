"""Payout v2: money of sellers, from capture to transfer."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import ACCOUNT, Json, Merchant, order

TRANSFERS = f"/v2/accounts/{ACCOUNT}/payout/fund-transfers"
SELLER = f"/v2/accounts/{ACCOUNT}/payout/payout-destinations"


def transfer(**changes: Any) -> Json:
    return {
        "fund_transfer_id": "t1", "type": "payout-destination", "amount": 500, "currency": "NOK",
        "source_payout_destination_id": "anna", "destination_payout_destination_id": "bob",
        "reference": "rent", **changes,
    }  # fmt: skip


def sold(merchant: Merchant, amount: int = 1000) -> str:
    """A captured transaction of which anna gets three quarters and bob the rest."""
    splits = [
        {"payout_destination_id": "anna", "amount": amount * 3 // 4},
        {"payout_destination_id": "bob", "amount": amount // 4},
    ]
    items = [{"line_id": "1", "id": "a", "amount": amount, "splits": splits}]
    tid = merchant.authorized(order=order(amount=amount, items=items))
    merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": amount})
    return tid


def balance(merchant: Merchant, seller: str) -> dict[str, int]:
    listed = merchant.ok("GET", f"{SELLER}/{seller}/balances")["payout_destination_balances"]
    return {one["currency"]: one["amount"] for one in listed}


def test_a_capture_and_a_refund_are_on_the_seller_s_balance(merchant: Merchant) -> None:
    tid = sold(merchant)
    assert (balance(merchant, "anna"), balance(merchant, "bob")) == ({"NOK": 750}, {"NOK": 250})
    merchant.ok("POST", f"/v1/transactions/{tid}/refund", {"amount": 400})
    assert (balance(merchant, "anna"), balance(merchant, "bob")) == ({"NOK": 450}, {"NOK": 150})
    assert merchant.transaction(tid)["items"][0]["splits"][0]["payout_destination_id"] == "anna"


def test_an_order_with_one_seller_pays_that_one(merchant: Merchant) -> None:
    tid = merchant.authorized(order=order(amount=900, items=None, payout_destination_id="carl"))
    merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 900})
    assert merchant.transaction(tid)["payout_destination_id"] == "carl"
    assert balance(merchant, "carl") == {"NOK": 900}


def test_a_transfer_moves_money_once_however_often_it_is_sent(merchant: Merchant) -> None:
    sold(merchant)
    first = merchant.ok("POST", TRANSFERS, transfer())
    assert first["fund_transfer"] == {
        **transfer(), "account_id": ACCOUNT, "created_by": "mock-client-id",
        "created_at": "2026-10-06T09:14:03.112Z",
    }  # fmt: skip
    merchant.move(60)
    assert merchant.ok("POST", TRANSFERS, transfer()) == first
    assert (balance(merchant, "anna"), balance(merchant, "bob")) == ({"NOK": 250}, {"NOK": 750})


def test_the_same_id_with_another_body_is_refused_and_changes_nothing(merchant: Merchant) -> None:
    merchant.ok("POST", TRANSFERS, transfer())
    answer = merchant.call("POST", TRANSFERS, json=transfer(amount=501))
    assert (answer.status_code, answer.json()["error"]["code"]) == (
        400,
        "FUND_TRANSFER_ID_ALREADY_USED",
    )
    assert "amount" in answer.json()["error"]["message"]
    assert balance(merchant, "bob") == {"NOK": 500}


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 0}, {"amount": -1}, {"amount": "500"}, {"amount": 1.5}, {"currency": "kr"},
        {"type": "bank"}, {"fund_transfer_id": ""}, {"reference": None},
        {"destination_payout_destination_id": "anna"}, {"source_payout_destination_id": None},
    ],
)  # fmt: skip
def test_a_transfer_of_another_form_is_refused(merchant: Merchant, changes: Json) -> None:
    answer = merchant.call("POST", TRANSFERS, json=transfer(**changes))
    assert (answer.status_code, answer.json()["error"]["code"]) == (
        400,
        "INVALID_REQUEST_PARAMETER",
    )
    assert balance(merchant, "bob") == {}


def test_the_ledger_tells_what_happened_newest_first_with_every_field_of_the_contract(
    merchant: Merchant,
) -> None:
    tid = sold(merchant)
    merchant.move(60)
    merchant.ok("POST", TRANSFERS, transfer())
    listed = merchant.ok("GET", f"{SELLER}/anna/transfers")
    assert "next_page_token" not in listed
    moved, came = listed["entries"]
    assert (moved["type"], moved["amount"], moved["transfer_reference"]) == (
        "transfer",
        -500,
        "rent",
    )
    assert (came["type"], came["amount"], came["inbound_payment_provider"]) == (
        "inbound",
        750,
        "dintero_psp",
    )
    assert tid in came["ledger_entry_id"]
    assert came["transfer_id"] is None
    assert moved["outbound_message"] is None
    assert moved["payout_destination_config_id"] == "anna"
    assert len(moved) == len(came) == 18


def test_the_config_id_is_that_of_the_approval(merchant: Merchant) -> None:
    sold(merchant)
    body = {
        "payout_destination_id": "anna", "payout_reference": "A",
        "bank_accounts": [{"bank_account_currency": "NOK", "payout_currency": "NOK"}],
    }  # fmt: skip
    path = f"/v1/accounts/{ACCOUNT}/management/settings/approvals/payout-destinations"
    case = merchant.ok("POST", path, body)
    (left,) = merchant.ok("GET", f"{SELLER}/anna/balances")["payout_destination_balances"]
    assert left == {
        "account_id": ACCOUNT, "payout_destination_id": "anna", "currency": "NOK", "amount": 750,
        "payout_destination_config_id": case["id"],
    }  # fmt: skip


def test_the_ledger_comes_in_pages_and_by_currency(merchant: Merchant) -> None:
    for n in range(5):
        merchant.move(1)
        merchant.ok(
            "POST",
            TRANSFERS,
            transfer(fund_transfer_id=f"t{n}", currency="SEK" if n == 2 else "NOK"),
        )
    seen, token = [], None
    for _ in range(3):
        params = {"limit": 2, **({"page": token} if token else {})}
        answer = merchant.ok("GET", f"{SELLER}/bob/transfers", params=params)
        seen += [entry["transfer_id"] for entry in answer["entries"]]
        token = answer.get("next_page_token")
    assert (seen, token) == (["t4", "t3", "t2", "t1", "t0"], None)
    only = merchant.ok("GET", f"{SELLER}/bob/transfers", params={"currency": "SEK"})
    assert [entry["transfer_id"] for entry in only["entries"]] == ["t2"]
    assert balance(merchant, "bob") == {"NOK": 2000, "SEK": 500}


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "page=nowhere"])
def test_a_page_that_cannot_be_is_refused(merchant: Merchant, query: str) -> None:
    assert merchant.call("GET", f"{SELLER}/bob/transfers?{query}").status_code == 400
    assert merchant.ok("GET", f"{SELLER}/bob/transfers?limit=1000") == {"entries": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", TRANSFERS), ("GET", f"{SELLER}/a/balances"), ("GET", f"{SELLER}/a/transfers")],
)
def test_only_the_account_itself_gets_in(merchant: Merchant, method: str, path: str) -> None:
    assert merchant.client.request(method, path, json=transfer()).status_code == 401
    merchant.log_in("T87654321", "a", "b")
    assert merchant.call(method, path, json=transfer()).status_code == 403
