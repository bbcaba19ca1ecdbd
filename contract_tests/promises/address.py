"""How the shop answers Dintero's question: how can you send this order to that address?"""

import json
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

FAMILY: Final = "The address callback"
GUIDE = "https://docs.dintero.com/docs/checkout/shipping-address-callback"
OPTIONS = "https://docs.dintero.com/docs/checkout/shipping-options"
PARCELS = "https://docs.dintero.com/docs/checkout/shipping-options-multiple-shipments"
VALIDATING = "https://docs.dintero.com/docs/checkout/validating-callbacks"

Json = dict[str, Any]
NAMELESS = dict.fromkeys(
    ("first_name", "last_name", "address_line", "postal_place", "email", "phone_number")
)
BUSINESS = {
    "first_name": None, "last_name": None, "business_name": "Fjellheim AS",
    "organization_number": "987654325",
}  # fmt: skip


@promise(
    "address-home", FAMILY, "must", needs=("address_callback",),
    why="Without a way of shipping the customer cannot pay; one option that Dintero cannot read makes it "
    "drop all of them.",
    mend="Answer 200 with `shipping_options`, each with id, line_id, amount (a whole number of minor units), "
    "title and operator (which may be empty).",
    source=OPTIONS,
)  # fmt: skip
def address_home(shop: Shop) -> None:
    """A customer at home is offered ways of shipping."""
    purchase = shop.begin()
    answered = purchase.give_address()
    expect_options(purchase, answered, "an address at home")
    for option in purchase.options:
        named = option["line_id"]
        expect(bool(option["title"].strip()), f"option {named!r} has no title")
        expect(option["amount"] >= 0, f"option {named!r} costs {money(option['amount'])}")


@promise(
    "address-elsewhere", FAMILY, "must", needs=("address_callback", "elsewhere"),
    why="Shipping abroad at the price of shipping at home, or by a carrier who does not go there.",
    mend="Compute the options from `order.shipping_address` of this question; keep none of an older one.",
    source=GUIDE,
)  # fmt: skip
def address_elsewhere(shop: Shop) -> None:
    """A customer who changes the address is offered that address's ways of shipping."""
    moved, direct = shop.begin(), shop.begin()
    direct.give_address(shop.merchant.elsewhere)
    moved.give_address()
    answered = moved.give_address(shop.merchant.elsewhere)
    country = str(shop.merchant.elsewhere.get("country"))
    expect_options(moved, answered, f"an address in {country}")
    foreign = [o for o in moved.options if o.get("countries") and country not in o["countries"]]
    expect(
        not foreign,
        f"asked about {country}, the shop offers {listed(foreign)} for {foreign and foreign[0]['countries']}",
    )
    expect(
        offers(moved) == offers(direct),
        f"a customer who moved to {country} is offered {listed(moved.options)}, and one who lives there "
        f"{listed(direct.options)}",
    )


@promise(
    "address-partial", FAMILY, "must", needs=("address_callback",),
    why="Apple Pay and Google Pay tell the country and the postal code only, before the customer approves: "
    "without an answer nobody can pay with them.",
    mend="Compute the options from country and postal code; take all other fields as absent.",
    source=GUIDE,
)  # fmt: skip
def address_partial(shop: Shop) -> None:
    """Country and postal code are enough to be offered ways of shipping."""
    purchase = shop.begin()
    answered = purchase.give_address({**shop.merchant.home, **NAMELESS})
    expect_options(purchase, answered, "country and postal code alone")


@promise(
    "address-not-served", FAMILY, "must", needs=("address_callback", "not_served"),
    why="With an error the customer reads that the shop is out of order, and with an option the shop has to "
    "deliver where it cannot.",
    mend='Answer 200 with `"shipping_options": []` for an address that you do not send to.',
    source=GUIDE,
)  # fmt: skip
def address_not_served(shop: Shop) -> None:
    """For a country that is not served the answer is an empty list."""
    purchase = shop.begin()
    answered = purchase.give_address(shop.merchant.not_served)
    country = shop.merchant.not_served.get("country")
    expect(
        answered["status"] == 200 and not answered["error"],
        f"asked about {country}, where it does not send to, the shop {in_words(answered)}",
    )
    expect(
        not answered["options"],
        f"asked about {country}, where it does not send to, the shop offers {listed(answered['options'])}",
    )


