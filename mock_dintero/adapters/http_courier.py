"""Carries callbacks to merchants over HTTP."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

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
BROWSER = f"Mozilla/5.0 (mock-dintero/{__version__}; the buyer of a test)"
PIECES = 10
"""Of a body that comes slowly."""
PRIVATE = frozenset({"Set-Cookie"})
"""Headers of answers that no delivery keeps."""


class HttpCourier:
    """Over aiohttp, which takes a tenth of what httpx takes for a call (README, dependencies).

    Imported on the first call: a start pays only for what it uses. Redirects are not followed,
    proxies of the environment are not used.
    """

    def __init__(self, rewrites: Sequence[str] = ()) -> None:
        """`rewrites` are `FROM=TO` beginnings of URLs: whom to call instead. The signature stays FROM's."""
        self._rewrites = tuple(rewrite.partition("=")[::2] for rewrite in rewrites)
        self._session: aiohttp.ClientSession | None = None
        self._turns: dict[tuple[str, str | None, int | None], asyncio.Semaphore] = {}
        self._is_prepared = False

    def prepare(self) -> None:
        """Import aiohttp in a thread, so that the first callback does not wait for it."""
        if not self._is_prepared:
            self._is_prepared = True
            threading.Thread(target=import_module, args=("aiohttp",), daemon=True).start()

    async def carry(
        self, callback: Callback, headers: Mapping[str, str], timeout: float, pace: float = 0.0
    ) -> Answer:
        """Send once. Never raises: what goes wrong is told in the answer."""
        import aiohttp

        log.info("--> %s %s %s", callback.at.replace("_", " "), callback.method, callback.url)
        start, sent_at = time.perf_counter(), stamp(datetime.now(UTC))
        try:
            url = self._address(callback.url)
            async with self._turn(callback.account_id, url):
                start, sent_at = time.perf_counter(), stamp(datetime.now(UTC))
                async with asyncio.timeout(timeout):
                    answer = await self._send(callback, url, headers, pace)
        except TimeoutError:
            answer = Answer(error=f"no answer within {timeout:g} seconds")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            answer = Answer(error=_in_words(error))
        latency = round((time.perf_counter() - start) * 1000, 2)
        log.info("<-- [%s] %s %s", answer.error or answer.status, callback.method, callback.url)
        return answer.with_(latency=latency, sent_at=sent_at)

    async def visit(self, url: str, timeout: float) -> Answer:
        """Open a page as a buyer's browser would, redirects included."""
        headers = {"user-agent": BROWSER, "accept": "text/html"}
        return await self._browse("GET", url, timeout, headers=headers)

    async def call(
        self, method: str, url: str, timeout: float, form: Mapping[str, str] | None = None
    ) -> Answer:
        """Press a button of the shop, or read its JSON; redirects are not followed."""
        headers = {"user-agent": BROWSER, "accept": "application/json"}
        return await self._browse(
            method, url, timeout, headers=headers, data=form, allow_redirects=False
        )

    async def _browse(self, method: str, url: str, timeout: float, **options: Any) -> Answer:
        import aiohttp

        log.info("--> buyer %s %s", method, url)
        start, sent_at = time.perf_counter(), stamp(datetime.now(UTC))
        try:
            async with (
                asyncio.timeout(timeout),
                self._open().request(method, self._address(url), **options) as response,
            ):
                answer = await _read(response)
        except TimeoutError:
            answer = Answer(error=f"no answer within {timeout:g} seconds")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            answer = Answer(error=_in_words(error))
        log.info("<-- [%s] buyer %s %s", answer.error or answer.status, method, url)
        latency = round((time.perf_counter() - start) * 1000, 2)
        return answer.with_(latency=latency, sent_at=sent_at)

    def _turn(self, account_id: str, url: yarl.URL) -> asyncio.Semaphore:
        key = (account_id, url.host, url.port)
        turn = self._turns.get(key)
        if turn is None:
            turn = self._turns[key] = asyncio.Semaphore(AT_ONCE)
        return turn

    def _address(self, url: str) -> yarl.URL:
        """Whom to call, byte for byte as it was signed. Raises ValueError for what is no address."""
        import yarl

        return yarl.URL(as_sent(self._rewritten(url)), encoded=True)

    def _rewritten(self, url: str) -> str:
        for before, after in self._rewrites:
            if url.startswith(before):
                return after + url.removeprefix(before)
        return url

    def _open(self) -> aiohttp.ClientSession:
        """The one client; made on the first call."""
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
        return self._session

    async def _send(
        self, callback: Callback, url: yarl.URL, headers: Mapping[str, str], pace: float
    ) -> Answer:
        body: bytes | AsyncIterator[bytes] | None = None
        sent = dict(headers)
        if callback.body is not None:
            body = callback.body.encode()
            if pace:
                sent["content-length"] = str(len(body))
                body = _slowly(body, pace)
        async with self._open().request(
            callback.method, url, data=body, headers=sent, allow_redirects=False
        ) as response:
            return await _read(response)

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()


async def _slowly(body: bytes, seconds: float) -> AsyncIterator[bytes]:
    """The body in pieces, the last one after so many seconds."""
    size = len(body) // PIECES + 1
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    for piece in pieces[:-1]:
        yield piece
        await asyncio.sleep(seconds / (len(pieces) - 1))
    yield pieces[-1]


async def _read(response: aiohttp.ClientResponse) -> Answer:
    content = await response.content.read(LONGEST_ANSWER + 1)
    while len(content) <= LONGEST_ANSWER and (more := await response.content.read(65536)):
        content += more
    headers = {name: value for name, value in response.headers.items() if name not in PRIVATE}
    if len(content) > LONGEST_ANSWER:
        return Answer(
            status=response.status, error="the answer is longer than 1 MiB", headers=headers
        )
    body = content.decode("utf-8", "replace")
    return Answer(status=response.status, body=body, headers=headers)


def _in_words(error: Exception) -> str:
    """What went wrong, for the tester: the kind and the detail."""
    detail = str(error).strip()
    return f"{type(error).__name__}: {detail}" if detail else type(error).__name__
