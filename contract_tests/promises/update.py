"""A basket that changes while the customer has Dintero's page open."""

from typing import Any, Final

from mock_dintero.verify import (
    Broken,
    Purchase,
    Shop,
    expect,
    goods_of,
    money,
    promise,
    shipping_of,
)
from mock_dintero.verify.purchase import json_of

FAMILY: Final = "Session update"
GUIDE = "https://docs.dintero.com/docs/checkout/updating-session"
REACHES_WITHIN = 5.0
"""Seconds after the shop's answer."""

Json = dict[str, Any]


@promise(
    "update-reaches", FAMILY, "must", needs=("update",),
    why="The customer pays for the basket as it was, and expects the one on the shop's own page.",
    mend="PUT /v1/sessions/{id} with all lines and the new sum each time that the basket changes.",
    source=GUIDE,
)  # fmt: skip
def update_reaches(shop: Shop) -> None:
    """A basket that changes in the shop changes in the session."""
    purchase = shop.begin()
    change_basket(purchase)
    expect_new_goods(purchase)


@promise(
    "update-open-page", FAMILY, "must", needs=("update",),
    why="The customer has given an address already, and pays for the old basket, or finds nothing to choose.",
    mend="Send `update_without_lock=true` (or lock the page through the SDK first), and the shipping options "
    "along: without them Dintero asks your address callback, which may not know the new basket yet.",
    source=GUIDE,
)  # fmt: skip
def update_open_page(shop: Shop) -> None:
    """A basket may change after the customer has given an address."""
    purchase = shop.begin()
    purchase.give_address()
    had_options = bool(purchase.options)
    change_basket(purchase)
    expect_new_goods(purchase)
    expect(
        bool(purchase.options) or not had_options,
        "there were ways of shipping before the basket changed; now there are none",
    )
    expect(not purchase.session.get("pay_lock"), "the page stays locked after the update")


@promise(
    "update-keeps-shipping", FAMILY, "must", needs=("update",),
    why="Dintero refuses an update whose amount leaves out the chosen option; without the option the "
    "customer has to choose anew, or is sent the parcel for nothing.",
    mend="Read the session first. Send its `shipping_option` (one of the options that you send), and count "
    "it in `order.amount`.",
    source=GUIDE,
)  # fmt: skip
def update_keeps_shipping(shop: Shop) -> None:
    """The chosen shipping stays chosen, and stays in the sum, when the basket changes."""
    purchase = shop.begin()
    purchase.prepare()
    before = (purchase.order_asked.get("shipping_option") or {}).get("line_id")
    change_basket(purchase)
    expect_new_goods(purchase)
    order = purchase.order_asked
    after = (order.get("shipping_option") or {}).get("line_id")
    expect(
        after == before,
        f"the customer had chosen {before!r}; after the basket changed {after or 'nothing'!r} is chosen",
    )
    total = goods_of(order) + shipping_of(order)
    expect(
        order["amount"] == total,
        f"the amount is {money(order['amount'])}, and goods and shipping come to {money(total)}",
    )


@promise(
    "update-paid", FAMILY, "must", needs=("update",),
    why="A customer who pays for the new basket has to get it: a shop that still expects the old sum takes "
    "the payment for wrong.",
    mend="Store the new basket as soon as Dintero has taken it, and expect its sum.",
    source=GUIDE,
)  # fmt: skip
def update_paid(shop: Shop) -> None:
    """A changed basket is paid with its new sum."""
    purchase = shop.begin()
    purchase.prepare()
    change_basket(purchase)
    choose_if_open(purchase)
    price = shipping_of(purchase.order_asked)
    purchase.pay()
    expect_paid(purchase, "the basket changed before the payment")
    paid, right = purchase.transaction["amount"], new_goods(shop) + price
    expect(paid == right, f"the new basket comes to {money(right)}, and {money(paid)} was paid")


@promise(
    "update-too-late", FAMILY, "must", needs=("update",),
    why="What is captured, packed and confirmed would be another basket than the one that was paid.",
    mend="Refuse to change the basket of an order that is paid, before you ask Dintero, who refuses too.",
    source=GUIDE,
)  # fmt: skip
def update_too_late(shop: Shop) -> None:
    """The basket of a paid order does not change."""
    purchase = shop.buy()
    purchase.becomes("paid", "captured")
    change_basket(purchase)
    order = purchase.order
    late = "the basket was to change after the payment"
    expect(order.state in ("paid", "captured"), f"{late}; since then the shop says {order.word!r}")
    if shop.merchant.capture and order.state == "paid":
        purchase.operate("capture")
        shop.wait_until(lambda: purchase.transaction["status"] == "CAPTURED", REACHES_WITHIN)
        status = purchase.transaction["status"]
        expect(
            status == "CAPTURED",
            f"{late}, and the order was shipped: the payment is {status}; {told(purchase)}",
        )


@promise(
    "update-refused", FAMILY, "must", needs=("update",),
    why="The customer goes on with the old basket, pays it, and the shop takes the payment for wrong.",
    mend="Store the new basket only when Dintero has taken it.",
    source=GUIDE,
)  # fmt: skip
def update_refused(shop: Shop) -> None:
    """A change that Dintero refuses leaves the order as it was."""
    agree_after(shop, "Dintero has refused the update (400)", "status", status=400)


