"""Carries callbacks to merchants that are ASGI apps of this process, and all others over HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from mock_dintero.adapters.asgi import AsgiHost, origin_of
from mock_dintero.adapters.http_courier import LONGEST_ANSWER, USER_AGENT
from mock_dintero.core.callback import Answer, Callback
from mock_dintero.core.signature import as_sent
from mock_dintero.core.timestamps import stamp
from mock_dintero.ports import Courier

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
        self, callback: Callback, headers: Mapping[str, str], timeout: float, **how: Any
    ) -> Answer:
        """Send once. Never raises: what goes wrong is told in the answer."""
        host = self._host(callback)
        if host is None:
            return await self._others.carry(callback, headers, timeout, **how)
        start, sent_at = time.perf_counter(), stamp(datetime.now(UTC))
        try:
            async with asyncio.timeout(timeout):
                answer = await _ask(host, callback, headers)
        except TimeoutError:
            answer = Answer(error=f"no answer within {timeout:g} seconds")
        latency = round((time.perf_counter() - start) * 1000, 2)
        return answer.with_(latency=latency, sent_at=sent_at)

    def _host(self, callback: Callback) -> AsgiHost | None:
        try:
            return self._hosts.get((callback.account_id, origin_of(callback.url)))
        except ValueError:
            return None

    async def close(self) -> None:
        """Let go of connections."""
        await self._others.close()


async def _ask(host: AsgiHost, callback: Callback, headers: Mapping[str, str]) -> Answer:
    url, body = as_sent(callback.url), (callback.body or "").encode()
    sent = {
        "host": urlsplit(url).netloc, "accept": "*/*", "user-agent": USER_AGENT,
        "content-length": str(len(body)), **headers,
    }  # fmt: skip
    pairs = [(name.encode(), value.encode()) for name, value in sent.items()]
    told = await host.asked(callback.method, url, pairs, body)
    if not told.is_whole:
        return Answer(status=told.status, error="the answer broke off")
    if len(told.body) > LONGEST_ANSWER:
        return Answer(status=told.status, error="the answer is longer than 1 MiB")
    return Answer(status=told.status, body=told.body.decode("utf-8", "replace"))
