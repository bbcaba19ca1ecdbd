"""Rendering: Jinja with everything escaped, and headers that let nothing in from outside."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse

from mock_dintero import __version__
from mock_dintero.http.reading import raw_body

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
STATIC_URL = "/_checkout/static"
HEADERS = {
    # No frame-ancestors: shops embed the page. No form-action: Chromium would stop the way back to the shop.
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self' https: http: data:; base-uri 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates; imported and compiled when the first page is asked for."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(version=__version__, static=STATIC_URL)
    return made


def page(template: str, view: Any, status: int = 200) -> HTMLResponse:
    """A page of the checkout."""
    html = environment().get_template(template).render(view=view)
    return HTMLResponse(html, status, headers=HEADERS)


async def form(request: Request) -> dict[str, str]:
    """The fields of a submitted form, blanks stripped; of a repeated field the last one counts."""
    body = (await raw_body(request)).decode("utf-8", "replace")
    return {name: value.strip() for name, value in parse_qsl(body, keep_blank_values=True)}
