"""A bad day of Dintero's: what the customer who wants to pay meets meanwhile."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import httpx

from mock_dintero.verify import Shop, expect, promise

AUTHENTICATION = "https://docs.dintero.com/docs/checkout/authentication"
ERRORS = "https://docs.dintero.com/docs/errors"
SESSION = "https://docs.dintero.com/docs/checkout/create-session"
AFTER = "https://docs.dintero.com/docs/checkout/after-payment"
TOKEN_LIVES = 4
"""Hours."""
CREATES = {"method": "POST", "path": "*/sessions*"}
READS = {"method": "GET", "path": "*/transactions/*"}
LEADS = re.compile(
    r"(url|redirect|location|href|((redirect|checkout|payment|page|session)_?(url|id))|sid)", re.I
)
"""Fields of an answer that send a customer's browser somewhere."""
PAGE = re.compile(r"[^\s\"'<>]*/v1/view/[^\s\"'<>]*")


@promise(
    "token-expired-checkout", "Resilience", "must",
    why="A token lives for four hours. A shop that fetched one at its start sells nothing from noon on.",
    mend="Keep the token for `expires_in` seconds, and fetch a new one when a call is answered with 401.",
    source=AUTHENTICATION,
)  # fmt: skip
def token_expired_checkout(shop: Shop) -> None:
    """A customer can begin to pay after the shop's token has expired."""
    shop.begin()
    shop.dintero.clock.advance(hours=TOKEN_LIVES + 1)
    shop.begin()


@promise(
    "token-expired-callback", "Resilience", "must",
    why="The payment cannot be read, so the order stays unpaid though the customer has paid.",
    mend="Fetch a new token when a call is answered with 401, and read the transaction again.",
    source=AUTHENTICATION,
)  # fmt: skip
def token_expired_callback(shop: Shop) -> None:
    """A callback makes the order paid after the shop's token has expired."""
    late = (TOKEN_LIVES + 1) * 3600
    shop.fault("payment_callback", "delay", seconds=late)
    purchase = shop.buy(returns=False)
    shop.dintero.clock.advance(late + 1)
    purchase.becomes("paid")


@promise(
    "token-expired-capture", "Resilience", "must", needs=("capture",),
    why="Orders are shipped hours or days after the sale: every capture meets an old token.",
    mend="Fetch a new token when a call is answered with 401, and capture again.",
    source=AUTHENTICATION,
)  # fmt: skip
def token_expired_capture(shop: Shop) -> None:
    """An order can be captured after the shop's token has expired."""
    purchase = shop.sell()
    shop.dintero.clock.advance(hours=TOKEN_LIVES + 1)
    purchase.operate("capture")
    purchase.shows("captured")
    expect(purchase.total("CAPTURE") > 0, f"nothing was captured; {purchase.in_words()}")


@promise(
    "unauthorized-checkout", "Resilience", "should",
    why="Dintero may end a token early. The customer who comes next must not see an error for it.",
    mend="On 401: fetch a new token, once, and send the same call again.",
    source=AUTHENTICATION,
)  # fmt: skip
def unauthorized_checkout(shop: Shop) -> None:
    """When a session is answered with 401, the shop fetches a new token and tries again."""
    shop.begin()
    renews = _watched_renewal(shop)
    shop.fault("api", "status", status=401, match=CREATES)
    shop.begin()
    renews()


@promise(
    "unauthorized-read", "Resilience", "should",
    why="The callback would be answered with an error, and the order be paid much later.",
    mend="On 401: fetch a new token, once, and send the same call again.",
    source=AUTHENTICATION,
)  # fmt: skip
def unauthorized_read(shop: Shop) -> None:
    """When reading a payment is answered with 401, the shop fetches a new token and reads again."""
    purchase = shop.begin()
    purchase.prepare()
    renews = _watched_renewal(shop)
    shop.dintero.clock.freeze()
    shop.fault("api", "status", status=401, match=READS)
    purchase.pay(returns=False)
    purchase.becomes("paid")
    renews()


@promise(
    "unauthorized-capture", "Resilience", "should", needs=("capture",),
    why="Somebody has to notice and to ship the order once more.",
    mend="On 401: fetch a new token, once, and send the same call again. Nothing was done yet.",
    source=AUTHENTICATION,
)  # fmt: skip
def unauthorized_capture(shop: Shop) -> None:
    """When a capture is answered with 401, the shop fetches a new token and captures."""
    purchase = shop.sell()
    renews = _watched_renewal(shop)
    shop.fault("api", "status", status=401, match={"method": "POST", "path": "*/capture"})
    purchase.operate("capture")
    purchase.shows("captured")
    expect(purchase.total("CAPTURE") > 0, f"nothing was captured; {purchase.in_words()}")
    renews()