@promise(
    "update-down", FAMILY, "must", needs=("update",),
    why="The customer goes on with the basket that Dintero has, pays it, and the shop takes the payment for "
    "wrong.",
    mend="Store the new basket only when Dintero has taken it; try again, or tell the customer.",
    source=GUIDE,
)  # fmt: skip
def update_down(shop: Shop) -> None:
    """A change while Dintero is out of order leaves shop and session in agreement."""
    agree_after(shop, "the update met an error of Dintero's (500)", "status", status=500)


@promise(
    "update-answer-lost", FAMILY, "must", needs=("update",),
    why="The session has the new basket and the customer pays it, while the shop expects the old one.",
    mend="When the answer to an update is lost, read the session to see which basket it has.",
    source=GUIDE,
)  # fmt: skip
def update_answer_lost(shop: Shop) -> None:
    """A change whose answer is lost leaves shop and session in agreement."""
    agree_after(shop, "the update was done, and its answer was lost", "half_body")


@promise(
    "update-keeps-code", FAMILY, "must", needs=("update", "discount"),
    why="The customer loses the discount, or the shop expects it and takes the full payment for wrong.",
    mend="Compute the new lines with the order's discount codes, as in the answer about them.",
    source=GUIDE,
)  # fmt: skip
def update_keeps_code(shop: Shop) -> None:
    """A discount code still counts when the basket changes."""
    purchase = shop.begin()
    purchase.prepare()
    assert shop.merchant.discount is not None
    purchase.submit_codes(shop.merchant.discount.code)
    expect(
        bool(purchase.order_asked.get("discount_codes")),
        f"the code {shop.merchant.discount.code!r} did not count in the first place",
    )
    change_basket(purchase)
    reached = shop.wait_until(
        lambda: goods_of(purchase.order_asked) != old_goods(shop), REACHES_WITHIN
    )
    goods, codes = goods_of(purchase.order_asked), purchase.order_asked.get("discount_codes")
    expect(reached and bool(codes), f"after the update the session has discount_codes {codes}")
    expect(
        goods < new_goods(shop),
        f"after the update the goods cost {money(goods)}, their full price, and the code "
        f"{', '.join(codes or [])} still stands there",
    )
    choose_if_open(purchase)
    purchase.pay()
    expect_paid(purchase, "the basket of a discounted order changed")


# What is done and looked at


def change_basket(purchase: Purchase) -> None:
    """The customer changes the basket on the shop's own page."""
    purchase.operate("update")


def new_goods(shop: Shop) -> int:
    """What the changed basket costs, says merchant.toml."""
    assert shop.merchant.update is not None
    return shop.merchant.update.amount


def old_goods(shop: Shop) -> int:
    """What the first basket costs with the code, if merchant.toml says."""
    assert shop.merchant.discount is not None
    return (shop.merchant.checkout.amount or 0) - shop.merchant.discount.off


def expect_new_goods(purchase: Purchase) -> None:
    """The session has the new basket."""
    right = new_goods(purchase.shop)
    purchase.shop.wait_until(lambda: goods_of(purchase.order_asked) == right, REACHES_WITHIN)
    goods = goods_of(purchase.order_asked)
    expect(
        goods == right,
        f"the new basket costs {money(right)} ([update] amount), and the session's goods {money(goods)}; "
        + told(purchase),
    )


def agree_after(shop: Shop, what: str, do: str, **options: Any) -> None:
    """A purchase in which the update meets a fault; whatever the session has then can be paid."""
    purchase = shop.begin()
    purchase.prepare()
    shop.fault("api", do, match={"method": "PUT", "path": "*/sessions/*"}, **options)
    change_basket(purchase)
    choose_if_open(purchase)
    goods = goods_of(purchase.order_asked)
    purchase.pay()
    expect_paid(purchase, f"{what}; the session has goods of {money(goods)}")


def choose_if_open(purchase: Purchase) -> None:
    """Choose a way of shipping again, where the update has left none chosen."""
    if purchase.options and not purchase.order_asked.get("shipping_option"):
        purchase.choose()


def expect_paid(purchase: Purchase, what: str) -> None:
    """The shop takes the payment for the order's."""
    try:
        purchase.becomes("paid", "captured")
    except Broken as broken:
        paid = money(purchase.transaction["amount"])
        raise Broken(f"{what}, and {paid} was paid: {broken}") from None


def told(purchase: Purchase) -> str:
    """What the shop told Dintero of its new basket, and what Dintero answered."""
    calls = purchase.shop.calls("PUT", "/sessions/")
    if not calls:
        return "the shop has sent no PUT /v1/sessions/{id}"
    last = calls[-1]
    error = json_of(last["response"]).get("error") or {}
    if last["status"] == 200 and "express" not in json_of(last["request"]):
        return (
            "the shop's PUT has no express.shipping_options, so Dintero has asked its address callback, and "
            "took over the basket that was answered there"
        )
    said = f" {error.get('message', '')}" if last["status"] != 200 else ""
    return f"Dintero answered the shop's PUT with {last['status']}{said}"
