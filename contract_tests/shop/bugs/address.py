"""Mistakes in the answer to: how can you send this to that address?"""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace as changed
from uuid import uuid4

from starlette.requests import Request

from shop import callbacks, parcels, payments
from shop.bugs import bug, replace
from shop.callbacks import _order_asked_about, require_dintero
from shop.errors import ShopError
from shop.money import Json, amount_of
from shop.order import Order
from shop.parcels import our_options, parcels_of
from shop.requests import shop_of
from shop.session import answer_to_address

GUIDE = "https://docs.dintero.com/docs/checkout/shipping-address-callback"
WOOCOMMERCE = (
    "https://github.com/Dintero/Dintero.Checkout.WooCommerce.V2/blob/"
    "0172a072c642bab84818422392dc0b4139c5df8e/readme.txt"
)


def before_each_answer(think: Callable[[Json], object]) -> None:
    """Do something with the question's order first."""

    def wrong(order: Order, asked: Json) -> Json:
        think(asked)
        return answer_to_address(order, asked)

    replace(callbacks, "answer_to_address", wrong)


def in_each_answer(change: Callable[[Order, Json, Json], None]) -> None:
    """Change what is answered: it is called with our order, the question's order and the answer."""

    def wrong(order: Order, asked: Json) -> Json:
        answer = answer_to_address(order, asked)
        change(order, asked, answer)
        return answer

    replace(callbacks, "answer_to_address", wrong)


def in_each_option(change: Callable[[Json], object]) -> None:
    """Change every shipping option."""

    def change_all(order: Order, asked: Json, answer: Json) -> None:
        answer["shipping_options"] = [dict(option) for option in answer["shipping_options"]]
        for option in answer["shipping_options"]:
            change(option)

    in_each_answer(change_all)


@bug("options-without-operator", breaks=("address-home",), seen=WOOCOMMERCE)
def options_without_operator() -> None:
    """Leaves out the carrier, which may be empty but has to be there."""
    in_each_option(lambda option: option.pop("operator"))


@bug("price-as-text", breaks=("address-home",), seen=WOOCOMMERCE)
def price_as_text() -> None:
    """Sends what shipping costs as the shop writes it."""
    in_each_option(lambda option: option.update(amount=f"{option['amount'] / 100:.2f} kr"))


@bug(
    "options-of-the-first-address", breaks=("address-elsewhere",),
    seen="https://github.com/bagisto/bagisto/issues/5004",
)  # fmt: skip
def options_of_the_first_address() -> None:
    """Keeps the options of the first address that it was asked about."""
    first: dict[str, list[Json]] = {}

    def change(order: Order, asked: Json, answer: Json) -> None:
        options = first.setdefault(order.reference, answer["shipping_options"])
        answer["shipping_options"] = options

    in_each_answer(change)


@bug(
    "needs-the-street", breaks=("address-partial",),
    seen="https://github.com/Shopify/mobile-buy-sdk-ios/issues/950",
)  # fmt: skip
def needs_the_street() -> None:
    """Wants to know the street before it says what shipping costs."""
    before_each_answer(lambda asked: asked["shipping_address"]["address_line"])


@bug("not-served-is-an-error", breaks=("address-not-served",), seen=WOOCOMMERCE)
def not_served_is_an_error() -> None:
    """Refuses the question when nothing can be sent there."""

    def change(order: Order, asked: Json, answer: Json) -> None:
        if not answer["shipping_options"]:
            raise ShopError(422, "No shipping method is available.")

    in_each_answer(change)


@bug(
    "free-where-nothing-fits", breaks=("address-not-served",),
    seen="https://github.com/angelleye/paypal-woocommerce/issues/677",
)  # fmt: skip
def free_where_nothing_fits() -> None:
    """Lets a customer buy for free shipping where it has none."""
    none = {"id": "none", "line_id": "none", "title": "Shipping", "operator": "", "amount": 0}

    def change(order: Order, asked: Json, answer: Json) -> None:
        answer["shipping_options"] = answer["shipping_options"] or [none]

    in_each_answer(change)


@bug("needs-a-first-name", breaks=("address-business", "address-partial"), seen=WOOCOMMERCE)
def needs_a_first_name() -> None:
    """Takes it that each customer is a person."""
    before_each_answer(lambda asked: asked["shipping_address"]["first_name"].strip())


@bug(
    "asks-the-carrier-each-time", breaks=("address-in-time",),
    seen="https://github.com/EasyPost/easypost-php/issues/20",
)  # fmt: skip
def asks_the_carrier_each_time() -> None:
    """Waits for a carrier's slow API within each answer."""
    before_each_answer(lambda asked: time.sleep(2.2))


@bug(
    "latin-letters-only", breaks=("address-odd-text",),
    seen="https://github.com/craftcms/webhooks/issues/89",
)  # fmt: skip
def latin_letters_only() -> None:
    """Stores text in an encoding that does not have all letters."""
    before_each_answer(lambda asked: str(asked.get("shipping_address")).encode("latin-1"))


@bug("address-taken-for-granted", breaks=("address-missing",), seen=WOOCOMMERCE)
def address_taken_for_granted() -> None:
    """Reads the address without a look whether there is one."""
    before_each_answer(lambda asked: asked["shipping_address"]["country"])


