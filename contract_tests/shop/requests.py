"""What an HTTP request to the shop carries."""

import json
import re
from urllib.parse import parse_qsl

from starlette.requests import Request

from shop.catalogue import PRODUCTS
from shop.errors import ShopError
from shop.money import CURRENCIES, CURRENCY, Json
from shop.operations import Part
from shop.orders import Shop

PARTS = {"ship": {"lines"}, "refund": {"amount"}}
"""How each of the shopkeeper's buttons can be told what part is meant."""


def shop_of(request: Request) -> Shop:
    """The shop that this request is for."""
    shop: Shop = request.app.state.shop
    return shop


def wants_json(request: Request) -> bool:
    """Whether a program asks, rather than a person's browser."""
    is_for_programs = request.url.path.startswith(("/api/", "/dintero/"))
    return is_for_programs or "application/json" in request.headers.get("accept", "")


async def json_body(request: Request) -> Json:
    """The JSON object in the body, or a 400."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ShopError(400, "The body must be a JSON object.")
    return body


async def form(request: Request) -> dict[str, str]:
    """The fields of a form; none when there is no body."""
    body = await request.body()
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


async def basket(request: Request) -> tuple[tuple[str, int], ...]:
    """The lines that a form or a program asks for."""
    if _is_json(request):
        wanted = (await json_body(request)).get("lines")
    else:
        wanted = await form(request)
        wanted.pop("currency", None)
    return _lines(wanted)


async def part(request: Request) -> Part:
    """What of the order a program means: `{"lines": {...}}` to ship, `{"amount": 4900}` to refund."""
    if not _is_json(request):
        return Part()
    wanted, allowed = await json_body(request), PARTS.get(request.path_params["action"], set())
    if not wanted.keys() <= allowed:
        raise ShopError(400, f"A part is told by {' or '.join(allowed) or 'nothing'} here.")
    amount = wanted.get("amount")
    if "amount" in wanted and not (type(amount) is int and amount > 0):
        raise ShopError(400, "amount is a whole number of \u00f8re, above 0.")
    return Part(_lines(wanted["lines"]) if "lines" in wanted else (), amount)


async def currency(request: Request) -> str:
    """What the buyer pays in: Norwegian crowns unless the form or the program says otherwise."""
    asked = await json_body(request) if _is_json(request) else await form(request)
    wanted = asked.get("currency", CURRENCY)
    if wanted not in CURRENCIES:
        raise ShopError(400, f"We take {' and '.join(CURRENCIES)}.")
    return str(wanted)


def _lines(wanted: object) -> tuple[tuple[str, int], ...]:
    if not isinstance(wanted, dict) or not wanted.keys() <= PRODUCTS.keys():
        raise ShopError(400, f"We sell {', '.join(PRODUCTS)}, and nothing else.")
    lines = ((name, _quantity(wanted.get(name, 0))) for name in PRODUCTS)
    chosen = tuple((name, number) for name, number in lines if number)
    if not chosen:
        raise ShopError(400, "The basket is empty. Choose at least one thing.")
    return chosen


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/json")


def _quantity(value: object) -> int:
    text = str(value).strip() or "0"
    if not re.fullmatch("[0-9]{1,2}", text):
        raise ShopError(400, "A quantity is a whole number from 0 to 99.")
    return int(text)
