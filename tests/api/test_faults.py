"""Answers of the API that a tester asks for: counted, matched, within one account."""

from __future__ import annotations

from pathlib import Path

import pytest
from sandbox import ACCOUNT, Merchant, opened

from mock_dintero.adapters.sql_store import SqlStore

FAULTS = "/_mock/api/v1/faults"


def ask(merchant: Merchant, *faults: dict[str, object], account: str = ACCOUNT) -> None:
    answer = merchant.client.put(FAULTS, params={"account": account}, json={"faults": list(faults)})
    assert answer.status_code == 200, answer.text


def fault(**changes: object) -> dict[str, object]:
    return {"at": "api", "do": "status", "status": 503, **changes}


def statuses(merchant: Merchant, path: str, count: int) -> list[int]:
    return [merchant.call("GET", path).status_code for _ in range(count)]


def test_a_fault_strikes_as_often_as_it_says_and_no_more(merchant: Merchant) -> None:
    ask(merchant, fault(times=2))
    assert statuses(merchant, "/v1/sessions", 4) == [503, 503, 200, 200]


def test_the_answer_has_dinteros_shape_and_the_testers_words(merchant: Merchant) -> None:
    ask(merchant, fault(status=409, code="BUSY", message="come back later"))
    answer = merchant.call("GET", "/v1/sessions")
    assert answer.status_code == 409
    assert answer.json() == {"error": {"code": "BUSY", "message": "come back later"}}
    assert "request-id" in answer.headers


def test_too_many_requests_says_when_to_come_back(merchant: Merchant) -> None:
    ask(merchant, fault(status=429, match={"path": "*/auth/token"}))
    answer = merchant.client.post(f"/v1/accounts/{ACCOUNT}/auth/token", auth=("a", "b"), json={})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "1"


def test_a_fault_meets_only_the_method_and_path_that_it_names(merchant: Merchant) -> None:
    tid = merchant.authorized()
    ask(merchant, fault(match={"method": "POST", "path": "*/capture"}))
    assert merchant.call("GET", f"/v1/transactions/{tid}").status_code == 200
    capture = f"/v1/transactions/{tid}/capture"
    assert merchant.call("POST", capture, json={"amount": 100}).status_code == 503
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"
    assert merchant.call("POST", capture, json={"amount": 100}).status_code == 200


def test_faults_strike_in_the_order_in_which_they_were_asked_for(merchant: Merchant) -> None:
    ask(merchant, fault(status=500), fault(status=503))
    assert statuses(merchant, "/v1/sessions", 3) == [500, 503, 200]


def test_another_account_does_not_notice(merchant: Merchant) -> None:
    ask(merchant, fault(times=5), account="T87654321")
    assert statuses(merchant, "/v1/sessions", 2) == [200, 200]


def test_a_new_list_replaces_the_old_one_and_an_end_is_an_end(merchant: Merchant) -> None:
    ask(merchant, fault(times=5))
    ask(merchant, fault(status=500))
    assert [f["status"] for f in merchant.client.get(FAULTS).json()] == [500]
    assert merchant.client.delete(FAULTS).json() == []
    assert merchant.client.get(FAULTS).json() == []
    assert statuses(merchant, "/v1/sessions", 1) == [200]


def test_a_reset_ends_faults(merchant: Merchant) -> None:
    ask(merchant, fault(times=5))
    merchant.client.post("/_mock/api/v1/reset")
    assert statuses(merchant, "/v1/sessions", 1) == [200]


def test_a_fault_survives_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "store.db")
    with opened(store=SqlStore(path)) as merchant:
        ask(merchant, fault(times=2, match={"path": "/v1/sessions"}))
        assert statuses(merchant, "/v1/sessions", 1) == [503]
    with opened(store=SqlStore(path)) as merchant:
        assert statuses(merchant, "/v1/sessions", 2) == [503, 200]


@pytest.mark.parametrize(
    "wrong",
    [{"at": "moon"}, {"do": "explode"}, {"status": 200}, {"times": 0}, {"matches": {}},
     {"match": {"pth": "*"}}, {"status": "503"}],
)  # fmt: skip
def test_a_typo_is_an_error_with_a_name(merchant: Merchant, wrong: dict[str, object]) -> None:
    answer = merchant.client.put(FAULTS, json={"faults": [fault(**wrong)]})
    assert answer.status_code == 400
    named = next(iter(wrong["match"] if isinstance(wrong.get("match"), dict) else wrong))
    assert named in answer.json()["error"]["message"]
