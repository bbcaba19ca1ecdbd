"""A sandbox and a recording merchant for each module, and a count of the runs at the end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from recording_merchant import RecordingMerchant
from runs import TALLY, Stage

from mock_dintero.config import Config
from mock_dintero.server import Server


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with RecordingMerchant() as merchant, Server(Config(port=0)) as server:
        yield Stage(server, merchant)


def pytest_sessionfinish() -> None:
    """FAULT_TALLY names a file that gets a line with how many runs there were and how many differed."""
    path = os.environ.get("FAULT_TALLY")
    if path and TALLY["runs"]:
        with Path(path).open("a") as file:
            file.write(f"{TALLY['runs']} {TALLY['differing']} {TALLY['seconds']:.1f}\n")
