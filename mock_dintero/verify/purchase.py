"""One purchase: the customer's steps, what the shop believes of it, and what Dintero knows."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

import httpx

from mock_dintero.core.callback_url import options
from mock_dintero.core.tampering import foreign_id
from mock_dintero.testing import Json
from mock_dintero.testing.door import SandboxSaidNo
from mock_dintero.verify import own_callback
from mock_dintero.verify.buyers import Outcome
from mock_dintero.verify.merchant import State
from mock_dintero.verify.promise import Broken, DoesNotApply
from mock_dintero.verify.sums import money

if TYPE_CHECKING:
    from mock_dintero.verify.shop import Order, Shop

LOOKS_EVERY = 0.02
"""Seconds between two looks at something that is waited for."""
PAID: tuple[State, ...] = ("paid", "captured", "partially_captured")
"""Paid; a shop may take the money at once."""
UNPAID: tuple[State, ...] = ("pending", "on_hold", "failed", "cancelled", "voided")
"""Nothing is paid, whatever the shop calls it."""
Operation = Literal["capture", "capture_part", "refund", "refund_part", "void", "update"]


class Purchase:
    """A session of the shop, from its creation on."""

    def __init__(self, shop: Shop, sid: str) -> None:
        self.shop = shop
        self.sid = sid

    # What Dintero knows

    @property
    def session(self) -> Json:
        """The session as it stands now."""
        return self.shop.dintero.peek(self.sid)

    @property
    def order_asked(self) -> Json:
        """The session's order as it stands now."""
        found: Json = self.session["order"]
        return found

    @property
    def reference(self) -> str:
        """The shop's own number of the order."""
        return str(self.order_asked.get("merchant_reference"))

    @property
    def transaction_id(self) -> str:
        """The id of its transaction; empty before there is one."""
        return str(self.session.get("transaction_id") or "")

    @property
    def transaction(self) -> Json:
        """Its transaction as Dintero knows it. Raises Broken if there is none."""
        if not self.transaction_id:
            raise Broken("the purchase has no transaction: nothing was paid")
        return self.shop.dintero.peek_transaction(self.transaction_id)

    def total(self, event: Literal["CAPTURE", "REFUND"]) -> int:
        """What was taken, or given back, at Dintero (minor units)."""
        return sum(one.get("amount") or 0 for one in self.successes(event))

    def comes_to(self, event: Literal["CAPTURE", "REFUND"], amount: int) -> int:
        """Wait until so much was taken or given back; answers with how much it was in the end."""
        self.shop.wait_until(lambda: self.total(event) == amount, self._belief)
        return self.total(event)

    def successes(self, event: str) -> list[Json]:
        """The events of this name in the transaction's ledger that did succeed, oldest first."""
        events = self.transaction["events"]
        return [one for one in events if one["event"] == event and one["success"]]

    def asked_for(self, verb: str) -> list[Json]:
        """The calls for capture, refund or void of this transaction, oldest first."""
        return self.shop.calls("POST", f"/transactions/{re.escape(self.transaction_id)}/{verb}$")

    @property
    def options(self) -> list[Json]:
        """The shipping options that are on offer now."""
        return list((self.session.get("express") or {}).get("shipping_options") or [])

    @property
    def facts(self) -> dict[str, str]:
        """What placeholders in merchant.toml stand for."""
        return {
            "reference": self.reference,
            "session_id": self.sid,
            "transaction_id": self.transaction_id,
        }

    def callbacks(self, at: str = "payment_callback") -> list[Json]:
        """The deliveries of this session, oldest first, each with its attempts."""
        return [one for one in self.shop.dintero.deliveries_of(self.sid) if one["at"] == at]

    @property
    def first_callback(self) -> Json:
        """The first payment callback, once the shop has answered it. Raises Broken if none was sent."""
        self.settled()
        sent = [one for one in self.callbacks() if one["attempts"]]
        if not sent:
            raise Broken("no payment callback was sent: the session has no url.callback_url")
        return sent[0]

    def answers(self, at: str = "payment_callback") -> list[int | None]:
        """How the shop answered each attempt so far; None where no answer came."""
        return [try_.get("status") for one in self.callbacks(at) for try_ in one["attempts"]]

    def asked_at(self, at: str) -> str:
        """Where the shop wants to be asked: its address or discount callback. Raises Broken if nowhere."""
        self._require_express()
        express = self.session["express"]
        names = {
            "address_callback": ("shipping_address_callback_url", express),
            "discount_callback": ("callback_url", express.get("discount_codes") or {}),
        }
        name, part = names[at]
        if not part.get(name):
            where = "" if part is express else "discount_codes."
            raise Broken(f"the session has no express.{where}{name}: the shop cannot be asked")
        return str(part[name])

    def question(self, address: Json | None = None, **order: Any) -> Json:
        """The session as Dintero sends it with a question, with this changed in its address and order."""
        session = self.session
        known = session["order"].get("shipping_address") or {"country": "NO", "postal_code": "0155"}
        given = {} if address is None else {"shipping_address": {**known, **address}}
        return {**session, "order": {**session["order"], **given, **order}}

    # The customer

    def give_address(self, address: Mapping[str, Any] | None = None) -> Json:
        """Give the address at home, or this one; answers with what the shop answered.

        `status` is 0 where no answer came; `error` says why Dintero cannot use it; `seconds` is how long
        it took; `options` and `order` are of its JSON, if it is some.
        """
        self._require_express()
        given = dict(self.shop.merchant.home if address is None else address)
        before = len(self.callbacks("address_callback"))
        try:
            self.shop.buyers.give_address(self.shop.dintero, self.sid, given)
        except SandboxSaidNo:
            if len(self.callbacks("address_callback")) == before:
                raise
        return self._answer("address_callback")

    def _require_express(self) -> None:
        if self.session.get("express") is None:
            raise DoesNotApply("the session has no `express`: the shop itself asks for the address")

    def choose(self, *line_ids: str) -> None:
        """Choose by `line_id`; without, the first option, or the first of each shipment."""
        self._require_express()
        self.shop.buyers.choose(self.shop.dintero, self.sid, line_ids or self._first_options())

    def submit_codes(self, *codes: str) -> Json:
        """Submit discount codes; answers with what the shop answered, as `give_address` does."""
        self._require_express()
        before = len(self.callbacks("discount_callback"))
        try:
            self.shop.buyers.submit_codes(self.shop.dintero, self.sid, codes)
        except SandboxSaidNo:
            if len(self.callbacks("discount_callback")) == before:
                raise
        return self._answer("discount_callback")

    def prepare(self, address: Mapping[str, Any] | None = None) -> None:
        """Everything until payment: the address, and the first way to send it.

        In a session without `express` the shop has asked for both already.
        """
        express = self.session.get("express")
        if express is None:
            return
        asks = bool(express.get("shipping_address_callback_url"))
        answered = self.give_address(address)
        if self.options:
            self.choose()
        elif asks:
            raise Broken(
                "the customer gave an address and was offered no way of shipping: the address callback "
                f"was answered with {answered['status'] or 'nothing'} {answered['text']}"
            )

    def pay(self, *, method: str = "", outcome: Outcome = "approve", returns: bool = True) -> None:
        """Pay (with Vipps unless named), answer in the wallet, and go back to the shop."""
        self.shop.buyers.pay(self.shop.dintero, self.sid, method, outcome, returns)
        self._skip_delay()

    def cancel(self, *, returns: bool = True) -> None:
        """Walk away from the checkout, and go back to the shop."""
        self.shop.buyers.cancel(self.shop.dintero, self.sid, returns)
        self._skip_delay()

    def open_return_page(self, **query: str) -> httpx.Response:
        """Open the return URL with this query, as a browser does; `merchant_reference` is there."""
        url = self.session["url"]["return_url"]
        return self.shop.visit(url, {"merchant_reference": self.reference, **query})

    # Dintero

    @property
    def made_up_id(self) -> str:
        """The id of a transaction of this account that does not exist."""
        return foreign_id(self.sid)

    @property
    def is_open(self) -> bool:
        """Whether it can still be paid, as far as the shop goes: it has not cancelled the session."""
        return not any(event["name"] == "CANCELLED" for event in self.session["events"])

    def decide(self, outcome: Literal["approve", "reject"]) -> None:
        """The provider decides about the payment that is on hold, and Dintero calls back."""
        self.shop.dintero.decide(self.transaction_id, outcome)
        self._skip_delay()

    def alter(self, **order: Any) -> None:
        """Change the session's order at Dintero, past the shop, with the account's credentials."""
        is_express = self.session.get("express") is not None
        express = {"express": {"shipping_options": self.options}} if is_express else {}
        body = {"order": order, **express}
        path = f"/v1/sessions/{self.sid}"
        self.shop.dintero.call("PUT", path, body, update_without_lock="true")

    def call_back(
        self,
        query: Mapping[str, str | None] | None = None,
        body: Mapping[str, Any] | None = None,
        *,
        age: float = 0,
        forged: bool = False,
    ) -> httpx.Response:
        """Call the shop's callback_url ourselves, in Dintero's form: see own_callback.Changes."""
        changes = own_callback.Changes(query or {}, body or {}, age, forged)
        return own_callback.send(self, changes)

    def later(self, seconds: float) -> None:
        """So much of the account's time passes, and Dintero has told what happened meanwhile."""
        self.shop.dintero.clock.advance(seconds)
        self._skip_delay()

    def _skip_delay(self) -> None:
        """Nobody waits for the `delay_callback` that the shop asks for: the clock is moved over it."""
        if delay := options(self.session["url"].get("callback_url") or "").delay:
            self.shop.dintero.clock.advance(delay)

    # What the shop believes

    @property
    def _belief(self) -> float:
        return self.shop.merchant.limits.belief

    @property
    def order(self) -> Order:
        """What the shop believes now."""
        return self.shop.order(self.facts)

    def becomes(self, *states: State, after: str = "") -> Order:
        """Wait until the shop believes one of these. Raises Broken with what it believes instead.

        `after` is what happened before, for that sentence: "the callback came twice".
        """
        deadline = time.monotonic() + self._belief
        while (order := self.order).state not in states:
            if time.monotonic() > deadline:
                raise self._disbelief(order, states, after)
            time.sleep(LOOKS_EVERY)
        return order

    def becomes_paid(self, after: str) -> Order:
        """As `becomes`, of an order that was paid; `after` is what happened before, for Broken's sentence."""
        paid = money(self.transaction["amount"])
        return self.becomes("paid", "captured", after=f"{after}, and {paid} was paid")

    def stays(self, *states: State, after: str = "") -> Order:
        """The shop believes one of these, also after it has had its time. Raises Broken otherwise."""
        self.settled()
        deadline = time.monotonic() + self.shop.merchant.order.settles_in
        while True:
            order = self.order
            if order.state not in states:
                raise self._disbelief(order, states, after)
            if time.monotonic() > deadline:
                return order
            time.sleep(LOOKS_EVERY)

    def shows(self, *states: State, after: str = "") -> Order:
        """As `becomes`, of the states that merchant.toml has a word for; without one, the order at rest.

        `after` is what happened before, for the sentence of Broken.
        """
        told = [state for state in states if state in self.shop.merchant.order.statuses]
        if not told:
            return self.at_rest()
        return self.becomes(*told, after=after)

    def at_rest(self) -> Order:
        """What the shop believes after it has had its time."""
        self.settled()
        time.sleep(self.shop.merchant.order.settles_in)
        return self.order

    def is_confirmed_once(self, after: str) -> Order:
        """The shop becomes paid, and the customer is told exactly once. Raises Broken otherwise."""
        self.becomes(*PAID, after=after)
        self.shop.wait_until(lambda: self.order.confirmations != 0, self._belief)
        order = self.stays(*PAID, after=after)
        if order.confirmations not in (None, 1):
            raise Broken(
                f"{after}: {order.in_words} and confirmed the order "
                f"{order.confirmations} times; {self.in_words()}"
            )
        return order

    def _disbelief(self, order: Order, states: tuple[State, ...], after: str) -> Broken:
        wanted = "though it is not paid" if states == UNPAID else f"not {_one_of(states)}"
        return Broken(
            f"{after}: " * bool(after)
            + f"{order.in_words} ({order.state}), {wanted}; {self.in_words()}"
        )

    def settled(self, within: float = 30) -> None:
        """Wait until no callback is open or due; one that is to be tried again waits for the clock."""
        self.shop.wait_until(
            lambda: not any(map(_is_open, self.shop.dintero.deliveries_of(self.sid))), within
        )
        # A fault's duplicates are on their way until this answers.
        self.shop.dintero.clock.advance(0)

    def in_words(self) -> str:
        """Where the payment stands at Dintero, for a sentence."""
        found = (
            f"the payment is {self.transaction['status']}"
            if self.transaction_id
            else "nothing is paid"
        )
        answers = _counted(self.answers())
        words = f"at Dintero {found}; the shop's answers to payment callbacks: {answers}"
        asked = ", ".join(f"{_verb(one)} ({_outcome(one)})" for one in self._asked())
        return f"{words}; it was asked for: {asked}" if asked else words

    def _asked(self) -> list[Json]:
        """What was asked of the payment, and in vain also how it stands."""
        return [
            one
            for method in ("GET", "POST") if self.transaction_id
            for one in self.shop.calls(method, f"/transactions/{re.escape(self.transaction_id)}")
            if method == "POST" or one["status"] >= 400
        ]  # fmt: skip

    # The shopkeeper

    def operate(self, what: Operation) -> httpx.Response:
        """Press the shop's own button: ship, refund, void, change the basket."""
        answer = self.shop.operate(what, self.facts)
        self._skip_delay()
        return answer

    def _first_options(self) -> list[str]:
        first: dict[str, str] = {}
        for option in self.options:
            first.setdefault(str(option.get("shipment_id")), str(option["line_id"]))
        return list(first.values())

    def _answer(self, at: str) -> Json:
        asked = self.callbacks(at)
        if not asked or not asked[-1]["attempts"]:
            return {
                "status": 0, "text": "(the shop was not asked)", "error": "", "seconds": 0.0,
                "options": [], "order": {},
            }  # fmt: skip
        last = asked[-1]["attempts"][-1]
        text = last.get("response") or last.get("error") or ""
        body = json_of(text)
        return {
            "status": last.get("status") or 0, "text": text[:300],
            "error": last.get("error") or "", "seconds": last["latency"] / 1000,
            "options": body.get("shipping_options") or [], "order": body.get("order") or {},
        }  # fmt: skip