@promise(
    "address-business", FAMILY, "must", needs=("address_callback",),
    why="Businesses have a business_name and an organization_number; first and last name can be missing.",
    mend="Take a missing name as empty, in the answer and when the order is made; the contact may stand in "
    "`co_address`.",
    source="https://docs.dintero.com/docs/integrations/support/express-non-express",
)  # fmt: skip
def address_business(shop: Shop) -> None:
    """A business without a person's name can buy."""
    purchase = shop.begin()
    answered = purchase.give_address({**shop.merchant.home, **BUSINESS})
    expect_options(purchase, answered, "a business address without first and last name")
    purchase.choose()
    purchase.pay()
    expect_paid(purchase, "the customer is a business without a person's name")


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
        expect_no_crash(purchase, question(purchase, **changes), what)


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
    whole = question(purchase)
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
    whole = json.dumps(question(purchase)).encode()
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
    "address-sum", FAMILY, "must", needs=("address_callback",),
    why="Dintero compares the answer's amount with its lines and the option that is chosen so far; the "
    "difference becomes a correction item, which the customer sees and pays.",
    mend="Answer `order.amount` as the sum of the lines plus `order.shipping_option.amount` of the question, "
    "if one is chosen; or leave `order` out.",
    source=GUIDE,
)  # fmt: skip
def address_sum(shop: Shop) -> None:
    """The sum stays right when the address changes after shipping was chosen."""
    purchase = shop.begin()
    purchase.prepare()
    for address in ({**shop.merchant.home, "address_line": "Nygata 7"}, shop.merchant.elsewhere):
        chosen = shipping_of(purchase.order_asked)
        answered = purchase.give_address(address)
        expect_no_correction(purchase, answered, chosen)


@promise(
    "address-line-ids", FAMILY, "must", needs=("address_callback",),
    why="Captures name lines by `line_id`: after an answer with new ones, the shop's order and Dintero's "
    "have no line in common.",
    mend="Store each line's `line_id` with the order, and answer with that.",
    source=OPTIONS,
)  # fmt: skip
def address_line_ids(shop: Shop) -> None:
    """The lines keep their line_ids when an address is given."""
    purchase = shop.begin()
    before = line_ids(purchase)
    purchase.give_address()
    purchase.give_address({**shop.merchant.home, "address_line": "Nygata 7"})
    expect(
        line_ids(purchase) == before,
        f"the session was made with the line_ids {', '.join(before)}; after the address callback they are "
        f"{', '.join(line_ids(purchase))}",
    )


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
    shop.ask_as_dintero(url, question(purchase, **shop.merchant.elsewhere))
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
    "address-dearest-option", FAMILY, "must", needs=("address_callback",),
    why="A payment that the shop takes for wrong is reserved on the customer's card, and nothing is sent.",
    mend="Compare the payment with the option that stands in it, at your own price for that option.",
    source=OPTIONS,
)  # fmt: skip
def address_dearest_option(shop: Shop) -> None:
    """Whatever is chosen of what was offered can be paid."""
    purchase = shop.begin()
    purchase.prepare()
    dearest: dict[str, Json] = {}
    for option in sorted(purchase.options, key=lambda one: one["amount"]):
        dearest[str(option.get("shipment_id"))] = option
    purchase.choose(*(option["line_id"] for option in dearest.values()))
    purchase.pay()
    expect_paid(purchase, f"the customer chose {listed(list(dearest.values()))}")


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


@promise(
    "address-parcels", FAMILY, "must", needs=("address_callback", "several_shipments"),
    why="Dintero drops an offer whose parcels contradict each other; a line in no parcel is not sent, and a "
    "parcel that is not in the sum is not paid.",
    mend="Give all options of one `shipment_id` the same `shipment_items`, put each line into exactly one "
    "parcel, and count the option of each parcel.",
    source=PARCELS,
)  # fmt: skip
def address_parcels(shop: Shop) -> None:
    """An order in several parcels is shipped and paid whole."""
    purchase = shop.begin(shop.merchant.several_shipments)
    answered = purchase.give_address()
    expect_options(purchase, answered, "an order that is sent in several parcels")
    parcels = {str(option.get("shipment_id")): option for option in purchase.options}
    expect(
        len(parcels) > 1,
        f"[several_shipments] was offered options of {len(parcels)} shipment: {listed(purchase.options)}",
    )
    expect_packed_once(purchase, list(parcels.values()))
    purchase.choose()
    asked = purchase.order_asked
    purchase.pay()
    expect_paid(purchase, f"the customer chose parcels for {money(shipping_of(asked))}")
    paid, price = purchase.transaction["amount"], shipping_of(asked)
    expect(
        paid == goods_of(asked) + price,
        f"{money(paid)} was paid for goods of {money(goods_of(asked))} and parcels of {money(price)}",
    )


