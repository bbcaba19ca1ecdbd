"""The shop as a promise sees it: an account of the sandbox, an HTTP door, and what it believes of orders."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from mock_dintero.core.callback_url import with_query
from mock_dintero.core.signature import HEADER, sign
from mock_dintero.testing import Json, MockDintero
from mock_dintero.verify.buyers import Buyers, HttpBuyers, Outcome
from mock_dintero.verify.merchant import Basket, Call, Merchant, State
from mock_dintero.verify.promise import Broken, expect
from mock_dintero.verify.purchase import LOOKS_EVERY, Operation, Purchase

CHECKOUT_WITHIN = 10.0
"""Seconds for the session to turn up after the shop's answer, which may be a page with a script."""


class CannotJudge(Exception):
    """Not the shop's fault, as far as one can tell: merchant.toml or the sandbox has to be looked at."""


@dataclass(frozen=True)
class Order:
    """What the shop believes of one order; None where merchant.toml does not say where to read it."""

    state: State
    word: str
    confirmations: int | None = None
    captured: int | None = None
    refunded: int | None = None
    missing: str = field(default="", kw_only=True)
    """How it was asked for, if the shop answered 404: it does not have this order, or not there."""

    @property
    def in_words(self) -> str:
        """What the shop says, for a sentence."""
        if self.missing:
            return f"[order] {self.missing} answers 404"
        return f"the shop says {self.word!r}"


