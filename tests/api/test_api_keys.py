"""API keys: they open every door that a token opens, until they are deleted or rotated."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from sandbox import ACCOUNT, Merchant, session_body

PATH = "/v1/admin/api-keys"


def calls(merchant: Merchant, key: str, method: str = "GET", path: str = PATH, **sent: Any) -> int:
    """The status of a call with the key alone."""
    return int(
        merchant.client.request(method, path, headers={"x-api-key": key}, **sent).status_code
    )


def test_a_key_is_a_jwt_that_is_shown_once(merchant: Merchant) -> None:
    made = merchant.ok("POST", PATH, {"name": "till"})
    claims = jwt.decode(made["api_key"], options={"verify_signature": False})
    assert (claims["account"], claims["sub"]) == (ACCOUNT, made["id"])
    (listed,) = merchant.ok("GET", PATH)
    assert listed == {name: value for name, value in made.items() if name != "api_key"}
    assert (listed["name"], listed["created_by"]) == ("till", "mock-client-id")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/sessions"), ("GET", "/v1/transactions"), ("GET", "/v1/admin/signature"),
        ("GET", f"/v1/accounts/{ACCOUNT}/payments/sessions"), ("GET", "/v1/admin/session/profiles"),
        ("GET", f"/v2/accounts/{ACCOUNT}/payout/payout-destinations/a/balances"),
    ],
)  # fmt: skip
def test_a_key_opens_what_a_token_opens(merchant: Merchant, method: str, path: str) -> None:
    key = merchant.ok("POST", PATH, {"name": "till"})["api_key"]
    assert calls(merchant, key, method, path) == 200
    merchant.move(365 * 24 * 3600)
    assert calls(merchant, key, method, path) == 200


def test_what_a_key_does_is_done_in_its_name(merchant: Merchant) -> None:
    made = merchant.ok("POST", PATH, {"name": "till"})
    body = session_body(express=None)
    answer = merchant.client.post(
        "/v1/sessions-profile", json=body, headers={"x-api-key": made["api_key"]}
    )
    sid = answer.json()["id"]
    merchant.client.post(f"/v1/sessions/{sid}/cancel", headers={"x-api-key": made["api_key"]})
    assert merchant.session(sid)["cancelled_by"] == made["id"]


def test_a_deleted_key_is_dead_and_listed_on_request_only(merchant: Merchant) -> None:
    made = merchant.ok("POST", PATH, {"name": "till"})
    gone = merchant.ok("DELETE", f"{PATH}/{made['id']}")
    assert (gone["deleted_at"], gone["deleted_by"]) == (
        "2026-10-06T09:14:03.112Z",
        "mock-client-id",
    )
    assert calls(merchant, made["api_key"]) == 401
    assert merchant.ok("GET", PATH) == []
    assert merchant.ok("GET", PATH, params={"include_deleted": "true"}) == [gone]
    assert merchant.call("DELETE", f"{PATH}/{made['id']}").status_code == 404
    assert merchant.call("POST", f"{PATH}/{made['id']}/rotate-api-key").status_code == 404


def test_a_rotated_key_gives_way_to_a_new_one(merchant: Merchant) -> None:
    made = merchant.ok("POST", PATH, {"name": "till"})
    fresh = merchant.ok("POST", f"{PATH}/{made['id']}/rotate-api-key")
    assert (fresh["id"], fresh["name"]) == (made["id"], "till")
    assert fresh["api_key"] != made["api_key"]
    assert (calls(merchant, made["api_key"]), calls(merchant, fresh["api_key"])) == (401, 200)


def test_a_key_may_end_itself(merchant: Merchant) -> None:
    made = merchant.ok("POST", PATH, {"name": "till"})
    assert calls(merchant, made["api_key"], "DELETE", f"{PATH}/{made['id']}") == 200
    assert calls(merchant, made["api_key"]) == 401


def test_keys_and_tokens_are_not_taken_for_each_other(merchant: Merchant) -> None:
    key = merchant.ok("POST", PATH, {"name": "till"})["api_key"]
    assert calls(merchant, merchant.token) == 401
    answer = merchant.client.get(PATH, headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 401
    assert "x-api-key" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "key", ["", "x", "a.b.c", jwt.encode({"account": ACCOUNT, "jti": "1"}, "k" * 32)]
)
def test_a_key_that_was_not_made_here_opens_nothing(merchant: Merchant, key: str) -> None:
    assert calls(merchant, key) == 401


def test_a_token_counts_more_than_a_key(merchant: Merchant) -> None:
    assert merchant.call("GET", PATH, headers={"x-api-key": "x"}).status_code == 200


def test_a_key_is_for_its_own_account_only(merchant: Merchant) -> None:
    made = merchant.ok("POST", PATH, {"name": "till"})
    other = "/v1/accounts/T87654321/management/settings/approvals/payout-destinations"
    assert calls(merchant, made["api_key"], "GET", other) == 403
    merchant.log_in("T87654321", "a", "b")
    assert merchant.call("DELETE", f"{PATH}/{made['id']}").status_code == 404
    assert merchant.call("POST", f"{PATH}/{made['id']}/rotate-api-key").status_code == 404
    assert merchant.call("GET", PATH, params={"starting_after": made["id"]}).status_code == 404
    assert calls(merchant, made["api_key"]) == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": 5},
        {"name": "a", "api_key": "mine"},
        {"name": "a", "access_token": "b"},
        [],
    ],
)
def test_a_key_needs_a_name_and_nothing_else(merchant: Merchant, body: Any) -> None:
    assert merchant.call("POST", PATH, json=body).status_code == 400
    assert merchant.ok("GET", PATH) == []


def test_the_list_has_pages(merchant: Merchant) -> None:
    for n in range(3):
        merchant.ok("POST", PATH, {"name": f"k{n}"})
    first = merchant.ok("GET", PATH, params={"limit": 2})
    rest = merchant.ok("GET", PATH, params={"limit": 2, "starting_after": first[-1]["id"]})
    assert [key["name"] for key in first + rest] == ["k2", "k1", "k0"]
    assert merchant.call("GET", PATH, params={"limit": 101}).status_code == 400


def test_no_key_is_in_the_journal_in_the_store_or_in_a_list(merchant: Merchant) -> None:
    made = merchant.ok("POST", PATH, {"name": "till"})
    fresh = merchant.ok("POST", f"{PATH}/{made['id']}/rotate-api-key")
    calls(merchant, fresh["api_key"], "GET", "/v1/sessions")
    merchant.ok("GET", PATH)
    journal = json.dumps(merchant.client.get("/_mock/api/v1/requests").json())
    assert "rotate-api-key" in journal
    dump = "".join(merchant.app.state.sandbox.store._db.iterdump())
    for secret in (made["api_key"], fresh["api_key"]):
        assert secret not in journal
        assert secret not in dump


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", PATH), ("POST", PATH), ("DELETE", f"{PATH}/x"), ("POST", f"{PATH}/x/rotate-api-key")],
)
def test_nobody_gets_in_without_a_token(merchant: Merchant, method: str, path: str) -> None:
    assert merchant.client.request(method, path, json={"name": "a"}).status_code == 401
