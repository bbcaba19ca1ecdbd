"""Finds the contract tests: inside the package when installed, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def folder() -> Path:
    """Where promises and sample shop are. Raises FileNotFoundError in an installation without them."""
    for found in (HERE / "contract_tests", HERE.parent / "contract_tests"):
        if (found / "sample_shop.py").exists():
            return found
    raise FileNotFoundError("the contract tests are missing from this installation")