def json_of(text: str | None) -> Json:
    """The JSON object in an answer; an empty one where there is none."""
    try:
        told = json.loads(text or "")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _is_open(delivery: Json) -> bool:
    """On its way, or waiting for its first try; one that failed waits for the account's clock."""
    return delivery["state"] == "in_flight" or (
        delivery["state"] == "waiting" and not delivery["attempts"]
    )


def _verb(call: Json) -> str:
    return str(call["path"]).rpartition("/")[2] if call["method"] == "POST" else "reading"


def _outcome(call: Json) -> str:
    """How a call was answered, and in which words it was refused."""
    if call["status"] < 400:
        return str(call["status"])
    error = json_of(call["response"]).get("error")
    words = error.get("message") if isinstance(error, dict) else None
    return f"{call['status']} {words}" if words else str(call["status"])


def _one_of(states: tuple[State, ...]) -> str:
    return "paid" if states == PAID else " or ".join(states)


def _counted(answers: list[int | None]) -> str:
    """Equal ones in a row are told once: "500 (3 times), 200"."""
    runs = [(status, len(list(equal))) for status, equal in groupby(answers)]
    words = [f"{status or 'no answer'}" + f" ({n} times)" * (n > 1) for status, n in runs]
    return ", ".join(words) or "none was sent"
