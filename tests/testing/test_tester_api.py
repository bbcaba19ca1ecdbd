"""What MockDintero says to the tester's API, held against the API's contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from mock_dintero.testing import MockDintero, SandboxSaidNo, ScenarioFailed, WaitedInVain

ACCOUNT = "T11112222"
NOW = "2026-10-06T09:14:03.112Z"


class Api:
    """Answers what it was told to and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: tuple[int, Any] = (200, {})
        self.asked: list[tuple[str, str, Any]] = []
        self.dintero = MockDintero(
            "http://sandbox.test", ACCOUNT, transport=httpx.MockTransport(self.say)
        )

    def say(self, request: httpx.Request) -> httpx.Response:
        assert request.url.params["account"] == ACCOUNT
        path = request.url.path.removeprefix("/_mock/api/v1/")
        self.asked.append((request.method, path, json.loads(request.content or "null")))
        status, body = self.answer
        return httpx.Response(status, json=body)


@pytest.fixture
def api() -> Api:
    return Api()


def test_waiting_names_fields_with_dots(api: Api) -> None:
    api.answer = (200, {"found": [{"id": "d1"}, {"id": "d2"}]})
    found = api.dintero.wait_for(
        "delivery", timeout=3, count=2, at="payment_callback", attempts__0__status=[200, 201]
    )
    assert found == [{"id": "d1"}, {"id": "d2"}]
    match = {"at": "payment_callback", "attempts.0.status": [200, 201]}
    body = {"for": "delivery", "match": match, "count": 2, "timeout": 3}
    assert api.asked == [("POST", "wait", body)]


def test_waiting_in_vain_fails_the_test_with_the_nearest_miss(api: Api) -> None:
    words = "no delivery came; the nearest: state is 'waiting', not 'delivered'"
    api.answer = (408, {"error": {"code": "WAIT_TIMED_OUT", "message": words, "nearest": None}})
    with pytest.raises(WaitedInVain, match=words):
        api.dintero.wait_for("delivery", state="delivered")
    assert issubclass(WaitedInVain, AssertionError)


def test_a_refusal_is_told_in_the_words_of_the_sandbox(api: Api) -> None:
    api.answer = (400, {"error": {"code": "INVALID", "message": "at: 'moon' is not a place"}})
    with pytest.raises(SandboxSaidNo, match=r"POST .*/faults: .*'moon' is not a place"):
        api.dintero.faults.add("moon", "drop")


def test_the_clock_is_read_set_and_moved(api: Api) -> None:
    clock, now = api.dintero.clock, datetime(2026, 10, 6, 9, 14, 3, 112000, tzinfo=UTC)
    api.answer = (200, {ACCOUNT: {"now": NOW, "running": True, "offset": 0, "callbacks": 3}})
    assert clock.now == now
    clock.freeze()
    clock.run()
    clock.set(now)
    assert clock.advance(1, minutes=1, hours=1, days=1) == 3
    assert clock.advance(to=now) == 3
    assert api.dintero.advance(600) == 3
    assert api.asked == [
        ("GET", "clock", None),
        ("PUT", "clock", {"running": False}),
        ("PUT", "clock", {"running": True}),
        ("PUT", "clock", {"now": "2026-10-06T09:14:03.112000+00:00"}),
        ("POST", "clock/advance", {"seconds": 90061.0}),
        ("POST", "clock/advance", {"to": "2026-10-06T09:14:03.112000+00:00"}),
        ("POST", "clock/advance", {"seconds": 600.0}),
    ]


def test_a_moment_without_a_zone_is_no_moment(api: Api) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        api.dintero.clock.set(datetime(2026, 10, 6))  # noqa: DTZ001
    assert api.asked == []


