"""The page-facing API: what Dintero's own checkout page calls. No token; the session id is the key."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mock_dintero.core.address import Address, AddressUpdate
from mock_dintero.core.callback import public
from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.record import Part
from mock_dintero.core.session import Session
from mock_dintero.core.shipping import ChosenShipping, parts
from mock_dintero.http.answers import as_json
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import raw_body, read
from mock_dintero.use_cases import buyer


class DiscountCodesBody(Part):
    """Body of `PUT .../discount_codes`: the whole list."""

    discount_codes: tuple[str, ...]


def _loaded(request: Request) -> Session:
    since = request.headers.get("if-unmodified-since")
    return buyer.load(sandbox_of(request), request.path_params["sid"], since)


def _shown(session: Session) -> Response:
    """The session plus what only a page sees: the lock, and which operations there are."""
    shown: dict[str, Any] = public(session)
    if session.pay_lock:
        shown["pay_lock"] = session.pay_lock.shown()
    shown["operations"] = [
        {"rel": "create-payment", "method": "POST", "href": f"/v1/sessions/{session.id}/pay",
         "content_type": "application/json"}
    ]  # fmt: skip
    return as_json(shown)


async def open_page(request: Request) -> Response:
    """302 to the page, query kept; the same origin as the request came to."""
    query = "&".join(filter(None, (f"sid={request.path_params['sid']}", request.url.query)))
    return RedirectResponse(f"/?{query}", 302)


async def read_session(request: Request) -> Response:
    """The session; one that has ended is a 404 with the cause."""
    return _shown(buyer.look(sandbox_of(request), request.path_params["sid"], *_visitor(request)))


def _visitor(request: Request) -> tuple[str, str]:
    host = request.client.host if request.client else ""
    return host, request.headers.get("user-agent", "")


async def give_address(request: Request) -> Response:
    """Set the address; the answer holds the options that the merchant has named for it."""
    address = await read(request, Address)
    return _shown(await buyer.give_address(sandbox_of(request), _loaded(request), address))


async def give_addresses(request: Request) -> Response:
    """Set shipping and billing address at once."""
    body = await read(request, AddressUpdate)
    session = _loaded(request)
    shipping = body.shipping_address or session.order.shipping_address or body.billing_address
    if shipping is None:
        raise InvalidRequest("send shipping_address, billing_address or both")
    given = await buyer.give_address(sandbox_of(request), session, shipping, body.billing_address)
    return _shown(given)


async def choose_shipping(request: Request) -> Response:
    """Choose an option by its `line_id`; for several shipments, one with `shipments` inside."""
    body = await read(request, ChosenShipping)
    line_ids = [option.line_id for option in parts(body)]
    return _shown(buyer.choose_shipping(sandbox_of(request), _loaded(request), line_ids))


async def submit_codes(request: Request) -> Response:
    """The whole list of codes; 204 if there is no discount afterwards."""
    body = await read(request, DiscountCodesBody)
    after = await buyer.submit_codes(sandbox_of(request), _loaded(request), body.discount_codes)
    return _shown(after) if after.order.discount_codes else Response(status_code=204)


async def lock(request: Request) -> Response:
    """Hold the page still for a merchant's update."""
    await raw_body(request)
    locked = buyer.lock(sandbox_of(request), _loaded(request))
    assert locked.pay_lock is not None
    return as_json({"pay_lock": locked.pay_lock.shown()})


async def abandon(request: Request) -> Response:
    """302 to the return URL with `error=cancelled`."""
    await raw_body(request)
    await buyer.dawdle(sandbox_of(request), request.path_params["sid"])
    return RedirectResponse(buyer.abandon(sandbox_of(request), _loaded(request)).goes_to, 302)