@bug(
    "any-body-is-json", breaks=("address-broken-body",),
    seen="https://github.com/rafaelurben/django-kmuhelper/issues/79",
)  # fmt: skip
def any_body_is_json() -> None:
    """Reads the body as JSON, come what may."""

    async def json_body(request: Request) -> Json:
        body: Json = json.loads(await request.body())
        return body

    replace(callbacks, "json_body", json_body)


@bug("forgets-the-chosen-option", breaks=("address-sum",), seen=GUIDE)
def forgets_the_chosen_option() -> None:
    """Answers what the goods cost, though shipping was chosen already."""

    def change(order: Order, asked: Json, answer: Json) -> None:
        answer["order"]["amount"] = order.items_amount

    in_each_answer(change)


@bug(
    "counts-the-new-price", breaks=("address-sum",),
    seen="https://github.com/woocommerce/woocommerce/issues/56523",
)  # fmt: skip
def counts_the_new_price() -> None:
    """Counts the chosen option at the new address's price, where Dintero counts the old one."""

    def change(order: Order, asked: Json, answer: Json) -> None:
        picked = our_options(answer["shipping_options"], asked.get("shipping_option"))
        answer["order"]["amount"] = order.items_amount + sum(map(amount_of, picked))

    in_each_answer(change)


@bug("line-ids-anew", breaks=("address-line-ids",), seen=WOOCOMMERCE)
def line_ids_anew() -> None:
    """Numbers the lines anew in each answer."""

    def change(order: Order, asked: Json, answer: Json) -> None:
        items = answer["order"]["items"]
        answer["order"]["items"] = [item | {"line_id": str(uuid4())} for item in items]

    in_each_answer(change)


@bug(
    "anybody-may-ask", breaks=("address-forged",),
    seen="https://github.com/macder/medusa-fulfillment-shippo/issues/126",
)  # fmt: skip
def anybody_may_ask() -> None:
    """Checks the signature of payment callbacks only."""

    def wrong(request: Request) -> None:
        if not request.url.path.endswith("/shipping"):
            require_dintero(request)

    replace(callbacks, "require_dintero", wrong)


@bug(
    "freight-each-time", breaks=("address-asked-twice",),
    seen="https://github.com/razorpay/razorpay-woocommerce/pull/227",
)  # fmt: skip
def freight_each_time() -> None:
    """Adds a fee to the order each time that it is asked."""
    asked_so_far: Counter[str] = Counter()

    def change(order: Order, asked: Json, answer: Json) -> None:
        asked_so_far[order.reference] += 1
        fee = 500 * asked_so_far[order.reference]
        line = {"id": "fee", "line_id": "fee", "amount": fee, "quantity": 1}
        answer["order"]["items"].append(line)
        answer["order"]["amount"] += fee

    in_each_answer(change)


@bug(
    "late-address-counts", breaks=("address-late",),
    seen="https://github.com/odoo/odoo/pull/101169",
)  # fmt: skip
def late_address_counts() -> None:
    """Opens an order again when its address changes, paid or not."""

    async def wrong(request: Request) -> tuple[Order, Json]:
        replace(callbacks, "require_unpaid", lambda order: None)
        order, asked = await _order_asked_about(request)
        order = changed(order, status="pending", shipping_address=asked.get("shipping_address"))
        return shop_of(request).keep(order), asked

    replace(callbacks, "_order_asked_about", wrong)


@bug(
    "first-option-counts", breaks=("address-dearest-option",),
    seen="https://github.com/woocommerce/woocommerce/issues/56523",
)  # fmt: skip
def first_option_counts() -> None:
    """Takes the first option for the chosen one when the payment comes."""
    replace(payments, "our_options", lambda options, chosen: options[:1])


@bug(
    "answers-once", breaks=("address-asked-again",),
    seen="https://github.com/Shopify/shipping-fulfillment-app/issues/14",
)  # fmt: skip
def answers_once() -> None:
    """Takes the second question of a session for a repetition, and refuses it."""
    answered: set[str] = set()

    def wrong(order: Order, asked: Json) -> Json:
        if order.reference in answered:
            raise ShopError(400, "This was answered already.")
        answered.add(order.reference)
        return answer_to_address(order, asked)

    replace(callbacks, "answer_to_address", wrong)


@bug("whole-order-in-each-parcel", breaks=("address-parcels",), seen=WOOCOMMERCE)
def whole_order_in_each_parcel() -> None:
    """Says of each parcel that all lines are in it."""

    def wrong(lines: tuple[tuple[str, int], ...]) -> dict[str, list[Json]]:
        right = parcels_of(lines)
        everything = [item for items in right.values() for item in items]
        return dict.fromkeys(right, everything)

    replace(parcels, "parcels_of", wrong)


@bug(
    "first-parcel-counts", breaks=("address-parcels",),
    seen="https://github.com/shopware/SwagPayPal/pull/685",
)  # fmt: skip
def first_parcel_counts() -> None:
    """Counts the first parcel's shipping when the payment comes."""
    replace(payments, "our_options", lambda options, chosen: our_options(options, chosen)[:1])


@bug(
    "free-is-no-option", breaks=("address-free",),
    seen="https://github.com/woocommerce/woocommerce-gateway-paypal-express-checkout/issues/249",
)  # fmt: skip
def free_is_no_option() -> None:
    """Leaves out what costs nothing."""

    def change(order: Order, asked: Json, answer: Json) -> None:
        options = answer["shipping_options"]
        answer["shipping_options"] = [option for option in options if option["amount"]]

    in_each_answer(change)
