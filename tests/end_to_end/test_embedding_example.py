"""The example of docs/embedding.md, as it stands there; and that the page leaves nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from embedding import protocol
from embedding.sdk import umd_file
from embedding.stage import Stage

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```html\n(.*?)```", DOCUMENT, re.DOTALL)
TESTS = "".join(path.read_text() for path in Path(__file__).parent.glob("test_web_sdk*.py"))


@pytest.mark.parametrize("name", [*protocol.TOLD, *protocol.ASKED])
def test_every_message_is_documented_and_tested(name: str) -> None:
    assert f"`{name}`" in DOCUMENT
    assert f'"{name}"' in TESTS or f"{name}(" in TESTS


@pytest.mark.parametrize("name", [*protocol.METHODS, *protocol.OPTIONS])
def test_every_method_and_option_is_tested(name: str) -> None:
    tests = TESTS + (Path(__file__).parents[1] / "embedding" / "stage.py").read_text()
    assert f'"{name}"' in tests or f"{name}=" in tests


@pytest.mark.browser
@pytest.mark.parametrize(
    ("outcome", "news"), [("approve", "Paid: T"), ("decline", "Not paid: authorization")]
)
def test_the_example_runs(stage: Stage, outcome: str, news: str) -> None:
    assert EXAMPLE
    example = EXAMPLE[1].replace("http://127.0.0.1:8426", stage.heard.checkout)
    stage.shop.pages["/example.html"] = ("text/html; charset=utf-8", example.encode())
    stage.page.route(
        "https://unpkg.com/**",
        lambda route: route.fulfill(path=umd_file(), content_type="text/javascript"),
    )
    session = stage.ready()
    stage.page.goto(stage.shop.url(f"/example.html?sid={session['id']}"))
    stage.heard.wait_for("SessionLoaded")
    said = stage.page.locator("#news")
    said.filter(has_text="To pay: 348 NOK").wait_for()
    stage.frame.locator("html[lang=nb]").wait_for()
    stage.frame.get_by_test_id("pay").click()
    stage.frame.get_by_test_id("vipps-next").click()
    stage.frame.get_by_test_id(f"vipps-{outcome}").click()
    said.filter(has_text=news).wait_for()
    assert stage.page.locator("#checkout > *").count() == 0
