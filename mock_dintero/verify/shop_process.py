"""A merchant's application in a process of its own, for as long as it is needed."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx

from mock_dintero.verify.merchant import ShopPart

LOOKS_EVERY = 0.02
STOPS_WITHIN = 5.0
LAST_WORDS = 30
"""Lines of the shop's output that a report shows."""

_ports_lock = threading.Lock()
_ports_given: set[int] = set()


class ShopDidNotStart(Exception):
    """The shop is not there; the message has its last words."""


class RunningShop:
    """A shop that answers at `url`; `last_words()` is the end of what it has printed."""

    def __init__(self, url: str, output: Path | None = None) -> None:
        self.url = url
        self._output = output

    def last_words(self) -> list[str]:
        """The end of its output; nothing of a shop that somebody else has started."""
        if self._output is None:
            return []
        return self._output.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_WORDS:]


@contextmanager
def running(part: ShopPart, base: Path, environment: Mapping[str, str]) -> Iterator[RunningShop]:
    """The shop of [shop]: started in `base`, or the one that runs. Raises ShopDidNotStart."""
    if part.command is None:
        shop = RunningShop(part.url.rstrip("/"))
        _wait_until_ready(part, shop, None)
        yield shop
        return
    port = free_port()
    facts = {"port": str(port), "python": sys.executable}
    url = _filled(part.url, facts).rstrip("/")
    with tempfile.TemporaryDirectory(prefix="mock-dintero-verify-") as scratch:
        output = Path(scratch) / "output"
        with output.open("wb") as written:
            added = {"PORT": str(port), "SHOP_URL": url, **environment}
            added |= {
                name: _filled(value, {**facts, **environment}) for name, value in part.env.items()
            }
            process = _start(part, base, facts, added, written)
            try:
                shop = RunningShop(url, output)
                _wait_until_ready(part, shop, process)
                yield shop
            finally:
                stop(process)


def free_port() -> int:
    """A port that nobody listens on, and that was not given to another shop of this run."""
    with _ports_lock:
        while True:
            with socket.create_server(("127.0.0.1", 0)) as listener:
                port: int = listener.getsockname()[1]
            if port not in _ports_given:
                _ports_given.add(port)
                return port


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the shop and what it has started, gently first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None and number is signal.SIGTERM:
            continue  # what it left behind is ended below
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):
            break
        try:
            process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def _start(
    part: ShopPart,
    base: Path,
    facts: Mapping[str, str],
    environment: Mapping[str, str],
    written: IO[bytes],
) -> subprocess.Popen[bytes]:
    asked = part.command or ()
    words = shlex.split(asked) if isinstance(asked, str) else list(asked)
    words = [_filled(word, facts) for word in words]
    where = base / part.folder
    try:
        return subprocess.Popen(  # noqa: S603 - the user's own command
            words, cwd=where, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
            stdout=written, stderr=written, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise ShopDidNotStart(
            f"[shop] command: {words[0]}: {error.strerror} (started in {where})"
        ) from None


def _wait_until_ready(
    part: ShopPart, shop: RunningShop, process: subprocess.Popen[bytes] | None
) -> None:
    deadline = time.monotonic() + part.ready_within
    found = "nobody listens"
    with httpx.Client(trust_env=False, timeout=part.ready_within, verify=False) as http:  # noqa: S501 - asks whether it is there
        while time.monotonic() < deadline:
            if process is not None and process.poll() is not None:
                raise ShopDidNotStart(_in_words(shop, f"it ended with {process.returncode}"))
            try:
                status = http.get(shop.url + part.ready).status_code
            except httpx.TransportError as error:
                found = str(error) or type(error).__name__
            else:
                if status < 500:
                    return
                found = f"it answered {status}"
            time.sleep(LOOKS_EVERY)
    words = f"{shop.url}{part.ready} was not ready within {part.ready_within:g} s: {found}"
    raise ShopDidNotStart(_in_words(shop, words))


def _in_words(shop: RunningShop, what: str) -> str:
    said = shop.last_words()[-8:]
    return "\n  ".join(
        [f"the shop did not start: {what}", *(["its last words:", *said] if said else [])]
    )


def _filled(text: str, facts: Mapping[str, str]) -> str:
    for name, value in facts.items():
        text = text.replace(f"{{{name}}}", value)
    return text
