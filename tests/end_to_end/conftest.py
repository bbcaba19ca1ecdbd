"""A running sandbox, a running shop, and a real browser."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from album import Album
from embedding import protocol
from embedding.recorder import Recorder
from embedding.sdk import VERSION, umd_file
from embedding.shop import Shop, shop
from embedding.stage import Stage
from matrix import HEIGHTS

from mock_dintero.demo import sample_shop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def chromium() -> Any:
    """tests/chromium.py: where the browser is, and its flags."""
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
def browser(chromium: Any) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

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
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a fresh profile, as wide as the matrix's run; no trace, as there are pictures."""
    width = request.node.callspec.params["run"].width
    made = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]}, reduced_motion="reduce"
    )
    made.set_default_timeout(15_000)
    yield made.new_page()
    made.close()


@pytest.fixture
def album(
    window: Page, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> Album:
    """The pictures of a run of the matrix."""
    return Album(window, request.node.callspec.params["run"], record_property)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="session")
def the_table() -> Iterator[list[tuple[str, str, bool]]]:
    """All that was seen in this run; printed at its end (`pytest -s tests/end_to_end/test_web_sdk.py`)."""
    rows: list[tuple[str, str, bool]] = []
    yield rows
    print(f"\n\nWeb SDK {VERSION}\n\n{protocol.as_table(rows)}")


@pytest.fixture
def merchant_shop() -> Iterator[Shop]:
    with shop(umd_file().read_bytes()) as opened:
        yield opened


@pytest.fixture
def stage(
    page: Page, context: BrowserContext, merchant_shop: Shop, mock_dintero: Any,
    the_table: list[tuple[str, str, bool]], request: pytest.FixtureRequest,
) -> Iterator[Stage]:  # fmt: skip
    heard = Recorder(page, mock_dintero.url)
    heard.on(context)
    made = Stage(page, merchant_shop, mock_dintero, heard)
    context.on(
        "console",
        lambda said: (
            made.complaints.append(said.text)
            if said.type == "error" and "Content Security Policy" in said.text
            else None
        ),
    )
    context.on("weberror", lambda error: made.complaints.append(str(error.error)))
    yield made
    the_table += [(name, request.node.name, is_right) for name, is_right in made.rows()]
    assert heard.differences() == []
    assert made.complaints == []
