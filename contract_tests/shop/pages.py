"""HTML from the templates."""

from pathlib import Path

import jinja2
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from shop.catalogue import PRODUCTS
from shop.money import amount_of, kroner
from shop.requests import wants_json
from shop.shipping import FREE_SHIPPING_FROM

HERE = Path(__file__).parent

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals.update(products=PRODUCTS, free_from=FREE_SHIPPING_FROM)
_templates.filters.update(kroner=kroner, amount_of=amount_of)


def page(name: str, status: int = 200, **values: object) -> HTMLResponse:
    """A template filled in; it may load nothing from elsewhere."""
    html = _templates.get_template(name).render(**values)
    policy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    return HTMLResponse(html, status, headers={"Content-Security-Policy": policy})


async def on_error(request: Request, error: Exception) -> Response:
    """Say in plain words what went wrong, as JSON to a program and as a page to a person."""
    assert isinstance(error, HTTPException)
    if wants_json(request):
        return JSONResponse({"error": {"message": error.detail}}, error.status_code)
    return page("error.html", error.status_code, message=error.detail)
