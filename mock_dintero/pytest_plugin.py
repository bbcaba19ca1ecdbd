"""Fixtures for a merchant's tests; nothing heavy is imported until one of them is used."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mock_dintero.server import Server
    from mock_dintero.testing import MockDintero


@pytest.fixture(scope="session")
def mock_dintero_listen_address() -> tuple[str, int]:
    """Where the sandbox listens; override it for a fixed port. 0 takes a free one."""
    return "127.0.0.1", 0


@pytest.fixture(scope="session")
def mock_dintero_server(mock_dintero_listen_address: tuple[str, int]) -> Iterator[Server]:
    """A sandbox in a thread, for the whole run: `.url`, `.port`."""
    from mock_dintero.config import Config
    from mock_dintero.server import Server

    host, port = mock_dintero_listen_address
    with Server(Config(host=host, port=port)) as server:
        yield server


@pytest.fixture
def mock_dintero(mock_dintero_server: Server) -> Iterator[MockDintero]:
    """An account of its own for every test: `.env`, `.create_session()`, `.buyer(session)`, ..."""
    from mock_dintero.testing import MockDintero

    account_id = f"T{secrets.randbelow(90_000_000) + 10_000_000}"
    dintero = MockDintero(mock_dintero_server.url, account_id)
    yield dintero
    dintero.reset()
    dintero.close()
