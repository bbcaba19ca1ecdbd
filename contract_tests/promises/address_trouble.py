"""The address callback on a bad day: odd texts, broken questions, forged, repeated and late ones."""

import json
from typing import Any, Final

from mock_dintero.verify import (
    Purchase,
    Shop,
    answer_in_words,
    expect,
    listed,
    money,
    promise,
)
from mock_dintero.verify.purchase import json_of

FAMILY: Final = "The address callback"
GUIDE = "https://docs.dintero.com/docs/checkout/shipping-address-callback"
VALIDATING = "https://docs.dintero.com/docs/checkout/validating-callbacks"

Json = dict[str, Any]


@promise(
    "address-in-time", FAMILY, "should", needs=("address_callback",),
    why="The customer looks at a page that does not move, and leaves; after 60 seconds Dintero gives up.",
    mend="Ask carriers with a short time-out, keep their answers, and fall back to a fixed price.",
    source=GUIDE,
)  # fmt: skip
def address_in_time(shop: Shop) -> None:
    """Ways of shipping are answered while the customer waits."""
    limit = shop.merchant.limits.address_callback
    seconds = shop.begin().give_address()["seconds"]
    expect(
        seconds <= limit,
        f"the address callback was answered after {seconds:.1f} s ([limits] address_callback is {limit:g} s)",
    )


@promise(
    "address-odd-text", FAMILY, "should", needs=("address_callback",),
    why="People are called Åse, עמית and 🎿, and phones complete addresses as they like: with a 5xx that "
    "customer cannot buy.",
    mend="Take text as UTF-8 of any length up to your own limit; ignore fields that you do not know.",
    source=GUIDE,
)  # fmt: skip
def address_odd_text(shop: Shop) -> None:
    """Names and streets may be written in any way."""
    purchase = shop.begin()
    answered = purchase.give_address({
        **shop.merchant.home, "first_name": "Åse 🎿", "last_name": "עמית O'Brien",
        "address_line": "شارع \"1\" <b>; --",
    })  # fmt: skip
    expect_options(purchase, answered, "an address with emoji, Hebrew and Arabic letters")
    for what, changes in (
        ("5,000 characters in the street", {"address_line": "x" * 5000}),
        ("a country in small letters", {"country": "no"}),
        ("a field that nobody knows", {"planet": {"name": "Mars"}}),
        ("a postal code that is a number", {"postal_code": 155}),
    ):
        expect_no_crash(purchase, purchase.question(changes), what)


@promise(
    "address-missing", FAMILY, "should", needs=("address_callback",),
    why="A question without an address comes when a basket changes before the customer has given one. A 5xx "
    "hides what is wrong, and fills the log.",
    mend="Answer an empty list, or 400, when `order.shipping_address` is not there.",
    source=GUIDE,
)  # fmt: skip
def address_missing(shop: Shop) -> None:
    """A question without an address is no crash."""
    purchase = shop.begin()
    whole = purchase.question({})
    order = {name: value for name, value in whole["order"].items() if name != "shipping_address"}
    for what, body in (
        ("without an address", {**whole, "order": order}),
        ("whose address is null", {**whole, "order": {**order, "shipping_address": None}}),
        ("whose address is empty", {**whole, "order": {**order, "shipping_address": {}}}),
        ("without an order", {name: value for name, value in whole.items() if name != "order"}),
    ):
        expect_no_crash(purchase, body, f"a question {what}")


