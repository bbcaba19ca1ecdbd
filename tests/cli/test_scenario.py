"""Scenarios from a shell."""

from __future__ import annotations

import json

import pytest

GOOD = {"name": "double-callback", "passed": True, "expectations": [], "timeline": []}
LEG = {
    "at": "2026-10-06T09:14:03.112Z", "sender": "sandbox", "receiver": "shop", "method": "GET",
    "path": "/callback", "outcome": "500", "what": "payment callback", "request": "", "response": "",
    "signature": "t=1,v0-hmac-sha256=ab", "duration": 1.0, "lint": [],
}  # fmt: skip
BAD = {
    "name": "late-callback", "passed": False, "timeline": [LEG],
    "expectations": [
        {"what": "transaction is captured once", "expected": 1, "found": 2, "passed": False},
        {"what": "shop answers", "expected": 200, "found": 200, "passed": True},
    ],
}  # fmt: skip
LIST = [{"name": "double-callback", "title": "It comes twice", "story": "..."},
        {"name": "late-callback", "title": "It comes late", "story": "..."}]  # fmt: skip


@pytest.fixture
def told(shell):
    shell.stand_in.answer("GET scenarios", LIST)
    shell.stand_in.answer("POST scenarios/double-callback/run", GOOD)
    shell.stand_in.answer("POST scenarios/late-callback/run", BAD)
    return shell


def test_scenarios_are_listed(told):
    lines = [
        "NAME             WHAT HAPPENS",
        "double-callback  It comes twice",
        "late-callback    It comes late",
    ]
    assert told("scenario", "list").stdout.splitlines() == lines
    assert told("scenario").stdout.splitlines() == lines
    assert told.json("scenario", "list") == LIST


def test_a_scenario_that_passes_is_one_line(told):
    result = told("scenario", "run", "double-callback", "--shop", "http://shop/")

    assert (result.exit_code, result.stdout) == (0, "PASS  double-callback\n")
    assert told.last.body == {"shop": "http://shop"}
    assert told.last.query == f"account={told.account}"


def test_a_scenario_that_fails_shows_what_did_not_hold_and_the_timeline(told):
    result = told("scenario", "run", "late-callback", "--session", "T1.s")

    assert result.exit_code == 1
    failed, expectation, *timeline = result.stdout.splitlines()
    assert failed == "FAIL  late-callback"
    assert expectation == "      transaction is captured once: expected 1, found 2"
    assert "sandbox → shop" in timeline[0]
    assert timeline[1].strip() == "signed  t=1,v0-hmac-sha256=ab"
    assert told.last.body == {"session_id": "T1.s"}


def test_one_that_fails_does_not_keep_the_others_from_running(told):
    result = told(
        "scenario", "run", "late-callback", "nothing", "double-callback", "--shop", "http://shop"
    )

    assert result.exit_code == 1
    verdicts = [line for line in result.stdout.splitlines() if line[0] != " "]
    assert verdicts == ["FAIL  late-callback", "FAIL  nothing", "PASS  double-callback"]


def test_all_of_them_are_run(told):
    result = told("scenario", "run", "--all", "--shop", "http://shop", "--json")

    assert json.loads(result.stdout) == [GOOD, BAD]
    assert result.exit_code == 1


@pytest.mark.parametrize(
    "words", [[], ["a", "--all"], ["a", "--shop", "http://shop", "--session", "s"]], ids=" ".join
)
def test_what_to_run_must_be_clear(told, words):
    assert told("scenario", "run", *words).exit_code == 2


def test_without_a_shop_the_sample_shop_is_started(told):
    result = told("scenario", "run", "double-callback")

    assert result.stdout == "PASS  double-callback\n"
    assert told.last.body["shop"].startswith("http://127.0.0.1:")


def test_without_a_sandbox_one_is_started_for_the_run(told):
    result = told("scenario", "run", "there-is-no-such-scenario", "--url", "http://127.0.0.1:1")

    assert result.stderr == "No sandbox runs at http://127.0.0.1:1; one was started for this.\n"
    assert result.stdout.startswith("FAIL  there-is-no-such-scenario\n")
    assert result.exit_code == 1
