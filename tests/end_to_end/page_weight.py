"""What a page weighs on its way to the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

HIGHEST = 60 * 1024
"""Bytes of HTML, styles and scripts of one page, as they come over the wire."""

WEIGH = """() => {
    const head = 300; // what browsers count for the headers of an answer
    const [page] = performance.getEntriesByType("navigation");
    const own = performance.getEntriesByType("resource")
        .filter((one) => /[.](js|css)$/.test(new URL(one.name).pathname));
    return [page, ...own].reduce((sum, one) => sum + one.encodedBodySize + head, 0);
}"""


def of_page(page: Page) -> int:
    """Bytes of this page with its styles and scripts, whether or not the browser has some of them already."""
    return int(page.evaluate(WEIGH))
