"""The feed: silent while nobody listens, never waiting for anybody."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from sandbox import ACCOUNT, Merchant

from mock_dintero.adapters import feed as feeds
from mock_dintero.adapters.feed import KEPT, MOST_UNHEARD, LiveFeed
from mock_dintero.core.account import new_account
from mock_dintero.ports import Event


def everything(event: Event) -> bool:
    return True


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def test_nothing_is_kept_while_nobody_has_ever_listened() -> None:
    feed = LiveFeed()
    feed.tell("clock", ACCOUNT, "early")

    async def listen() -> list[Any]:
        with feed.listen(everything) as ear:
            feed.tell("clock", ACCOUNT, "now")
            event = await ear.next()
            assert event is not None
            return [event.number, event.item]

    assert run(listen()) == [1, "now"]


def test_records_that_hold_secrets_are_not_told(merchant: Merchant) -> None:
    account = new_account(ACCOUNT, merchant.clock.now(ACCOUNT))

    async def listen() -> Event | None:
        feed = LiveFeed()
        with feed.listen(everything) as ear:
            feed.saved([account])
            feed.close()
            return await ear.next()

    assert run(listen()) is None


def test_one_who_listens_too_slowly_is_dropped_and_the_others_hear_on() -> None:
    async def listen() -> None:
        feed = LiveFeed()
        with feed.listen(everything) as slow, feed.listen(everything) as quick:
            for number in range(MOST_UNHEARD + 1):
                feed.tell("clock", ACCOUNT, number)
                heard = await quick.next()
                assert heard is not None and heard.item == number
            assert await slow.next() is None
            async with asyncio.timeout(1):
                await slow.ended()

    run(listen())


def test_who_comes_back_hears_what_was_missed_or_that_it_is_gone() -> None:
    async def listen() -> None:
        feed = LiveFeed()
        with feed.listen(everything):
            for number in range(1, KEPT + 11):
                feed.tell("clock", ACCOUNT, number)
        with feed.listen(everything, after=KEPT) as late:
            heard = await late.next()
            assert heard is not None and heard.item == KEPT + 1
        for far in (0, 9, KEPT + 11):
            with feed.listen(everything, after=far) as too_late:
                heard = await too_late.next()
                assert heard is not None and heard.kind == "missed"
        with feed.listen(everything, after=KEPT + 10) as in_time:
            feed.tell("clock", ACCOUNT, "next")
            heard = await in_time.next()
            assert heard is not None and heard.item == "next"

    run(listen())


def test_it_falls_asleep_when_nobody_has_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "FALLS_ASLEEP_AFTER", -1.0)

    async def listen() -> None:
        feed = LiveFeed()
        with feed.listen(everything):
            feed.tell("clock", ACCOUNT, 1)
        feed.tell("clock", ACCOUNT, "nobody is there")
        with feed.listen(everything, after=1) as late:
            heard = await late.next()
            assert heard is not None and heard.kind == "missed"

    run(listen())


def test_a_listener_wakes_when_something_comes_and_ends_with_the_sandbox() -> None:
    async def listen() -> None:
        feed = LiveFeed()
        with feed.listen(lambda event: event.kind == "reset") as ear:
            waiting = asyncio.create_task(ear.next())
            await asyncio.sleep(0)
            feed.tell("clock", ACCOUNT, "not wanted")
            await asyncio.sleep(0)
            assert not waiting.done()
            feed.tell("reset", ACCOUNT, "wanted")
            heard = await waiting
            assert heard is not None and heard.item == "wanted"
            feed.close()
            assert await ear.next() is None
        with feed.listen(everything) as after_the_end:
            assert await after_the_end.next() is None

    run(listen())
