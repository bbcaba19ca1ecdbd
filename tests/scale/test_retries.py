"""All twenty retries of a payment callback, more than half a day of them, in no time."""

from __future__ import annotations

import time
from itertools import accumulate, pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from merchant_process import merchant_process
from sandbox import ACCOUNT, NOW, Json, opened
from sandbox_process import sandbox_process

from mock_dintero.core.callback import Answer, Callback
from mock_dintero.core.signature import check
from mock_dintero.core.timestamps import moment, stamp
from mock_dintero.testing import MockDintero

INTERVALS = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, *([3600] * 10)]
TRIES = [0, *accumulate(INTERVALS)]
HALF_A_DAY_AND_MORE = 24 * 3600


def seconds(one: str, other: str) -> float:
    return (moment(one) - moment(other)).total_seconds()


def require_all_tries(delivery: Json) -> None:
    attempts = delivery["attempts"]
    assert len(attempts) == 21
    assert [seconds(a["at"], delivery["created_at"]) for a in attempts] == TRIES
    due = [seconds(a["next"], delivery["created_at"]) for a in attempts[:-1]]
    assert due == TRIES[1:]
    assert "next" not in attempts[-1]
    assert {a["status"] for a in attempts} == {500}
    assert (delivery["state"], delivery["due"]) == ("failed", None)


def test_twenty_retries_take_less_than_a_second() -> None:
    told: list[str] = []

    def shop(callback: Callback) -> Answer:
        told.append(stamp(merchant.clock.now(ACCOUNT)))
        return Answer(status=500)

    with opened(shop) as merchant:
        merchant.authorized()
        start = time.perf_counter()
        assert merchant.advance(HALF_A_DAY_AND_MORE) == 21
        took = time.perf_counter() - start
        [delivery] = merchant.deliveries()
        assert merchant.advance(HALF_A_DAY_AND_MORE) == 0
    assert [seconds(at, stamp(NOW)) for at in told] == TRIES
    require_all_tries(delivery)
    assert took < 1


def test_the_last_retry_can_be_the_one_that_works() -> None:
    def shop(callback: Callback) -> Answer:
        return Answer(status=200 if len(merchant.shop.asked) == 21 else 503)

    with opened(shop) as merchant:
        merchant.authorized()
        assert merchant.advance(HALF_A_DAY_AND_MORE) == 21
        [delivery] = merchant.deliveries()
    assert [a["status"] for a in delivery["attempts"]] == [503] * 20 + [200]
    assert (delivery["state"], delivery["due"]) == ("delivered", None)


def test_twenty_retries_reach_a_merchant_in_another_process_in_a_moment(tmp_path: Path) -> None:
    with sandbox_process(tmp_path) as sandbox, merchant_process() as shop:
        dintero = MockDintero(sandbox, "T00000020")
        callback_url = f"{shop}/paid/all?fail=20"
        made = dintero.create_session(
            url={"return_url": "http://127.0.0.1:1/", "callback_url": callback_url}
        )
        dintero.buyer(made).pay()
        httpx.get(f"{shop}/wait", params={"count": 1}, trust_env=False)
        start = time.perf_counter()
        dintero.advance(HALF_A_DAY_AND_MORE)
        took = time.perf_counter() - start
        [delivery] = dintero.deliveries
        seen = httpx.get(f"{shop}/seen", trust_env=False).json()
        dintero.close()
    print({"retries": 20, "seconds": round(took, 3)})
    require_tries_on_time(delivery)
    assert len(seen) == 21
    assert len({one["delivery"] for one in seen}) == 1
    assert [one["at"] for one in seen] == sorted(one["at"] for one in seen)
    for one in seen:  # signed with real time, each time anew
        verdict = check("mock-signature-secret", one["signature"], "T00000020", "GET", one["url"],
                        int(one["at"]))  # fmt: skip
        assert verdict.is_good, verdict.why
    told = [parse_qs(urlsplit(one["url"]).query)["transaction_id"] for one in seen]
    assert told == [[delivery["transaction_id"]]] * 21
    assert took < 5


def require_tries_on_time(delivery: Json) -> None:
    """This clock runs: each try is on time, give or take what a request over HTTP takes."""
    attempts = delivery["attempts"]
    assert [a["status"] for a in attempts] == [500] * 20 + [200]
    late = [seconds(a["at"], before["next"]) for before, a in pairwise(attempts)]
    assert all(0 <= one < 2 for one in late), late
    waited = [seconds(a["next"], a["at"]) for a in attempts[:-1]]
    assert [round(one) for one in waited] == INTERVALS
    assert delivery["state"] == "delivered"


def test_retries_of_many_payments_come_in_the_order_of_their_time() -> None:
    def shop(callback: Callback) -> Answer:
        heard.append((stamp(merchant.clock.now(ACCOUNT)), callback.id))
        return Answer(status=500)

    heard: list[tuple[str, str]] = []
    with opened(shop) as merchant:
        for _ in range(20):
            merchant.authorized()
            merchant.move(7)
        merchant.advance(HALF_A_DAY_AND_MORE)
        deliveries = merchant.deliveries()
    assert [at for at, _ in heard] == sorted(at for at, _ in heard)
    assert len(heard) == 20 * 21
    for delivery in deliveries:
        first = delivery["attempts"][0]["at"]
        assert [seconds(a["at"], first) for a in delivery["attempts"]] == TRIES
