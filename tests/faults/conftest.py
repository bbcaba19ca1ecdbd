"""A sandbox and a recording merchant for each module, and a count of the runs at the end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from recording_merchant import RecordingMerchant
from runs import TALLY, Stage

from mock_dintero.config import Config
from mock_dintero.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with RecordingMerchant() as merchant, Server(Config(port=0)) as server:
        yield Stage(server, merchant)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    import chromium
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.FLAGS
        )
        yield started
        started.close()


def pytest_sessionfinish() -> None:
    """FAULT_TALLY names a file that gets a line with how many runs there were and how many differed."""
    path = os.environ.get("FAULT_TALLY")
    if path and TALLY["runs"]:
        with Path(path).open("a") as file:
            file.write(f"{TALLY['runs']} {TALLY['differing']} {TALLY['seconds']:.1f}\n")
