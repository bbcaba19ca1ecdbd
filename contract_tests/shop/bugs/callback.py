"""Mistakes in the handler of the payment callback."""

import asyncio
from dataclasses import replace as changed
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from shop import callbacks, orders, payments, routes, session, signature
from shop.bugs import bug, replace
from shop.errors import DinteroError, ShopError
from shop.money import Json
from shop.order import Order
from shop.requests import json_body, shop_of

VALIDATING = "https://docs.dintero.com/docs/checkout/validating-callbacks"
INSTAMOJO = "https://github.com/WordPress/wordcamp.org/pull/1926"


@bug(
    "looks-on-return-only", breaks=("callback-alone",),
    seen="https://github.com/vippsas/vipps-woocommerce/issues/20",
)  # fmt: skip
def looks_on_return_only() -> None:
    """Takes callbacks and does nothing: only the return page looks at the payment."""

    async def look(request: Request) -> Order:
        return callbacks.named_order(request)

    replace(callbacks, "look_at_payment", look)


@bug(
    "redirects-callback", breaks=("callback-answered",),
    seen="https://github.com/Dintero/Dintero.Checkout.Episerver",
)  # fmt: skip
def redirects_callback() -> None:
    """Has one handler for callback and return, and sends Dintero to the thank-you page."""

    def acknowledge(order: Order) -> Response:
        return RedirectResponse(f"/return?order={order.reference}", 302)

    replace(callbacks, "acknowledge", acknowledge)


@bug(
    "takes-get-only", breaks=("callback-alone", "callback-answered"),
    seen="https://github.com/mollie/laravel-mollie/issues/48",
)  # fmt: skip
def takes_get_only() -> None:
    """Asks for `method=POST` in its callback_url and has a route for GET only."""
    path = "/dintero/callback"
    only = Route(path, callbacks.payment_callback, methods=["GET"])
    others = [one for one in routes.ROUTES if getattr(one, "path", "") != path]
    routes.ROUTES[:] = [only, *others]


@bug(
    "works-before-answering", breaks=("callback-in-time",),
    seen="https://github.com/frappe/press/pull/1175",
)  # fmt: skip
def works_before_answering() -> None:
    """Sends mails and prints labels before it answers the callback."""
    right = callbacks.look_at_payment

    async def look(request: Request) -> Order:
        order = await right(request)
        await asyncio.sleep(2.5)
        return order

    replace(callbacks, "look_at_payment", look)


@bug(
    "signs-query-as-it-came", breaks=("callback-alone", "callback-answered"), seen=VALIDATING,
)  # fmt: skip
def signs_query_as_it_came() -> None:
    """Checks the signature over the query as it came, not sorted."""
    replace(signature, "sorted_query", lambda query: query)


@bug("quotes-as-python", breaks=("callback-awkward-query",), seen=VALIDATING)
def quotes_as_python() -> None:
    """Sorts the query, and encodes it as its own language does: `*` and `~` come out otherwise."""

    def sorted_query(query: str) -> str:
        return urlencode(sorted(parse_qsl(query, keep_blank_values=True)))

    replace(signature, "sorted_query", sorted_query)


@bug(
    "drops-empty-parameters", breaks=("callback-awkward-query",), seen=VALIDATING,
)  # fmt: skip
def drops_empty_parameters() -> None:
    """Reads the query with a parser that leaves empty values out, and signs what is left."""
    right = signature.sorted_query

    def sorted_query(query: str) -> str:
        return right(urlencode(parse_qsl(query)))

    replace(signature, "sorted_query", sorted_query)


@bug(
    "believes-the-body",
    breaks=(
        "callback-reads", "callback-claims-declined-paid", "callback-claims-held-paid",
        "callback-unknown-transaction",
    ),
    seen=INSTAMOJO,
)  # fmt: skip
def believes_the_body() -> None:
    """Takes the transaction from the callback's body, as the signature is right."""

    async def look(request: Request) -> Order:
        return shop_of(request).take_over(callbacks.named_order(request), await json_body(request))

    replace(callbacks, "look_at_payment", look)


@bug(
    "believes-whoever-calls", breaks=("callback-forged-not-believed", "callback-forged-refused"),
    seen="https://github.com/oc-shopaholic/oc-omnipay-shopaholic-plugin/issues/24",
)  # fmt: skip
def believes_whoever_calls() -> None:
    """Checks no signature, and an order is paid as soon as its callback is called without an error."""
    believes_the_body.switch_on()
    replace(callbacks, "signature_fault", lambda *_: None)


@bug(
    "any-signature",
    breaks=("callback-forged-refused", "callback-stale-refused", "callback-future-refused"),
    seen="https://github.com/Dintero/Dintero.Checkout.WooCommerce.V2",
)  # fmt: skip
def any_signature() -> None:
    """Does not look at the signature."""
    replace(callbacks, "signature_fault", lambda *_: None)


@bug(
    "signature-never-old", breaks=("callback-stale-refused", "callback-future-refused"),
    seen="https://github.com/own-pay/OwnPay/issues/296",
)  # fmt: skip
def signature_never_old() -> None:
    """Checks the signature, and not its time."""
    replace(signature, "is_recent", lambda sent_at, now: True)


