"""The sandbox's own panel at the foot of the page."""

from __future__ import annotations

from sandbox import Browser, Merchant

from mock_dintero.core.callback import Answer
from mock_dintero.scenario_files import scenarios


def test_the_panel_offers_every_scenario_that_needs_no_shops_button(merchant: Merchant) -> None:
    page = Browser(merchant).open(f"/?sid={merchant.create()}")
    offered = [e.attrs["value"] for e in page.elements if e.tag == "option" and e.form
               and e.form.action.endswith("/scenario")]  # fmt: skip
    assert offered == [name for name, one in scenarios().items() if not one.needs_shop]
    assert page.get("scenario").attrs["id"] == "scenario"
    labels = [e for e in page.elements if e.attrs.get("for") == "scenario"]
    assert [label.text for label in labels] == ["Scenario"]


def test_a_scenario_is_played_on_this_session_and_the_result_is_shown(merchant: Merchant) -> None:
    sid = merchant.create()
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    page = browser.submit("scenario-run", scenario="closed_tab_and_lost")
    assert browser.status == 200
    assert page.messages == ["Passed: all that could be looked at is as expected."]
    assert "The tab is closed and the callback is lost" in page.get("scenario-result").text
    assert "Not looked at: no shop was named" in page.get("scenario-result").text
    assert page.get("scenario-inspect").attrs["href"] == f"/_mock/sessions/{sid}"
    assert "AUTHORIZED" in merchant.events(sid)
    assert "is paid" in browser.open(page.get("scenario-back").attrs["href"]).html


def test_a_scenario_that_fails_says_what_was_found(merchant: Merchant) -> None:
    merchant.shop.answer = lambda callback: Answer(status=500)
    browser = Browser(merchant)
    browser.open(f"/?sid={merchant.create()}")
    page = browser.submit("scenario-run", scenario="callback_lost")
    assert page.messages == ["Failed: something is not as expected."]
    text = " ".join(page.get("scenario-result").text.split())
    assert "Expected done, found 400:" in text
    assert "there is no way of delivery to choose" in text
    assert "an earlier step has failed" in text


def test_what_is_english_on_any_page_says_so(merchant: Merchant) -> None:
    """WCAG 3.1.2: a screen reader changes its voice for titles, stories and findings."""
    merchant.shop.answer = lambda callback: Answer(status=500)
    sid = merchant.create()
    browser = Browser(merchant)
    page = browser.open(f"/?sid={sid}&language=nb")
    titles = [one for one in page.elements if one.tag == "option" and one.form
              and one.form.action.split("?")[0].endswith("/scenario")]  # fmt: skip
    assert {one.attrs.get("lang") for one in titles} == {"en"}
    page = browser.submit("scenario-run", scenario="callback_lost")
    assert page.elements[0].attrs["lang"] == "nb"
    english = [one.text.strip() for one in page.elements if one.attrs.get("lang") == "en"]
    story = scenarios()["callback_lost"]
    for words in (story.title, story.story.strip(), "done", "an earlier step has failed"):
        assert words in english, english


def test_what_cannot_be_read_is_told_in_english(merchant: Merchant) -> None:
    sid = merchant.create()
    answer = merchant.client.post(
        f"/checkout/{sid}/pay?language=nb", content=b"a=" + b"x" * 2**21,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert answer.status_code == 400
    assert '<p class="card__lead" lang="en">' in answer.text


def test_a_name_that_is_no_scenario_is_refused(merchant: Merchant) -> None:
    sid = merchant.create()
    answer = merchant.client.post(f"/checkout/{sid}/scenario", data={"scenario": "nonsense"})
    assert answer.status_code == 400
    assert "There is no such scenario." in answer.text
    assert merchant.session(sid)["events"][-1]["name"] == "INITIATED"


def test_a_checkout_that_has_ended_plays_nothing(merchant: Merchant) -> None:
    sid, _ = merchant.purchase()
    answer = merchant.client.post(f"/checkout/{sid}/scenario", data={"scenario": "vipps"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/?sid={sid}"
