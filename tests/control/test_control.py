"""The tester's API: look, move the clock, empty."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import ACCOUNT, ADDRESS, Merchant, opened

from mock_dintero import __version__

BASE = "/_mock/api/v1"


def test_info_names_the_version_and_every_account_with_its_time(merchant: Merchant) -> None:
    merchant.log_in("T87654321")
    merchant.advance(60)
    info = merchant.client.get(f"{BASE}/info").json()
    assert info["version"] == __version__
    assert info["accounts"] == {
        ACCOUNT: "2026-10-06T09:14:03.112Z", "T87654321": "2026-10-06T09:15:03.112Z"
    }  # fmt: skip


def test_the_clock_of_one_account_moves_alone(merchant: Merchant) -> None:
    merchant.log_in("T87654321")
    answer = merchant.client.post(f"{BASE}/clock/advance?account={ACCOUNT}", json={"seconds": 1.5})
    assert answer.json() == {ACCOUNT: {"now": "2026-10-06T09:14:04.612Z", "callbacks": 0}}
    clocks = merchant.client.get(f"{BASE}/clock").json()
    assert {id: clock["now"] for id, clock in clocks.items()} == {
        ACCOUNT: "2026-10-06T09:14:04.612Z", "T87654321": "2026-10-06T09:14:03.112Z"
    }  # fmt: skip
    assert {id: clock["offset"] for id, clock in clocks.items()} == {ACCOUNT: 1.5, "T87654321": 0}


@pytest.mark.parametrize(
    ("query", "body", "status"),
    [
        ("", {}, 400), ("", {"seconds": "60"}, 400), ("", {"seconds": -1}, 400), ("", [], 400),
        ("", {"seconds": 1e18}, 400), ("?account=P12345678", {"seconds": 1}, 403),
        ("?account=x", {"seconds": 1}, 400),
    ],
)  # fmt: skip
def test_a_clock_cannot_be_moved_to_anywhere(
    merchant: Merchant, query: str, body: Any, status: int
) -> None:
    before = merchant.client.get(f"{BASE}/clock").json()
    answer = merchant.client.post(f"{BASE}/clock/advance{query}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert merchant.client.get(f"{BASE}/clock").json() == before


def test_a_reset_empties_one_account_and_counts(merchant: Merchant) -> None:
    merchant.purchase()
    merchant.advance(60)
    merchant.log_in("T87654321", "c", "s")
    other = merchant.create()
    counts = merchant.client.post(f"{BASE}/reset?account={ACCOUNT}").json()
    assert counts["session"] == counts["transaction"] == 1
    assert counts["callback"] == 2
    assert counts["request"] > 0
    assert merchant.client.get(f"{BASE}/clock").json()[ACCOUNT]["now"] == "2026-10-06T09:14:03.112Z"
    assert merchant.session(other)["id"] == other
    merchant.log_in()
    assert merchant.ok("GET", "/v1/sessions") == []


def test_nothing_from_before_a_reset_reaches_the_shop(merchant: Merchant) -> None:
    merchant.purchase()
    merchant.client.post(f"{BASE}/reset")
    asked = len(merchant.shop.asked)
    assert merchant.advance(24 * 3600) == 0
    assert len(merchant.shop.asked) == asked
    assert merchant.deliveries() == []


def test_deliveries_are_listed_and_read_one_by_one(merchant: Merchant) -> None:
    first, _ = merchant.purchase()
    second, _ = merchant.purchase()
    assert [d["at"] for d in merchant.deliveries(first)] == ["address_callback", "payment_callback"]
    assert len(merchant.deliveries()) == 4
    id = merchant.deliveries(second)[-1]["id"]
    assert merchant.client.get(f"{BASE}/deliveries/{id}").json()["session_id"] == second
    assert merchant.client.get(f"{BASE}/deliveries/nothing").status_code == 404


def test_sessions_are_shown_whatever_their_state(merchant: Merchant) -> None:
    sid, _ = merchant.purchase()
    newer = merchant.create()
    shown = merchant.client.get(f"{BASE}/sessions").json()
    assert [session["id"] for session in shown] == [newer, sid]
    assert merchant.client.get(f"{BASE}/sessions?limit=1").json() == shown[:1]
    assert merchant.client.get(f"{BASE}/sessions/{sid}").json() == merchant.session(sid)
    assert merchant.client.get(f"{BASE}/sessions/x").status_code == 404


def test_the_journal_tells_what_came_in_without_secrets(merchant: Merchant) -> None:
    sid = merchant.create()
    merchant.give_address(sid)
    merchant.call("GET", "/v1/admin/signature")
    journal = merchant.client.get(f"{BASE}/requests?direction=inbound").json()
    assert [e["path"] for e in journal][-1] == "/v1/admin/signature"
    assert (journal[0]["request"], journal[0]["response"]) == ("(redacted)", "(redacted)")
    assert "mock-signature-secret" not in str(journal)
    [given] = merchant.client.get(f"{BASE}/requests?method=put&path=shipping_address").json()
    assert (given["status"], given["account"]) == (200, ACCOUNT)
    assert ADDRESS["last_name"] in given["request"]
    assert sid in given["response"]
    assert merchant.token not in str(journal)


def test_the_journal_cuts_long_bodies_and_can_be_cleared(merchant: Merchant) -> None:
    merchant.call("POST", "/v1/sessions-profile", content=b"x" * 100_000)
    [entry] = merchant.client.get(f"{BASE}/requests?path=sessions-profile").json()
    assert len(entry["request"]) < 20_000
    merchant.log_in("T87654321")
    deleted = merchant.client.delete(f"{BASE}/requests?account={ACCOUNT}").json()["deleted"]
    assert deleted == 2
    left = merchant.client.get(f"{BASE}/requests").json()
    assert {e["account"] for e in left} == {"T87654321"}
    merchant.client.delete(f"{BASE}/requests")
    assert merchant.client.get(f"{BASE}/requests").json() == []


def test_without_a_journal_nothing_is_written_down_and_all_else_is_the_same() -> None:
    with opened(keeps_journal=False) as merchant:
        answer = merchant.call("GET", f"/v1/sessions/{merchant.create()}")
        assert answer.status_code == 200
        assert answer.headers["request-id"]
        assert merchant.client.get(f"{BASE}/requests").json() == []


def test_tokens_of_cards_are_left_out_of_the_journal(merchant: Merchant) -> None:
    tokens = {"dintero_psp.creditcard": {"payment_token": 'abc"def'}}
    merchant.create(customer={"email": "kari@example.no", "tokens": tokens})
    journal = merchant.client.get("/_mock/api/v1/requests").text
    assert "abc" not in journal
    assert "(redacted)" in journal
    assert "kari@example.no" in journal


def test_a_transaction_is_read_without_a_merchants_call_in_the_journal(merchant: Merchant) -> None:
    _, id = merchant.purchase()
    before = merchant.client.get(f"{BASE}/requests").json()
    found = merchant.client.get(f"{BASE}/transactions/{id}")
    assert (found.status_code, found.json()["id"]) == (200, id)
    assert merchant.client.get(f"{BASE}/requests").json() == before
    assert merchant.client.get(f"{BASE}/transactions/{id}x").status_code == 404
