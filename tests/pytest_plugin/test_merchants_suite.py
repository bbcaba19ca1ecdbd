"""A merchant's suite has the same outcome alone, with eight workers on one server, and in process."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "pytest"
TESTS = 25

NOTE_SERVERS = """
import os, pytest

@pytest.fixture(autouse=True)
def note_server(mock_dintero_server):
    with open("servers.txt", "a") as notes:
        notes.write(f"{mock_dintero_server.url} {os.environ.get('PYTEST_XDIST_WORKER', '-')}\\n")
"""
NO_NETWORK = """
import socket

def refuse(*args):
    raise AssertionError("somebody has opened a socket")

socket.socket.bind = socket.socket.connect = refuse
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> Path:
    shutil.copytree(EXAMPLE, pytester.path, dirs_exist_ok=True)
    pytester.makepyfile(note_servers=NOTE_SERVERS, no_network=NO_NETWORK)
    return pytester.path


def noted(suite: Path) -> list[list[str]]:
    return [line.split() for line in (suite / "servers.txt").read_text().splitlines()]


def test_alone(run: Callable[..., pytest.RunResult], suite: Path) -> None:
    run("-p", "note_servers").assert_outcomes(passed=TESTS)
    assert len({url for url, _ in noted(suite)}) == 1


def test_eight_workers_share_one_server(run: Callable[..., pytest.RunResult], suite: Path) -> None:
    run("-p", "note_servers", "-p", "xdist", "-n", "8").assert_outcomes(passed=TESTS)
    assert len(noted(suite)) == TESTS
    assert len({url for url, _ in noted(suite)}) == 1
    assert len({worker for _, worker in noted(suite)}) > 1


def test_in_process_and_without_a_socket(run: Callable[..., pytest.RunResult], suite: Path) -> None:
    result = run("-p", "note_servers", "-p", "no_network", "-o", "mock_dintero_mode=asgi")
    result.assert_outcomes(passed=TESTS)
    assert {url for url, _ in noted(suite)} == {"http://mock-dintero.test"}
