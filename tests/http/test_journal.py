"""The journal: a ring for each account, no secret in it, cheap, and the account's own time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sandbox import ACCOUNT, NOW, Merchant, opened

from mock_dintero.core.callback import Answer
from mock_dintero.http.journal import KEPT, KEPT_IN_ALL, LONGEST_BODY, SLACK, Exchange, Journal

REQUESTS = "/_mock/api/v1/requests"
START = datetime(2026, 1, 1, tzinfo=UTC)


def exchange(number: int, account: str = ACCOUNT) -> Exchange:
    return Exchange(
        at=START + timedelta(seconds=number), method="GET", path=f"/v1/{number}", query="",
        account_id=account, status=200, duration=1.0, request=b"", response=b"",
    )  # fmt: skip


def paths(journal: Journal, account: str = "") -> list[str]:
    return [one.path for one in journal.read(account)]


def test_a_busy_account_pushes_out_nobody_elses() -> None:
    journal = Journal()
    journal.note(exchange(0, "T00000001"))
    for number in range(1, 3 * KEPT):
        journal.note(exchange(number))
    assert paths(journal, "T00000001") == ["/v1/0"]
    assert paths(journal, ACCOUNT) == [f"/v1/{number}" for number in range(2 * KEPT, 3 * KEPT)]


def test_when_there_are_too_many_the_fullest_account_loses_its_oldest() -> None:
    journal = Journal()
    quiet = [f"T{number:08}" for number in range(50)]
    for account in quiet:
        journal.note(exchange(0, account))
    busy = [f"T9{number:07}" for number in range(6)]
    for number in range(KEPT):
        for account in busy:
            journal.note(exchange(number + 1, account))
    assert len(journal.read()) <= KEPT_IN_ALL + SLACK
    assert all(paths(journal, account) == ["/v1/0"] for account in quiet)
    lengths = [len(journal.read(account)) for account in busy]
    assert max(lengths) - min(lengths) <= SLACK
    assert all(paths(journal, account)[-1] == f"/v1/{KEPT}" for account in busy)


def test_more_accounts_than_there_is_room_for_are_bounded_too() -> None:
    journal = Journal()
    for number in range(KEPT_IN_ALL + 2 * SLACK):
        journal.note(exchange(number, f"T{number:08}"))
    assert KEPT_IN_ALL <= len(journal.read()) <= KEPT_IN_ALL + SLACK
    journal.clear()
    assert journal.read() == []
    journal.note(exchange(1))
    assert len(journal.read()) == 1


def test_all_accounts_are_read_in_order_of_time() -> None:
    journal = Journal()
    for number, account in ((3, "a"), (1, "b"), (2, "a")):
        journal.note(exchange(number, account))
    assert paths(journal) == ["/v1/1", "/v1/2", "/v1/3"]


def test_a_note_costs_next_to_nothing_with_many_accounts() -> None:
    journal = Journal()
    notes = [exchange(number, f"T{number % 900:08}") for number in range(20_000)]
    start = time.perf_counter()
    for note in notes:
        journal.note(note)
    assert (time.perf_counter() - start) / len(notes) < 50e-6


def test_happenings_are_kept_for_each_account_until_it_is_forgotten() -> None:
    journal = Journal(lambda account: START)
    journal.note_happening(ACCOUNT, "clock", "moved")
    journal.note_happening("T00000001", "fault", "struck", "T00000001.s")
    [noted] = journal.happenings(ACCOUNT)
    assert noted.shown() | {"at": ""} == {
        "at": "", "account_time": "2026-01-01T00:00:00.000Z", "account": ACCOUNT, "session_id": "",
        "what": "clock", "detail": "moved",
    }  # fmt: skip
    journal.clear(ACCOUNT)
    assert journal.happenings(ACCOUNT) == [noted]
    journal.forget(ACCOUNT)
    assert journal.happenings(ACCOUNT) == []
    assert journal.happenings("T00000001")


def listed(merchant: Merchant, **params: Any) -> list[dict[str, Any]]:
    answer = merchant.client.get(REQUESTS, params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def test_what_went_out_stands_beside_what_came_in(merchant: Merchant) -> None:
    sid, tid = merchant.purchase()
    merchant.advance(0)
    merchant.call("GET", f"/v1/transactions/{tid}")
    out = listed(merchant, direction="outbound")
    assert [(one["method"], one["path"], one["status"]) for one in out] == [
        ("POST", "/options", 200), ("GET", "/paid", 200)
    ]  # fmt: skip
    assert f"transaction_id={tid}" in out[1]["query"]
    assert [one["url"].partition("?")[0] for one in out] == [
        "http://shop.example/options", "http://shop.example/paid"
    ]  # fmt: skip
    assert {one["delivery_id"] for one in out} == {one["id"] for one in merchant.deliveries()}
    assert {one["direction"] for one in listed(merchant)} == {"inbound", "outbound"}
    assert listed(merchant, direction="inbound", path="/auth/token")[0]["session_id"] == ""
    about = listed(merchant, session_id=sid)
    assert len(about) == len(listed(merchant)) - 1


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"method": "put"}, ["shipping_address", "shipping_option"]),
        ({"path": "approve"}, ["approve"]), ({"status": 404}, ["nothing"]),
        ({"direction": "outbound", "method": "GET"}, ["paid"]), ({"status": 303}, ["approve"]),
        ({"since": "2126-01-01"}, []), ({"account": "T87654321"}, []),
    ],
)  # fmt: skip
def test_filters_narrow_the_list(merchant: Merchant, filters: Any, expected: list[str]) -> None:
    merchant.purchase()
    merchant.advance(0)
    merchant.call("GET", "/v1/nothing")
    found = listed(merchant, **filters)
    assert [one["path"].rpartition("/")[2] for one in found] == expected


def test_since_is_real_time(merchant: Merchant) -> None:
    merchant.create()
    since = listed(merchant)[-1]["at"]
    assert [one["at"] for one in listed(merchant, since=since)] == [since]


@pytest.mark.parametrize("query", ["direction=up", "status=ok", "since=yesterday", "account=x"])
def test_a_filter_that_cannot_be_is_refused(merchant: Merchant, query: str) -> None:
    assert merchant.client.get(f"{REQUESTS}?{query}").status_code == 400


def test_the_session_is_found_by_whatever_names_it(merchant: Merchant) -> None:
    sid, tid = merchant.purchase()
    merchant.call("POST", f"/v1/transactions/{tid}/capture", json={"amount": 1})
    merchant.call("GET", f"/v1/transactions?session_id={sid}")
    merchant.client.get(f"/?sid={sid}")
    merchant.call("GET", "/v1/sessions")
    merchant.call("GET", "/v1/transactions/T12345678.111111111111111111111x")
    found = {one["path"]: one["session_id"] for one in listed(merchant, direction="inbound")}
    assert found["/v1/sessions-profile"] == found[f"/v1/transactions/{tid}/capture"] == sid
    assert found["/v1/transactions"] == found["/"] == found[f"/wallet/{sid}/{tid}/approve"] == sid
    assert found["/v1/sessions"] == ""
    assert found["/v1/transactions/T12345678.111111111111111111111x"] == ""


def test_a_failed_attempt_says_why() -> None:
    with opened(lambda callback: Answer(error="no answer within 10 seconds")) as merchant:
        merchant.finish(sid := merchant.create(express=None), merchant.pay(sid))
        merchant.advance(5)
        first, second = listed(merchant, direction="outbound")
        assert (first["status"], first["error"]) == (None, "no answer within 10 seconds")
        assert (first["attempt"], second["attempt"]) == (1, 2)
        assert second["account_time"] == "2026-10-06T09:14:08.112Z"


def test_clearing_leaves_what_went_out(merchant: Merchant) -> None:
    merchant.purchase()
    came_in = len(listed(merchant, direction="inbound"))
    assert merchant.client.delete(REQUESTS).json() == {"deleted": came_in}
    assert [one["direction"] for one in listed(merchant)] == ["outbound"]
    merchant.client.post("/_mock/api/v1/reset")
    assert listed(merchant) == []


def test_an_entry_has_the_accounts_time_beside_real_time(merchant: Merchant) -> None:
    merchant.move(3600)
    merchant.create()
    entry = listed(merchant, path="sessions-profile")[0]
    assert entry["account_time"] == "2026-10-06T10:14:03.112Z"
    assert entry["at"] != entry["account_time"]
    assert merchant.clock.now(ACCOUNT) > NOW


def test_long_bodies_are_cut_before_they_are_kept(merchant: Merchant) -> None:
    for _ in range(30):
        merchant.create(order={"amount": 1, "currency": "NOK", "merchant_reference": "x" * 5000})
    merchant.call("GET", "/v1/sessions?limit=100")
    last = merchant.app.state.journal.read()[-1]
    assert len(last.response) < LONGEST_BODY + 100
    assert listed(merchant, path="/v1/sessions")[-1]["response"].endswith(" bytes)")


def test_no_secret_is_in_any_list(merchant: Merchant) -> None:
    hook = {
        "config": {
            "url": "http://shop.example/hook", "content_type": "application/json",
            "secret": {"type": "HMAC-SHA1", "value": "hook-secret"},
        },
        "events": ["checkout_transaction"],
    }  # fmt: skip
    made = merchant.call("POST", f"/v1/accounts/{ACCOUNT}/hooks/subscriptions", json=hook)
    assert made.status_code == 200, made.text
    key = merchant.ok("POST", "/v1/admin/api-keys", {"name": "a key"})
    merchant.client.get("/v1/sessions", headers={"x-api-key": key["api_key"]})
    merchant.call("POST", "/v1/admin/signature")
    merchant.call(
        "POST", "/v1/sessions", json={"client_secret": "body-secret", "n": "4111111111111111"}
    )
    merchant.client.get("/v1/sessions?access_token=query-secret")
    text = merchant.client.get(REQUESTS).text
    for hidden in ("hook-secret", key["api_key"], "body-secret", "411111", "query-secret", "eyJ"):
        assert hidden not in text, hidden
    assert merchant.token not in text and "mock-client-secret" not in text
