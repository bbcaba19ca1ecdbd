"""The race between callback and return, with a buyer who has no browser."""

from __future__ import annotations

from typing import Any

import pytest
from races import ALL, RACES, Race, meeting
from recording_merchant import Seen, Shop
from runs import Run, Stage, prove

PAID_AND_BACK: dict[str, Any] = {"pay": {}, "return": True}
BACK = ["return begins", "return ends"]
TOLD = ["callback begins", "callback ends"]
held_ones = pytest.mark.parametrize(
    "do", ["return_first", "together", "callback_during_return"]
)  # fmt: skip


@pytest.mark.parametrize("race", ALL, ids=lambda race: race.name)
def test_who_is_first_is_as_the_tester_wants(stage: Stage, race: Race) -> None:
    def play(run: Run) -> Any:
        sid = race.open(run)
        run.log_in()
        bought = run.buy(sid, pay={"outcome": race.outcome}, **{"return": True})
        assert bought["return"]["status"] == 200
        run.advance(0)
        return race.value(run)

    prove(stage, play, race.expected)


def test_a_shop_that_locks_is_not_locked_out(stage: Stage) -> None:
    """Both handlers take the order's lock: the API answers after a second, and all go on."""

    async def locking(shop: Shop, seen: Seen) -> tuple[int, bytes]:
        async with shop.lock:
            return await meeting(True, False)(shop, seen)

    def play(run: Run) -> Any:
        run.shop.handlers |= {"return": locking, "callback": locking}
        run.fault("race", "callback_during_return")
        run.buy(run.sell(), **PAID_AND_BACK)
        run.advance(0)
        return run.shop.moments, run.tries()

    moments = [
        "return begins", "return asks", "callback begins", "return is told 200", "return ends",
        "callback asks", "callback is told 200", "callback ends",
    ]  # fmt: skip
    prove(stage, play, (moments, ["delivered | - 200"]))


@pytest.mark.parametrize("do", RACES)
def test_a_session_without_a_callback_url_has_no_race(stage: Stage, do: str) -> None:
    def play(run: Run) -> Any:
        run.fault("race", do)
        bought = run.buy(run.sell(None), **PAID_AND_BACK)
        return run.shop.moments, bought["return"]["status"]

    prove(stage, play, (BACK, 200))


@pytest.mark.parametrize("do", RACES)
def test_the_race_decides_when_and_not_delay_callback(stage: Stage, do: str) -> None:
    def play(run: Run) -> Any:
        if do == "together":
            run.shop.handlers |= {kind: meeting(False, True) for kind in ("return", "callback")}
        run.fault("race", do)
        run.buy(run.sell("?delay_callback=50"), **PAID_AND_BACK)
        run.advance(0)
        moments = list(run.shop.moments)
        run.advance(120)
        run.shop.seen.sort(key=lambda one: one.kind)
        return sorted(moments) if do == "together" else moments, len(run.shop.of("callback"))

    order = [*TOLD, *BACK] if do == "callback_first" else [*BACK, *TOLD]
    order = sorted([*order, "together", "together"]) if do == "together" else order
    prove(stage, play, (order, 1))


@held_ones
@pytest.mark.parametrize(
    ("query", "options", "until"),
    [("", {}, 10), ("", {"seconds": 300}, 300), ("?delay_callback=40", {}, 40)],
    ids=["ten seconds", "as long as it says", "when it was due anyway"],
)  # fmt: skip
def test_when_nobody_returns_the_callback_comes_all_the_same(
    stage: Stage, do: str, query: str, options: Any, until: int
) -> None:
    def play(run: Run) -> Any:
        run.control("PUT", "clock", {"running": False})
        run.fault("race", do, **options)
        run.buy(run.sell(query))
        held = [one["held_for"] for one in run.deliveries()]
        counts = []
        for seconds in (0, until - 1, 1):
            run.advance(seconds)
            counts.append(len(run.shop.seen))
        return held, counts, run.lines("callback"), run.tries()

    cue = {"return_first": "return_answered", "together": "return_started",
           "callback_during_return": "api_call"}[do]  # fmt: skip
    prove(stage, play, ([cue], [0, 0, 1], ["GET good own"], ["delivered | - 200"]))


