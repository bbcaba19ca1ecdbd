"""Mistakes in talking to Dintero: tokens, limits, time-outs, answers that are none."""

from typing import Any

import httpx

from shop import dintero
from shop.bugs import bug, replace
from shop.dintero import Dintero
from shop.errors import DinteroError, ShopError
from shop.money import Json
from shop.order import Order
from shop.orders import Shop

MANY = 5
"""Tries of a shop that does not know when to stop."""


@bug(
    "keeps-its-token",
    breaks=(
        "token-expired-checkout", "token-expired-callback", "token-expired-capture",
        "unauthorized-checkout", "unauthorized-read", "unauthorized-capture",
    ),
    seen="https://github.com/BuilderIO/builder/pull/2908",
)  # fmt: skip
def keeps_its_token() -> None:
    """Fetches a token once and uses it for ever; a 401 is an error like any other."""

    async def call(self: Dintero, method: str, path: str, body: Json | None = None) -> Json:
        return dintero._read_answer(await self._send(method, path, body))

    replace(Dintero, "_call", call)


@bug(
    "asks-again-with-the-old-token",
    breaks=("unauthorized-checkout", "unauthorized-read", "unauthorized-capture"),
    seen="https://github.com/airwallex/paymentacceptance-plugin-magento/pull/8",
)  # fmt: skip
def asks_again_with_the_old_token() -> None:
    """Sends a call again after a 401, with the token that was refused."""

    async def call(self: Dintero, method: str, path: str, body: Json | None = None) -> Json:
        answer = await self._send(method, path, body)
        if answer.status_code == 401:
            answer = await self._send(method, path, body)
        return dintero._read_answer(answer)

    replace(Dintero, "_call", call)


@bug(
    "hammers", breaks=("rate-limit-checkout", "rate-limit-token"),
    seen="https://github.com/blendbyte/laravel-paypal/pull/674",
)  # fmt: skip
def hammers() -> None:
    """Asks again at once when it is told to wait."""

    async def request(self: Dintero, method: str, url: str, **options: Any) -> httpx.Response:
        for _ in range(MANY):
            answer = await self._once(method, url, **options)
            if answer.status_code != 429:
                break
        return answer

    replace(Dintero, "_request", request)


@bug(
    "has-no-time-out", breaks=("session-silent", "token-silent", "return-silent"),
    seen="https://github.com/shopware/SwagPayPal/issues/262",
)  # fmt: skip
def has_no_time_out() -> None:
    """Waits for Dintero as long as it takes."""

    async def once(self: Dintero, method: str, url: str, **options: Any) -> httpx.Response:
        try:
            return await self._http.request(method, url, timeout=None, **options)
        except httpx.HTTPError as error:
            raise DinteroError("Dintero could not be reached.") from error

    replace(Dintero, "_once", once)


@bug(
    "reads-no-json-as-empty", breaks=("session-malformed",),
    seen="https://github.com/mollie/Shopware6/issues/118",
)  # fmt: skip
def reads_no_json_as_empty() -> None:
    """Takes a 200 whose body is no JSON for a good answer, and sends the customer to "None"."""
    right = dintero._read_answer

    def read(answer: httpx.Response) -> Json:
        try:
            return right(answer)
        except DinteroError:
            if not answer.is_success:
                raise
            return {"id": None, "url": "None"}

    replace(dintero, "_read_answer", read)


@bug(
    "redirects-to-none",
    breaks=("session-unavailable", "session-reset", "session-half-body", "session-malformed"),
    seen="https://github.com/dodopayments/dodo-checkout-demo/pull/13",
)  # fmt: skip
def redirects_to_none() -> None:
    """Logs the error of a session, and sends the customer on to an address that it has not got."""
    right = Shop.check_out

    async def check_out(self: Shop, *wanted: Any, **more: Any) -> tuple[Order, str]:
        try:
            return await right(self, *wanted, **more)
        except DinteroError:
            return next(reversed(self.orders.values())), "None"

    replace(Shop, "check_out", check_out)


@bug(
    "remembers-the-error", breaks=("next-checkout", "session-answer-lost"),
    seen="https://github.com/airwallex/paymentacceptance-plugin-magento/pull/8",
)  # fmt: skip
def remembers_the_error() -> None:
    """Keeps what went wrong with one session, and tells it to every customer after that."""
    right = Dintero.create_session
    remembered: list[DinteroError] = []

    async def create_session(self: Dintero, body: Json) -> Json:
        if remembered:
            raise remembered[0]
        try:
            return await right(self, body)
        except DinteroError as error:
            remembered.append(error)
            raise

    replace(Dintero, "create_session", create_session)


@bug(
    "crashes-on-no-json", breaks=("return-malformed",),
    seen="https://github.com/checkout/checkout-magento2-plugin/issues/174",
)  # fmt: skip
def crashes_on_no_json() -> None:
    """Reads every answer as JSON and is not prepared for one that is none."""

    def read(answer: httpx.Response) -> Json:
        told: Json = answer.json()
        if not answer.is_success:
            raise DinteroError(str(told), answer.status_code)
        return told

    replace(dintero, "_read_answer", read)


@bug(
    "gives-up-after-an-error",
    breaks=(
        "capture-after-unavailable", "capture-after-reset", "refund-after-reset", "void-after-reset",
    ),
    seen="https://github.com/krokedil/klarna-payments-for-woocommerce/issues/20",
)  # fmt: skip
def gives_up_after_an_error() -> None:
    """Locks an order while it is captured, and an error leaves it locked."""
    right = Shop.operate
    locked: set[str] = set()

    async def operate(self: Shop, reference: str, action: str, part: Any) -> Order:
        if reference in locked:
            raise ShopError(409, "This order is being worked on.")
        locked.add(reference)
        order = await right(self, reference, action, part)
        locked.discard(reference)
        return order

    replace(Shop, "operate", operate)
