"""The example for Node: installed in a copy, run under `mock-dintero exec`."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "playwright-node"

pytestmark = pytest.mark.browser


def _chromium() -> Any:
    spec = importlib.util.spec_from_file_location("chromium", ROOT / "tests" / "chromium.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def installed(folder: Path) -> Path:
    """The example with its dependencies; the test is left out where these cannot be had."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not there")
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("node_modules"))
    install = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline"],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"},
    )  # fmt: skip
    if install.returncode != 0:
        pytest.skip(f"npm cannot install the example: {install.stderr.strip()[-300:]}")
    return folder


def test_a_purchase_from_node(tmp_path: Path) -> None:
    chromium = _chromium().executable()
    if chromium is None:
        pytest.skip("no Chromium on this machine; Playwright for Node would have to fetch its own")
    folder = installed(tmp_path / "example")
    played = subprocess.run(
        [sys.executable, "-m", "mock_dintero", "exec", "--", "npx", "playwright", "test"],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "CHROMIUM": chromium, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert played.returncode == 0, played.stdout + played.stderr
    assert "1 passed" in played.stdout
