"""A bad day of Dintero's: what becomes of captures, refunds and voids that fail half way."""

from typing import Any, Literal

from mock_dintero.verify import Purchase, Shop, expect, money, promise

MANAGE = "https://docs.dintero.com/docs/checkout/transaction-management"
ERRORS = "https://docs.dintero.com/docs/errors"
AGAIN = (
    "Leave the order as it was after an error, and read the transaction before the next try: it tells "
    "whether the first one was done."
)


@promise(
    "capture-unavailable", "Resilience", "must", needs=("capture",),
    why="Nothing was taken: goods that are sent now are not paid.",
    mend="Mark an order as captured because its transaction says so, never after an error.",
    source=ERRORS,
)  # fmt: skip
def capture_unavailable(shop: Shop) -> None:
    """A capture that was answered with 503 is no capture in the shop's eyes."""
    purchase = shop.sell()
    _break(shop, "capture", "status", 5, status=503)
    purchase.operate("capture")
    _believes_the_truth(purchase, "the capture was answered with 503")


@promise(
    "capture-forgotten", "Resilience", "advice", needs=("capture",),
    why="A good answer may come from a system that then fails before it has stored anything.",
    mend="Read the transaction after the capture, and believe that.",
    source=MANAGE,
)  # fmt: skip
def capture_forgotten(shop: Shop) -> None:
    """A capture that was answered as if it had been done, and was not, is not believed."""
    purchase = shop.sell()
    _break(shop, "capture", "forget")
    purchase.operate("capture")
    _believes_the_truth(purchase, "the capture was answered with 200 and then forgotten")


@promise(
    "capture-after-unavailable", "Resilience", "must", needs=("capture",),
    why="An order that cannot be captured any more after one bad minute is given away.",
    mend=AGAIN, source=ERRORS,
)  # fmt: skip
def capture_after_unavailable(shop: Shop) -> None:
    """After a 503 the capture button works again."""
    _is_captured_in_the_end(shop, "answered with 503", "status", status=503)


@promise(
    "capture-after-reset", "Resilience", "must", needs=("capture",),
    why="A broken connection says nothing about what was done.",
    mend=AGAIN, source=ERRORS,
)  # fmt: skip
def capture_after_reset(shop: Shop) -> None:
    """After a broken connection the capture button works again."""
    _is_captured_in_the_end(shop, "cut off by a reset", "reset_connection")


@promise(
    "capture-answer-lost", "Resilience", "must", needs=("capture",),
    why="The money is taken and the shop does not know: a second capture is refused for ever.",
    mend=AGAIN, source=MANAGE,
)  # fmt: skip
def capture_answer_lost(shop: Shop) -> None:
    """A capture whose answer was lost is found out, and taken once."""
    _is_captured_in_the_end(shop, "done, and its answer cut off half way", "half_body")


@promise(
    "capture-answer-late", "Resilience", "must", needs=("capture",),
    why="After a time-out the capture may still be done, and it is.",
    mend=AGAIN, source=MANAGE,
)  # fmt: skip
def capture_answer_late(shop: Shop) -> None:
    """A capture that took longer than the shop could wait is found out, and taken once."""
    patience = shop.merchant.limits.patience
    story = f"done after {patience:g} s"
    _is_captured_in_the_end(shop, story, "delay", seconds=patience)


@promise(
    "capture-part-answer-lost", "Resilience", "must", needs=("capture_part",),
    why="For a part there is room for a second capture: asking again blindly takes the money twice.",
    mend="After an error read the transaction; send a capture again only when it is not there.",
    source=MANAGE,
)  # fmt: skip
def capture_part_answer_lost(shop: Shop) -> None:
    """A capture of a part whose answer was lost is not sent a second time."""
    part = shop.merchant.capture_part
    assert part is not None
    purchase = shop.sell(part.basket)
    _break(shop, "capture", "half_body")
    purchase.operate("capture_part")
    purchase.at_rest()
    taken = purchase.total("CAPTURE")
    expect(
        taken == part.amount,
        f"the capture of {money(part.amount)} was done and its answer lost; the button was pressed once, "
        f"and {money(taken)} was taken; {purchase.in_words()}",
    )


@promise(
    "refund-after-reset", "Resilience", "must", needs=("capture", "refund"),
    why="The customer waits for the money.",
    mend=AGAIN, source=ERRORS,
)  # fmt: skip
def refund_after_reset(shop: Shop) -> None:
    """After a broken connection the refund button works again."""
    _is_refunded_in_the_end(shop, "cut off by a reset", "reset_connection")


@promise(
    "refund-unavailable", "Resilience", "must", needs=("capture", "refund"),
    why="The customer is told that the money is on its way, and it is not.",
    mend="Mark an order as refunded because its transaction says so, never after an error.",
    source=ERRORS,
)  # fmt: skip
def refund_unavailable(shop: Shop) -> None:
    """A refund that was answered with 503 is no refund in the shop's eyes."""
    purchase = shop.sell_and_capture()
    _break(shop, "refund", "status", 5, status=503)
    purchase.operate("refund")
    _believes_the_truth(purchase, "the refund was answered with 503")


