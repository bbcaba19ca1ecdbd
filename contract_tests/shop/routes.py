"""Every address of the shop."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from shop import back_office, callbacks, storefront
from shop.pages import TEMPLATES

STATIC = TEMPLATES / "static"


async def _health(request: Request) -> Response:
    return PlainTextResponse("ok")


async def _logo(request: Request) -> Response:
    return FileResponse(STATIC / "logo.svg", media_type="image/svg+xml")


ROUTES = [
    Route("/", storefront.product_page),
    Route("/terms", storefront.terms_page),
    Route("/checkout", storefront.check_out, methods=["POST"]),
    Route("/return", storefront.return_page, methods=["GET", "POST"]),
    Route("/dintero/shipping", callbacks.shipping_callback, methods=["POST"]),
    Route("/dintero/discounts", callbacks.discount_callback, methods=["POST"]),
    Route("/dintero/callback", callbacks.payment_callback, methods=["GET", "POST"]),
    Route("/orders", back_office.orders_page),
    Route("/orders/{reference}", back_office.order_page),
    Route("/orders/{reference}/{action}", back_office.operate, methods=["POST"]),
    Route("/api/orders", back_office.api_orders),
    Route("/api/orders/{reference}", back_office.api_order),
    Route("/healthz", _health),
    Route("/logo.svg", _logo),
    Mount("/static", StaticFiles(directory=STATIC)),
]
