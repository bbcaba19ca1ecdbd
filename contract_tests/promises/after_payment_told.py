"""What becomes of an operation is not its HTTP status: refused, finished later, done by somebody else."""

from mock_dintero.verify import Purchase, Shop, expect, money, promise

MANAGE = "https://docs.dintero.com/docs/checkout/transaction-management"
API = "https://docs.dintero.com/checkout-api.html"
LATER = 600
"""Seconds of the account's clock until the provider has done what it was asked."""


@promise(
    "capture-refused", "After payment", "must", needs=("capture",),
    why="Dintero answers 200 when the provider refuses: whoever ships on the HTTP status ships unpaid.",
    mend="Look at the last event's `success`, or at the transaction's status; ship when it is CAPTURED.",
    source=MANAGE,
)  # fmt: skip
def capture_refused(shop: Shop) -> None:
    """A capture that the provider refuses is no capture in the shop's eyes."""
    purchase = shop.sell()
    _refuse(shop, "capture")
    purchase.operate("capture")
    order = purchase.at_rest()
    expect(
        order.state not in ("captured", "partially_captured") and not order.captured,
        "the capture was answered with 200 and an event whose `success` is false; the shop says "
        f"{order.word!r} ({money(order.captured or 0)} captured)",
    )


@promise(
    "capture-refused-again", "After payment", "must", needs=("capture",),
    why="A provider that refuses now may take it in an hour; the reservation is still there.",
    mend="Leave the order as it was when a capture fails, so that the button can be pressed again.",
    source=MANAGE,
)  # fmt: skip
def capture_refused_again(shop: Shop) -> None:
    """After a refused capture the button works again."""
    purchase = shop.sell()
    _refuse(shop, "capture")
    purchase.operate("capture")
    purchase.at_rest()
    purchase.operate("capture")
    whole = purchase.transaction["amount"]
    taken = purchase.comes_to("CAPTURE", whole)
    expect(
        taken == whole,
        f"the first capture was refused by the provider; pressed again, {money(taken)} of {money(whole)} "
        f"was captured; {purchase.in_words()}",
    )
    purchase.shows("captured")


@promise(
    "refund-refused", "After payment", "must", needs=("capture", "refund"),
    why="The customer is told that the money is on its way, and it is not.",
    mend="Look at the last event's `success`, or at the transaction's status.",
    source=MANAGE,
)  # fmt: skip
def refund_refused(shop: Shop) -> None:
    """A refund that the provider refuses is no refund in the shop's eyes."""
    purchase = shop.sell_and_capture()
    _refuse(shop, "refund")
    purchase.operate("refund")
    order = purchase.at_rest()
    expect(
        order.state not in ("refunded", "partially_refunded") and not order.refunded,
        "the refund was answered with 200 and an event whose `success` is false; the shop says "
        f"{order.word!r} ({money(order.refunded or 0)} given back)",
    )


@promise(
    "refund-refused-again", "After payment", "must", needs=("capture", "refund"),
    why="The customer still waits for the money.",
    mend="Leave the order as it was when a refund fails, so that the button can be pressed again.",
    source=MANAGE,
)  # fmt: skip
def refund_refused_again(shop: Shop) -> None:
    """After a refused refund the button works again."""
    purchase = shop.sell_and_capture()
    _refuse(shop, "refund")
    purchase.operate("refund")
    purchase.at_rest()
    purchase.operate("refund")
    taken = purchase.total("CAPTURE")
    back = purchase.comes_to("REFUND", taken)
    expect(
        back == taken,
        f"the first refund was refused by the provider; pressed again, {money(back)} of {money(taken)} was "
        f"given back; {purchase.in_words()}",
    )
    purchase.shows("refunded")


