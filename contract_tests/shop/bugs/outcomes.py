"""Mistakes about payments that fail, wait, are captured at once, or come late."""

from dataclasses import replace as changed
from datetime import datetime, timedelta

from starlette.requests import Request

from shop import callbacks, orders, payments, routes, session
from shop.bugs import bug, replace
from shop.bugs.once import paid_by_hand
from shop.money import Json
from shop.order import Order

HALF_AN_HOUR = timedelta(minutes=30)


@bug(
    "transaction-means-paid",
    breaks=("outcome-declined", "outcome-refused", "outcome-timed-out", "outcome-expired", "outcome-hold"),
    seen="https://github.com/woocommerce/woocommerce-paypal-payments/issues/88",
)  # fmt: skip
def transaction_means_paid() -> None:
    """Reads the transaction, and takes it for paid because it is there."""
    replace(payments, "STATUS_OF", dict.fromkeys(payments.STATUS_OF, "paid"))


@bug(
    "return-means-paid", breaks=("outcome-cancelled", "outcome-declined", "outcome-session-over"),
    seen="https://github.com/nopSolutions/nopCommerce/issues/3621",
)  # fmt: skip
def return_means_paid() -> None:
    """Processes the order when the customer is back, however."""
    right = routes.look_at_return

    async def look(request: Request) -> Order:
        return paid_by_hand(request, await right(request))

    replace(routes, "look_at_return", look)


@bug(
    "callback-needs-transaction", breaks=("outcome-cancelled-callback",),
    seen="https://github.com/odoo/odoo/issues/4479",
)  # fmt: skip
def callback_needs_transaction() -> None:
    """Crashes on a callback without transaction_id."""
    right = callbacks.look_at_payment

    async def look(request: Request) -> Order:
        assert request.query_params["transaction_id"]
        return await right(request)

    replace(callbacks, "look_at_payment", look)


@bug(
    "return-knows-no-errors", breaks=("outcome-return-page",),
    seen="https://github.com/odoo/odoo/issues/4479",
)  # fmt: skip
def return_knows_no_errors() -> None:
    """Has no words for a customer who comes back with a failed payment."""
    right = routes.look_at_return
    words = {"cancelled": "You have cancelled.", "capture": "The payment could not be taken."}

    async def look(request: Request) -> Order:
        error = request.query_params.get("error")
        assert error is None or words[error]
        return await right(request)

    replace(routes, "look_at_return", look)


@bug(
    "failed-is-final", breaks=("outcome-failed-then-paid",),
    seen="https://github.com/PAYONE-GmbH/magento-1/issues/174",
)  # fmt: skip
def failed_is_final() -> None:
    """Closes its books on an order whose first attempt has failed."""
    right = payments.settle

    def settle(order: Order, transaction: Json, at: str) -> Order:
        is_over = order.status in ("failed", "cancelled")
        return order if is_over else right(order, transaction, at)

    replace(orders, "settle", settle)


@bug(
    "hold-is-paid", breaks=("outcome-hold",),
    seen="https://github.com/woocommerce/woocommerce-gateway-paypal-express-checkout/issues/598",
)  # fmt: skip
def hold_is_paid() -> None:
    """Takes ON_HOLD for paid: there is a transaction, and no error."""
    replace(payments, "STATUS_OF", payments.STATUS_OF | {"ON_HOLD": "paid"})


@bug(
    "hold-is-forgotten", breaks=("outcome-hold-approved", "outcome-hold-refused-known"),
    seen="https://github.com/woocommerce/woocommerce-gateway-stripe/pull/5047",
)  # fmt: skip
def hold_is_forgotten() -> None:
    """Ignores callbacks about orders that wait for nothing but the shopkeeper: on hold is one of them."""
    right = payments.settle

    def settle(order: Order, transaction: Json, at: str) -> Order:
        return order if order.status == "on_hold" else right(order, transaction, at)

    replace(orders, "settle", settle)


