"""The payment callback: Dintero says that something happened to a payment, and the shop goes and looks."""

from typing import Literal

from mock_dintero.verify import PAID, UNPAID, Purchase, Shop, expect, promise

CALLBACKS = "https://docs.dintero.com/docs/checkout/validating-callbacks"
CHECKLIST = "https://docs.dintero.com/docs/checkout/integration-checklist"
AFTER = "https://docs.dintero.com/docs/checkout/after-payment"
READS = {"method": "GET", "path": "*/transactions*"}
AN_HOUR, A_DAY = 3600, 86400
SIGNED = {"original": "its old", "fresh": "a new"}


def is_refused(status: int | None, what: str) -> None:
    """A caller who is not Dintero gets a 4xx."""
    status = status or 0
    expect(400 <= status < 500, f"{what} was answered with {status}, as if it were good")


@promise(
    "callback-alone", "The payment callback", "must",
    why="Many customers never come back from the app: the battery is empty, the tab was closed. Dintero "
    "has their money, and only the callback tells you.",
    mend="Let the handler of callback_url do all that makes an order paid; the return page may do the same, "
    "but nothing may depend on it.",
    source=CHECKLIST,
)  # fmt: skip
def callback_alone(shop: Shop) -> None:
    """An order is paid when Dintero calls back, although the customer never returns."""
    purchase = shop.buy(returns=False)
    purchase.becomes(*PAID, after="the customer paid and closed the window")


@promise(
    "callback-answered", "The payment callback", "should", needs=("payment_callback",),
    why="Dintero calls again after a 5xx, up to twenty times, and gives up after a 4xx. What it makes of a "
    "redirect is not documented.",
    mend="Answer 200 with the method that your callback_url asks for: GET, or POST with `method=POST`. Keep "
    "redirects for the return page.",
    source=CALLBACKS,
)  # fmt: skip
def callback_answered(shop: Shop) -> None:
    """The payment callback is answered with 2xx."""
    purchase = shop.buy(returns=False)
    call, answers = purchase.first_callback, purchase.answers()
    expect(
        all(200 <= (one or 0) < 300 for one in answers),
        f"Dintero called with {call['method']} {call['url'].partition('?')[0]}, and the shop "
        f"answered {', '.join(str(one or 'nothing') for one in answers)}",
    )


@promise(
    "callback-in-time", "The payment callback", "should", needs=("payment_callback",),
    why="Dintero waits ten seconds. Then it counts the callback as lost and sends it again, on top of the "
    "work that your shop is still busy with.",
    mend="Store what you need and answer; send mails, print labels and call other systems afterwards.",
    source=CALLBACKS,
)  # fmt: skip
def callback_in_time(shop: Shop) -> None:
    """The payment callback is answered in time."""
    purchase = shop.buy(returns=False)
    purchase.settled()
    limit = shop.merchant.limits.payment_callback
    tries = [try_ for one in purchase.callbacks() for try_ in one["attempts"]]
    longest = max((try_["latency"] for try_ in tries), default=0) / 1000
    expect(
        longest <= limit,
        f"the shop took {longest:.1f} s for the payment callback; the limit is {limit:g} s ([limits] "
        "payment_callback), Dintero waits 10 s",
    )


@promise(
    "callback-awkward-query", "The payment callback", "should", needs=("payment_callback",),
    why="Dintero sorts the query and encodes it anew before it signs. A check that signs the query as it "
    "came refuses good callbacks as soon as a reference has a blank, an umlaut or a tilde in it.",
    mend="Decode all parameters, sort them by name (equal names keep their order), encode them as a form "
    "does (a blank is `+`, only letters, digits and `*-._` stay), then sign.",
    source=CALLBACKS,
)  # fmt: skip
def callback_awkward_query(shop: Shop) -> None:
    """A callback with a right signature over an awkward query is accepted."""
    shop.fault("payment_callback", "drop", times=100)
    purchase = shop.buy(returns=False)
    awkward = {"zebra": "~a*b 'c' (d)", "Alpha": "1+1=2&3", "blåbær": "æ ø å / ß 🫐", "empty": ""}
    answer = purchase.call_back(awkward)
    expect(
        answer.status_code < 400,
        f"a callback whose query has {', '.join(awkward)} (blanks, ~, *, æ) and a right signature was "
        f"answered with {answer.status_code} {answer.text[:120]}",
    )
    purchase.becomes(*PAID, after="a callback with an awkward query came")


