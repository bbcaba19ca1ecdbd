"""Carries callbacks to merchants that are ASGI apps of this process, and all others over HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from mock_dintero.adapters.asgi import AsgiHost, Told, origin_of
from mock_dintero.adapters.http_courier import BROWSER, LONGEST_ANSWER, PRIVATE, USER_AGENT
from mock_dintero.core.callback import Answer, Callback
from mock_dintero.core.ids import ACCOUNT_ID
from mock_dintero.core.signature import as_sent
from mock_dintero.core.timestamps import stamp
from mock_dintero.ports import Courier

MOVED = (301, 302, 303, 307, 308)
REDIRECTS = 10
Hosts = dict[tuple[str, str], AsgiHost]
"""By account and origin: each account has an internet of its own."""


class AsgiCourier:
    """Goes by the origin of the callback's URL; it answers as HttpCourier does."""

    def __init__(self, hosts: Hosts, others: Courier) -> None:
        self._hosts = hosts
        self._others = others

    def prepare(self) -> None:
        """Nothing: these apps are here already, and few tests call anybody else."""

    async def carry(
        self,
        callback: Callback,
        headers: Mapping[str, str],
        timeout: float,
        pace: float = 0.0,
    ) -> Answer:
        """Send once. Never raises: what goes wrong is told in the answer."""
        host = self._host(callback.account_id, callback.url)
        if host is None:
            return await self._others.carry(callback, headers, timeout, pace)
        body = (callback.body or "").encode()
        asking = _ask(host, callback.method, as_sent(callback.url), headers, body, pace)
        return await _within(timeout, _answered(asking))

    async def visit(self, url: str, timeout: float) -> Answer:
        """Open a page as a buyer's browser would, redirects included."""
        return await _within(timeout, self._follow(url, timeout))

    async def _follow(self, url: str, timeout: float) -> Answer:
        account = ACCOUNT_ID.search(url)  # most return URLs name the transaction
        for _ in range(REDIRECTS):
            host = self._host(account[0] if account else "", url)
            if host is None:
                return await self._others.visit(url, timeout)
            headers = {"user-agent": BROWSER, "accept": "text/html"}
            told = await _ask(host, "GET", as_sent(url), headers, b"")
            location = dict(told.headers).get(b"location")
            if told.status not in MOVED or not location:
                return _read(told)
            url = urljoin(url, location.decode("latin-1"))
        return Answer(error=f"more than {REDIRECTS} redirects")

    def _host(self, account_id: str, url: str) -> AsgiHost | None:
        """Whose app this is. If the account is not known, the newest counts."""
        try:
            origin = origin_of(url)
        except ValueError:
            return None
        found = [
            host
            for (of, at), host in self._hosts.items()
            if at == origin and account_id in ("", of)
        ]
        return found[-1] if found else None

    async def close(self) -> None:
        """Let go of connections."""
        await self._others.close()


async def _within(timeout: float, asking: Awaitable[Answer]) -> Answer:
    start, sent_at = time.perf_counter(), stamp(datetime.now(UTC))
    try:
        async with asyncio.timeout(timeout):
            answer = await asking
    except TimeoutError:
        answer = Answer(error=f"no answer within {timeout:g} seconds")
    latency = round((time.perf_counter() - start) * 1000, 2)
    return answer.with_(latency=latency, sent_at=sent_at)


async def _ask(
    host: AsgiHost,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    pace: float = 0.0,
) -> Told:
    sent = {
        "host": urlsplit(url).netloc, "accept": "*/*", "user-agent": USER_AGENT,
        **({"content-length": str(len(body))} if method == "POST" else {}), **headers,
    }  # fmt: skip
    pairs = [(name.encode(), value.encode()) for name, value in sent.items()]
    return await host.asked(method, url, pairs, body, pace)


async def _answered(asking: Awaitable[Told]) -> Answer:
    return _read(await asking)


def _read(told: Told) -> Answer:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in told.headers}
    kept = {name.title(): value for name, value in headers.items() if name.title() not in PRIVATE}
    told_of = Answer(status=told.status or None, headers=kept)
    if not told.is_whole:
        return told_of.with_(error="the answer broke off")
    if len(told.body) > LONGEST_ANSWER:
        return told_of.with_(error="the answer is longer than 1 MiB")
    return told_of.with_(body=told.body.decode("utf-8", "replace"))
