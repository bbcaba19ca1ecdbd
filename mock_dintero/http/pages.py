"""HTML: Jinja with everything escaped, and headers that let nothing in from outside."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse

from mock_dintero import __version__

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

SHARED = Path(__file__).parent / "templates"
"""What several surfaces show."""
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


def text(source: str, **values: object) -> Markup:
    """`_()` in templates: a sentence of ours, with values filled in and escaped."""
    from markupsafe import Markup

    return Markup(source) % values if values else Markup(source)  # noqa: S704 - our own sentences


@lru_cache
def environment(folder: Path) -> Environment:
    """The templates of a folder; imported and compiled when the first page is asked for."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader([folder, SHARED]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(version=__version__, _=text)
    return made


def page(folder: Path, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page from a folder of templates."""
    html = environment(folder).get_template(template).render(**values)
    return HTMLResponse(html, status, headers=HEADERS)
