"""What the shopkeeper sees: the orders, their buttons, and the same as JSON for programs."""

from __future__ import annotations

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from shop.errors import DinteroError, ShopError
from shop.incoming import shop_of, wants_json
from shop.operations import OPERATIONS
from shop.order import Order
from shop.pages import page


async def orders_page(request: Request) -> Response:
    """All orders, the newest first."""
    return page("orders.html", orders=list(reversed(shop_of(request).orders.values())))


async def order_page(request: Request) -> Response:
    """One order, with the buttons that are allowed now."""
    return page("order.html", order=_order(request))


async def operate(request: Request) -> Response:
    """The shopkeeper's buttons: ship, refund, void."""
    reference, action = _order(request).reference, request.path_params["action"]
    if action not in OPERATIONS:
        raise HTTPException(404)
    try:
        order = await shop_of(request).operate(reference, action)
    except DinteroError as error:
        # Dintero's refusal is a conflict with what was asked; its absence is a bad gateway.
        raise (ShopError(409, error.detail) if error.is_refusal else error) from error
    if wants_json(request):
        return JSONResponse(order.as_json())
    return RedirectResponse(f"/orders/{quote(reference)}", 303)


async def api_orders(request: Request) -> Response:
    """All orders as JSON."""
    return JSONResponse([order.as_json() for order in shop_of(request).orders.values()])


async def api_order(request: Request) -> Response:
    """One order as JSON."""
    return JSONResponse(_order(request).as_json())


def _order(request: Request) -> Order:
    return shop_of(request).order(request.path_params["reference"])
