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
    """The shop is not there; the message has its last words, each on a line.

    `setting` is the one of [shop] to look at first.
    """

    def __init__(self, message: str, setting: str = "command") -> None:
        super().__init__(message)
        self.setting = setting


class RunningShop:
    """A shop that answers at `url`; `last_words()` is the end of what it has printed."""

    def __init__(self, url: str, output: Path | None = None) -> None:
        self.url = url
        self._output = output

    @property
    def is_ours(self) -> bool:
        """Whether it was started here, so that its output is known."""
        return self._output is not None

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
    where = (base / part.folder).resolve()
    if not where.is_dir():
        raise ShopDidNotStart(f"there is no folder {where} to start the shop in", "folder")
    words = [_filled(word, facts) for word in _words(part)]
    try:
        return subprocess.Popen(  # noqa: S603 - the user's own command
            words, cwd=where, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
            stdout=written, stderr=written, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise ShopDidNotStart(f"{words[0]}: {error.strerror} (in {where}){_hint(part)}") from None


def _words(part: ShopPart) -> list[str]:
    """The command word by word, as a shell would part it."""
    if not isinstance(part.command, str):
        return list(part.command or ())
    try:
        return shlex.split(part.command)
    except ValueError as error:
        raise ShopDidNotStart(f"{part.command}: {error}") from None


def _hint(part: ShopPart) -> str:
    """What a command that cannot be started has most likely of a shell's or of Windows's."""
    first = _words(part)[0]
    if isinstance(part.command, str) and "\\" in part.command:
        return '; a backslash is lost in a command of one text: write /, or a list ["C:\\\\...", "..."]'
    if "=" in first:
        return "; no shell reads the command: variables are set by [shop] env"
    if first == "cd":
        return "; no shell reads the command: [shop] folder says where it is started"
    return ""


def _wait_until_ready(
    part: ShopPart, shop: RunningShop, process: subprocess.Popen[bytes] | None
) -> None:
    deadline = time.monotonic() + part.ready_within
    asked = shop.url + part.ready
    found = "nobody listens"
    is_heard = False
    with httpx.Client(trust_env=False, timeout=part.ready_within, verify=False) as http:  # noqa: S501 - asks whether it is there
        while time.monotonic() < deadline:
            if process is not None and process.poll() is not None:
                raise ShopDidNotStart(
                    _in_words(shop, f"the shop ended with exit code {process.returncode}")
                )
            try:
                status = http.get(asked).status_code
            except httpx.TransportError as error:
                found = str(error) or type(error).__name__
            else:
                if status < 500:
                    return
                found, is_heard = f"it answered {status}", True
            time.sleep(LOOKS_EVERY)
    words = f"{asked} was not ready within {part.ready_within:g} s: {found}"
    if is_heard:
        raise ShopDidNotStart(_in_words(shop, words), "ready")
    if process is None:
        raise ShopDidNotStart(f"{words}; is the shop running, and is this its address?", "url")
    port = httpx.URL(shop.url).port
    raise ShopDidNotStart(
        _in_words(shop, f"{words}; the shop has to listen on {{port}}, also in PORT: {port} here")
    )


def _in_words(shop: RunningShop, what: str) -> str:
    said = shop.last_words()[-8:]
    return "\n  ".join(
        [what, *(["its last words:", *said] if said else ["it has printed nothing"])]
        if shop.is_ours
        else [what]
    )


def _filled(text: str, facts: Mapping[str, str]) -> str:
    for name, value in facts.items():
        text = text.replace(f"{{{name}}}", value)
    return text