@promise(
    "rate-limit-checkout", "Resilience", "should",
    why="A shop that asks again at once is kept out for longer, with all its customers.",
    mend="Wait for the seconds of `Retry-After` before the next try, or tell the customer to try later.",
    source=ERRORS,
)  # fmt: skip
def rate_limit_checkout(shop: Shop) -> None:
    """After a 429 for a session the shop waits as long as it was told."""
    shop.fault("api", "status", status=429, match=CREATES)
    answer = shop.press_checkout()
    _has_waited(shop, r"/sessions(-profile)?$")
    _leads_somewhere(shop, answer, "answered with 429")


@promise(
    "rate-limit-token", "Resilience", "should",
    why="The token endpoint is where Dintero limits calls; without a token nothing works.",
    mend="Wait for the seconds of `Retry-After` before the next try; keep one token for all calls.",
    source="https://docs.dintero.com/docs/checkout/checkout-client",
)  # fmt: skip
def rate_limit_token(shop: Shop) -> None:
    """After a 429 for a token the shop waits as long as it was told."""
    shop.dintero.clock.advance(hours=TOKEN_LIVES + 1)
    shop.fault("api", "status", status=429, match={"method": "POST", "path": "*/auth/token"})
    answer = shop.press_checkout()
    _has_waited(shop, r"/auth/token$")
    _leads_somewhere(shop, answer, "answered with 429")


@promise(
    "session-unavailable", "Resilience", "must",
    why="A customer who lands on a dead page buys elsewhere.",
    mend="Check the status of the answer before you read `url` from it; say that the payment cannot be "
    "begun now.",
    source=ERRORS,
)  # fmt: skip
def session_unavailable(shop: Shop) -> None:
    """When Dintero answers 503 for a session, the customer is told so and not sent to nowhere."""
    shop.fault("api", "status", 3, status=503, match=CREATES)
    _leads_somewhere(shop, shop.press_checkout(), "answered with 503")


@promise(
    "session-reset", "Resilience", "must",
    why="A customer who lands on a dead page buys elsewhere.",
    mend="Catch the errors of your HTTP client, too: there is an end without any status.",
    source=ERRORS,
)  # fmt: skip
def session_reset(shop: Shop) -> None:
    """When the connection breaks while a session is made, the customer is not sent to nowhere."""
    shop.fault("api", "reset_connection", 3, match=CREATES)
    _leads_somewhere(shop, shop.press_checkout(), "cut off by a reset")


@promise(
    "session-half-body", "Resilience", "must",
    why="Half of an answer has no address in it, or half of one.",
    mend="Let the HTTP client check the length of the body, and treat an answer that ends early as none.",
    source=ERRORS,
)  # fmt: skip
def session_half_body(shop: Shop) -> None:
    """When the answer for a session ends early, the customer is not sent to nowhere."""
    shop.fault("api", "half_body", 3, match=CREATES)
    _leads_somewhere(shop, shop.press_checkout(), "answered with half a body")


@promise(
    "session-malformed", "Resilience", "must",
    why="Proxies answer 200 with a page of their own now and then.",
    mend="Treat an answer that is no JSON, or has no `url`, as an error.",
    source=SESSION,
)  # fmt: skip
def session_malformed(shop: Shop) -> None:
    """When the answer for a session is no JSON, the customer is not sent to nowhere."""
    shop.fault("api", "malformed", 3, match=CREATES)
    _leads_somewhere(shop, shop.press_checkout(), "answered with 200 and broken JSON")


@promise(
    "next-checkout", "Resilience", "must",
    why="One bad minute must not cost the sales of a day.",
    mend="Keep no failed session, and no failed token, for the next customer.",
    source=ERRORS,
)  # fmt: skip
def next_checkout(shop: Shop) -> None:
    """After an error of Dintero's the next customer can pay."""
    shop.fault("api", "status", status=503, match=CREATES)
    shop.press_checkout()
    shop.dintero.faults.clear()
    shop.buy().becomes("paid")


@promise(
    "session-answer-lost", "Resilience", "must",
    why="Dintero has made the session, and the shop does not know it: the customer tries again.",
    mend="Make a new session for the new try (and a new reference, or the same order), and forget the "
    "lost one.",
    source=SESSION,
)  # fmt: skip
def session_answer_lost(shop: Shop) -> None:
    """A customer whose first try was lost on its way pays with the second one, once."""
    shop.fault("api", "half_body", match=CREATES)
    shop.press_checkout()
    shop.dintero.faults.clear()
    purchase = shop.buy()
    order = purchase.becomes("paid")
    expect(
        order.confirmations in (None, 1),
        f"the answer for the first session was lost, the second was paid, and the order was confirmed "
        f"{order.confirmations} times",
    )


@promise(
    "session-silent", "Resilience", "should",
    why="A customer who waits for a minute has gone, and a hundred of them occupy every worker.",
    mend="Give each call to Dintero a time-out of a few seconds, and tell the customer.",
    source=ERRORS,
)  # fmt: skip
def session_silent(shop: Shop) -> None:
    """When Dintero does not answer, the shop gives up before the customer does."""
    _is_patient(shop, CREATES, shop.press_checkout, "the call for a session")


