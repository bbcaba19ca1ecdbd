"""What becomes of an order when the payment fails, waits, is captured at once, or comes late."""

from datetime import datetime, timedelta

from mock_dintero.verify import PAID, UNPAID, Purchase, Shop, expect, promise

AFTER = "https://docs.dintero.com/docs/checkout/after-payment"
STATUSES = "https://docs.dintero.com/docs/integrations/support/transaction-statuses"
CHECKLIST = "https://docs.dintero.com/docs/checkout/integration-checklist"
CALLBACKS = "https://docs.dintero.com/docs/checkout/validating-callbacks"
HOLDS = "collector.invoice"
LOOK_AT_STATUS = (
    "Read the transaction and look at its `status`: that there is a transaction, or that the customer is "
    "back, means nothing."
)


@promise(
    "outcome-declined", "Outcomes", "must",
    why="There is a transaction, there is a callback, the customer is back: and no money.",
    mend=LOOK_AT_STATUS,
    source=STATUSES,
)  # fmt: skip
def outcome_declined(shop: Shop) -> None:
    """An order is not paid when the customer declines in the app."""
    shop.buy(outcome="decline").stays(*UNPAID, after="the customer declined in the app")


@promise(
    "outcome-refused", "Outcomes", "must",
    why="A bank that says no is the most frequent end of a card payment.",
    mend=LOOK_AT_STATUS,
    source=STATUSES,
)  # fmt: skip
def outcome_refused(shop: Shop) -> None:
    """An order is not paid when the bank refuses the payment."""
    shop.buy(outcome="reject").stays(*UNPAID, after="the bank refused the payment")


@promise(
    "outcome-timed-out", "Outcomes", "must",
    why="When the bank does not answer nobody knows, and Dintero says FAILED.",
    mend=LOOK_AT_STATUS,
    source=STATUSES,
)  # fmt: skip
def outcome_timed_out(shop: Shop) -> None:
    """An order is not paid when the bank does not answer in time."""
    shop.buy(outcome="time_out").stays(*UNPAID, after="the bank did not answer in time")


@promise(
    "outcome-expired", "Outcomes", "must",
    why="A customer who does not open the app in time has not paid.",
    mend=LOOK_AT_STATUS,
    source=STATUSES,
)  # fmt: skip
def outcome_expired(shop: Shop) -> None:
    """An order is not paid when the customer does not answer in the app in time."""
    shop.buy(outcome="expire").stays(*UNPAID, after="the request in the app expired")


@promise(
    "outcome-cancelled", "Outcomes", "must",
    why="Walking away leads to the same return_url as paying; only `error=cancelled` tells them apart.",
    mend="Treat a return with `error`, or without transaction_id, as not paid.",
    source=AFTER,
)  # fmt: skip
def outcome_cancelled(shop: Shop) -> None:
    """An order is not paid when the customer cancels on Dintero's page."""
    purchase = shop.begin()
    purchase.prepare()
    purchase.cancel()
    purchase.stays(*UNPAID, after="the customer cancelled and came back")


@promise(
    "outcome-cancelled-callback", "Outcomes", "should",
    why="With `report_error=true` a cancelled checkout is told by a callback that has no transaction_id and "
    "no body. A handler that crashes on it is called twenty times more.",
    mend="Take transaction_id and body for optional when the query has `error`, and answer 200.",
    source=CALLBACKS,
)  # fmt: skip
def outcome_cancelled_callback(shop: Shop) -> None:
    """The callback of a cancelled checkout, which names no transaction, is not answered with 5xx."""
    purchase = shop.begin()
    purchase.prepare()
    purchase.cancel(returns=False)
    purchase.settled()
    answers = purchase.answers()
    expect(
        all((one or 500) < 500 for one in answers),
        "the callback with error=cancelled and without transaction_id was answered with "
        f"{', '.join(str(one or 'nothing') for one in answers)}",
    )