@promise(
    "address-free", FAMILY, "must", needs=("address_callback", "free_shipping"),
    why="An empty list says that nothing can be sent there: the customer with the largest basket cannot buy.",
    mend="Offer free shipping as an option with amount 0.",
    source=GUIDE,
)  # fmt: skip
def address_free(shop: Shop) -> None:
    """Free shipping is an option that costs nothing."""
    purchase = shop.begin(shop.merchant.free_shipping)
    answered = purchase.give_address()
    expect_options(purchase, answered, "a basket that is sent for free")
    free = [option for option in purchase.options if option["amount"] == 0]
    expect(bool(free), f"a basket that is sent for free is offered {listed(purchase.options)}")
    purchase.choose(free[0]["line_id"])
    purchase.pay()
    expect_paid(purchase, f"the customer chose {listed(free[:1])}")


# What is looked at


def question(purchase: Purchase, **address: Any) -> Json:
    """The session as Dintero sends it, with another address."""
    known = purchase.order_asked.get("shipping_address")
    home = known or {"country": "NO", "postal_code": "0155"}
    return purchase.question(shipping_address={**home, **address})


def expect_options(purchase: Purchase, answered: Json, what: str) -> None:
    """The customer has something to choose from."""
    expect(bool(purchase.options), f"asked about {what}, the shop {in_words(answered)}")


def expect_paid(purchase: Purchase, what: str) -> None:
    """The shop takes the payment for the order's."""
    try:
        purchase.becomes("paid", "captured")
    except Broken as broken:
        paid = money(purchase.transaction["amount"])
        raise Broken(f"{what}, and {paid} was paid: {broken}") from None


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


def expect_no_correction(purchase: Purchase, answered: Json, chosen: int) -> None:
    """Dintero has not had to mend the sum."""
    added = [i for i in purchase.order_asked["items"] if str(i.get("id")).startswith("correction-")]
    wrong = sum(item["amount"] for item in added)
    told = answered["order"].get("amount") or 0
    hint = (
        f"leaves out the chosen option's {money(chosen)}"
        if wrong == -chosen
        else f"counts {money(chosen + wrong)} for shipping, where the question's option costs {money(chosen)}"
    )
    expect(
        not added,
        f"the answer's amount is {money(told)} and {hint}; Dintero added a correction item of {money(wrong)}",
    )


def expect_packed_once(purchase: Purchase, parcels: list[Json]) -> None:
    """Each line of the order is sent exactly once; `parcels` are options, one for each."""
    packed = [item for option in parcels for item in option.get("shipment_items") or []]
    for line in purchase.order_asked.get("items") or []:
        whole = line.get("quantity") or 1
        pieces = [one.get("quantity", whole) for one in packed if one["line_id"] == line["line_id"]]
        expect(
            sum(pieces) == whole,
            f"{whole:g} of line {line['line_id']!r} were ordered, and the parcels' shipment_items have "
            f"{sum(pieces):g}",
        )


def line_ids(purchase: Purchase) -> list[str]:
    """Those of the goods, as the session has them."""
    ids = [str(item.get("line_id")) for item in purchase.order_asked.get("items") or []]
    return [id for id in ids if not id.startswith("correction-")]


def offers(purchase: Purchase) -> list[tuple[str, int]]:
    """What is on offer, however it is numbered."""
    return sorted((option["title"], option["amount"]) for option in purchase.options)


def listed(options: list[Json]) -> str:
    """Options for a sentence."""
    names = [f"{one.get('line_id')} for {money(int(one.get('amount') or 0))}" for one in options]
    return ", ".join(names) or "nothing"


def in_words(answered: Json) -> str:
    """What the shop said, and what Dintero makes of it."""
    if answered["status"] == 200 and not answered["error"]:
        return f"answered 200 with {listed(answered['options'])}"
    if answered["status"] == 200:
        return f"answered 200, and {answered['error']}"
    return f"answered {answered['status'] or 'nothing'} {answered['text']}"
