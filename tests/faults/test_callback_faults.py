"""Payment callbacks and webhooks that go wrong, as the merchant sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from recording_merchant import barrier, in_a_row
from runs import POSTED, Play, Run, Stage, prove


@dataclass(frozen=True)
class Leg:
    """A way in which the sandbox tells of a payment."""

    at: str
    kind: str
    good: str
    retry: int
    sell: Callable[[Run], str]


def _hooked(run: Run) -> str:
    run.subscribe("checkout_authorization")
    return run.sell(None)


LEGS = {
    "GET": Leg("payment_callback", "callback", "GET good own", 5, lambda run: run.sell()),
    "POST": Leg("payment_callback", "callback", "POST good own", 5, lambda run: run.sell(POSTED)),
    "webhook": Leg("webhook", "hook", "POST good own", 120, _hooked),
}
FINE, LATE = "delivered | - 200", "delivered | reorder 200"
legs = pytest.mark.parametrize("leg", LEGS.values(), ids=LEGS)
posts = pytest.mark.parametrize("leg", [LEGS["POST"], LEGS["webhook"]], ids=["POST", "webhook"])
signed = pytest.mark.parametrize("leg", [LEGS["GET"], LEGS["POST"]], ids=["GET", "POST"])


def told(run: Run, leg: Leg) -> tuple[list[str], list[str]]:
    return run.lines(leg.kind), run.tries(leg.at)


def once(leg: Leg, do: str, *, retries: int = 0, **options: Any) -> Play:
    """A purchase under this fault; the clock moves on until every retry has come."""

    def play(run: Run) -> Any:
        sid = leg.sell(run)
        run.fault(leg.at, do, **options)
        run.buy(sid)
        run.advance(0)
        for number in range(retries):
            run.advance(leg.retry << number if leg.retry == 5 else leg.retry)
        return told(run, leg)

    return play


@legs
def test_a_dropped_one_comes_with_the_next_try(stage: Stage, leg: Leg) -> None:
    expected = [leg.good], ["delivered | drop lost | - 200"]
    prove(stage, once(leg, "drop", retries=1), expected)


@legs
def test_three_dropped_tries_are_three_tries(stage: Stage, leg: Leg) -> None:
    expected = [leg.good], ["delivered | drop lost | drop lost | drop lost | - 200"]
    prove(stage, once(leg, "drop", times=3, retries=3), expected)


@legs
def test_a_delayed_one_comes_when_the_clock_has_moved_on(stage: Stage, leg: Leg) -> None:
    def play(run: Run) -> Any:
        sid = leg.sell(run)
        run.fault(leg.at, "delay", seconds=600)
        run.buy(sid)
        counts = []
        for seconds in (0, 590, 11, 7200):
            run.advance(seconds)
            counts.append(len(run.shop.of(leg.kind)))
        return counts, *told(run, leg), [one.get("fault") for one in run.deliveries()][-1]

    prove(stage, play, ([0, 0, 1, 1], [leg.good], ["delivered | delay 200"], "delay"))


@legs
def test_a_delay_of_nothing_is_over_when_the_clock_has_settled(stage: Stage, leg: Leg) -> None:
    expected = [leg.good], ["delivered | delay 200"]
    prove(stage, once(leg, "delay", seconds=0), expected)


@legs
def test_two_delays_are_one_for_each_of_two_payments(stage: Stage, leg: Leg) -> None:
    def play(run: Run) -> Any:
        sids = [leg.sell(run), run.sell(None if leg.kind == "hook" else "", "order-2")]
        run.fault(leg.at, "delay", seconds=600, times=2)
        for sid in sids:
            run.buy(sid)
        counts = []
        for seconds in (0, 590, 11):
            run.advance(seconds)
            counts.append(len(run.shop.of(leg.kind)))
        tries = run.tries(leg.at)
        run.shop.seen.clear()
        return counts, tries, run.control("GET", "faults")

    prove(stage, play, ([0, 0, 2], ["delivered | delay 200"] * 2, []))


@legs
def test_a_next_try_is_delayed_again_if_the_fault_says_twice(stage: Stage, leg: Leg) -> None:
    def play(run: Run) -> Any:
        sid = leg.sell(run)
        run.shop.statuses[leg.kind] = [500]
        run.fault(leg.at, "delay", seconds=600, times=2)
        run.buy(sid)
        counts = []
        for seconds in (601, leg.retry, 590, 11):
            run.advance(seconds)
            counts.append(len(run.shop.of(leg.kind)))
        return counts, told(run, leg)

    prove(stage, play, ([1, 1, 1, 2], ([leg.good] * 2, ["delivered | delay 500 | delay 200"])))


@legs
@pytest.mark.parametrize("count", [2, 3])
def test_duplicates_come_in_a_row(stage: Stage, leg: Leg, count: int) -> None:
    def play(run: Run) -> Any:
        lines, tries = once(leg, "duplicate", count=count)(run)
        seen = run.shop.of(leg.kind)
        ids = {one.headers["event-delivery"] for one in seen}
        return lines, tries, in_a_row(seen), len(ids), len({one.body for one in seen})

    copies = " | duplicate+duplicate 200" * (count - 1)
    expected = [leg.good] * count, [f"delivered | duplicate 200{copies}"], True, 1, 1
    prove(stage, play, expected)


@legs
@pytest.mark.parametrize("count", [2, 3])
def test_duplicates_come_at_once(stage: Stage, leg: Leg, count: int) -> None:
    def play(run: Run) -> Any:
        run.shop.handlers[leg.kind] = barrier(leg.kind, count=count)
        if leg.kind == "hook":  # the ping of the subscription comes alone
            del run.shop.handlers["hook"]
        sid = leg.sell(run)
        run.shop.handlers[leg.kind] = barrier(leg.kind, count=count)
        run.fault(leg.at, "duplicate", count=count, at_once=True)
        run.buy(sid)
        run.advance(0)
        together = run.shop.moments.count("together")
        return *told(run, leg), together

    copies = " | duplicate+duplicate 200" * (count - 1)
    expected = [leg.good] * count, [f"delivered | duplicate 200{copies}"], count
    prove(stage, play, expected)


@legs
def test_a_duplicate_of_a_failed_try_changes_nothing(stage: Stage, leg: Leg) -> None:
    """The shop fails on the first and takes the copy: the next try comes all the same."""

    def play(run: Run) -> Any:
        sid = leg.sell(run)
        run.shop.statuses[leg.kind] = [500]
        run.fault(leg.at, "duplicate")
        run.buy(sid)
        run.advance(0)
        run.advance(leg.retry)
        return told(run, leg)

    expected = [leg.good] * 3, ["delivered | duplicate 500 | duplicate+duplicate 200 | - 200"]
    prove(stage, play, expected)


@pytest.mark.parametrize("posted", ["", POSTED], ids=["GET", "POST"])
def test_a_payment_is_told_after_its_capture(stage: Stage, posted: str) -> None:
    events = (posted + "&" if posted else "?") + "report_event=CAPTURE"

    def play(run: Run) -> Any:
        run.fault("payment_callback", "reorder")
        paid = run.pay(callback=events)
        run.advance(0)
        before = len(run.shop.seen)
        run.ok("POST", f"/v1/transactions/{paid['id']}/capture", {"amount": 29900})
        run.advance(0)
        order = [one.fields.get("event", "payment") for one in run.shop.seen]
        return before, order, in_a_row(run.shop.seen), run.lines("callback"), run.tries()

    good = f"{'POST' if posted else 'GET'} good own"
    prove(stage, play, (0, ["CAPTURE", "payment"], True, [good, good], [LATE, FINE]))


def test_a_webhook_is_overtaken_by_the_next(stage: Stage) -> None:
    def play(run: Run) -> Any:
        run.subscribe("checkout_authorization", "checkout_transaction")
        run.fault("webhook", "reorder", match={"event": "checkout_authorization"})
        run.pay(callback=None)
        run.advance(0)
        order = [one.headers["event"] for one in run.shop.seen]
        return order, in_a_row(run.shop.seen), run.lines("hook"), run.tries()

    order = ["checkout_transaction", "checkout_authorization"]
    prove(stage, play, (order, True, ["POST good own"] * 2, [LATE, FINE]))


@legs
def test_what_nothing_overtakes_comes_after_its_seconds(stage: Stage, leg: Leg) -> None:
    def play(run: Run) -> Any:
        sid = leg.sell(run)
        run.fault(leg.at, "reorder", seconds=300)
        run.buy(sid)
        counts = []
        for seconds in (0, 290, 11):
            run.advance(seconds)
            counts.append(len(run.shop.of(leg.kind)))
        return counts, told(run, leg)

    prove(stage, play, ([0, 0, 1], ([leg.good], [LATE])))


@legs
def test_a_forged_signature_is_of_the_right_form_and_wrong(stage: Stage, leg: Leg) -> None:
    """Only the first is forged; a shop that refuses it with 500 gets a good one."""

    def play(run: Run) -> Any:
        sid = leg.sell(run)
        run.shop.statuses[leg.kind] = [500]
        run.fault(leg.at, "bad_signature")
        run.buy(sid)
        run.advance(0)
        run.advance(leg.retry)
        return told(run, leg)

    forged = leg.good.replace("good", "forged")
    prove(stage, play, ([forged, leg.good], ["delivered | bad_signature 500 | - 200"]))


@signed
@pytest.mark.parametrize("options", [{}, {"seconds": 301}], ids=["an hour", "301 s"])
def test_a_stale_signature_is_right_and_old(stage: Stage, leg: Leg, options: Any) -> None:
    expected = [leg.good.replace("good", "stale")], ["delivered | stale_signature 200"]
    prove(stage, once(leg, "stale_signature", **options), expected)


@signed
def test_a_signature_within_five_minutes_is_good(stage: Stage, leg: Leg) -> None:
    expected = [leg.good], ["delivered | stale_signature 200"]
    prove(stage, once(leg, "stale_signature", seconds=240), expected)


@legs
def test_a_malformed_one_is_half_of_it_with_a_signature_that_fits(stage: Stage, leg: Leg) -> None:
    def play(run: Run) -> Any:
        lines, tries = once(leg, "malformed")(run)
        [seen], delivery = run.shop.of(leg.kind), run.deliveries()[-1]
        if seen.method == "GET":
            full = delivery["url"].partition("?")[2]
            half = seen.query == full[: len(full) // 2]
            shown = delivery["attempts"][0]["url"].endswith(seen.query)
        else:
            full = delivery["body"]
            half = seen.body.decode() == full[: len(full) // 2]
            shown = delivery["attempts"][0]["request"] == seen.body.decode()
        seen.query = seen.query if half is False else "half"  # where it is cut depends on the ids
        seen.body = b"" if seen.method == "GET" else b"half"
        return lines, tries, half, shown

    expected = [leg.good.replace("own", "broken")], ["delivered | malformed 200"], True, True
    prove(stage, play, expected)


@posts
def test_a_slow_body_takes_its_time_and_arrives_whole(stage: Stage, leg: Leg) -> None:
    def play(run: Run) -> Any:
        lines, tries = once(leg, "slow_body", seconds=0.3)(run)
        [seen] = run.shop.of(leg.kind)
        return lines, tries, seen.is_whole, seen.body_at - seen.head_at >= 0.29

    prove(stage, play, ([leg.good], ["delivered | slow_body 200"], True, True))


def test_a_callback_without_a_body_has_none_that_is_slow(stage: Stage) -> None:
    leg = LEGS["GET"]
    prove(stage, once(leg, "slow_body", seconds=30), ([leg.good], ["delivered | slow_body 200"]))


@legs
@pytest.mark.parametrize("named", [False, True], ids=["nobody's", "a named one"])
def test_a_wrong_transaction_is_told_with_a_good_signature(
    stage: Stage, leg: Leg, named: bool
) -> None:
    def play(run: Run) -> Any:
        other = run.pay("other", None)["id"] if named else None
        sid = leg.sell(run)
        run.fault(leg.at, "wrong_transaction", **({"transaction_id": other} if named else {}))
        own = run.buy(sid)["transaction"]["id"]
        run.advance(0)
        [seen] = run.shop.of(leg.kind)
        text = seen.query + seen.body.decode()
        named_in = (own in text, other in text if other else run.about(seen) == "foreign")
        return *told(run, leg), named_in, sid in text

    about = leg.good if named else leg.good.replace("own", "foreign")
    expected = [about], ["delivered | wrong_transaction 200"], (False, True), True
    prove(stage, play, expected)


@legs
def test_a_lost_answer_brings_the_same_once_more(stage: Stage, leg: Leg) -> None:
    def play(run: Run) -> Any:
        lines, tries = once(leg, "lose_answer", retries=1)(run)
        ids = {one.headers["event-delivery"] for one in run.shop.of(leg.kind)}
        return lines, tries, len(ids)

    expected = [leg.good] * 2, ["delivered | lose_answer lost | - 200"], 1
    prove(stage, play, expected)


def test_a_ping_is_about_nothing_and_comes_as_it_is(stage: Stage) -> None:
    def play(run: Run) -> Any:
        run.fault("webhook", "wrong_transaction")
        run.subscribe("checkout_transaction")
        return [one["state"] for one in run.deliveries()]

    prove(stage, play, ["delivered"])


def test_an_authorization_of_the_merchants_own_is_forged_too(stage: Stage) -> None:
    def play(run: Run) -> Any:
        url, secret = f"{run.shop.url}/hook", "Bearer xyz"
        hook = {"url": url, "secret": {"type": "Authorization", "value": secret}}
        path = f"/v1/accounts/{run.account}/hooks/subscriptions"
        run.fault("webhook", "bad_signature", match={"event": "ping"})
        made = run.ok("POST", path, {"config": hook, "events": ["checkout_transaction"]})
        run.advance(0)
        run.call("POST", f"{path}/{made['id']}/ping")
        run.advance(0)
        return [one.headers["authorization"] == secret for one in run.shop.seen]

    prove(stage, play, [False, True])


def test_what_is_lost_overtakes_nothing(stage: Stage) -> None:
    def play(run: Run) -> Any:
        run.fault("payment_callback", "reorder", seconds=600)
        paid = run.pay(callback="?report_event=CAPTURE")
        run.fault("payment_callback", "drop")
        run.ok("POST", f"/v1/transactions/{paid['id']}/capture", {"amount": 29900})
        run.advance(0)
        before = len(run.shop.seen)
        run.advance(5)
        return before, [one.fields.get("event", "payment") for one in run.shop.seen]

    prove(stage, play, (0, ["CAPTURE", "payment"]))


@signed
@pytest.mark.parametrize(
    ("do", "repeats"),
    [("delay", True), ("duplicate", True), ("lose_answer", True),
     ("bad_signature", False), ("drop", False)],
)  # fmt: skip
def test_a_replay_of_the_original_repeats_what_was_really_sent(
    stage: Stage, leg: Leg, do: str, repeats: bool
) -> None:
    """A forged or lost try is nothing that Dintero has sent: then there is none to repeat."""

    def play(run: Run) -> Any:
        sid = leg.sell(run)
        run.fault(leg.at, do, **({"seconds": 1} if do == "delay" else {}))
        run.buy(sid)
        run.advance(1)
        path = f"/_mock/api/v1/deliveries/{run.deliveries()[0]['id']}/replay"
        status, _, _ = run.request("POST", path, {"signature": "original"})
        sent = {one.headers["dintero-signature"] for one in run.shop.seen}
        return status, len(sent) if repeats else None

    prove(stage, play, (200, 1) if repeats else (400, None))
