"""What an order is worth with a discount code that the customer types on Dintero's page."""

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
from mock_dintero.verify.merchant import Discount
from mock_dintero.verify.purchase import json_of

FAMILY: Final = "Discount codes"
GUIDE = "https://docs.dintero.com/docs/checkout/checkout-express-discount-code"
VALIDATING = "https://docs.dintero.com/docs/checkout/validating-callbacks"

Json = dict[str, Any]


@promise(
    "discount-taken-off", FAMILY, "must", needs=("discount",),
    why="The customer was promised less, and pays the whole price.",
    mend="Answer all `order.items` with the discount taken off their `amount`, and `order.amount` as their "
    "sum; where the session has items, Dintero counts those.",
    source=GUIDE,
)  # fmt: skip
def discount_taken_off(shop: Shop) -> None:
    """A code that counts takes off what it promises."""
    purchase, before = with_address(shop)
    answered = purchase.submit_codes(code_of(shop).code)
    expect_off(purchase, before, code_of(shop).off, answered)
    order = purchase.order_asked
    expect(
        order["amount"] == goods_of(order) + shipping_of(order),
        f"with the code the amount is {money(order['amount'])}, and goods and shipping come to "
        f"{money(goods_of(order) + shipping_of(order))}",
    )


@promise(
    "discount-named", FAMILY, "must", needs=("discount",),
    why="The page shows which codes count: with none the customer types it again, and cannot take it back.",
    mend="Answer `order.discount_codes` with the codes that count.",
    source=GUIDE,
)  # fmt: skip
def discount_named(shop: Shop) -> None:
    """The answer says which codes count."""
    purchase, _ = with_address(shop)
    answered = purchase.submit_codes(code_of(shop).code)
    codes = list(purchase.order_asked.get("discount_codes") or [])
    expect(
        [code.upper() for code in codes] == [code_of(shop).code.upper()],
        f"the customer submitted {code_of(shop).code!r}, and the session names {codes}: "
        + in_words(answered),
    )


@promise(
    "discount-on-lines", FAMILY, "should", needs=("discount",),
    why="Receipts, refunds and accounts have to say why a line costs less.",
    mend="Add `discount_lines` (amount, description, line_id) to each line that costs less, or to the order.",
    source=GUIDE,
)  # fmt: skip
def discount_on_lines(shop: Shop) -> None:
    """Each line says what was taken off it."""
    purchase, _ = with_address(shop)
    answered = purchase.submit_codes(code_of(shop).code)
    order = purchase.order_asked
    shown = sum(
        line.get("amount") or 0
        for part in (order, *order.get("items", [])) for line in part.get("discount_lines") or []
    )  # fmt: skip
    expect(
        shown == code_of(shop).off,
        f"the code takes {money(code_of(shop).off)} off, and the discount_lines say {money(shown)}: "
        + in_words(answered),
    )


@promise(
    "discount-every-line", FAMILY, "must", needs=("discount",),
    why="The items of the answer replace those of the session: a line that is left out is neither paid nor "
    "captured.",
    mend="List all items in the answer, also those that cost what they did.",
    source=GUIDE,
)  # fmt: skip
def discount_every_line(shop: Shop) -> None:
    """No line gets lost with a discount code."""
    purchase = shop.begin(shop.merchant.several_shipments)
    require_codes(purchase)
    before = line_ids(purchase)
    purchase.give_address()
    answered = purchase.submit_codes(code_of(shop).code)
    expect(
        line_ids(purchase) == before,
        f"the order has the lines {', '.join(before)}; with the code it has "
        f"{', '.join(line_ids(purchase)) or 'none'}: {in_words(answered)}",
    )


@promise(
    "discount-refused", FAMILY, "must", needs=("discount",),
    why="An error reads as a shop out of order; a code that nobody gave out is a gift.",
    mend='Answer 200 with `"discount_codes": []`, and all lines at their full price.',
    source=GUIDE,
)  # fmt: skip
def discount_refused(shop: Shop) -> None:
    """A code that does not exist takes nothing off, and is no error."""
    purchase, before = with_address(shop)
    answered = purchase.submit_codes(code_of(shop).refused)
    expect(
        answered["status"] == 200 and not answered["error"],
        f"the code {code_of(shop).refused!r} does not exist: {in_words(answered)}",
    )
    codes = purchase.order_asked.get("discount_codes") or []
    expect(
        not codes, f"the code {code_of(shop).refused!r} does not exist, and the session has {codes}"
    )
    expect_off(purchase, before, 0, answered)


@promise(
    "discount-taken-back", FAMILY, "must", needs=("discount",),
    why="A discount that stays when its code is taken away is given to everybody who knows how.",
    mend="Compute the price from the codes of this question alone; an empty list is the full price.",
    source=GUIDE,
)  # fmt: skip
def discount_taken_back(shop: Shop) -> None:
    """Without the code the order costs what it did."""
    purchase, before = with_address(shop)
    purchase.submit_codes(code_of(shop).code)
    answered = purchase.submit_codes()
    expect_off(purchase, before, 0, answered)
    codes = purchase.order_asked.get("discount_codes") or []
    expect(not codes, f"the customer took the code back, and the session still has {codes}")


