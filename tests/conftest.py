"""What every test of the app may ask for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

from sandbox import Merchant, opened


@pytest.fixture
def merchant() -> Iterator[Merchant]:
    """A merchant with a token, a fake shop that answers well, and a clock that stands still."""
    with opened() as made:
        yield made


# The same examples every time: a red test is red again tomorrow. `HYPOTHESIS_PROFILE=explore` looks further.
settings.register_profile(
    "repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
