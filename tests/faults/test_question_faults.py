"""Questions about shipping and discount codes that go wrong: what the merchant and the buyer get."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import pytest
from recording_merchant import Json, barrier, in_a_row
from runs import ADDRESS, Run, Stage, prove


@dataclass(frozen=True)
class Question:
    """What the shop is asked in the middle of a checkout."""

    at: str
    kind: str

    def prepare(self, run: Run) -> str:
        """A session for which the question can be asked; the merchant has seen nothing yet."""
        sid = run.sell_express()
        if self.kind == "discount":
            run.buy(sid, address=ADDRESS)
            run.shop.seen.clear()
            run.shop.moments.clear()
        return sid

    def ask(self, run: Run, sid: str, word: str = "TEN") -> Json:
        """The buyer's step that makes the sandbox ask; `word` is the street or the code."""
        if self.kind == "address":
            step: Json = {"address": {**ADDRESS, "address_line": word}}
        else:
            step = {"discount_codes": [word]}
        found: Json = run.buy(sid, **step)["session"]
        return found

    def result(self, session: Json) -> str:
        """What the buyer has of it."""
        if self.kind == "address":
            options = session["express"].get("shipping_options") or []
            return ", ".join(option["line_id"] for option in options) or "no options"
        return ", ".join(session["order"].get("discount_codes") or ()) or "no codes"

    @property
    def success(self) -> str:
        return "home" if self.kind == "address" else "TEN"

    @property
    def failure(self) -> str:
        return "no options" if self.kind == "address" else "no codes"

    def tries(self, run: Run) -> list[str]:
        return run.tries(self.at)


QUESTIONS = [Question("address_callback", "address"), Question("discount_callback", "discount")]
questions = pytest.mark.parametrize("asked", QUESTIONS, ids=["address", "discount"])
GOOD = "POST good own"
FINE = "delivered | - 200"


def one_fault(asked: Question, do: str, **options: Any) -> Any:
    """Ask under this fault, then once more without."""

    def play(run: Run) -> Any:
        sid = asked.prepare(run)
        run.fault(asked.at, do, **options)
        first = asked.result(asked.ask(run, sid))
        second = asked.result(asked.ask(run, sid))
        return run.lines(asked.kind), asked.tries(run), [first, second]

    return play


@questions
def test_a_dropped_question_has_no_answer_and_is_asked_again_by_the_buyer(
    stage: Stage, asked: Question
) -> None:
    expected = [GOOD], ["failed | drop lost", FINE], [asked.failure, asked.success]
    prove(stage, one_fault(asked, "drop"), expected)


@questions
def test_a_delayed_question_keeps_the_buyer_waiting(stage: Stage, asked: Question) -> None:
    """In real time: the buyer sits in front of the page."""

    def play(run: Run) -> Any:
        sid = asked.prepare(run)
        run.fault(asked.at, "delay", seconds=0.3)
        begun = time.monotonic()
        result = asked.result(asked.ask(run, sid))
        [seen] = run.shop.of(asked.kind)
        return run.lines(asked.kind), asked.tries(run), result, seen.head_at - begun >= 0.3

    prove(stage, play, ([GOOD], ["delivered | delay 200"], asked.success, True))


@questions
@pytest.mark.parametrize("count", [2, 3])
def test_a_question_comes_twice_in_a_row(stage: Stage, asked: Question, count: int) -> None:
    def play(run: Run) -> Any:
        sid = asked.prepare(run)
        run.fault(asked.at, "duplicate", count=count)
        result = asked.result(asked.ask(run, sid))
        seen = run.shop.of(asked.kind)
        ids = {one.headers["event-delivery"] for one in seen}
        return run.lines(asked.kind), asked.tries(run), result, in_a_row(seen), len(ids)

    tried = "delivered | duplicate 200" + " | duplicate+duplicate 200" * (count - 1)
    prove(stage, play, ([GOOD] * count, [tried], asked.success, True, 1))


@questions
@pytest.mark.parametrize("count", [2, 3])
def test_a_question_comes_twice_at_once(stage: Stage, asked: Question, count: int) -> None:
    def play(run: Run) -> Any:
        sid = asked.prepare(run)
        run.shop.handlers[asked.kind] = barrier(asked.kind, count=count)
        run.fault(asked.at, "duplicate", count=count, at_once=True)
        result = asked.result(asked.ask(run, sid))
        together = run.shop.moments.count("together")
        return run.lines(asked.kind), asked.tries(run), result, together

    tried = "delivered | duplicate 200" + " | duplicate+duplicate 200" * (count - 1)
    prove(stage, play, ([GOOD] * count, [tried], asked.success, count))


@questions
def test_of_two_answers_the_first_counts(stage: Stage, asked: Question) -> None:
    """The shop fails at first and answers the copy: no answer all the same."""

    def play(run: Run) -> Any:
        sid = asked.prepare(run)
        run.shop.statuses[asked.kind] = [500]
        run.fault(asked.at, "duplicate")
        result = asked.result(asked.ask(run, sid))
        return run.lines(asked.kind), asked.tries(run), result

    tried = "failed | duplicate 500 | duplicate+duplicate 200"
    prove(stage, play, ([GOOD] * 2, [tried], asked.failure))


