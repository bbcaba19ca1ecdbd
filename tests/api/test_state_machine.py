"""Sessions and transactions in any order through HTTP, against a model written from Dintero's guides.

`HYPOTHESIS_PROFILE=explore pytest tests/api/test_state_machine.py` plays 1,000 sequences instead of a few.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sandbox import ADDRESS, ITEMS, PICKUP, POSTEN, VIPPS, Json, Merchant, opened, session_body

KLARNA, CARD = "klarna.klarna", "dintero_psp.creditcard"
CALLBACKS = {
    "none": None,
    "plain": "http://shop.example/paid",
    "post": "http://shop.example/paid?method=POST&includes=session",
    "errors": "http://shop.example/paid?report_error=true",
    "all": "http://shop.example/paid?report_error=true&report_event=CAPTURE&report_event=REFUND"
    "&report_event=VOID",
}
DAY = 24 * 3600
REFUSED = {"decline": "DECLINED", "expire": "FAILED"}


@dataclass
class Payment:
    """A transaction as the guides have it: sums, and how the attempt ended."""

    method: str
    amount: int
    shown: tuple[Any, ...]
    attempt: str = "INITIATED"
    captured: int = 0
    refunded: int = 0
    is_open: bool = True

    @property
    def status(self) -> str:
        """The table of status by sums; written without a look at the sandbox's."""
        if self.attempt != "AUTHORIZED":
            return self.attempt
        back = self.refunded > 0
        if not self.captured:
            return "AUTHORIZED" if self.is_open else "AUTHORIZATION_VOIDED"
        if self.captured == self.amount or not self.is_open:
            if self.refunded == self.captured:
                return "REFUNDED"
            return "PARTIALLY_REFUNDED" if back else "CAPTURED"
        return "PARTIALLY_CAPTURED_REFUNDED" if back else "PARTIALLY_CAPTURED"

    @property
    def capturable(self) -> int:
        is_reserved = self.attempt == "AUTHORIZED" and self.is_open
        return self.amount - self.captured if is_reserved else 0


