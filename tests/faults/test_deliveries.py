"""A delivery says of each try what was really sent, byte for byte, whatever a fault has made of it."""

from __future__ import annotations

from typing import Any

import pytest
from recording_merchant import Json, Seen
from runs import ADDRESS, POSTED, Run, Stage, prove

from mock_dintero.core.fault import ACTIONS

KINDS = {"payment_callback": "callback", "webhook": "hook", "address_callback": "address",
         "discount_callback": "discount"}  # fmt: skip
OPTIONS: dict[str, Json] = {
    "delay": {"seconds": 0.1}, "reorder": {"seconds": 0.1}, "slow_body": {"seconds": 0.1},
    "duplicate": {"count": 3, "at_once": True},
}  # fmt: skip
CASES = [
    (at, do, posted)
    for at in KINDS
    for do in ACTIONS[at]
    for posted in (("", POSTED) if at == "payment_callback" else ("",))
]


def start(run: Run, at: str, posted: str) -> str:
    if at == "webhook":
        run.subscribe("checkout_authorization")
        return run.sell(None)
    return run.sell(posted) if at == "payment_callback" else run.sell_express()


def act(run: Run, at: str, sid: str) -> None:
    if at in ("payment_callback", "webhook"):
        run.buy(sid)
    elif at == "address_callback":
        run.buy(sid, address=ADDRESS)
    else:
        run.buy(sid, discount_codes=["TEN"])


def fits(run: Run, delivery: Json, attempt: Json, seen: Seen) -> bool:
    """Method, URL, body and every header that the sandbox has made itself."""
    target = seen.path + (f"?{seen.query}" if seen.query else "")
    url = attempt.get("url") or delivery["url"]
    body = attempt.get("request") or delivery.get("body") or ""
    headers = {name.lower(): value for name, value in attempt["request_headers"].items()}
    return (
        seen.method == delivery["method"]
        and url == f"{run.stage.merchant.url}{target}"
        and seen.body.decode() == body
        and all(seen.headers[name] == value for name, value in headers.items())
        and attempt.get("signature", "") in (*seen.headers.values(), "")
    )


@pytest.mark.parametrize(
    ("at", "do", "posted"), CASES, ids=[f"{at} {do} {posted[8:]}" for at, do, posted in CASES]
)
def test_what_is_shown_is_what_was_sent(stage: Stage, at: str, do: str, posted: str) -> None:
    def play(run: Run) -> Any:
        sid = start(run, at, posted)
        run.fault(at, do, **OPTIONS.get(do, {}))
        act(run, at, sid)
        run.advance(150)
        [delivery] = [
            one for one in run.deliveries() if one["at"] == at and one.get("event") != "ping"
        ]
        seen = run.shop.of(KINDS[at])
        sent = [one for one in delivery["attempts"] if one.get("fault") != "drop"]
        faults = [one.get("fault") for one in delivery["attempts"]]
        left = list(seen)
        for attempt in sent:  # those at once have no order
            found = next((one for one in left if fits(run, delivery, attempt, one)), None)
            assert found, (delivery, attempt)
            left.remove(found)
        run.shop.seen.clear()
        return faults[0], len(left)

    prove(stage, play, (do, 0))
