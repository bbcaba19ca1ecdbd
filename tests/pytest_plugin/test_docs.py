"""docs/testing.md: its examples are run, its tables are complete."""

from __future__ import annotations

import inspect
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mock_dintero.playwright import CheckoutPage
from mock_dintero.testing import MockDintero

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")

pytest_plugins = ["pytester"]

Run = Callable[..., pytest.RunResult]

BROWSER = """
import os
import pytest
from playwright.sync_api import sync_playwright

@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"] or None, args=os.environ["FLAGS"].split()
        )
        yield started
        started.close()

@pytest.fixture
def page(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()
"""
RUN_ASYNC = """

import asyncio
import os


def test_it(shop):
    url = shop.check_out()["url"]

    async def test():
        from playwright.async_api import async_playwright

        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=os.environ["CHROMIUM"] or None, args=os.environ["FLAGS"].split()
            )
            await buy(await browser.new_page(), url)
            await browser.close()

    asyncio.run(test())
    assert shop.order()["status"] == "paid"
"""


def examples(kind: str) -> list[str]:
    return re.findall(rf"<!-- {kind} -->\n```python\n(.*?)```", PAGE, re.DOTALL)


def written(pytester: pytest.Pytester, codes: list[str]) -> int:
    """The examples as test modules beside the shop; answers with how many tests there are."""
    for name in ("shop.py", "conftest.py"):
        shutil.copy(ROOT / "docs" / "examples" / "pytest" / name, pytester.path)
    for number, code in enumerate(codes):
        (pytester.path / f"test_example_{number}.py").write_text(code, encoding="utf-8")
    text = "".join(codes)
    races = 4 if "race)" in text else 1  # the one example with parameters
    return text.count("def test_") + races - 1


@pytest.mark.parametrize("mode", ["http", "asgi"])
def test_the_examples_work(run: Run, pytester: pytest.Pytester, mode: str) -> None:
    codes = examples("test") + (examples("test in process") if mode == "asgi" else [])
    number = written(pytester, codes)
    assert number > 10
    run("-o", f"mock_dintero_mode={mode}").assert_outcomes(passed=number)


@pytest.mark.browser
def test_the_browser_examples_work(run: Run, pytester: pytest.Pytester, chromium: None) -> None:
    codes = examples("browser test") + [code + RUN_ASYNC for code in examples("async browser test")]
    number = written(pytester, codes)
    assert number == 3
    pytester.makepyfile(browsers=BROWSER)
    run("-p", "browsers", "test_example_0.py", "test_example_1.py").assert_outcomes(passed=2)
    run("test_example_2.py").assert_outcomes(passed=1)


def test_every_step_and_every_method_is_on_the_page() -> None:
    for page in (CheckoutPage, MockDintero):
        for name, _ in inspect.getmembers(page):
            if not name.startswith("_") and name not in ("advance", "peek", "sessions"):
                assert re.search(rf"`[^`]*\b{name}\b", PAGE), name