@promise(
    "void-refused", "After payment", "must", needs=("void",),
    why="The customer is told that nothing is held any more, and it is.",
    mend="Look at the transaction's status: only AUTHORIZATION_VOIDED is cancelled.",
    source=MANAGE,
)  # fmt: skip
def void_refused(shop: Shop) -> None:
    """A void that the provider refuses leaves the order as it was."""
    purchase = shop.sell()
    _refuse(shop, "void")
    purchase.operate("void")
    order = purchase.at_rest()
    expect(
        order.state not in ("voided", "cancelled"),
        f"the provider refused the void; the shop says {order.word!r}, and at Dintero the payment is "
        f"{purchase.transaction['status']}",
    )


@promise(
    "void-refused-again", "After payment", "should", needs=("void",),
    why="The customer's money is still held.",
    mend="Leave the order as it was when a void fails, so that the button can be pressed again.",
    source=MANAGE,
)  # fmt: skip
def void_refused_again(shop: Shop) -> None:
    """After a refused void the button works again."""
    purchase = shop.sell()
    _refuse(shop, "void")
    purchase.operate("void")
    purchase.at_rest()
    purchase.operate("void")
    purchase.shows("voided", "cancelled")
    status = purchase.transaction["status"]
    expect(
        status == "AUTHORIZATION_VOIDED",
        f"the first void was refused by the provider; pressed again, the payment is {status}",
    )


@promise(
    "capture-pending", "After payment", "must", needs=("capture",),
    why="202 means that the capture has begun; it can still fail.",
    mend="Treat 202 as neither done nor failed: the status stays AUTHORIZED until the CAPTURE event.",
    source=API,
)  # fmt: skip
def capture_pending(shop: Shop) -> None:
    """A capture that the provider finishes later is no capture before."""
    purchase = shop.sell()
    _put_off(shop, "capture")
    purchase.operate("capture")
    order = purchase.at_rest()
    expect(
        order.state not in ("captured", "partially_captured") and not order.captured,
        "the capture was answered with 202 and an INITIATE_CAPTURE event; the shop says "
        f"{order.word!r} ({money(order.captured or 0)} captured)",
    )


@promise(
    "capture-pending-ends", "After payment", "must", needs=("capture",),
    why="Nobody looks at the order again: it would never be shipped, or be captured by hand.",
    mend="Ask for `report_event=CAPTURE` in callback_url, and read the transaction when it comes.",
    source="https://docs.dintero.com/docs/checkout/after-payment",
)  # fmt: skip
def capture_pending_ends(shop: Shop) -> None:
    """A capture that was finished later is learnt from the callback."""
    purchase = shop.sell()
    _put_off(shop, "capture")
    purchase.operate("capture")
    purchase.at_rest()
    purchase.later(LATER)
    order = purchase.shows(
        "captured", after="a capture was answered with 202 and done ten minutes later"
    )
    expect(
        order.captured in (None, purchase.total("CAPTURE")),
        f"Dintero captured {money(purchase.total('CAPTURE'))}, the shop says {money(order.captured or 0)}",
    )


@promise(
    "refund-pending", "After payment", "must", needs=("capture", "refund"),
    why="202 means that the refund has begun. A shop that takes it for a failure refunds again by bank.",
    mend="Treat 202 as neither done nor failed: wait for the REFUND event.",
    source=API,
)  # fmt: skip
def refund_pending(shop: Shop) -> None:
    """A refund that the provider finishes later is no refund before, and one after."""
    purchase = shop.sell_and_capture()
    _put_off(shop, "refund")
    purchase.operate("refund")
    order = purchase.at_rest()
    expect(
        order.state not in ("refunded", "partially_refunded") and not order.refunded,
        "the refund was answered with 202 and an INITIATE_REFUND event; the shop says "
        f"{order.word!r} ({money(order.refunded or 0)} given back)",
    )
    purchase.later(LATER)
    purchase.shows("refunded", after="a refund was answered with 202 and done ten minutes later")


