"""A namespace is saved under a name, and put back as it was."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sandbox import ACCOUNT, NOW, Json, Merchant, good_answer, opened

from mock_dintero import core
from mock_dintero.adapters.clocks import SystemClock
from mock_dintero.adapters.sql_store import SqlStore
from mock_dintero.core.callback import Answer, Callback
from mock_dintero.core.record import Record
from mock_dintero.core.session import Session
from mock_dintero.core.timestamps import stamp

OTHER = "T87654321"
DAY = 24 * 3600


def save(merchant: Merchant, name: str = "before", body: Any = None, status: int = 200) -> Json:
    return dict(merchant.control("PUT", f"snapshots/{name}", body, status))


def restore(merchant: Merchant, name: str = "before", status: int = 200) -> Json:
    return dict(merchant.control("POST", f"snapshots/{name}/restore", status=status))


def get(merchant: Merchant, name: str = "before", status: int = 200) -> Json:
    return dict(merchant.control("GET", f"snapshots/{name}", status=status))


def everything(merchant: Merchant) -> Json:
    """All that a tester and the merchant can see, less the journal."""
    merchant.log_in(merchant.account)
    seen = {
        what: merchant.control("GET", what)
        for what in ("sessions", "deliveries", "faults", "clock")
    }
    seen["transactions"] = merchant.ok("GET", "/v1/transactions?limit=100")
    seen["settlements"] = merchant.ok("GET", f"/v1/accounts/{ACCOUNT}/settlements")
    seen["hooks"] = merchant.ok("GET", f"/v1/accounts/{ACCOUNT}/hooks/subscriptions")
    return seen


def eventful(merchant: Merchant) -> str:
    """An account in which much has happened; answers with a transaction."""
    merchant.fault("api", "status", times=3, match={"path": "*/nowhere"})
    merchant.fault("payment_callback", "drop", times=2, match={"event": "REFUND"})
    hook = {"config": {"url": "http://shop.example/hook"}, "events": ["checkout_transaction"]}
    merchant.ok("POST", f"/v1/accounts/{ACCOUNT}/hooks/subscriptions", hook)
    url = {"return_url": "https://shop.example/",
           "callback_url": "http://shop.example/paid?report_event=CAPTURE"}  # fmt: skip
    _, tid = merchant.purchase(url=url)
    merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 1000})
    merchant.advance(2 * DAY)
    merchant.log_in()
    merchant.purchase(url=url)
    return tid


def test_what_is_restored_is_what_was_saved(merchant: Merchant) -> None:
    tid = eventful(merchant)
    before = everything(merchant)
    saved = save(merchant)
    assert (saved["name"], saved["account"], saved["records"] > 5) == ("before", ACCOUNT, True)

    merchant.ok("POST", f"/v1/transactions/{tid}/refund", {"amount": 1000})
    merchant.purchase()
    merchant.control("DELETE", "faults")
    merchant.advance(3 * DAY)
    assert everything(merchant) != before

    assert restore(merchant)["name"] == "before"
    assert everything(merchant) == before


def test_a_snapshot_can_be_restored_as_often_as_one_likes(merchant: Merchant) -> None:
    eventful(merchant)
    before = everything(merchant)
    save(merchant)
    for _ in range(3):
        merchant.advance(DAY)
        merchant.log_in()
        merchant.purchase()
        restore(merchant)
        assert everything(merchant) == before
        assert get(merchant)["records"]


def test_what_waited_waits_again_and_nothing_from_between_arrives(merchant: Merchant) -> None:
    sid, tid = merchant.purchase()
    save(merchant)
    merchant.advance()
    between, _ = merchant.purchase()
    assert [one["session_id"] for one in merchant.shop.told()] == [sid]
    restore(merchant)
    asked = len(merchant.shop.asked)
    assert merchant.advance(3 * DAY) == 1
    heard = [one.session_id for one in merchant.shop.asked[asked:]]
    assert heard == [sid] != [between]
    merchant.log_in()
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"


def test_what_is_in_flight_lands_before_the_snapshot_is_taken_or_restored() -> None:
    landed = list[str]()

    async def slowly(callback: Callback) -> Answer:
        for _ in range(20):
            await asyncio.sleep(0)
        landed.append(callback.session_id)
        return good_answer(callback)

    with opened(slowly, delivers=True, clock=SystemClock()) as merchant:
        sid, _ = merchant.purchase()
        save(merchant)
        assert landed.count(sid) == 2  # the question, and the payment
        records = get(merchant)["records"]
        assert [r["body"]["state"] for r in records if r["kind"] == "callback"] == ["delivered"] * 2
        restore(merchant)
        assert merchant.advance(DAY) == 0


def test_a_question_that_was_open_can_be_asked_again_after_it_is_restored() -> None:
    """It was held back by a fault; who waited for its answer is not there any more."""
    with opened() as merchant:
        sid = merchant.create()
        merchant.fault("address_callback", "delay", seconds=60)

        async def ask_and_save() -> None:
            async with merchant.inside() as client:
                path = f"/v1/view/{sid}/session/order/shipping_address"
                asking = asyncio.create_task(client.put(path, json=address))
                while not merchant.app.state.sandbox.emptied:
                    await asyncio.sleep(0)
                await client.put(f"/_mock/api/v1/snapshots/open?account={ACCOUNT}")
                await client.post(f"/_mock/api/v1/snapshots/open/restore?account={ACCOUNT}")
                await asking

        address = {
            "first_name": "Kari", "last_name": "Nordmann", "address_line": "Storgata 1",
            "postal_code": "0155", "postal_place": "Oslo", "country": "NO",
        }  # fmt: skip
        assert merchant.client.portal
        merchant.client.portal.call(ask_and_save)
        session = merchant.app.state.sandbox.store.load(Session, sid)
        assert session.question.state == "failed"
        [question] = merchant.deliveries(sid)
        assert question["state"] == "failed"
        assert merchant.shop.asked == []
        assert merchant.give_address(sid).json()["express"]["shipping_options"]


@pytest.mark.parametrize("running", [True, False])
def test_the_clock_is_put_back(running: bool) -> None:
    with opened(clock=SystemClock()) as merchant:
        merchant.control("PUT", "clock", {"now": "2027-05-17T12:00:00Z", "running": running})
        save(merchant)
        merchant.control("PUT", "clock", {"now": "2029-01-01T00:00:00Z", "running": not running})
        assert restore(merchant)["running"] is running
        clock = merchant.control("GET", "clock")[ACCOUNT]
        assert clock["running"] is running
        assert clock["now"].startswith("2027-05-17T12:00:0")


def test_another_account_does_not_notice(merchant: Merchant) -> None:
    save(merchant)
    merchant.log_in(OTHER)
    sid, tid = merchant.purchase()
    merchant.account = ACCOUNT
    restore(merchant)
    merchant.log_in(OTHER)
    assert merchant.session(sid)["transaction_id"] == tid
    assert merchant.advance() == 1


def test_snapshots_are_listed_replaced_and_forgotten_and_a_reset_leaves_them(
    merchant: Merchant,
) -> None:
    assert merchant.control("GET", "snapshots") == []
    save(merchant, "empty")
    merchant.purchase()
    save(merchant, "full")
    merchant.control("POST", "reset")
    names = [one["name"] for one in merchant.control("GET", "snapshots")]
    assert names == ["empty", "full"]
    restore(merchant, "full")
    assert len(merchant.control("GET", "sessions")) == 1
    save(merchant, "empty")
    restore(merchant, "empty")
    assert len(merchant.control("GET", "sessions")) == 1
    assert merchant.control("DELETE", "snapshots/empty") == {"deleted": "empty"}
    error = get(merchant, "empty", 404)
    assert error["message"] == f"no snapshot 'empty' of {ACCOUNT}; there is full"
    restore(merchant, "empty", 404)


def test_a_snapshot_survives_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "store.db")
    with opened(store=SqlStore(path)) as merchant:
        eventful(merchant)
        before = everything(merchant)
        save(merchant)
        merchant.control("POST", "reset")
    with opened(store=SqlStore(path)) as merchant:
        restore(merchant)
        assert everything(merchant) == before
        assert merchant.advance() > 0


def test_what_was_read_can_be_put_into_a_fresh_sandbox() -> None:
    with opened() as merchant:
        eventful(merchant)
        before = everything(merchant)
        save(merchant)
        file = get(merchant)
    with opened() as merchant:
        assert save(merchant, "mine", file)["records"] == len(file["records"])
        restore(merchant, "mine")
        assert everything(merchant) == before
        again = get(merchant, "mine")
        assert {**again, "name": "", "id": ""} == {**file, "name": "", "id": ""}
        assert merchant.advance(DAY) > 0


def test_every_kind_of_record_can_be_put_back_in_a_process_that_has_not_used_it_yet() -> None:
    for module in pkgutil.iter_modules(core.__path__):
        importlib.import_module(f"{core.__name__}.{module.name}")
    every = {kind.kind for kind in Record.__subclasses__()} - {"account", "snapshot"}
    code = "import mock_dintero.app; from mock_dintero.use_cases.snapshots import kinds; print(*kinds())"
    fresh = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(fresh.stdout.split()) == every


def garbage(**changes: Any) -> Json:
    whole = {"taken_at": stamp(NOW), "now": stamp(NOW), "running": True, "records": []}
    return {**whole, **changes}


def a_record(**changes: Any) -> Json:
    body: Json = {
        "id": f"{ACCOUNT}.d", "at": "payment_callback", "session_id": f"{ACCOUNT}.s",
        "method": "GET", "url": "http://shop.example/", "created_at": stamp(NOW), "due": stamp(NOW),
    }  # fmt: skip
    return {"kind": "callback", "body": {**body, **changes}}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ([], "object"), ({"records": []}, "taken_at"), (garbage(now="noon"), "now"),
        (garbage(now="0001-01-01T00:00:00Z"), "now"), (garbage(running=1), "running"),
        (garbage(record=[]), "record"), (garbage(records={}), "records"),
        (garbage(records=[{"kind": "dream", "body": {}}]), "records.0.kind: 'dream'"),
        (garbage(records=[{"kind": "account", "body": {"id": ACCOUNT}}]), "records.0.kind"),
        (garbage(records=[{"kind": "snapshot", "body": {}}]), "records.0.kind"),
        (garbage(records=[{"kind": "callback", "body": {}}]), "records.0.body."),
        (garbage(records=[a_record(id=f"{OTHER}.d")]), OTHER),
        (garbage(records=[a_record(), a_record()]), f"two of callback {ACCOUNT}.d"),
        (garbage(records=[a_record(), a_record(due="soon")]), "records.1.body.due: 'soon'"),
        (garbage(records=[a_record(due="2026-10-06")]), "records.0.body.due"),
        (garbage(records=[a_record(state="lost")]), "records.0.body.state"),
    ],
)  # fmt: skip
def test_what_is_no_snapshot_is_refused_by_name(merchant: Merchant, body: Any, named: str) -> None:
    assert named in save(merchant, "bad", body, 400)["message"]
    assert merchant.control("GET", "snapshots") == []


@pytest.mark.parametrize("name", ["a b", "a.b", "x" * 65, "%C3%B8%20"])
def test_a_name_is_letters_digits_and_dashes(merchant: Merchant, name: str) -> None:
    assert "name" in save(merchant, name, status=400)["message"]


def test_a_snapshot_needs_one_account(merchant: Merchant) -> None:
    merchant.log_in(OTHER)
    answer = merchant.client.put("/_mock/api/v1/snapshots/x")
    assert answer.status_code == 400
    assert "?account=" in answer.json()["error"]["message"]


def test_what_was_in_flight_in_somebody_elses_snapshot_is_carried(merchant: Merchant) -> None:
    save(merchant, "given", garbage(now=stamp(NOW), records=[a_record(state="in_flight")]))
    restore(merchant, "given")
    assert merchant.advance() == 1
    assert [d["state"] for d in merchant.deliveries()] == ["delivered"]
