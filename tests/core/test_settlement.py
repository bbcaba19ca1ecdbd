"""Settlements: what is paid out for a day, and that nothing is paid twice or forgotten."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_dintero.core import settlement as rules
from mock_dintero.core.operation import CaptureBody, RefundBody, capture, refund
from mock_dintero.core.settlement import Batch, Settlement, SettlementFilter
from mock_dintero.core.transaction import Transaction

NOW = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
TODAY = NOW.date()
UUIDS = [UUID(int=1), UUID(int=2)]


def taken(transaction: Transaction, amount: int, at: datetime = NOW) -> Transaction:
    return capture(transaction, CaptureBody(amount=amount), "x", at)


def returned(transaction: Transaction, amount: int, at: datetime = NOW) -> Transaction:
    return refund(transaction, RefundBody(amount=amount), "x", at)


def settled(*transactions: Transaction, day: date = TODAY) -> tuple[Settlement, list[Transaction]]:
    [(batch, found)] = rules.batches(transactions, day, day).items()
    return rules.settle("T12345678.settlement", batch, found, UUIDS, rules.time_of(day))


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2026, 11, 23, 5, 59, 59, 999_000, UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 23, 6, 0, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 24, 5, 0, tzinfo=UTC), date(2026, 11, 22)),
    ],
)
def test_a_day_is_settled_on_the_next_one_at_six(now, last):
    assert rules.last_due_day(now) == last
    assert rules.last_due_day(rules.time_of(last)) == last


@pytest.mark.parametrize(
    ("amount", "fee"), [(10000, -390), (1, -200), (26, -200), (27, -201), (29990, -770)]
)
def test_the_fee_is_a_share_and_two_kroner(amount, fee):
    assert rules.fee(amount) == fee


def test_a_settlement_is_the_sum_of_its_captures_refunds_and_fees(make):
    paid = returned(taken(taken(make.paid(10000), 6000), 4000), 2500)
    made, [after] = settled(paid)

    [amounts] = made.amounts
    assert (amounts.capture, amounts.refund, amounts.currency) == (10000, -2500, "NOK")
    assert amounts.fee == rules.fee(6000) + rules.fee(4000) == -590
    assert amounts.amount == 10000 - 2500 - 590
    assert (made.start_at, made.end_at) == ("2026-11-22T00:00:00.000Z", "2026-11-22T23:59:59.999Z")
    assert made.settled_at == made.created_at == "2026-11-23T06:00:00.000Z"
    assert (made.provider, made.payment_status) == ("dintero_psp", "paid")
    assert [(row.capture, row.refund, row.fee) for row in made.rows] == [
        (6000, 0, -314), (4000, 0, -276), (0, -2500, 0),
    ]  # fmt: skip
    assert {row.transaction_id for row in made.rows} == {after.id}


def test_the_ledger_remembers_and_the_status_stays(make):
    paid = returned(taken(make.paid(10000), 10000), 1000)
    made, [after] = settled(paid)

    event = after.events[-1]
    assert (event.event, event.created_at) == ("SETTLEMENT", made.settled_at)
    assert event.transaction_status == after.status == paid.status == "PARTIALLY_REFUNDED"
    assert event.amount == made.amounts[0].amount
    assert event.settlements and event.settlements.settlement_status == "SETTLED"
    assert [one.event_correlation_id for one in event.settlements.events] == [
        event.id for event in paid.events[-2:]
    ]
    assert {one.settlement_id for one in event.settlements.events} == {made.id}
    assert after.events[:-1] == paid.events
    assert after.unsettled == ()
    assert rules.batches([after], date.min, date.max) == {}


def test_the_settlement_status_follows_the_ledger(make):
    paid = make.paid(10000)
    assert paid.settlement_status == "NOT_SETTLED"
    paid = taken(paid, 6000)
    assert paid.settlement_status == "NOT_SETTLED"
    [paid] = settled(paid)[1]
    assert paid.settlement_status == "PARTIALLY_SETTLED"
    tomorrow = NOW + timedelta(days=1)
    paid = taken(paid, 4000, tomorrow)
    assert paid.settlement_status == "PARTIALLY_SETTLED"
    [paid] = settled(paid, day=tomorrow.date())[1]
    assert (paid.settlement_status, paid.status) == ("SETTLED", "CAPTURED")
    assert returned(paid, 1, tomorrow).settlement_status == "PARTIALLY_SETTLED"


def test_a_ledger_grows_only_at_its_end(make):
    """A settlement that is made late stands behind what happened meanwhile."""
    paid = returned(taken(make.paid(10000), 10000), 1, NOW + timedelta(days=2))
    _, [after] = settled(paid)

    times = [event.created_at for event in after.events]
    assert times == sorted(times)
    assert after.updated_at == times[-1]
    assert after.settlement_status == "PARTIALLY_SETTLED"


def test_a_day_with_more_refunds_than_captures_is_postponed(make):
    paid = taken(make.paid(10000), 10000)
    [paid] = settled(paid)[1]
    made, _ = settled(returned(paid, 4000, NOW + timedelta(days=1)), day=TODAY + timedelta(days=1))

    assert made.payment_status == "postponed"
    assert made.amounts[0].shown() == {
        "amount": -4000, "capture": 0, "refund": -4000, "fee": 0, "currency": "NOK"
    }  # fmt: skip


def test_providers_currencies_sellers_and_days_are_settled_apart(make):
    def one(method: str, at: datetime = NOW, **order: object) -> Transaction:
        return taken(make.paid(10000, method, **order), 5000, at)

    payments = [
        one("klarna.klarna", NOW + timedelta(days=1)),
        one("dintero_psp.vipps"),
        one("dintero_psp.creditcard"),
        one("dintero_psp.vipps", currency="EUR"),
        one("dintero_psp.vipps", store={"id": "s", "payout_destination_id": "ola"}),
        one("dintero_psp.vipps", payout_destination_id="ola"),
        one("klarna.klarna"),
    ]
    found = rules.batches(payments, date.min, date.max)

    assert {batch: [payments.index(t) for t in ts] for batch, ts in found.items()} == {
        Batch(TODAY, "dintero_psp", "", "EUR"): [3],
        Batch(TODAY, "dintero_psp", "", "NOK"): [1, 2],
        Batch(TODAY, "dintero_psp", "ola", "NOK"): [4, 5],
        Batch(TODAY, "klarna", "", "NOK"): [6],
        Batch(TODAY + timedelta(days=1), "klarna", "", "NOK"): [0],
    }
    assert list(found) == sorted(found)


def test_what_moved_no_money_is_not_settled(make):
    from mock_dintero.core.transaction import append

    authorized = make.paid(10000)
    failed = append(authorized, "CAPTURE", NOW, success=False, amount=10000)
    nothing = append(authorized, "CAPTURE", NOW, amount=0)

    assert rules.batches([authorized, failed, nothing], date.min, date.max) == {}


def test_the_files_tell_the_same_in_json_and_csv(make):
    paid = returned(taken(make.paid(10000, merchant_reference='a;b,"c"\nd'), 10000), 100)
    made, _ = settled(paid)

    told = json.loads(rules.json_file(made))
    assert list(told) == [
        "date_from", "date_to", "settlement_date", "dintero_settlement_id", "account_id",
        "amount", "capture", "refund", "fee", "currency", "settlement_reference", "transactions",
    ]  # fmt: skip
    assert (told["date_from"], told["settlement_date"]) == ("2026-11-22", "2026-11-23")
    assert (
        sum(row["capture"] + row["refund"] + row["fee"] for row in told["transactions"])
        == (told["amount"])
    )
    lines = list(csv.DictReader(io.StringIO(rules.csv_file(made), newline="")))
    assert [{name: str(row.get(name, "")) for name in line} for row, line in
            zip(told["transactions"], lines, strict=True)] == lines  # fmt: skip
    assert lines[0]["reference"] == 'a;b,"c"\nd'
    assert lines[0]["card_brand"] == "Visa"


def test_settlements_are_found_by_every_filter(make):
    made, [after] = settled(
        taken(make.paid(10000, payout_destination_id="ola", merchant_reference_2="no 2"), 10000)
    )

    def found(**wanted: object) -> bool:
        return rules.fits(made, SettlementFilter(**wanted))

    at = rules.time_of(TODAY)
    second = timedelta(seconds=1)
    assert found()
    assert found(providers=("klarna", "dintero_psp"))
    assert not found(providers=("klarna",))
    assert found(payout_destination_id="ola")
    assert not found(payout_destination_id="kari")
    for text in (made.id, made.provider_reference, after.id, after.merchant_reference, "no 2"):
        assert found(search=text)
    assert not found(search="no")
    for what in ("settled_at", "created_at"):
        assert found(times=((what, "gte", at), (what, "lte", at)))
        assert not found(times=((what, "gte", at + second),))
        assert not found(times=((what, "lte", at - second),))


STEPS = st.lists(
    st.tuples(
        st.integers(0, 30),  # hours that pass before it
        st.sampled_from(["capture", "refund", "settle"]),
        st.integers(0, 3),  # which payment
        st.integers(1, 400),
    ),
    max_size=40,
)


@given(STEPS)
def test_all_that_moved_is_settled_once(make, steps):
    """Whenever somebody looks, and however many days have passed: the sums agree at the end."""
    methods = ["dintero_psp.vipps", "dintero_psp.creditcard", "klarna.klarna", "vipps"]
    payments = {
        f"T12345678.{n}": make.paid(1000, method).with_(id=f"T12345678.{n}")
        for n, method in enumerate(methods)
    }
    made: list[Settlement] = []
    now = NOW

    def settle() -> None:
        last = rules.last_due_day(now)
        for batch, found in rules.batches(payments.values(), date.min, last).items():
            latest = [payments[transaction.id] for transaction in found]
            settlement, noted = rules.settle(
                f"T12345678.s{len(made):06}", batch, latest, UUIDS, rules.time_of(batch.day)
            )
            made.append(settlement)
            payments.update((transaction.id, transaction) for transaction in noted)
        assert not rules.batches(payments.values(), date.min, last)

    for hours, what, which, amount in steps:
        now += timedelta(hours=hours)
        if what == "settle":
            settle()
            continue
        payment = payments[f"T12345678.{which}"]
        left = payment.left_to_capture if what == "capture" else payment.left_to_refund
        if left:
            move = taken if what == "capture" else returned
            payments[payment.id] = move(payment, min(amount, left), now)
    now += timedelta(days=2)
    settle()

    whole = [settlement.amounts[0] for settlement in made]
    captured = sum(payment.total("CAPTURE") for payment in payments.values())
    refunded = sum(payment.total("REFUND") for payment in payments.values())
    assert sum(amounts.capture for amounts in whole) == captured
    assert sum(amounts.refund for amounts in whole) == -refunded
    assert all(a.amount == a.capture + a.refund + a.fee for a in whole)
    settled_events = [
        (payment.id, one.event_correlation_id)
        for payment in payments.values()
        for event in payment.events
        if event.settlements
        for one in event.settlements.events
    ]
    moved = {
        (payment.id, event.id)
        for payment in payments.values()
        for event in payment.events
        if event.event in ("CAPTURE", "REFUND")
    }
    assert len(settled_events) == len(set(settled_events))
    assert set(settled_events) == moved
    keys = [(s.start_at, s.provider) for s in made]
    assert len(keys) == len(set(keys))
    assert all(
        p.settlement_status != "NOT_SETTLED" for p in payments.values() if p.total("CAPTURE")
    )
