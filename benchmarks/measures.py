"""The measures. Each runs ours and the bare app in turns, so that a noisy moment hits both."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from statistics import median, quantiles

from benchmarks.client import Connection, request, send_all
from benchmarks.figures import Figure
from benchmarks.merchant import RETRIES
from benchmarks.servers import Served, Servers
from benchmarks.shop import Shop, session_body

CONNECTIONS = 8


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    starts: int = 7
    rounds: int = 5
    requests: int = 3_000
    few: int = 1_000
    grown: int = 20_000
    many: int = 50_000
    purchases: int = 100
    single: int = 300
    burst: int = 1_000
    schedules: int = 10
    resets: int = 3
    forgotten: int = 10_000
    buyers: int = 16


QUICK = Plan(
    starts=1, rounds=1, requests=300, few=200, grown=1_000, many=2_000, purchases=10, single=20,
    burst=100, schedules=2, resets=1, forgotten=500,
)  # fmt: skip


class Field:
    """The servers and the connections to them."""

    def __init__(self, sandbox: Served, bare: Served, merchant: Served) -> None:
        self.sandbox, self.bare, self.merchant = sandbox, bare, merchant

    async def open(self) -> None:
        """Connect, log in, and warm both servers up."""
        self.body = session_body(self.merchant.port)
        self.to_sandbox = [await Connection.to(self.sandbox.port) for _ in range(CONNECTIONS)]
        self.to_bare = [await Connection.to(self.bare.port) for _ in range(CONNECTIONS)]
        self.to_merchant = await Connection.to(self.merchant.port)
        self.shop = await Shop.log_in(self.to_sandbox[0], self.body)
        self.post = request("POST", "/sessions", self.body)
        self.session_id = (await self.to_sandbox[0].send(self.shop.create)).json()["id"]
        for _ in range(3):
            await self.shop.purchase(self.to_sandbox[0], self.to_merchant)
        await self.create(200)
        await self.post_bare(200)

    async def create(self, count: int) -> None:
        """Create so many sessions."""
        await send_all(self.to_sandbox, repeat(self.shop.create, count))

    async def post_bare(self, count: int) -> None:
        """Post as many to the bare app."""
        await send_all(self.to_bare, repeat(self.post, count))

    def close(self) -> None:
        """Hang up."""
        for connection in (*self.to_sandbox, *self.to_bare, self.to_merchant):
            connection.close()


def starting(servers: Servers, plan: Plan) -> list[Figure]:
    """Cold start, and the memory of a server that has done nothing yet."""
    for start in (servers.sandbox, servers.bare):
        with start():
            pass  # fills the byte code cache
    ours, bare = list[tuple[float, float, int]](), list[tuple[float, float, int]]()
    for _ in range(plan.starts):
        for start, seen in ((servers.sandbox, ours), (servers.bare, bare)):
            with start() as served:
                seen.append((served.start_wall, served.start_cpu, served.resident()))
    rows = (
        ("cold start, wall", 1e3, "ms"),
        ("cold start, CPU", 1e3, "ms"),
        ("idle memory", 1e-6, "MB"),
    )
    return [
        Figure(name, scale * median(run[at] for run in ours), unit,
               scale * median(run[at] for run in bare), "bare app")
        for at, (name, scale, unit) in enumerate(rows)
    ]  # fmt: skip


async def _cpu(served: Served, work: Callable[[int], Awaitable[None]], count: int) -> float:
    """Seconds of the server's CPU for each of `count` pieces of work."""
    before = served.cpu()
    await work(count)
    return (served.cpu() - before) / count


async def _in_turns(
    field: Field, plan: Plan, ours: Callable[[int], Awaitable[None]], count: int,
    bare: Callable[[int], Awaitable[None]],
) -> tuple[float, float]:  # fmt: skip
    """CPU of ours and of bare in microseconds; the mean of all rounds (the clock ticks every 10 ms)."""
    spent = [
        (await _cpu(field.sandbox, ours, count), await _cpu(field.bare, bare, plan.requests))
        for _ in range(plan.rounds)
    ]
    return (1e6 * sum(one for one, _ in spent) / len(spent),
            1e6 * sum(other for _, other in spent) / len(spent))  # fmt: skip


