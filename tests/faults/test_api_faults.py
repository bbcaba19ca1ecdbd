"""Answers of the API that go wrong, as a merchant's socket sees them."""

from __future__ import annotations

from typing import Any

import pytest
import raw_client
from raw_client import Raw
from runs import Play, Run, Stage, prove

ORDER = {"amount": 100, "currency": "NOK", "merchant_reference": "raw"}


def call(run: Run, method: str, path: str, body: Any = None) -> Raw:
    return raw_client.call(
        run.stage.server.port, method, path, run.token or run.log_in(), body
    )  # fmt: skip


def read_twice(do: str, **options: Any) -> Play:
    """`GET` of a session under the fault, then once more without."""

    def play(run: Run) -> Any:
        path = f"/v1/sessions/{run.sell()}"
        run.fault("api", do, match={"method": "GET", "path": "/v1/sessions/*"}, **options)
        first, second = call(run, "GET", path), call(run, "GET", path)
        assert (second.status, second.end) == (200, "open")
        assert second.json["id"] in path
        return first, second

    return play


def seen(one: Raw) -> tuple[Any, ...]:
    """Status, whether it is JSON, whether it is as long as announced, and the end of the connection."""
    return one.status, one.json is not None, one.announced == len(one.body), one.end


@pytest.mark.parametrize(
    ("options", "status", "error"),
    [
        ({}, 503, {"code": "SERVICE_UNAVAILABLE", "message": "a fault asked for 503"}),
        ({"status": 429}, 429, {"code": "TOO_MANY_REQUESTS", "message": "a fault asked for 429"}),
        ({"status": 409, "code": "BUSY", "message": "Later"}, 409, {"code": "BUSY", "message": "Later"}),
    ],
    ids=["503", "429", "409"],
)  # fmt: skip
def test_another_status(stage: Stage, options: Any, status: int, error: Any) -> None:
    def play(run: Run) -> Any:
        first, _ = read_twice("status", **options)(run)
        return *seen(first), first.json["error"], b"retry-after: 1" in first.head

    prove(stage, play, (status, True, True, "open", error, status == 429))


def test_twice_is_twice(stage: Stage) -> None:
    def play(run: Run) -> Any:
        path = f"/v1/sessions/{run.sell()}"
        run.fault("api", "status", times=2)
        return [call(run, "GET", path).status for _ in range(3)]

    prove(stage, play, [503, 503, 200])


def test_a_call_that_fails_has_changed_nothing(stage: Stage) -> None:
    def play(run: Run) -> Any:
        paid = run.pay(callback=None)["id"]
        run.fault("api", "status", match={"method": "POST", "path": "*/capture"})
        failed = call(run, "POST", f"/v1/transactions/{paid}/capture", {"amount": 29900})
        return failed.status, run.status(paid)

    prove(stage, play, (503, "AUTHORIZED"))


def test_an_answer_takes_its_time(stage: Stage) -> None:
    def play(run: Run) -> Any:
        first, _ = read_twice("delay", seconds=0.3)(run)
        return *seen(first), first.took >= 0.3

    prove(stage, play, (200, True, True, "open", True))


