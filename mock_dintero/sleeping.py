"""A sandbox that wakes when somebody connects, so that a run that never does pays for a socket only."""

from __future__ import annotations

import contextlib
import logging
import select
import socket
import threading

log = logging.getLogger(__name__)


class SleepingServer:
    """Listens from the start; the server is imported and started when the first connection comes."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._bell, self._rope = socket.socketpair()
        self._thread = threading.Thread(target=self._watch, name="mock-dintero-watch", daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        """Whoever connects meanwhile waits in the backlog, and is answered a moment later."""
        ready, _, _ = select.select([self._socket, self._bell], [], [])
        if self._bell in ready:
            return
        try:
            self._serve()
        except Exception:
            log.exception("mock-dintero did not start")
            self._socket.close()  # nobody shall wait for an answer that cannot come

    def _serve(self) -> None:
        from mock_dintero.config import Config
        from mock_dintero.server import Server

        with Server(Config(port=0), sock=self._socket):
            self._bell.recv(1)

    def close(self) -> None:
        """Stop, and wait until it has."""
        with contextlib.suppress(OSError):
            self._rope.send(b"!")
        self._thread.join()
        for one in (self._socket, self._bell, self._rope):
            one.close()
