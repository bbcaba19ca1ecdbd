"""The pictures of one run of the matrix, and what is true of each page on them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from matrix import Run

from fake_checkout_ui.language import sentences

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "test-results" / "matrix"
HIGHEST = 4000


def said(sentence: str, language: str) -> str:
    """One of our sentences in a language."""
    return sentences(language).get(sentence, sentence)


def on_one_line(text: str) -> str:
    """With single spaces, and none that a browser may not break."""
    return " ".join(text.split())


def english_on(page: Page, language: str) -> list[str]:
    """Lines of the page that stand in English and should not; what is marked as English may."""
    known = {source for source, there in sentences(language).items() if there != source}
    marked = {text.strip() for text in page.locator("body [lang=en]").all_inner_texts()}
    lines = page.locator("body").inner_text().splitlines()
    return [line for line in lines if line.strip() in known - marked]


BROKEN = """() => {
    const isHidden = (one) => one.clientWidth === 1 || one.parentElement.clientWidth === 1;
    const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; node = texts.nextNode();) {
        const around = node.parentElement;
        if (around.closest("bdi, script, option") || !around.checkVisibility() || isHidden(around)) continue;
        for (const { 0: word, index } of node.data.matchAll(/\\p{L}+/gu)) {
            const range = new Range();
            range.setStart(node, index);
            range.setEnd(node, index + word.length);
            const lines = new Set([...range.getClientRects()].map((one) => Math.round(one.top)));
            if (lines.size > 1) found.push(word);
        }
    }
    return found;
}"""
"""Words of ours that do not fit into their line and are cut in two."""


@dataclass
class Album:
    """Takes the pictures. Whatever is looked at is in the run's language and fits into the window."""

    page: Page
    run: Run
    record: Callable[[str, object], None]
    number: int = field(default=0, init=False)

    def look(self) -> None:
        """One of our pages."""
        self.take()
        assert self.page.locator("html").get_attribute("lang") == self.run.language
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        english = english_on(self.page, self.run.language)
        assert not english, english
        broken = self.page.evaluate(BROKEN)
        assert not broken, broken

    def take(self) -> None:
        """Any page, the whole of it. Its path becomes a property of the test."""
        self.number += 1
        path = PICTURES / f"{self.run.name}-{self.run.width}-{self.number}.png"
        PICTURES.mkdir(parents=True, exist_ok=True)
        path.write_bytes(whole_page(self.page))
        self.record("screenshot", str(path.relative_to(ROOT)))


def whole_page(page: Page) -> bytes:
    """A PNG, packed for speed: half the time of `page.screenshot`."""
    talk = page.context.new_cdp_session(page)
    size = talk.send("Page.getLayoutMetrics")["cssContentSize"]
    clip = {
        "x": 0,
        "y": 0,
        "width": size["width"],
        "height": min(size["height"], HIGHEST),
        "scale": 1,
    }
    asked = {
        "format": "png", "optimizeForSpeed": True, "captureBeyondViewport": True, "clip": clip
    }  # fmt: skip
    return base64.b64decode(talk.send("Page.captureScreenshot", asked)["data"])
