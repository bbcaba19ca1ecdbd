"""What holds for every ledger, whatever is asked of it: on every method, with arbitrary amounts.

The model beside the machine counts only four numbers; what it expects is written from the table in
transactions.md 3.3, not from the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mock_dintero.core import job as jobs
from mock_dintero.core.call import Call, noted
from mock_dintero.core.errors import AmountTooHigh, InvalidRequest, InvalidTransactionStatus
from mock_dintero.core.operation import (
    CaptureBody,
    RefundBody,
    capture,
    refund,
    set_reference,
    void,
)
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.provider_failure import FINISHES, INITIATES, Failure
from mock_dintero.core.transaction import Transaction, append

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
REFUSALS = (AmountTooHigh, InvalidRequest, InvalidTransactionStatus)
ITEMS = [{"line_id": "1", "quantity": 1, "amount": 5, "ext": {"a": None}}]
VOID_AFTER_PART_CAPTURE = {
    "payex.creditcard", "payex.mobilepay", "payex.vipps", "payex.applepay", "payex.clicktopay",
    "payex.googlepay", "vipps", "klarna.klarna", "klarna.billie",
}  # fmt: skip
PAYING = sorted(set(METHODS) - {"dintero.zero"})
AMOUNTS = st.integers(1, 120) | st.integers(-5, 2**31 - 1) | st.sampled_from([0, -1, 1, 2**31 - 1])
OPERATIONS = st.tuples(st.sampled_from(["capture", "refund", "void"]), AMOUNTS)


def operate(
    transaction: Transaction, operation: str, amount: int, now: datetime,
    failure: Failure | None = None,
) -> Transaction:  # fmt: skip
    if operation == "capture":
        body = CaptureBody.model_validate({"amount": amount, "items": ITEMS})
        return capture(transaction, body, "client-1", now, failure)
    if operation == "refund":
        body = RefundBody.model_validate({"amount": amount, "items": ITEMS})
        return refund(transaction, body, "x", now, failure)
    return void(transaction, "client-1", now, failure)


def opened(type_: str, amount: int) -> Transaction:
    """A payment as it stands after approval, built by hand."""
    bare = Transaction.model_validate(
        {"id": "T12345678.t", "session_id": "T12345678.s", "payment_product_type": type_,
         "amount": amount, "currency": "NOK", "merchant_reference": "r", "events": [],
         "created_at": "2026-11-22T10:00:00.000Z", "updated_at": "2026-11-22T10:00:00.000Z",
         "items": ITEMS, "customer": {"email": "a@b.example", "x": None}, "metadata": {"n": 1}}
    )  # fmt: skip
    begun = append(bare, "INITIALIZE", START, status="INITIATED")
    if "swish" in type_:
        return append(begun, "CAPTURE", START, amount=amount)
    return append(begun, "AUTHORIZE", START, amount=amount, status="AUTHORIZED")


@dataclass
class Sums:
    """A, C, R and "open" of transactions.md 3.2."""

    authorized: int
    captured: int = 0
    refunded: int = 0
    voided: bool = False

    @property
    def status(self) -> str:
        a, c, r = self.authorized, self.captured, self.refunded
        if c == 0:
            return "AUTHORIZATION_VOIDED" if self.voided else "AUTHORIZED"
        if 0 < c < a and not self.voided:
            return "PARTIALLY_CAPTURED" if r == 0 else "PARTIALLY_CAPTURED_REFUNDED"
        if r == 0:
            return "CAPTURED"
        return "REFUNDED" if r == c else "PARTIALLY_REFUNDED"

    def allows(self, type_: str, operation: str, amount: int) -> bool:
        open_ = not self.voided and self.captured < self.authorized
        if operation == "capture":
            return open_ and 0 < amount <= self.authorized - self.captured
        if operation == "refund":
            return 0 < amount <= self.captured - self.refunded
        return open_ and (self.captured == 0 or type_ in VOID_AFTER_PART_CAPTURE)

    def take(self, operation: str, amount: int) -> None:
        if operation == "capture":
            self.captured += amount
        elif operation == "refund":
            self.refunded += amount
        else:
            self.voided = True


def require_sound(transaction: Transaction, sums: Sums) -> None:
    assert transaction.amount == sums.authorized
    assert transaction.total("CAPTURE") == sums.captured <= sums.authorized
    assert transaction.total("REFUND") == sums.refunded <= sums.captured
    left = 0 if sums.voided else sums.authorized - sums.captured
    assert transaction.left_to_capture == left >= 0
    assert transaction.left_to_refund == sums.captured - sums.refunded >= 0
    assert transaction.status == sums.status
    assert transaction.events[-1].transaction_status == sums.status
    ids = [int(event.id) for event in transaction.events]
    assert all(one < other for one, other in pairwise(ids))
    times = [event.created_at for event in transaction.events]
    assert times == sorted(times)


def require_round_trip(transaction: Transaction) -> None:
    text = transaction.model_dump_json(exclude_unset=True)
    read = Transaction.model_validate_json(text)
    assert read == transaction
    assert read.model_fields_set == transaction.model_fields_set
    assert read.model_dump_json(exclude_unset=True) == text


class Ledger(RuleBasedStateMachine):
    """A payment, and a merchant who tries everything."""

    @initialize(type_=st.sampled_from(PAYING), amount=st.integers(1, 100) | st.just(2**31 - 1))
    def pay(self, type_, amount):
        self.type, self.now, self.pending = type_, START, []
        self.transaction = opened(type_, amount)
        self.sums = Sums(amount, captured=amount if "swish" in type_ else 0)

    def attempt(self, operation, amount):
        self.now += timedelta(seconds=1)
        before, text = self.transaction, self.transaction.model_dump_json()
        if self.sums.allows(self.type, operation, amount):
            self.transaction = operate(before, operation, amount, self.now)
            self.sums.take(operation, amount)
            assert self.transaction.events[:-1] == before.events
            assert self.transaction.events[-1].event == operation.upper()
        else:
            with pytest.raises(REFUSALS):
                operate(before, operation, amount, self.now)
        assert before.model_dump_json() == text

    @rule(amount=AMOUNTS)
    def capture(self, amount):
        self.attempt("capture", amount)

    @rule(amount=AMOUNTS)
    def refund(self, amount):
        self.attempt("refund", amount)

    @precondition(lambda self: self.transaction.left_to_capture)
    @rule(data=st.data())
    def capture_some(self, data):
        self.attempt("capture", data.draw(st.integers(1, self.transaction.left_to_capture)))

    @precondition(lambda self: self.transaction.left_to_refund)
    @rule(data=st.data())
    def refund_some(self, data):
        self.attempt("refund", data.draw(st.integers(1, self.transaction.left_to_refund)))

    @rule()
    def capture_the_rest(self):
        self.attempt("capture", self.transaction.left_to_capture)

    @rule()
    def refund_the_rest(self):
        self.attempt("refund", self.transaction.left_to_refund)

    @rule()
    def void(self):
        self.attempt("void", self.sums.authorized - self.sums.captured)

    @rule()
    def a_capture_fails_at_the_provider(self):
        self.now += timedelta(seconds=1)
        self.transaction = append(
            self.transaction, "CAPTURE", self.now, success=False,
            amount=self.sums.authorized, error={"code": "Error", "message": "time-out"},
        )  # fmt: skip

    @rule(
        operation=st.sampled_from(["capture", "refund", "void"]), amount=AMOUNTS,
        do=st.sampled_from(["refuse", "time_out", "pending"]),
    )  # fmt: skip
    def the_provider_does_something_else(self, operation, amount, do):
        """It says no, or begins: either way no money has moved. What is wrong in itself stays wrong."""
        self.now += timedelta(seconds=1)
        before = self.transaction
        if not self.sums.allows(self.type, operation, amount):
            with pytest.raises(REFUSALS):
                operate(before, operation, amount, self.now, Failure(do))
            return
        after = operate(before, operation, amount, self.now, Failure(do))
        last, verb = after.events[-1], operation.upper()
        assert after.events[:-1] == before.events
        assert last.success == (do == "pending") != bool(last.error)
        assert last.event == (INITIATES[verb] if do == "pending" else verb)
        self.transaction = noted(after, Call(f"request-{len(after.events)}"), before)
        if do == "pending":
            job = jobs.finish_operation("T12345678.j", self.transaction, 60, self.now)
            self.pending.append(job)

    @precondition(lambda self: self.pending)
    @rule(data=st.data())
    def the_provider_finishes(self, data):
        """In whatever order; without room it fails."""
        self.now += timedelta(seconds=60)
        job = self.pending.pop(data.draw(st.integers(0, len(self.pending) - 1)))
        begun = job.operation
        operation, amount = FINISHES[begun["event"]].lower(), begun["amount"]
        left = self.sums.authorized - self.sums.captured
        room = self.sums.captured - self.sums.refunded if operation == "refund" else left
        has_room = amount <= room and (operation == "refund" or not self.sums.voided)
        done, self.transaction = jobs.finished(job, self.transaction, self.now)
        last = self.transaction.events[-1]
        assert done.due is None
        assert last.success == has_room
        assert last.correlation_request_id == begun["request_id"]
        if has_room:
            self.sums.take(operation, amount)

    @rule(hours=st.integers(1, 60))
    def the_automatic_capture_is_tried_again(self, hours):
        """It takes all or nothing, and nothing if somebody has captured or voided."""
        self.now += timedelta(hours=hours)
        job = jobs.retry_auto_capture("T12345678.j", self.transaction, START)
        free = not self.sums.captured and not self.sums.voided
        _, after = jobs.captured_again(job, self.transaction, None, self.now)
        if free:
            self.sums.take("capture", self.sums.authorized)
        else:
            assert after is self.transaction
        self.transaction = after

    @rule(reference=st.none() | st.sampled_from(["10023"]))
    def name_it(self, reference):
        self.transaction = set_reference(self.transaction, reference, self.now)

    @invariant()
    def the_books_are_sound(self):
        require_sound(self.transaction, self.sums)

    @invariant()
    def nothing_is_lost_on_the_way_to_the_store(self):
        require_round_trip(self.transaction)


def test_no_merchant_can_bring_a_ledger_out_of_balance():
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=120, stateful_step_count=14, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("type_", PAYING)
def test_every_method_keeps_its_books(type_):
    @settings(max_examples=15, deadline=None)
    @given(amount=st.integers(1, 100), operations=st.lists(OPERATIONS, max_size=8))
    def keeps(amount, operations):
        transaction = opened(type_, amount)
        sums = Sums(amount, captured=amount if "swish" in type_ else 0)
        for operation, asked in operations:
            if sums.allows(type_, operation, asked):
                transaction = operate(transaction, operation, asked, START)
                sums.take(operation, asked)
            else:
                with pytest.raises(REFUSALS):
                    operate(transaction, operation, asked, START)
            require_sound(transaction, sums)
        require_round_trip(transaction)

    keeps()


@given(st.lists(OPERATIONS | st.tuples(st.sampled_from(["capture", "refund", "void"]), st.just(0))))
def test_a_payment_of_zero_moves_no_money(operations):
    transaction = opened("dintero.zero", 0)
    for operation, amount in operations:
        try:
            transaction = operate(transaction, operation, amount, START)
        except REFUSALS:
            continue
        assert (transaction.left_to_capture, transaction.left_to_refund) == (0, 0)

    assert transaction.total("CAPTURE") == transaction.total("REFUND") == 0
    assert len(transaction.events) <= 4
    require_round_trip(transaction)


@given(st.integers(1, 10**6), st.data())
def test_part_captures_of_the_whole_are_captured_and_their_refunds_refunded(amount, data):
    transaction = opened("dintero_psp.creditcard", amount)
    while transaction.left_to_capture:
        part = data.draw(
            st.integers((transaction.left_to_capture + 2) // 3, transaction.left_to_capture)
        )
        transaction = operate(transaction, "capture", part, START)
    assert transaction.status == "CAPTURED"
    while transaction.left_to_refund:
        part = data.draw(
            st.integers((transaction.left_to_refund + 2) // 3, transaction.left_to_refund)
        )
        transaction = operate(transaction, "refund", part, START)
    assert transaction.status == "REFUNDED"
