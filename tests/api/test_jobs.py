"""What Dintero does later by itself: automatic captures tried again, operations that a provider finishes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sandbox import ACCOUNT, NOW, VIPPS, Json, Merchant, opened, order
from saved_cards import CARD, registered, secret

from mock_dintero.adapters.sql_store import SqlStore
from mock_dintero.core.job import Job
from mock_dintero.core.timestamps import stamp

HOUR = 3600
TIMES_OUT = "4100000000000035"
CAPTURE = {"operation": "capture"}
AUTO: Json = {
    "auto_capture": True,
    "dintero_psp": {"vipps": {"enabled": True}, "creditcard": {"enabled": True}},
}
REPORTS: Json = {
    "return_url": "https://shop.example/",
    "callback_url": "http://shop.example/paid?report_event=CAPTURE&report_event=REFUND&report_event=VOID",
}  # fmt: skip


def bought(merchant: Merchant, card: str = "", **changes: Any) -> str:
    """A payment with an automatic capture."""
    changes = {"configuration": AUTO, "order": order(amount=1000, items=None), **changes}
    sid = merchant.create(express=None, **changes)
    if not card:
        tid = merchant.pay(sid)
        merchant.finish(sid, tid)
        return tid
    steps = {"pay": {"method": CARD, "card_number": card}}
    return str(merchant.control("POST", f"sessions/{sid}/buyer", steps)["transaction"]["id"])


def captures(merchant: Merchant, tid: str) -> list[tuple[float, bool]]:
    """Hours since the start, and whether it worked."""
    merchant.log_in()
    events = [e for e in merchant.transaction(tid)["events"] if e["event"] == "CAPTURE"]
    times = [e["created_at"] for e in events]
    hours = [(at_hour(time), e["success"]) for time, e in zip(times, events, strict=True)]
    assert times == sorted(times)
    return hours


def at_hour(time: str) -> float:
    found = [n for n in range(60) if stamp(NOW + timedelta(hours=n)) == time]
    assert found, f"{time} is no whole hour after the payment"
    return found[0]


def test_a_card_that_times_out_is_captured_again_every_hour_for_two_days(
    merchant: Merchant,
) -> None:
    tid = bought(merchant, TIMES_OUT)
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"
    merchant.advance(90 * HOUR)
    assert captures(merchant, tid) == [(n, False) for n in range(49)]
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"


def test_a_provider_that_works_again_ends_it_and_the_shop_is_told(merchant: Merchant) -> None:
    merchant.fault("payment", "time_out", match=CAPTURE, times=3)
    tid = bought(merchant, url=REPORTS)
    merchant.advance(90 * HOUR)
    assert captures(merchant, tid) == [(0, False), (1, False), (2, False), (3, True)]
    assert merchant.transaction(tid)["status"] == "CAPTURED"
    told = [one.get("event") for one in merchant.shop.told()]
    assert told[0] is None
    assert told[-1] == "CAPTURE"


@pytest.mark.parametrize("verb", ["capture", "void"])
def test_what_the_shop_does_by_hand_meanwhile_stops_it(merchant: Merchant, verb: str) -> None:
    merchant.fault("payment", "refuse", match=CAPTURE)
    tid = bought(merchant)
    merchant.advance(HOUR / 2)
    merchant.ok("POST", f"/v1/transactions/{tid}/{verb}", {"amount": 400})
    merchant.advance(90 * HOUR)
    made = [success for _, success in by_hand(merchant, tid)]
    assert made == ([False, True] if verb == "capture" else [False])


def by_hand(merchant: Merchant, tid: str) -> list[tuple[str, bool]]:
    merchant.log_in()
    events = merchant.transaction(tid)["events"]
    return [(e["created_at"], e["success"]) for e in events if e["event"] == "CAPTURE"]


def test_a_late_answer_is_no_word_about_an_automatic_capture(merchant: Merchant) -> None:
    """202 is an answer to a call; nobody has called. The fault waits for the shop's own capture."""
    merchant.fault("payment", "pending", match=CAPTURE)
    tid = bought(merchant)
    assert merchant.transaction(tid)["status"] == "CAPTURED"
    assert len(merchant.control("GET", "faults")) == 1


