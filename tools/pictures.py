"""Take the pictures of every page in every state for docs/pages.md: `make pictures`."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "end_to_end")]

import chromium  # noqa: E402
from page_stage import Stage, small_shop  # noqa: E402
from page_states import STATES, State  # noqa: E402

from mock_dintero.config import Config  # noqa: E402
from mock_dintero.server import Server  # noqa: E402
from mock_dintero.testing import MockDintero  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
LIST = ROOT / "docs" / "pages.md"
WIDTHS = {"phone": 375, "desktop": 1280}
HIGHEST = 4000
QUALITY = 50
BEGINNING = """# The pages of the checkout

Every page in every state, as `make pictures` sees it in Chromium: at 375 and 1280 px, dark where that
matters.
The parts they are made of are in [design.md](design.md).

"""


def looks(state: State) -> Iterator[tuple[str, int, str]]:
    """Name of the file, width, colour scheme."""
    for device, width in WIDTHS.items():
        yield f"{state.name}-{device}", width, "light"
        if state.matters_when_dark:
            yield f"{state.name}-{device}-dark", width, "dark"


def take(page: Page, path: Path, form: str = "webp") -> None:
    """The whole page, as a WebP: a tenth of a PNG."""
    page.evaluate("document.fonts.ready")
    talk = page.context.new_cdp_session(page)
    size = talk.send("Page.getLayoutMetrics")["cssContentSize"]
    high = min(max(size["height"], 300), HIGHEST)
    clip = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": high, "scale": 1}  # type: ignore[index]
    asked: dict[str, Any] = {"format": form, "clip": clip, "captureBeyondViewport": True}
    if form == "webp":
        asked["quality"] = QUALITY
    path.write_bytes(base64.b64decode(talk.send("Page.captureScreenshot", asked)["data"]))


def reach(
    browser: Browser, stage: tuple[MockDintero, str], state: State, width: int, scheme: str
) -> Page:
    """A page in this state. An account of its own: a fault for one state is no fault for the next."""
    context = browser.new_context(
        viewport={"width": width, "height": 812 if width < 600 else 900}, color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce", locale="en-GB",
    )  # fmt: skip
    context.set_default_timeout(10_000)
    # A frame's own address says that it is embedded; without a shop around it nobody is told anything.
    page = context.new_page()
    state.reach(Stage(stage[0], stage[1], page, state.query))
    return page


def written() -> str:
    """docs/pages.md."""
    page = BEGINNING
    for state in STATES:
        page += f"## {state.about}\n\n"
        for name, width, _ in looks(state):
            page += f'<img src="pictures/{name}.webp" width="{width // 3}" alt="{state.about}, {name}">\n'
        page += "\n"
    return page.rstrip() + "\n"


def main(only: list[str], folder: Path, form: str = "webp") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with Server(Config(port=0)) as server, small_shop() as shop, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.FLAGS
        )
        for number, state in enumerate(STATES):
            if only and state.name not in only:
                continue
            for name, width, scheme in looks(state):
                dintero = MockDintero(server.url, f"T{20_000_000 + number}")
                page = reach(browser, (dintero, shop), state, width, scheme)
                take(page, folder / f"{name}.{form}", form)
                page.context.close()
                dintero.reset()
                dintero.close()
        browser.close()


if __name__ == "__main__":
    named = [one for one in sys.argv[1:] if not one.startswith("--")]
    if "--look" in sys.argv:  # a few, as PNG, elsewhere: to look at while one works on them
        main(named, ROOT / "test-results" / "pictures", "png")
    else:
        main(named, PICTURES)
        LIST.write_text(written(), encoding="utf-8")
        taken = sum(path.stat().st_size for path in PICTURES.glob("*.webp"))
        print(f"{len(list(PICTURES.glob('*.webp')))} pictures, {taken / 1e6:.1f} MB")