@held_ones
def test_a_buyer_who_closes_the_tab_gives_no_cue(stage: Stage, do: str) -> None:
    def play(run: Run) -> Any:
        run.fault("race", do, seconds=30)
        run.fault("buyer", "close_tab")
        run.buy(run.sell(), **PAID_AND_BACK)
        run.advance(0)
        before = len(run.shop.seen)
        run.advance(31)
        return before, run.shop.moments

    prove(stage, play, (0, TOLD))


def test_a_buyer_who_returns_in_a_later_call_is_raced_as_well(stage: Stage) -> None:
    def play(run: Run) -> Any:
        run.fault("race", "return_first")
        sid = run.buy(run.sell())["session"]["id"]
        returned = run.buy(sid, **{"return": True})["return"]
        run.advance(0)
        return run.shop.moments, "/return?" in returned["url"], returned["status"]

    prove(stage, play, ([*BACK, *TOLD], True, 200))


@pytest.mark.parametrize("do", RACES)
def test_a_shop_that_fails_is_told_and_visited_all_the_same(stage: Stage, do: str) -> None:
    """Both are answered with 500: the order holds, and the callback is tried again later."""

    def play(run: Run) -> Any:
        if do == "together":
            run.shop.handlers |= {kind: meeting(False, True) for kind in ("return", "callback")}
        run.shop.statuses |= {"return": [500], "callback": [500]}
        run.fault("race", do)
        bought = run.buy(run.sell(), **PAID_AND_BACK)
        run.advance(0)
        moments = list(run.shop.moments)
        run.advance(5)
        run.shop.seen.sort(key=lambda one: one.kind)
        return (
            sorted(moments) if do == "together" else moments,
            bought["return"]["status"],
            run.tries(),
        )

    order = [*TOLD, *BACK] if do == "callback_first" else [*BACK, *TOLD]
    order = sorted([*order, "together", "together"]) if do == "together" else order
    prove(stage, play, (order, 500, ["delivered | - 500 | - 200"]))


@held_ones
def test_a_return_page_that_is_not_there_gives_the_cue_all_the_same(stage: Stage, do: str) -> None:
    def play(run: Run) -> Any:
        run.fault("race", do)
        url = {"return_url": "http://127.0.0.1:1/", "callback_url": f"{run.shop.url}/callback"}
        bought = run.buy(run.sell(None, url=url), **PAID_AND_BACK)
        run.advance(0)
        return run.shop.moments, bought["return"]["status"]

    prove(stage, play, (TOLD, None))


def test_a_webhook_that_makes_the_shop_ask_is_no_return(stage: Stage) -> None:
    """The shop reads the payment before the buyer is back: the callback still comes in between."""

    async def asking(shop: Shop, seen: Seen) -> tuple[int, bytes]:
        assert shop.ask
        shop.note(f"hook is told {await shop.ask(shop.moments[0])}")
        return shop.usual(seen)

    def play(run: Run) -> Any:
        run.subscribe("checkout_authorization")
        run.shop.handlers |= {"hook": asking, "return": meeting(True, False)}
        run.fault("race", "callback_during_return")
        sid = run.sell()
        run.shop.moments.append(f"/v1/sessions/{sid}")
        run.buy(sid)
        run.advance(0)
        first, run.shop.moments[:] = run.shop.moments[1:], []
        run.buy(sid, **{"return": True})
        return first, run.shop.moments

    back = ["return begins", "return asks", *TOLD, "return is told 200", "return ends"]
    prove(stage, play, (["hook begins", "hook is told 200", "hook ends"], back))


