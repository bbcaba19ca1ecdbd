"""What the buyer sees: the goods, the way to Dintero's page, and the way back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from shop.errors import DinteroError
from shop.incoming import basket, form, shop_of, wants_json
from shop.order import Order
from shop.pages import page
from shop.wording import FAILURES


async def product_page(request: Request) -> Response:
    """Everything that is for sale."""
    return page("products.html")


async def terms_page(request: Request) -> Response:
    """The terms that Dintero's page links to."""
    return page("terms.html")


async def check_out(request: Request) -> Response:
    """The express button: an order, a session, and off to Dintero's page."""
    order, url = await shop_of(request).check_out(await basket(request))
    if wants_json(request):
        body = {"reference": order.reference, "session_id": order.session_id, "url": url}
        return JSONResponse(body)
    return RedirectResponse(url, 303)


async def return_page(request: Request) -> Response:
    """The buyer is back. The redirect is only a hint: anybody can type an address."""
    shop = shop_of(request)
    given = await form(request) | dict(request.query_params)
    reference = shop.order(given.get("order") or given.get("merchant_reference", "")).reference
    error = given.get("error")
    trouble = ""
    try:
        await shop.hear(reference, given.get("transaction_id"), error)
    except DinteroError:
        trouble = "We could not ask Dintero about your payment just now."
    order = shop.order(reference)
    return page("return.html", order=order, outcome=outcome(order), why=trouble or why(order, error))


def outcome(order: Order) -> str:
    """What to show a buyer who comes back: thanks, failed or pending."""
    if order.status in {"failed", "cancelled", "voided"}:
        return "failed"
    if order.status != "pending":
        return "thanks"
    return "failed" if order.problem else "pending"


def why(order: Order, error: str | None) -> str:
    """Why an order is not paid."""
    if order.problem:
        return f"We did not accept the payment: {order.problem}. Please get in touch with us."
    return FAILURES.get(error or order.status, FAILURES["failed"])