@promise(
    "outcome-return-page", "Outcomes", "should",
    why="A customer whose payment failed wants to read so, and to try again. An error page sells nothing.",
    mend="Show how the order stands and a way to begin anew, whatever `error` says and with or without "
    "transaction_id.",
    source=AFTER,
)  # fmt: skip
def outcome_return_page(shop: Shop) -> None:
    """The return page answers when the payment failed, in each way in which it can fail."""
    for error in ("cancelled", "authorization", "failed"):
        purchase = shop.begin()
        purchase.prepare()
        if error == "cancelled":
            purchase.cancel(returns=False)
            query: dict[str, str] = {"error": error}
        else:
            purchase.pay(outcome="decline" if error == "authorization" else "reject", returns=False)
            query = {"error": error, "transaction_id": purchase.transaction_id}
        status = purchase.open_return_page(**query).status_code
        expect(
            status < 500,
            f"the customer came back with {' and '.join(query)} ({error}), and the return page answered "
            f"with {status}",
        )


@promise(
    "outcome-failed-then-paid", "Outcomes", "must", needs=("payment_callback",),
    why="A customer whose first try failed tries again in the same checkout. The order is paid, and a shop "
    "that has closed its books on it keeps the money and sends nothing.",
    mend="Let a payment that Dintero confirms overrule an earlier failure; only paid is final.",
    source=AFTER,
)  # fmt: skip
def outcome_failed_then_paid(shop: Shop) -> None:
    """An order whose first attempt failed is paid by the second."""
    purchase = shop.begin()
    purchase.prepare()
    purchase.call_back({"error": "authorization", "transaction_id": None})
    purchase.open_return_page(error="authorization")
    if not purchase.is_open:
        return  # the shop has cancelled the session, so nobody can pay in it
    purchase.pay()
    purchase.becomes(
        *PAID, after="a first attempt was told as failed (error=authorization), the second was paid"
    )


def on_hold(shop: Shop) -> Purchase:
    """A purchase that the provider wants to look at; the customer is back."""
    shop.offer(HOLDS)
    purchase = shop.buy(method=HOLDS, outcome="hold")
    purchase.settled()
    return purchase


@promise(
    "outcome-hold", "Outcomes", "must", needs=("on_hold",),
    why="ON_HOLD comes with a transaction, a callback and a return without error: like a payment, and it may "
    "still be refused.",
    mend="Treat ON_HOLD as not paid; Dintero calls back once more when the provider has decided.",
    source=STATUSES,
)  # fmt: skip
def outcome_hold(shop: Shop) -> None:
    """An order is not paid while the payment is on hold."""
    on_hold(shop).stays("on_hold", "pending", after="the provider put the payment on hold")


@promise(
    "outcome-hold-approved", "Outcomes", "must", needs=("on_hold", "confirmations"),
    why="The second callback names the same transaction as the first. A shop that knows it already, or has "
    "no word for ON_HOLD, never sends what was paid.",
    mend="Read the transaction for each callback; a step from on hold to paid is news.",
    source=STATUSES,
)  # fmt: skip
def outcome_hold_approved(shop: Shop) -> None:
    """An order on hold is paid, and confirmed once, when the payment is approved later."""
    purchase = on_hold(shop)
    purchase.decide("approve")
    purchase.is_confirmed_once("the payment was on hold, then approved")


@promise(
    "outcome-hold-refused", "Outcomes", "must", needs=("on_hold",),
    why="The second callback of a payment on hold can mean both. Taking it for a release ships for nothing.",
    mend="Read the transaction for each callback and look at its `status`.",
    source=STATUSES,
)  # fmt: skip
def outcome_hold_refused(shop: Shop) -> None:
    """An order on hold is not paid when the payment is refused later."""
    purchase = on_hold(shop)
    purchase.decide("reject")
    purchase.stays(*UNPAID, after="the payment was on hold, then refused")


@promise(
    "outcome-hold-refused-known", "Outcomes", "should", needs=("on_hold",),
    why="Goods stay reserved, and the customer waits, for a payment that will never come.",
    mend="Ask for errors with `report_error=true` on callback_url, and let FAILED end an order on hold.",
    source=CALLBACKS,
)  # fmt: skip
def outcome_hold_refused_known(shop: Shop) -> None:
    """An order does not stay on hold when the payment is refused."""
    purchase = on_hold(shop)
    purchase.decide("reject")
    asks = "report_error=true" in purchase.session["url"].get("callback_url", "")
    purchase.becomes(
        "failed", "cancelled", "voided", "pending",
        after="the payment was on hold, then refused; callback_url "
        f"{'asks' if asks else 'does not ask'} for report_error=true",
    )  # fmt: skip


