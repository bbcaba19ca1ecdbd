"""The inspector in a real Chromium: it updates itself, keeps what is open, and asks only its own server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from mock_dintero.testing import MockDintero

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}
DARK = {"color_scheme": "dark"}

CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgb = (css, under) => {
    canvas.fillStyle = `rgb(${under})`; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (color) => {
    const [r, g, b] = color.map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    if (!element) return [255, 255, 255];
    return rgb(getComputedStyle(element).backgroundColor, behind(element.parentElement));
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest(".unseen")) continue;
    const under = behind(element);
    const [a, b] = [light(under), light(rgb(getComputedStyle(element).color, under))].sort();
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${element.outerHTML.slice(0, 90)}`);
  }
  return poor;
}"""
UNNAMED = """() => [
  ...document.querySelectorAll("a, button, input:not([type=hidden]), select")
].filter((one) =>
  !(one.getAttribute("aria-label") || one.textContent.trim() || (one.labels && one.labels.length))
).map((one) => one.outerHTML)"""


@pytest.fixture
def purchase(mock_dintero: MockDintero) -> dict[str, Any]:
    """A session with a callback that fails, a finding, a fault, and a clock that was moved."""
    session = mock_dintero.create_session(
        url={"return_url": "http://127.0.0.1:1/", "callback_url": "http://127.0.0.1:1/paid"},
        metadata={"vipps": 1},
    )
    mock_dintero.buyer(session).pay()
    mock_dintero.advance(3)
    fault = {"faults": [{"at": "api", "do": "status", "status": 429}]}
    mock_dintero.http.put(
        "/_mock/api/v1/faults", json=fault, params={"account": mock_dintero.account_id}
    )
    return session


def address(dintero: MockDintero, session: dict[str, Any] | None = None) -> str:
    path = f"sessions/{session['id']}" if session else f"?account={dintero.account_id}"
    return f"{dintero.url}/_mock/{path}"


def test_the_overview_shows_a_new_session_by_itself(page: Page, mock_dintero: MockDintero) -> None:
    page.goto(address(mock_dintero))
    expect(page.get_by_role("status")).to_have_text("live")
    expect(page.get_by_text("No session")).to_be_visible()
    order = {"amount": 100, "currency": "NOK", "merchant_reference": "seen-live"}
    session = mock_dintero.create_session(order=order)
    expect(page.get_by_role("link", name="seen-live")).to_be_visible()
    mock_dintero.buyer(session).pay()
    expect(page.get_by_text("AUTHORIZED")).to_be_visible()


def test_a_session_updates_itself_and_keeps_what_is_open(
    page: Page, mock_dintero: MockDintero, purchase: dict[str, Any]
) -> None:
    page.goto(address(mock_dintero, purchase))
    first = page.locator("#leg-2")
    first.locator("summary").click()
    expect(first.get_by_text("METADATA_RESERVED").first).to_be_visible()
    attempts = page.locator(".attempts li").count()
    page.get_by_role("button", name="one hour ahead").click()
    expect(page.locator(".attempts li")).not_to_have_count(attempts)
    expect(page.get_by_text("1 h 3 s ahead")).to_be_visible()
    expect(first).to_have_attribute("open", "")
    expect(page.get_by_role("button", name="one hour ahead")).to_be_focused()


def test_the_filter_works_while_one_types(page: Page, mock_dintero: MockDintero) -> None:
    for reference in ("blue-1", "red-1"):
        mock_dintero.create_session(
            order={"amount": 100, "currency": "NOK", "merchant_reference": reference}
        )
    page.goto(address(mock_dintero))
    page.get_by_label("Filter").press_sequentially("blue")
    expect(page.get_by_role("link", name="red-1")).to_have_count(0)
    expect(page.get_by_role("link", name="blue-1")).to_be_visible()
    expect(page.get_by_label("Filter")).to_have_value("blue")
    expect(page.get_by_label("Filter")).to_be_focused()


@pytest.mark.parametrize("context", [{"java_script_enabled": False}], indirect=True)
def test_it_works_without_javascript(
    page: Page, mock_dintero: MockDintero, purchase: dict[str, Any]
) -> None:
    page.goto(address(mock_dintero, purchase))
    page.get_by_role("button", name="one day ahead").click()
    expect(page.get_by_text("1 d", exact=False).first).to_be_visible()
    page.get_by_role("button", name="End all faults").click()
    expect(page.get_by_role("button", name="End all faults")).to_have_count(0)
    assert page.url == address(mock_dintero, purchase)
    page.goto(address(mock_dintero))
    page.get_by_label("Filter").fill("nothing like it")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("No session with")).to_be_visible()


@pytest.mark.parametrize(
    "context",
    [{}, DARK, PHONE, {**PHONE, **DARK}],
    indirect=True,
    ids=["light", "dark", "phone", "dark phone"],
)
def test_it_can_be_read_by_everybody_everywhere(
    page: Page, mock_dintero: MockDintero, purchase: dict[str, Any]
) -> None:
    hosts = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    timeline = f"{mock_dintero.url}/_mock/api/v1/sessions/{purchase['id']}/timeline.html"
    for url in (address(mock_dintero), address(mock_dintero, purchase), timeline):
        page.goto(url)
        page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true })")
        assert page.evaluate(CONTRAST) == []
        assert page.evaluate(UNNAMED) == []
        wide = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        full, seen = page.evaluate(wide)
        assert full <= seen
    assert hosts == {urlsplit(mock_dintero.url).netloc}


def test_a_keyboard_is_enough(
    page: Page, mock_dintero: MockDintero, purchase: dict[str, Any]
) -> None:
    page.goto(address(mock_dintero, purchase))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.locator("#leg-2 summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#leg-2")).to_have_attribute("open", "")
