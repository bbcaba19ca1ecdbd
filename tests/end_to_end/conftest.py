"""A running sandbox, a running shop, and a real browser."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mock_dintero.demo import sample_shop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[2]


def _chromium() -> Any:
    spec = importlib.util.spec_from_file_location("chromium", ROOT / "tests" / "chromium.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def shop_url(mock_dintero_server: Any) -> Iterator[str]:
    """The sample shop, pointed at the sandbox's default account."""
    with sample_shop(mock_dintero_server.url) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    chromium = _chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.FLAGS
        )
        yield started
        started.close()


@pytest.fixture
def context(
    browser: Browser, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[BrowserContext]:
    """A fresh profile; a failed test leaves a trace in test-results/."""
    options = getattr(request, "param", {})
    made = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    made.set_default_timeout(15_000)
    made.tracing.start(screenshots=True, snapshots=True)
    failed_before = request.session.testsfailed
    yield made
    if request.session.testsfailed > failed_before:
        made.tracing.stop(path=ROOT / "test-results" / f"{request.node.name}.zip")
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