@promise(
    "outcome-captured-at-once", "Outcomes", "must", needs=("captured_at_once", "confirmations"),
    why="Swish, and every session with auto_capture, has no AUTHORIZED that you would see: the first news is "
    "CAPTURED.",
    mend="Take CAPTURED of an order that waits for payment: confirm it, and do not capture again.",
    source=STATUSES,
)  # fmt: skip
def outcome_captured_at_once(shop: Shop) -> None:
    """An order that is captured at once is paid, and confirmed once."""
    at_once = shop.merchant.captured_at_once
    assert at_once is not None
    purchase = shop.begin(at_once)
    purchase.prepare()
    purchase.pay(method=at_once.method)
    purchase.is_confirmed_once(
        f"the customer paid with {at_once.method}, which is captured at once"
    )


def let_expire(shop: Shop) -> Purchase:
    """A checkout that nobody paid until its session was over."""
    purchase = shop.begin()
    purchase.prepare()
    ends = datetime.fromisoformat(purchase.session["expires_at"])
    shop.dintero.clock.advance(to=ends + timedelta(minutes=1))
    return purchase


@promise(
    "outcome-session-over", "Outcomes", "must",
    why="Most sessions end so: nobody tells you, and nothing was paid.",
    mend="Let an order wait until its payment is read; time alone makes nothing paid.",
    source=AFTER,
)  # fmt: skip
def outcome_session_over(shop: Shop) -> None:
    """An order is not paid when its session expires."""
    purchase = let_expire(shop)
    purchase.open_return_page()
    purchase.stays(*UNPAID, after="the session expired and the customer came back")


@promise(
    "outcome-begins-anew", "Outcomes", "must",
    why="A customer comes back the next day and presses the button again. A shop that keeps the old session "
    "leads to a page on which nobody can pay.",
    mend="Use a session again only as long as GET /v1/sessions/{id} says that it can be paid; make a new one "
    "otherwise.",
    source=CHECKLIST,
)  # fmt: skip
def outcome_begins_anew(shop: Shop) -> None:
    """The same customer can begin again when the session has expired."""
    over = let_expire(shop)
    answer = shop.press_checkout()
    made = shop.wait_until(lambda: len(shop.dintero.sessions) > 1, 5)
    told = " ".join(f"{answer.headers.get('location', '')} {answer.text}".split())[:160]
    asked = [str(one["status"]) for one in shop.calls("POST", r"/sessions(-profile)?$")][1:]
    expect(
        made,
        f"session {over.sid} has expired; the customer began again and no new session was created: the "
        f"shop answered {answer.status_code} {told}; "
        + (
            f"Dintero answered its call with {', '.join(asked)}"
            if asked
            else "it has not asked for one"
        ),
    )


@promise(
    "outcome-paid-late", "Outcomes", "must",
    why="Customers go for lunch with the page open. Orders that the shop has given up after half an hour are "
    "paid, and never sent.",
    mend="Give up an order only when its session is over, and let a payment that Dintero confirms overrule "
    "it. A shorter time belongs into the session's `expires_at`.",
    source=CHECKLIST,
)  # fmt: skip
def outcome_paid_late(shop: Shop) -> None:
    """An order is paid when the customer pays an hour later."""
    purchase = shop.begin()
    purchase.prepare()
    left = datetime.fromisoformat(purchase.session["expires_at"]) - shop.dintero.clock.now
    waits = min(timedelta(hours=1), left - timedelta(minutes=1))
    shop.dintero.clock.advance(waits.total_seconds())
    purchase.pay()
    purchase.becomes(
        *PAID,
        after=f"the customer paid {waits.total_seconds() / 60:.0f} minutes after the order was begun",
    )


@promise(
    "outcome-first-tab", "Outcomes", "must",
    why="The customer goes back, presses the button once more, and then pays in the first window. Dintero "
    "has the money for the first order.",
    mend="Keep every order that has an open session; cancel the older session at Dintero if it shall not be "
    "paid.",
    source=CHECKLIST,
)  # fmt: skip
def outcome_first_tab(shop: Shop) -> None:
    """An order is paid in its first window, although the customer has begun anew in a second."""
    purchase = shop.begin()
    purchase.prepare()
    shop.press_checkout()
    if not purchase.is_open:
        return  # the shop has cancelled the first session, so nobody can pay in it
    purchase.pay()
    purchase.becomes(
        *PAID, after="the customer began a second checkout, and then paid in the first"
    )
