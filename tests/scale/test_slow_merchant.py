"""A merchant that never answers holds up nobody else's callbacks."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import aiohttp
import pytest
from http_account import Account
from merchant_process import merchant_process
from sandbox_process import sandbox_process

WAITING = int(os.environ.get("WAITING_CALLBACKS", "200"))
PURCHASES = 20


async def told(account: Account, shop: str, number: int, query: str) -> str:
    """A purchase whose callback goes to this address."""
    body = {
        "profile_id": "default",
        "url": {"return_url": f"{shop}/return/x",
                "callback_url": f"{shop}/paid/{account.account}-{number}?{query}"},
        "order": {"amount": 1000, "currency": "NOK", "merchant_reference": f"order-{number}"},
    }  # fmt: skip
    sid = (await account.ok("POST", "/v1/sessions-profile", body))["id"]
    await account.tester("POST", f"sessions/{sid}/buyer", {"pay": {}})
    return str(sid)


async def heard_after(account: Account, shop: str, number: int) -> float:
    """Milliseconds from the buyer's approval to the callback's arrival."""
    start = time.time()
    await told(account, shop, number, "")
    who = f"{account.account}-{number}"
    async with account.http.get(f"{shop}/wait", params={"who": who, "count": 1}) as answer:
        [one] = await answer.json()
    return (one["at"] - start) * 1000


async def measure(sandbox: str, slow_shop: str, other_shop: str, same_account: bool) -> list[float]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100)) as http:
        slow = Account(http, sandbox, "T30000001")
        other = slow if same_account else Account(http, sandbox, "T30000002")
        await slow.log_in()
        await other.log_in()
        await asyncio.gather(*(told(slow, slow_shop, n, "never") for n in range(WAITING)))
        async with http.get(f"{slow_shop}/wait", params={"count": min(WAITING, 64)}) as answer:
            assert answer.status == 200
        took = [await heard_after(other, other_shop, n) for n in range(1000, 1000 + PURCHASES)]
        flying = await slow.tester("GET", "deliveries", state="in_flight")
        assert len(flying) >= WAITING, "they should all still be waiting for an answer"
        return took


@pytest.mark.parametrize("same_account", [False, True], ids=["another account", "the same account"])
def test_two_hundred_callbacks_that_nobody_answers_hold_up_no_other_merchant(
    tmp_path: Path, same_account: bool
) -> None:
    with (
        sandbox_process(tmp_path) as sandbox,
        merchant_process() as slow_shop,
        merchant_process() as other_shop,
    ):
        took = asyncio.run(measure(sandbox, slow_shop, other_shop, same_account))
    took.sort()
    median, longest = took[len(took) // 2], took[-1]
    print({"waiting": WAITING, "median ms": round(median, 1), "longest ms": round(longest, 1)})
    assert median < 1000
    assert longest < 5000  # less than the ten seconds that the slow ones have
