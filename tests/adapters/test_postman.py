"""The loop that carries callbacks: at once, once, and whatever the courier does."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sandbox import ACCOUNT, Shop, good_answer, opened

from mock_dintero.adapters.clocks import StoppedClock, SystemClock
from mock_dintero.adapters.postman import Postman
from mock_dintero.adapters.sql_store import SqlStore
from mock_dintero.core.callback import Answer, Callback
from mock_dintero.core.job import Job
from mock_dintero.core.timestamps import stamp
from mock_dintero.core.transaction import Transaction
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import clock as use_cases_clock


def callback(n: int) -> Callback:
    now = stamp(datetime(2026, 1, 1, tzinfo=UTC))
    return Callback(
        id=f"{ACCOUNT}.{n}", at="payment_callback", session_id=f"{ACCOUNT}.s", method="GET",
        url=f"http://shop.example/{n}", created_at=now, due=now,
    )  # fmt: skip


def test_two_loops_never_send_one_callback_twice() -> None:
    async def run() -> list[str]:
        done = asyncio.Event()

        async def slowly(_: Callback) -> Answer:
            for _turn in range(5):
                await asyncio.sleep(0)
            if len(shop.asked) == 200:
                done.set()
            return Answer(status=200)

        shop, postmen, store = Shop(slowly), [Postman(), Postman()], SqlStore()

        def ring(callbacks: Sequence[Callback]) -> None:
            for postman in postmen:
                postman.ring(callbacks)

        sandbox = Sandbox(store, SystemClock(), shop, uuid4, ring=ring)
        loops = [asyncio.create_task(postman.work(sandbox)) for postman in postmen]
        for n in range(200):
            made = callback(n)
            store.save(made)
            ring([made])
            if n % 7 == 0:
                await asyncio.sleep(0)
        async with asyncio.timeout(10):
            await done.wait()
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        for postman in postmen:
            await postman.stop()
        store.close()
        return [asked.url for asked in shop.asked]

    urls = asyncio.run(run())
    assert len(urls) == len(set(urls)) == 200


def test_a_payment_is_told_without_being_asked_to() -> None:
    told = threading.Event()

    def shop(callback: Callback) -> Answer:
        if callback.at == "payment_callback":
            told.set()
        return good_answer(callback)

    with opened(shop, delivers=True) as merchant:
        merchant.purchase()
        assert told.wait(5)
        assert len(merchant.shop.told()) == 1


def test_a_callback_that_was_in_flight_when_the_process_died_is_carried_after_the_start() -> None:
    store = SqlStore()
    store.save(callback(1).with_(state="in_flight"))
    with opened(store=store) as merchant:
        assert merchant.deliveries()[0]["state"] == "waiting"
        assert merchant.advance() == 1
        assert merchant.deliveries()[0]["state"] == "delivered"


def test_a_question_that_was_in_flight_when_the_process_died_is_lost() -> None:
    store = SqlStore()
    store.save(callback(1).with_(at="address_callback", state="in_flight"))
    with opened(store=store) as merchant:
        assert merchant.deliveries()[0]["state"] == "failed"
        assert merchant.advance(3600) == 0


def test_a_courier_that_breaks_loses_no_callback_and_stops_nothing() -> None:
    """A courier must not raise; if one does, the callback is tried again and others are carried."""

    def shop(callback: Callback) -> Answer:
        if callback.url.endswith("/1") and len(merchant.shop.asked) < 3:
            raise RuntimeError("a bug of the courier")
        return Answer(status=200)

    store = SqlStore()
    store.save(callback(1), callback(2))
    with opened(shop, store=store) as merchant:
        merchant.client.post("/_mock/api/v1/clock/advance", json={"seconds": 3600})
        assert [d["state"] for d in merchant.deliveries()] == ["delivered", "delivered"]


def test_a_record_that_cannot_be_saved_does_not_stop_the_loop(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def run() -> list[str]:
        done = asyncio.Event()

        def shop_says(callback: Callback) -> Answer:
            if callback.url.endswith("/1"):
                raise RuntimeError("a bug of the courier")
            done.set()
            return Answer(status=200)

        shop, postman, store = Shop(shop_says), Postman(), SqlStore()
        sandbox = Sandbox(store, SystemClock(), shop, uuid4, ring=postman.ring)
        loop = asyncio.create_task(postman.work(sandbox))
        first, second = callback(1), callback(2)
        store.save(first)
        postman.ring([first])
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        store.save(second)
        postman.ring([second])
        async with asyncio.timeout(5):
            await done.wait()
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await postman.stop()
        store.close()
        return [asked.url for asked in shop.asked]

    with caplog.at_level(logging.ERROR):
        assert [url[-1] for url in asyncio.run(run())][-1] == "2"


def test_advancing_carries_in_the_order_of_time() -> None:
    clock = StoppedClock(datetime(2026, 1, 1, tzinfo=UTC))
    shop, store = Shop(lambda _: Answer(status=500)), SqlStore()
    sandbox = Sandbox(store, clock, shop, uuid4)
    late = stamp(datetime(2026, 1, 1, 0, 0, 7, tzinfo=UTC))
    store.save(callback(1), callback(2).with_(due=late))

    async def run() -> int:
        return await use_cases_clock.advance(sandbox, ACCOUNT, timedelta(seconds=12))

    assert asyncio.run(run()) == 4
    assert [asked.url[-1] for asked in shop.asked] == ["1", "1", "2", "2"]
    store.close()


class CountingStore(SqlStore):
    """How often the loop has looked, and where."""

    looks = 0

    def next_due(self, account_id: str = "") -> list[tuple[str, str]]:
        self.looks += 1
        return super().next_due(account_id)


def loop_with(
    store: SqlStore, clock: SystemClock, during: Callable[[Sandbox, Shop], Awaitable[None]]
) -> Shop:
    """A postman at work while something happens."""

    async def run() -> Shop:
        shop, postman = Shop(), Postman()
        sandbox = Sandbox(store, clock, shop, uuid4, ring=postman.ring, wake=postman.wake)
        loop = asyncio.create_task(postman.work(sandbox))
        await turns(5)
        async with asyncio.timeout(10):
            await during(sandbox, shop)
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await postman.stop()
        return shop

    return asyncio.run(run())


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0)


def test_a_clock_that_stands_is_no_reason_to_look_again_and_again() -> None:
    clock, store = SystemClock(), CountingStore()
    clock.stop(ACCOUNT)
    late = stamp(clock.now(ACCOUNT) + timedelta(seconds=1))
    store.save(callback(1).with_(due=late))

    async def nothing(sandbox: Sandbox, shop: Shop) -> None:
        before = store.looks
        await turns(500)
        assert store.looks - before == 0

    assert loop_with(store, clock, nothing).asked == []
    assert store.looks <= 4
    store.close()


def test_a_clock_that_is_moved_wakes_the_loop() -> None:
    clock, store = SystemClock(), SqlStore()
    clock.stop(ACCOUNT)
    due = clock.now(ACCOUNT) + timedelta(days=1)
    store.save(callback(1).with_(due=stamp(due)))

    async def moves(sandbox: Sandbox, shop: Shop) -> None:
        await turns(20)
        assert shop.asked == []
        use_cases_clock.set_clock(sandbox, ACCOUNT, due + timedelta(seconds=1), None)
        await until(lambda: bool(shop.asked))

    assert len(loop_with(store, clock, moves).asked) == 1
    store.close()


def test_a_clock_that_runs_again_wakes_the_loop() -> None:
    clock, store = SystemClock(), SqlStore()
    clock.stop(ACCOUNT)
    store.save(callback(1).with_(due=stamp(clock.now(ACCOUNT) + timedelta(milliseconds=30))))

    async def runs(sandbox: Sandbox, shop: Shop) -> None:
        await turns(20)
        use_cases_clock.set_clock(sandbox, ACCOUNT, None, True)
        await until(lambda: bool(shop.asked))

    assert len(loop_with(store, clock, runs).asked) == 1
    store.close()


def test_what_is_due_where_the_clock_stands_goes_at_once() -> None:
    clock, store = SystemClock(), SqlStore()
    clock.stop(ACCOUNT)

    async def rings(sandbox: Sandbox, shop: Shop) -> None:
        made = callback(1)
        store.save(made)
        sandbox.ring([made])
        await until(lambda: bool(shop.asked))

    assert len(loop_with(store, clock, rings).asked) == 1
    store.close()


def test_a_job_that_cannot_be_done_does_not_end_the_loop(caplog: pytest.LogCaptureFixture) -> None:
    clock, store = SystemClock(), SqlStore()
    now = stamp(clock.now(ACCOUNT))
    authorized = {"id": "1", "event": "AUTHORIZE", "success": True, "created_at": now,
                  "transaction_status": "AUTHORIZED", "amount": 1}  # fmt: skip
    broken = Transaction.model_validate({
        "id": f"{ACCOUNT}.t", "session_id": f"{ACCOUNT}.s", "payment_product_type": "vipps",
        "amount": 1, "currency": "NOK", "merchant_reference": "r", "events": [authorized],
        "created_at": now, "updated_at": now,
    })  # fmt: skip
    job = Job(
        id=f"{ACCOUNT}.j", intent="retry_auto_capture", transaction_id=broken.id, created_at="?",
        due=now,
    )  # fmt: skip
    store.save(broken, job, callback(1))

    async def goes_on(sandbox: Sandbox, shop: Shop) -> None:
        await until(lambda: bool(shop.asked))

    assert len(loop_with(store, clock, goes_on).asked) == 1
    assert "could not be done" in caplog.text
    store.close()
