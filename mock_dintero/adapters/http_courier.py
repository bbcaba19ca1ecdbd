"""Carries callbacks to merchants over HTTP."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING

from mock_dintero import __version__
from mock_dintero.core.callback import Answer, Callback
from mock_dintero.core.signature import as_sent
from mock_dintero.core.timestamps import stamp

if TYPE_CHECKING:
    import aiohttp
    import yarl

log = logging.getLogger("mock_dintero.traffic")

AT_ONCE = 64
"""Requests to one merchant's host at the same time; others wait their turn, not each other's."""
LONGEST_ANSWER = 1024 * 1024
USER_AGENT = f"mock-dintero/{__version__}"


class HttpCourier:
    """Over aiohttp, which takes a tenth of what httpx takes for a call (README, dependencies).

    Imported on the first call: a start pays only for what it uses. Redirects are not followed,
    proxies of the environment are not used.
    """

    def __init__(self, rewrites: Sequence[str] = ()) -> None:
        """`rewrites` are `FROM=TO` beginnings of URLs: whom to call instead. The signature stays FROM's."""
        self._rewrites = tuple(rewrite.partition("=")[::2] for rewrite in rewrites)
        self._session: aiohttp.ClientSession | None = None
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._is_prepared = False

    def prepare(self) -> None:
        """Import aiohttp in a thread, so that the first callback does not wait for it."""
        if not self._is_prepared:
            self._is_prepared = True
            threading.Thread(target=import_module, args=("aiohttp",), daemon=True).start()

    async def carry(self, callback: Callback, headers: Mapping[str, str], timeout: float) -> Answer:
        """Send once. Never raises: what goes wrong is told in the answer."""
        import aiohttp

        log.info("--> %s %s %s", callback.at.replace("_", " "), callback.method, callback.url)
        start, sent_at = time.perf_counter(), stamp(datetime.now(UTC))
        try:
            url = self._address(callback.url)
            async with self._turn(url):
                start, sent_at = time.perf_counter(), stamp(datetime.now(UTC))
                async with asyncio.timeout(timeout):
                    answer = await self._send(callback, url, headers)
        except TimeoutError:
            answer = Answer(error=f"no answer within {timeout:g} seconds")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            answer = Answer(error=_in_words(error))
        latency = round((time.perf_counter() - start) * 1000, 2)
        log.info("<-- [%s] %s %s", answer.error or answer.status, callback.method, callback.url)
        return answer.with_(latency=latency, sent_at=sent_at)

    def _turn(self, url: yarl.URL) -> asyncio.Semaphore:
        return self._turns.setdefault(str(url.origin()), asyncio.Semaphore(AT_ONCE))

    def _address(self, url: str) -> yarl.URL:
        """Whom to call, byte for byte as it was signed. Raises ValueError for what is no address."""
        import yarl

        return yarl.URL(as_sent(self._rewritten(url)), encoded=True)

    def _rewritten(self, url: str) -> str:
        for before, after in self._rewrites:
            if url.startswith(before):
                return after + url.removeprefix(before)
        return url

    async def _send(self, callback: Callback, url: yarl.URL, headers: Mapping[str, str]) -> Answer:
        import aiohttp

        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                timeout=aiohttp.ClientTimeout(total=None),
                headers={"user-agent": USER_AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
            # A shop that hangs up would get a GET twice: aiohttp repeats it, and has no public switch.
            self._session._retry_connection = False
        body = callback.body.encode() if callback.body is not None else None
        async with self._session.request(
            callback.method,
            url,
            data=body,
            headers=dict(headers),
            allow_redirects=False,
        ) as response:
            content = await response.content.read(LONGEST_ANSWER + 1)
            while len(content) <= LONGEST_ANSWER and (more := await response.content.read(65536)):
                content += more
            if len(content) > LONGEST_ANSWER:
                return Answer(status=response.status, error="the answer is longer than 1 MiB")
            return Answer(status=response.status, body=content.decode("utf-8", "replace"))

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()


def _in_words(error: Exception) -> str:
    """What went wrong, for the tester: the kind and the detail."""
    detail = str(error).strip()
    return f"{type(error).__name__}: {detail}" if detail else type(error).__name__