def test_a_shop_that_finds_its_payment_in_the_list_is_asked_in_between(stage: Stage) -> None:
    async def searching(shop: Shop, seen: Seen) -> tuple[int, bytes]:
        assert shop.ask
        shop.note("return asks")
        found = await shop.ask(f"/v1/transactions?id={seen.fields['transaction_id']}")
        shop.note(f"return is told {found}")
        return shop.usual(seen)

    def play(run: Run) -> Any:
        run.shop.handlers["return"] = searching
        run.fault("race", "callback_during_return")
        run.log_in()
        run.buy(run.sell(), **PAID_AND_BACK)
        return run.shop.moments

    back = ["return begins", "return asks", *TOLD, "return is told 200", "return ends"]
    prove(stage, play, back)


@pytest.mark.parametrize("do", RACES)
def test_a_lost_callback_loses_the_race(stage: Stage, do: str) -> None:
    """Faults of the callback strike in a race, too: this one comes with the next try."""

    def play(run: Run) -> Any:
        run.fault("race", do)
        run.fault("payment_callback", "drop")
        run.buy(run.sell(), **PAID_AND_BACK)
        run.advance(5)
        return run.shop.moments, run.tries()

    prove(stage, play, ([*BACK, *TOLD], ["delivered | drop lost | - 200"]))


def test_a_double_click_in_a_race_is_one_return(stage: Stage) -> None:
    """The callback comes after both visits were answered."""

    def play(run: Run) -> Any:
        run.fault("race", "return_first")
        run.fault("buyer", "double_click")
        run.buy(run.sell(), **PAID_AND_BACK)
        run.advance(0)
        return [one.kind for one in run.shop.seen], run.shop.moments[-2:]

    prove(stage, play, (["return", "return", "callback"], TOLD))


@pytest.mark.parametrize("path", ["started", "answered"])
@pytest.mark.parametrize(
    "sid", ["T12345678.nobody", "T20000001.1111111111111111111111", "x%00y", "%ff"]
)
def test_a_page_whose_session_is_unknown_is_told_so(stage: Stage, sid: str, path: str) -> None:
    run = stage.run()
    assert run.request("POST", f"/return/{sid}/{path}")[0] == 404
    assert run.request("GET", f"/return/{sid}")[0] == 404
    run.close()


@pytest.mark.parametrize("do", RACES)
def test_a_buyer_who_cancels_is_raced_as_well(stage: Stage, do: str) -> None:
    """There is no payment to read; the callback with `error=cancelled` meets the return."""

    def play(run: Run) -> Any:
        if do == "together":
            run.shop.handlers |= {kind: meeting(False, True) for kind in ("return", "callback")}
        run.fault("race", do, seconds=600)
        run.buy(run.sell("?report_error=true"), cancel=True, **{"return": True})
        run.advance(0)
        errors = {one.fields["error"] for one in run.shop.seen}
        run.shop.seen.sort(key=lambda one: one.kind)
        return sorted(run.shop.moments) if do == "together" else run.shop.moments, errors

    order = [*TOLD, *BACK] if do == "callback_first" else [*BACK, *TOLD]
    order = sorted([*order, "together", "together"]) if do == "together" else order
    prove(stage, play, (order, {"cancelled"}))


@held_ones
def test_a_callback_that_waits_is_in_a_snapshot_and_waits_on(stage: Stage, do: str) -> None:
    """Put back after the callback has come, it waits for the buyer once more."""

    def play(run: Run) -> Any:
        run.fault("race", do, seconds=600)
        sid = run.buy(run.sell())["session"]["id"]
        run.control("PUT", "snapshots/held")
        for _ in range(2):
            run.buy(sid, **{"return": True})
            run.advance(0)
            run.control("POST", "snapshots/held/restore")
        run.advance(0)
        run.shop.seen.sort(key=lambda one: one.kind)
        return len(run.shop.of("return")), run.lines("callback"), run.tries()

    prove(stage, play, (2, ["GET good own"] * 2, ["waiting"]))
