"""Servers as processes of their own: started, waited for, asked what they used, ended by their handle."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

ROOT = Path(__file__).parent.parent
STARTS_WITHIN = 30.0
"""Seconds."""


@dataclass(frozen=True)
class Served:
    """A server that is ready. `start_wall`, `start_cpu`: seconds from spawn to the first 200 on /readyz."""

    port: int
    process: psutil.Process
    start_wall: float
    start_cpu: float

    def cpu(self) -> float:
        """Seconds of CPU since its start, user and system."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def resident(self) -> int:
        """Resident memory in bytes."""
        return int(self.process.memory_info().rss)


Ending = AbstractContextManager[Served]
"""A server for the length of a `with` block."""


class Servers:
    """Starts servers with one environment: byte code cached outside the tree, no settings of ours.

    The first start of each kind fills the cache and is no measurement.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MOCK_DINTERO_", "PYTHONDONTWRITEBYTECODE"))
        }
        self._environment["PYTHONPYCACHEPREFIX"] = str(Path(folder, "pycache"))
        self._environment["PYTHONPATH"] = str(ROOT)

    def sandbox(self) -> Ending:
        """mock-dintero as its users start it."""
        script = str(Path(sys.executable).with_name("mock-dintero"))
        return self._start(script, "start", "--port", "0", "-q", "--port-file", self._port_file())

    def unwritten(self) -> Ending:
        """mock-dintero without its journal."""
        return self._start(sys.executable, "-m", "benchmarks.unwritten", self._port_file())

    def bare(self, size: int = 2000) -> Ending:
        """The bare app; its GET answers with `size` bytes."""
        return self._start(sys.executable, "-m", "benchmarks.bare", self._port_file(), str(size))

    def merchant(self) -> Ending:
        """The merchant that hears callbacks."""
        return self._start(sys.executable, "-m", "benchmarks.merchant", self._port_file())

    def _port_file(self) -> str:
        return str(Path(self._folder, f"port-{time.monotonic_ns()}"))

    def _start(self, *command: str) -> Ending:
        port_file = next(Path(word) for word in command if word.startswith(self._folder))
        return _running(command, port_file, self._folder, self._environment)


@contextmanager
def servers() -> Iterator[Servers]:
    """A place to start servers from; its folder is gone afterwards."""
    with TemporaryDirectory(prefix="mock-dintero-benchmarks-") as folder:
        yield Servers(folder)


@contextmanager
def _running(
    command: Sequence[str], port_file: Path, folder: str, environment: dict[str, str]
) -> Iterator[Served]:
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environment)
    try:
        watched = psutil.Process(process.pid)
        port = _ready_port(process, port_file, start + STARTS_WITHIN)
        wall, used = time.perf_counter() - start, watched.cpu_times()
        yield Served(port, watched, wall, used.user + used.system)
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ready_port(process: subprocess.Popen[bytes], port_file: Path, until: float) -> int:
    while time.perf_counter() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        text = port_file.read_text(encoding="utf-8") if port_file.exists() else ""
        if text.endswith("\n") and _answers(int(text)):
            return int(text)
        time.sleep(0.002)
    raise RuntimeError(f"{process.args!r} was not ready within {STARTS_WITHIN:g} s")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