@promise(
    "token-silent", "Resilience", "should",
    why="The token is fetched inside a customer's request, so a silent token endpoint is felt there.",
    mend="The call for the token needs a time-out like every other.",
    source=AUTHENTICATION,
)  # fmt: skip
def token_silent(shop: Shop) -> None:
    """When Dintero does not answer the call for a token, the shop gives up before the customer does."""
    shop.dintero.clock.advance(hours=TOKEN_LIVES + 1)
    match = {"method": "POST", "path": "*/auth/token"}
    _is_patient(shop, match, shop.press_checkout, "the call for a token")


@promise(
    "return-silent", "Resilience", "should",
    why="The customer has paid, and looks at an empty page.",
    mend="Give reading the transaction a time-out, and show that the payment is being checked.",
    source=AFTER,
)  # fmt: skip
def return_silent(shop: Shop) -> None:
    """The return page is shown though Dintero does not answer."""
    purchase = shop.begin()
    purchase.prepare()
    shop.dintero.clock.freeze()
    shop.fault("payment_callback", "drop")
    purchase.pay(returns=False)
    page = lambda: purchase.open_return_page(transaction_id=purchase.transaction_id)  # noqa: E731
    _is_patient(shop, READS, page, "reading the payment")


@promise(
    "return-malformed", "Resilience", "should",
    why="The customer has paid, and reads `Internal Server Error`.",
    mend="Catch what reading the transaction may raise, and show that the payment is being checked; the "
    "callback comes.",
    source=AFTER,
)  # fmt: skip
def return_malformed(shop: Shop) -> None:
    """The return page does not crash when the payment is read as broken JSON."""
    purchase = shop.begin()
    purchase.prepare()
    shop.dintero.clock.freeze()
    shop.fault("payment_callback", "drop")
    purchase.pay(returns=False)
    shop.fault("api", "malformed", 3, match=READS)
    page = purchase.open_return_page(transaction_id=purchase.transaction_id)
    expect(
        page.status_code < 500,
        f"Dintero answered with broken JSON, and the return page with {page.status_code}",
    )


def _watched_renewal(shop: Shop) -> Callable[[], None]:
    """Call the answer later: it expects that a new token was asked for in between."""
    tokens = len(shop.calls("POST", r"/auth/token$"))

    def renews() -> None:
        expect(
            len(shop.calls("POST", r"/auth/token$")) > tokens,
            "a call was answered with 401, and the shop asked again without a new token",
        )

    return renews


def _has_waited(shop: Shop, path: str) -> None:
    for first, again in pairwise(shop.calls("POST", path)):
        if first["status"] != 429:
            continue
        pause = (_seconds(again) - _seconds(first)) - first["duration"] / 1000
        expect(
            pause > 0.9,
            f"{first['path']} was answered with 429 and `Retry-After: 1`; the shop asked again after "
            f"{max(pause, 0):.2f} s",
        )


def _seconds(call: dict[str, Any]) -> float:
    return datetime.fromisoformat(call["at"]).timestamp()


def _is_patient(
    shop: Shop, match: dict[str, str], act: Callable[[], httpx.Response], what: str
) -> None:
    patience = shop.merchant.limits.patience
    shop.fault("api", "delay", seconds=patience + 2, match=match)
    began = time.monotonic()
    act()
    took = time.monotonic() - began
    expect(
        took < patience,
        f"{what} was not answered for {patience + 2:g} s, and the customer waited {took:.1f} s; "
        f"[limits] patience is {patience:g} s",
    )


def _leads_somewhere(shop: Shop, answer: httpx.Response, what: str) -> None:
    """Good is an error (4xx, 5xx), a page of the shop's, or a session that is there after all."""
    sessions = [session["id"] for session in shop.dintero.sessions]
    for target in _targets(answer) if answer.status_code < 400 else ():
        expect(
            any(id in target for id in sessions) or _is_page(shop, target),
            f"the call for a session was {what}; the shop answered {answer.status_code} and sends the "
            f"customer to {target!r}, where there is nothing",
        )


def _targets(answer: httpx.Response) -> Iterator[str]:
    if "location" in answer.headers:
        yield answer.headers["location"]
    yield from PAGE.findall(answer.text)
    try:
        told = answer.json()
    except ValueError:
        return
    if isinstance(told, dict) and not any(
        told.get(name) for name in ("error", "errors", "message")
    ):
        yield from (str(value) for name, value in told.items() if LEADS.fullmatch(name))


def _is_page(shop: Shop, target: str) -> bool:
    """Whether the shop has a page there; of other servers we know nothing but Dintero's sessions."""
    url = httpx.URL(shop.url).join(target)
    if url.netloc != httpx.URL(shop.url).netloc:
        return url.netloc != httpx.URL(shop.dintero.url).netloc
    return shop.visit(str(url)).status_code < 400
