"""Mistakes in what the shop asks to be paid for, and in where it sends the customer."""

import os
from collections.abc import Callable
from dataclasses import replace as changed
from datetime import datetime, timedelta
from time import strftime
from typing import Any

import httpx
from starlette.responses import JSONResponse

from shop import dintero, orders, routes
from shop.bugs import bug, replace
from shop.errors import DinteroError
from shop.money import Json
from shop.order import Order
from shop.session import session_request

WOOCOMMERCE = (
    "https://github.com/Dintero/Dintero.Checkout.WooCommerce.V2/blob/"
    "0172a072c642bab84818422392dc0b4139c5df8e/readme.txt"
)
CHECKLIST = "https://docs.dintero.com/docs/checkout/integration-checklist"


def in_each_session(change: Callable[[Json], None]) -> None:
    """Change what is sent to Dintero when a session is made."""
    right = session_request

    def wrong(order: Order, profile_id: str, shop: str) -> Json:
        request = right(order, profile_id, shop)
        change(request)
        return request

    replace(orders, "session_request", wrong)


def in_each_line(change: Callable[[Json], None]) -> None:
    """Change each line of a new session."""

    def change_all(request: Json) -> None:
        for item in request["order"]["items"]:
            change(item)

    in_each_session(change_all)


@bug(
    "shipping-in-the-sum-only", breaks=("session-sum",),
    seen="https://github.com/woocommerce/woocommerce-paypal-payments/pull/4301",
)  # fmt: skip
def shipping_in_the_sum_only() -> None:
    """Takes the sum from the cart, which counts a usual shipping that is no line."""

    def change(request: Json) -> None:
        request["order"]["amount"] += 9900

    in_each_session(change)


@bug(
    "kroner-for-minor-units", breaks=("session-costs",),
    seen="https://github.com/WordPress/wordcamp.org/pull/230",
)  # fmt: skip
def kroner_for_minor_units() -> None:
    """Sends prices in kroner."""

    def change(request: Json) -> None:
        for part in (request["order"], *request["order"]["items"]):
            part["amount"] //= 100
            part["vat_amount"] //= 100

    in_each_session(change)


@bug("line-id-of-the-kind", breaks=("session-line-ids",), seen=WOOCOMMERCE)
def line_id_of_the_kind() -> None:
    """Takes for the line's id what several lines have in common."""
    in_each_line(lambda item: item.update(line_id=item["type"]))


@bug("vat-as-a-fraction", breaks=("session-vat",), seen=CHECKLIST)
def vat_as_a_fraction() -> None:
    """Sends 0.25 for 25 per cent."""
    in_each_line(lambda item: item.update(vat=item["vat"] / 100))


