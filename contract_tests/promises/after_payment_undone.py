"""What was reserved is let go, what was taken is given back."""

from concurrent.futures import ThreadPoolExecutor

from mock_dintero.verify import Purchase, Shop, expect, money, promise

MANAGE = "https://docs.dintero.com/docs/checkout/transaction-management"
A_CALLBACK_LATER = 10
"""Seconds of the account's clock after which a lost callback has come again."""
REFUNDS = "https://docs.dintero.com/docs/integrations/support/refunds"


@promise(
    "void-releases", "After payment", "must", needs=("void",),
    why="A reservation that is not voided blocks the customer's money for days.",
    mend="Call `POST /transactions/{id}/void` when an order is cancelled, and check its status.",
    source=MANAGE,
)  # fmt: skip
def void_releases(shop: Shop) -> None:
    """Cancelling a paid order releases the reservation, and the shop says so."""
    purchase = shop.sell()
    purchase.operate("void")
    order = purchase.shows("voided", "cancelled")
    status = purchase.transaction["status"]
    expect(
        status == "AUTHORIZATION_VOIDED",
        f"the shop says {order.word!r}, and at Dintero the payment is {status}: "
        f"{money(purchase.transaction['amount'])} of the customer's money is still held",
    )


@promise(
    "void-after-capture", "After payment", "must", needs=("capture", "void"),
    why="The money is taken. A shop that says cancelled keeps money for goods that it does not send.",
    mend="Offer a refund instead, and do not believe in a void that was refused.",
    source=MANAGE,
)  # fmt: skip
def void_after_capture(shop: Shop) -> None:
    """A captured order is not cancelled by the button, unless its money is given back."""
    purchase = shop.sell_and_capture()
    purchase.operate("void")
    order = purchase.at_rest()
    taken, back = purchase.total("CAPTURE"), purchase.total("REFUND")
    expect(
        order.state not in ("voided", "cancelled") or back == taken,
        f"the shop says {order.word!r}, and {money(taken)} was captured, {money(back)} given back; "
        f"{purchase.in_words()}",
    )


@promise(
    "refund-gives-back", "After payment", "must", needs=("capture", "refund"),
    why="The customer waits for the money.",
    mend="Call `POST /transactions/{id}/refund` with what was captured as `amount`.",
    source=REFUNDS,
)  # fmt: skip
def refund_gives_back(shop: Shop) -> None:
    """Refunding an order gives back what was captured, and the shop says so."""
    purchase = shop.sell_and_capture()
    purchase.operate("refund")
    taken = purchase.total("CAPTURE")
    back = purchase.comes_to("REFUND", taken)
    expect(
        back == taken,
        f"{money(taken)} was captured and {money(back)} given back; {purchase.in_words()}",
    )
    order = purchase.shows("refunded")
    expect(
        order.refunded in (None, back),
        f"Dintero gave back {money(back)}, the shop says {money(order.refunded or 0)}",
    )


@promise(
    "refund-twice", "After payment", "must", needs=("capture", "refund"),
    why="A second click must neither give back twice nor make the books say so.",
    mend="Read the transaction before you refund; book what its REFUND events say.",
    source=REFUNDS,
)  # fmt: skip
def refund_twice(shop: Shop) -> None:
    """Pressing the refund button a second time gives nothing back."""
    purchase = shop.sell_and_capture()
    purchase.operate("refund")
    purchase.shows("refunded")
    purchase.operate("refund")
    _is_refunded_once(purchase, "the button was pressed twice")


@promise(
    "refund-at-once", "After payment", "must", needs=("capture", "refund"),
    why="A double click sends both requests before the first is answered.",
    mend="Take a lock on the order around reading and refunding.",
    source=REFUNDS,
)  # fmt: skip
def refund_at_once(shop: Shop) -> None:
    """Pressing the refund button twice at the same time gives back once."""
    purchase = shop.sell_and_capture()
    shop.dintero.clock.freeze()
    shop.fault("payment_callback", "drop", match={"event": "REFUND"})
    for seconds in (0.3, 0.6):
        shop.fault("api", "delay", seconds=seconds, match={"method": "POST", "path": "*/refund"})
    with ThreadPoolExecutor(2) as pool:
        for pressed in [pool.submit(purchase.operate, "refund") for _ in range(2)]:
            pressed.result()
    _is_refunded_once(purchase, "the button was pressed twice at the same time")


@promise(
    "refund-uncaptured", "After payment", "must", needs=("refund",),
    why="Nothing was taken, so nothing can be given back: the customer's money is still held.",
    mend="Void a payment that is AUTHORIZED, refund one that is captured.",
    source=REFUNDS,
)  # fmt: skip
def refund_uncaptured(shop: Shop) -> None:
    """An order that was not captured is not refunded in the shop's eyes while its money is held."""
    purchase = shop.sell()
    purchase.operate("refund")
    order, status = purchase.at_rest(), purchase.transaction["status"]
    is_told = order.state in ("refunded", "partially_refunded") or bool(order.refunded)
    expect(
        status != "AUTHORIZED" or not is_told,
        f"the shop says {order.word!r} ({money(order.refunded or 0)} given back), and nothing was "
        f"captured yet; {purchase.in_words()}",
    )


def _is_refunded_once(purchase: Purchase, story: str) -> None:
    """What the shop has not learnt yet, the next callback tells; what it believes now must not be wrong."""
    order = purchase.at_rest()
    taken, back = purchase.total("CAPTURE"), purchase.total("REFUND")
    expect(back == taken, f"{story}; {money(taken)} was captured and {money(back)} given back")
    expect(
        order.refunded in (None, 0, back),
        f"{story}; Dintero gave back {money(back)} once, the shop says {money(order.refunded or 0)}",
    )
    purchase.shop.dintero.clock.advance(A_CALLBACK_LATER)
    order = purchase.shows("refunded", after=story)
    expect(
        order.refunded in (None, back),
        f"{story}; Dintero gave back {money(back)} once, the shop says {money(order.refunded or 0)}",
    )
