"""One run of a fault: an account of its own, a buyer, and what its shop saw in stable words.

A test plays a run many times (environment variable FAULT_RUNS) and none may differ.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from typing import Any

from judging import HOOK_SECRET, verdict
from recording_merchant import Json, RecordingMerchant, Seen, Shop, get

from mock_dintero.server import Server

RUNS = int(os.environ.get("FAULT_RUNS", "10"))
AT_ONCE = 8
NUMBERS = count(20_000_000)
ITEM: Json = {
    "id": "1", "line_id": "1", "description": "Mug", "quantity": 1, "amount": 29900
}  # fmt: skip
ADDRESS: Json = {"address_line": "Storgata 1", "postal_code": "0155"}
POSTED = "?method=POST"


@dataclass
class Stage:
    """A sandbox and a merchant, for one module of tests."""

    server: Server
    merchant: RecordingMerchant

    def run(self) -> Run:
        account = f"T{next(NUMBERS)}"
        return Run(self, account, self.merchant.shop(account))


class SaidNo(AssertionError):
    """A call was refused."""


@dataclass
class Run:
    """One account, played from the outside: the merchant's calls, the buyer's and the tester's."""

    stage: Stage
    account: str
    shop: Shop
    token: str = ""
    names: dict[str, str] = field(default_factory=dict)
    _local: threading.local = field(default_factory=threading.local)

    def __post_init__(self) -> None:
        self.shop.ask = self._ask

    async def _ask(self, path: str) -> int:
        return await get(f"{self.stage.server.url}{path}", self.token)

    def _connection(self) -> HTTPConnection:
        if not hasattr(self._local, "http"):
            self._local.http = HTTPConnection("127.0.0.1", self.stage.server.port, timeout=60)
        return self._local.http

    def request(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Json, dict[str, str]]:
        """Status, JSON and headers; the connection is used again."""
        http = self._connection()
        sent = json.dumps(body).encode() if body is not None else None
        http.request(method, path, sent, {"content-type": "application/json", **headers})
        answer = http.getresponse()
        text = answer.read()
        found = json.loads(text) if text[:1] in (b"{", b"[") else {}
        return answer.status, found, {n.lower(): v for n, v in answer.getheaders()}

    def log_in(self) -> str:
        import base64

        basic = base64.b64encode(b"mock-client-id:mock-client-secret").decode()
        status, found, _ = self.request(
            "POST", f"/v1/accounts/{self.account}/auth/token",
            {"grant_type": "client_credentials",
             "audience": f"https://api.dintero.com/v1/accounts/{self.account}"},
            authorization=f"Basic {basic}",
        )  # fmt: skip
        assert status == 200, found
        self.token = found["access_token"]
        return self.token

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Json]:
        """A merchant's call."""
        token = self.token or self.log_in()
        status, found, _ = self.request(method, path, body, authorization=f"Bearer {token}")
        return status, found

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        status, found = self.call(method, path, body)
        if status not in (200, 202):
            raise SaidNo(f"{method} {path}: {status} {found}")
        return found

    def control(self, method: str, path: str, body: Any = None) -> Any:
        mark = "&" if "?" in path else "?"
        path = f"/_mock/api/v1/{path}{mark}account={self.account}"
        status, found, _ = self.request(method, path, body)
        if status != 200:
            raise SaidNo(f"{method} {path}: {status} {found}")
        return found

    def fault(self, at: str, do: str, **options: Any) -> None:
        self.control("POST", "faults", {"at": at, "do": do, **options})

    def aside(self, act: Callable[[], object]) -> threading.Thread:
        """Do this at the same time."""

        def do() -> None:
            try:
                act()
            finally:
                self.close()

        thread = threading.Thread(target=do, daemon=True)
        thread.start()
        return thread

    def close(self) -> None:
        """Let go of this thread's connection."""
        self._connection().close()

    # The merchant and the buyer.

    def sell(self, callback: str | None = "", reference: str = "order-1", **changes: Any) -> str:
        """The id of a new session; `callback` is the query of its callback URL, None for no URL."""
        url = {"return_url": f"{self.shop.url}/return"}
        if callback is not None:
            url["callback_url"] = f"{self.shop.url}/callback{callback}"
        made = self.ok("POST", "/v1/sessions-profile", {
            "url": url, "profile_id": "default",
            "order": {"amount": 29900, "currency": "NOK", "merchant_reference": reference,
                      "items": [ITEM]},
            **changes,
        })  # fmt: skip
        self.names[made["id"]] = f"SESSION of {reference}"
        return str(made["id"])

    def sell_express(self, reference: str = "order-1") -> str:
        """A session that asks the shop about address and codes."""
        return self.sell(
            None, reference,
            express={
                "shipping_options": [],
                "shipping_address_callback_url": f"{self.shop.url}/address",
                "discount_codes": {"max_count": 5, "callback_url": f"{self.shop.url}/discount"},
            },
            configuration={"discounts": {"express_discount_codes": {"enabled": True}}},
        )  # fmt: skip

    def subscribe(self, *events: str) -> None:
        """A webhook, and its ping is over."""
        self.ok("POST", f"/v1/accounts/{self.account}/hooks/subscriptions", {
            "config": {"url": f"{self.shop.url}/hook",
                       "secret": {"type": "HMAC-SHA1", "value": HOOK_SECRET}},
            "events": list(events),
        })  # fmt: skip
        self.advance(0)
        assert len(self.shop.of("hook")) == 1
        self.shop.seen.clear()
        self.shop.moments.clear()

    def buy(self, sid: str, **steps: Any) -> Json:
        """The buyer's steps; pays unless told what to do."""
        steps = steps or {"pay": {}}
        found: Json = self.control("POST", f"sessions/{sid}/buyer", steps)
        if found["transaction"]:
            reference = found["session"]["order"]["merchant_reference"]
            self.names[found["transaction"]["id"]] = f"PAYMENT of {reference}"
        return found

    def pay(self, reference: str = "order-1", callback: str | None = "", **changes: Any) -> Json:
        """A whole purchase without a return; the transaction."""
        bought = self.buy(self.sell(callback, reference, **changes))
        found: Json = bought["transaction"]
        return found

    def advance(self, seconds: float) -> int:
        answer = self.control("POST", "clock/advance", {"seconds": seconds})
        return int(answer[self.account]["callbacks"])

    def deliveries(self) -> list[Json]:
        found: list[Json] = self.control("GET", "deliveries")
        return found

    def status(self, transaction_id: str) -> str:
        return str(self.ok("GET", f"/v1/transactions/{transaction_id}")["status"])

    # What was seen, in stable words.

    def words(self, text: str) -> str:
        """Without what differs from run to run."""
        for id, name in self.names.items():
            text = text.replace(id, name)
        for pattern, word in VARYING:
            text = pattern.sub(word, text)
        text = text.replace(self.account, "ACCOUNT")
        return text.replace(f":{self.stage.server.port}", "").replace(
            self.stage.merchant.url.rpartition(":")[2], "PORT"
        )

    def about(self, seen: Seen) -> str:
        """Whose payment or session a request names: own, another's, or nobody's as it is broken."""
        text = seen.query
        if seen.body:
            text = seen.body.decode()
            try:
                json.loads(text)
            except ValueError:
                return "broken"
        elif seen.kind == "callback" and "time" not in seen.fields:
            return "broken"
        ids = set(re.findall(r"T\d{8}\.\w{22}", text))
        foreign = ids - set(self.names)
        return "foreign" if foreign else "own" if ids else "nothing"

    def line(self, seen: Seen) -> str:
        """One request as a test expects it."""
        return f"{seen.method} {verdict(self.account, seen)} {self.about(seen)}"

    def lines(self, *kinds: str) -> list[str]:
        return [self.line(one) for one in self.shop.of(*kinds)]

    def tries(self, at: str = "") -> list[str]:
        """What the deliveries say: state, and for each attempt its fault and what came of it."""
        return [
            " | ".join([one["state"], *map(_attempt, one.get("attempts", ()))])
            for one in self.deliveries()
            if at in ("", one["at"]) and one.get("event") != "ping"
        ]

    def whole(self) -> list[Any]:
        """Everything that the merchant saw, byte for byte but for ids and times."""
        return [
            (one.kind, one.method, one.path.replace(self.account, "ACCOUNT"), self.words(one.query),
             self.words(one.body.decode("utf-8", "replace")), one.is_whole,
             verdict(self.account, one),
             sorted((n, self.words(v)) for n, v in one.headers.items() if n not in SIGNED))
            for one in self.shop.seen
        ]  # fmt: skip