@promise(
    "refund-answer-lost", "Resilience", "must", needs=("capture", "refund"),
    why="The money is given back and the shop does not know: somebody pays it once more by bank.",
    mend=AGAIN, source=MANAGE,
)  # fmt: skip
def refund_answer_lost(shop: Shop) -> None:
    """A refund whose answer was lost is found out, and given once."""
    _is_refunded_in_the_end(shop, "done, and its answer cut off half way", "half_body")


@promise(
    "refund-part-answer-lost", "Resilience", "must", needs=("capture", "refund_part"),
    why="For a part there is room for a second refund: asking again blindly gives the money twice.",
    mend="After an error read the transaction; send a refund again only when it is not there.",
    source=MANAGE,
)  # fmt: skip
def refund_part_answer_lost(shop: Shop) -> None:
    """A refund of a part whose answer was lost is not sent a second time."""
    part = shop.merchant.refund_part
    assert part is not None
    purchase = shop.sell_and_capture()
    _break(shop, "refund", "half_body")
    purchase.operate("refund_part")
    purchase.at_rest()
    back = purchase.total("REFUND")
    expect(
        back == part.amount,
        f"the refund of {money(part.amount)} was done and its answer lost; the button was pressed once, "
        f"and {money(back)} was given back; {purchase.in_words()}",
    )


@promise(
    "void-after-reset", "Resilience", "must", needs=("void",),
    why="The customer's money is still held.",
    mend=AGAIN, source=ERRORS,
)  # fmt: skip
def void_after_reset(shop: Shop) -> None:
    """After a broken connection the cancel button works again."""
    _is_voided_in_the_end(shop, "cut off by a reset", "reset_connection")


@promise(
    "void-answer-lost", "Resilience", "must", needs=("void",),
    why="The reservation is gone: goods that are sent now are not paid.",
    mend=AGAIN, source=MANAGE,
)  # fmt: skip
def void_answer_lost(shop: Shop) -> None:
    """A void whose answer was lost is found out."""
    _is_voided_in_the_end(shop, "done, and its answer cut off half way", "half_body")


def _break(shop: Shop, verb: str, do: str, times: int = 1, **options: Any) -> None:
    """Let the call for it go wrong."""
    shop.fault("api", do, times, match={"method": "POST", "path": f"*/{verb}"}, **options)


def _twice(
    purchase: Purchase, verb: Literal["capture", "refund", "void"], do: str, **options: Any
) -> None:
    """The button is pressed, the call goes wrong, the button is pressed again when all is well."""
    _break(purchase.shop, verb, do, **options)
    purchase.operate(verb)
    within = purchase.shop.merchant.limits.patience + 10
    purchase.shop.wait_until(lambda: bool(purchase.asked_for(verb)), within)
    purchase.at_rest()
    purchase.operate(verb)


def _is_captured_in_the_end(shop: Shop, what: str, do: str, **options: Any) -> None:
    purchase = shop.sell()
    _twice(purchase, "capture", do, **options)
    whole = purchase.transaction["amount"]
    taken = purchase.comes_to("CAPTURE", whole)
    story = f"the first capture was {what}; the button was pressed again"
    expect(
        taken == whole,
        f"{story}, and {money(taken)} of {money(whole)} is captured; {purchase.in_words()}",
    )
    order = purchase.shows("captured", after=story)
    expect(
        order.captured in (None, whole),
        f"{story}; {money(whole)} was captured once, the shop says {money(order.captured or 0)}",
    )


def _is_refunded_in_the_end(shop: Shop, what: str, do: str, **options: Any) -> None:
    purchase = shop.sell_and_capture()
    _twice(purchase, "refund", do, **options)
    whole = purchase.total("CAPTURE")
    back = purchase.comes_to("REFUND", whole)
    story = f"the first refund was {what}; the button was pressed again"
    expect(
        back == whole,
        f"{story}, and {money(back)} of {money(whole)} is given back; {purchase.in_words()}",
    )
    order = purchase.shows("refunded", after=story)
    expect(
        order.refunded in (None, whole),
        f"{story}; {money(whole)} was given back once, the shop says {money(order.refunded or 0)}",
    )


def _is_voided_in_the_end(shop: Shop, what: str, do: str) -> None:
    purchase = shop.sell()
    _twice(purchase, "void", do)
    shop.wait_until(
        lambda: purchase.transaction["status"] == "AUTHORIZATION_VOIDED",
        within=shop.merchant.limits.belief,
    )
    status = purchase.transaction["status"]
    story = f"the first void was {what}; the button was pressed again"
    expect(status == "AUTHORIZATION_VOIDED", f"{story}, and the payment is {status}")
    purchase.shows("voided", "cancelled", after=story)


def _believes_the_truth(purchase: Purchase, story: str) -> None:
    order = purchase.at_rest()
    taken, back = purchase.total("CAPTURE"), purchase.total("REFUND")
    says_taken = order.state in ("captured", "partially_captured")
    says_back = order.state in ("refunded", "partially_refunded")
    expect(
        (taken > 0 or not says_taken) and (back > 0 or not says_back),
        f"{story}; the shop says {order.word!r}, and at Dintero {money(taken)} is captured, {money(back)} "
        f"given back",
    )