async def creating(field: Field, plan: Plan) -> list[Figure]:
    """Create a session, against a POST that only parses the same body."""
    ours, bare = await _in_turns(field, plan, field.create, plan.requests, field.post_bare)
    return [Figure("create a session, CPU", ours, "us", bare, "bare POST, same body")]


async def getting(field: Field, plan: Plan, session_id: str) -> list[Figure]:
    """Read a session, against a GET that answers with a constant of the same size."""
    raw, constant = field.shop.read(session_id), request("GET", "/sessions/1")

    async def get(count: int) -> None:
        await send_all(field.to_sandbox, repeat(raw, count))

    async def get_bare(count: int) -> None:
        await send_all(field.to_bare, repeat(constant, count))

    ours, bare = await _in_turns(field, plan, get, plan.requests, get_bare)
    return [Figure("get a session, CPU", ours, "us", bare, "bare GET, same size")]


async def growing(field: Field, plan: Plan) -> list[Figure]:
    """Memory of a session, and what creating costs when there are many. Wants a fresh sandbox."""
    await field.create(plan.few)
    few = await _cpu(field.sandbox, field.create, plan.requests)
    few_bare = await _cpu(field.bare, field.post_bare, plan.requests)
    before = field.sandbox.resident()  # the journal is full by now
    await field.create(plan.grown)
    grown = (field.sandbox.resident() - before) / plan.grown
    await field.create(max(plan.many - plan.grown - plan.requests - plan.few, 0))
    many = await _cpu(field.sandbox, field.create, plan.requests)
    many_bare = await _cpu(field.bare, field.post_bare, plan.requests)
    few_as_now = few * many_bare / few_bare if few_bare and many_bare else few
    return [
        Figure("memory of a session", grown / 1e3, "kB", len(field.body) / 1e3, "its request body"),
        Figure(f"create at {plan.many:,} sessions, CPU", many * 1e6, "us", few_as_now * 1e6,
               f"at {plan.few:,} sessions"),
    ]  # fmt: skip


async def purchasing(field: Field, plan: Plan) -> list[Figure]:
    """Whole purchases, one after the other."""
    walls = list[float]()

    async def buy(count: int) -> None:
        for _ in range(count):
            start = time.perf_counter()
            await field.shop.purchase(field.to_sandbox[0], field.to_merchant)
            walls.append(time.perf_counter() - start)

    ours, bare = await _in_turns(field, plan, buy, plan.purchases, field.post_bare)
    trip = await _round_trip(field, plan.single)
    return [
        Figure("express purchase, CPU", ours / 1e3, "ms", bare / 1e3, "one bare POST"),
        Figure("express purchase, wall", 1e3 * median(walls), "ms", 1e3 * trip, "one bare POST"),
    ]


async def _round_trip(field: Field, count: int) -> float:
    """The median seconds of a bare POST, one at a time."""
    seen = []
    for _ in range(count):
        start = time.perf_counter()
        await field.to_bare[0].send(field.post)
        seen.append(time.perf_counter() - start)
    return median(seen)


async def calling_back(field: Field, plan: Plan) -> list[Figure]:
    """From sending the approval to the merchant's receipt of the callback, one at a time."""
    connection, delays = field.to_sandbox[0], list[float]()
    for _ in range(plan.single):
        payment = await field.shop.to_wallet(connection)
        start = time.monotonic_ns()
        await connection.send(payment.approve)
        [(received, session_id)] = (await field.to_merchant.send(request("GET", "/take/1"))).json()
        if session_id != payment.session_id:
            raise RuntimeError(f"a callback for {session_id}, not {payment.session_id}")
        delays.append((received - start) / 1e6)
    trip = 1e3 * await _round_trip(field, plan.single)
    return [
        Figure("approve to callback, median", median(delays), "ms", trip, "one bare POST"),
        Figure(
            "approve to callback, p95", quantiles(delays, n=20)[-1], "ms", trip, "one bare POST"
        ),
    ]