@bug(
    "vat-on-top", breaks=("session-vat",),
    seen="https://github.com/klarna/kco_rest_dotnet/issues/24",
)  # fmt: skip
def vat_on_top() -> None:
    """Takes the VAT of an amount that includes it as if it came on top."""
    in_each_line(lambda item: item.update(vat_amount=item["amount"] * item["vat"] // 100))


@bug(
    "vat-sum-in-whole-kroner", breaks=("session-vat-sum",),
    seen="https://github.com/krokedil/klarna-checkout-for-woocommerce/issues/177",
)  # fmt: skip
def vat_sum_in_whole_kroner() -> None:
    """Takes the order's VAT from the shop's figures, which show whole kroner."""

    def change(request: Json) -> None:
        request["order"]["vat_amount"] = round(request["order"]["vat_amount"], -2)

    in_each_session(change)


@bug(
    "number-of-the-day", breaks=("session-references",),
    seen="https://github.com/craftcms/commerce/issues/4050",
)  # fmt: skip
def number_of_the_day() -> None:
    """Makes numbers that are not the order's alone."""
    replace(orders, "new_reference", lambda orders_so_far: strftime("order-%Y%m%d"))


@bug(
    "number-after-the-call", breaks=("session-pressed-twice",),
    seen="https://github.com/magento/magento2/issues/10767",
)  # fmt: skip
def number_after_the_call() -> None:
    """Stores an order once Dintero has answered, so that two at the same time get one number."""

    async def check_out(
        self: orders.Shop, lines: tuple[tuple[str, int], ...], currency: str
    ) -> tuple[Order, str]:
        order = Order(orders.new_reference(len(self.orders)), lines, currency)
        settings = self.settings
        request = session_request(order, settings.profile_id, settings.public_url)
        session = await self.dintero.create_session(request)
        order = changed(order, session_id=session["id"])
        return self.keep(order.noted(self._now(), "placed")), session["url"]

    replace(orders.Shop, "check_out", check_out)


@bug(
    "returns-to-localhost", breaks=("session-return-url",),
    seen="https://github.com/vercel/nextjs-subscription-payments/issues/8",
)  # fmt: skip
def returns_to_localhost() -> None:
    """Sends the customer back to the developer's own machine."""
    in_each_session(lambda request: request["url"].update(return_url="http://localhost:9/return"))


@bug(
    "page-that-is-not-there", breaks=("session-return-url",),
    seen="https://github.com/mrvautin/expressCart/issues/1",
)  # fmt: skip
def page_that_is_not_there() -> None:
    """Sends the customer back to a page that the shop does not have."""

    def change(request: Json) -> None:
        request["url"]["return_url"] = request["url"]["return_url"].replace("/return", "/thanks")

    in_each_session(change)


@bug(
    "return-only", breaks=("session-callback-url",),
    seen="https://github.com/vippsas/vipps-woocommerce/issues/20",
)  # fmt: skip
def return_only() -> None:
    """Counts on the customer to come back."""
    in_each_session(lambda request: request["url"].pop("callback_url"))


@bug("successes-only", breaks=("session-report-error",), seen=CHECKLIST)
def successes_only() -> None:
    """Does not ask to be told of payments that fail."""

    def change(request: Json) -> None:
        url = request["url"]["callback_url"]
        request["url"]["callback_url"] = url.replace("&report_error=true", "")

    in_each_session(change)


@bug("express-without-shipping", breaks=("session-shipping",), seen=WOOCOMMERCE)
def express_without_shipping() -> None:
    """Sends no options, and nobody to ask for them."""
    in_each_session(lambda request: request["express"].pop("shipping_address_callback_url"))


@bug(
    "time-zone-twice", breaks=("session-expiry",),
    seen="https://github.com/mollie/Shopware6/issues/19",
)  # fmt: skip
def time_zone_twice() -> None:
    """Takes the time zone's two hours off a time that is in UTC already."""
    right = session_request

    def wrong(order: Order, profile_id: str, shop: str) -> Json:
        placed = datetime.fromisoformat(order.history[0].at)
        ends = placed + timedelta(hours=1) - timedelta(hours=2)
        return right(order, profile_id, shop) | {"expires_at": ends.isoformat()}

    replace(orders, "session_request", wrong)


@bug(
    "no-terms", breaks=("session-terms",),
    seen="https://docs.dintero.com/docs/checkout/create-session",
)  # fmt: skip
def no_terms() -> None:
    """Does not say where its terms are."""
    in_each_session(lambda request: request["url"].pop("merchant_terms_url"))


@bug(
    "page-put-together", breaks=("session-sent-to",),
    seen="https://docs.dintero.com/docs/checkout/display-checkout",
)  # fmt: skip
def page_put_together() -> None:
    """Knows by heart where Dintero's page is."""
    right = dintero.Dintero.create_session

    async def create_session(self: dintero.Dintero, body: Json) -> Json:
        session = await right(self, body)
        return session | {"url": f"https://checkout.dintero.com/v1/view/{session['id']}"}

    replace(dintero.Dintero, "create_session", create_session)


@bug(
    "settings-for-the-page", breaks=("session-secrets",),
    seen="https://github.com/MAIF/daikoku/issues/1148",
)  # fmt: skip
def settings_for_the_page() -> None:
    """Answers with all of its settings, for the script in the page."""
    settings = {name: value for name, value in os.environ.items() if name.startswith("DINTERO_")}

    def wrong(content: Any) -> JSONResponse:
        extra = {"settings": settings} if isinstance(content, dict) else {}
        return JSONResponse(content | extra)

    replace(routes, "JSONResponse", wrong)


@bug(
    "errors-with-everything", breaks=("session-secrets",),
    seen="https://github.com/reactioncommerce/reaction/issues/2483",
)  # fmt: skip
def errors_with_everything() -> None:
    """Shows the customer the whole call that Dintero has refused."""
    right = dintero._read_answer

    def wrong(answer: httpx.Response) -> Json:
        try:
            return right(answer)
        except DinteroError as trouble:
            sent = answer.request.headers.get("authorization")
            raise DinteroError(f"{trouble.detail} ({sent})", answer.status_code) from trouble

    replace(dintero, "_read_answer", wrong)


@bug(
    "a-token-for-each-call", breaks=("session-token",),
    seen="https://github.com/nopSolutions/nopCommerce/issues/7036",
)  # fmt: skip
def a_token_for_each_call() -> None:
    """Forgets the access token after each call."""
    right = dintero.Dintero._renew_token

    async def renew(self: dintero.Dintero) -> None:
        await right(self)
        self._good_until = 0.0

    replace(dintero.Dintero, "_renew_token", renew)


@bug(
    "nameless", breaks=("session-system-headers",),
    seen="https://docs.dintero.com/openapi/payments-api.yaml",
)  # fmt: skip
def nameless() -> None:
    """Does not say which system it is."""
    replace(dintero, "SYSTEM", {})
