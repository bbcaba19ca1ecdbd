"""Scenarios through the tester's API: the list, the faults alone, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import ACCOUNT, Merchant

from mock_dintero.scenario_files import scenarios

BASE = "/_mock/api/v1"


def post(merchant: Merchant, path: str, body: Any = None, status: int = 200) -> Any:
    answer = merchant.client.post(f"{BASE}/scenarios/{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_all_scenarios_are_listed_with_title_and_story(merchant: Merchant) -> None:
    listed = merchant.client.get(f"{BASE}/scenarios").json()
    assert [one["name"] for one in listed] == list(scenarios())
    assert set(listed[0]) == {"name", "title", "story", "group"}
    groups = [one["group"] for one in listed]
    assert groups == sorted(groups, key=groups.index), "a group stands together"


def test_a_scenario_without_a_shop_needs_no_body(merchant: Merchant) -> None:
    answer = merchant.client.post(f"{BASE}/scenarios/declined/run")
    assert answer.status_code == 200, answer.text
    played = answer.json()
    assert played["passed"] is True
    assert played["account"] == ACCOUNT
    assert merchant.shop.called == merchant.shop.visited == []


def test_which_account_has_to_be_said_where_there_are_several(merchant: Merchant) -> None:
    merchant.log_in("T87654321")
    answer = post(merchant, "declined/run", {}, 400)
    assert answer["error"]["message"].startswith("account: name one")
    assert post(merchant, "declined/run", {"account": "T87654321"})["account"] == "T87654321"
    assert post(merchant, "declined/run?account=T87654321", {})["account"] == "T87654321"


def test_callbacks_are_carried_and_judged(merchant: Merchant) -> None:
    sid = merchant.create()
    played = post(merchant, "closed_tab_and_lost/run", {"session_id": sid})
    assert played["passed"] is True
    found = {row["what"]: row["found"] for row in played["expectations"]}
    assert found["payment_callbacks"] == ["lost", 200]
    assert found["fault 2: drop at payment_callback"] == 1
    assert len(merchant.shop.told()) == 1
    assert merchant.session(sid)["order"]["shipping_option"]["line_id"] == "posten"


def test_errors_that_nobody_asked_to_hear_of_are_not_missed(merchant: Merchant) -> None:
    played = post(merchant, "declined/run", {"session_id": merchant.create()})
    found = {row["what"]: row["found"] for row in played["expectations"]}
    assert "does not ask for errors" in found["payment_callbacks"]
    assert played["passed"] is True


def test_a_step_that_is_refused_ends_the_play(merchant: Merchant) -> None:
    sid = merchant.create(configuration={"dintero_psp": {"creditcard": {"enabled": False}}})
    played = post(merchant, "card/run", {"session_id": sid})
    assert played["passed"] is False
    found = {row["what"]: row["found"] for row in played["expectations"]}
    assert found["step 3: pay"].startswith("400: payment_product_type: 'dintero_psp.creditcard'")
    assert found["step 4: return"] == "an earlier step has failed"
    assert found["session"] == "OPEN"


def test_the_scenarios_methods_are_laid_over_those_of_the_session(merchant: Merchant) -> None:
    sid = merchant.create()
    assert post(merchant, "apple_pay/run", {"session_id": sid})["passed"] is True
    [paid] = merchant.ok("GET", f"/v1/transactions?session_id={sid}")
    assert paid["payment_product_type"] == "dintero_psp.applepay"
    assert "applepay" not in str(merchant.session(merchant.create())["configuration"])


@pytest.mark.parametrize(
    ("name", "body", "status", "words"),
    [
        ("vips", {}, 404, "no scenario 'vips'; there is vipps"),
        ("vipps", {"sesion_id": "x"}, 400, "sesion_id"),
        ("vipps", {"session_id": "x"}, 404, "no session 'x'"),
        ("vipps", {"shop": "not a url"}, 400, "shop"),
        ("vipps", {"shop": "http://shop.example"}, 409, "the shop made no session"),
        ("vipps", {"account": "x"}, 400, "account"),
        ("vipps", {"account": "P12345678"}, 403, "P12345678"),
        ("capture_down", {}, 409, "capture_down is about the shop's own buttons: it needs `shop`"),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_refused_in_words(
    merchant: Merchant, name: str, body: Any, status: int, words: str
) -> None:
    assert words in post(merchant, f"{name}/run", body, status)["error"]["message"]
    assert merchant.client.get(f"{BASE}/faults").json() == []


def test_a_stage_is_set_for_whoever_comes(merchant: Merchant) -> None:
    staged = post(merchant, "callback_lost/stage")
    assert (staged["name"], staged["account"]) == ("callback_lost", ACCOUNT)
    assert [fault["do"] for fault in staged["faults"]] == ["drop"]
    merchant.purchase()
    merchant.advance()
    assert merchant.shop.told() == []
    merchant.advance(5)
    assert len(merchant.shop.told()) == 1


def test_a_stage_may_be_set_for_one_order_or_session(merchant: Merchant) -> None:
    post(merchant, "callback_lost/stage", {"merchant_reference": "order-7"})
    merchant.purchase()
    merchant.advance()
    assert len(merchant.shop.told()) == 1
    sid = merchant.ready()
    staged = post(merchant, "callback_lost/stage", {"session_id": sid})
    assert staged["faults"][0]["match"] == {"session_id": sid}
    refused = post(merchant, "vipps/stage", {"session_id": sid, "account": "T87654321"}, 400)
    assert "is not of T87654321" in refused["error"]["message"]
    post(merchant, "nothing/stage", {}, 404)
