"""Take the pictures of docs/verify.md: the reports of the sample shop with one of its bugs.

python tools/report_pictures.py [BUG]
"""

from __future__ import annotations

import base64
import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import chromium  # noqa: E402

from mock_dintero.verify import read_merchant  # noqa: E402
from mock_dintero.verify.library import promises  # noqa: E402
from mock_dintero.verify.reports import form  # noqa: E402
from mock_dintero.verify.run import Run  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
MERCHANT = ROOT / "contract_tests" / "merchant.toml"
LOOKS = {"desktop": (1280, 1500, "light"), "phone-dark": (375, 880, "dark")}
"""Width, height and colours; the beginning of the page is enough."""
QUALITY = 60


def taken(browser: Browser, page_file: Path) -> None:
    """A picture of each look, as WebP."""
    for name, (width, height, scheme) in LOOKS.items():
        page = browser.new_page(
            viewport={"width": width, "height": height}, color_scheme=scheme  # type: ignore[arg-type]
        )  # fmt: skip
        page.goto(page_file.as_uri())
        talk = page.context.new_cdp_session(page)
        shot = talk.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
        (PICTURES / f"verify-report-{name}.webp").write_bytes(base64.b64decode(shot["data"]))
        page.close()


def main(bug: str) -> None:
    """The page of a run with this bug; the badge of one without."""
    merchant = read_merchant(MERCHANT)
    os.environ["SHOP_BUG"] = bug
    broken = Run(merchant, MERCHANT.parent, workers=2).judge(promises())
    del os.environ["SHOP_BUG"]
    right = Run(merchant, MERCHANT.parent, workers=2).judge(promises())
    (PICTURES / "verify-badge.svg").write_text(form("badge")(right, "must"), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "report.html"
        page_file.write_text(form("html")(broken, "must"), encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.FLAGS
        )
        taken(browser, page_file)
        browser.close()
    print(broken.sentence, right.sentence, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1] if sys.argv[1:] else "confirms-every-time")
