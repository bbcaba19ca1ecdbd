"""Mistakes with a basket that changes while Dintero's page is open."""

from collections.abc import Callable
from dataclasses import replace as changed

from shop import dintero, orders
from shop.bugs import bug, replace
from shop.money import Json, amount_of
from shop.order import Order, require_unpaid
from shop.session import session_update

GUIDE = "https://docs.dintero.com/docs/checkout/updating-session"
Lines = tuple[tuple[str, int], ...]


def in_each_update(change: Callable[[Json], object]) -> None:
    """Change what is sent to Dintero when the basket changes."""

    def wrong(order: Order, asked: Json) -> Json:
        update = session_update(order, asked)
        change(update)
        return update

    replace(orders, "session_update", wrong)


@bug(
    "tells-nobody", breaks=("update-reaches", "update-paid"),
    seen="https://github.com/opencart/opencart/issues/12216",
)  # fmt: skip
def tells_nobody() -> None:
    """Changes the order, and not the payment that waits for it."""

    async def nothing(self: orders.Shop, order: Order, update: Json) -> None: ...

    replace(orders.Shop, "_update", nothing)


@bug("waits-for-the-lock", breaks=("update-reaches", "update-open-page"), seen=GUIDE)
def waits_for_the_lock() -> None:
    """Updates a session that nobody has locked."""

    async def update_session(self: dintero.Dintero, session_id: str, body: Json) -> Json:
        return await self._call("PUT", f"/v1/sessions/{session_id}", body)

    replace(dintero.Dintero, "update_session", update_session)


@bug("asked-about-the-old-basket", breaks=("update-open-page",), seen=GUIDE)
def asked_about_the_old_basket() -> None:
    """Sends no options, so that Dintero asks before the new basket is stored."""
    in_each_update(lambda update: update.pop("express"))


@bug(
    "update-without-shipping", breaks=("update-keeps-shipping",),
    seen="https://github.com/woocommerce/woocommerce-gateway-stripe/issues/822",
)  # fmt: skip
def update_without_shipping() -> None:
    """Counts the goods alone, though shipping is chosen."""

    def change(update: Json) -> None:
        update["order"]["amount"] -= amount_of(update["order"].get("shipping_option"))

    in_each_update(change)


@bug(
    "update-drops-the-option", breaks=("update-keeps-shipping",),
    seen="https://github.com/saleor/saleor/issues/4321",
)  # fmt: skip
def update_drops_the_option() -> None:
    """Takes the customer's choice away with each change."""

    def change(update: Json) -> None:
        update["order"]["amount"] -= amount_of(update["order"].pop("shipping_option", None))
        update["express"]["shipping_options"] = []

    in_each_update(change)


@bug(
    "order-stays-behind", breaks=("update-paid",),
    seen="https://github.com/BroadleafCommerce/BroadleafCommerce/issues/1574",
)  # fmt: skip
def order_stays_behind() -> None:
    """Tells Dintero of the new basket, and keeps the order as it was."""

    async def change_basket(self: orders.Shop, reference: str, lines: Lines) -> Order:
        order = self.order(reference)
        require_unpaid(order)
        assert order.session_id
        session = await self.dintero.session(order.session_id)
        new = changed(order, lines=lines)
        await self._update(new, session_update(new, session["order"]))
        return order

    replace(orders.Shop, "change_basket", change_basket)


async def store_then_tell(self: orders.Shop, reference: str, lines: Lines) -> Order:
    """As `change_basket`, in the wrong order."""
    order = self.keep(changed(self.order(reference), lines=lines))
    assert order.session_id
    session = await self.dintero.session(order.session_id)
    await self._update(order, session_update(order, session["order"]))
    return order


@bug(
    "basket-first", breaks=("update-refused", "update-down"),
    seen="https://github.com/razorpay/razorpay-magento/pull/219",
)  # fmt: skip
def basket_first() -> None:
    """Stores the new basket, and then asks Dintero, who may refuse."""

    async def change_basket(self: orders.Shop, reference: str, lines: Lines) -> Order:
        require_unpaid(self.order(reference))
        return await store_then_tell(self, reference, lines)

    replace(orders.Shop, "change_basket", change_basket)


@bug(
    "paid-baskets-change", breaks=("update-too-late",),
    seen="https://github.com/odoo/odoo/pull/101169",
)  # fmt: skip
def paid_baskets_change() -> None:
    """Lets the basket of a paid order change."""
    replace(orders.Shop, "change_basket", store_then_tell)


@bug(
    "an-error-is-a-no", breaks=("update-answer-lost",),
    seen="https://github.com/krokedil/klarna-checkout-for-woocommerce/issues/42",
)  # fmt: skip
def an_error_is_a_no() -> None:
    """Takes an update for refused whose answer it has not understood."""

    async def update(self: orders.Shop, order: Order, body: Json) -> None:
        assert order.session_id
        await self.dintero.update_session(order.session_id, body)

    replace(orders.Shop, "_update", update)


@bug(
    "update-loses-the-code", breaks=("update-keeps-code",),
    seen="https://github.com/Paymenter/Paymenter/issues/684",
)  # fmt: skip
def update_loses_the_code() -> None:
    """Computes the new basket without the discount."""

    def wrong(order: Order, asked: Json) -> Json:
        update = session_update(changed(order, discount_codes=()), asked)
        update["order"]["discount_codes"] = list(order.discount_codes)
        return update

    replace(orders, "session_update", wrong)
