"""A small shop that sells one mug; the tests beside it test it. It is an ASGI app, as yours may be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

MUG = {
    "id": "mug", "line_id": "1", "description": "Mug", "quantity": 1,
    "amount": 29900, "vat_amount": 5980, "vat": 25,
}  # fmt: skip
PRICES = {"NO": 4900, "SE": 9900, "DK": 9900}
PAID = {"AUTHORIZED": "paid", "CAPTURED": "sent", "REFUNDED": "refunded"}


class Shop:
    """Its orders, and the way to Dintero."""

    def __init__(
        self, env: Mapping[str, str], url: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.env, self.url = env, url
        self.http = httpx.AsyncClient(
            base_url=env["DINTERO_CHECKOUT_URL"], transport=transport, trust_env=False
        )
        self.orders: dict[str, dict[str, Any]] = {}
        self.is_down_for = 0

    async def dintero(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """A call with a token, the same one for all."""
        if "authorization" not in self.http.headers:
            account = f"/v1/accounts/{self.env['DINTERO_ACCOUNT_ID']}"
            answer = await self.http.post(
                f"{account}/auth/token",
                auth=(self.env["DINTERO_CLIENT_ID"], self.env["DINTERO_CLIENT_SECRET"]),
                json={
                    "grant_type": "client_credentials",
                    "audience": f"https://api.dintero.com{account}",
                },
            )
            token = answer.raise_for_status().json()["access_token"]
            self.http.headers["authorization"] = f"Bearer {token}"
        answer = await self.http.request(method, path, json=body)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    async def look(self, reference: str, transaction_id: str) -> dict[str, Any]:
        """Ask Dintero how the payment stands; callback and redirect are hints only."""
        transaction = await self.dintero("GET", f"/v1/transactions/{transaction_id}")
        order = self.orders[reference]
        if transaction["merchant_reference"] == reference:
            order["status"] = PAID.get(transaction["status"], order["status"])
            order["transaction_id"], order["amount"] = transaction_id, transaction["amount"]
        return order


async def check_out(request: Request) -> JSONResponse:
    """A new order; answers with Dintero's session."""
    shop: Shop = request.app.state.shop
    reference = f"order-{len(shop.orders) + 1}"
    shop.orders[reference] = {"reference": reference, "status": "new"}
    made = await shop.dintero("POST", "/v1/sessions-profile", {
        "profile_id": shop.env["DINTERO_PROFILE_ID"],
        "url": {
            "return_url": f"{shop.url}/return",
            "callback_url": f"{shop.url}/callback?method=POST",
        },
        "order": {
            "amount": 29900, "vat_amount": 5980, "currency": "NOK",
            "merchant_reference": reference, "items": [MUG],
        },
        "express": {
            "shipping_options": [],
            "shipping_address_callback_url": f"{shop.url}/shipping",
        },
    })  # fmt: skip
    return JSONResponse({"id": made["id"], "url": made["url"], "reference": reference})


async def shipping(request: Request) -> JSONResponse:
    """Dintero asks how we ship to an address."""
    country = (await request.json())["order"]["shipping_address"].get("country")
    home = {"id": "home", "line_id": "home", "title": "Home", "operator": "Posten", "vat": 25}
    amount = PRICES.get(country, 0)
    options = [{**home, "amount": amount, "vat_amount": amount // 5}] if amount else []
    return JSONResponse({"shipping_options": options})


async def payment(request: Request) -> JSONResponse:
    """Dintero calls back, or the customer returns; both say the same."""
    shop: Shop = request.app.state.shop
    if request.url.path.endswith("/callback") and shop.is_down_for:
        shop.is_down_for -= 1
        return JSONResponse({"error": "down"}, 503)
    query = request.query_params
    if query["merchant_reference"] not in shop.orders:
        return JSONResponse({"error": "no such order"}, 404)
    if "transaction_id" in query:
        return JSONResponse(await shop.look(query["merchant_reference"], query["transaction_id"]))
    return JSONResponse(shop.orders[query["merchant_reference"]])


async def read_order(request: Request) -> JSONResponse:
    """What the shop believes of an order."""
    shop: Shop = request.app.state.shop
    return JSONResponse(shop.orders[request.path_params["reference"]])


async def operate(request: Request) -> JSONResponse:
    """The shopkeeper ships, or gives the money back."""
    shop: Shop = request.app.state.shop
    order = shop.orders[request.path_params["reference"]]
    path = f"/v1/transactions/{order['transaction_id']}"
    verb = request.path_params["verb"]
    await shop.dintero("POST", f"{path}/{verb}", {"amount": order["amount"]})
    return JSONResponse(await shop.look(order["reference"], order["transaction_id"]))


async def refused(request: Request, error: Exception) -> JSONResponse:
    """Dintero said no."""
    return JSONResponse({"error": str(error)}, 502)


def make_app(shop: Shop) -> Starlette:
    """The shop as an ASGI app."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with shop.http:
            yield

    app = Starlette(
        routes=[
            Route("/checkout", check_out, methods=["POST"]),
            Route("/shipping", shipping, methods=["POST"]),
            Route("/callback", payment, methods=["POST"]),
            Route("/return", payment),
            Route("/orders/{reference}", read_order),
            Route("/orders/{reference}/{verb}", operate, methods=["POST"]),
        ],
        exception_handlers={httpx.HTTPStatusError: refused},
        lifespan=lifespan,
    )
    app.state.shop = shop
    return app
