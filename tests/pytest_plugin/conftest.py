"""Runs a test-suite as a merchant would, with no other plugins than ours and pytest-xdist."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytest_plugins = ["pytester"]

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("MOCK_DINTERO_URL", "PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    ours = ("-p", "mock_dintero.pytest_plugin", "-p", "no:cacheprovider", "-W", "error")
    return lambda *args: pytester.runpytest_subprocess(*ours, *args)
