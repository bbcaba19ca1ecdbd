"""Mistakes with discount codes."""

from collections.abc import Callable
from dataclasses import replace as changed

from starlette.requests import Request

from shop import callbacks, payments
from shop.bugs import bug, replace
from shop.callbacks import require_dintero
from shop.catalogue import accepted_codes
from shop.errors import ShopError
from shop.money import Json, amount_of
from shop.order import Order
from shop.payments import wrong_amount
from shop.session import answer_to_address, answer_to_discounts

GUIDE = "https://docs.dintero.com/docs/checkout/checkout-express-discount-code"


def in_each_answer(change: Callable[[Order, Json], None]) -> None:
    """Change what is answered about codes: it is called with our order and the answer."""

    def wrong(order: Order, asked: Json) -> Json:
        answer = answer_to_discounts(order, asked)
        change(order, answer)
        return answer

    replace(callbacks, "answer_to_discounts", wrong)


@bug(
    "code-is-only-noted", breaks=("discount-taken-off",),
    seen="https://github.com/duncanmcclean/simple-commerce/issues/405",
)  # fmt: skip
def code_is_only_noted() -> None:
    """Says that the code counts, and leaves the prices as they are."""

    def wrong(order: Order, asked: Json) -> Json:
        full = answer_to_discounts(changed(order, discount_codes=()), asked)
        full["order"]["discount_codes"] = list(order.discount_codes)
        return full

    replace(callbacks, "answer_to_discounts", wrong)


@bug(
    "discount-in-the-sum-only", breaks=("discount-taken-off",),
    seen="https://github.com/awesomemotive/easy-digital-downloads/issues/248",
)  # fmt: skip
def discount_in_the_sum_only() -> None:
    """Takes the discount off the sum, and leaves the lines as they are."""

    def change(order: Order, answer: Json) -> None:
        full = changed(order, discount_codes=())
        answer["order"]["items"] = full.items

    in_each_answer(change)


@bug(
    "does-not-name-the-code", breaks=("discount-named",),
    seen="https://github.com/opencart/opencart/issues/6773",
)  # fmt: skip
def does_not_name_the_code() -> None:
    """Takes the discount off, and does not say which code it is for."""
    in_each_answer(lambda order, answer: answer["order"].update(discount_codes=[]))


@bug(
    "cheaper-for-no-reason", breaks=("discount-on-lines",),
    seen="https://github.com/vendurehq/vendure/issues/1939",
)  # fmt: skip
def cheaper_for_no_reason() -> None:
    """Sends lower prices without the discount that makes them."""

    def change(order: Order, answer: Json) -> None:
        for item in answer["order"]["items"]:
            item["discount_lines"] = []

    in_each_answer(change)


@bug("lists-what-is-cheaper", breaks=("discount-every-line",), seen=GUIDE)
def lists_what_is_cheaper() -> None:
    """Lists the first line only, as if the others stayed."""

    def change(order: Order, answer: Json) -> None:
        answer["order"]["items"] = answer["order"]["items"][:1]

    in_each_answer(change)


@bug("unknown-code-is-an-error", breaks=("discount-refused",), seen=GUIDE)
def unknown_code_is_an_error() -> None:
    """Answers 404 about a code that does not exist."""

    def codes(wanted: object) -> tuple[str, ...]:
        found = accepted_codes(wanted)
        if wanted and not found:
            raise ShopError(404, "There is no such code.")
        return found

    replace(callbacks, "accepted_codes", codes)


@bug(
    "any-code-counts", breaks=("discount-refused",),
    seen="https://github.com/vendurehq/vendure/issues/1604",
)  # fmt: skip
def any_code_counts() -> None:
    """Tells a customer who has typed something that it counts."""
    replace(callbacks, "accepted_codes", lambda wanted: tuple(wanted or ())[:1])


@bug(
    "never-taken-back", breaks=("discount-taken-back",),
    seen="https://github.com/magento/magento2/issues/19955",
)  # fmt: skip
def never_taken_back() -> None:
    """Keeps the discount when its code is taken away."""
    kept: dict[str, tuple[str, ...]] = {}

    def wrong(order: Order, asked: Json) -> Json:
        codes = order.discount_codes or kept.get(order.reference, ())
        kept[order.reference] = codes
        return answer_to_discounts(changed(order, discount_codes=codes), asked)

    replace(callbacks, "answer_to_discounts", wrong)