@questions
def test_a_question_is_overtaken_by_the_next_and_its_answer_is_stale(
    stage: Stage, asked: Question
) -> None:
    def play(run: Run) -> Any:
        sid = asked.prepare(run)
        run.fault(asked.at, "reorder", seconds=20)
        first = run.aside(lambda: asked.ask(run, sid, "FIRST"))
        while not any(one["at"] == asked.at for one in run.deliveries()):
            pass  # until the first question is held
        second = asked.ask(run, sid, "SECOND")
        first.join()
        seen = run.shop.of(asked.kind)
        orders = [str(json.loads(one.body)["order"]) for one in seen]
        order = ["FIRST" if "FIRST" in one else "SECOND" for one in orders]
        after = run.control("GET", f"sessions/{sid}")
        kept = "SECOND" if "SECOND" in str(after["order"]) else "FIRST"
        return order, in_a_row(seen), asked.tries(run), kept, asked.result(second)

    result = "home" if asked.kind == "address" else "SECOND"
    expected = ["SECOND", "FIRST"], True, ["delivered | reorder 200", FINE], "SECOND", result
    prove(stage, play, expected)


@questions
def test_a_question_that_nothing_overtakes_comes_after_its_seconds(
    stage: Stage, asked: Question
) -> None:
    def play(run: Run) -> Any:
        sid = asked.prepare(run)
        run.fault(asked.at, "reorder", seconds=0.3)
        begun = time.monotonic()
        result = asked.result(asked.ask(run, sid))
        [seen] = run.shop.of(asked.kind)
        return run.lines(asked.kind), asked.tries(run), result, seen.head_at - begun >= 0.3

    prove(stage, play, ([GOOD], ["delivered | reorder 200"], asked.success, True))


@questions
@pytest.mark.parametrize(
    ("do", "line"),
    [("bad_signature", "POST forged own"), ("stale_signature", "POST stale own"),
     ("malformed", "POST good broken"), ("wrong_transaction", "POST good foreign")],
)  # fmt: skip
def test_a_shop_that_refuses_a_question_has_not_answered(
    stage: Stage, asked: Question, do: str, line: str
) -> None:
    """403 is no answer; nothing is sent again until the buyer tries again."""

    def play(run: Run) -> Any:
        sid = asked.prepare(run)
        run.shop.statuses[asked.kind] = [403]
        run.fault(asked.at, do)
        first = asked.result(asked.ask(run, sid))
        second = asked.result(asked.ask(run, sid))
        lines = run.lines(asked.kind)
        broken = run.shop.of(asked.kind)[0]
        if do == "malformed":
            full = next(d for d in run.deliveries() if d["at"] == asked.at)["body"]
            assert broken.body.decode() == full[: len(full) // 2]
            broken.body = b"half"
        return lines, asked.tries(run), [first, second]

    expected = [line, GOOD], [f"failed | {do} 403", FINE], [asked.failure, asked.success]
    prove(stage, play, expected)


@questions
def test_a_slow_question_takes_its_time_and_arrives_whole(stage: Stage, asked: Question) -> None:
    def play(run: Run) -> Any:
        sid = asked.prepare(run)
        run.fault(asked.at, "slow_body", seconds=0.3)
        result = asked.result(asked.ask(run, sid))
        [seen] = run.shop.of(asked.kind)
        slow = seen.body_at - seen.head_at >= 0.29
        return run.lines(asked.kind), asked.tries(run), result, seen.is_whole, slow

    prove(stage, play, ([GOOD], ["delivered | slow_body 200"], asked.success, True, True))


@questions
def test_a_question_about_another_session_names_the_one_that_was_asked_for(
    stage: Stage, asked: Question
) -> None:
    def play(run: Run) -> Any:
        other = run.sell(None, "other")
        sid = asked.prepare(run)
        run.fault(asked.at, "wrong_transaction", transaction_id=other)
        result = asked.result(asked.ask(run, sid))
        [seen] = run.shop.of(asked.kind)
        text = seen.body.decode()
        return run.lines(asked.kind), asked.tries(run), result, sid in text, other in text

    expected = [GOOD], ["delivered | wrong_transaction 200"], asked.success, False, True
    prove(stage, play, expected)


@questions
def test_an_answer_that_is_lost_was_given_all_the_same(stage: Stage, asked: Question) -> None:
    expected = [GOOD] * 2, ["failed | lose_answer lost", FINE], [asked.failure, asked.success]
    prove(stage, one_fault(asked, "lose_answer"), expected)


@questions
def test_a_question_that_waits_is_given_up_by_a_reset(stage: Stage, asked: Question) -> None:
    """What was held never reaches the merchant, and the buyer's call does not hang."""

    def play(run: Run) -> Any:
        sid = asked.prepare(run)
        run.fault(asked.at, "reorder", seconds=30)
        begun = time.monotonic()
        waits = run.aside(lambda: asked.ask(run, sid))
        while not any(one["at"] == asked.at for one in run.deliveries()):
            pass
        run.control("POST", "reset")
        waits.join(20)
        return run.lines(asked.kind), time.monotonic() - begun < 20

    prove(stage, play, ([], True))
