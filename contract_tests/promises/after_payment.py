"""The money is taken: all of it, once, with the lines that it is for."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mock_dintero.verify import Purchase, Shop, expect, money, promise

AFTER = "https://docs.dintero.com/docs/checkout/after-payment"
MANAGE = "https://docs.dintero.com/docs/checkout/transaction-management"
CHECKLIST = "https://docs.dintero.com/docs/checkout/integration-checklist"
A_CALLBACK_LATER = 10
"""Seconds of the account's clock after which a lost callback has come again."""
Json = dict[str, Any]


@promise(
    "capture-takes-all", "After payment", "must", needs=("capture",),
    why="What is not captured is not paid out, and the reservation lapses after some days.",
    mend="Capture the `amount` of the transaction: all lines and the shipping option.",
    source=MANAGE,
)  # fmt: skip
def capture_takes_all(shop: Shop) -> None:
    """Shipping an order captures the whole amount, and the shop says that it is captured."""
    purchase = shop.sell()
    purchase.operate("capture")
    whole = purchase.transaction["amount"]
    taken = purchase.comes_to("CAPTURE", whole)
    expect(
        taken == whole,
        f"{money(whole)} was reserved, {money(taken)} was captured{_lost(purchase)}; {purchase.in_words()}",
    )
    order = purchase.shows("captured")
    expect(
        order.captured in (None, whole),
        f"Dintero captured {money(whole)}, the shop says {money(order.captured or 0)}",
    )


@promise(
    "capture-items-add-up", "After payment", "must", needs=("capture",),
    why="Invoices, Klarna and settlements go by the lines; some methods refuse a capture without them, "
    "and lines with another sum than `amount` cannot be settled.",
    mend="Send `items` with every capture, each with line_id, quantity and amount, whose amounts add "
    "up to `amount`.",
    source=MANAGE,
)  # fmt: skip
def capture_items_add_up(shop: Shop) -> None:
    """A capture names the lines that it is for, and they add up to its amount."""
    purchase = shop.sell_and_capture()
    for event in purchase.successes("CAPTURE"):
        items = event.get("items") or []
        expect(bool(items), f"the capture of {money(event['amount'])} has no `items`")
        total = sum(item["amount"] for item in items)
        expect(
            total == event["amount"],
            f"the capture's amount is {money(event['amount'])}, its {len(items)} items add up to "
            f"{money(total)}{_lost(purchase)}",
        )


@promise(
    "capture-has-shipping", "After payment", "must", needs=("capture",),
    why="The shipping option is a line of the transaction. A capture without it leaves the freight "
    "unpaid, or has a sum that fits no lines.",
    mend="Read `shipping_option` of the transaction and add it to the captured items with its line_id.",
    source=CHECKLIST,
)  # fmt: skip
def capture_has_shipping(shop: Shop) -> None:
    """The captured lines include the shipping option."""
    purchase = shop.sell_and_capture()
    captured = {item.get("line_id") for item in _captured(purchase)}
    missing = [option for option in _shipping(purchase) if option["line_id"] not in captured]
    expect(
        not missing,
        "the captured lines are "
        f"{', '.join(map(str, captured)) or 'none'}, and the customer's shipping option "
        f"{missing and missing[0]['line_id']!r} ({money(missing[0]['amount']) if missing else ''}) "
        "is not among them",
    )


@promise(
    "capture-line-ids", "After payment", "must", needs=("capture",),
    why="Dintero and its providers match captured lines with ordered ones by line_id; a line that was "
    "not ordered is refused by invoice providers and cannot be refunded.",
    mend="Keep the line_id that you sent with the session, and use it again in captures and refunds.",
    source=AFTER,
)  # fmt: skip
def capture_line_ids(shop: Shop) -> None:
    """Every captured line has a line_id of the order."""
    purchase = shop.sell_and_capture()
    known = [item.get("line_id") for item in purchase.transaction.get("items") or []]
    strange = [item for item in _captured(purchase) if item.get("line_id") not in known]
    expect(
        not strange,
        f"line_id {strange and strange[0].get('line_id')!r} was captured; the transaction has "
        f"{', '.join(map(repr, known))}",
    )


@promise(
    "capture-reference", "After payment", "advice", needs=("capture",),
    why="The settlement report shows the capture_reference; without one, payouts are matched by hand.",
    mend="Send the shipment's or invoice's number as `capture_reference`.",
    source=MANAGE,
)  # fmt: skip
def capture_reference(shop: Shop) -> None:
    """A capture has a capture_reference."""
    purchase = shop.sell_and_capture()
    bare = [one for one in purchase.successes("CAPTURE") if not one.get("event_reference")]
    expect(not bare, "the capture was sent without capture_reference")


@promise(
    "capture-twice", "After payment", "must", needs=("capture",),
    why="Two clicks, two tabs or two shopkeepers: the order must come out of it captured, not failed.",
    mend="Read the transaction before you capture, and do nothing when all of it is captured.",
    source=MANAGE,
)  # fmt: skip
def capture_twice(shop: Shop) -> None:
    """Pressing the capture button a second time changes nothing."""
    purchase = shop.sell_and_capture()
    purchase.operate("capture")
    _is_captured_once(purchase, "the button was pressed twice")