@bug(
    "discount-on-the-discount", breaks=("discount-once",),
    seen="https://github.com/laravel/cashier-stripe/pull/375",
)  # fmt: skip
def discount_on_the_discount() -> None:
    """Takes the discount off each time that it is asked."""
    so_far: dict[str, tuple[str, ...]] = {}

    def wrong(order: Order, asked: Json) -> Json:
        so_far[order.reference] = so_far.get(order.reference, ()) + order.discount_codes
        answer = answer_to_discounts(changed(order, discount_codes=so_far[order.reference]), asked)
        answer["order"]["discount_codes"] = list(order.discount_codes)
        return answer

    replace(callbacks, "answer_to_discounts", wrong)


@bug(
    "each-copy-counts", breaks=("discount-once",),
    seen="https://github.com/awesomemotive/easy-digital-downloads/issues/1677",
)  # fmt: skip
def each_copy_counts() -> None:
    """Counts a code as often as it stands in the list."""

    def codes(wanted: object) -> tuple[str, ...]:
        listed = wanted if isinstance(wanted, list) else []
        return tuple(code for code in listed if accepted_codes([code]))

    replace(callbacks, "accepted_codes", codes)


@bug(
    "address-loses-the-code", breaks=("discount-keeps-address",),
    seen="https://github.com/scandipwa/scandipwa/issues/5320",
)  # fmt: skip
def address_loses_the_code() -> None:
    """Answers for an address with the prices before the discount."""

    def wrong(order: Order, asked: Json) -> Json:
        return answer_to_address(changed(order, discount_codes=()), asked)

    replace(callbacks, "answer_to_address", wrong)


@bug(
    "remembers-the-sum", breaks=("discount-other-option",),
    seen="https://github.com/woocommerce/woocommerce/issues/56523",
)  # fmt: skip
def remembers_the_sum() -> None:
    """Keeps the sum that it has answered, with the shipping that was chosen then."""
    sums: dict[str, int] = {}
    in_each_answer(lambda order, answer: sums.update({order.reference: answer["order"]["amount"]}))

    def wrong(order: Order, transaction: Json) -> str | None:
        expected = sums.get(order.reference)
        if expected is None:
            return wrong_amount(order, transaction)
        return None if amount_of(transaction) == expected else f"the order is {expected}"

    replace(payments, "wrong_amount", wrong)


@bug(
    "full-price-at-the-end", breaks=("discount-paid",),
    seen="https://github.com/woocommerce/woocommerce/issues/58864",
)  # fmt: skip
def full_price_at_the_end() -> None:
    """Expects the full price when the payment comes."""

    def wrong(order: Order, transaction: Json) -> str | None:
        return wrong_amount(changed(order, discount_codes=()), transaction)

    replace(payments, "wrong_amount", wrong)


@bug("code-without-options", breaks=("discount-options",), seen=GUIDE)
def code_without_options() -> None:
    """Answers what the order costs, and no ways of shipping."""
    in_each_answer(lambda order, answer: answer.update(shipping_options=[]))


@bug(
    "believes-its-own-answer", breaks=("discount-lost",),
    seen="https://github.com/krokedil/klarna-checkout-for-woocommerce/issues/42",
)  # fmt: skip
def believes_its_own_answer() -> None:
    """Takes each code for counted that it has answered, heard or not."""
    replace(payments, "as_paid", lambda order, transaction: order)


@bug(
    "anybody-may-try-codes", breaks=("discount-forged",),
    seen="https://github.com/bitpay/php-bitpay-client-v2/issues/25",
)  # fmt: skip
def anybody_may_try_codes() -> None:
    """Does not check who asks about codes."""

    def wrong(request: Request) -> None:
        if not request.url.path.endswith("/discounts"):
            require_dintero(request)

    replace(callbacks, "require_dintero", wrong)


@bug(
    "late-code-counts", breaks=("discount-late",),
    seen="https://github.com/odoo/odoo/pull/101169",
)  # fmt: skip
def late_code_counts() -> None:
    """Makes an order cheaper that is paid, and ships it at the new price."""
    replace(callbacks, "require_unpaid", lambda order: None)
    replace(payments, "as_paid", lambda order, transaction: order)


@bug(
    "capital-letters-only", breaks=("discount-typed",),
    seen="https://github.com/craftcms/commerce/issues/1763",
)  # fmt: skip
def capital_letters_only() -> None:
    """Compares codes letter by letter."""

    def codes(wanted: object) -> tuple[str, ...]:
        listed = wanted if isinstance(wanted, list) else []
        return ("WELCOME10",) if "WELCOME10" in listed else ()

    replace(callbacks, "accepted_codes", codes)
