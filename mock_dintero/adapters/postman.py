"""The loop that carries callbacks when they are due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from mock_dintero.core.callback import Callback
from mock_dintero.core.delivery import is_due
from mock_dintero.core.errors import Conflict
from mock_dintero.core.timestamps import moment
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import jobs, outbox

log = logging.getLogger(__name__)


class Postman:
    """Wakes when somebody rings or the next callback falls due; one slow merchant holds up nobody."""

    def __init__(self) -> None:
        self._bell = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._sandbox: Sandbox | None = None

    def ring(self, callbacks: Sequence[Callback]) -> None:
        """These were saved: start what is due at once, look again for the rest."""
        if not callbacks or self._sandbox is None:
            return
        sandbox = self._sandbox
        due = [c for c in callbacks if is_due(c, sandbox.clock.now(c.account_id))]
        try:
            for callback in outbox.claim(sandbox, due):
                self._start(sandbox, callback)
        except Conflict:
            due = []  # somebody else took them; the loop looks for what is left
        if len(due) < len(callbacks):
            self._bell.set()

    def wake(self) -> None:
        """Something may be due that nobody rang for: a clock was moved, a job was saved."""
        self._bell.set()

    async def work(self, sandbox: Sandbox) -> None:
        """Carry until cancelled."""
        self._sandbox = sandbox
        while True:
            self._bell.clear()
            pause = self._send_due(sandbox)
            try:
                async with asyncio.timeout(pause):
                    await self._bell.wait()
            except TimeoutError:
                pass

    def _send_due(self, sandbox: Sandbox) -> float | None:
        """Start all that is due; answers with seconds until the next, None if nothing waits."""
        for account_id, due in sandbox.store.next_due():
            if moment(due) <= sandbox.clock.now(account_id):
                jobs.run_due(sandbox, account_id)
                for callback in outbox.claim_due(sandbox, account_id):
                    self._start(sandbox, callback)
        pauses = [
            (moment(due) - sandbox.clock.now(account_id)).total_seconds()
            for account_id, due in sandbox.store.next_due()
            if sandbox.clock.is_running(account_id)
        ]
        return max(min(pauses), 0.0) if pauses else None

    def _start(self, sandbox: Sandbox, callback: Callback) -> None:
        task = asyncio.create_task(outbox.deliver(sandbox, callback))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("a callback could not be recorded", exc_info=task.exception())

    async def stop(self) -> None:
        """End what is under way; it is delivered again after the next start."""
        self._sandbox = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
