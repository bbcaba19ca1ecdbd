"""The same races and habits in a real Chromium: the page on the way back gives the cues."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from races import ALL, RACES, Race
from recording_merchant import barrier, in_a_row
from runs import Play, Run, Stage, prove

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

RUNS = int(os.environ.get("FAULT_BROWSER_RUNS", "1"))
BUTTONS = {"approve": "vipps-approve", "decline": "vipps-decline"}
BACK = ["return begins", "return ends"]
TOLD = ["callback begins", "callback ends"]


def wallet_of(run: Run, sid: str) -> str:
    """The buyer has pressed pay and is in the wallet."""
    _, started, _ = run.request(
        "POST", f"/v1/sessions/{sid}/pay", {"payment_product_type": "dintero_psp.vipps"}
    )
    path = "/wallet/" + started["redirect_url"].partition("/wallet/")[2]
    run.names[path.rpartition("/")[2]] = "PAYMENT"
    return f"{run.stage.server.url}{path}/app"


def pay(run: Run, page: Page, sid: str, outcome: str = "approve") -> None:
    page.goto(wallet_of(run, sid))
    page.get_by_test_id(BUTTONS[outcome]).click()


def until(run: Run, *moments: str) -> None:
    """Wait until the shop has noted all of these."""
    deadline = time.monotonic() + 20
    wanted = {moment: moments.count(moment) for moment in moments}
    while any(run.shop.moments.count(moment) < n for moment, n in wanted.items()):
        assert time.monotonic() < deadline, run.shop.moments
        time.sleep(0.005)


def at_shop(run: Run, page: Page) -> None:
    page.wait_for_url(f"{run.shop.url}/return*", timeout=20_000)


def chromium(stage: Stage, browser: Browser, play: Any, expected: Any, **options: Any) -> None:
    """Each run in a profile of its own; what browsers send beside the request is their own affair."""

    def in_context(run: Run) -> Any:
        context: BrowserContext = browser.new_context(**options)
        try:
            value = play(run, context.new_page())
        finally:
            context.close()
        for seen in run.shop.of("return"):
            seen.headers.clear()
            seen.headers["host"] = "shop"
        return value

    proof: Play = in_context
    prove(stage, proof, expected, runs=RUNS, at_once=1)


@pytest.mark.parametrize("race", ALL, ids=lambda race: race.name)
def test_who_is_first_is_as_the_tester_wants(stage: Stage, browser: Browser, race: Race) -> None:
    def play(run: Run, page: Page) -> Any:
        sid = race.open(run)
        run.log_in()
        pay(run, page, sid, race.outcome)
        at_shop(run, page)
        until(run, "callback ends", "return ends")
        return race.value(run)

    chromium(stage, browser, play, race.expected)


@pytest.mark.parametrize("do", RACES)
def test_without_scripts_a_link_leads_back(stage: Stage, browser: Browser, do: str) -> None:
    """No beacon can be sent: a callback that waits for one comes when its time is over."""

    def play(run: Run, page: Page) -> Any:
        run.fault("race", do, seconds=600)
        pay(run, page, run.sell())
        if do != "callback_first":
            page.get_by_test_id("back-to-shop").click()
        at_shop(run, page)
        run.advance(601)
        return run.shop.moments, run.lines("callback")

    order = [*TOLD, *BACK] if do == "callback_first" else [*BACK, *TOLD]
    chromium(stage, browser, play, (order, ["GET good own"]), java_script_enabled=False)


def test_a_closed_tab_is_a_page_without_a_way_back(stage: Stage, browser: Browser) -> None:
    def play(run: Run, page: Page) -> Any:
        run.fault("buyer", "close_tab")
        pay(run, page, run.sell())
        page.wait_for_url("**/return/*")
        run.advance(0)
        return run.shop.moments, run.lines("callback")

    chromium(stage, browser, play, (TOLD, ["GET good own"]))


def test_a_double_click_opens_the_return_page_twice_at_once(stage: Stage, browser: Browser) -> None:
    def play(run: Run, page: Page) -> Any:
        run.shop.handlers["return"] = barrier("return", count=2)
        run.fault("buyer", "double_click")
        pay(run, page, run.sell(None))
        at_shop(run, page)
        return run.shop.moments.count("together"), len({one.query for one in run.shop.seen})

    chromium(stage, browser, play, (2, 1))


def test_the_back_button_opens_the_return_page_once_more(stage: Stage, browser: Browser) -> None:
    def play(run: Run, page: Page) -> Any:
        run.fault("buyer", "back_button")
        pay(run, page, run.sell(None))
        at_shop(run, page)
        seen = run.shop.of("return")
        return len(seen), len({one.query for one in seen}), in_a_row(seen)

    chromium(stage, browser, play, (2, 1, True))


@pytest.mark.parametrize("do", RACES)
def test_a_second_browser_at_the_same_session_changes_nothing(
    stage: Stage, browser: Browser, do: str
) -> None:
    """The page is open in two tabs: the second one is led to the shop, the callback came once."""

    def play(run: Run, page: Page) -> Any:
        if do == "together":
            run.shop.handlers |= {
                kind: barrier("return", "callback", count=2) for kind in ("return", "callback")
            }
        run.fault("race", do, seconds=600)
        wallet = wallet_of(run, run.sell())
        other = page.context.new_page()
        for tab in (page, other):
            tab.goto(wallet)
        page.get_by_test_id("vipps-approve").click()
        at_shop(run, page)
        until(run, "callback ends", "return ends")
        first = sorted(run.shop.moments) if do == "together" else list(run.shop.moments)
        other.get_by_test_id("vipps-approve").click()
        at_shop(run, other)
        until(run, *BACK, *BACK)
        run.advance(601)
        run.shop.seen.sort(key=lambda one: one.kind)
        return first, len(run.shop.of("callback")), len(run.shop.of("return"))

    order = [*TOLD, *BACK] if do == "callback_first" else [*BACK, *TOLD]
    order = sorted([*order, "together", "together"]) if do == "together" else order
    chromium(stage, browser, play, (order, 1, 2))