SIGNED = ("dintero-signature", "event-signature")
VARYING = [
    (re.compile(r"T\d{8}\.\w{22}"), "FOREIGN"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d(:|%3A)\d\d(:|%3A)\d\d(\.\d+)?Z"), "TIME"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"Dintero-Hook/[0-9a-f]{8}"), "Dintero-Hook/ID"),
    (re.compile(r'(?<=correlation_id":")\d{15}'), "NUMBER"),
]


def _attempt(one: Json) -> str:
    came = one["status"] if one.get("status") is not None else "lost"
    extra = f"+{one['extra']}" if one.get("extra") else ""
    return f"{one.get('fault') or '-'}{extra} {came}"


Play = Callable[[Run], Any]


@dataclass(frozen=True)
class Told:
    """What one run showed: the value that the test expects, and all of it for comparison."""

    value: Any
    whole: Any


def play_once(stage: Stage, play: Play) -> Told:
    run = stage.run()
    try:
        value = play(run)
        return Told(value, run.whole())
    finally:
        run.close()


TALLY: dict[str, Any] = {"runs": 0, "differing": 0, "seconds": 0.0}


def prove(
    stage: Stage, play: Play, expected: Any, *, runs: int | None = None, at_once: int = AT_ONCE
) -> None:
    """Play it again and again, several at a time in accounts of their own; none may differ."""
    number, begun = runs or RUNS, time.monotonic()
    if at_once == 1:
        told = [play_once(stage, play) for _ in range(number)]
    else:
        with ThreadPoolExecutor(min(at_once, number)) as pool:
            told = list(pool.map(lambda _: play_once(stage, play), range(number)))
    differing = [one for one in told if one.value != expected or one.whole != told[0].whole]
    TALLY["runs"] += number
    TALLY["differing"] += len(differing)
    TALLY["seconds"] += time.monotonic() - begun
    wrong = next((one for one in told if one.value != expected), None)
    if wrong:
        assert wrong.value == expected, f"{len(differing)} of {number} runs differ"
    odd = next((one for one in told if one.whole != told[0].whole), None)
    if odd:
        assert odd.whole == told[0].whole, f"{len(differing)} of {number} runs differ"
    assert not stage.merchant.strays