@bug(
    "signature-of-tomorrow", breaks=("callback-future-refused",),
    seen="https://github.com/flippercloud/flipper/pull/1022",
)  # fmt: skip
def signature_of_tomorrow() -> None:
    """Refuses signatures that are too old, and none that are too new."""
    tolerance = signature.TOLERANCE_SECONDS
    replace(signature, "is_recent", lambda sent_at, now: now - sent_at <= tolerance)


@bug(
    "second-callback-fails-order", breaks=("callback-replayed",),
    seen="https://github.com/mozilla/fxa/pull/20708",
)  # fmt: skip
def second_callback_fails_order() -> None:
    """Takes the second callback of a payment for a second payment, and lets the order fail."""
    right = payments.settle

    def settle(order: Order, transaction: Json, at: str) -> Order:
        if order.status == "paid" and transaction.get("status") == "AUTHORIZED":
            return changed(order.noted(at, "failed", "already paid"), status="failed")
        return right(order, transaction, at)

    replace(orders, "settle", settle)


def on_trouble(deal_with: Any) -> Any:
    """The handler that deals in this way with an answer of Dintero's that is no transaction."""

    async def look(request: Request) -> Order:
        shop, query = shop_of(request), request.query_params
        order = callbacks.named_order(request)
        try:
            return await shop.hear(order.reference, query.get("transaction_id"), query.get("error"))
        except DinteroError as trouble:
            found: Order = deal_with(shop, order, trouble)
            return found

    return look


@bug(
    "believes-when-unreadable",
    breaks=(
        "callback-unknown-transaction", "callback-other-account", "callback-api-fails-not-believed",
    ),
    seen=INSTAMOJO,
)  # fmt: skip
def believes_when_unreadable() -> None:
    """Takes the callback's word for it when the transaction cannot be read."""

    def deal_with(shop: orders.Shop, order: Order, trouble: DinteroError) -> Order:
        return shop.keep(changed(order, status="paid"))

    replace(callbacks, "look_at_payment", on_trouble(deal_with))


@bug(
    "answers-200-though-reading-failed", breaks=("callback-api-fails",),
    seen="https://github.com/bambora/checkout-woocommerce/issues/9",
)  # fmt: skip
def answers_200_though_reading_failed() -> None:
    """Logs that the transaction could not be read, and answers 200."""
    replace(callbacks, "look_at_payment", on_trouble(lambda shop, order, trouble: order))


@bug("answers-400-when-reading-failed", breaks=("callback-api-fails",), seen=INSTAMOJO)
def answers_400_when_reading_failed() -> None:
    """Answers 400 when the transaction could not be read, so that Dintero gives up."""

    def deal_with(shop: orders.Shop, order: Order, trouble: DinteroError) -> Order:
        raise ShopError(400, trouble.detail)

    replace(callbacks, "look_at_payment", on_trouble(deal_with))


@bug(
    "any-transaction", breaks=("callback-other-order", "return-other-order"),
    seen="https://github.com/thephpleague/omnipay/issues/255",
)  # fmt: skip
def any_transaction() -> None:
    """Reads the transaction, and does not compare whose order it pays."""
    replace(payments, "wrong_order", lambda order, transaction: None)


@bug(
    "any-amount", breaks=("callback-too-little",),
    seen="https://github.com/WordPress/wordcamp.org/pull/1795",
)  # fmt: skip
def any_amount() -> None:
    """Looks whether it is paid, not how much."""
    replace(payments, "wrong_amount", lambda order, transaction: None)


@bug(
    "any-currency", breaks=("callback-other-currency",),
    seen="https://github.com/nopSolutions/nopCommerce/issues/2709",
)  # fmt: skip
def any_currency() -> None:
    """Compares the number and forgets the currency."""
    replace(payments, "wrong_currency", lambda order, transaction: None)


@bug(
    "unknown-order-is-fine", breaks=("callback-unknown-order",),
    seen="https://github.com/blockonomics/woocommerce-plugin/issues/264",
)  # fmt: skip
def unknown_order_is_fine() -> None:
    """Answers 200 for an order that it does not know, so that nobody calls again."""
    right = callbacks.look_at_payment

    async def look(request: Request) -> Order:
        if request.query_params.get("merchant_reference") not in shop_of(request).orders:
            raise ShopError(200, "There is nothing to do.")
        return await right(request)

    replace(callbacks, "look_at_payment", look)


@bug("asks-for-no-events", breaks=("callback-capture-learnt",), seen=VALIDATING)
def asks_for_no_events() -> None:
    """Leaves `report_event` out of its callback_url: what happens in the backoffice stays there."""
    right = session.session_request

    def session_request(*told: Any) -> Json:
        body = right(*told)
        url = body["url"]["callback_url"].partition("&report_event")[0]
        return body | {"url": body["url"] | {"callback_url": url}}

    replace(orders, "session_request", session_request)


@bug(
    "state-of-the-callback",
    breaks=("callback-late-keeps-captured", "callback-claims-declined-paid"),
    seen="https://github.com/mollie/WooCommerce/issues/1252",
)  # fmt: skip
def state_of_the_callback() -> None:
    """Reads the transaction, and then sets the order to what the callback says happened."""
    right = callbacks.look_at_payment

    async def look(request: Request) -> Order:
        order = await right(request)
        told = (await json_body(request)).get("status", "")
        status = payments.STATUS_OF.get(told, order.status)
        return shop_of(request).keep(changed(order, status=status))

    replace(callbacks, "look_at_payment", look)
