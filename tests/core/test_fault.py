"""Faults as a tester writes them: what may be asked for, what is refused and how, whom they meet."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mock_dintero.core import fault as rules
from mock_dintero.core.fault import (
    ACTIONS,
    CUE_COMES_WITHIN,
    SECONDS,
    AddedFaults,
    Facts,
    Fault,
    FaultsBody,
    NewFault,
    Where,
    ids_in,
    meets,
    new_fault,
    struck,
)

EVERY = [(at, do) for at, actions in ACTIONS.items() for do in actions]
OPTIONS: dict[str, Any] = {
    "status": 503, "code": "BUSY", "message": "come back later", "seconds": 3.5, "count": 3,
    "at_once": True, "transaction_id": "T12345678.another",
}  # fmt: skip


def written(at: str, do: str, **more: Any) -> dict[str, Any]:
    needed = {"match": {"operation": "capture"}} if do == "pending" else {}
    return {"at": at, "do": do, **needed, **more}


def made(at: str, do: str, **more: Any) -> Fault:
    return new_fault("T12345678.f", NewFault.model_validate(written(at, do, **more)))


def refused(**body: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        NewFault.model_validate(body)
    [first, *_] = caught.value.errors()
    return f"{'.'.join(map(str, first['loc']))} {first['msg']}"


def test_every_place_has_something_that_can_be_done_there():
    assert set(ACTIONS) == set(get_args(Where))
    assert all(ACTIONS.values())


@pytest.mark.parametrize(("at", "do"), EVERY)
def test_everything_that_can_be_done_somewhere_can_be_asked_for_with_all_of_its_options(at, do):
    options = {name: OPTIONS[name] for name in ACTIONS[at][do]}
    fault = made(at, do, times=4, **options)
    assert (fault.at, fault.do, fault.times, fault.left) == (at, do, 4, 4)
    assert {name: getattr(fault, name) for name in options} == options


@pytest.mark.parametrize(("at", "do"), EVERY)
def test_an_option_that_would_change_nothing_is_refused_with_those_that_would(at, do):
    takes = ACTIONS[at][do]
    for name in OPTIONS.keys() - set(takes):
        said = refused(**written(at, do, **{name: OPTIONS[name]}))
        assert f"{name}: {do} at {at} takes {', '.join(takes) or 'nothing'}" in said


@pytest.mark.parametrize("at", ACTIONS)
def test_what_cannot_be_done_somewhere_is_refused_with_all_that_can(at):
    said = refused(at=at, do="explode")
    assert said.endswith(f"do: 'explode' cannot be done at {at}; {', '.join(ACTIONS[at])} can")


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"at": "moon"}, "at"), ({"times": 0}, "times"), ({"times": "2"}, "times"),
        ({"times": 1_000_001}, "times"), ({"times": True}, "times"),
        ({"status": 200}, "status"), ({"status": 600}, "status"), ({"status": "503"}, "status"),
        ({"do": "delay", "seconds": -1}, "seconds"), ({"do": "delay", "seconds": "1"}, "seconds"),
        ({"do": "delay", "seconds": True}, "seconds"), ({"do": "delay", "seconds": 1e9}, "seconds"),
        ({"do": "delay", "seconds": float("nan")}, "seconds"),
        ({"at": "webhook", "do": "duplicate", "count": 1}, "count"),
        ({"at": "webhook", "do": "duplicate", "count": 101}, "count"),
        ({"at": "webhook", "do": "duplicate", "at_once": 1}, "at_once"),
        ({"match": {"pth": "*"}}, "match.pth"), ({"match": {"method": "PATCH"}}, "match.method"),
        ({"match": {"operation": "settle"}}, "match.operation"), ({"mach": {}}, "mach"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_refused_by_its_name(wrong, named):
    assert refused(**{"at": "api", "do": "status", **wrong}).startswith(f"{named} ")


@pytest.mark.parametrize("operation", [None, "authorization"])
def test_an_authorization_cannot_be_pending_and_the_way_out_is_said(operation):
    match = {"operation": operation} if operation else {}
    said = refused(at="payment", do="pending", match=match)
    assert "match.operation" in said
    assert "the outcome hold" in said


def test_a_webhooks_signature_has_no_time_that_could_be_stale():
    said = refused(at="webhook", do="stale_signature")
    assert "'stale_signature' cannot be done at webhook" in said


@pytest.mark.parametrize(
    ("at", "do", "seconds"),
    [
        ("api", "delay", 1.0), ("payment_callback", "delay", SECONDS["delay"]),
        ("webhook", "reorder", SECONDS["reorder"]), ("buyer", "slow", SECONDS["slow"]),
        ("address_callback", "slow_body", 2.0), ("payment_callback", "stale_signature", 3600.0),
        ("payment", "pending", 60.0), ("race", "return_first", CUE_COMES_WITHIN),
        ("payment_callback", "drop", 0.0),
    ],
)  # fmt: skip
def test_how_long_it_takes_has_a_default_for_each(at, do, seconds):
    assert made(at, do).seconds == seconds
    if seconds:
        assert made(at, do, seconds=0).seconds == 0


@pytest.mark.parametrize(
    ("status", "code"), [(None, "SERVICE_UNAVAILABLE"), (409, "CONFLICT"), (418, "ERROR")]
)
def test_a_status_has_a_code_and_a_message_without_being_told(status, code):
    fault = made("api", "status", **({"status": status} if status else {}))
    assert (fault.status, fault.code) == (status or 503, code)
    assert str(status or 503) in (fault.message or "")
    assert made("api", "status", status=409, code="BUSY").code == "BUSY"


def test_a_duplicate_comes_twice_one_after_the_other_unless_told_otherwise():
    fault = made("payment_callback", "duplicate")
    assert (fault.count, fault.at_once) == (2, False)


def test_one_fault_and_a_list_of_them_are_both_a_body_to_add():
    one = {"at": "api", "do": "status"}
    assert AddedFaults.model_validate(one).faults == FaultsBody(faults=(one,)).faults
    several = AddedFaults.model_validate({"faults": [one, one], "account": "T12345678"})
    assert (len(several.faults), several.account) == (2, "T12345678")
    scoped = AddedFaults.model_validate({**one, "account": "T12345678"})
    assert (len(scoped.faults), scoped.account) == (1, "T12345678")
    for typo in ({**one, "tims": 2}, {"faults": [one], "tims": 2}, [], "status"):
        with pytest.raises(ValidationError):
            AddedFaults.model_validate(typo)


FACTS = Facts(
    method="POST", path="/v1/transactions/T12345678.t/capture", session_id="T12345678.s",
    transaction_id="T12345678.t", merchant_reference="order-17", event="CAPTURE",
    operation="capture",
)  # fmt: skip


def matching(**match: Any) -> Fault:
    return new_fault("T12345678.f", NewFault(at="payment", do="refuse", match=match))


@pytest.mark.parametrize(
    ("match", "is_met"),
    [
        ({}, True),
        ({"method": "POST"}, True), ({"method": "GET"}, False),
        ({"session_id": "T12345678.s"}, True), ({"session_id": "T12345678.*"}, False),
        ({"transaction_id": "T12345678.t"}, True), ({"transaction_id": "T12345678"}, False),
        ({"event": "CAPTURE"}, True), ({"event": "REFUND"}, False),
        ({"operation": "capture"}, True), ({"operation": "void"}, False),
        ({"path": "*/capture"}, True), ({"path": "/v1/*"}, True), ({"path": "/capture"}, False),
        ({"path": "*/CAPTURE"}, False), ({"path": "/v1/transactions/*/capture"}, True),
        ({"path": "*/transactions/*"}, True), ({"path": "*/transactions"}, False),
        ({"merchant_reference": "order-17"}, True), ({"merchant_reference": "order-*"}, True),
        ({"merchant_reference": "order-1"}, False), ({"merchant_reference": "ORDER-*"}, False),
        ({"path": "*/capture", "merchant_reference": "order-18"}, False),
        ({"path": "*/capture", "merchant_reference": "*17", "event": "CAPTURE"}, True),
    ],
)  # fmt: skip
def test_a_fault_meets_what_all_of_its_match_fits(match, is_met):
    assert meets(matching(**match), "payment", FACTS) is is_met


def test_a_fault_meets_nothing_elsewhere_and_nothing_of_which_too_little_is_known():
    assert not meets(matching(), "api", FACTS)
    nothing = Facts()
    assert meets(matching(), "payment", nothing)
    assert not meets(matching(session_id="T12345678.s"), "payment", nothing)
    assert not meets(matching(merchant_reference="?*"), "payment", nothing)


@given(st.integers(1, 20))
def test_a_fault_strikes_exactly_as_often_as_it_says(times):
    fault, strikes = made("api", "status", times=times), 0
    while meets(fault, "api", Facts()):
        fault, strikes = struck(fault), strikes + 1
    assert strikes == times
    assert fault.times == times
    assert fault.link == ""
    assert made("api", "status").link == rules.faults_of("T12345678")


def test_the_ids_of_a_path_are_found():
    one, two = f"T12345678.{'a' * 22}", f"T12345678.{'b' * 22}"
    assert ids_in(f"/v1/sessions/{one}/redirect/{two}") == [one, two]
    assert ids_in("/v1/accounts/T12345678/auth/token") == []
