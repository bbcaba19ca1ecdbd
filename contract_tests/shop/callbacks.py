"""Dintero's calls to the shop: two questions before the payment, and the news of it after."""

import logging
from dataclasses import replace
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shop.catalogue import accepted_codes
from shop.errors import DinteroError, ShopError
from shop.money import Json
from shop.order import Order, require_unpaid
from shop.requests import json_body, shop_of
from shop.session import answer_to_address, answer_to_discounts
from shop.signature import signature_fault

log = logging.getLogger(__name__)


async def shipping_callback(request: Request) -> Response:
    """Dintero asks: how can you ship to this address?"""
    require_dintero(request)
    order, asked = await _order_asked_about(request)
    return JSONResponse(answer_to_address(order, asked))


async def discount_callback(request: Request) -> Response:
    """Dintero asks: what is the order worth with these discount codes?"""
    require_dintero(request)
    order, asked = await _order_asked_about(request)
    codes = accepted_codes(asked.get("discount_codes"))
    order = shop_of(request).keep(replace(order, discount_codes=codes))
    return JSONResponse(answer_to_discounts(order, asked))


async def payment_callback(request: Request) -> Response:
    """Dintero says that something happened to a payment; we go and look."""
    require_dintero(request)
    return acknowledge(await look_at_payment(request))


async def look_at_payment(request: Request) -> Order:
    """The order that the callback is about, after a look at its payment."""
    shop, query, order = shop_of(request), request.query_params, named_order(request)
    try:
        return await shop.hear(order.reference, query.get("transaction_id"), query.get("error"))
    except DinteroError as trouble:
        # 5xx is called again, 4xx is not: and once Dintero is back we want to know.
        raise ShopError(500, trouble.detail) from trouble


def named_order(request: Request) -> Order:
    """The order that the callback is about, as we know it."""
    return shop_of(request).order(request.query_params.get("merchant_reference", ""))


def acknowledge(order: Order) -> Response:
    """Only what is stored is acknowledged."""
    if order.problem:
        raise ShopError(409, f"Not accepted: {order.problem}.")
    return JSONResponse({"reference": order.reference, "status": order.status})


def require_dintero(request: Request) -> None:
    """Refuse a caller who cannot sign as Dintero."""
    shop, url = shop_of(request), request.url
    # The address as Dintero knows it; a proxy may have changed host and path on the way.
    path = urlsplit(shop.settings.public_url).path + url.path
    header = request.headers.get("dintero-signature")
    now = shop.clock()
    fault = signature_fault(header, request.method, path, url.query, shop.settings, now)
    if fault:
        log.info("refused a call to %s: %s", url.path, fault)
        raise ShopError(401, f"Refused: {fault}.")


async def _order_asked_about(request: Request) -> tuple[Order, Json]:
    """Our order that Dintero asks about, and the order as it stands in Dintero's session."""
    session = await json_body(request)
    asked = session.get("order")
    if not isinstance(asked, dict):
        raise ShopError(400, "The session in the body has no order.")
    order = shop_of(request).order(str(asked.get("merchant_reference")))
    require_own_session(order, session)
    require_unpaid(order)
    return order, asked


def require_own_session(order: Order, session: Json) -> None:
    """The signature does not cover the body, so the session must be the one we made."""
    if session.get("id") != order.session_id:
        raise ShopError(404, "This session is not the order's.")
