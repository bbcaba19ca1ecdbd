"""Orders that are sent, or come back, in parts."""

from mock_dintero.verify import Shop, expect, money, promise

MANAGE = "https://docs.dintero.com/docs/checkout/transaction-management"


@promise(
    "capture-part", "After payment", "must", needs=("capture_part",),
    why="Only what is sent may be charged.",
    mend="Capture the lines of this parcel, with the sum of these lines as `amount`.",
    source=MANAGE,
)  # fmt: skip
def capture_part(shop: Shop) -> None:
    """Sending a part of an order captures this part and no more."""
    part = shop.merchant.capture_part
    assert part is not None
    purchase = shop.sell(part.basket)
    purchase.operate("capture_part")
    taken = purchase.comes_to("CAPTURE", part.amount)
    expect(
        taken == part.amount,
        f"the part comes to {money(part.amount)} ([capture_part] amount), {money(taken)} was captured; "
        + purchase.in_words(),
    )
    order = purchase.shows("partially_captured")
    expect(
        order.captured in (None, taken),
        f"Dintero captured {money(taken)}, the shop says {money(order.captured or 0)}",
    )


@promise(
    "capture-rest", "After payment", "must", needs=("capture_part", "capture"),
    why="Asking for the whole sum again is refused, and the rest of the goods is sent unpaid.",
    mend="Capture the transaction's amount less the successful CAPTURE events.",
    source=MANAGE,
)  # fmt: skip
def capture_rest(shop: Shop) -> None:
    """After a part was captured, the rest can be captured, and the sums are right."""
    part = shop.merchant.capture_part
    assert part is not None
    purchase = shop.sell(part.basket)
    purchase.operate("capture_part")
    first = purchase.comes_to("CAPTURE", part.amount)
    purchase.operate("capture")
    whole = purchase.transaction["amount"]
    taken = purchase.comes_to("CAPTURE", whole)
    expect(
        taken == whole,
        f"first {money(first)} was captured; after the button for the rest it is {money(taken)} of "
        f"{money(whole)}; {purchase.in_words()}",
    )
    order = purchase.shows("captured")
    expect(
        order.captured in (None, whole),
        f"Dintero captured {money(whole)} in two parts, the shop says {money(order.captured or 0)}",
    )


@promise(
    "capture-part-lines", "After payment", "should", needs=("capture_part", "capture"),
    why="Invoices are written by the captured lines: a line in both parts is invoiced twice.",
    mend="Remember what each parcel has taken of each line (the CAPTURE events tell), the shipping too.",
    source=MANAGE,
)  # fmt: skip
def capture_part_lines(shop: Shop) -> None:
    """The lines of all parts together are the lines of the order, each once."""
    part = shop.merchant.capture_part
    assert part is not None
    purchase = shop.sell(part.basket)
    purchase.operate("capture_part")
    purchase.at_rest()
    purchase.operate("capture")
    purchase.shows("captured")
    for ordered in purchase.transaction.get("items") or []:
        amounts = [
            item["amount"]
            for one in purchase.successes("CAPTURE")
            for item in one.get("items") or []
            if item.get("line_id") == ordered.get("line_id")
        ]
        expect(
            sum(amounts) == ordered["amount"],
            f"line {ordered.get('line_id')!r} is {money(ordered['amount'])} in the order; the captures took "
            f"{' and '.join(map(money, amounts)) or 'nothing'} for it",
        )


@promise(
    "refund-part", "After payment", "must", needs=("capture", "refund_part"),
    why="The customer sends one thing back and gets the money for that one.",
    mend="Refund the part's sum; `amount` is always required.",
    source=MANAGE,
)  # fmt: skip
def refund_part(shop: Shop) -> None:
    """Refunding a part of an order gives back this part and no more."""
    part = shop.merchant.refund_part
    assert part is not None
    purchase = shop.sell_and_capture()
    purchase.operate("refund_part")
    back = purchase.comes_to("REFUND", part.amount)
    expect(
        back == part.amount,
        f"the part comes to {money(part.amount)} ([refund_part] amount), {money(back)} was given back; "
        + purchase.in_words(),
    )
    order = purchase.shows("partially_refunded")
    expect(
        order.refunded in (None, back),
        f"Dintero gave back {money(back)}, the shop says {money(order.refunded or 0)}",
    )


@promise(
    "refund-rest", "After payment", "must", needs=("capture", "refund_part", "refund"),
    why="After a part was given back a refund of the whole is refused, and the customer waits in vain.",
    mend="Refund what the CAPTURE events took less what the REFUND events gave back.",
    source=MANAGE,
)  # fmt: skip
def refund_rest(shop: Shop) -> None:
    """After a part was refunded, the rest can be refunded, and no more."""
    part = shop.merchant.refund_part
    assert part is not None
    purchase = shop.sell_and_capture()
    purchase.operate("refund_part")
    first = purchase.comes_to("REFUND", part.amount)
    purchase.operate("refund")
    taken = purchase.total("CAPTURE")
    back = purchase.comes_to("REFUND", taken)
    expect(
        back == taken,
        f"{money(taken)} was captured and {money(first)} given back; after the button for the rest "
        f"{money(back)} is given back; {purchase.in_words()}",
    )
    purchase.shows("refunded")


@promise(
    "refund-of-part-capture", "After payment", "must", needs=("capture_part", "refund"),
    why="Dintero gives back no more than was taken: a refund of the order's whole sum is refused.",
    mend="Refund what was captured, not what was ordered.",
    source=MANAGE,
)  # fmt: skip
def refund_of_part_capture(shop: Shop) -> None:
    """When a part was captured, a refund gives back this part."""
    part = shop.merchant.capture_part
    assert part is not None
    purchase = shop.sell(part.basket)
    purchase.operate("capture_part")
    taken = purchase.comes_to("CAPTURE", part.amount)
    purchase.operate("refund")
    back = purchase.comes_to("REFUND", taken)
    expect(
        0 < back == taken,
        f"of {money(purchase.transaction['amount'])} a part of {money(taken)} was captured, and "
        f"{money(back)} was given back; {purchase.in_words()}",
    )
    purchase.shows("refunded", "partially_refunded")
