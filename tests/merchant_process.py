"""A merchant in a process of its own that writes down what reaches it, and when.

`/{kind}/{who}` is an address to be called at: `paid`, `address`, `return`, `hook`. The query says
how it answers: `fail=2` answers the first two calls with 500, `slow=0.2` takes its time, `never`
gives no answer. `/seen` tells everything, `/seen?who=` that of one; `/wait` answers when there is
enough.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

OPTION = {
    "id": "posten",
    "line_id": "posten",
    "amount": 4900,
    "title": "Home",
    "operator": "Posten",
}


class Merchant:
    """What was seen, in the order in which it came."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.calls: Counter[tuple[str, str]] = Counter()
        self.came = asyncio.Condition()

    async def called(self, request: web.Request) -> web.StreamResponse:
        """Write down, then answer as the query says."""
        kind, who = request.match_info["kind"], request.match_info["who"]
        body = await request.text()
        self.calls[kind, who] += 1
        turn = self.calls[kind, who]
        async with self.came:
            self.seen.append({
                "at": time.time(), "kind": kind, "who": who, "method": request.method,
                "url": f"http://{request.host}{request.raw_path}", "body": body,
                "signature": request.headers.get("Dintero-Signature"),
                "delivery": request.headers.get("event-delivery"),
            })  # fmt: skip
            self.came.notify_all()
        if "never" in request.query:
            await asyncio.sleep(3600)
        await asyncio.sleep(float(request.query.get("slow", 0)))
        if turn <= int(request.query.get("fail", 0)):
            return web.Response(status=500)
        if kind == "address":
            return web.json_response({"shipping_options": [OPTION]})
        return web.Response(text="ok")

    def of(self, request: web.Request) -> list[dict[str, Any]]:
        """What the query of `/seen` and `/wait` asks for."""
        who, kind = request.query.get("who"), request.query.get("kind")
        return [
            one for one in self.seen if who in (None, one["who"]) and kind in (None, one["kind"])
        ]

    async def told(self, request: web.Request) -> web.StreamResponse:
        """At once."""
        return web.json_response(self.of(request))

    async def waited(self, request: web.Request) -> web.StreamResponse:
        """As soon as there are `count` of them."""
        count = int(request.query["count"])
        async with asyncio.timeout(30), self.came:
            await self.came.wait_for(lambda: len(self.of(request)) >= count)
        return web.json_response(self.of(request))


async def serve() -> None:
    """On a free port, which is printed, until standard input ends."""
    merchant = Merchant()
    app = web.Application()
    app.add_routes([
        web.get("/seen", merchant.told), web.get("/wait", merchant.waited),
        web.route("*", "/{kind}/{who}", merchant.called),
    ])  # fmt: skip
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


@contextmanager
def merchant_process() -> Iterator[str]:
    """The address of a fresh one."""
    with subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.stdin.close()
        process.wait(10)


if __name__ == "__main__":
    asyncio.run(serve())