@promise(
    "backoffice-capture", "After payment", "must", needs=("capture",),
    why="Colleagues capture in Dintero's backoffice. Then the button gets a refusal, and the order must "
    "come out of it captured.",
    mend="Read the transaction before you capture, and take over what it says.",
    source=MANAGE,
)  # fmt: skip
def backoffice_capture(shop: Shop) -> None:
    """An order that was captured in the backoffice is captured once, and the shop learns it."""
    purchase = shop.sell()
    _lose_news(shop, "capture")
    whole = purchase.transaction["amount"]
    _in_backoffice(purchase, "capture", amount=whole)
    purchase.operate("capture")
    order = purchase.at_rest()
    expect(
        order.state not in ("failed", "cancelled", "voided"),
        f"the payment was captured in the backoffice and the button pressed; the shop then says "
        f"{order.word!r}; {purchase.in_words()}",
    )
    purchase.later(LATER)
    purchase.shows("captured")
    taken = purchase.total("CAPTURE")
    expect(
        taken == whole, f"{money(whole)} was captured in the backoffice, in the end {money(taken)}"
    )


@promise(
    "backoffice-capture-part", "After payment", "should", needs=("capture",),
    why="The button asks for the whole sum, is refused, and the rest is never paid.",
    mend="Capture the transaction's amount less its successful CAPTURE events.",
    source=MANAGE,
)  # fmt: skip
def backoffice_capture_part(shop: Shop) -> None:
    """After a part was captured in the backoffice, the button captures the rest."""
    purchase = shop.sell()
    whole = purchase.transaction["amount"]
    _in_backoffice(purchase, "capture", amount=whole // 4)
    purchase.at_rest()
    purchase.operate("capture")
    taken = purchase.comes_to("CAPTURE", whole)
    expect(
        taken == whole,
        f"{money(whole // 4)} was captured in the backoffice; with the button "
        f"{money(taken)} of {money(whole)}; {purchase.in_words()}",
    )
    purchase.shows("captured")


@promise(
    "backoffice-refund", "After payment", "should", needs=("capture", "refund"),
    why="The shop's books say that the money is there, and it is gone.",
    mend="Ask for `report_event=REFUND` in callback_url, and read the transaction when it comes.",
    source="https://docs.dintero.com/docs/checkout/after-payment",
)  # fmt: skip
def backoffice_refund(shop: Shop) -> None:
    """A refund in the backoffice is learnt from its callback."""
    purchase = shop.sell_and_capture()
    whole = purchase.total("CAPTURE")
    _in_backoffice(purchase, "refund", amount=whole)
    order = purchase.shows("refunded", after="the payment was refunded in the backoffice")
    expect(
        order.refunded in (None, whole),
        f"Dintero gave back {money(whole)}, the shop says {money(order.refunded or 0)}",
    )


@promise(
    "backoffice-void", "After payment", "must",
    why="The reservation is gone: goods that are sent now are not paid.",
    mend="Ask for `report_event=VOID` in callback_url, and read the transaction when it comes.",
    source="https://docs.dintero.com/docs/checkout/after-payment",
)  # fmt: skip
def backoffice_void(shop: Shop) -> None:
    """An order that was cancelled in the backoffice does not stay paid."""
    purchase = shop.sell()
    _in_backoffice(purchase, "void")
    shop.wait_until(lambda: purchase.order.state != "paid", within=shop.merchant.limits.belief)
    order = purchase.at_rest()
    expect(
        order.state != "paid",
        f"the payment was voided in the backoffice; the shop still says {order.word!r}; "
        f"{purchase.in_words()}",
    )


def _lose_news(shop: Shop, operation: str) -> None:
    """What became of it is not told by a callback: the shop has to look by itself."""
    shop.dintero.clock.freeze()
    shop.fault("payment_callback", "drop", match={"event": operation.upper()})


def _refuse(shop: Shop, operation: str) -> None:
    _lose_news(shop, operation)
    shop.fault("payment", "refuse", match={"operation": operation})


def _put_off(shop: Shop, operation: str) -> None:
    shop.fault("payment", "pending", seconds=LATER, match={"operation": operation})


def _in_backoffice(purchase: Purchase, verb: str, **body: int) -> None:
    path = f"/v1/transactions/{purchase.transaction_id}/{verb}"
    purchase.shop.dintero.call("POST", path, body)
    purchase.later(0)
    purchase.settled()
