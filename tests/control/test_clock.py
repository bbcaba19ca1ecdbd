"""An account's time: read, set, stopped, moved on with everything that falls due on the way."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox import ACCOUNT, NOW, Json, Merchant, good_answer, opened, order

from mock_dintero.adapters.clocks import SystemClock
from mock_dintero.adapters.sql_store import SqlStore
from mock_dintero.app import seeded_uuids
from mock_dintero.core.callback import Answer, Callback
from mock_dintero.core.timestamps import moment, stamp

CLOCK = "/_mock/api/v1/clock"
FAULTS = "/_mock/api/v1/faults"
OTHER = "T87654321"
DAY = 24 * 3600


def put(merchant: Merchant, status: int = 200, account: str = ACCOUNT, **body: Any) -> Json:
    answer = merchant.client.put(CLOCK, params={"account": account}, json=body)
    assert answer.status_code == status, answer.text
    return dict(answer.json()[account] if status == 200 else answer.json()["error"])


def read(merchant: Merchant, account: str = ACCOUNT) -> Json:
    return dict(merchant.client.get(CLOCK, params={"account": account}).json()[account])


def to(merchant: Merchant, when: str, status: int = 200) -> Json:
    answer = merchant.client.post(
        f"{CLOCK}/advance", params={"account": ACCOUNT}, json={"to": when}
    )
    assert answer.status_code == status, answer.text
    return dict(answer.json()[ACCOUNT] if status == 200 else answer.json()["error"])


def seconds(one: str, other: str) -> float:
    return (moment(one) - moment(other)).total_seconds()


def fails(_: Callback) -> Answer:
    return Answer(status=500)


def wanting(*events: str) -> Json:
    query = "&".join(f"report_event={event}" for event in events)
    return {
        "return_url": "https://shop.example/", "callback_url": f"http://shop.example/paid?{query}"
    }  # fmt: skip


def test_a_frozen_clock_stands_and_goes_on_from_where_it_stood() -> None:
    with opened(clock=SystemClock()) as merchant:
        frozen = put(merchant, now="2027-05-17T12:00:00.000Z", running=False)
        assert frozen["now"] == "2027-05-17T12:00:00.000Z"
        assert frozen["running"] is False
        assert [read(merchant)["now"] for _ in range(3)] == [frozen["now"]] * 3
        runs = put(merchant, running=True)
        assert runs["running"] is True
        assert 0 <= seconds(runs["now"], frozen["now"]) < 5
        assert seconds(read(merchant)["now"], frozen["now"]) < 5


def test_a_frozen_clock_is_moved_exactly() -> None:
    with opened(clock=SystemClock()) as merchant:
        put(merchant, now="2027-05-17T12:00:00Z", running=False)
        merchant.advance(3600.5)
        assert read(merchant)["now"] == "2027-05-17T13:00:00.500Z"
        assert to(merchant, "2027-05-18T00:00:00Z")["now"] == "2027-05-18T00:00:00.000Z"
        put(merchant, now="2020-01-01T00:00:00Z")
        assert read(merchant) | {"offset": 0} == {
            "now": "2020-01-01T00:00:00.000Z", "running": False, "offset": 0
        }  # fmt: skip


def test_a_clock_that_was_only_moved_runs_on() -> None:
    with opened(clock=SystemClock()) as merchant:
        first = put(merchant, now="2027-05-17T12:00:00Z")
        assert first["running"] is True
        assert 0 <= seconds(first["now"], "2027-05-17T12:00:00Z") < 5
        until = moment(first["now"]) + timedelta(milliseconds=20)
        while moment(read(merchant)["now"]) < until:
            pass


def test_what_happens_has_the_accounts_time() -> None:
    with opened(clock=SystemClock()) as merchant:
        put(merchant, now="2031-02-03T04:05:06.789Z", running=False)
        merchant.log_in()
        sid, tid = merchant.purchase()
        session, transaction = merchant.session(sid), merchant.transaction(tid)
        times = {session["created_at"], transaction["created_at"]}
        times |= {event["created_at"] for event in transaction["events"]}
        assert times == {"2031-02-03T04:05:06.789Z"}
        assert merchant.deliveries(sid)[-1]["created_at"] == "2031-02-03T04:05:06.789Z"


def test_the_clock_of_another_account_runs_on_undisturbed() -> None:
    with opened(clock=SystemClock()) as merchant:
        merchant.log_in(OTHER)
        put(merchant, now="2027-05-17T12:00:00Z", running=False)
        assert read(merchant, OTHER)["running"] is True
        assert abs(read(merchant, OTHER)["offset"]) < 0.1


def test_a_clock_that_is_set_back_makes_what_was_due_wait_again(merchant: Merchant) -> None:
    merchant.purchase()
    put(merchant, now=stamp(NOW - timedelta(hours=1)))
    assert merchant.advance(3599) == 0
    assert merchant.advance(1) == 1
    assert len(merchant.shop.told()) == 1


def test_setting_a_clock_forwards_carries_nothing_by_itself_without_a_postman(
    merchant: Merchant,
) -> None:
    """With one it goes at once; advancing to now brings about the rest of it in either case."""
    merchant.purchase()
    put(merchant, now=stamp(NOW + timedelta(days=3)))
    assert merchant.shop.told() == []
    assert merchant.advance(0) == 1


def test_a_clock_that_is_moved_runs_no_further_than_asked() -> None:
    with opened(fails) as merchant:
        merchant.authorized()
        assert to(merchant, stamp(NOW + timedelta(milliseconds=4999)))["callbacks"] == 1
        assert to(merchant, stamp(NOW + timedelta(seconds=5)))["callbacks"] == 1
        assert to(merchant, stamp(NOW + timedelta(seconds=5)))["callbacks"] == 0


def test_the_past_cannot_be_advanced_to_and_the_way_out_is_said(merchant: Merchant) -> None:
    error = to(merchant, stamp(NOW - timedelta(seconds=1)), 400)
    assert error["message"].startswith("to: ")
    assert "PUT" in error["message"]
    error = to(merchant, stamp(NOW + timedelta(days=800)), 400)
    assert error["message"].startswith("to: ")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "seconds"), ({"seconds": 1, "to": "2030-01-01T00:00:00Z"}, "seconds"),
        ({"to": "tomorrow"}, "to"), ({"to": 5}, "to"), ({"secnds": 1}, "secnds"),
        ({"seconds": True}, "seconds"), ({"seconds": 366 * DAY + 1}, "seconds"),
    ],
)  # fmt: skip
def test_a_wrong_advance_is_refused_by_name(merchant: Merchant, body: Json, named: str) -> None:
    answer = merchant.client.post(f"{CLOCK}/advance", json=body)
    assert answer.status_code == 400
    assert named in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"now": "noon"}, "now"), ({"now": None, "running": "no"}, "running"), ({"nwo": 1}, "nwo"),
        ({"now": "0001-01-01T00:00:00Z"}, "now"), ({"now": "9999-12-31T23:59:59Z"}, "now"),
    ],
)  # fmt: skip
def test_a_wrong_time_is_refused_by_name_and_nothing_changes(
    merchant: Merchant, body: Json, named: str
) -> None:
    assert named in put(merchant, 400, **body)["message"]
    assert read(merchant)["now"] == stamp(NOW)


@pytest.mark.parametrize("far", ["1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z"])
def test_a_purchase_goes_well_at_the_ends_of_time(merchant: Merchant, far: str) -> None:
    put(merchant, now=far)
    merchant.log_in()
    _, tid = merchant.purchase()
    merchant.advance(366 * DAY)
    merchant.log_in()
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"
    assert [d["state"] for d in merchant.deliveries()] == ["delivered"] * 2


def test_an_empty_change_changes_nothing(merchant: Merchant) -> None:
    assert put(merchant) == {"now": stamp(NOW), "running": False, "offset": 0}


def test_callbacks_jobs_and_settlements_run_in_the_order_of_their_time() -> None:
    """Captured at once, settled in the morning, refunded later by the provider, tried again for long."""
    happened: list[tuple[str, str]] = []

    def shop(callback: Callback) -> Answer:
        if callback.at != "payment_callback":
            return good_answer(callback)
        happened.append((stamp(merchant.clock.now(ACCOUNT)), callback.event or "AUTHORIZE"))
        return Answer(status=500 if callback.event is None else 200)

    with opened(shop) as merchant:
        tid = merchant.authorized(1000, url=wanting("CAPTURE", "REFUND"))
        capture, refund = (f"/v1/transactions/{tid}/{verb}" for verb in ("capture", "refund"))
        merchant.ok("POST", capture, {"amount": 1000})
        fault = {"at": "payment", "do": "pending", "seconds": 30 * 3600,
                 "match": {"operation": "refund"}}  # fmt: skip
        merchant.client.post(FAULTS, params={"account": ACCOUNT}, json=fault)
        assert merchant.call("POST", refund, json={"amount": 300}).status_code == 202
        merchant.advance(3 * DAY)
        merchant.log_in()
        events = merchant.transaction(tid)["events"]

    names = [event["event"] for event in events]
    assert names == [
        "INITIALIZE", "AUTHORIZE", "CAPTURE", "INITIATE_REFUND", "SETTLEMENT", "REFUND", "SETTLEMENT"
    ]  # fmt: skip
    times = [event["created_at"] for event in events]
    assert times == sorted(times)
    assert happened == sorted(happened, key=lambda one: one[0])
    assert [name for _, name in happened].count("AUTHORIZE") == 21
    refunded = next(event["created_at"] for event in events if event["event"] == "REFUND")
    told = [at for at, name in happened if name == "REFUND"]
    assert told == [refunded] == [stamp(NOW + timedelta(hours=30))]


def test_what_an_answer_causes_has_been_delivered_when_advance_answers() -> None:
    """The shop captures while it is told of the payment, and is told of the capture."""

    async def shop(callback: Callback) -> Answer:
        if callback.at == "payment_callback" and callback.event is None:
            async with merchant.inside() as client:
                path = f"/v1/transactions/{callback.transaction_id}/capture"
                answer = await client.post(path, json={"amount": 1000})
                assert answer.status_code == 200
        return good_answer(callback)

    with opened(shop) as merchant:
        merchant.authorized(1000, url=wanting("CAPTURE"))
        assert merchant.advance(1) == 2
        assert [one.get("event") for one in merchant.shop.told()] == [None, "CAPTURE"]
        assert [d["state"] for d in merchant.deliveries()] == ["delivered"] * 2


def test_what_an_answer_causes_is_counted_whoever_carries_it() -> None:
    """With a postman at work the new callback is carried as soon as it is there."""

    async def shop(callback: Callback) -> Answer:
        if callback.at == "payment_callback" and callback.event is None:
            async with merchant.inside() as client:
                path = f"/v1/transactions/{callback.transaction_id}/capture"
                await client.post(path, json={"amount": 1000})
        return good_answer(callback)

    with opened(shop, delivers=True) as merchant:
        put(merchant, now=stamp(NOW))
        url = wanting("CAPTURE")
        url["callback_url"] += "&delay_callback=30"
        merchant.authorized(1000, url=url)
        assert merchant.advance(60) == 2
        assert len(merchant.shop.told()) == 2


def test_a_callback_that_a_fault_makes_late_counts_once(merchant: Merchant) -> None:
    fault = {"at": "payment_callback", "do": "delay", "seconds": 600}
    merchant.client.post(FAULTS, params={"account": ACCOUNT}, json=fault)
    merchant.purchase()
    assert merchant.advance(60) == 0
    assert merchant.shop.told() == []
    assert merchant.advance(540) == 1
    assert len(merchant.shop.told()) == 1


STEPS = st.lists(st.integers(1, 9000) | st.sampled_from([1, 4, 5, 3600]), min_size=1, max_size=12)


def told_when(steps: list[int], failures: int) -> list[tuple[str, str, str | None]]:
    """What the shop heard and when, by the account's clock, if time passes in these steps."""
    heard: list[tuple[str, str, str | None]] = []

    def shop(callback: Callback) -> Answer:
        if callback.at != "payment_callback":
            return good_answer(callback)
        event = callback.event or "AUTHORIZE"
        heard.append((stamp(merchant.clock.now(ACCOUNT)), event, callback.transaction_id))
        return Answer(status=503 if len(heard) <= failures else 200)

    with opened(shop, new_uuid=seeded_uuids(7)) as merchant:
        configuration = {"auto_capture": True, "dintero_psp": {"vipps": {"enabled": True}}}
        faults: list[Json] = [
            {"at": "payment", "do": "refuse", "match": {"operation": "capture"}, "times": 2},
            {"at": "payment_callback", "do": "delay", "seconds": 100},
        ]
        merchant.client.put(FAULTS, params={"account": ACCOUNT}, json={"faults": faults})
        merchant.authorized(1000, configuration=configuration, url=wanting("CAPTURE"))
        for step in steps:
            merchant.advance(step)
        deliveries = merchant.deliveries()
    tries = [(a["at"], d["id"], a["status"]) for d in deliveries for a in d["attempts"]]
    assert sorted(at for at, _, _ in tries) == [at for at, _, _ in heard]
    return [*heard, *((d["id"], d["state"], d.get("due")) for d in deliveries)]


