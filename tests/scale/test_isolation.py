"""Many accounts on one server, all at once, each with its own clock and faults: none sees another.

`ISOLATION_ACCOUNTS` says how many; 500 take half a minute on two cores.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from http_account import Account, Json
from merchant_process import merchant_process
from sandbox_process import sandbox_process

from mock_dintero.core.signature import check
from mock_dintero.core.timestamps import moment, stamp

ACCOUNTS = int(os.environ.get("ISOLATION_ACCOUNTS", "60"))
CONNECTIONS = 200
ACCOUNT_ID = re.compile(r"T[0-9]{8}")
EVER = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Kind:
    """A fault, and how often each of the merchant's addresses is called because of it."""

    at: str = ""
    do: str = ""
    more: Json = field(default_factory=dict)
    paid: int = 2
    """The payment, and its capture."""
    address: int = 1
    returns: int = 1
    hooks: int = 2
    forged: int = 0
    """How many payment callbacks have a signature that does not fit."""
    foreign: int = 0
    """How many are about a payment that is not there."""
    broken: int = 0
    """How many cannot be read."""
    early: Callable[[list[str]], bool] = lambda order: True
    """Whether return and callback came in the right order."""
    status: str = "CAPTURED"
    captures: tuple[int, ...] = (200,)
    """What the calls of capture are answered; 0 is a connection that breaks."""

    @property
    def name(self) -> str:
        return f"{self.at} {self.do}".strip() or "nothing"


CAPTURE = {"match": {"path": "*/capture"}}
BY_PROVIDER = {"match": {"operation": "capture"}}
AUTHORIZATION = {"match": {"operation": "authorization"}}


def return_came_first(order: list[str]) -> bool:
    return order.index("return") < order.index("paid")


def callback_came_first(order: list[str]) -> bool:
    return order.index("paid") < order.index("return")


NOTHING = Kind()
KINDS = [
    Kind("payment_callback", "drop"),
    Kind("payment_callback", "delay", {"seconds": 600}),
    Kind("payment_callback", "duplicate", {"count": 3}, paid=4),
    Kind("payment_callback", "bad_signature", forged=1),
    Kind("payment_callback", "stale_signature", forged=1),
    Kind("payment_callback", "lose_answer", paid=3),
    Kind("payment_callback", "wrong_transaction", foreign=1),
    Kind("payment_callback", "malformed", broken=1),
    Kind("address_callback", "duplicate", address=2),
    Kind("address_callback", "drop", address=1),
    Kind("webhook", "duplicate", hooks=3),
    Kind("webhook", "drop"),
    Kind("api", "status", {**CAPTURE, "status": 503, "times": 2}, captures=(503, 503, 200)),
    Kind("api", "reset_connection", CAPTURE, captures=(0, 200)),
    Kind("api", "malformed", CAPTURE, captures=(200,)),
    Kind("api", "forget", {**CAPTURE, "times": 1}, captures=(200,), status="AUTHORIZED", paid=1,
         hooks=1),
    Kind("api", "delay", {**CAPTURE, "seconds": 0.1}),
    Kind("payment", "refuse", BY_PROVIDER, paid=2, status="AUTHORIZED"),
    Kind("payment", "pending", {"match": {"operation": "capture"}, "seconds": 60}, captures=(202,),
         hooks=3),
    Kind("payment", "time_out", AUTHORIZATION, captures=(400,), status="FAILED", paid=1, hooks=1),
    Kind("buyer", "double_click", returns=2),
    Kind("buyer", "close_tab", returns=0),
    Kind("race", "return_first", early=return_came_first),
    Kind("race", "callback_first", early=callback_came_first),
]  # fmt: skip


