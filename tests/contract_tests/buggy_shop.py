"""The sample shop with a bug, in this process and without sockets, so that a promise costs milliseconds.

A bug is a change of the shop's modules: one at a time in a process.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Literal
from unittest.mock import patch

from mock_dintero.config import environment
from mock_dintero.contract_files import folder
from mock_dintero.testing import MockDintero
from mock_dintero.testing.in_process import InProcess
from mock_dintero.verify import Broken, Promise, Shop, read_merchant

if str(folder()) not in sys.path:
    sys.path.insert(0, str(folder()))

from sample_shop import make_app
from shop.bugs import switch_off, switch_on
from shop.settings import Settings

CORRECT = "(none)"
FILE = read_merchant(folder() / "merchant.toml")
PATIENCE = 4.0
TIMEOUT = {"DINTERO_TIMEOUT": "2"}

_numbers = count(70000001)


@contextmanager
def sandbox() -> Iterator[InProcess]:
    """A sandbox for many promises."""
    logging.getLogger("shop").setLevel(logging.CRITICAL)
    with InProcess() as started:
        yield started


def judged(
    sandbox: InProcess, promise: Promise, bug: str = CORRECT, belief: float = 1.5
) -> tuple[Literal["kept", "broken", "unclear"], str]:
    """What the promise says of a fresh shop with this bug beside a fresh account.

    Nothing is slow in here: `belief`, the seconds until a shop believes what it was told, can be short.
    """
    with patch.dict(os.environ, environment(sandbox.url)):  # as in the shop's own process
        if bug != CORRECT:
            switch_on(bug)
        try:
            return _judged(sandbox, promise, belief)
        finally:
            switch_off()


def _judged(
    sandbox: InProcess, promise: Promise, belief: float
) -> tuple[Literal["kept", "broken", "unclear"], str]:
    number = next(_numbers)
    with MockDintero(sandbox.url, f"T{number}", in_process=sandbox) as dintero:
        origin = f"http://shop-{number}.test"
        settings = Settings.from_environment({**dintero.env, **TIMEOUT}, origin)
        dintero.mount(origin, make_app(settings, dintero.async_transport))
        limits = FILE.limits.model_copy(update={"belief": belief, "patience": PATIENCE})
        shop = Shop(FILE.model_copy(update={"limits": limits}), origin, dintero)
        try:
            promise.check(shop)
        except Broken as broken:
            return "broken", str(broken)
        except Exception as trouble:
            return "unclear", f"{type(trouble).__name__}: {trouble}"
        finally:
            shop.close()
            dintero.reset()
    return "kept", ""