@settings(max_examples=25)
@given(STEPS, st.integers(0, 12))
def test_one_long_step_and_many_short_ones_give_the_same_deliveries(
    steps: list[int], failures: int
) -> None:
    assert told_when([sum(steps)], failures) == told_when(steps, failures)


@pytest.mark.parametrize("account", ["", ACCOUNT])
def test_all_clocks_or_one_are_moved(merchant: Merchant, account: str) -> None:
    merchant.log_in(OTHER)
    params = {"account": account} if account else {}
    merchant.client.post(f"{CLOCK}/advance", params=params, json={"seconds": 60})
    assert read(merchant)["offset"] == 60
    assert read(merchant, OTHER)["offset"] == (0 if account else 60)


def test_two_advances_at_once_carry_each_callback_once() -> None:
    async def shop(callback: Callback) -> Answer:
        for _ in range(5):
            await asyncio.sleep(0)
        return Answer(status=500)

    with opened(shop) as merchant:
        tid = merchant.authorized()

        async def both() -> None:
            async with merchant.inside() as client:
                path = f"{CLOCK}/advance?account={ACCOUNT}"
                await asyncio.gather(*(client.post(path, json={"seconds": 3600}) for _ in range(2)))

        assert merchant.client.portal
        merchant.client.portal.call(both)
        [delivery] = merchant.deliveries()
        assert delivery["transaction_id"] == tid
        due = [seconds(one["at"], delivery["created_at"]) for one in delivery["attempts"]]
        assert due == [0, 5, 15, 35, 75, 155, 315, 635, 1275, 2555]