@dataclass
class Purchase(Account):
    """One account and all that its merchant, buyer and tester do."""

    number: int = 0
    shop: str = ""
    sid: str = ""
    tid: str = ""
    set_to: datetime = EVER
    set_at: datetime = EVER

    @property
    def kind(self) -> Kind:
        """Every second account has a fault, each time another one."""
        return KINDS[self.number // 2 % len(KINDS)] if self.number % 2 else NOTHING

    @property
    def reference(self) -> str:
        return f"order-of-{self.number}"

    @property
    def is_frozen(self) -> bool:
        return self.number % 3 == 0

    async def make(self) -> None:
        """The whole purchase."""
        await self.set_the_stage()
        await self.buy()
        await self.tester("POST", "clock/advance", {"seconds": 900})
        await self.capture()
        await self.tester("POST", "clock/advance", {"seconds": 900})

    async def set_the_stage(self) -> None:
        ahead = timedelta(days=self.number % 300, minutes=self.number + 1)
        self.set_at, self.set_to = datetime.now(UTC), datetime.now(UTC) + ahead
        clock = {"now": stamp(self.set_to), "running": not self.is_frozen}
        await self.tester("PUT", "clock", clock)
        if self.kind is not NOTHING:
            never = {"at": "payment_callback", "do": "drop", "times": 9,
                     "match": {"merchant_reference": f"order-of-{self.number + 1}"}}  # fmt: skip
            own = {"at": self.kind.at, "do": self.kind.do, **self.kind.more}
            await self.tester("PUT", "faults", {"faults": [own, never]})
        await self.log_in(f"secret-{self.number}")
        hook = {"config": {"url": f"{self.shop}/hook/{self.account}"},
                "events": ["checkout_transaction"]}  # fmt: skip
        await self.ok("POST", f"/v1/accounts/{self.account}/hooks/subscriptions", hook)

    async def buy(self) -> None:
        paid = f"{self.shop}/paid/{self.account}?report_event=CAPTURE&report_error=true"
        body = {
            "profile_id": "default",
            "url": {"return_url": f"{self.shop}/return/{self.account}", "callback_url": paid},
            "order": {"amount": 10_000 + self.number, "currency": "NOK",
                      "merchant_reference": self.reference},
            "express": {"shipping_options": [],
                        "shipping_address_callback_url": f"{self.shop}/address/{self.account}"},
        }  # fmt: skip
        self.sid = (await self.ok("POST", "/v1/sessions-profile", body))["id"]
        buyer = f"sessions/{self.sid}/buyer"
        given = await self.tester("POST", buyer, {"address": {}})
        if not given["session"]["express"]["shipping_options"]:
            await self.tester("POST", buyer, {"address": {}})
        steps = {"shipping_option": "posten", "pay": {}, "return": True}
        ended = await self.tester("POST", buyer, steps)
        self.tid = ended["transaction"]["id"]

    async def capture(self) -> None:
        path = f"/v1/transactions/{self.tid}/capture"
        answered = []
        for _ in self.kind.captures:
            status, _ = await self.call("POST", path, {"amount": 14_900 + self.number})
            answered.append(status)
        assert tuple(answered) == self.kind.captures, (self.kind.name, answered)

    async def look(self, seen: list[Json]) -> None:
        """Everything of this account is its own, and as its own fault wants it."""
        now = datetime.now(UTC)
        clock = (await self.tester("GET", "clock"))[self.account]
        sessions = await self.tester("GET", "sessions")
        deliveries = await self.tester("GET", "deliveries")
        faults = await self.tester("GET", "faults")
        transactions = await self.ok("GET", "/v1/transactions")
        secret = (await self.ok("GET", "/v1/admin/signature"))["signature"]["secret"]
        timeline = await self.tester("GET", f"sessions/{self.sid}/timeline")
        journal = await self.tester("GET", "requests")
        whole = json.dumps([sessions, deliveries, faults, transactions, timeline, journal, seen])
        assert set(ACCOUNT_ID.findall(whole)) == {self.account}
        self.look_at_the_clock(clock, now)
        assert [one["id"] for one in sessions] == [self.sid]
        assert [(one["id"], one["status"]) for one in transactions] == [
            (self.tid, self.kind.status)
        ]
        assert transactions[0]["amount"] == 14_900 + self.number
        self.look_at_deliveries(deliveries)
        never = [] if self.kind is NOTHING else [("drop", 9, 9)]
        assert [(one["do"], one["times"], one["left"]) for one in faults] == never, self.kind.name
        self.look_at_the_merchant(seen, secret)

    def look_at_the_clock(self, clock: Json, now: datetime) -> None:
        moved = self.set_to + timedelta(seconds=1800)
        assert clock["running"] is not self.is_frozen
        if self.is_frozen:
            assert clock["now"] == stamp(moved)
        else:
            passed = (moment(clock["now"]) - moved).total_seconds()
            assert -0.01 <= passed <= (now - self.set_at).total_seconds() + 5

    def look_at_deliveries(self, deliveries: list[Json]) -> None:
        about = {one["session_id"] for one in deliveries} - {""}
        assert about == {self.sid}
        struck = Counter(
            (one["at"], attempt["fault"])
            for one in deliveries
            for attempt in one["attempts"]
            if attempt.get("fault") and not attempt.get("extra")
        )
        on_a_leg = self.kind.at.endswith("_callback") or self.kind.at == "webhook"
        wanted = {(self.kind.at, self.kind.do): 1} if on_a_leg else {}
        assert struck == wanted, (self.kind.name, struck)
        late = {one["fault"] for one in deliveries if one.get("fault")}
        assert late <= {self.kind.do}, (self.kind.name, late)
        failed = [one["at"] for one in deliveries if one["state"] != "delivered"]
        lost = self.kind.at == "address_callback" and self.kind.do == "drop"
        assert failed == (["address_callback"] if lost else []), (self.kind.name, failed)

    def look_at_the_merchant(self, seen: list[Json], secret: str) -> None:
        kind, counts = self.kind, Counter(one["kind"] for one in seen)
        pinged = 1
        assert counts == Counter({
            name: count
            for name, count in {"paid": kind.paid, "address": kind.address, "return": kind.returns,
                                "hook": kind.hooks + pinged}.items()
            if count
        }), (kind.name, counts)  # fmt: skip
        assert kind.early([one["kind"] for one in seen]), kind.name
        told = [one for one in seen if one["kind"] == "paid"]
        signatures = [
            check(secret, one["signature"], self.account, one["method"], one["url"], int(one["at"]))
            for one in told
        ]
        assert sum(not verdict.is_good for verdict in signatures) == kind.forged, kind.name
        queries = [parse_qs(urlsplit(one["url"]).query) for one in told]
        whole = [query for query in queries if "merchant_reference" in query and "time" in query]
        assert len(told) - len(whole) == kind.broken, kind.name
        assert {query["merchant_reference"][0] for query in whole} == {self.reference}
        others = [query for query in whole if query["transaction_id"] != [self.tid]]
        assert len(others) == kind.foreign, kind.name


async def at_once(sandbox: str, shop: str, first: int, count: int) -> dict[str, float]:
    """All purchases at the same time, then a look at each."""
    figures = {}
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    timeout = aiohttp.ClientTimeout(total=600)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
        purchases = [
            Purchase(http, sandbox, f"T{10_000_000 + number * 7919}", number=number, shop=shop)
            for number in range(first, first + count)
        ]
        start = time.perf_counter()
        await asyncio.gather(*(purchase.make() for purchase in purchases))
        figures["purchases"] = time.perf_counter() - start
        async with http.get(f"{shop}/seen") as answer:
            seen = await answer.json()
        by_account: dict[str, list[Json]] = {purchase.account: [] for purchase in purchases}
        for one in seen:
            by_account[one["who"]].append(one)
        start = time.perf_counter()
        looks = [p.look(by_account[p.account]) for p in purchases]
        wrong = [one for one in await asyncio.gather(*looks, return_exceptions=True) if one]
        assert not wrong, f"{len(wrong)} of {count} are wrong: {wrong[:5]}"
        figures["looks"] = time.perf_counter() - start
        figures["requests"] = len(seen)
        accounts = (await purchases[0].call("GET", "/_mock/api/v1/info"))[1]["accounts"]
        assert set(accounts) == {"T12345678", *(purchase.account for purchase in purchases)}
    return figures


@pytest.mark.parametrize("flags", [(), ("--seed", "7")], ids=["unseeded", "seeded"])
def test_no_account_sees_anything_of_another(tmp_path: Path, flags: tuple[str, ...]) -> None:
    count = ACCOUNTS if ACCOUNTS >= 500 else (ACCOUNTS + 1) // 2
    first = count if flags else 0  # other faults for the second half
    with sandbox_process(tmp_path, *flags) as sandbox, merchant_process() as shop:
        figures = asyncio.run(at_once(sandbox, shop, first, count))
    print({"accounts": count, **{name: round(value, 1) for name, value in figures.items()}})
