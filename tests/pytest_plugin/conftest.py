"""Runs a test-suite as a merchant would, with no other plugins than ours and pytest-xdist."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("MOCK_DINTERO_URL", "PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    ours = ("-p", "mock_dintero.pytest_plugin", "-p", "no:cacheprovider", "-W", "error")
    return lambda *args: pytester.runpytest_subprocess(*ours, *args)


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell the suite which browser there is."""
    path = Path(__file__).parents[1] / "chromium.py"
    spec = importlib.util.spec_from_file_location("chromium", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv("CHROMIUM", module.executable() or "")
    monkeypatch.setenv("FLAGS", " ".join(module.FLAGS))