@pytest.mark.parametrize("running", [True, False])
def test_a_clock_is_kept_over_a_restart(tmp_path: Path, running: bool) -> None:
    path = str(tmp_path / "store.db")
    with opened(store=SqlStore(path), clock=SystemClock()) as merchant:
        before = put(merchant, now="2027-05-17T12:00:00Z", running=running)
    for _ in range(20):  # a drift of microseconds would show sooner or later
        with opened(store=SqlStore(path), clock=SystemClock()) as merchant:
            after = read(merchant)
        assert after["running"] is running
        if running:
            assert 0 <= seconds(after["now"], before["now"]) < 30
            assert abs(after["offset"] - before["offset"]) < 0.01
        else:
            assert after["now"] == "2027-05-17T12:00:00.000Z"


def test_a_reset_lets_the_clock_go() -> None:
    with opened(clock=SystemClock()) as merchant:
        put(merchant, now="2027-05-17T12:00:00Z", running=False)
        merchant.client.post("/_mock/api/v1/reset", params={"account": ACCOUNT})
        assert read(merchant)["running"] is True
        assert abs(read(merchant)["offset"]) < 0.1


def test_an_account_that_nobody_knows_has_a_clock_once_it_is_set(merchant: Merchant) -> None:
    put(merchant, account="T00000042", now="2027-05-17T12:00:00Z")
    assert read(merchant, "T00000042")["now"] == "2027-05-17T12:00:00.000Z"
    merchant.log_in("T00000042")
    assert merchant.ok("POST", "/v1/sessions-profile", {
        "profile_id": "default", "url": {"return_url": "https://shop.example/"}, "order": order()
    })["id"].startswith("T00000042.")  # fmt: skip
