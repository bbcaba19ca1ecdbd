"""Mistakes in what is believed of a capture, a refund or a void."""

from dataclasses import replace as changed

from shop import payments
from shop.bugs import bug, replace
from shop.errors import DinteroError, ShopError
from shop.money import Json, amount_of
from shop.operations import OPERATIONS, Part, capture_request, everything_sold
from shop.order import Order
from shop.orders import Shop


def as_if_done(order: Order, verb: str, request: Json) -> Order:
    """The order as if what was asked for had happened."""
    amount = amount_of(request)
    if verb == "capture":
        return changed(order, status="captured", captured=order.captured + amount)
    if verb == "refund":
        return changed(order, status="refunded", refunded=order.refunded + amount)
    return changed(order, status="voided")


def request_anyway(order: Order, action: str, part: Part) -> Json:
    """What is asked for, whether the order allows it or not."""
    if action == "ship":
        return {"amount": order.amount, "items": everything_sold(order)}
    return {"amount": order.captured or order.amount} if action == "refund" else {}


@bug(
    "believes-2xx",
    breaks=("capture-refused", "refund-refused", "void-refused", "capture-expired"),
    seen="https://github.com/woocommerce/woocommerce-paypal-payments/issues/303",
)  # fmt: skip
def believes_2xx() -> None:
    """Takes a 200 for done, without a look at the event, which says that it was refused."""

    async def operate(self: Shop, reference: str, action: str, part: Part) -> Order:
        verb, request_for = OPERATIONS[action]
        async with self._locks[reference]:
            order = self.order(reference)
            order = await self.read(reference, order.transaction_id or "")
            request = request_for(order, part)
            await self.dintero.operate(order.transaction_id or "", verb, request)
            return self.keep(as_if_done(order, verb, request))

    replace(Shop, "operate", operate)


@bug(
    "believes-202", breaks=("capture-pending", "refund-pending"),
    seen="https://github.com/Adyen/adyen-magento2/issues/1234",
)  # fmt: skip
def believes_202() -> None:
    """Takes an operation that has only begun for one that is done."""
    right = payments.learn

    def learn(order: Order, transaction: Json, at: str) -> Order:
        known = right(order, transaction, at)
        if not known.under_way:
            return known
        return as_if_done(known, known.under_way, transaction["events"][-1])

    replace(payments, "learn", learn)


@bug(
    "deaf-once-paid",
    breaks=("capture-pending-ends", "refund-pending", "backoffice-refund", "backoffice-void"),
    seen="https://github.com/woocommerce/woocommerce-paypal-payments/issues/712",
)  # fmt: skip
def deaf_once_paid() -> None:
    """Ignores every callback about an order that is paid already."""
    right = Shop.hear

    async def hear(self: Shop, reference: str, id: str | None, error: str | None) -> Order:
        order = self.order(reference)
        return order if order.was_paid else await right(self, reference, id, error)

    replace(Shop, "hear", hear)


@bug(
    "captures-without-looking", breaks=("capture-twice", "backoffice-capture"),
    seen="https://github.com/omise/omise-woocommerce/pull/281",
)  # fmt: skip
def captures_without_looking() -> None:
    """Asks for a capture without reading the payment first; a refusal makes the order failed."""
    right = Shop.operate

    async def operate(self: Shop, reference: str, action: str, part: Part) -> Order:
        if action != "ship":
            return await right(self, reference, action, part)
        order = self.order(reference)
        request = request_anyway(order, action, part)
        try:
            await self.dintero.operate(order.transaction_id or "", "capture", request)
        except DinteroError:
            return self.keep(changed(order, status="failed"))
        return await self.read(reference, order.transaction_id or "")

    replace(Shop, "operate", operate)


@bug(
    "captures-without-a-lock", breaks=("capture-at-once",),
    seen="https://github.com/PrestaShopCorp/ps_checkout/pull/1057",
)  # fmt: skip
def captures_without_a_lock() -> None:
    """Reads, then captures, with nothing to keep a second click out; a refusal makes the order failed."""
    right = Shop.operate

    async def operate(self: Shop, reference: str, action: str, part: Part) -> Order:
        if action != "ship":
            return await right(self, reference, action, part)
        id = self.order(reference).transaction_id or ""
        request = capture_request(await self.read(reference, id), part)
        try:
            await self.dintero.operate(id, "capture", request)
        except DinteroError:
            return self.keep(changed(self.order(reference), status="failed"))
        return self.keep(as_if_done(self.order(reference), "capture", request))

    replace(Shop, "operate", operate)


@bug(
    "books-every-refund", breaks=("refund-twice", "refund-at-once"),
    seen="https://github.com/openfoodfoundation/openfoodnetwork/issues/6330",
)  # fmt: skip
def books_every_refund() -> None:
    """Books a refund for each click, also for one that Dintero has refused."""
    right = Shop.operate

    async def operate(self: Shop, reference: str, action: str, part: Part) -> Order:
        if action != "refund":
            return await right(self, reference, action, part)
        order = self.order(reference)
        request = request_anyway(order, action, part)
        await self._ask(order.transaction_id or "", "refund", request)
        return self.keep(as_if_done(self.order(reference), "refund", request))

    replace(Shop, "operate", operate)


@bug(
    "cancels-locally", breaks=("void-releases",),
    seen="https://github.com/Automattic/woocommerce-payments/pull/7743",
)  # fmt: skip
def cancels_locally() -> None:
    """Cancels the order in the shop, and does not tell Dintero."""
    right = Shop.operate

    async def operate(self: Shop, reference: str, action: str, part: Part) -> Order:
        if action != "void":
            return await right(self, reference, action, part)
        return self.keep(changed(self.order(reference), status="voided"))

    replace(Shop, "operate", operate)


@bug(
    "believes-refused-calls",
    breaks=("capture-on-hold", "capture-after-void", "void-after-capture", "refund-uncaptured"),
    seen="https://github.com/woocommerce/woocommerce-paypal-payments/issues/304",
)  # fmt: skip
def believes_refused_calls() -> None:
    """Asks for whatever button was pressed, and takes no notice of Dintero's refusal."""

    async def operate(self: Shop, reference: str, action: str, part: Part) -> Order:
        verb, _ = OPERATIONS[action]
        async with self._locks[reference]:
            order = self.order(reference)
            request = request_anyway(order, action, part)
            await self._ask(order.transaction_id or "", verb, request)
            return self.keep(as_if_done(order, verb, request))

    replace(Shop, "operate", operate)


@bug(
    "gives-up-after-a-refusal",
    breaks=("capture-refused-again", "refund-refused-again", "void-refused-again"),
    seen="https://github.com/krokedil/klarna-payments-for-woocommerce/issues/20",
)  # fmt: skip
def gives_up_after_a_refusal() -> None:
    """Does not try again what the provider has refused once."""
    right = Shop.operate

    async def operate(self: Shop, reference: str, action: str, part: Part) -> Order:
        if self.order(reference).failure:
            raise ShopError(409, "This has failed before.")
        return await right(self, reference, action, part)

    replace(Shop, "operate", operate)