@promise(
    "discount-once", FAMILY, "must", needs=("discount",),
    why="A discount on the discount: two questions, twice the money.",
    mend="Start from the shop's own prices at each question, and count each code once.",
    source=GUIDE,
)  # fmt: skip
def discount_once(shop: Shop) -> None:
    """The same code twice counts once."""
    purchase, before = with_address(shop)
    code = code_of(shop).code
    purchase.submit_codes(code)
    answered = purchase.submit_codes(code)
    expect_off(purchase, before, code_of(shop).off, answered)
    told = shop.ask_as_dintero(
        purchase.asked_at("discount_callback"), purchase.question(discount_codes=[code, code])
    )
    if told.status_code == 200:
        twice = goods_of(json_of(told.text).get("order") or {})
        expect(
            twice in (before - code_of(shop).off, before),
            f"asked about {[code, code]}, the shop takes {money(before - twice)} off, not "
            f"{money(code_of(shop).off)}",
        )


@promise(
    "discount-keeps-address", FAMILY, "must", needs=("discount", "address_callback"),
    why="The customer corrects the street, and pays the full price without a word.",
    mend="Answer the address callback with the lines at the price that the question's "
    "`order.discount_codes` make.",
    source=GUIDE,
)  # fmt: skip
def discount_keeps_address(shop: Shop) -> None:
    """A new address does not lose the discount."""
    purchase, before = with_address(shop)
    purchase.submit_codes(code_of(shop).code)
    answered = purchase.give_address({**shop.merchant.home, "address_line": "Nygata 7"})
    expect_off(purchase, before, code_of(shop).off, answered)


@promise(
    "discount-other-option", FAMILY, "must", needs=("discount", "address_callback"),
    why="The customer pays, and the shop takes the payment for wrong: money is reserved, nothing is sent.",
    mend="Compare the payment with goods after discount plus the option in it, computed when it is paid.",
    source=GUIDE,
)  # fmt: skip
def discount_other_option(shop: Shop) -> None:
    """A discounted order can be paid with another way of shipping."""
    purchase, _ = with_address(shop)
    purchase.submit_codes(code_of(shop).code)
    chosen = chosen_ids(purchase)
    first = {str(option.get("shipment_id")): option["line_id"] for option in purchase.options}
    others = list(first.values())
    if set(others) != chosen:
        purchase.choose(*others)
    purchase.pay()
    purchase.becomes_paid(f"after the code the customer chose {', '.join(others)}")


@promise(
    "discount-paid", FAMILY, "must", needs=("discount",),
    why="A customer who pays what the page asks for has to get the goods.",
    mend="Keep the codes with the order, and expect the discounted sum when the payment comes.",
    source=GUIDE,
)  # fmt: skip
def discount_paid(shop: Shop) -> None:
    """An order with a discount code is paid with the lower sum."""
    purchase, before = with_address(shop)
    purchase.submit_codes(code_of(shop).code)
    price = shipping_of(purchase.order_asked)
    purchase.pay()
    purchase.becomes_paid(f"the customer used the code {code_of(shop).code!r}")
    paid, right = purchase.transaction["amount"], before - code_of(shop).off + price
    expect(paid == right, f"with the code {money(paid)} was paid, not {money(right)}")


@promise(
    "discount-options", FAMILY, "must", needs=("discount", "address_callback"),
    why="`shipping_options` is required in this answer too: without it the code does not count; empty, the "
    "customer has nothing to choose from.",
    mend="Answer the ways of shipping for `order.shipping_address`, as in the address callback.",
    source=GUIDE,
)  # fmt: skip
def discount_options(shop: Shop) -> None:
    """The ways of shipping are answered along with the discount."""
    purchase, _ = with_address(shop)
    answered = purchase.submit_codes(code_of(shop).code)
    expect(answered["status"] == 200 and not answered["error"], in_words(answered))
    expect(
        bool(purchase.options),
        "there were ways of shipping for the address; with the discount code the shop answered none",
    )


@promise(
    "discount-lost", FAMILY, "must", needs=("discount",),
    why="When the answer is lost the code does not count at Dintero: a shop that counts it takes the full "
    "payment for wrong.",
    mend="Believe the codes that stand in Dintero's session, or take the full price too; do not insist on "
    "what you have answered once.",
    source=GUIDE,
)  # fmt: skip
def discount_lost(shop: Shop) -> None:
    """When the answer about a code is lost, the full price can be paid."""
    purchase, before = with_address(shop)
    shop.fault("discount_callback", "lose_answer")
    purchase.submit_codes(code_of(shop).code)
    purchase.pay()
    paid = purchase.transaction["amount"] - shipping_of(purchase.order_asked)
    purchase.becomes_paid("the answer was lost, so the code did not count")
    expect(paid == before, f"goods of {money(before)} were paid with {money(paid)}")