@promise(
    "callback-reads", "The payment callback", "must",
    why="The signature does not cover the body, and a body is as old as its callback. Who believes it ships "
    "goods for a payment that was declined, or voided meanwhile.",
    mend="Take nothing but the id from the callback, and read the transaction: GET /v1/transactions/{id}.",
    source=AFTER,
)  # fmt: skip
def callback_reads(shop: Shop) -> None:
    """The shop reads the transaction from Dintero before it believes that it is paid."""
    purchase = shop.buy(returns=False)
    order = purchase.becomes(*PAID)
    asked = shop.calls("GET", r"/transactions|/v1/sessions/")
    expect(
        bool(asked),
        f"the shop says {order.word!r} and has never asked Dintero: no GET of the transaction was seen",
    )


@promise(
    "callback-claims-declined-paid", "The payment callback", "must", needs=("payment_callback",),
    why="What a callback says of itself proves nothing: the body is not signed. Goods are sent and never "
    "paid.",
    mend="Read the transaction and look at its `status`; AUTHORIZED and CAPTURED are paid, FAILED and "
    "DECLINED are not.",
    source=AFTER,
)  # fmt: skip
def callback_claims_declined_paid(shop: Shop) -> None:
    """A declined payment is not believed to be paid because a callback says so."""
    purchase = shop.buy(outcome="decline", returns=False)
    purchase.settled()
    purchase.call_back(body={"status": "AUTHORIZED"})
    purchase.stays(
        *UNPAID, after="the customer declined, and a callback without error came, with status AUTHORIZED "
        "in its body",
    )  # fmt: skip


@promise(
    "callback-claims-held-paid", "The payment callback", "must", needs=("payment_callback", "on_hold"),
    why="A payment on hold may still be refused. Whoever ships on a callback's word may have shipped for "
    "nothing.",
    mend="Read the transaction and look at its `status`: ON_HOLD is not paid, and there is another callback "
    "when the provider has decided.",
    source=AFTER,
)  # fmt: skip
def callback_claims_held_paid(shop: Shop) -> None:
    """A payment on hold is not believed to be paid because a callback says so."""
    shop.offer("collector.invoice")
    purchase = shop.buy(method="collector.invoice", outcome="hold", returns=False)
    purchase.settled()
    purchase.call_back(body={"status": "AUTHORIZED"})
    purchase.stays(
        *UNPAID, after="the payment is on hold, and a callback came with status AUTHORIZED in its body"
    )  # fmt: skip


@promise(
    "callback-forged-refused", "The payment callback", "should", needs=("payment_callback", "signature"),
    why="The address of your callback is no secret. Whoever may call it can make the shop work, ask and "
    "log as often as he likes.",
    mend="Compute Dintero-Signature with the account's signature secret, compare in constant time, and "
    "answer 401 if it differs.",
    source=CALLBACKS,
)  # fmt: skip
def callback_forged_refused(shop: Shop) -> None:
    """A callback that is not signed by Dintero is refused."""
    shop.fault("payment_callback", "bad_signature")
    purchase = shop.buy(returns=False)
    status = purchase.first_callback["attempts"][0].get("status")
    is_refused(status, "a callback with a signature that nobody made")


@promise(
    "callback-forged-not-believed", "The payment callback", "must", needs=("payment_callback",),
    why="Anybody who knows your callback's address could say that his order is paid.",
    mend="Refuse what is not signed by Dintero, and even then believe only what "
    "GET /v1/transactions/{id} says.",
    source=CALLBACKS,
)  # fmt: skip
def callback_forged_not_believed(shop: Shop) -> None:
    """An unpaid order stays unpaid when somebody who is not Dintero says that it is paid."""
    purchase = shop.begin()
    purchase.prepare()
    answer = purchase.call_back(forged=True)
    purchase.stays(
        *UNPAID, after="nothing was paid, and a callback with a forged signature and a made-up transaction "
        f"was answered with {answer.status_code}",
    )  # fmt: skip


