"""What a customer waits for on the checkout page, in a real Chromium: `python -m benchmarks.page`.

First paint of a page that the browser has never seen, bytes over the wire in every state of the page, and
the time from the click on an address to the ways of delivery, less the merchant's own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.figures import Figure, table
from benchmarks.servers import ROOT, Served, servers

sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "end_to_end")]

import chromium  # noqa: E402
from page_stage import Stage, small_shop  # noqa: E402
from page_states import STATES  # noqa: E402
from page_weight import of_page  # noqa: E402

from mock_dintero.testing import ADDRESS, MockDintero  # noqa: E402

HEAVIEST_SHOWN = 5
PATIENCE = 10_000
"""Milliseconds for anything in the browser."""
FIELDS = {
    "email": "email", "phone": "phone_number", "first-name": "first_name", "last-name": "last_name",
    "address-line": "address_line", "postal-code": "postal_code", "postal-place": "postal_place",
}  # fmt: skip
NOTE_CLICK = """addEventListener("click", () => {
  sessionStorage.setItem("clicked", performance.timeOrigin + performance.now());
}, true);"""
PAINTED = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => {
    for (const one of list.getEntriesByName("first-contentful-paint")) resolve(one.startTime);
  }).observe({ type: "paint", buffered: true });
})"""
FROM_CLICK = "() => performance.timeOrigin - Number(sessionStorage.getItem('clicked'))"


class Checkouts:
    """Opens checkouts in one browser. Each has an account and a profile of its own, so no cache is warm."""

    def __init__(self, browser: Browser, sandbox: Served, shop: str) -> None:
        self._browser, self._url, self._shop = browser, f"http://127.0.0.1:{sandbox.port}", shop
        self._opened = 0

    def measure(self, what: Callable[[Stage], Any], query: str = "") -> Any:
        """What this gives for a new stage."""
        self._opened += 1
        dintero = MockDintero(self._url, f"T{30_000_000 + self._opened}")
        context = self._browser.new_context(viewport={"width": 375, "height": 812})
        context.set_default_timeout(PATIENCE)
        try:
            return what(Stage(dintero, self._shop, context.new_page(), query))
        finally:
            context.close()
            dintero.reset()
            dintero.close()


def painted(page: Page) -> float:
    """Milliseconds from the start of the navigation to the first content."""
    return float(page.evaluate(PAINTED))


def first_paint(stage: Stage) -> float:
    """Of the checkout of a new customer."""
    stage.session()
    stage.see()
    return painted(stage.page)


def paint_again(stage: Stage) -> float:
    """Of a second checkout in the same browser, which has styles and scripts already."""
    first_paint(stage)
    return first_paint(stage)


def to_options(stage: Stage) -> float:
    """Milliseconds from the click to the painted ways of delivery, less the merchant's answer."""
    page = stage.page
    page.add_init_script(NOTE_CLICK)
    stage.session()
    stage.see()
    for testid, name in FIELDS.items():
        page.get_by_test_id(testid).fill(ADDRESS[name])
    page.get_by_test_id("submit-address").click()
    page.get_by_test_id("shipping-options").wait_for()
    took = painted(page) + float(page.evaluate(FROM_CLICK))
    asked = stage.dintero.deliveries_of(stage.sid)[-1]["attempts"][-1]
    return took - float(asked["latency"])


def times(checkouts: Checkouts, repeat: int) -> list[Figure]:
    """The medians; one run before them is thrown away."""
    measures = {
        "first paint, nothing cached": first_paint,
        "first paint, seen before": paint_again,
        "from address to options, less the merchant's time": to_options,
    }
    figures = []
    for name, measure in measures.items():
        found = [checkouts.measure(measure) for _ in range(repeat + 1)][1:]
        spread = f"{min(found):.0f} to {max(found):.0f} ms, {repeat} runs"
        figures.append(Figure(name, statistics.median(found), "ms", against=spread))
    return figures


def weights(checkouts: Checkouts) -> list[Figure]:
    """HTML, styles and scripts of every state; the heaviest are shown."""
    found = {}
    for state in STATES:

        def weigh(stage: Stage, reach: Callable[[Stage], None] = state.reach) -> int:
            reach(stage)
            return of_page(stage.page)

        found[state.name] = checkouts.measure(weigh, state.query) / 1024
    heaviest = sorted(found, key=lambda name: found[name], reverse=True)[:HEAVIEST_SHOWN]
    return [
        Figure(f"bytes of {name}", found[name], "KB", against=f"heaviest of {len(found)} states")
        for name in heaviest
    ]


def main() -> None:
    """`python -m benchmarks.page [--repeat N] [--json FILE]`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    parser.add_argument(
        "--repeat", type=int, default=9, help="runs of each time; the median counts"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    with (
        servers() as starter,
        starter.sandbox() as sandbox,
        small_shop() as shop,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.FLAGS
        )
        checkouts = Checkouts(browser, sandbox, shop)
        figures = times(checkouts, options.repeat) + weights(checkouts)
        browser.close()
    print(table(figures))
    if options.json:
        rows = [figure.as_json() for figure in figures]
        options.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
