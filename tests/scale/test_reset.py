"""After a reset nothing from before it reaches a merchant, whatever was under way.

`RESET_TRIES` says how often that is tried.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from http_account import Account, Json
from merchant_process import merchant_process
from sandbox_process import sandbox_process

TRIES = int(os.environ.get("RESET_TRIES", "25"))
LANES = 5
DAY = 24 * 3600
ADDRESS: Json = {
    "first_name": "Kari", "last_name": "Nordmann", "address_line": "Storgata 1",
    "postal_code": "0155", "postal_place": "Oslo", "country": "NO",
}  # fmt: skip


@dataclass
class Lane(Account):
    """One account that is reset again and again."""

    shop: str = ""
    calls: list[asyncio.Task[tuple[int, object]]] = field(default_factory=list)

    def url(self, kind: str, who: str, query: str = "") -> str:
        return f"{self.shop}/{kind}/{self.account}-{who}{query}"

    async def session(self, who: str, paid: str = "", address: str = "", **more: str) -> str:
        body = {
            "profile_id": "default",
            "url": {"return_url": self.url("return", who),
                    "callback_url": self.url("paid", who, f"?report_event=CAPTURE&{paid}")},
            "order": {"amount": 1000, "currency": "NOK", "merchant_reference": who, **more},
            "express": {"shipping_options": [],
                        "shipping_address_callback_url": self.url("address", who, address)},
        }  # fmt: skip
        return str((await self.ok("POST", "/v1/sessions-profile", body))["id"])

    async def buy(self, who: str, paid: str = "", **more: str) -> Json:
        """Without express, as it is short."""
        body = {
            "profile_id": "default",
            "url": {"return_url": self.url("return", who),
                    "callback_url": self.url("paid", who, f"?report_event=CAPTURE&{paid}")},
            "order": {"amount": 1000, "currency": "NOK", "merchant_reference": who, **more},
        }  # fmt: skip
        sid = (await self.ok("POST", "/v1/sessions-profile", body))["id"]
        return dict(await self.tester("POST", f"sessions/{sid}/buyer", {"pay": {}}))

    async def stage(self, number: int) -> None:
        """Much is under way: waiting, held, late, in flight, asked, being called."""
        old = f"old-{number}"
        await self.log_in()
        hook = {"config": {"url": self.url("hook", old, "?slow=0.1")},
                "events": ["checkout_transaction"]}  # fmt: skip
        await self.ok("POST", f"/v1/accounts/{self.account}/hooks/subscriptions", hook)
        await asyncio.gather(
            self.buy(old, "fail=99"), self.buy(old, "delay_callback=30"),
            self.buy(old, "slow=0.1"), self.buy(old, "slow=0.1&fail=99"), self.a_late_capture(old),
        )  # fmt: skip
        faults = [
            {"at": "race", "do": "return_first", "seconds": 600, "match": {"merchant_reference": "held"}},
            {"at": "payment_callback", "do": "reorder", "match": {"merchant_reference": "held"}},
            {"at": "payment_callback", "do": "delay", "match": {"merchant_reference": "late"}},
            {"at": "payment_callback", "do": "duplicate", "count": 5,
             "match": {"merchant_reference": "often"}},
            {"at": "address_callback", "do": "delay", "match": {"merchant_reference": "waits"}},
            {"at": "address_callback", "do": "reorder", "match": {"merchant_reference": "behind"}},
            {"at": "api", "do": "delay", "seconds": 30,
             "match": {"merchant_reference": "called late"}},
        ]  # fmt: skip
        await self.tester("PUT", "faults", {"faults": faults})
        await asyncio.gather(
            self.buy(old, merchant_reference="held"), self.buy(old, merchant_reference="late"),
            self.buy(old, "slow=0.02", merchant_reference="often"),
            self.asks(old, "", "slow"), self.asks(old, "waits", ""), self.asks(old, "behind", ""),
        )  # fmt: skip
        self.calls.append(asyncio.create_task(
            self.call("POST", "/v1/sessions-profile", {
                "profile_id": "default", "url": {"return_url": self.url("return", old)},
                "order": {"amount": 1, "currency": "NOK", "merchant_reference": "called late"},
            })
        ))  # fmt: skip
        async with self.http.get(
            f"{self.shop}/wait", params={"who": f"{self.account}-{old}", "count": 4 + number % 9}
        ) as answer:
            assert answer.status == 200

    async def a_late_capture(self, old: str) -> None:
        await self.tester("POST", "faults", {
            "at": "payment", "do": "pending", "seconds": 60, "match": {"operation": "capture"}
        })  # fmt: skip
        tid = (await self.buy(old))["transaction"]["id"]
        status, _ = await self.call("POST", f"/v1/transactions/{tid}/capture", {"amount": 1000})
        assert status == 202

    async def asks(self, old: str, reference: str, slow: str) -> None:
        """A question of which nobody waits for the answer here."""
        more = {"merchant_reference": reference} if reference else {}
        sid = await self.session(old, "", "?slow=0.1" if slow else "", **more)
        path = f"/v1/view/{sid}/session/order/shipping_address"
        self.calls.append(asyncio.create_task(self.call("PUT", path, ADDRESS)))

    async def afterwards(self, number: int) -> None:
        """A purchase that nobody from before may disturb, and a day in which all could fall due."""
        new, answered = f"new-{number}", time.time()
        sid = await self.session(new)
        steps = {"address": {}, "shipping_option": "posten", "pay": {}}
        await self.tester("POST", f"sessions/{sid}/buyer", steps)
        await self.tester("POST", "clock/advance", {"seconds": DAY})
        late = [said for _, said in await asyncio.gather(*self.calls)]
        self.calls.clear()
        async with self.http.get(f"{self.shop}/seen") as answer:
            seen = [one for one in await answer.json() if one["who"].startswith(self.account)]
        after = [one for one in seen if one["at"] > answered]
        strangers = [one for one in after if one["who"] != f"{self.account}-{new}"]
        assert not strangers, f"{len(strangers)} from before the reset: {strangers[:3]}"
        assert Counter(one["kind"] for one in after) == {"address": 1, "paid": 1}
        assert [one["id"] for one in await self.tester("GET", "sessions")] == [sid], late
        assert {one["session_id"] for one in await self.tester("GET", "deliveries")} == {sid}
        assert await self.tester("GET", "faults") == []


Reset = Callable[[Lane], Awaitable[object]]


async def of_one(lane: Lane) -> None:
    await lane.tester("POST", "reset")


async def of_all(lane: Lane) -> None:
    status, _ = await lane.call("POST", "/_mock/api/v1/reset")
    assert status == 200


async def twice_at_once(lane: Lane) -> None:
    await asyncio.gather(of_one(lane), of_one(lane))


async def of_one_and_of_all_at_once(lane: Lane) -> None:
    await asyncio.gather(of_one(lane), of_all(lane))


ALONE: list[Reset] = [of_all, twice_at_once, of_one_and_of_all_at_once]
"""A reset of all accounts leaves no lane beside it."""


async def try_often(sandbox: str, shop: str, tries: int, lanes: int, resets: list[Reset]) -> None:
    numbers = iter(range(tries))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as http:

        async def work(account: str) -> None:
            lane = Lane(http, sandbox, account, shop=shop)
            for number in numbers:
                await lane.stage(number)
                await resets[number % len(resets)](lane)
                await lane.afterwards(number)

        await asyncio.gather(*(work(f"T{20_000_000 + lane}") for lane in range(lanes)))


@pytest.mark.parametrize(
    ("resets", "lanes", "tries"),
    [([of_one], LANES, TRIES), (ALONE, 1, TRIES // 5)],
    ids=["of one account", "of all, and two at once"],
)
def test_nothing_from_before_a_reset_arrives_after_it(
    tmp_path: Path, resets: list[Reset], lanes: int, tries: int
) -> None:
    with sandbox_process(tmp_path) as sandbox, merchant_process() as shop:
        start = time.perf_counter()
        asyncio.run(try_often(sandbox, shop, tries, lanes, resets))
    print({"tries": tries, "seconds": round(time.perf_counter() - start, 1)})
