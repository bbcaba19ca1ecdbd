"""The page of a run in a real Chromium: for everybody, at any width, by keyboard, on paper."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "verify"))

from made_up_report import kept, made_report, one_of_each

from mock_dintero.verify.reports.html import written

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"
LOOKS = [(width, scheme) for width in (375, 1280) for scheme in ("light", "dark")]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(written(one_of_each(), "must"), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def shown(browser: Browser, address: str) -> Iterator[Any]:
    """Opens the page; at the end nothing was asked of anybody, and nothing was complained of."""
    asked: list[str] = []
    complaints: list[str] = []
    pages: list[Page] = []

    def show(width: int = 1280, scheme: Any = "light", url: str = address) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 812}, color_scheme=scheme)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(url)
        pages.append(page)
        return page

    yield show
    for page in pages:
        page.close()
    assert {url for url in asked if not url.startswith("file:")} == set()
    assert complaints == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing(shown: Any, width: int, scheme: str) -> None:
    page = shown(width, scheme)
    page.evaluate(OPEN_ALL)
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None and found.origin is not None
    page.evaluate((Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    hurdles = [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary']}"
        for one in result["violations"]
        for node in one["nodes"]
    ]
    assert hurdles == []
    assert len(result["passes"]) > 20


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_nothing_has_to_be_moved_sideways(shown: Any, width: int) -> None:
    page = shown(width)
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [375, 1280])
def test_one_drawing_of_each_payment_is_to_be_seen_and_its_words_stay_inside(
    shown: Any, width: int
) -> None:
    page = shown(width)
    drawings = page.get_by_role("img", name="Sequence of payment order-1001")
    assert drawings.count() == 2
    outside = page.evaluate(
        """() => [...document.querySelectorAll(".sequence")].flatMap((svg) => {
          const edge = svg.getBoundingClientRect();
          return [...svg.querySelectorAll("text")].filter((text) => {
            const box = text.getBoundingClientRect();
            return box.width && (box.left < edge.left - 1 || box.right > edge.right + 1);
          }).map((text) => text.textContent);
        })"""
    )
    assert outside == []


def test_a_keyboard_reaches_and_unfolds_everything(shown: Any) -> None:
    page = shown()
    page.keyboard.press("Tab")
    # What is to be looked at first is the gravest.
    assert (
        page.evaluate("document.activeElement.textContent")
        == "An order is confirmed once when the callback comes twice."
    )
    page.keyboard.press("Enter")
    assert page.url.endswith("#callback-twice")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "A"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Requests and answers"
    page.keyboard.press("Enter")
    assert page.locator("#callback-twice .legs").is_visible()


def test_it_needs_no_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_text("Requests and answers").first.click()
    assert page.locator("#vat .legs").is_visible()
    context.close()


def test_on_paper_the_shops_last_words_are_unfolded(shown: Any) -> None:
    page = shown()
    words = page.locator("#callback-twice .words pre")
    assert not words.is_visible()
    page.emulate_media(media="print")
    assert words.bounding_box()["height"] > 20


def test_hostile_texts_do_nothing(shown: Any) -> None:
    page = shown()
    page.on("dialog", lambda dialog: pytest.fail("a script of the shop ran"))
    page.evaluate(OPEN_ALL)
    assert page.locator("script").count() == 0
    assert page.locator("#hostile").get_by_text("<script>alert(1)</script>").first.is_visible()


def test_a_good_run_has_nothing_to_look_at(shown: Any, tmp_path: Path) -> None:
    file = tmp_path / "good.html"
    file.write_text(written(made_report(kept()), "must"), encoding="utf-8")
    page = shown(url=file.as_uri())
    assert page.get_by_role("heading", level=1).text_content() == "Fjordvik All promises are kept"
    assert page.get_by_role("navigation").count() == 0
