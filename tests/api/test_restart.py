"""A sandbox that is started again with its file goes on where it was."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from sandbox import ACCOUNT, NOW, Merchant, opened

from mock_dintero.adapters.clocks import SystemClock
from mock_dintero.adapters.sql_store import SqlStore
from mock_dintero.core.callback import Callback
from mock_dintero.core.clock import Time
from mock_dintero.core.timestamps import stamp

STOOD = "2027-05-17T12:00:00.000Z"


def start(path: Path, *, stands: bool = False) -> AbstractContextManager[Merchant]:
    """A process with this file; `stands`: with real clocks, that may be stopped."""
    clock = {"clock": SystemClock()} if stands else {}
    return opened(store=SqlStore(str(path / "store.db")), **clock)


def test_a_clock_that_stood_stands_and_one_that_was_ahead_is_ahead(tmp_path: Path) -> None:
    with start(tmp_path, stands=True) as merchant:
        merchant.control("PUT", "clock", {"now": STOOD, "running": False})
        merchant.log_in("T87654321")
        merchant.control("POST", "clock/advance", {"seconds": 86400})
    with start(tmp_path, stands=True) as merchant:
        clocks = merchant.client.get("/_mock/api/v1/clock").json()
    assert (clocks[ACCOUNT]["now"], clocks[ACCOUNT]["running"]) == (STOOD, False)
    assert clocks["T87654321"]["running"] is True
    assert abs(clocks["T87654321"]["offset"] - 86400) < 0.1


def test_a_clock_that_was_reset_is_not_kept(tmp_path: Path) -> None:
    with start(tmp_path, stands=True) as merchant:
        merchant.control("PUT", "clock", {"now": STOOD, "running": False})
        merchant.control("POST", "reset")
        assert merchant.app.state.sandbox.store.load(Time, ACCOUNT) is None
    with start(tmp_path, stands=True) as merchant:
        assert merchant.control("GET", "clock")[ACCOUNT]["running"] is True


def test_a_token_of_a_clock_that_stood_is_still_good(tmp_path: Path) -> None:
    with start(tmp_path, stands=True) as merchant:
        merchant.control("PUT", "clock", {"now": STOOD, "running": False})
        token = merchant.log_in()
        sid = merchant.create()
    with start(tmp_path, stands=True) as merchant:
        merchant.token = token
        assert merchant.session(sid)["created_at"] == STOOD


def test_faults_strike_as_often_as_is_left(tmp_path: Path) -> None:
    with start(tmp_path) as merchant:
        match = {"path": "/v1/sessions"}
        merchant.fault("api", "status", times=3, match=match)
        merchant.fault("payment_callback", "drop", times=2)
        assert merchant.call("GET", "/v1/sessions").status_code == 503
    with start(tmp_path) as merchant:
        lefts = [(one["do"], one["left"]) for one in merchant.control("GET", "faults")]
        assert lefts == [("status", 2), ("drop", 2)]
        answers = [merchant.call("GET", "/v1/sessions").status_code for _ in range(3)]
        assert answers == [503, 503, 200]
        merchant.authorized()
        merchant.advance(60)
        [delivery] = merchant.deliveries()
        assert [a.get("fault") for a in delivery["attempts"]] == ["drop", "drop", None]


def test_retries_go_on_with_the_times_that_they_had(tmp_path: Path) -> None:
    with start(tmp_path) as merchant:
        merchant.fault("payment_callback", "drop", times=4)
        merchant.authorized()
        merchant.advance(12)
        due = merchant.deliveries()[0]["due"]
    with start(tmp_path) as merchant:
        [delivery] = merchant.deliveries()
        assert (delivery["state"], delivery["due"], len(delivery["attempts"])) == (
            "waiting",
            due,
            2,
        )
        assert merchant.advance(3600) == 3
        tries = [a["at"] for a in merchant.deliveries()[0]["attempts"]]
    assert tries == [stamp(NOW + timedelta(seconds=s)) for s in (0, 5, 15, 35, 75)]


@pytest.mark.parametrize("do", ["delay", "reorder"])
def test_a_callback_that_was_held_waits_on(tmp_path: Path, do: str) -> None:
    url = {"return_url": "https://shop.example/",
           "callback_url": "http://shop.example/paid?report_event=CAPTURE"}  # fmt: skip
    with start(tmp_path) as merchant:
        merchant.fault("payment_callback", do, seconds=3600)
        tid = merchant.authorized(1000, url=url)
        assert merchant.advance(1) == 0
    with start(tmp_path) as merchant:
        assert merchant.deliveries()[0]["fault"] == do
        merchant.log_in()
        merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 1000})
        merchant.advance(1)
        told = [one.get("event") for one in merchant.shop.told()]
        assert told == (["CAPTURE"] if do == "delay" else ["CAPTURE", None])
        merchant.advance(3600)
        assert len(merchant.shop.told()) == 2


def test_what_was_in_flight_is_sent_again_and_a_question_can_be_asked_again(
    tmp_path: Path,
) -> None:
    """Killed: nobody knows whether it arrived."""
    with start(tmp_path) as merchant:
        sid, _ = merchant.purchase()
        store = merchant.app.state.sandbox.store
        [told] = [c for c in store.oldest(Callback, ACCOUNT) if c.at == "payment_callback"]
        store.save(told.with_(state="in_flight"))
    with start(tmp_path) as merchant:
        assert [d["state"] for d in merchant.deliveries(sid)] == ["delivered", "waiting"]
        assert merchant.advance() == 1
        assert len(merchant.shop.told()) == 1


def test_webhooks_are_still_told(tmp_path: Path) -> None:
    with start(tmp_path) as merchant:
        hook = {"config": {"url": "http://shop.example/hook"}, "events": ["checkout_transaction"]}
        merchant.ok("POST", f"/v1/accounts/{ACCOUNT}/hooks/subscriptions", hook)
        merchant.advance()
    with start(tmp_path) as merchant:
        merchant.authorized()
        merchant.advance()
        assert [one.at for one in merchant.shop.asked] == ["payment_callback", "webhook"]
