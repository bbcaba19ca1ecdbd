"""Runs all measures and prints the table."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path

import uvloop

from benchmarks import measures
from benchmarks.client import Connection
from benchmarks.figures import Figure, table
from benchmarks.measures import QUICK, Field, Plan
from benchmarks.servers import Served, Servers, servers
from benchmarks.shop import Shop, session_body

ENDS_WITHIN = 400.0
"""Seconds for everything that is sent; a hung server must not hang the run."""
PACKAGES = ("starlette", "uvicorn", "uvloop", "httptools", "pydantic", "aiohttp")


def main() -> None:
    """`python -m benchmarks [--quick] [--json FILE]`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke run; its figures mean little")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    # Like Ctrl+C, so that no server outlives a run that is told to end.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begun = time.perf_counter()
    figures = run(QUICK if options.quick else Plan())
    took = time.perf_counter() - begun
    print(table(figures))
    print(f"\n{_ground()}; {took:.0f} s")
    if options.json:
        result = {"ground": _ground(), "figures": [figure.as_json() for figure in figures]}
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def run(plan: Plan) -> list[Figure]:
    """All figures, in the order of the table."""
    with servers() as starter:
        figures = measures.starting(starter, plan)
        _say("servers")
        with starter.merchant() as merchant:
            figures += uvloop.run(_bounded(_traffic(starter, merchant, plan)))
    return figures


async def _bounded(work: Awaitable[list[Figure]]) -> list[Figure]:
    try:
        async with asyncio.timeout(ENDS_WITHIN):
            return await work
    except TimeoutError:
        raise SystemExit(f"not done within {ENDS_WITHIN:g} s; is the machine busy?") from None


async def _traffic(starter: Servers, merchant: Served, plan: Plan) -> list[Figure]:
    figures = list[Figure]()
    with starter.sandbox() as sandbox:
        session_id, size = await _one_session(sandbox, merchant)
        with starter.bare(size) as bare:
            field = Field(sandbox, bare, merchant)
            await field.open()
            parts: tuple[Callable[[], Awaitable[list[Figure]]], ...] = (
                lambda: measures.creating(field, plan),
                lambda: measures.getting(field, plan, session_id),
                lambda: measures.purchasing(field, plan),
                lambda: measures.calling_back(field, plan),
                lambda: measures.bursting(field, plan),
                lambda: measures.retrying(field, plan),
            )
            for part in parts:
                figures += await part()
                _say(figures[-1].name)
            field.close()
    with starter.sandbox() as sandbox, starter.bare() as bare:
        field = Field(sandbox, bare, merchant)
        await field.open()
        figures += await measures.growing(field, plan)
        field.close()
    with starter.sandbox() as sandbox, starter.unwritten() as silent, starter.bare() as bare:
        field, other = Field(sandbox, bare, merchant), Field(silent, bare, merchant)
        await field.open()
        await other.open()
        figures += await measures.resetting(field, plan)
        figures += await measures.journalling(field, other, plan)
        field.close()
        other.close()
    return figures


async def _one_session(sandbox: Served, merchant: Served) -> tuple[str, int]:
    """A session to read, and the bytes of its JSON."""
    connection = await Connection.to(sandbox.port)
    shop = await Shop.log_in(connection, session_body(merchant.port))
    session_id: str = (await connection.send(shop.create)).json()["id"]
    size = len((await connection.send(shop.read(session_id))).body)
    connection.close()
    return session_id, size


def _say(done: str) -> None:
    print(f"measured: {done}", file=sys.stderr)


def _ground() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Python {platform.python_version()}, {packages}; "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
