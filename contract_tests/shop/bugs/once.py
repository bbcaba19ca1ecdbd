"""Mistakes that make one payment count twice, or not at all."""

from collections import Counter, deque
from contextlib import nullcontext
from dataclasses import replace as changed

from starlette.requests import Request

from shop import callbacks, orders, routes
from shop.bugs import bug, replace
from shop.errors import ShopError
from shop.order import Order
from shop.payments import PAID
from shop.requests import shop_of


def paid_by_hand(request: Request, order: Order) -> Order:
    """The order made paid without a look at Dintero."""
    if order.was_paid:
        return order
    shop = shop_of(request)
    shop.letters.confirm(order)
    return shop.keep(changed(order.noted("", "paid"), status="paid"))


@bug(
    "confirms-every-time",
    breaks=(
        "callback-twice", "callback-answer-lost", "callback-hundred-times", "return-back-button",
        "race-return-first", "race-callback-first",
    ),
    seen="https://github.com/medusajs/medusa/issues/13301",
)  # fmt: skip
def confirms_every_time() -> None:
    """Sends a confirmation whenever it hears that the order is paid, not only the first time."""
    replace(orders, "is_newly_paid", lambda before, after: after.status in PAID)


@bug(
    "no-lock",
    breaks=(
        "callback-twice-at-once", "race-together", "race-callback-during-return",
        "return-double-click",
    ),
    seen="https://github.com/open-formulieren/open-forms/issues/1498",
)  # fmt: skip
def no_lock() -> None:
    """Reads the order, waits for Dintero, and stores what it makes of the order as it was before."""

    async def read(shop: orders.Shop, reference: str, transaction_id: str) -> Order:
        before = shop.order(reference)
        transaction = await shop.dintero.transaction(transaction_id)
        return shop.take_over(before, transaction)

    replace(orders.Shop, "alone", lambda shop, reference: nullcontext())
    replace(orders.Shop, "read", read)


@bug(
    "each-way-confirms", breaks=("race-return-first", "race-callback-first", "race-together"),
    seen="https://github.com/getdokan/dokan/issues/2994",
)  # fmt: skip
def each_way_confirms() -> None:
    """Has a confirmation in the handler of the callback and one in the return page, each sent once."""
    right = routes.look_at_return
    seen: Counter[str] = Counter()

    async def look(request: Request) -> Order:
        shop, order = shop_of(request), await right(request)
        mine = order.history[-1].what == "paid" and not shop.letters.confirmations(order.reference)
        seen[order.reference] += 1
        if order.was_paid and not mine and seen[order.reference] == 1:
            shop.letters.confirm(order)
        return order

    replace(routes, "look_at_return", look)


@bug(
    "confirms-on-return-only", breaks=("never-returns",),
    seen="https://github.com/razorpay/razorpay-magento/issues/223",
)  # fmt: skip
def confirms_on_return_only() -> None:
    """The callback makes the order paid; the confirmation is sent by the thank-you page."""
    right = routes.look_at_return

    async def look(request: Request) -> Order:
        shop, order = shop_of(request), await right(request)
        if order.was_paid and not shop.letters.confirmations(order.reference):
            shop.letters.confirm(order)
        return order

    replace(orders, "is_newly_paid", lambda before, after: False)
    replace(routes, "look_at_return", look)


@bug(
    "waits-for-callback", breaks=("callback-lost",),
    seen="https://github.com/vippsas/vipps-woocommerce/issues/72",
)  # fmt: skip
def waits_for_callback() -> None:
    """The return page shows the order as it is known, and does not ask Dintero."""

    async def look(request: Request) -> Order:
        return shop_of(request).order(request.query_params.get("merchant_reference", ""))

    replace(routes, "look_at_return", look)


@bug(
    "forgets-after-fifty", breaks=("callback-hundred-times",),
    seen="https://github.com/mollie/magento2/issues/1047",
)  # fmt: skip
def forgets_after_fifty() -> None:
    """Knows what it has dealt with from a cache of fifty entries, and every callback is one."""
    right = callbacks.look_at_payment
    cache: deque[str] = deque(maxlen=50)

    async def look(request: Request) -> Order:
        shop, before = shop_of(request), callbacks.named_order(request)
        is_known = before.reference in cache
        cache.append("a callback" if is_known else before.reference)
        order = await right(request)
        if before.was_paid and not is_known:
            shop.letters.confirm(order)
        return order

    replace(callbacks, "look_at_payment", look)


