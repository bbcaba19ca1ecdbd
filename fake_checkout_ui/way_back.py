"""The way back to the shop where a fault wants a special one: raced, doubled, never taken.

The page on the way tells the sandbox when the browser sets off and when the shop has answered, so that
a held callback comes exactly then (use_cases/returns.py).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fake_checkout_ui.language import gettext
from fake_checkout_ui.pages import page
from fake_checkout_ui.view import ClosedTabView, EndedView, WayBackView
from mock_dintero.core.buyer_return import Return
from mock_dintero.http.context import sandbox_of
from mock_dintero.use_cases import returns

STRAIGHT = ("callback_first", None)
"""Races in which the browser has nothing to tell on its way."""


async def leave(request: Request) -> Response:
    """`/return/{sid}`: to the shop, or to nowhere. A shop that has embedded the page may come with a form."""
    sandbox, sid = sandbox_of(request), request.path_params["sid"]
    way = returns.way_back(sandbox, sid)
    if way is None:
        text = gettext("Go back to the shop and start again.")
        view = EndedView("", gettext("There is no way back from here"), text, "", icon="error")
        return page("ended.html", view, 404)
    if way.visits == "never":
        return page("closed_tab.html", ClosedTabView(way.url))
    await returns.before_leaving(sandbox, way)
    if way.visits == "once" and way.race in STRAIGHT:
        return RedirectResponse(way.url, 307 if request.method == "POST" else 303)
    return _page(way)


def _page(way: Return) -> Response:
    """A page that takes its leave by script; without scripts a link does, and the callback comes later."""
    response = page("way_back.html", WayBackView(way.id, way.url, way.visits))
    policy = response.headers["content-security-policy"]
    # A second visit goes to the shop's own origin, whatever that is.
    response.headers["content-security-policy"] = policy.replace(
        "connect-src 'self'", "connect-src 'self' http: https:"
    )
    return response


async def started(request: Request) -> Response:
    """The browser sets off now."""
    sandbox, sid = sandbox_of(request), request.path_params["sid"]
    if returns.way_back(sandbox, sid) is None:
        return Response(status_code=404)
    await returns.release(sandbox, sid, ("return_started",), 0)
    return Response(status_code=204)


async def answered(request: Request) -> Response:
    """The shop has answered the browser."""
    sandbox, sid = sandbox_of(request), request.path_params["sid"]
    if returns.way_back(sandbox, sid) is None:
        return Response(status_code=404)
    await returns.shop_has_answered(sandbox, sid)
    return Response(status_code=204)