class Shop:
    """One shop beside one account of its own. `payments` are the sessions that promises have looked at.

    Where merchant.toml cannot say how it is done, a subclass can: `press_checkout`, `operate`, `order`.
    """

    def __init__(
        self, merchant: Merchant, url: str, dintero: MockDintero, buyers: Buyers | None = None
    ) -> None:
        self.merchant = merchant
        self.url = url
        self.dintero = dintero
        self.buyers = buyers or HttpBuyers()
        self.payments: list[str] = []
        self.http = httpx.Client(
            base_url=url, trust_env=False, timeout=70, verify=False,  # noqa: S501 - a developer's own shop
            headers={"accept": "application/json, text/html;q=0.9"}, transport=dintero.transport,
        )  # fmt: skip

    # The customer begins

    def begin(self, basket: Basket | None = None) -> Purchase:
        """A customer begins to pay; answers with the purchase. Raises Broken if no session came of it.

        It is a new customer each time: no cookie of the one before.
        """
        self.http.cookies.clear()
        known = {session["id"] for session in self.dintero.sessions}
        try:
            told = self.press_checkout(basket)
        except Broken as silent:
            raise Broken(f"{silent}{self._silence}") from None
        deadline = time.monotonic() + (CHECKOUT_WITHIN if _is_good(told) else 0)
        while True:
            made = [s for s in self.dintero.sessions if s["id"] not in known]
            if made or time.monotonic() > deadline:
                break
            time.sleep(LOOKS_EVERY)
        if not made:
            raise Broken(
                f"the customer began to pay ({self._began}), and no session was created: "
                f"{_in_words(told)}{self._silence}"
            )
        self.payments.append(made[0]["id"])
        return Purchase(self, made[0]["id"])

    @property
    def _began(self) -> str:
        checkout = self.merchant.checkout
        return "[checkout] steps" if checkout.steps else f"[checkout] {checkout.call}"

    @property
    def _silence(self) -> str:
        """What to look at when the shop has asked nothing at all of the sandbox."""
        if any(one["direction"] == "inbound" for one in self.dintero.requests):
            return ""
        return (
            "; it asked nothing of Dintero: is this how a customer begins, and does the shop find "
            "Dintero by DINTERO_API_URL, or by what [shop] env makes of it?"
        )

    def press_checkout(self, basket: Basket | None = None) -> httpx.Response:
        """What the shop answers when a customer begins to pay, redirects not followed."""
        checkout = self.merchant.checkout.with_basket(basket)
        if checkout.steps:
            return self.buyers.walk(self.url, checkout.steps)
        return self.send(checkout)

    def buy(
        self, *, basket: Basket | None = None, outcome: Outcome = "approve", method: str = "",
        returns: bool = True,
    ) -> Purchase:  # fmt: skip
        """A whole purchase: begin, an address at home, the first way of shipping, pay, return."""
        purchase = self.begin(basket)
        purchase.prepare()
        purchase.pay(method=method, outcome=outcome, returns=returns)
        return purchase

    def sell(self, basket: Basket | None = None) -> Purchase:
        """A purchase that the shop knows to be paid."""
        purchase = self.buy(basket=basket)
        purchase.becomes("paid")
        return purchase

    def sell_and_capture(self) -> Purchase:
        """A purchase whose money the shop has taken with its own button."""
        purchase = self.sell()
        purchase.operate("capture")
        purchase.shows("captured")
        expect(purchase.total("CAPTURE") > 0, f"nothing was captured; {purchase.in_words()}")
        return purchase

    # Calls to the shop

    def send(self, call: Call, facts: Mapping[str, str] | None = None) -> httpx.Response:
        """One call of merchant.toml. A shop that does not answer is Broken."""
        known = {"account_id": self.dintero.account_id, **(facts or {})}
        headers = {name: _filled(value, known) for name, value in call.headers.items()}
        sent: Json = {"headers": headers}
        if call.json_body is not None:
            sent["json"] = _filled(call.json_body, known)
        if call.form is not None:
            sent["data"] = {name: _filled(value, known) for name, value in call.form.items()}
        try:
            return self.http.request(call.method, _filled(call.path, known), **sent)
        except httpx.TransportError as error:
            raise Broken(
                f"{call.call}: the shop gave no answer ({type(error).__name__} {error})"
            ) from None

    def operate(self, what: Operation, facts: Mapping[str, str]) -> httpx.Response:
        """Press the shop's own button: ship, refund, void, change the basket."""
        return self.send(getattr(self.merchant, what), facts)

    def visit(self, url: str, query: Mapping[str, str] | None = None) -> httpx.Response:
        """Open a page as a browser does, redirects included. A shop that does not answer is Broken."""
        asked = with_query(url, list((query or {}).items()))
        try:
            return self.http.get(asked, headers={"accept": "text/html"}, follow_redirects=True)
        except httpx.TransportError as error:
            raise Broken(
                f"GET {asked}: the shop gave no answer ({type(error).__name__} {error})"
            ) from None

    def ask_as_dintero(
        self, url: str, body: Any, *, content_type: str = "application/json", within: float = 10
    ) -> httpx.Response:
        """POST a question to an address of the shop, signed as Dintero signs.

        `body` is JSON, or bytes that are sent as they are. Without an answer in time it is Broken.
        """
        signature = self.signature("POST", url)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {HEADER: signature, "content-type": content_type}
        try:
            return self.http.post(url, content=content, headers=headers, timeout=within)
        except httpx.TransportError as error:
            raise Broken(
                f"the shop gave no answer at {url} within {within:g} s ({type(error).__name__})"
            ) from None

    def signature(self, method: str, url: str, age: float = 0) -> str:
        """Dintero's, made `age` seconds ago, with the secret that the account has now, which may be new."""
        secret = self.dintero.call("GET", "/v1/admin/signature")["signature"]["secret"]
        return sign(secret, int(time.time() - age), self.dintero.account_id, method, url)

    def order(self, facts: Mapping[str, str]) -> Order:
        """What it believes of an order now. Raises CannotJudge when merchant.toml does not fit the answer."""
        part = self.merchant.order
        answer = self.send(part, facts)
        if answer.status_code == 404:
            counts = (0 if path else None for path in _paths(part))
            return Order(part.unknown, "(404)", *counts, missing=f"{part.method} {answer.url.path}")
        where = f"[order] {part.call} answered {answer.status_code}"
        try:
            told = answer.json()
        except ValueError:
            raise CannotJudge(f"{where}, and not with JSON: {answer.text[:200]!r}") from None
        word = str(_at(told, part.status, where))
        state = part.state_of(word)
        if state is None:
            raise CannotJudge(
                f"the shop says {word!r} of an order; [order.statuses] does not have this word"
            )
        return Order(state, word, *(_number(told, path, where) for path in _paths(part)))

    # The tester

    def fault(self, at: str, do: str, times: int = 1, **options: Any) -> None:
        """Something is to go wrong in this account (docs/faults.md)."""
        self.dintero.faults.add(at, do, times, **options)

    def offer(self, method: str) -> None:
        """Let sessions from now on offer this way to pay too, as in Dintero's backoffice."""
        path = "/v1/admin/session/profiles/default"
        profile = self.dintero.call("GET", path)
        product, _, name = method.partition(".")
        profile["configuration"].setdefault(product, {})[name] = {"enabled": True}
        self.dintero.call("PUT", path, profile)

    @contextmanager
    def another_account(self) -> Iterator[MockDintero]:
        """An account of the same sandbox that has nothing to do with the shop; empty again at the end."""
        own = self.dintero.account_id
        id, transport = f"T{'98'[own[1] == '9']}{own[2:]}", self.dintero.transport
        with MockDintero(self.dintero.url, id, transport=transport) as other:
            try:
                yield other
            finally:
                other.reset()

    def calls(self, method: str, path: str) -> list[Json]:
        """What the shop has asked of Dintero's API so far, oldest first; `path` is an expression."""
        wanted = re.compile(path)
        return [
            one for one in self.dintero.requests
            if one["direction"] == "inbound" and one["method"] == method and wanted.search(one["path"])
        ]  # fmt: skip

    def wait_until(self, holds: Callable[[], bool], within: float) -> bool:
        """Whether it held at some moment within these seconds."""
        deadline = time.monotonic() + within
        while not holds():
            if time.monotonic() > deadline:
                return False
            time.sleep(LOOKS_EVERY)
        return True

    def close(self) -> None:
        """Let go of connections."""
        self.http.close()