@bug(
    "notes-before-it-works",
    breaks=("callback-api-fails", "callback-hundred-times", "api-down-for-hours"),
    seen="https://github.com/shopperlabs/shopper/pull/658",
)  # fmt: skip
def notes_before_it_works() -> None:
    """Notes a delivery as dealt with before it deals with it, and takes the next try for a duplicate."""
    right = callbacks.look_at_payment
    known: set[str] = set()

    async def look(request: Request) -> Order:
        delivery = request.headers.get("event-delivery", "")
        if delivery in known:
            return callbacks.named_order(request)
        known.add(delivery)
        return await right(request)

    replace(callbacks, "look_at_payment", look)


@bug(
    "gives-up-after-ten", breaks=("api-down-for-hours",),
    seen="https://github.com/HiEventsDev/Hi.Events/issues/598",
)  # fmt: skip
def gives_up_after_ten() -> None:
    """Takes the tenth callback that it cannot deal with for hopeless, and answers 200."""
    right = callbacks.look_at_payment
    failures: Counter[str] = Counter()

    async def look(request: Request) -> Order:
        order = callbacks.named_order(request)
        try:
            return await right(request)
        except ShopError:
            failures[order.reference] += 1
            if failures[order.reference] < 10:
                raise
            return order

    replace(callbacks, "look_at_payment", look)


@bug(
    "cancel-link-unpays", breaks=("late-cancelled-return",),
    seen="https://github.com/woocommerce/woocommerce/issues/21670",
)  # fmt: skip
def cancel_link_unpays() -> None:
    """Cancels the order whenever the customer comes back with `error=cancelled`."""
    right = routes.look_at_return

    async def look(request: Request) -> Order:
        order = await right(request)
        if request.query_params.get("error") == "cancelled":
            order = shop_of(request).keep(changed(order, status="cancelled"))
        return order

    replace(routes, "look_at_return", look)


@bug(
    "late-error-unpays", breaks=("late-cancelled-callback", "late-cancelled-return"),
    seen="https://github.com/NEARBuilders/nearmerch.com/issues/209",
)  # fmt: skip
def late_error_unpays() -> None:
    """Believes an error of any order, whatever it has become since."""

    def give_up(order: Order, error: str, at: str) -> Order:
        return changed(order.noted(at, "failed", error), status="failed")

    replace(orders, "give_up", give_up)


@bug(
    "trusts-the-redirect", breaks=("return-made-up", "return-other-order"),
    seen="https://github.com/oc-shopaholic/oc-omnipay-shopaholic-plugin/issues/24",
)  # fmt: skip
def trusts_the_redirect() -> None:
    """Takes a return with a transaction and without an error for a payment."""
    right = routes.look_at_return

    async def look(request: Request) -> Order:
        order, query = await right(request), request.query_params
        is_good = query.get("transaction_id") and not query.get("error")
        return paid_by_hand(request, order) if is_good else order

    replace(routes, "look_at_return", look)


@bug(
    "thank-you-means-paid", breaks=("return-bare",),
    seen="https://github.com/sumup/sumup-ecom-php-sdk/issues/44",
)  # fmt: skip
def thank_you_means_paid() -> None:
    """Makes the order paid when the thank-you page is opened without an error."""
    right = routes.look_at_return

    async def look(request: Request) -> Order:
        order = await right(request)
        return order if request.query_params.get("error") else paid_by_hand(request, order)

    replace(routes, "look_at_return", look)


@bug(
    "return-needs-transaction", breaks=("return-odd-answers",),
    seen="https://github.com/odoo/odoo/issues/4479",
)  # fmt: skip
def return_needs_transaction() -> None:
    """Crashes on a return without transaction_id."""
    right = routes.look_at_return

    async def look(request: Request) -> Order:
        assert request.query_params["transaction_id"]
        return await right(request)

    replace(routes, "look_at_return", look)


@bug(
    "newest-order-gets-it", breaks=("two-orders-at-once",),
    seen="https://github.com/PrestaShop/PrestaShop/issues/26082",
)  # fmt: skip
def newest_order_gets_it() -> None:
    """Gives the news of a payment to the order that was begun last."""

    async def look(request: Request) -> Order:
        shop, query = shop_of(request), request.query_params
        newest = list(shop.orders)[-1]
        return await shop.hear(newest, query.get("transaction_id"), query.get("error"))

    replace(callbacks, "look_at_payment", look)