@dataclass
class Checkout:
    """A session as the guides have it."""

    id: str
    is_express: bool
    callback: str
    expires: int
    is_locked: bool = False
    has_options: bool = False
    end: str = ""
    under_way: str = ""
    outcome: str = ""
    payments: dict[str, Payment] = field(default_factory=dict)
    told: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(transaction, event, error) of every payment callback that is due."""
    seen: Json = field(default_factory=dict)

    def tell(self, transaction: str = "", event: str = "", error: str = "") -> None:
        wanted = CALLBACKS[self.callback]
        if wanted is None or (error and "report_error" not in wanted):
            return
        if event and f"report_event={event}" not in wanted:
            return
        self.told[transaction, event, error] += 1


OPENED = ExitStack()
NUMBERS = count(10_000_000)
DONE: Counter[str] = Counter()


def the_merchant() -> Merchant:
    """One sandbox for all sequences; each has an account of its own."""
    if not hasattr(the_merchant, "made"):
        the_merchant.made = OPENED.enter_context(opened())  # type: ignore[attr-defined]
    made: Merchant = the_merchant.made  # type: ignore[attr-defined]
    return made


class Shopping(RuleBasedStateMachine):
    """Up to three sessions at once; every call may be refused, and the model knows when."""

    @initialize()
    def begin(self) -> None:
        self.merchant, self.now = the_merchant(), 0
        self.account = f"T{next(NUMBERS)}"
        self.merchant.log_in(self.account, "me", "secret")
        self.carried = len(self.merchant.shop.asked)
        self.checkouts: list[Checkout] = []
        self.touched: Checkout | None = None
        DONE["sequences"] += 1

    # What is asked and expected ------------------------------------------------------------------

    def call(self, what: str, is_fine: bool, method: str, path: str, json: Any = None) -> Any:
        """A call that must succeed exactly if the model says so."""
        sent = {"json": json} if json is not None else {}
        answer = self.merchant.call(method, path, **sent)
        DONE[f"{what} {'done' if is_fine else 'refused'}"] += 1
        assert answer.status_code < 500, answer.text
        assert (answer.status_code < 400) is is_fine, f"{what}: {answer.status_code} {answer.text}"
        if not is_fine:
            assert answer.json()["error"]["code"]
        return answer

    def pick(self, index: int) -> Checkout:
        self.touched = self.checkouts[index % len(self.checkouts)]
        return self.touched

    def is_open(self, checkout: Checkout) -> bool:
        return not checkout.end and self.now < checkout.expires

    def offered(self, checkout: Checkout) -> Json:
        found: Json = self.merchant.session(checkout.id)["order"]
        return found

    def what_is_shown(self, checkout: Checkout) -> tuple[Any, ...]:
        order = self.offered(checkout)
        return order["amount"], order.get("shipping_address"), order.get("shipping_option")

    any_index = st.integers(0, 2)
    has_checkouts = precondition(lambda self: self.checkouts)
    has_payments = precondition(lambda self: any(c.payments for c in self.checkouts))
    has_under_way = precondition(lambda self: any(c.under_way for c in self.checkouts))

    # Rules -----------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.checkouts) < 3)
    @rule(is_express=st.booleans(), callback=st.sampled_from(sorted(CALLBACKS)))
    def create(self, is_express: bool, callback: str) -> None:
        urls = {"return_url": "https://shop.example/return", "callback_url": CALLBACKS[callback]}
        express = session_body()["express"] | {
            "discount_codes": {"callback_url": "http://shop.example/codes", "max_count": 2}
        }
        body = session_body(
            url={name: url for name, url in urls.items() if url},
            express=express if is_express else None,
            configuration={"discounts": {"express_discount_codes": {"enabled": True}}},
        )
        made = self.call(
            "create", True, "POST", "/v1/sessions-profile?include_session=true", body
        ).json()
        self.checkouts.append(Checkout(made["id"], is_express, callback, self.now + DAY))
        self.touched = self.checkouts[-1]
        assert self.merchant.session(made["id"]) == made["session"]

    @precondition(lambda self: len(self.checkouts) < 3)
    @rule(is_express=st.booleans(), callback=st.sampled_from(["plain", "all"]),
          method=st.sampled_from([VIPPS, KLARNA]),
          outcome=st.sampled_from(["approve", "approve", "decline", "expire", ""]))  # fmt: skip
    def buy(self, is_express: bool, callback: str, method: str, outcome: str) -> None:
        """Straight to a payment, as most of what can go wrong comes after it; "" stays in the wallet."""
        self.create(is_express, callback)
        index = len(self.checkouts) - 1
        if is_express:
            self.give_address(index, "Oslo")
            self.choose_shipping(index, POSTEN)
        self.pay(index, method)
        if outcome:
            self.settle(self.checkouts[index], outcome)

    @has_checkouts
    @rule(index=any_index, without_lock=st.booleans(), quantity=st.integers(1, 3),
          is_right=st.sampled_from([True, True, True, False]))  # fmt: skip
    def update(self, index: int, without_lock: bool, quantity: int, is_right: bool) -> None:
        checkout = self.pick(index)
        amount = 5000 * quantity
        items = [{**ITEMS[1], "quantity": quantity, "amount": amount}]
        body = {"order": {"items": items, "amount": amount if is_right else amount + 1}}
        is_fine = self.is_open(checkout) and is_right and (checkout.is_locked or without_lock)
        query = "?update_without_lock=true" if without_lock else ""
        answer = self.call("update", is_fine, "PUT", f"/v1/sessions/{checkout.id}{query}", body)
        if is_fine:
            checkout.is_locked = False
            assert answer.json() == self.merchant.session(checkout.id)

    def page(
        self, what: str, is_fine: bool, checkout: Checkout, call: str, json: Any = None
    ) -> Any:
        """A call of the page; its answer is the session, as the merchant reads it, and a little more."""
        method, path = call.split()
        answer = self.call(what, is_fine, method, f"/v1/view/{checkout.id}/session{path}", json)
        if is_fine and answer.status_code == 200 and "url" in answer.json():
            seen = {n: v for n, v in answer.json().items() if n not in ("operations", "pay_lock")}
            assert seen == self.merchant.session(checkout.id)
        return answer

    def is_editable(self, checkout: Checkout) -> bool:
        return self.is_open(checkout) and checkout.is_express and not checkout.is_locked

    @has_checkouts
    @rule(index=any_index)
    def lock(self, index: int) -> None:
        checkout = self.pick(index)
        is_fine = self.is_open(checkout) and checkout.is_express
        self.page("lock", is_fine, checkout, "POST /lock")
        checkout.is_locked |= is_fine

    @has_checkouts
    @rule(index=any_index, place=st.sampled_from(["Oslo", "Bergen"]))
    def give_address(self, index: int, place: str) -> None:
        checkout = self.pick(index)
        is_fine = self.is_editable(checkout)
        body = {**ADDRESS, "postal_place": place}
        self.page("address", is_fine, checkout, "PUT /order/shipping_address", body)
        checkout.has_options |= is_fine

    @has_checkouts
    @rule(index=any_index, option=st.sampled_from([POSTEN, PICKUP]))
    def choose_shipping(self, index: int, option: Json) -> None:
        checkout = self.pick(index)
        is_fine = self.is_editable(checkout) and checkout.has_options
        self.page("shipping", is_fine, checkout, "PUT /order/shipping_option", option)

    @has_checkouts
    @rule(index=any_index, codes=st.lists(st.sampled_from("ABC"), max_size=3))
    def submit_codes(self, index: int, codes: list[str]) -> None:
        checkout = self.pick(index)
        is_fine = self.is_editable(checkout) and len(codes) < 3 and len(set(codes)) == len(codes)
        body = {"discount_codes": codes}
        self.page("codes", is_fine, checkout, "PUT /order/discount_codes", body)
        if is_fine:
            checkout.has_options = True  # the answer brings options, with or without an address

    @has_checkouts
    @rule(index=any_index, method=st.sampled_from([VIPPS, KLARNA, CARD, "swish.swish"]))
    def pay(self, index: int, method: str) -> None:
        checkout = self.pick(index)
        order = self.offered(checkout)
        is_ready = not checkout.is_express or (
            "shipping_address" in order and "shipping_option" in order
        )
        is_fine = (
            self.is_open(checkout) and not checkout.is_locked and is_ready
            and method != "swish.swish"  # it takes SEK only
        )  # fmt: skip
        path = f"/v1/sessions/{checkout.id}/pay"
        answer = self.call("pay", is_fine, "POST", path, {"payment_product_type": method})
        if is_fine:
            if checkout.under_way:
                checkout.payments[checkout.under_way].attempt = "FAILED"
            tid = answer.json()["redirect_url"].rpartition("/")[2]
            shown = self.what_is_shown(checkout)
            checkout.payments[tid] = Payment(method, order["amount"], shown)
            checkout.under_way = tid

    @has_under_way
    @rule(index=any_index, outcome=st.sampled_from(["approve", "approve", "decline", "expire"]))
    def finish(self, index: int, outcome: str) -> None:
        waiting = [checkout for checkout in self.checkouts if checkout.under_way]
        self.settle(waiting[index % len(waiting)], outcome)

    def settle(self, checkout: Checkout, outcome: str) -> None:
        """The wallet's answer to the payment that is under way."""
        self.touched, tid = checkout, checkout.under_way
        payment = checkout.payments[tid]
        is_same = payment.shown == self.what_is_shown(checkout)
        is_fine = (
            self.is_open(checkout) and not checkout.is_locked
            and (is_same or outcome != "approve")
        )  # fmt: skip
        where = self.merchant.finish(checkout.id, tid, outcome)
        DONE[f"{outcome} {'done' if is_fine else 'refused'}"] += 1
        assert where.startswith("https://shop.example/return?") is is_fine, where
        if not is_fine:
            return
        error = "authorization" if outcome in REFUSED else ""
        query = dict(parse_qsl(urlsplit(where).query))
        assert query.get("transaction_id") == tid
        assert query.get("error", "") == error
        payment.attempt = REFUSED.get(outcome, "AUTHORIZED")
        checkout.under_way, checkout.outcome, checkout.end = "", tid, outcome
        checkout.tell(tid, error=error)

    @has_under_way
    @rule(index=any_index)
    def go_back(self, index: int) -> None:
        waiting = [checkout for checkout in self.checkouts if checkout.under_way]
        checkout = self.touched = waiting[index % len(waiting)]
        self.merchant.finish(checkout.id, checkout.under_way, "back")
        checkout.payments[checkout.under_way].attempt = "FAILED"
        checkout.under_way = ""
        DONE["back done"] += 1

    def transaction(self, index: int) -> tuple[Checkout, str, Payment]:
        found = [(c, tid, p) for c in self.checkouts for tid, p in c.payments.items()]
        paid = [one for one in found if one[2].attempt == "AUTHORIZED"] or found
        self.touched = paid[index % len(paid)][0]
        return paid[index % len(paid)]

    @has_payments
    @rule(index=any_index, share=st.sampled_from([0, 0.3, 0.5, 1, 1.1]))
    def capture(self, index: int, share: float) -> None:
        checkout, tid, payment = self.transaction(index)
        amount = int((payment.capturable or payment.amount) * share)
        is_fine = 0 < amount <= payment.capturable
        path = f"/v1/transactions/{tid}/capture"
        self.call("capture", is_fine, "POST", path, {"amount": amount})
        if is_fine:
            payment.captured += amount
            checkout.tell(tid, "CAPTURE")

    @has_payments
    @rule(index=any_index, share=st.sampled_from([0, 0.3, 0.5, 1, 1.1]))
    def refund(self, index: int, share: float) -> None:
        checkout, tid, payment = self.transaction(index)
        left = payment.captured - payment.refunded
        amount = int((left or payment.amount) * share)
        is_fine = 0 < amount <= left
        self.call("refund", is_fine, "POST", f"/v1/transactions/{tid}/refund", {"amount": amount})
        if is_fine:
            payment.refunded += amount
            checkout.tell(tid, "REFUND")

    @has_payments
    @rule(index=any_index, first=st.sampled_from([0.3, 1]), then=st.sampled_from([0.5, 1]))
    def capture_and_refund(self, index: int, first: float, then: float) -> None:
        self.capture(index, first)
        self.refund(index, then)

    @has_payments
    @rule(index=any_index)
    def void(self, index: int) -> None:
        checkout, tid, payment = self.transaction(index)
        is_fine = payment.status == "AUTHORIZED" or (
            payment.status.startswith("PARTIALLY_CAPTURED") and payment.method == KLARNA
        )
        self.call("void", is_fine, "POST", f"/v1/transactions/{tid}/void")
        if is_fine:
            payment.is_open = False
            checkout.tell(tid, "VOID")

    @has_checkouts
    @rule(index=any_index)
    def cancel(self, index: int) -> None:
        checkout = self.pick(index)
        tid = checkout.outcome or checkout.under_way
        payment = checkout.payments.get(tid)
        is_again = checkout.end == "cancel"
        is_fine = is_again or payment is None or payment.status in ("INITIATED", "AUTHORIZED")
        answer = self.call("cancel", is_fine, "POST", f"/v1/sessions/{checkout.id}/cancel")
        if is_fine:
            assert answer.json() == self.merchant.session(checkout.id)
        if is_fine and not is_again:
            checkout.end, checkout.under_way, checkout.is_locked = "cancel", "", False
            if payment:
                payment.attempt, payment.is_open = "AUTHORIZED", False
                checkout.tell(tid, "VOID")

    @has_checkouts
    @rule(index=any_index)
    def abandon(self, index: int) -> None:
        checkout = self.pick(index)
        is_fine = checkout.end in ("", "abandon", "cancel")
        self.call("abandon", is_fine, "POST", f"/v1/view/{checkout.id}/session/abandon")
        if is_fine and not checkout.end:
            checkout.end, checkout.is_locked = "abandon", False
            if checkout.under_way:
                checkout.under_way = ""  # nobody answers for it any more
            checkout.tell(error="cancelled")

    @has_checkouts
    @rule(seconds=st.sampled_from([0, 60, 3600, DAY // 2]))
    def advance(self, seconds: int) -> None:
        self.now += seconds
        self.merchant.advance(seconds)
        self.merchant.log_in(self.account, "me", "secret")
        for checkout in self.checkouts:  # a callback that was carried is an event of its session
            checkout.seen = self.merchant.session(checkout.id)
        DONE["advance done"] += 1

    # What must hold after every step -----------------------------------------------------------------

    @invariant()
    def all_is_well(self) -> None:
        """In this order: the changed session, its transactions, then everything else."""
        if getattr(self, "touched", None):
            self.the_session_is_as_it_should_be(self.touched)
            self.the_transactions_are_as_they_should_be(self.touched)
            self.the_lists_have_everything_and_the_others_are_untouched()

    def the_session_is_as_it_should_be(self, checkout: Checkout) -> None:
        session = checkout.seen = self.merchant.session(checkout.id)
        order = session["order"]
        shipping = order.get("shipping_option", {}).get("amount", 0)
        assert order["amount"] == sum(item["amount"] for item in order["items"]) + shipping
        assert session.get("transaction_id", "") == checkout.outcome
        names = [event["name"] for event in session["events"]]
        assert ("AUTHORIZED" in names) is (checkout.end == "approve" or (
            checkout.end == "cancel" and bool(checkout.outcome)
        ))  # fmt: skip
        assert ("CANCELLED" in names) is (checkout.end in ("cancel", "abandon"))
        stamps = [event["created_at"] for event in session["events"]]
        assert stamps == sorted(stamps)

    def the_transactions_are_as_they_should_be(self, checkout: Checkout) -> None:
        for tid, payment in checkout.payments.items():
            shown = self.merchant.transaction(tid)
            assert shown["status"] == payment.status, shown
            assert shown["amount"] == payment.amount
            events = [event for event in shown["events"] if event["success"]]
            for name, total in (("CAPTURE", payment.captured), ("REFUND", payment.refunded)):
                assert sum(e["amount"] for e in events if e["event"] == name) == total
            assert shown["events"][-1]["transaction_status"] == payment.status

    def the_lists_have_everything_and_the_others_are_untouched(self) -> None:
        listed = self.merchant.ok("GET", "/v1/sessions?limit=100")
        assert {one["id"] for one in listed} == {one.id for one in self.checkouts}
        seen = {one.id: one.seen for one in self.checkouts}
        for one in listed:
            assert one == seen[one["id"]]
        transactions = self.merchant.ok("GET", "/v1/transactions?limit=100")
        wanted = {tid for checkout in self.checkouts for tid in checkout.payments}
        assert {one["id"] for one in transactions} == wanted

    def teardown(self) -> None:
        """Every callback that was due has come once, none that was not."""
        if not getattr(self, "checkouts", None):
            return
        self.merchant.advance(120)
        told: Counter[tuple[str, ...]] = Counter()
        for one in self.merchant.shop.asked[self.carried :]:
            if one.at == "payment_callback":
                query = dict(parse_qsl(urlsplit(one.url).query))
                words = [query.get(name, "") for name in ("transaction_id", "event", "error")]
                told[one.session_id, *words] += 1
        wanted = {(c.id, *key): times for c in self.checkouts for key, times in c.told.items()}
        assert told == wanted
        DONE["callbacks"] += sum(wanted.values())


EXPLORES = os.environ.get("HYPOTHESIS_PROFILE") == "explore"


def test_any_order_of_operations_leads_to_what_the_guides_say() -> None:
    chosen = settings(
        max_examples=1000 if EXPLORES else 40,
        stateful_step_count=25, deadline=None, derandomize=not EXPLORES, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    with OPENED:
        run_state_machine_as_test(Shopping, settings=chosen)
    print(dict(sorted(DONE.items())))
    refusals = {name for name in DONE if name.endswith("refused")}
    assert {"update refused", "pay refused", "capture refused", "void refused"} <= refusals
    assert {"approve done", "capture done", "refund done", "void done", "cancel done"} <= set(DONE)