@bug(
    "second-callback-releases", breaks=("outcome-hold-refused",),
    seen="https://github.com/Dintero/Dintero.Checkout.Episerver",
)  # fmt: skip
def second_callback_releases() -> None:
    """Releases an order that is on hold when it is called back once more."""
    right = callbacks.look_at_payment

    async def look(request: Request) -> Order:
        was_held = callbacks.named_order(request).status == "on_hold"
        order = await right(request)
        return paid_by_hand(request, order) if was_held else order

    replace(callbacks, "look_at_payment", look)


@bug(
    "asks-for-no-errors", breaks=("outcome-hold-refused-known",),
    seen="https://github.com/Dintero/Dintero.Checkout.nopCommerce",
)  # fmt: skip
def asks_for_no_errors() -> None:
    """Leaves `report_error` out of its callback_url: a refusal is told to nobody."""
    right = session.session_request

    def session_request(order: Order, profile_id: str, shop: str) -> Json:
        body = right(order, profile_id, shop)
        url = body["url"]["callback_url"].replace("&report_error=true", "")
        return body | {"url": body["url"] | {"callback_url": url}}

    replace(orders, "session_request", session_request)


@bug(
    "captured-is-unknown", breaks=("outcome-captured-at-once",),
    seen="https://github.com/Dintero/Dintero.Checkout.WooCommerce.V2",
)  # fmt: skip
def captured_is_unknown() -> None:
    """Waits for AUTHORIZED; a payment that is captured at once is none."""
    statuses = {name: to for name, to in payments.STATUS_OF.items() if name != "CAPTURED"}
    replace(payments, "STATUS_OF", statuses)


@bug(
    "keeps-its-session", breaks=("outcome-begins-anew",),
    seen="https://github.com/big-neon/bn-api/issues/356",
)  # fmt: skip
def keeps_its_session() -> None:
    """Sends a customer whose order is not paid to the session that it has made before."""
    right = orders.Shop.check_out
    urls: dict[str, str] = {}

    async def check_out(
        shop: orders.Shop, lines: tuple[tuple[str, int], ...], currency: str
    ) -> tuple[Order, str]:
        for order in shop.orders.values():
            if order.status == "pending" and order.lines == lines and order.reference in urls:
                return order, urls[order.reference]
        order, url = await right(shop, lines, currency)
        urls[order.reference] = url
        return order, url

    replace(orders.Shop, "check_out", check_out)


@bug(
    "holds-stock-for-half-an-hour", breaks=("outcome-paid-late",),
    seen="https://github.com/woocommerce/woocommerce/issues/20928",
)  # fmt: skip
def holds_stock_for_half_an_hour() -> None:
    """Cancels what was not paid within half an hour, also if it is paid afterwards."""
    right = payments.settle

    def settle(order: Order, transaction: Json, at: str) -> Order:
        begun = datetime.fromisoformat(order.history[0].at)
        paid = datetime.fromisoformat(transaction["created_at"])
        if paid - begun > HALF_AN_HOUR:
            return changed(order, status="cancelled")
        return right(order, transaction, at)

    replace(orders, "settle", settle)


@bug(
    "one-checkout-at-a-time", breaks=("outcome-first-tab",),
    seen="https://github.com/simplcommerce/SimplCommerce/issues/713",
)  # fmt: skip
def one_checkout_at_a_time() -> None:
    """Forgets an order that waits for its payment when another checkout is begun."""
    right = orders.Shop.check_out

    async def check_out(
        shop: orders.Shop, lines: tuple[tuple[str, int], ...], currency: str
    ) -> tuple[Order, str]:
        for reference in [one.reference for one in shop.orders.values() if not one.was_paid]:
            shop.keep(changed(shop.order(reference), session_id=None, status="cancelled"))
        return await right(shop, lines, currency)

    replace(orders.Shop, "check_out", check_out)
