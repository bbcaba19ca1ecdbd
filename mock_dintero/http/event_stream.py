"""Server-sent events: an answer that goes on until the reader goes, is too slow, or the sandbox stops."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_dintero.ports import Event, Feed, Listener

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that nobody between hangs up."""
LAST_WORDS = 0.5
"""Seconds that a reader gets for what is left when the stream ends."""
HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
}


class EventStream(Response):
    """What happens, as it happens. `shown` gives an event's data, or None if it is not for the reader."""

    def __init__(
        self,
        feed: Feed,
        wants: Callable[[Event], bool],
        shown: Callable[[Event], Any],
        after: int | None = None,
        heartbeat: float = HEARTBEAT,
    ) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._feed, self._wants, self._shown = feed, wants, shown
        self._after, self._heartbeat = after, heartbeat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until there is a reason to end; a reader that does not read holds up only itself."""
        with self._feed.listen(self._wants, self._after) as listener:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            sending = asyncio.create_task(self._send_all(listener, send))
            others = [asyncio.create_task(_gone(receive)), asyncio.create_task(listener.ended())]
            try:
                await asyncio.wait({sending, *others}, return_when=asyncio.FIRST_COMPLETED)
                if not others[0].done():
                    await asyncio.wait({sending}, timeout=LAST_WORDS)
            finally:
                for task in (sending, *others):
                    task.cancel()
                await asyncio.gather(sending, *others, return_exceptions=True)

    async def _send_all(self, listener: Listener, send: Send) -> None:
        await _say(send, ": what happens in mock-dintero\n\n")
        while True:
            try:
                async with asyncio.timeout(self._heartbeat):
                    event = await listener.next()
            except TimeoutError:
                await _say(send, ": still here\n\n")
                continue
            if event is None:
                break
            data = json.dumps(self._shown(event), ensure_ascii=False, separators=(",", ":"))
            await _say(send, f"id: {event.number}\nevent: {event.kind}\ndata: {data}\n\n")
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _say(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
