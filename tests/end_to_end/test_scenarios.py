"""Every scenario at the real sample shop: green as it is written, red when an expectation is another."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from mock_dintero.config import Config
from mock_dintero.core.scenario import Expect, Scenario
from mock_dintero.core.verdict import Found, Row, compare, passed
from mock_dintero.demo import sample_shop
from mock_dintero.scenario_files import scenarios
from mock_dintero.server import Server
from mock_dintero.testing import MockDintero

if TYPE_CHECKING:
    from playwright.sync_api import Page

Json = dict[str, Any]
DEFAULT = "T12345678"


class Door:
    """The tester's API of a sandbox of its own: scenarios move the clock of the shop's account."""

    def __init__(self, url: str, shop: str) -> None:
        self.shop = shop
        self.dintero = MockDintero(url)
        self.http = httpx.Client(base_url=f"{url}/_mock/api/v1", trust_env=False, timeout=60)

    def run(self, name: str, **body: Any) -> Json:
        answer = self.http.post(f"/scenarios/{name}/run", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def refused(self, name: str, **body: Any) -> str:
        answer = self.http.post(f"/scenarios/{name}/run", json=body)
        assert answer.status_code >= 400
        return str(answer.json()["error"]["message"])

    def at_shop(self, name: str) -> Json:
        return self.run(name, shop=self.shop)


@pytest.fixture(scope="module")
def tester() -> Iterator[Door]:
    with Server(Config(port=0)) as server, sample_shop(server.url) as shop:
        made = Door(server.url, shop)
        yield made
        made.http.close()
        made.dintero.close()


def failures(played: Json) -> list[Json]:
    return [row for row in played["expectations"] if row["passed"] is not True]


def another(value: Any) -> Any:
    """Anything but this."""
    if isinstance(value, tuple):
        return (*value, 599)
    return value + 1 if isinstance(value, int) else f"not {value}"


def flipped(scenario: Scenario) -> Iterator[tuple[str, Scenario]]:
    """The scenario with one expectation changed, for each one that it has."""
    expect = scenario.expect
    for name in Expect.model_fields:
        value = getattr(expect, name)
        if value is not None:
            yield name, scenario.with_(expect=expect.with_(**{name: another(value)}))
    for number, (what, step) in enumerate(scenario.steps.items()):
        if step.expect_status:
            steps = [*scenario.step]
            steps[number] = step.with_(expect_status=418)
            yield what, scenario.with_(step=tuple(steps))
    for number, fault in enumerate(scenario.fault):
        faults = [*scenario.fault]
        faults[number] = fault.with_(times=fault.times + 1)
        yield [*scenario.faults][number], scenario.with_(fault=tuple(faults))


def found_in(scenario: Scenario, played: Json) -> Found:
    """What was found, back out of the answer; steps that nobody mentions went well."""
    told = {row["what"]: row["found"] for row in played["expectations"]}
    return Found(
        {
            **dict.fromkeys(scenario.steps, 200),
            **told,
            "paid": told.get("captured") or told.get("refunded"),
        }
    )


@pytest.mark.parametrize("name", sorted(scenarios()))
def test_a_scenario_passes_and_fails_where_its_expectation_is_another(
    tester: Door, name: str
) -> None:
    played = tester.at_shop(name)
    assert failures(played) == []
    assert played["passed"] is True
    assert played["account"] == DEFAULT

    scenario = scenarios()[name]
    found = found_in(scenario, played)
    assert passed(compare(scenario, found))
    for what, other in flipped(scenario):
        rows: tuple[Row, ...] = compare(other, found)
        assert [row.what for row in rows if row.passed is False] == [what]


def test_a_red_scenario_says_what_was_found(tester: Door) -> None:
    """At an address where no shop has its buttons."""
    session = tester.dintero.create_session(express=None)
    played = tester.run("vipps", session_id=session["id"], shop=f"{tester.shop}/orders")
    assert played["passed"] is False
    assert {row["what"] for row in failures(played)} >= {
        "step 5: ship",
        "merchant",
        "confirmations",
    }
    [ship] = [row for row in failures(played) if row["what"] == "step 5: ship"]
    assert ship["found"].startswith("405: ")


def test_two_scenarios_in_one_account_do_not_meet_each_others_faults(tester: Door) -> None:
    names = ("forged_signature", "vipps", "api_malformed", "callback_twice_at_once", "api_down") * 2
    with ThreadPoolExecutor(len(names)) as pool:
        for played in pool.map(tester.at_shop, names):
            assert failures(played) == [], played["name"]


def test_accounts_do_not_share_a_clock(tester: Door) -> None:
    names = {"T20000001": "session_expired", "T20000002": "declined", "T20000003": "slow_buyer"}
    with ThreadPoolExecutor(len(names)) as pool:
        all_played = pool.map(lambda id: tester.run(names[id], account=id), names)
        assert all(played["passed"] for played in all_played)
    clocks = tester.http.get("/clock").json()
    assert [round(clocks[id]["offset"]) for id in names] == [90000, 0, 3600]


@pytest.mark.parametrize("name", sorted(n for n, one in scenarios().items() if not one.needs_shop))
def test_a_scenario_plays_without_a_shop_and_says_what_it_did_not_look_at(
    tester: Door, name: str
) -> None:
    played = tester.run(name, account="T30000001")
    assert played["passed"] is True, failures(played)
    assert played["account"] == "T30000001"
    skipped = {row["what"]: row["found"] for row in played["expectations"] if row["passed"] is None}
    assert skipped["merchant"] == "skipped: no shop was named"
    assert not {"session", "transaction", "captured"} & set(skipped)


def test_a_scenario_plays_on_a_session_that_the_merchant_has_made(tester: Door) -> None:
    session = tester.dintero.create_session()
    played = tester.run("callback_lost", session_id=session["id"])
    assert played["session_id"] == session["id"]
    assert played["passed"] is True
    skipped = {row["what"]: row["found"] for row in failures(played)}
    assert skipped["step 1: address"] == "skipped: this session has no express"
    assert skipped["payment_callbacks"] == "skipped: this session has no callback_url"
    [paid] = [row for row in played["expectations"] if row["what"] == "transaction"]
    assert paid["found"] == "AUTHORIZED"
    assert tester.dintero.session(session["id"])["transaction_id"] == played["transaction_id"]
    assert "has ended already: AUTHORIZED" in tester.refused("vipps", session_id=session["id"])


def test_faults_of_a_scenario_end_with_it(tester: Door) -> None:
    session = tester.dintero.create_session()
    tester.run("closed_tab_and_lost", session_id=session["id"])
    assert tester.http.get("/faults").json() == []


def test_the_answer_has_the_timeline(tester: Door) -> None:
    played = tester.at_shop("callback_lost")
    tries = [leg for leg in played["timeline"] if leg["what"] == "payment callback"]
    assert [leg["outcome"][:4] for leg in tries] == ["lost", "200"]
    assert played["transaction_id"].startswith(f"{DEFAULT}.")


@pytest.mark.browser
@pytest.mark.parametrize(
    "context",
    [{"viewport": {"width": 375, "height": 812}, "java_script_enabled": False}, {}],
    indirect=True,
    ids=["on a phone without JavaScript", "on a desktop"],
)
def test_a_scenario_is_played_from_the_page(tester: Door, page: Page) -> None:
    page.goto(tester.shop)
    page.get_by_test_id("express-buy").click()
    page.get_by_text("Sandbox: play a scenario").click()
    page.get_by_label("Scenario").select_option(label="The tab is closed and the callback is lost")
    page.get_by_role("button", name="Play it").click()
    page.get_by_text("Passed: all that could be looked at is as expected.").wait_for()
    assert "lost, 200" in page.get_by_test_id("scenario-result").inner_text()
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 0, "nothing sticks out"
    page.get_by_test_id("scenario-inspect").click()
    page.get_by_role("heading", name="Timeline").wait_for()


def test_an_account_that_is_not_the_shops_is_refused(tester: Door) -> None:
    words = tester.refused("vipps", shop=tester.shop, account="T87654321")
    assert words == f"the shop has account {DEFAULT}, not T87654321"
    session = tester.dintero.create_session()
    words = tester.refused("vipps", session_id=session["id"], account="T87654321")
    assert words == f"session {session['id']} is not of account T87654321"


def test_a_shop_that_is_none_is_refused(tester: Door) -> None:
    assert "the shop made no session: POST" in tester.refused("vipps", shop=tester.dintero.url)
    words = tester.refused("vipps", shop="http://127.0.0.1:1")
    assert "the shop made no session" in words and "Connect" in words


def test_a_shop_of_another_sandbox_is_refused(tester: Door) -> None:
    with Server(Config(port=0)) as other:
        answer = httpx.post(
            f"{other.url}/_mock/api/v1/scenarios/vipps/run", json={"shop": tester.shop}
        )
    assert answer.status_code == 409
    assert "is not in this sandbox" in answer.json()["error"]["message"]