def test_an_answer_is_no_json(stage: Stage) -> None:
    """Complete as HTTP: the client has to find out by reading it."""

    def play(run: Run) -> Any:
        first, second = read_twice("malformed")(run)
        return *seen(first), first.body == second.body[: len(second.body) // 2]

    prove(stage, play, (200, False, True, "open", True))


def test_the_connection_ends_in_the_middle_of_the_body(stage: Stage) -> None:
    def play(run: Run) -> Any:
        first, second = read_twice("half_body")(run)
        half = second.body[: len(second.body) // 2]
        return *seen(first), first.body == half, first.announced == len(second.body)

    prove(stage, play, (200, False, False, "FIN", True, True))


def test_the_connection_is_reset(stage: Stage) -> None:
    def play(run: Run) -> Any:
        first, _ = read_twice("reset_connection")(run)
        return first.status, first.body, first.end

    prove(stage, play, (None, b"", "RST"))


def test_a_capture_before_the_connection_was_reset_did_not_happen(stage: Stage) -> None:
    def play(run: Run) -> Any:
        paid = run.pay(callback=None)["id"]
        run.fault("api", "reset_connection", match={"path": "*/capture"})
        lost = call(run, "POST", f"/v1/transactions/{paid}/capture", {"amount": 29900})
        return lost.status, lost.end, run.status(paid)

    prove(stage, play, (None, "RST", "AUTHORIZED"))


@pytest.mark.parametrize(("do", "end"), [("half_body", "FIN"), ("malformed", "open")])
def test_a_capture_whose_answer_was_lost_did_happen(stage: Stage, do: str, end: str) -> None:
    """Who captures again is told that nothing is left."""

    def play(run: Run) -> Any:
        paid = run.pay(callback=None)["id"]
        run.fault("api", do, match={"path": "*/capture"})
        path = f"/v1/transactions/{paid}/capture"
        lost, again = (call(run, "POST", path, {"amount": 29900}) for _ in range(2))
        return lost.json, lost.end, run.status(paid), again.status

    prove(stage, play, (None, end, "CAPTURED", 400))


def test_a_forgotten_session_is_not_there(stage: Stage) -> None:
    def play(run: Run) -> Any:
        run.log_in()
        run.fault("api", "forget", match={"method": "POST"})
        body = {"url": {"return_url": "http://127.0.0.1:1/"}, "order": ORDER}
        made = call(run, "POST", "/v1/sessions-profile", {**body, "profile_id": "default"})
        gone = call(run, "GET", f"/v1/sessions/{made.json['id']}")
        page = call(run, "GET", f"/?sid={made.json['id']}")
        kept = call(run, "POST", "/v1/sessions-profile", {**body, "profile_id": "default"})
        there = call(run, "GET", f"/v1/sessions/{kept.json['id']}")
        return made.status, made.json.keys(), gone.status, page.status, there.status

    prove(stage, play, (200, {"id": 0, "url": 0}.keys(), 404, 404, 200))


def test_a_forgotten_capture_changes_nothing_and_tells_nobody(stage: Stage) -> None:
    def play(run: Run) -> Any:
        run.subscribe("checkout_transaction")
        paid = run.pay(callback="?report_event=CAPTURE")["id"]
        run.advance(0)
        told = len(run.shop.seen)
        run.fault("api", "forget", match={"path": "*/capture"})
        path = f"/v1/transactions/{paid}/capture"
        first = call(run, "POST", path, {"amount": 29900})
        run.advance(3600)
        between = run.status(paid), len(run.shop.seen) - told
        second = call(run, "POST", path, {"amount": 29900})
        run.advance(0)
        return (
            first.status, first.json["status"], between,
            second.status, run.status(paid), len(run.shop.seen) - told,
        )  # fmt: skip

    def play_without_order(run: Run) -> Any:
        value = play(run)
        run.shop.seen.sort(key=lambda one: one.kind)  # a callback and a webhook have no order
        return value

    expected = 200, "CAPTURED", ("AUTHORIZED", 0), 200, "CAPTURED", 2
    prove(stage, play_without_order, expected)


def test_what_the_page_calls_uses_up_no_fault(stage: Stage) -> None:
    """The page's pay call is the buyer's, not the merchant's."""

    def play(run: Run) -> Any:
        sid = run.sell(None)
        run.fault("api", "status")
        started, found, _ = run.request(
            "POST", f"/v1/sessions/{sid}/pay", {"payment_product_type": "dintero_psp.vipps"}
        )
        left, _ = run.call("GET", f"/v1/sessions/{sid}")
        return started, "redirect_url" in found, left

    prove(stage, play, (200, True, 503))