async def bursting(field: Field, plan: Plan) -> list[Figure]:
    """Callbacks a second while many buyers approve at once; all are in the wallet before the clock starts."""
    buyers = [await Connection.to(field.sandbox.port) for _ in range(plan.buyers)]
    payments = [await field.shop.to_wallet(buyers[0]) for _ in range(plan.burst)]
    start = time.monotonic_ns()
    await send_all(buyers, (payment.approve for payment in payments))
    reply = await field.to_merchant.send(request("GET", f"/take/{plan.burst}"))
    received = reply.json()
    if {session_id for _, session_id in received} != {payment.session_id for payment in payments}:
        raise RuntimeError("a callback is missing, or came twice")
    rate = plan.burst / ((max(at for at, _ in received) - start) / 1e9)
    for buyer in buyers:
        buyer.close()
    others = [await Connection.to(field.bare.port) for _ in range(plan.buyers)]
    begun = time.perf_counter()
    await send_all(others, repeat(field.post, plan.requests))
    bare = plan.requests / (time.perf_counter() - begun)
    for other in others:
        other.close()
    name = f"callbacks a second, {plan.buyers} buyers"
    return [Figure(name, rate, "/s", bare, "bare POSTs a second (more is better)")]


async def retrying(field: Field, plan: Plan) -> list[Figure]:
    """The whole schedule of a callback that the merchant refuses 20 times, under the moved clock.

    Each in an account of its own, as the clock that is moved ends the account's tokens. The merchant
    answers at once, so all of it is ours.
    """
    connection, walls = field.to_sandbox[0], list[float]()
    body = session_body(field.merchant.port, callback="failing")
    for number in range(plan.schedules):
        account = f"T2{number:07}"
        shop = await Shop.log_in(connection, body, account)
        payment = await shop.to_wallet(connection)
        await connection.send(payment.approve)
        path = f"/_mock/api/v1/clock/advance?account={account}"
        await connection.send(request("POST", path, b'{"seconds": 0}'))  # the first try has failed
        start = time.perf_counter()
        moved = await connection.send(request("POST", path, b'{"seconds": 86400}'))
        walls.append(time.perf_counter() - start)
        await field.to_merchant.send(request("GET", "/take/1"))
        if moved.json()[account]["callbacks"] != RETRIES:
            raise RuntimeError(f"not {RETRIES} retries: {moved.body!r}")
    trips = 1e3 * RETRIES * await _round_trip(field, plan.single)
    against = f"{RETRIES} bare POSTs"
    return [Figure(f"{RETRIES} retries, moved clock", 1e3 * median(walls), "ms", trips, against)]


async def resetting(field: Field, plan: Plan) -> list[Figure]:
    """Empty an account that has many sessions, beside one that has a few. The first reset only imports."""
    connection, walls = field.to_sandbox[0], list[float]()
    account = "T30000000"
    await connection.send(request("POST", f"/_mock/api/v1/reset?account={account}"))
    for _ in range(plan.resets):
        shop = await Shop.log_in(connection, field.body, account)
        await send_all(field.to_sandbox, repeat(shop.create, plan.forgotten))
        emptying = request("POST", f"/_mock/api/v1/reset?account={account}")
        start = time.perf_counter()
        gone = await connection.send(emptying)
        walls.append(time.perf_counter() - start)
        if gone.json()["session"] != plan.forgotten:
            raise RuntimeError(f"not {plan.forgotten} sessions: {gone.body!r}")
    name = f"reset of {plan.forgotten:,} sessions"
    trip = 1e3 * await _round_trip(field, plan.single)
    return [Figure(name, 1e3 * median(walls), "ms", trip, "one bare POST")]


async def journalling(field: Field, unwritten: Field, plan: Plan) -> list[Figure]:
    """What the journal adds to a request: the same one to a sandbox with it and to one without."""
    rows = list[Figure]()
    for name in ("create", "get"):
        with_it, without = list[float](), list[float]()
        for _ in range(plan.rounds):
            for one, spent in ((field, with_it), (unwritten, without)):
                raw = one.shop.create if name == "create" else one.shop.read(one.session_id)
                spent.append(await _cpu(one.sandbox, partial(_repeat, one, raw), plan.requests))
        noted, plain = 1e6 * sum(with_it) / len(with_it), 1e6 * sum(without) / len(without)
        rows.append(Figure(f"{name} with the journal, CPU", noted, "us", plain, "without"))
    return rows


async def _repeat(field: Field, raw: bytes, count: int) -> None:
    await send_all(field.to_sandbox, repeat(raw, count))
