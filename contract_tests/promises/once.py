"""An order is confirmed once, in whatever order and however often the shop hears of its payment."""

from mock_dintero.verify import PAID, UNPAID, Shop, expect, promise

CHECKLIST = "https://docs.dintero.com/docs/checkout/integration-checklist"
CALLBACKS = "https://docs.dintero.com/docs/checkout/validating-callbacks"
AFTER = "https://docs.dintero.com/docs/checkout/after-payment"
READS = {"method": "GET", "path": "*/transactions*"}
SLOWLY = 0.2
"""Seconds that the shop has to wait for Dintero, so that what is to meet does meet."""
ONE_STEP = (
    "Make the step to `paid` conditional on the order not being paid yet, in one transaction of your "
    "database (UPDATE ... WHERE status = 'pending'), and let only the one that changed the row send the "
    "confirmation."
)


@promise(
    "callback-twice", "Once and only once", "must",
    needs=("payment_callback", "confirmations"),
    why="Dintero calls at least once: the same callback can come again, and a customer must not get "
    "two parcels for one payment.",
    mend=ONE_STEP,
    source=CHECKLIST,
)  # fmt: skip
def callback_twice(shop: Shop) -> None:
    """An order is confirmed once when the callback comes twice."""
    shop.fault("payment_callback", "duplicate")
    shop.buy(returns=False).is_confirmed_once("the callback came twice")


@promise(
    "callback-twice-at-once", "Once and only once", "must",
    needs=("payment_callback", "confirmations"),
    why="Two workers of your shop can hold the same callback at the same time. Both read `pending`, both "
    "confirm.",
    mend=ONE_STEP,
    source=CHECKLIST,
)  # fmt: skip
def callback_twice_at_once(shop: Shop) -> None:
    """An order is confirmed once when the callback comes three times at the same time."""
    shop.fault("api", "delay", times=3, seconds=SLOWLY, match=READS)
    shop.fault("payment_callback", "duplicate", count=3, at_once=True)
    shop.buy(returns=False).is_confirmed_once("the callback came three times at the same time")


@promise(
    "callback-answer-lost", "Once and only once", "must",
    needs=("payment_callback", "confirmations"),
    why="Your answer can be lost on its way. Dintero then calls again about an order that you have dealt "
    "with.",
    mend=ONE_STEP,
    source=CALLBACKS,
)  # fmt: skip
def callback_answer_lost(shop: Shop) -> None:
    """An order is confirmed once when the answer to the callback is lost and Dintero calls again."""
    shop.fault("payment_callback", "lose_answer")
    purchase = shop.buy(returns=False)
    purchase.settled()
    shop.dintero.clock.advance(hours=1)
    purchase.is_confirmed_once("the callback's first answer was lost and Dintero called again")


@promise(
    "callback-hundred-times", "Once and only once", "must",
    needs=("payment_callback", "confirmations"),
    why="A memory of the last few callbacks, or of their signatures, is over some day. The order's own state "
    "is not.",
    mend=ONE_STEP,
    source=CHECKLIST,
)  # fmt: skip
def callback_hundred_times(shop: Shop) -> None:
    """An order is confirmed once when the callback comes a hundred times and fails a few times."""
    shop.fault("api", "status", times=3, status=500, match=READS)
    shop.fault("payment_callback", "duplicate", count=100)
    purchase = shop.buy(returns=False)
    purchase.settled()
    shop.dintero.clock.advance(hours=1)
    purchase.is_confirmed_once(
        "the callback came a hundred times in a row while GET /v1/transactions/{id} answered 500 three "
        "times, and once more later"
    )


@promise(
    "api-down-for-hours", "Once and only once", "must", needs=("confirmations",),
    why="Dintero calls twenty times more, over hours. A shop that stops to listen earlier loses an order "
    "that is paid.",
    mend="Answer 5xx each time until you have stored the payment; note a callback as dealt with only then.",
    source=CALLBACKS,
)  # fmt: skip
def api_down_for_hours(shop: Shop) -> None:
    """An order is paid, and confirmed once, after Dintero's API was down for hours."""
    shop.fault("api", "status", times=12, status=500, match=READS)
    purchase = shop.buy(returns=False)
    purchase.settled()
    shop.dintero.clock.advance(hours=3.5)  # the shop's token is good for four
    purchase.is_confirmed_once(
        "GET /v1/transactions/{id} failed twelve times, then Dintero's API was back"
    )


@promise(
    "never-returns", "Once and only once", "must", needs=("confirmations",),
    why="A confirmation that only the return page sends does not reach a customer who closed the window, nor "
    "the warehouse.",
    mend="Send it where the order becomes paid, whoever brought the news.",
    source=CHECKLIST,
)  # fmt: skip
def never_returns(shop: Shop) -> None:
    """An order is confirmed once when the customer never returns."""
    shop.buy(returns=False).is_confirmed_once("the customer paid and closed the window")