@promise(
    "callback-stale-refused", "The payment callback", "should", needs=("payment_callback", "signature"),
    why="A recorded callback stays rightly signed for ever. The time in the signature is there to make an "
    "old one worthless.",
    mend="Refuse a signature whose `t` is more than five minutes away from your clock.",
    source=CALLBACKS,
)  # fmt: skip
def callback_stale_refused(shop: Shop) -> None:
    """A callback whose signature is an hour old is refused."""
    shop.fault("payment_callback", "stale_signature", seconds=AN_HOUR)
    purchase = shop.buy(returns=False)
    status = purchase.first_callback["attempts"][0].get("status")
    is_refused(status, "a callback that was signed an hour ago")


@promise(
    "callback-future-refused", "The payment callback", "should", needs=("payment_callback", "signature"),
    why="A signature that is dated tomorrow passes every check of its age until tomorrow.",
    mend="Look at the distance in both directions: abs(now - t) <= 300.",
    source=CALLBACKS,
)  # fmt: skip
def callback_future_refused(shop: Shop) -> None:
    """A callback whose signature comes from the future is refused."""
    shop.fault("payment_callback", "drop", times=100)
    purchase = shop.buy(returns=False)
    status = purchase.call_back(age=-A_DAY).status_code
    is_refused(status, "a callback whose signature is dated tomorrow")


@promise(
    "callback-replayed", "The payment callback", "must", needs=("payment_callback",),
    why="Dintero delivers at least once, and anybody on the way may send a callback again.",
    mend="Make the handler idempotent: a payment that is known already changes nothing and is answered "
    "with 200.",
    source=CHECKLIST,
)  # fmt: skip
def callback_replayed(shop: Shop) -> None:
    """A callback that is sent again, with its old signature or a new one, changes nothing."""
    purchase = shop.buy(returns=False)
    before = purchase.becomes(*PAID)
    signatures: tuple[Literal["original", "fresh"], ...] = ("original", "fresh")
    for signature in signatures:
        shop.dintero.replay(purchase.first_callback, signature)
        what = f"the callback of a paid order was sent again (with {SIGNED[signature]} signature)"
        after = purchase.stays(*PAID, after=what)
        expect(
            (after.captured, after.refunded) == (before.captured, before.refunded),
            f"{what}, and captured and refunded went from {before.captured} and {before.refunded} to "
            f"{after.captured} and {after.refunded}",
        )


@promise(
    "callback-unknown-transaction", "The payment callback", "must", needs=("payment_callback",),
    why="An id that Dintero does not know is nobody's payment.",
    mend="When GET /v1/transactions/{id} answers 404, leave the order as it is.",
    source=AFTER,
)  # fmt: skip
def callback_unknown_transaction(shop: Shop) -> None:
    """A transaction that Dintero does not know pays for nothing."""
    purchase = shop.begin()
    purchase.prepare()
    answer = purchase.call_back()
    purchase.stays(
        *UNPAID, after="a rightly signed callback named a transaction that does not exist, and was "
        f"answered with {answer.status_code}",
    )  # fmt: skip


@promise(
    "callback-other-account", "The payment callback", "must", needs=("payment_callback",),
    why="Somebody with an account of his own can make any payment to himself, with your order's number and "
    "sum on it.",
    mend="Read the transaction with your own account's token: another account's is a 404, and pays for "
    "nothing.",
    source=AFTER,
)  # fmt: skip
def callback_other_account(shop: Shop) -> None:
    """A payment to another account pays for nothing."""
    purchase = shop.begin()
    purchase.prepare()
    order = purchase.order_asked
    with shop.another_account() as other:
        item = order["items"][0] | {"amount": order["amount"], "line_id": "1"}
        same = {"amount": order["amount"], "currency": order["currency"], "items": [item],
                "merchant_reference": purchase.reference}  # fmt: skip
        theirs = other.create_session(order=same)
        other.buyer(theirs).pay()
        paid = other.peek(theirs["id"])["transaction_id"]
        transaction = other.peek_transaction(paid)
        answer = purchase.call_back({"transaction_id": paid}, transaction)
        purchase.stays(
            *UNPAID, after="a callback named a payment of the same sum and reference to account "
            f"{other.account_id}, and was answered with {answer.status_code}",
        )  # fmt: skip


