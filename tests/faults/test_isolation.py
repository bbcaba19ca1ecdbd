"""No fault where none was asked: the purchase beside a faulty one sees nothing of it."""

from __future__ import annotations

from contextlib import suppress
from http.client import HTTPException
from typing import Any

import pytest
from recording_merchant import Seen
from runs import ADDRESS, RUNS, Run, SaidNo, Stage, prove

from mock_dintero.core.fault import ACTIONS

SHORT: dict[str, Any] = {"delay": 0.2, "slow_body": 0.2, "reorder": 0.2}
EXPRESS: list[tuple[str, str, dict[str, Any]]] = []
for at, actions in ACTIONS.items():
    for do in actions:
        options: dict[str, Any] = {"seconds": SHORT[do]} if do in SHORT else {}
        EXPRESS.append((at, do, options))
OPERATIONS = {"pending": "capture", "refuse": "authorization", "time_out": "authorization"}


def buy(run: Run, reference: str) -> Any:
    """Address, code, payment, return, capture: every leg there is."""
    sid = run.sell(
        "?method=POST&report_event=CAPTURE", reference,
        express={
            "shipping_options": [],
            "shipping_address_callback_url": f"{run.shop.url}/address",
            "discount_codes": {"max_count": 5, "callback_url": f"{run.shop.url}/discount"},
        },
        configuration={"discounts": {"express_discount_codes": {"enabled": True}}},
    )  # fmt: skip
    steps: Any = {
        "address": ADDRESS,
        "shipping_option": "home",
        "discount_codes": ["TEN"],
        "pay": {},
    }
    bought = run.buy(sid, **steps, **{"return": True})
    tid, amount = bought["transaction"]["id"], bought["transaction"]["amount"]
    run.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": amount})
    return bought["return"]["status"], run.status(tid)


def view(run: Run, reference: str) -> Any:
    """What the shop saw of a purchase, and what its deliveries say."""
    mine = [one for one in run.shop.seen if _is_about(one, reference)]
    sids = {id for id, name in run.names.items() if name == f"SESSION of {reference}"}
    tried = [
        (one["state"], [(a.get("fault"), a["status"]) for a in one["attempts"]])
        for one in run.deliveries()
        if one["session_id"] in sids
    ]
    return sorted(f"{one.kind} {run.line(one)}" for one in mine if one.kind != "return"), len(
        [one for one in mine if one.kind == "return"]
    ), tried  # fmt: skip


def _is_about(one: Seen, reference: str) -> bool:
    return reference in one.query or reference in one.body.decode()


PLAIN = (
    (200, "CAPTURED"),
    (
        ["address POST good own", "callback POST good own", "callback POST good own",
         "discount POST good own", "hook POST good own", "hook POST good own",
         "hook POST good own"],
        1,
        [("delivered", [(None, 200)])] * 7,
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("at", "do", "options"), EXPRESS, ids=[f"{at} {do}" for at, do, _ in EXPRESS]
)
def test_a_purchase_beside_a_faulty_one_sees_nothing_of_it(
    stage: Stage, at: str, do: str, options: dict[str, Any]
) -> None:
    match = {"merchant_reference": "faulty"}
    if at == "payment":
        match["operation"] = OPERATIONS[do]

    def faulty(run: Run) -> None:
        with suppress(SaidNo, OSError, HTTPException, ValueError, TypeError, KeyError):
            buy(run, "faulty")

    def play(run: Run) -> Any:
        neighbour = stage.run()
        for one in (run, neighbour):
            one.subscribe("checkout_authorization", "checkout_transaction")
        run.fault(at, do, times=1000, match=match, **options)
        beside = [run.aside(lambda: faulty(run)), neighbour.aside(lambda: faulty(neighbour))]
        found = [buy(one, "plain") for one in (run, neighbour)]
        for thread in beside:
            thread.join()
        for one in (run, neighbour):
            one.advance(120)
        assert run.control("GET", "faults")[0]["left"] < 1000, "the fault has struck nobody"
        value = [
            (found[0], view(run, "plain")),
            (found[1], view(neighbour, "plain")),
            ((200, "CAPTURED"), view(neighbour, "faulty")),
        ]
        neighbour.close()
        run.shop.seen.clear()
        return value

    prove(stage, play, [PLAIN] * 3, runs=max(1, RUNS // 10), at_once=4)


@pytest.mark.parametrize("times", [1, 3])
def test_a_fault_strikes_as_often_as_it_says_among_many_at_once(stage: Stage, times: int) -> None:
    """Eight purchases of one account at the same time, and so many of them lose their callback."""

    def play(run: Run) -> Any:
        run.log_in()
        sids = [run.sell("", f"order-{number}") for number in range(8)]
        run.fault("payment_callback", "drop", times=times)
        buyers = [run.aside(lambda sid=sid: run.buy(sid)) for sid in sids]  # type: ignore[misc]
        for buyer in buyers:
            buyer.join()
        run.advance(0)
        told = len(run.shop.seen)
        run.advance(10)
        run.shop.seen.sort(key=lambda one: one.fields["merchant_reference"])
        again = len({one.fields["merchant_reference"] for one in run.shop.seen})
        return told, len(run.shop.seen), again

    prove(stage, play, (8 - times, 8, 8), at_once=2)
