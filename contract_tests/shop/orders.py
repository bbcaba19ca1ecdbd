"""All orders of the shop, in memory, and everything that changes them."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime

from shop.dintero import Dintero
from shop.errors import DinteroError, ShopError
from shop.letters import Letters
from shop.money import Json, kroner
from shop.operations import OPERATIONS, Part
from shop.order import Order, require_unpaid
from shop.payments import give_up, has_moved, is_newly_paid, settle
from shop.session import items_in, session_request, session_update
from shop.settings import Settings

log = logging.getLogger(__name__)


def new_reference(orders_so_far: int) -> str:
    """The next order's number, by which Dintero, callbacks and settlements call it."""
    return f"order-{1001 + orders_so_far}"


class Shop:
    """The orders, each changed by one at a time: an older reading must not overwrite a newer."""

    def __init__(self, settings: Settings, dintero: Dintero, clock: Callable[[], float]) -> None:
        self.settings = settings
        self.clock = clock
        self.orders: dict[str, Order] = {}
        self.letters = Letters()
        self.dintero = dintero
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def order(self, reference: str) -> Order:
        """The order with this reference, or a 404."""
        if reference not in self.orders:
            raise ShopError(404, "We have no order with this number.")
        return self.orders[reference]

    def keep(self, order: Order) -> Order:
        """Store an order."""
        self.orders[order.reference] = order
        log.info("%s is %s %s", order.reference, order.status, order.problem)
        return order

    def alone(self, reference: str) -> AbstractAsyncContextManager[None]:
        """Nobody else reads and changes this order meanwhile."""
        return self._locks[reference]

    async def check_out(
        self, lines: tuple[tuple[str, int], ...], currency: str
    ) -> tuple[Order, str]:
        """Make an order and a session to pay it in; answers with the page to send the buyer to."""
        reference = new_reference(len(self.orders))
        # Kept before the first await, so that two buyers never get the same number.
        order = self.keep(Order(reference, lines, currency).noted(self._now(), "placed"))
        request = session_request(order, self.settings.profile_id, self.settings.public_url)
        async with self.alone(reference):
            try:
                session = await self.dintero.create_session(request)
            except DinteroError as trouble:
                self.keep(give_up(order, trouble.detail, self._now()))
                raise
            return self.keep(replace(order, session_id=session["id"])), session["url"]

    async def change_basket(self, reference: str, lines: tuple[tuple[str, int], ...]) -> Order:
        """Another basket in an order whose payment page may be open; what is paid stays as it is."""
        async with self.alone(reference):
            order = self.order(reference)
            require_unpaid(order)
            if order.session_id is None:
                raise ShopError(409, "This order has no payment page.")
            session = await self.dintero.session(order.session_id)
            changed = replace(self.order(reference), lines=lines)
            await self._update(changed, session_update(changed, session["order"]))
            # A discount code may have been answered meanwhile.
            order = replace(self.order(reference), lines=lines)
            return self.keep(order.noted(self._now(), "changed", kroner(order.items_amount)))

    async def _update(self, order: Order, update: Json) -> None:
        """Tell Dintero. Where its answer is lost, see whether the session has changed all the same."""
        assert order.session_id
        try:
            await self.dintero.update_session(order.session_id, update)
        except DinteroError as trouble:
            if trouble.is_refusal:
                raise
            session = await self.dintero.session(order.session_id)
            if items_in(session["order"]) != items_in(update["order"]):
                raise

    async def hear(self, reference: str, transaction_id: str | None, error: str | None) -> Order:
        """Something was said about an order's payment: find out what is true.

        Callback and redirect both come here, so either is enough and both do no harm.
        """
        async with self.alone(reference):
            if transaction_id:
                return await self.read(reference, transaction_id)
            order = self.order(reference)
            return self.keep(give_up(order, error, self._now())) if error else order

    async def operate(self, reference: str, action: str, part: Part) -> Order:
        """Ship, refund or void, after a look at how the payment stands now.

        The answer is not the truth: a 200 may tell of a refusal, a 202 of something that has only
        begun, and a lost answer of something that was done. So we look again afterwards, too.
        """
        verb, request_for = OPERATIONS[action]
        async with self.alone(reference):
            transaction_id = self.order(reference).transaction_id
            if transaction_id is None:
                raise ShopError(409, "This order has no payment yet.")
            before = await self.read(reference, transaction_id)
            request = request_for(before, part)
            trouble = await self._ask(transaction_id, verb, request)
            after = await self.read(reference, transaction_id)
            if trouble and not has_moved(before, after):
                raise trouble
            return after

    async def _ask(self, transaction_id: str, verb: str, request: Json) -> DinteroError | None:
        """Ask for an operation; answers with what went wrong, if anything did."""
        try:
            await self.dintero.operate(transaction_id, verb, request)
        except DinteroError as trouble:
            return trouble
        return None

    async def read(self, reference: str, transaction_id: str) -> Order:
        """Ask Dintero how the payment stands; whoever told us of it may be wrong, or lie."""
        transaction = await self.dintero.transaction(transaction_id)
        return self.take_over(self.order(reference), transaction)

    def take_over(self, before: Order, transaction: Json) -> Order:
        """Store what a transaction makes of an order, and tell the buyer once it is paid."""
        after = self.keep(settle(before, transaction, self._now()))
        if is_newly_paid(before, after):
            self.letters.confirm(after)
        return after

    def shown(self, order: Order) -> Json:
        """An order for a program that asks, with the letters that were sent about it."""
        return order.as_json() | {"confirmations": self.letters.confirmations(order.reference)}

    def _now(self) -> str:
        moment = datetime.fromtimestamp(self.clock(), UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