@promise(
    "callback-other-order", "The payment callback", "must", needs=("payment_callback",),
    why="A customer pays for a mug and has the piano delivered: the payment is real, but it is another "
    "order's.",
    mend="Compare the transaction's merchant_reference and session_id with your order's before you believe "
    "it, and let no transaction pay twice.",
    source=AFTER,
)  # fmt: skip
def callback_other_order(shop: Shop) -> None:
    """The payment of one order does not pay for another."""
    paid = shop.buy(returns=False)
    paid.becomes(*PAID)
    unpaid = shop.begin()
    unpaid.prepare()
    answer = unpaid.call_back({"transaction_id": paid.transaction_id}, paid.transaction)
    unpaid.stays(
        *UNPAID, after=f"a callback for order {unpaid.reference} named the payment of order "
        f"{paid.reference}, and was answered with {answer.status_code}",
    )  # fmt: skip
    paid.stays(*PAID, after="its payment was named for another order")


@promise(
    "callback-too-little", "The payment callback", "must",
    why="Session and basket can drift apart: a discount, another tab, a mistake in an update. What was paid "
    "is what Dintero says, not what you asked for.",
    mend="Compare transaction.amount with the sum of your own order, shipping included, before you make it "
    "paid.",
    source=AFTER,
)  # fmt: skip
def callback_too_little(shop: Shop) -> None:
    """An order is not paid by a payment of too little."""
    purchase = shop.begin()
    purchase.prepare()
    order = purchase.order_asked
    shipping = order.get("shipping_option")
    items = [order["items"][0] | {"amount": 100, "vat_amount": 20, "discount_lines": []}]
    amount = 100 + (shipping or {}).get("amount", 0)
    purchase.alter(
        amount=amount, items=items, **({"shipping_option": shipping} if shipping else {})
    )
    purchase.pay()
    purchase.stays(
        *UNPAID, after=f"the order costs {order['amount']}; we lowered the session to {amount} through the "
        "API before the customer paid it",
    )  # fmt: skip


@promise(
    "callback-other-currency", "The payment callback", "must",
    why="799 Swedish crowns are not 799 euros.",
    mend="Compare transaction.currency with your order's, together with the amount.",
    source=AFTER,
)  # fmt: skip
def callback_other_currency(shop: Shop) -> None:
    """An order is not paid by the same sum in another currency."""
    purchase = shop.begin()
    purchase.prepare()
    order = purchase.order_asked
    other = "SEK" if order["currency"] != "SEK" else "NOK"
    kept = {name: order[name] for name in ("items", "amount", "shipping_option") if name in order}
    purchase.alter(currency=other, **kept)
    purchase.pay()
    purchase.stays(
        *UNPAID, after=f"the order is in {order['currency']}; we changed the session to {other} through "
        "the API before the customer paid it",
    )  # fmt: skip


@promise(
    "callback-unknown-order", "The payment callback", "should", needs=("payment_callback",),
    why="A 200 says that the payment is dealt with, and nobody hears of it again. Dintero asked a plugin's "
    "authors for a 500 here, so that it can call again when the order is there.",
    mend="Answer 500 (or a 4xx, if the order can never come) when there is no order with that "
    "merchant_reference.",
    source=CALLBACKS,
)  # fmt: skip
def callback_unknown_order(shop: Shop) -> None:
    """A callback for an order that the shop does not know is not answered with 2xx."""
    purchase = shop.begin()
    reference = f"{purchase.reference}-nobody-knows"
    answer = purchase.call_back(
        {"merchant_reference": reference}, {"merchant_reference": reference}
    )
    expect(
        not 200 <= answer.status_code < 300,
        f"a callback for order {reference}, which does not exist, was answered with {answer.status_code}",
    )


