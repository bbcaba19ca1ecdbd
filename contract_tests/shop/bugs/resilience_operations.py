"""Mistakes in what is made of a capture, a refund or a void that went wrong half way."""

from typing import Any

from shop import orders, session
from shop.bugs import bug, replace
from shop.bugs.after_payment_believed import as_if_done
from shop.errors import DinteroError
from shop.money import Json
from shop.operations import OPERATIONS, Part
from shop.order import Order
from shop.orders import Shop


@bug(
    "believes-in-spite-of-errors", breaks=("capture-unavailable", "refund-unavailable"),
    seen="https://github.com/woocommerce/woocommerce-gateway-stripe/issues/422",
)  # fmt: skip
def believes_in_spite_of_errors() -> None:
    """Sets the order's state with the button, whatever comes of the call to Dintero."""
    right = Shop.operate

    async def operate(self: Shop, reference: str, action: str, part: Part) -> Order:
        verb, request_for = OPERATIONS[action]
        before = self.order(reference)
        try:
            return await right(self, reference, action, part)
        except DinteroError:
            return self.keep(as_if_done(before, verb, request_for(before, part)))

    replace(Shop, "operate", operate)


@bug(
    "believes-an-empty-200", breaks=("capture-forgotten",),
    seen="https://github.com/paypal/Checkout-NodeJS-SDK/pull/46",
)  # fmt: skip
def believes_an_empty_200() -> None:
    """Takes a good answer for a good capture, and does not look whether it is there."""

    async def operate(self: Shop, reference: str, action: str, part: Part) -> Order:
        verb, request_for = OPERATIONS[action]
        order = self.order(reference)
        request = request_for(order, part)
        await self.dintero.operate(order.transaction_id or "", verb, request)
        return self.keep(as_if_done(order, verb, request))

    replace(Shop, "operate", operate)


@bug(
    "asks-again-blindly", breaks=("capture-part-answer-lost", "refund-part-answer-lost"),
    seen="https://github.com/medusajs/medusa/issues/16681",
)  # fmt: skip
def asks_again_blindly() -> None:
    """Sends a capture or a refund again after an error, without a look whether it was done."""
    right = Shop._ask

    async def ask(self: Shop, id: str, verb: str, request: Json) -> DinteroError | None:
        trouble = await right(self, id, verb, request)
        if trouble and not trouble.is_refusal:
            trouble = await right(self, id, verb, request)
        return trouble

    replace(Shop, "_ask", ask)


@bug(
    "never-looks-again",
    breaks=("capture-answer-lost", "capture-answer-late", "refund-answer-lost", "void-answer-lost"),
    seen="https://github.com/Automattic/woocommerce-payments/issues/4333",
)  # fmt: skip
def never_looks_again() -> None:
    """Goes by its own books, and asks for no news: what was done in spite of an error it never learns."""
    right = session.session_request

    def without_news(*about: Any) -> Json:
        request = right(*about)
        request["url"]["callback_url"] = request["url"]["callback_url"].partition("&report_event")[
            0
        ]
        return request

    async def operate(self: Shop, reference: str, action: str, part: Part) -> Order:
        verb, request_for = OPERATIONS[action]
        async with self._locks[reference]:
            order = self.order(reference)
            id = order.transaction_id or ""
            await self.dintero.operate(id, verb, request_for(order, part))
            return await self.read(reference, id)

    replace(orders, "session_request", without_news)
    replace(Shop, "operate", operate)
