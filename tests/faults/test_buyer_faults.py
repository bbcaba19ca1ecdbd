"""Buyers who do not come back, come twice, or take their time; here without a browser."""

from __future__ import annotations

from typing import Any

import pytest
from recording_merchant import barrier, in_a_row
from runs import Run, SaidNo, Stage, prove

FINE = "delivered | - 200"
PAID_AND_BACK: dict[str, Any] = {"pay": {}, "return": True}


def test_a_buyer_who_closes_the_tab_never_returns(stage: Stage) -> None:
    """The callback is all that the shop ever hears."""

    def play(run: Run) -> Any:
        run.fault("buyer", "close_tab")
        bought = run.buy(run.sell(), **PAID_AND_BACK)
        run.advance(0)
        again = run.buy(bought["session"]["id"], **{"return": True})
        return (
            run.lines("return"), run.lines("callback"), bought["redirect"], bought["return"],
            again["return"],
        )  # fmt: skip

    prove(stage, play, ([], ["GET good own"], None, None, None))


def test_a_double_click_opens_the_return_page_twice_at_once(stage: Stage) -> None:
    def play(run: Run) -> Any:
        run.shop.handlers["return"] = barrier("return", count=2)
        run.fault("buyer", "double_click")
        bought = run.buy(run.sell(None), **PAID_AND_BACK)
        both = [one.query for one in run.shop.of("return")]
        return (
            run.shop.moments.count("together"),
            len(both),
            len(set(both)),
            bought["return"]["status"],
        )

    prove(stage, play, (2, 2, 1, 200))


def test_the_back_button_opens_the_return_page_once_more(stage: Stage) -> None:
    def play(run: Run) -> Any:
        run.fault("buyer", "back_button")
        bought = run.buy(run.sell(None), **PAID_AND_BACK)
        seen = run.shop.of("return")
        return (
            len(seen),
            len({one.query for one in seen}),
            in_a_row(seen),
            bought["return"]["status"],
        )

    prove(stage, play, (2, 1, True, 200))


def test_the_habit_is_that_of_one_buyer(stage: Stage) -> None:
    """The next purchase of the account is as usual."""

    def play(run: Run) -> Any:
        run.fault("buyer", "back_button")
        counts = []
        for reference in ("first", "second"):
            run.shop.seen.clear()
            run.buy(run.sell(None, reference), **PAID_AND_BACK)
            counts.append(len(run.shop.of("return")))
        return counts

    prove(stage, play, [2, 1])


def test_a_slow_buyer_pays_when_the_shops_token_is_over(stage: Stage) -> None:
    def play(run: Run) -> Any:
        sid = run.sell()
        run.fault("buyer", "slow", seconds=5 * 3600)
        bought = run.buy(sid)
        run.control("POST", "clock/advance", {"seconds": 0})
        stale, _ = run.call("GET", f"/v1/transactions/{bought['transaction']['id']}")
        run.log_in()
        return bought["transaction"]["status"], run.lines("callback"), stale, run.status(
            bought["transaction"]["id"]
        )  # fmt: skip

    prove(stage, play, ("AUTHORIZED", ["GET good own"], 401, "AUTHORIZED"))


def test_a_slow_buyer_finds_that_the_session_is_over(stage: Stage) -> None:
    def play(run: Run) -> Any:
        sid = run.sell("?report_error=true")
        run.fault("buyer", "slow", seconds=25 * 3600)
        with pytest.raises(SaidNo, match="EXPIRED"):
            run.buy(sid)
        run.advance(0)
        return run.shop.seen

    prove(stage, play, [])


def test_a_slow_buyer_may_still_walk_away_from_a_session_that_is_over(stage: Stage) -> None:
    def play(run: Run) -> Any:
        sid = run.sell("?report_error=true")
        run.fault("buyer", "slow", seconds=25 * 3600)
        run.buy(sid, cancel=True)
        run.advance(0)
        return run.lines("callback"), [one.fields["error"] for one in run.shop.seen]

    prove(stage, play, (["GET good own"], ["cancelled"]))


def test_a_slow_buyer_in_the_wallet_is_led_to_a_page_that_says_so(stage: Stage) -> None:
    def play(run: Run) -> Any:
        sid = run.sell()
        _, started, _ = run.request(
            "POST", f"/v1/sessions/{sid}/pay", {"payment_product_type": "dintero_psp.vipps"}
        )
        run.fault("buyer", "slow", seconds=25 * 3600)
        wallet = "/wallet/" + started["redirect_url"].partition("/wallet/")[2]
        status, _, headers = run.request("POST", f"{wallet}/approve")
        page, _, _ = run.request("GET", headers["location"])
        return status, page, run.shop.seen

    prove(stage, play, (303, 404, []))


@pytest.mark.parametrize("path", ["/checkout/{sid}/cancel", "/v1/view/{sid}/session/abandon"])
@pytest.mark.parametrize("hours", [5, 25])
def test_a_slow_buyer_takes_the_time_before_walking_away(
    stage: Stage, path: str, hours: int
) -> None:
    """On the page, and by the call that Dintero's own page makes; also when the session is over by then."""

    def play(run: Run) -> Any:
        sid = run.sell("?report_error=true")
        run.fault("buyer", "slow", seconds=hours * 3600)
        status, _, headers = run.request("POST", path.format(sid=sid))
        run.advance(0)
        back = "error=cancelled" in headers["location"]
        return status, back, run.lines("callback"), run.control("GET", "faults")

    way = 303 if path.endswith("cancel") else 302
    prove(stage, play, (way, True, ["GET good own"], []))
