"""The sandbox in a process of its own, as everybody starts it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def sandbox_process(folder: Path, *flags: str) -> Iterator[str]:
    """The address of a fresh one."""
    port_file = folder / "port"
    with subprocess.Popen(
        [sys.executable, "-m", "mock_dintero", "start", "-q", "--port", "0",
         "--port-file", str(port_file), *flags]
    ) as process:  # fmt: skip
        deadline = time.monotonic() + 30
        while not (port_file.exists() and port_file.read_text().strip()):
            assert process.poll() is None, "the sandbox ended at start"
            assert time.monotonic() < deadline, "the sandbox did not start"
            os.sched_yield()
        try:
            yield f"http://127.0.0.1:{int(port_file.read_text())}"
        finally:
            process.terminate()
            process.wait(10)