def test_faults_are_added_listed_and_ended(api: Api) -> None:
    fault = {"at": "api", "do": "status", "times": 2, "match": {"path": "*/capture"}, "status": 503}
    api.answer = (200, [fault])
    faults = api.dintero.faults
    assert faults.add("api", "status", 2, {"path": "*/capture"}, status=503) == [fault]
    assert faults.list() == [fault]
    faults.clear()
    assert [one[:2] for one in api.asked] == [
        ("POST", "faults"), ("GET", "faults"), ("DELETE", "faults")
    ]  # fmt: skip
    assert api.asked[0][2] == fault


def test_a_snapshot_is_saved_and_restored(api: Api) -> None:
    api.dintero.snapshots.save("paid")
    api.dintero.snapshots.restore("paid")
    assert api.asked == [
        ("PUT", "snapshots/paid", None), ("POST", "snapshots/paid/restore", None)
    ]  # fmt: skip


def test_a_callback_is_replayed_by_itself_or_its_id(api: Api) -> None:
    api.answer = (200, {"id": "d1", "state": "delivered"})
    assert api.dintero.replay({"id": "d1"})["state"] == "delivered"
    api.dintero.replay("d1", signature="original")
    assert api.asked == [
        ("POST", "deliveries/d1/replay", {"signature": "fresh"}),
        ("POST", "deliveries/d1/replay", {"signature": "original"}),
    ]


def test_a_scenario_is_staged_and_run(api: Api) -> None:
    api.answer = (200, {"name": "late", "passed": True, "expectations": []})
    api.dintero.stage("late")
    assert api.dintero.run_scenario("late", shop="http://shop.test")["passed"]
    api.dintero.run_scenario("late", session_id="s1")
    assert api.asked == [
        ("POST", "scenarios/late/stage", None),
        ("POST", "scenarios/late/run", {"shop": "http://shop.test"}),
        ("POST", "scenarios/late/run", {"session_id": "s1"}),
    ]


def test_a_scenario_that_fails_lists_what_was_expected(api: Api) -> None:
    met = {"what": "callbacks", "expected": 2, "found": 2, "passed": True}
    missed = {"what": "status", "expected": "AUTHORIZED", "found": "DECLINED", "passed": False}
    api.answer = (200, {"name": "late", "passed": False, "expectations": [met, missed]})
    with pytest.raises(ScenarioFailed) as failure:
        api.dintero.run_scenario("late")
    assert str(failure.value) == (
        "scenario late:\n  status: expected 'AUTHORIZED', found 'DECLINED'"
    )


BUYS: list[tuple[Callable[[Any], object], dict[str, Any]]] = [
    (lambda buyer: buyer.buy(), {"pay": {"method": "dintero_psp.vipps", "outcome": "approve"}}),
    (
        lambda buyer: buyer.buy("klarna.klarna", "hold", shipping_option="home",
                                discount_codes=["TEN"], return_to_shop=True),
        {"shipping_option": "home", "discount_codes": ["TEN"], "return": True,
         "pay": {"method": "klarna.klarna", "outcome": "hold"}},
    ),
    (lambda buyer: buyer.return_to_shop(), {"return": True}),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "body"), BUYS)
def test_a_buyer_does_all_in_one_call(
    api: Api, steps: Callable[[Any], object], body: dict[str, Any]
) -> None:
    api.answer = (200, {"session": {}, "return": {"url": "http://shop.test/", "status": 200}})
    steps(api.dintero.buyer("s1"))
    assert api.asked == [("POST", "sessions/s1/buyer", body)]


def test_a_buyers_address_is_the_usual_one_with_changes(api: Api) -> None:
    api.dintero.buyer("s1").buy(address={"country": "SE"})
    assert api.asked[0][2]["address"]["country"] == "SE"
    assert api.asked[0][2]["address"]["first_name"] == "Kari"


def test_an_account_has_its_own_credentials_in_its_environment() -> None:
    with MockDintero("http://sandbox.test", ACCOUNT, client_id="a", client_secret="b") as dintero:
        assert dintero.env["DINTERO_CLIENT_ID"] == "a"
        assert dintero.env["DINTERO_CLIENT_SECRET"] == "b"
        assert dintero.env["DINTERO_ACCOUNT_ID"] == ACCOUNT
