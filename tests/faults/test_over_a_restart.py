"""What a tester has asked for is still there when the sandbox is started again with its file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from recording_merchant import RecordingMerchant, Seen, Shop
from runs import Run, Stage

from mock_dintero.config import Config
from mock_dintero.server import Server

BACK = ["return begins", "return ends"]
TOLD = ["callback begins", "callback ends"]


@pytest.fixture(scope="module")
def merchant() -> Iterator[RecordingMerchant]:
    with RecordingMerchant() as made:
        yield made


@pytest.fixture
def over(merchant: RecordingMerchant, tmp_path: Path) -> Callable[..., Any]:
    """Play before and after a restart of the sandbox, in one account."""

    @contextmanager
    def sandbox(run: Run | None = None) -> Iterator[Run]:
        with Server(Config(port=0, store=f"sqlite:///{tmp_path}/sandbox.db")) as server:
            stage = Stage(server, merchant)
            made = stage.run() if run is None else Run(stage, run.account, run.shop, run.token)
            yield made
            made.close()

    def play(before: Callable[[Run], Any], after: Callable[[Run, Any], Any]) -> Any:
        with sandbox() as run:
            between = before(run)
        with sandbox(run) as again:
            again.names = run.names
            return after(again, between)

    return play


CUED = pytest.mark.parametrize("do", ["return_first", "together", "callback_during_return"])


@CUED
def test_a_callback_that_waits_for_the_buyer_still_waits(over: Callable[..., Any], do: str) -> None:
    def before(run: Run) -> str:
        run.fault("race", do, seconds=600)
        sid = run.buy(run.sell())["session"]["id"]
        run.advance(0)
        return str(sid)

    def after(run: Run, sid: str) -> Any:
        run.advance(0)
        held = list(run.shop.moments)
        run.buy(sid, **{"return": True})
        run.advance(0)
        return held, sorted(run.shop.moments), run.shop.moments[0], run.lines("callback")

    held, moments, first, lines = over(before, after)
    assert held == []
    assert moments == sorted([*BACK, *TOLD])
    assert lines == ["GET good own"]
    if do != "together":
        assert first == "return begins"


@CUED
def test_a_callback_that_nobody_fetches_comes_when_its_time_is_over(
    over: Callable[..., Any], do: str
) -> None:
    def before(run: Run) -> None:
        run.fault("race", do, seconds=600)
        run.buy(run.sell())
        run.advance(500)

    def after(run: Run, _: Any) -> Any:
        run.advance(90)
        first = len(run.shop.seen)
        run.advance(11)
        return first, run.lines("callback")

    assert over(before, after) == (0, ["GET good own"])


def test_a_callback_that_is_to_be_overtaken_still_is(over: Callable[..., Any]) -> None:
    def before(run: Run) -> str:
        run.fault("payment_callback", "reorder", seconds=3000)
        return str(run.pay(callback="?report_event=CAPTURE")["id"])

    def after(run: Run, tid: str) -> Any:
        run.advance(0)
        first = len(run.shop.seen)
        run.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 29900})
        run.advance(0)
        return first, [one.fields.get("event", "payment") for one in run.shop.seen]

    assert over(before, after) == (0, ["CAPTURE", "payment"])


def test_a_callback_that_is_late_is_late_by_the_same_time(over: Callable[..., Any]) -> None:
    def before(run: Run) -> None:
        run.fault("payment_callback", "delay", seconds=600)
        run.pay()
        run.advance(300)

    def after(run: Run, _: Any) -> Any:
        run.advance(290)
        first = len(run.shop.seen)
        run.advance(11)
        return first, run.lines("callback"), run.tries()

    assert over(before, after) == (0, ["GET good own"], ["delivered | delay 200"])


def test_a_fault_that_was_used_twice_is_left_once(over: Callable[..., Any]) -> None:
    def before(run: Run) -> None:
        run.fault("payment_callback", "drop", times=3)
        run.pay()
        run.advance(5)

    def after(run: Run, _: Any) -> Any:
        run.advance(10)
        first = len(run.shop.seen)
        run.advance(20)
        return first, run.tries()

    tried = ["delivered | drop lost | drop lost | drop lost | - 200"]
    assert over(before, after) == (0, tried)


def test_what_the_provider_has_begun_is_finished(over: Callable[..., Any]) -> None:
    def before(run: Run) -> str:
        tid = str(run.pay(callback="?report_event=CAPTURE")["id"])
        run.advance(0)
        run.fault("payment", "pending", seconds=600, match={"operation": "capture"})
        run.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 29900})
        return tid

    def after(run: Run, tid: str) -> Any:
        first = run.status(tid)
        run.advance(601)
        return first, run.status(tid), [one.fields.get("event") for one in run.shop.seen]

    assert over(before, after) == ("AUTHORIZED", "CAPTURED", [None, "CAPTURE"])


def test_a_callback_that_was_on_its_way_is_sent_again(over: Callable[..., Any]) -> None:
    """The shop had not answered when the sandbox was stopped; nobody knows whether it has understood."""

    async def never(shop: Shop, seen: Seen) -> tuple[int, bytes]:
        await asyncio.sleep(60)
        return shop.usual(seen)

    def before(run: Run) -> None:
        run.shop.handlers["callback"] = never
        run.pay()
        while not run.shop.seen:
            pass
        run.shop.handlers.clear()

    def after(run: Run, _: Any) -> Any:
        run.advance(0)
        ids = {one.headers["event-delivery"] for one in run.shop.seen}
        return len(ids), run.lines("callback"), run.tries()

    assert over(before, after) == (1, ["GET good own"] * 2, ["delivered | - 200"])
