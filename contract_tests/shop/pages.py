"""HTML from the templates."""

from __future__ import annotations

from pathlib import Path

import jinja2
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from shop.catalogue import NAME, PRODUCTS
from shop.incoming import wants_json
from shop.order import amount_of
from shop.shipping import FREE_SHIPPING_FROM
from shop.wording import address_lines, kroner, said

TEMPLATES = Path(__file__).parent / "templates"

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals.update(shop_name=NAME, products=PRODUCTS, free_from=FREE_SHIPPING_FROM)
_templates.filters.update(
    kroner=kroner, said=said, amount_of=amount_of, address_lines=address_lines
)


def page(name: str, status: int = 200, **values: object) -> HTMLResponse:
    """A template filled in, that may load nothing from elsewhere."""
    html = _templates.get_template(name).render(**values)
    policy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    return HTMLResponse(html, status, headers={"Content-Security-Policy": policy})


async def on_error(request: Request, error: Exception) -> Response:
    """Say in plain words what went wrong, as JSON to a program and as a page to a person."""
    assert isinstance(error, HTTPException)
    if wants_json(request):
        return JSONResponse({"error": {"message": error.detail}}, error.status_code)
    return page("error.html", error.status_code, message=error.detail)
