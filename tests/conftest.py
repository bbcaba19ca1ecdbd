"""What every test of the app may ask for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from sandbox import Merchant, opened


@pytest.fixture
def merchant() -> Iterator[Merchant]:
    """A merchant with a token, a fake shop that answers well, and a clock that stands still."""
    with opened() as made:
        yield made