@promise(
    "callback-lost", "Once and only once", "should",
    why="A firewall, a wrong certificate, a moved domain: callbacks get lost for hours. The customer who is "
    "back would read that nothing was paid, and pay again.",
    mend="Let the return page read the transaction that its query names, and do what the callback would.",
    source=AFTER,
)  # fmt: skip
def callback_lost(shop: Shop) -> None:
    """An order is paid when the customer returns, although the callback never comes."""
    shop.fault("payment_callback", "drop", times=100)
    purchase = shop.buy()
    purchase.becomes(*PAID, after="the customer returned and no callback came")


def race(shop: Shop, do: str, what: str) -> None:
    """Callback and return meet in this way, while the shop waits for Dintero's answers."""
    shop.fault("race", do)
    shop.fault("api", "delay", times=4, seconds=SLOWLY, match=READS)
    shop.buy().is_confirmed_once(what)


@promise(
    "race-return-first", "Once and only once", "must", needs=("confirmations",),
    why="Callback and return come in any order; the second must find that all is done.",
    mend=ONE_STEP,
    source=CHECKLIST,
)  # fmt: skip
def race_return_first(shop: Shop) -> None:
    """An order is confirmed once when the customer returns before the callback."""
    race(shop, "return_first", "the customer returned, and then the callback came")


@promise(
    "race-callback-first", "Once and only once", "must", needs=("confirmations",),
    why="Callback and return come in any order; the second must find that all is done.",
    mend=ONE_STEP,
    source=CHECKLIST,
)  # fmt: skip
def race_callback_first(shop: Shop) -> None:
    """An order is confirmed once when the callback comes before the customer returns."""
    race(shop, "callback_first", "the callback came, and then the customer returned")


@promise(
    "race-together", "Once and only once", "must", needs=("confirmations",),
    why="Dintero sends the callback while the customer's browser is on its way: they do arrive in the same "
    "moment.",
    mend=ONE_STEP,
    source=CHECKLIST,
)  # fmt: skip
def race_together(shop: Shop) -> None:
    """An order is confirmed once when callback and customer come at the same moment."""
    race(shop, "together", "callback and customer came at the same moment")


@promise(
    "race-callback-during-return", "Once and only once", "must", needs=("confirmations",),
    why="Between reading the order and storing it the return page waits for Dintero, and the callback does "
    "the same work meanwhile. The page then stores what it has read before.",
    mend=ONE_STEP,
    source=CHECKLIST,
)  # fmt: skip
def race_callback_during_return(shop: Shop) -> None:
    """An order is confirmed once when the callback comes while the return page reads the payment."""
    what = "the callback came while the return page was reading the payment"
    race(shop, "callback_during_return", what)


@promise(
    "return-double-click", "Once and only once", "must", needs=("confirmations",),
    why="Browsers open a page twice: a double click, a preview, a second tab.",
    mend=ONE_STEP,
    source=AFTER,
)  # fmt: skip
def return_double_click(shop: Shop) -> None:
    """An order is confirmed once when the return page is opened twice at the same time."""
    shop.fault("payment_callback", "drop", times=100)
    shop.fault("api", "delay", times=2, seconds=SLOWLY, match=READS)
    shop.fault("buyer", "double_click")
    shop.buy().is_confirmed_once(
        "the return page was opened twice at the same time, no callback came"
    )


@promise(
    "return-back-button", "Once and only once", "must", needs=("confirmations",),
    why="Customers reload the thank-you page, and come back to it days later.",
    mend=ONE_STEP,
    source=AFTER,
)  # fmt: skip
def return_back_button(shop: Shop) -> None:
    """An order is confirmed once when the return page is opened again."""
    shop.fault("payment_callback", "drop", times=100)
    shop.fault("buyer", "back_button")
    shop.buy().is_confirmed_once("the return page was opened again, no callback came")


@promise(
    "late-cancelled-return", "Once and only once", "must",
    why="An old tab, the back button of the payment page: a link with `error=cancelled` is opened after the "
    "order was paid. The money is taken, and the order would be cancelled.",
    mend="Let an error change an order that still waits, and no other; read the transaction if you know one.",
    source=AFTER,
)  # fmt: skip
def late_cancelled_return(shop: Shop) -> None:
    """A paid order stays paid when the customer comes back once more with `error=cancelled`."""
    purchase = shop.buy(returns=False)
    purchase.becomes(*PAID)
    purchase.open_return_page(error="cancelled")
    purchase.stays(
        *PAID, after="the order was paid, then the return page was opened with error=cancelled"
    )


