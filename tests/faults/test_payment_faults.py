"""What the payment provider refuses, does not answer, or finishes later."""

from __future__ import annotations

from typing import Any

import pytest
from runs import Run, Stage, prove

FINE = "delivered | - 200"
OPERATIONS = ("capture", "refund", "void")
WORDS = {"refuse": "REJECTED", "time_out": "Error"}
dos = pytest.mark.parametrize("do", ["refuse", "time_out"])
operations = pytest.mark.parametrize("operation", OPERATIONS)


def ready_for(run: Run, operation: str, callback: str) -> str:
    """A payment on which the operation may be done; nothing about it is on its way."""
    tid = str(run.pay(callback=callback)["id"])
    if operation == "refund":
        run.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 29900})
    run.advance(0)
    run.shop.seen.clear()
    return tid


def body_of(operation: str) -> Any:
    return {} if operation == "void" else {"amount": 29900}


DONE = {"capture": "CAPTURED", "refund": "REFUNDED", "void": "AUTHORIZATION_VOIDED"}
BEFORE = {"capture": "AUTHORIZED", "refund": "CAPTURED", "void": "AUTHORIZED"}


@dos
@pytest.mark.parametrize("report", [False, True], ids=["silent", "report_error"])
def test_an_authorization_that_fails(stage: Stage, do: str, report: bool) -> None:
    """The buyer has approved; the shop hears of it only if it asked for errors."""

    def play(run: Run) -> Any:
        run.fault("payment", do, match={"operation": "authorization"})
        bought = run.buy(
            run.sell("?report_error=true" if report else ""), pay={}, **{"return": True}
        )
        run.advance(0)
        [back] = run.shop.of("return")
        told = [one.fields["error"] for one in run.shop.of("callback")]
        paid = bought["transaction"]
        code = paid["events"][-1]["error"]["code"]
        run.shop.seen.sort(key=lambda one: one.kind)  # return and callback have no order
        return paid["status"], code, back.fields["error"], told, run.lines("callback")

    lines = ["GET good own"] if report else []
    told = ["failed"] if report else []
    prove(stage, play, ("FAILED", WORDS[do], "failed", told, lines))


@dos
@operations
def test_an_operation_that_fails_and_the_next_one_that_does_not(
    stage: Stage, do: str, operation: str
) -> None:
    def play(run: Run) -> Any:
        event = operation.upper()
        tid = ready_for(run, operation, f"?report_event={event}")
        run.fault("payment", do, match={"operation": operation})
        path, body = f"/v1/transactions/{tid}/{operation}", body_of(operation)
        status, failed = run.call("POST", path, body)
        last = failed["events"][-1]
        between = run.status(tid)
        again, done = run.call("POST", path, body)
        run.advance(0)
        told = sorted(one.fields["event_id"] for one in run.shop.seen)
        run.shop.seen.clear()
        return (
            status, last["event"], last["success"], last["error"]["code"], between,
            again, done["status"], len(told),
        )  # fmt: skip

    expected = (
        200, operation.upper(), False, WORDS[do], BEFORE[operation], 200, DONE[operation], 2
    )  # fmt: skip
    prove(stage, play, expected)


def test_a_refusal_says_what_the_tester_wants(stage: Stage) -> None:
    def play(run: Run) -> Any:
        tid = ready_for(run, "capture", "")
        run.fault("payment", "refuse", message="No cover", match={"operation": "capture"})
        _, failed = run.call("POST", f"/v1/transactions/{tid}/capture", {"amount": 100})
        return failed["events"][-1]["error"]["message"]

    prove(stage, play, "No cover")


@dos
def test_an_automatic_capture_that_fails_is_tried_again_every_hour(stage: Stage, do: str) -> None:
    def play(run: Run) -> Any:
        run.fault("payment", do, times=2, match={"operation": "capture"})
        paid = run.pay(
            callback="?report_event=CAPTURE", configuration={"auto_capture": True}
        )  # fmt: skip
        statuses = [paid["status"]]
        for seconds in (0, 3500, 101, 3600):
            run.advance(seconds)
            statuses.append(run.status(paid["id"]))
        events = run.ok("GET", f"/v1/transactions/{paid['id']}")["events"]
        told = [one.fields.get("event", "payment") for one in run.shop.seen]
        tries = [event["success"] for event in events if event["event"] == "CAPTURE"]
        return statuses, tries, told, run.lines("callback")

    expected = (
        ["AUTHORIZED"] * 4 + ["CAPTURED"], [False, False, True],
        ["payment", "CAPTURE", "CAPTURE"], ["GET good own"] * 3,
    )  # fmt: skip
    prove(stage, play, expected)


@operations
def test_an_operation_that_is_finished_later(stage: Stage, operation: str) -> None:
    """202 with the id of the request; a later event names it, and `report_event` tells of it."""

    def play(run: Run) -> Any:
        event = operation.upper()
        tid = ready_for(run, operation, f"?method=POST&report_event={event}")
        run.fault("payment", "pending", seconds=600, match={"operation": operation})
        status, begun, headers = run.request(
            "POST", f"/v1/transactions/{tid}/{operation}", body_of(operation),
            authorization=f"Bearer {run.token}",
        )  # fmt: skip
        request_id = headers["event-request-id"]
        first = begun["events"][-1]
        assert first["request_id"] == request_id
        run.advance(590)
        waiting = run.status(tid), len(run.shop.seen)
        run.advance(11)
        done = run.ok("GET", f"/v1/transactions/{tid}")
        last = done["events"][-1]
        return (
            status, first["event"], begun["status"], waiting,
            last["event"], last["success"], last["correlation_request_id"] == request_id,
            done["status"], run.lines("callback"), [one.fields["event"] for one in run.shop.seen],
        )  # fmt: skip

    event = operation.upper()
    expected = (
        202, f"INITIATE_{event}", BEFORE[operation], (BEFORE[operation], 0),
        event, True, True, DONE[operation], ["POST good own"], [event],
    )  # fmt: skip
    prove(stage, play, expected)


def test_what_is_pending_fails_if_its_room_is_gone_by_then(stage: Stage) -> None:
    def play(run: Run) -> Any:
        tid = ready_for(run, "capture", "?report_event=CAPTURE")
        run.fault("payment", "pending", match={"operation": "capture"})
        path = f"/v1/transactions/{tid}/capture"
        first, _ = run.call("POST", path, {"amount": 29900})
        second, _ = run.call("POST", path, {"amount": 29900})
        run.advance(61)
        events = run.ok("GET", f"/v1/transactions/{tid}")["events"]
        run.shop.seen.sort(key=lambda one: one.query)
        return first, second, [(one["event"], one["success"]) for one in events[2:]]

    tried = [("INITIATE_CAPTURE", True), ("CAPTURE", True), ("CAPTURE", False)]
    prove(stage, play, (202, 200, tried))