@pytest.mark.parametrize("by", ["tester", "merchant"])
def test_a_payment_that_was_on_hold_is_captured_again_too(merchant: Merchant, by: str) -> None:
    method = "dintero.external" if by == "merchant" else "collector.invoice"
    product, name = method.split(".")
    configuration = {"auto_capture": True, product: {name: {"enabled": True}}}
    sid = merchant.create_without_profile(configuration, order=order(amount=1000, items=None))
    tid = merchant.pay(sid, method)
    merchant.finish(sid, tid, "hold")
    merchant.fault("payment", "refuse", match=CAPTURE, times=2)
    if by == "tester":
        merchant.control("POST", f"transactions/{tid}/decide", {"outcome": "approve"})
    else:
        merchant.ok("POST", f"/v1/transactions/{tid}/authorization", {})
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"
    merchant.advance(90 * HOUR)
    assert captures(merchant, tid) == [(0, False), (1, False), (2, True)]


def charged(merchant: Merchant) -> Json:
    value = secret(merchant, registered(merchant))
    body = {
        "session": {
            "order": order(amount=1000, items=None), "configuration": {"auto_capture": True},
            "customer": {"tokens": {CARD: {"payment_token": value}}},
        },
        "payment": {"payment_product_type": CARD, "operation": "recurring_purchase"},
    }  # fmt: skip
    return dict(merchant.ok("POST", "/v1/sessions/pay", body))


def test_a_saved_card_whose_capture_fails_is_captured_again(merchant: Merchant) -> None:
    merchant.fault("payment", "refuse", match={**CAPTURE, "merchant_reference": "order-1"})
    paid = charged(merchant)
    assert paid["status"] == "AUTHORIZED"
    merchant.advance(90 * HOUR)
    assert captures(merchant, paid["id"]) == [(0, False), (1, True)]


@pytest.mark.parametrize(("do", "code"), [("refuse", "05"), ("time_out", "Error")])
def test_a_saved_card_is_refused_as_the_tester_says(merchant: Merchant, do: str, code: str) -> None:
    match = {"operation": "authorization", "merchant_reference": "order-1"}
    merchant.fault("payment", do, match=match)
    paid = charged(merchant)
    assert (paid["status"], paid["success"]) == ("FAILED", False)
    assert paid["actions"][0]["code"] == code
    assert merchant.control("GET", "faults") == []


def test_a_refusal_has_the_testers_words(merchant: Merchant) -> None:
    match = {"operation": "authorization"}
    merchant.fault("payment", "refuse", match=match, message="the account is frozen")
    tid = bought(merchant)
    last = merchant.transaction(tid)["events"][-1]
    assert last["error"]["message"] == "the account is frozen"


def test_a_fault_at_the_provider_is_not_used_up_by_what_is_wrong_in_itself(
    merchant: Merchant,
) -> None:
    tid = merchant.authorized(1000)
    merchant.fault("payment", "refuse", match=CAPTURE)
    path = f"/v1/transactions/{tid}/capture"
    assert merchant.call("POST", path, json={"amount": 1001}).status_code == 400
    assert merchant.ok("POST", path, {"amount": 1000})["status"] == "AUTHORIZED"
    assert merchant.ok("POST", path, {"amount": 1000})["status"] == "CAPTURED"


PENDING = [
    ("capture", {"amount": 400}, "INITIATE_CAPTURE", "PARTIALLY_CAPTURED"),
    ("refund", {"amount": 300}, "INITIATE_REFUND", "PARTIALLY_REFUNDED"),
    ("void", {}, "INITIATE_VOID", "AUTHORIZATION_VOIDED"),
]


