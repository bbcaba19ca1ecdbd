"""What the page was opened with, kept from step to step: language, and how a shop has embedded it.

It travels in the query of every address, as a page in another site's frame has no cookies.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request

KEPT = (
    "language", "ui", "sdk", "role", "client_side_validation", "client_side_address_callback",
    "hide_test_message", "sdk_hostname", "sdk_not_top_level",
)  # fmt: skip
"""The parameters that the Web SDK opens the page with. Source: sessions.md 13.1."""

LOADED = "loaded"
"""Set on every address that an embedded page leads to: the shop has been told of the session already."""

_HERE: ContextVar[str] = ContextVar("here", default="/")
_AGAIN: ContextVar[str] = ContextVar("again", default="/")
_SID: ContextVar[str] = ContextVar("sid", default="")
_PARAMETERS: ContextVar[Mapping[str, str]] = ContextVar("parameters", default=MappingProxyType({}))


def enter(request: Request) -> None:
    """From here on this request's own parameters count."""
    query = request.query_params
    _PARAMETERS.set({name: query[name] for name in (*KEPT, LOADED) if query.get(name)})
    _SID.set(request.path_params.get("sid") or query.get("sid", ""))
    _HERE.set(_page_of(request))
    _AGAIN.set(_address_of(request))


def _page_of(request: Request) -> str:
    """The page that can be opened again: a refused form shows it under its own address."""
    if request.method == "GET":
        return request.url.path
    ref = request.path_params.get("ref")
    return f"/wallet/{request.path_params['sid']}/{ref}" if ref else "/"


def _address_of(request: Request) -> str:
    if request.method == "GET":
        return f"{request.url.path}?{request.url.query}"
    return to(here(), sid=sid() if here() == "/" else "")


def here() -> str:
    """The path of this page."""
    return _HERE.get()


def sid() -> str:
    """The session that the address names; '' if none."""
    return _SID.get()


def parameter(name: str) -> str:
    """One of the kept parameters; '' if it was not given."""
    return _PARAMETERS.get().get(name, "")


def again() -> str:
    """The address that shows this page once more, also where a form's answer stands at the form's own."""
    return _AGAIN.get()


def is_embedded() -> bool:
    """Whether the page stands in a shop's frame or pop-out, so that it must tell instead of leave."""
    return bool(parameter("ui"))


def is_pop_out() -> bool:
    """Whether this is the window that a shop's page has opened to be paid in."""
    return parameter("role") == "pop_out_payment"


def is_framed() -> bool:
    """Whether the page stands in a shop's frame, and nothing in it fills the window."""
    return is_embedded() and not is_pop_out()


def is_result() -> bool:
    """Whether this is the small page that the Web SDK puts into its frame after the end."""
    return here().rstrip("/") == "/embedResult"


def talks() -> bool:
    """Whether the page has something to tell the shop's page."""
    return is_embedded() or is_result()


def kept(*but: str) -> Mapping[str, str]:
    """All that has to be kept, less these."""
    loaded = {LOADED: "1"} if is_embedded() else {}
    return {n: v for n, v in {**_PARAMETERS.get(), **loaded}.items() if n not in but}


def is_launcher() -> bool:
    """Whether paying happens in a pop-out that the shop's page opens over this frame."""
    return parameter("role") == "pop_out_launcher"


def to(path: str, **query: str) -> str:
    """An address of the checkout with what has to be kept; a value of '' leaves a parameter out."""
    address, hash_sign, fragment = path.partition("#")
    wanted = {**kept(), **query}
    pairs = urlencode({name: value for name, value in wanted.items() if value})
    joint = "&" if urlsplit(address).query else "?"
    return f"{address}{joint if pairs else ''}{pairs}{hash_sign}{fragment}"