@promise(
    "callback-api-fails", "The payment callback", "must",
    why="Dintero calls again only after a 5xx. A shop that could not read the payment and says 200, or 400, "
    "never hears of it again: paid, and never shipped.",
    mend="Answer 5xx as long as you have not stored what the transaction says.",
    source=CALLBACKS,
)  # fmt: skip
def callback_api_fails(shop: Shop) -> None:
    """An order is paid although Dintero's API failed while the shop was reading the payment."""
    shop.fault("api", "status", times=100, status=500, match=READS)
    purchase = shop.buy(returns=False)
    purchase.settled()
    shop.dintero.faults.clear()
    shop.dintero.clock.advance(AN_HOUR)
    purchase.becomes(
        *PAID, after="GET /v1/transactions/{id} answered 500 when the callback came, and was mended within "
        "the hour",
    )  # fmt: skip


@promise(
    "callback-api-fails-not-believed", "The payment callback", "must", needs=("payment_callback",),
    why="No answer is no proof. Who takes the callback's word while Dintero's API is down can be made to "
    "ship for nothing.",
    mend="Leave the order as it is, and answer 5xx until the transaction could be read.",
    source=AFTER,
)  # fmt: skip
def callback_api_fails_not_believed(shop: Shop) -> None:
    """An order is not paid as long as the shop cannot read its payment."""
    shop.fault("api", "status", times=100, status=500, match=READS)
    purchase = shop.buy(outcome="decline", returns=False)
    purchase.settled()
    purchase.call_back()
    purchase.stays(
        *UNPAID, after="the customer declined, GET /v1/transactions/{id} answered 500, and a callback said "
        "that the payment is AUTHORIZED",
    )  # fmt: skip


@promise(
    "callback-capture-learnt", "The payment callback", "should", needs=("captured",),
    why="Somebody captures in Dintero's backoffice. A shop that does not hear of it captures once more, or "
    "waits for ever.",
    mend="Ask for it with `report_event=CAPTURE` (and REFUND, VOID) on callback_url, and read the "
    "transaction anew for each callback.",
    source=CALLBACKS,
)  # fmt: skip
def callback_capture_learnt(shop: Shop) -> None:
    """A capture in Dintero's backoffice is learnt from its callback."""
    purchase = shop.buy(returns=False)
    purchase.becomes(*PAID)
    amount = captured_in_backoffice(shop, purchase)
    known = shop.wait_until(lambda: purchase.order.captured == amount, 5)
    asks = "report_event=CAPTURE" in purchase.session["url"].get("callback_url", "")
    expect(
        known,
        f"{amount} was captured in the backoffice, the shop says {purchase.order.word!r} with "
        f"{purchase.order.captured} captured; its callback_url {'asks' if asks else 'does not ask'} for "
        f"report_event=CAPTURE, and callbacks were answered with {purchase.answers()}",
    )


@promise(
    "callback-late-keeps-captured", "The payment callback", "must",
    needs=("payment_callback", "captured"),
    why="Callbacks overtake each other. An order that falls back from captured to paid is captured, or sent, "
    "once more.",
    mend="Set the state from the transaction as it is now (read it), never from what a callback says "
    "happened.",
    source=AFTER,
)  # fmt: skip
def callback_late_keeps_captured(shop: Shop) -> None:
    """A late callback of the authorization does not set a captured order back to paid."""
    purchase = shop.buy(returns=False)
    purchase.becomes(*PAID)
    amount = captured_in_backoffice(shop, purchase)
    shop.dintero.replay(purchase.callbacks()[-1])
    before = purchase.order
    shop.dintero.replay(purchase.first_callback)
    after = purchase.stays(*PAID)
    expect(
        (after.captured, after.state) == (before.captured, before.state),
        f"{amount} was captured and the shop said {before.word!r} with {before.captured} captured; then the "
        f"callback of the authorization came once more, and it says {after.word!r} with {after.captured}",
    )


def captured_in_backoffice(shop: Shop, purchase: Purchase) -> int:
    """Take the whole sum with the account's credentials; a shop may have done so itself."""
    transaction = purchase.transaction
    if transaction["status"] == "AUTHORIZED":
        lines = {"amount": transaction["amount"], "items": transaction.get("items")}
        path = f"/v1/transactions/{purchase.transaction_id}/capture"
        shop.dintero.call("POST", path, lines)
    purchase.settled()
    return int(transaction["amount"])
