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
from shop.money import Json
from shop.operations import OPERATIONS
from shop.order import Order
from shop.payments import give_up, is_newly_paid, settle
from shop.session import session_request
from shop.settings import Settings

log = logging.getLogger(__name__)


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
        reference = f"order-{1001 + len(self.orders)}"
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

    async def hear(self, reference: str, transaction_id: str | None, error: str | None) -> Order:
        """Something was said about an order's payment: find out what is true.

        Callback and redirect both come here, so either is enough and both do no harm.
        """
        async with self.alone(reference):
            if transaction_id:
                return await self.read(reference, transaction_id)
            order = self.order(reference)
            return self.keep(give_up(order, error, self._now())) if error else order

    async def operate(self, reference: str, action: str) -> Order:
        """Ship, refund or void, after a look at how the payment stands now."""
        verb, request_for = OPERATIONS[action]
        async with self.alone(reference):
            transaction_id = self.order(reference).transaction_id
            if transaction_id is None:
                raise ShopError(409, "This order has no payment yet.")
            order = await self.read(reference, transaction_id)
            await self.dintero.operate(transaction_id, verb, request_for(order))
            return await self.read(reference, transaction_id)

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