@promise(
    "late-cancelled-callback", "Once and only once", "must", needs=("payment_callback",),
    why="Callbacks overtake each other: the error of a first attempt can come after the success of the "
    "second.",
    mend="Let an error change an order that still waits, and no other; read the transaction if you know one.",
    source=CALLBACKS,
)  # fmt: skip
def late_cancelled_callback(shop: Shop) -> None:
    """A paid order stays paid when a callback with `error=cancelled` comes late."""
    purchase = shop.buy(returns=False)
    purchase.becomes(*PAID)
    purchase.call_back({"error": "cancelled", "transaction_id": None})
    purchase.stays(*PAID, after="the order was paid, then a callback with error=cancelled came")


@promise(
    "return-made-up", "Once and only once", "must",
    why="The return URL is typed by whoever likes to. An order number and any id would be enough for free "
    "goods.",
    mend="Read the transaction that the return URL names, with your token; believe nothing else.",
    source=AFTER,
)  # fmt: skip
def return_made_up(shop: Shop) -> None:
    """An order is not paid by a return URL with a made-up transaction."""
    purchase = shop.begin()
    purchase.prepare()
    page = purchase.open_return_page(transaction_id=purchase.made_up_id)
    purchase.stays(
        *UNPAID, after="somebody opened the return page with the id of a transaction that does not exist "
        f"(answered with {page.status_code})",
    )  # fmt: skip


@promise(
    "return-bare", "Once and only once", "must",
    why="The return URL is typed by whoever likes to, and stands in the browser's history.",
    mend="Take a return without transaction_id for what it is: nothing was paid, as far as you know.",
    source=AFTER,
)  # fmt: skip
def return_bare(shop: Shop) -> None:
    """An order is not paid by a return URL without a transaction."""
    purchase = shop.begin()
    purchase.prepare()
    page = purchase.open_return_page()
    purchase.stays(
        *UNPAID, after="somebody opened the return page without a transaction (answered with "
        f"{page.status_code})",
    )  # fmt: skip


@promise(
    "return-other-order", "Once and only once", "must",
    why="A customer pays for a small order, and opens the return page of a large one with the small one's "
    "transaction.",
    mend="Compare the transaction's merchant_reference and session_id with the order's that is to be paid.",
    source=AFTER,
)  # fmt: skip
def return_other_order(shop: Shop) -> None:
    """An order is not paid by a return URL with the transaction of another order."""
    paid = shop.buy(returns=False)
    paid.becomes(*PAID)
    unpaid = shop.begin()
    unpaid.prepare()
    page = unpaid.open_return_page(transaction_id=paid.transaction_id)
    unpaid.stays(
        *UNPAID, after=f"somebody opened the return page of {unpaid.reference} with the transaction of "
        f"{paid.reference} (answered with {page.status_code})",
    )  # fmt: skip


@promise(
    "return-odd-answers", "Once and only once", "should",
    why="A customer who has paid, or has not, and sees an error page orders again, or writes to you.",
    mend="Treat every parameter of the return URL as one that may be missing or wrong; show how the order "
    "stands.",
    source=AFTER,
)  # fmt: skip
def return_odd_answers(shop: Shop) -> None:
    """The return page answers when its query is incomplete or wrong."""
    purchase = shop.begin()
    purchase.prepare()
    odd: tuple[dict[str, str], ...] = (
        {}, {"transaction_id": ""}, {"transaction_id": purchase.made_up_id}, {"transaction_id": "æ/../%"},
        {"error": "unheard_of"},
    )  # fmt: skip
    for query in odd:
        status = purchase.open_return_page(**query).status_code
        said = (
            " and ".join(f"{name}={value!r}" for name, value in query.items()) or "no transaction"
        )
        expect(
            status < 500, f"the return page of an order, opened with {said}, answered with {status}"
        )


@promise(
    "two-orders-at-once", "Once and only once", "must", needs=("confirmations",),
    why="Customers buy in two windows, and many customers buy at once. News of one payment must not land on "
    "another order.",
    mend="Find the order by merchant_reference (or session_id) alone, never by the browser's session, by "
    "`the latest` or by something that is kept between requests.",
    source=CHECKLIST,
)  # fmt: skip
def two_orders_at_once(shop: Shop) -> None:
    """Two orders that are paid at the same time are both confirmed once."""
    shop.fault("api", "delay", times=4, seconds=SLOWLY, match=READS)
    orders = [shop.begin(), shop.begin()]
    for purchase in orders:
        purchase.prepare()
    for purchase in orders:
        purchase.pay(returns=False)
    for number, purchase in enumerate(orders, 1):
        purchase.is_confirmed_once(
            f"two orders were paid at the same time, this is number {number}"
        )
