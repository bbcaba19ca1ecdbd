"""What buyer and shopkeeper see, and every address of the shop."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from shop import callbacks
from shop.errors import DinteroError, ShopError
from shop.operations import OPERATIONS
from shop.order import Order
from shop.pages import HERE, page
from shop.requests import basket, currency, form, part, shop_of, wants_json


async def product_page(request: Request) -> Response:
    """Everything that is for sale."""
    return page("products.html")


async def terms_page(request: Request) -> Response:
    """The terms that Dintero's page links to."""
    return page("terms.html")


async def check_out(request: Request) -> Response:
    """The express button: an order, a session, and off to Dintero's page."""
    order, url = await shop_of(request).check_out(await basket(request), await currency(request))
    if wants_json(request):
        body = {"reference": order.reference, "session_id": order.session_id, "url": url}
        return JSONResponse(body)
    return RedirectResponse(url, 303)


async def return_page(request: Request) -> Response:
    """The buyer is back."""
    return page("return.html", order=await look_at_return(request))


async def look_at_return(request: Request) -> Order:
    """The order of a buyer who is back. The redirect is only a hint: anybody can type an address."""
    shop, given = shop_of(request), await form(request) | dict(request.query_params)
    order = shop.order(given.get("order") or given.get("merchant_reference", ""))
    try:
        return await shop.hear(order.reference, given.get("transaction_id"), given.get("error"))
    except DinteroError:
        return shop.order(order.reference)


async def orders_page(request: Request) -> Response:
    """All orders, the newest first."""
    return page("orders.html", orders=list(reversed(shop_of(request).orders.values())))


async def order_page(request: Request) -> Response:
    """One order, with the buttons that are allowed now."""
    return page("order.html", order=_order(request))


async def change_basket(request: Request) -> Response:
    """The buyer changes the basket in one window while Dintero's page is open in another."""
    reference = _order(request).reference
    try:
        order = await shop_of(request).change_basket(reference, await basket(request))
    except DinteroError as error:
        raise ShopError(409 if error.is_refusal else 502, error.detail) from error
    return JSONResponse(order.as_json())


async def operate(request: Request) -> Response:
    """The shopkeeper's buttons: ship, refund, void. A program may name a part."""
    reference, action = _order(request).reference, request.path_params["action"]
    if action not in OPERATIONS:
        raise ShopError(404)
    try:
        order = await shop_of(request).operate(reference, action, await part(request))
    except DinteroError as error:
        # Dintero's refusal is a conflict with what was asked; its absence is a bad gateway.
        raise ShopError(409 if error.is_refusal else 502, error.detail) from error
    if wants_json(request):
        return JSONResponse(shop_of(request).shown(order))
    return RedirectResponse(f"/orders/{quote(reference)}", 303)


async def api_orders(request: Request) -> Response:
    """All orders, for programs."""
    shop = shop_of(request)
    return JSONResponse([shop.shown(order) for order in shop.orders.values()])


async def api_order(request: Request) -> Response:
    """One order, for programs."""
    return JSONResponse(shop_of(request).shown(_order(request)))


async def health(request: Request) -> Response:
    """The shop is open."""
    return PlainTextResponse("ok")


def _order(request: Request) -> Order:
    return shop_of(request).order(request.path_params["reference"])


ROUTES = [
    Route("/", product_page),
    Route("/terms", terms_page),
    Route("/checkout", check_out, methods=["POST"]),
    Route("/return", return_page, methods=["GET", "POST"]),
    Route("/dintero/shipping", callbacks.shipping_callback, methods=["POST"]),
    Route("/dintero/discounts", callbacks.discount_callback, methods=["POST"]),
    Route("/dintero/callback", callbacks.payment_callback, methods=["GET", "POST"]),
    Route("/orders", orders_page),
    Route("/orders/{reference}", order_page),
    Route("/orders/{reference}/lines", change_basket, methods=["POST"]),
    Route("/orders/{reference}/{action}", operate, methods=["POST"]),
    Route("/api/orders", api_orders),
    Route("/api/orders/{reference}", api_order),
    Route("/healthz", health),
    Mount("/", StaticFiles(directory=HERE / "public")),
]