@pytest.mark.parametrize(("verb", "body", "begun", "status"), PENDING)
def test_an_operation_that_is_pending_is_finished_later_and_told_then(
    merchant: Merchant, verb: str, body: Json, begun: str, status: str
) -> None:
    tid = merchant.authorized(1000, url=REPORTS)
    if verb == "refund":
        merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 1000})
    merchant.advance()
    told = len(merchant.shop.told())
    merchant.fault("payment", "pending", match={"operation": verb}, seconds=90)
    answer = merchant.call("POST", f"/v1/transactions/{tid}/{verb}", json=body)
    assert answer.status_code == 202
    last = answer.json()["events"][-1]
    assert last["event"] == begun
    assert answer.headers["event-request-id"] == last["request_id"]
    before = merchant.transaction(tid)["status"]
    assert answer.json()["status"] == before != status

    assert merchant.advance(89.999) == 0
    assert merchant.transaction(tid)["status"] == before
    assert merchant.advance(0.001) == 1
    after = merchant.transaction(tid)
    assert after["status"] == status
    assert after["events"][-1]["correlation_request_id"] == last["request_id"]
    assert after["events"][-1]["created_at"] == stamp(NOW + timedelta(seconds=90))
    [heard] = merchant.shop.told()[told:]
    assert heard["event"] == verb.upper()
    assert heard["event_id"] == after["events"][-1]["id"]


def test_two_pending_captures_of_the_whole_take_it_once(merchant: Merchant) -> None:
    tid = merchant.authorized(1000)
    merchant.fault("payment", "pending", match=CAPTURE, times=2)
    for _ in range(2):
        path = f"/v1/transactions/{tid}/capture"
        assert merchant.call("POST", path, json={"amount": 1000}).status_code == 202
    merchant.advance(60)
    events = merchant.transaction(tid)["events"]
    assert [(e["event"], e["success"]) for e in events][2:] == [
        ("INITIATE_CAPTURE", True), ("INITIATE_CAPTURE", True), ("CAPTURE", True), ("CAPTURE", False)
    ]  # fmt: skip
    assert merchant.transaction(tid)["status"] == "CAPTURED"


def test_jobs_go_on_after_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "store.db")
    with opened(store=SqlStore(path)) as merchant:
        late = merchant.authorized(1000)
        mine = {**CAPTURE, "transaction_id": late}
        merchant.fault("payment", "pending", match=mine, seconds=600)
        merchant.fault("payment", "refuse", match=CAPTURE, times=2)
        again = bought(merchant)
        capture = f"/v1/transactions/{late}/capture"
        assert merchant.call("POST", capture, json={"amount": 1000}).status_code == 202
    with opened(store=SqlStore(path)) as merchant:
        merchant.advance(3 * HOUR)
        assert merchant.transaction(late)["status"] == "CAPTURED"
        assert captures(merchant, again) == [(0, False), (1, False), (2, True)]


def test_a_job_that_cannot_be_done_stops_nothing(
    merchant: Merchant, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody but a hand-made snapshot brings one about."""
    tid = merchant.authorized(1000)
    broken = Job(
        id=f"{ACCOUNT}.broken", intent="finish_operation", transaction_id=tid,
        created_at=stamp(NOW), due=stamp(NOW), operation={"event": "DANCE"},
    )  # fmt: skip
    merchant.app.state.sandbox.store.save(broken)
    assert merchant.advance(1) == 1
    assert "could not be done" in caplog.text
    assert merchant.control("GET", "clock")[ACCOUNT]["now"] == stamp(NOW + timedelta(seconds=1))


def test_a_job_about_a_payment_that_is_gone_ends(merchant: Merchant) -> None:
    lost = Job(
        id=f"{ACCOUNT}.lost", intent="retry_auto_capture", transaction_id=f"{ACCOUNT}.gone",
        created_at=stamp(NOW), due=stamp(NOW),
    )  # fmt: skip
    store = merchant.app.state.sandbox.store
    store.save(lost)
    merchant.advance(1)
    assert store.load(Job, lost.id).due is None


def test_a_payment_without_automatic_capture_has_no_job(merchant: Merchant) -> None:
    merchant.fault("payment", "refuse", match=CAPTURE)
    tid = merchant.authorized(1000, method=VIPPS)
    path = f"/v1/transactions/{tid}/capture"
    assert merchant.ok("POST", path, {"amount": 1000})["events"][-1]["success"] is False
    merchant.advance(90 * HOUR)
    assert len(by_hand(merchant, tid)) == 1
