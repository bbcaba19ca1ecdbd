"""What shall go wrong: read, replaced, added to, ended, for one account or all."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import ACCOUNT, Json, Merchant

OTHER = "T87654321"
FAULTS = "/_mock/api/v1/faults"
BUSY: Json = {"at": "api", "do": "status", "status": 503}
DROP: Json = {"at": "payment_callback", "do": "drop"}


def done(found: list[Json]) -> list[str]:
    return [one["do"] for one in found]


def test_one_is_added_or_several_and_the_answer_is_the_whole_list(merchant: Merchant) -> None:
    assert done(merchant.control("POST", "faults", BUSY)) == ["status"]
    assert done(merchant.control("POST", "faults", {"faults": [DROP, BUSY]})) == [
        "status", "drop", "status"
    ]  # fmt: skip
    assert done(merchant.control("POST", "faults", {"faults": []})) == ["status", "drop", "status"]


def test_a_put_replaces_and_a_delete_ends(merchant: Merchant) -> None:
    merchant.control("POST", "faults", BUSY)
    assert done(merchant.control("PUT", "faults", {"faults": [DROP]})) == ["drop"]
    assert done(merchant.control("GET", "faults")) == ["drop"]
    assert merchant.control("DELETE", "faults") == []
    assert merchant.control("GET", "faults") == []


def test_what_has_struck_is_counted_down_and_then_gone(merchant: Merchant) -> None:
    merchant.control("POST", "faults", {**BUSY, "times": 2})
    for left in ([1], []):
        assert merchant.call("GET", "/v1/sessions").status_code == 503
        assert [one["left"] for one in merchant.control("GET", "faults")] == left
    assert merchant.call("GET", "/v1/sessions").status_code == 200


def test_a_fault_is_shown_as_it_will_strike(merchant: Merchant) -> None:
    [shown] = merchant.control("POST", "faults", {
        "at": "address_callback", "do": "duplicate", "count": 3, "match": {"session_id": "s"}
    })  # fmt: skip
    assert shown.pop("id").startswith(f"{ACCOUNT}.")
    wanted = {
        "at": "address_callback", "do": "duplicate", "times": 1, "left": 1, "count": 3,
        "match": {"session_id": "s"},
    }  # fmt: skip
    assert {name: shown[name] for name in wanted} == wanted


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("where", ["query", "body"])
def test_one_account_is_named_in_the_query_or_in_the_body(
    merchant: Merchant, method: str, where: str
) -> None:
    merchant.log_in(OTHER)
    body: Json = {"faults": [BUSY]}
    params = {"account": OTHER} if where == "query" else {}
    body |= {"account": OTHER} if where == "body" else {}
    answer = merchant.client.request(method, FAULTS, params=params, json=body)
    assert done(answer.json()) == ["status"]
    assert merchant.call("GET", "/v1/sessions").status_code == 503
    merchant.log_in()
    assert merchant.call("GET", "/v1/sessions").status_code == 200


def test_without_an_account_all_have_it(merchant: Merchant) -> None:
    merchant.log_in(OTHER)
    busy = {**BUSY, "match": {"path": "/v1/sessions"}}
    assert len(merchant.client.put(FAULTS, json={"faults": [busy]}).json()) == 2
    assert merchant.call("GET", "/v1/sessions").status_code == 503
    merchant.log_in()
    assert merchant.call("GET", "/v1/sessions").status_code == 503
    assert merchant.client.delete(FAULTS).json() == []


def test_an_account_that_nobody_has_used_can_be_prepared(merchant: Merchant) -> None:
    answer = merchant.client.post(FAULTS, params={"account": "T00000042"}, json=BUSY)
    assert answer.status_code == 200
    merchant.client.post(FAULTS, params={"account": "T00000042"}, json=BUSY)
    answer = merchant.client.post(
        "/v1/accounts/T00000042/auth/token", auth=("a", "b"),
        json={"grant_type": "client_credentials", "audience": "https://x/v1/accounts/T00000042"},
    )  # fmt: skip
    assert answer.status_code == 503


@pytest.mark.parametrize(
    ("method", "body", "named"),
    [
        ("POST", {**BUSY, "tims": 2}, "tims"), ("POST", {"at": "api"}, "do"), ("POST", [], "object"),
        ("POST", {"faults": [BUSY], "tims": 2}, "tims"), ("PUT", BUSY, "faults"),
        ("PUT", {"faults": BUSY}, "faults"), ("PUT", {"faults": [BUSY, {**BUSY, "times": 0}]}, "times"),
        ("POST", {"at": "api", "do": "drop"}, "half_body"),
        ("POST", {"at": "race", "do": "together", "count": 2}, "takes seconds"),
        ("POST", {**BUSY, "account": OTHER}, "the query says"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_by_name_and_no_fault_is_there(
    merchant: Merchant, method: str, body: Any, named: str
) -> None:
    assert named in merchant.control(method, "faults", body, 400)["message"]
    assert merchant.control("GET", "faults") == []