@promise(
    "capture-at-once", "After payment", "must", needs=("capture",),
    why="A double click sends both requests before the first is answered, so a check in the database "
    "alone does not see the other.",
    mend="Take a lock on the order (a row lock, or a unique key of the shipment) around reading and "
    "capturing; treat Dintero's refusal of the second as a reason to read again.",
    source=MANAGE,
)  # fmt: skip
def capture_at_once(shop: Shop) -> None:
    """Pressing the capture button twice at the same time takes the money once."""
    purchase = shop.sell()
    _lose_news(shop)
    for seconds in (0.3, 0.6):
        shop.fault("api", "delay", seconds=seconds, match={"method": "POST", "path": "*/capture"})
    with ThreadPoolExecutor(2) as pool:
        for pressed in [pool.submit(purchase.operate, "capture") for _ in range(2)]:
            pressed.result()
    _is_captured_once(purchase, "the button was pressed twice at the same time")


@promise(
    "capture-discounted", "After payment", "must", needs=("capture", "discount"),
    why="The reservation is the discounted sum: a capture of the full price is refused, and nothing "
    "is paid.",
    mend="Capture what the transaction says, not what the basket would cost without the code.",
    source="https://docs.dintero.com/docs/checkout/checkout-express-discount-code",
)  # fmt: skip
def capture_discounted(shop: Shop) -> None:
    """An order with a discount code is captured with the lower sum."""
    assert shop.merchant.discount is not None
    purchase = shop.begin()
    purchase.prepare()
    purchase.submit_codes(shop.merchant.discount.code)
    purchase.pay()
    purchase.becomes("paid")
    purchase.operate("capture")
    whole = purchase.transaction["amount"]
    taken = purchase.comes_to("CAPTURE", whole)
    expect(
        taken == whole,
        f"with its code the order is {money(whole)}; {money(taken)} was captured; {purchase.in_words()}",
    )
    purchase.shows("captured")


@promise(
    "capture-on-hold", "After payment", "must", needs=("capture", "on_hold"),
    why="A payment ON_HOLD is not approved: goods that are sent now may never be paid.",
    mend="Capture only AUTHORIZED and PARTIALLY_CAPTURED transactions, and do not believe in a capture "
    "that was refused.",
    source="https://docs.dintero.com/docs/integrations/support/transaction-statuses",
)  # fmt: skip
def capture_on_hold(shop: Shop) -> None:
    """An order whose payment is on hold is not captured by the button."""
    shop.offer("collector.invoice")
    purchase = shop.buy(method="collector.invoice", outcome="hold")
    purchase.operate("capture")
    _is_not_captured(purchase, "the payment is on hold, and the button was pressed")


@promise(
    "capture-after-void", "After payment", "must", needs=("capture", "void"),
    why="The reservation is gone. Goods that are sent now are not paid.",
    mend="Take the state of the order from the transaction; AUTHORIZATION_VOIDED is final.",
    source=MANAGE,
)  # fmt: skip
def capture_after_void(shop: Shop) -> None:
    """A cancelled order is not captured by the button."""
    purchase = shop.sell()
    purchase.operate("void")
    purchase.shows("voided", "cancelled")
    purchase.operate("capture")
    _is_not_captured(purchase, "the order was cancelled, and then the capture button was pressed")


@promise(
    "capture-expired", "After payment", "must", needs=("capture",),
    why="A reservation ends after some days or weeks. Dintero answers such a capture with 200 and a "
    "failed event, and the shop would send goods for nothing.",
    mend="After a capture look at the last event's `success`, or at the transaction's status.",
    source="https://docs.dintero.com/docs/integrations/support/duration-of-authorizations",
)  # fmt: skip
def capture_expired(shop: Shop) -> None:
    """An order whose reservation has ended is not captured in the shop's eyes."""
    purchase = shop.sell()
    shop.dintero.clock.advance(days=31)
    _lose_news(shop)
    purchase.operate("capture")
    _is_not_captured(purchase, "the reservation had ended when the button was pressed")


def _lose_news(shop: Shop) -> None:
    """What became of the capture is not told by a callback: the shop has to look by itself."""
    shop.dintero.clock.freeze()
    shop.fault("payment_callback", "drop", 2, match={"event": "CAPTURE"})


def _captured(purchase: Purchase) -> list[Json]:
    """The lines of all captures."""
    return [item for one in purchase.successes("CAPTURE") for item in one.get("items") or []]


def _shipping(purchase: Purchase) -> list[Json]:
    """What the customer has chosen: an option, or one for each shipment."""
    option = purchase.transaction.get("shipping_option") or {}
    return list(option.get("shipments") or ([option] if option else []))


def _lost(purchase: Purchase) -> str:
    """Whether it is the shipping that a sum lacks, in words."""
    freight = sum(option.get("amount") or 0 for option in _shipping(purchase))
    return f" (shipping costs {money(freight)})" if freight else ""


def _is_captured_once(purchase: Purchase, story: str) -> None:
    """What the shop has not learnt yet, the next callback tells; what it believes now must not be wrong."""
    order = purchase.at_rest()
    whole, taken = purchase.transaction["amount"], purchase.total("CAPTURE")
    expect(taken == whole, f"{story}, and {money(taken)} of {money(whole)} was captured")
    expect(
        order.state not in ("failed", "cancelled", "voided"),
        f"{story}; the shop then says {order.word!r}, though all is captured; {purchase.in_words()}",
    )
    purchase.shop.dintero.clock.advance(A_CALLBACK_LATER)
    order = purchase.shows("captured", after=story)
    expect(
        order.captured in (None, whole),
        f"{story}; Dintero took {money(whole)} once, the shop says {money(order.captured or 0)}",
    )


def _is_not_captured(purchase: Purchase, story: str) -> None:
    order = purchase.at_rest()
    expect(
        order.state not in ("captured", "partially_captured") and not order.captured,
        f"{story}; the shop says {order.word!r} ({money(order.captured or 0)} captured), and nothing was: "
        f"{purchase.in_words()}",
    )