def _paths(part: Any) -> tuple[str | None, str | None, str | None]:
    return part.confirmations, part.captured, part.refunded


def _filled(value: Any, facts: Mapping[str, str]) -> Any:
    """With the placeholders replaced, however deep they stand."""
    if isinstance(value, str):
        for name, fact in facts.items():
            value = value.replace(f"{{{name}}}", fact)
        return value
    if isinstance(value, dict):
        return {_filled(name, facts): _filled(one, facts) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, facts) for one in value]
    return value


def _at(told: Any, path: str, where: str) -> Any:
    """What stands at a path like `order.states.0` in the answer."""
    found = told
    for step in path.split("."):
        if isinstance(found, list) and step.lstrip("-").isdigit() and int(step) < len(found):
            found = found[int(step)]
        elif isinstance(found, dict) and step in found:
            found = found[step]
        else:
            has = ", ".join(map(str, found)) if isinstance(found, dict) else type(found).__name__
            raise CannotJudge(f"{where}, without {path!r}: at {step!r} there is {has or 'nothing'}")
    return found


def _number(told: Any, path: str | None, where: str) -> int | None:
    if path is None:
        return None
    found = _at(told, path, where)
    if isinstance(found, list):
        return len(found)
    if isinstance(found, int | float) and found == int(found):
        return int(found)
    raise CannotJudge(f"{where}: {path!r} is {found!r}, neither a whole number nor a list")


def _is_good(answer: httpx.Response) -> bool:
    return answer.status_code < 400


def _in_words(answer: httpx.Response) -> str:
    text = " ".join(answer.text.split())[:200]
    return f"the shop answered {answer.status_code} {text}".rstrip()
