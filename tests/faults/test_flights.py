"""Who waits until nothing is on its way is not kept waiting by a retry that overtakes a duplicate."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

from mock_dintero.ports import Sandbox
from mock_dintero.use_cases.carrying import flying, land, settle, take_off


def test_two_flights_with_one_key_are_both_waited_for() -> None:
    async def play() -> None:
        sandbox = cast(Sandbox, SimpleNamespace(flights={}))
        take_off(sandbox, "T12345678.a")
        waiting = asyncio.create_task(settle(sandbox, "T12345678"))
        await asyncio.sleep(0)
        take_off(sandbox, "T12345678.a")  # it falls due again while its duplicates are on their way
        land(sandbox, "T12345678.a")
        for _ in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
        land(sandbox, "T12345678.a")
        await asyncio.wait_for(waiting, 5)
        assert flying(sandbox, "T12345678") == []

    asyncio.run(play())


def test_what_has_landed_already_can_land_again() -> None:
    async def play() -> None:
        sandbox = cast(Sandbox, SimpleNamespace(flights={}))
        land(sandbox, "T12345678.a")
        assert sandbox.flights == {}

    asyncio.run(play())