@promise(
    "discount-forged", FAMILY, "should", needs=("discount", "signature"),
    why="Whoever finds the address can try codes until one counts.",
    mend="Check `Dintero-Signature` as for the payment callback, and answer 401 or 403.",
    source=VALIDATING,
)  # fmt: skip
def discount_forged(shop: Shop) -> None:
    """A question about codes with a forged signature is refused."""
    purchase, _ = with_address(shop)
    shop.fault("discount_callback", "bad_signature")
    answered = purchase.submit_codes(code_of(shop).code)
    expect(
        not 200 <= answered["status"] < 300,
        "a question about a discount code whose signature nobody at Dintero has made was answered with "
        f"{answered['status']}",
    )


@promise(
    "discount-late", FAMILY, "must", needs=("discount",),
    why="What is captured is less than what was agreed and paid for.",
    mend="Refuse the question (409), or answer it and store nothing, once the order is paid.",
    source=GUIDE,
)  # fmt: skip
def discount_late(shop: Shop) -> None:
    """A code that comes after the payment changes nothing."""
    purchase, _ = with_address(shop)
    purchase.pay()
    purchase.becomes_paid("the customer used no code")
    shop.ask_as_dintero(
        purchase.asked_at("discount_callback"),
        purchase.question(discount_codes=[code_of(shop).code]),
    )
    order = purchase.order
    late = "a discount code came after the payment"
    expect(order.state in ("paid", "captured"), f"{late}; since then the shop says {order.word!r}")
    if shop.merchant.capture and order.state == "paid":
        purchase.operate("capture")
        shop.wait_until(lambda: purchase.transaction["status"] == "CAPTURED", 5)
        status = purchase.transaction["status"]
        expect(status == "CAPTURED", f"{late}, and the order was shipped: the payment is {status}")


@promise(
    "discount-typed", FAMILY, "advice", needs=("discount",),
    why="Codes are read aloud, and typed on phones that add blanks and change the case.",
    mend="Compare codes without blanks around them and without regard to the case.",
    source=GUIDE,
)  # fmt: skip
def discount_typed(shop: Shop) -> None:
    """A code may be typed in small letters, and with a blank after it."""
    for typed in (code_of(shop).code.lower(), code_of(shop).code.upper(), code_of(shop).code + " "):
        purchase, before = with_address(shop)
        purchase.submit_codes(typed)
        after = goods_of(purchase.order_asked)
        expect(
            before - after == code_of(shop).off,
            f"the code {code_of(shop).code!r}, typed as {typed!r}, takes {money(before - after)} off",
        )


# What is looked at


def code_of(shop: Shop) -> Discount:
    """[discount] of merchant.toml."""
    discount = shop.merchant.discount
    assert discount is not None
    return discount


def with_address(shop: Shop) -> tuple[Purchase, int]:
    """A purchase up to the payment, and what its goods cost without a code."""
    purchase = shop.begin()
    require_codes(purchase)
    purchase.prepare()
    return purchase, goods_of(purchase.order_asked)


def require_codes(purchase: Purchase) -> None:
    """The customer can type a code. Broken if not."""
    purchase.asked_at("discount_callback")
    settings = purchase.session.get("configuration", {}).get("discounts") or {}
    if not (settings.get("express_discount_codes") or {}).get("enabled"):
        raise Broken(
            "merchant.toml has [discount], and the session does not set configuration.discounts."
            "express_discount_codes.enabled: the page has no field for a code"
        )


def expect_off(purchase: Purchase, before: int, off: int, answered: Json) -> None:
    """The goods cost so much less than before."""
    after = goods_of(purchase.order_asked)
    expect(
        before - after == off,
        f"the goods cost {money(before)} without a code and {money(after)} now: {money(before - after)} off, "
        f"not {money(off)} ([discount] off); {in_words(answered)}",
    )


def line_ids(purchase: Purchase) -> list[str]:
    """Those of the session's lines."""
    return [str(item.get("line_id")) for item in purchase.order_asked.get("items") or []]


def chosen_ids(purchase: Purchase) -> set[str]:
    """The line_ids of what is chosen, one for each shipment."""
    chosen = purchase.order_asked.get("shipping_option") or {}
    return {str(one["line_id"]) for one in chosen.get("shipments") or [chosen] if one}


def in_words(answered: Json) -> str:
    """What the shop said, and what Dintero makes of it."""
    if answered["error"] and answered["status"] == 200:
        return f"the shop answered 200, and {answered['error']}"
    if answered["status"] != 200:
        return f"the shop answered {answered['status'] or 'nothing'} {answered['text']}"
    order = answered["order"]
    codes = order.get("discount_codes")
    return (
        f"the shop answered the amount {money(order.get('amount') or 0)}, lines for "
        f"{money(goods_of(order))} and discount_codes {codes}"
    )
