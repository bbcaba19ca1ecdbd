"""The checkout's pages and the forms that come back from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from fake_checkout_ui import frame, language
from mock_dintero.http import pages
from mock_dintero.http.reading import raw_body

HERE = Path(__file__).parent
STATIC_URL = "/_checkout/static"


def page(template: str, view: Any, status: int = 200) -> HTMLResponse:
    """A page of the checkout, in the language and the frame of the request."""
    folder = HERE / "templates"
    pages.environment(folder).globals.update(
        to=frame.to, frame=frame, language=language.code, languages=language.NAMES
    )
    return pages.page(folder, template, status, view=view, static=STATIC_URL)


def stylesheet(css: str) -> Response:
    """A stylesheet that belongs to one session."""
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(css, media_type="text/css", headers=headers)


async def form(request: Request) -> dict[str, str]:
    """The fields of a submitted form, blanks stripped; of a repeated field the last one counts."""
    body = (await raw_body(request)).decode("utf-8", "replace")
    return {name: value.strip() for name, value in parse_qsl(body, keep_blank_values=True)}