@promise(
    "address-broken-body", FAMILY, "should", needs=("address_callback",),
    why="Everybody can send something to an open address: a crash for each fills the log and hides real "
    "trouble.",
    mend="Answer 400 to what is no JSON object, before anything else is done with it.",
    source=GUIDE,
)  # fmt: skip
def address_broken_body(shop: Shop) -> None:
    """A question that is not JSON is no crash."""
    purchase = shop.begin()
    whole = json.dumps(purchase.question({})).encode()
    for what, body in (
        ("an empty body", b""),
        ("half of the JSON", whole[: len(whole) // 2]),
        ("a list", b"[]"),
        ("null", b"null"),
        ("bytes that are no UTF-8", b'{"id": "\xff\xfe"}'),
    ):
        expect_no_crash(purchase, body, what)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=x"):
        expect_no_crash(purchase, whole, f"content-type {kind}", kind)


@promise(
    "address-forged", FAMILY, "should", needs=("address_callback", "signature"),
    why="Whoever finds the address can read prices, names and orders out of the shop, or change them.",
    mend="Check `Dintero-Signature` as for the payment callback, and answer 401 or 403.",
    source=VALIDATING,
)  # fmt: skip
def address_forged(shop: Shop) -> None:
    """A question with a forged signature is refused."""
    purchase = shop.begin()
    shop.fault("address_callback", "bad_signature")
    answered = purchase.give_address()
    expect(
        not 200 <= answered["status"] < 300,
        f"a question whose signature nobody at Dintero has made was answered with {answered['status']} and "
        f"{len(answered['options'])} shipping options",
    )


@promise(
    "address-asked-twice", FAMILY, "must", needs=("address_callback",),
    why="Dintero asks each time that the customer edits the address, and the network may ask twice: what an "
    "answer adds or reserves is there twice.",
    mend="Make the answer a function of the order and the question; change nothing by answering.",
    source=GUIDE,
)  # fmt: skip
def address_asked_twice(shop: Shop) -> None:
    """Being asked twice changes nothing."""
    purchase = shop.begin()
    purchase.asked_at("address_callback")  # Broken, where nobody can be asked
    shop.fault("address_callback", "duplicate")
    purchase.prepare()
    answers = [try_ for one in purchase.callbacks("address_callback") for try_ in one["attempts"]]
    codes = [try_.get("status") for try_ in answers]
    expect(
        set(codes) == {200}, f"the same question twice was answered with {codes[0]} and {codes[-1]}"
    )
    first, last = (json_of(answers[number].get("response")) for number in (0, -1))
    offered = [listed(one.get("shipping_options") or []) for one in (first, last)]
    expect(
        offered[0] == offered[1],
        f"the same question was answered first with {offered[0]}, then with {offered[1]}",
    )
    sums = [(one.get("order") or {}).get("amount") for one in (first, last)]
    expect(
        sums[0] == sums[1],
        f"the same question was answered first with the amount {money(sums[0] or 0)}, then with "
        f"{money(sums[1] or 0)}",
    )
    purchase.pay()
    purchase.becomes("paid", "captured")


@promise(
    "address-late", FAMILY, "should", needs=("address_callback",),
    why="A second window, or a call that was held up, must not change what is paid and packed.",
    mend="Refuse the question (409), or answer it and store nothing, once the order is paid.",
    source=GUIDE,
)  # fmt: skip
def address_late(shop: Shop) -> None:
    """An order that is paid is not changed by a late question."""
    purchase = shop.buy()
    purchase.becomes("paid", "captured")
    url = purchase.asked_at("address_callback")
    shop.ask_as_dintero(url, purchase.question(shop.merchant.elsewhere))
    order = purchase.order
    expect(
        order.state in ("paid", "captured"),
        f"a paid order was asked about with another address; since then the shop says {order.word!r} "
        f"({order.state})",
    )
    if shop.merchant.capture and order.state == "paid":
        purchase.operate("capture")
        shop.wait_until(lambda: purchase.transaction["status"] == "CAPTURED", 5)
        status = purchase.transaction["status"]
        expect(
            status == "CAPTURED",
            "a paid order was asked about with another address, and shipped after that: the payment is "
            f"{status}, not CAPTURED",
        )


@promise(
    "address-asked-again", FAMILY, "should", needs=("address_callback",),
    why="When an answer is lost, the page offers to try again: with a shop that answers once, the customer "
    "has to begin anew.",
    mend="Answer each question by itself, however often a session asks.",
    source=GUIDE,
)  # fmt: skip
def address_asked_again(shop: Shop) -> None:
    """A customer whose first question was lost is offered shipping at the second."""
    purchase = shop.begin()
    shop.fault("address_callback", "lose_answer")
    purchase.give_address()
    answered = purchase.give_address()
    expect_options(purchase, answered, "the same address, after the first answer was lost")


# What is looked at


def expect_options(purchase: Purchase, answered: Json, what: str) -> None:
    """The customer has something to choose from."""
    expect(bool(purchase.options), f"asked about {what}, the shop {answer_in_words(answered)}")


def expect_no_crash(
    purchase: Purchase, body: Any, what: str, content_type: str = "application/json"
) -> None:
    """Whatever the shop answers, it is no 5xx, and it comes."""
    answer = purchase.shop.ask_as_dintero(
        purchase.asked_at("address_callback"), body, content_type=content_type
    )
    expect(
        answer.status_code < 500,
        f"asked with {what}, the shop answered {answer.status_code} {answer.text[:150]}",
    )
