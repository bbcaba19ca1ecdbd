"""The checkout page's own addresses: one page, and a form for each of the buyer's steps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from fake_checkout_ui import (
    address_steps,
    assets,
    changes,
    frame,
    language,
    one_click,
    pages,
    present,
    present_ended,
    scenarios,
    shops_script,
    theme,
    wallets,
    way_back,
)
from fake_checkout_ui.language import gettext, marked
from fake_checkout_ui.leaving import go, leave
from fake_checkout_ui.pages import STATIC_URL, form, page
from fake_checkout_ui.seen import seen
from fake_checkout_ui.view import EmbedResultView, Message, TopLevelView
from mock_dintero.core import errors
from mock_dintero.core.callback_url import return_url
from mock_dintero.core.payment import PayBody
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.session import Session, cause_of_end
from mock_dintero.core.timestamps import moment
from mock_dintero.http.context import sandbox_of
from mock_dintero.use_cases import buyer

IN_PLAIN_WORDS: dict[type[errors.DinteroError], str] = {
    errors.SessionLocked: present.WHEN_LOCKED,
    errors.InvalidShippingOption: marked(
        "This way of delivery is not on offer any more. Please choose again."
    ),
    errors.TooManyDiscountCodes: marked("This code cannot be added."),
    errors.NotPayable: marked(
        "Something is missing before you can pay. Please check the steps above."
    ),
    errors.NotFound: marked("There is no such scenario."),
    errors.NotExpress: marked("This shop has filled in your details already."),
}

DID_NOT_WORK = marked("This did not work. Please try again.")

SAID = {
    "changed": marked("Your order changed while you were paying. Please check it and pay again."),
    "updated": marked("Your order changed. Please check it before you go on."),
}

Fields = dict[str, str]
Step = Callable[[Request, Session, Fields], Awaitable[Response]]


def to_page(session: Session, **query: str) -> Response:
    """Back to the page."""
    return go("/", sid=session.id, **query)


async def show(request: Request) -> Response:
    """`/?sid=`: the checkout page; without a session, the inspector."""
    sid = request.query_params.get("sid")
    if sid is None:
        return RedirectResponse("/_mock/", 302)
    if frame.is_pop_out() and request.query_params.get("loader"):
        return await loader(request)
    client = request.client.host if request.client else ""
    try:
        session = buyer.look(
            sandbox_of(request), sid, client, request.headers.get("user-agent", "")
        )
    except errors.SessionGone:
        return _ended(request, buyer.load(sandbox_of(request), sid))
    except errors.NotFound:
        return _unknown()
    query, now = request.query_params, sandbox_of(request).clock.now(session.account_id)
    words = SAID.get(query.get("say", ""))
    return page("checkout.html", present.checkout(
        session,
        messages=(Message("info", gettext(words)),) if words else (),
        editing=query.get("edit", ""),
        who=query.get("who", ""),
        discount_error=_discount_error(session, query.get("code", "")),
        discount_typed=query.get("code", ""),
        expires_in=int((moment(session.expires_at) - now).total_seconds()) + 1,
    ))  # fmt: skip


def _discount_error(session: Session, code: str) -> str:
    if not code or code in (session.order.discount_codes or ()):
        return ""
    question = session.question
    if question and question.said:
        return gettext("The shop did not accept this code: %(reason)s", reason=question.said)
    if question and question.state == "failed":
        return gettext("The shop could not be reached to check the code. Please try again.")
    return gettext("The shop did not accept this code.")


def _unknown() -> Response:
    return page("ended.html", present_ended.unknown(), 404)


def _ended(request: Request, session: Session) -> Response:
    sandbox = sandbox_of(request)
    cause = cause_of_end(session, sandbox.clock.now(session.account_id)) or "FAILED"
    back = return_url(session, None, "cancelled")
    if session.transaction_id:
        transaction = buyer.read_payment(sandbox, session, session.transaction_id)
        back = buyer.ending(sandbox, session, transaction).goes_to
    return page("ended.html", present_ended.ended(session, cause, back), 404)


def step(act: Step) -> Callable[[Request], Awaitable[Response]]:
    """A form's endpoint: load the session, act, and say in plain words what could not be done."""

    async def endpoint(request: Request) -> Response:
        sandbox, sid = sandbox_of(request), request.path_params["sid"]
        try:
            fields = await form(request)  # first: between reading and saving nothing may be awaited
            if act is cancel:
                await buyer.dawdle(sandbox, sid)
            session = buyer.load(sandbox, sid)
        except errors.NotFound:
            return _unknown()
        except errors.InvalidRequest as error:
            heading = gettext("This form cannot be read")
            unreadable = {"heading": heading, "text": error.message}
            return page("error.html", unreadable, 400)
        cause = cause_of_end(session, sandbox.clock.now(session.account_id))
        if cause and not (act is cancel and cause == "EXPIRED"):  # one may still walk away then
            return to_page(session)
        is_news = fields.get("seen", seen(session)) != seen(session)
        if is_news and act is pay:  # nobody pays what he has not seen
            return to_page(session, say="updated")
        try:
            answer = await act(request, session, fields)
            return _with_news(answer) if is_news else answer
        except errors.DinteroError as error:
            words = IN_PLAIN_WORDS.get(type(error), DID_NOT_WORK)
            message = Message("error", gettext(words))
            view = present.checkout(buyer.load(sandbox, sid), messages=(message,))
            return page("checkout.html", view, 400)

    return endpoint


def _with_news(answer: Response) -> Response:
    """The same redirect, to a page that says that more has changed than the customer has done."""
    address = answer.headers.get("location", "")
    if address.startswith("/?"):
        answer.headers["location"] = f"{address}&say=updated"
    return answer


async def retry_shipping(request: Request, session: Session, fields: Fields) -> Response:
    """Ask the shop once more."""
    order = session.order
    if order.shipping_address and shops_script.is_about_to_be_asked(fields):
        return shops_script.question(order.shipping_address, order.billing_address)
    if order.shipping_address and shops_script.has_answered(fields):
        given = (order.shipping_address, order.billing_address)
        return to_page(await buyer.give_address(sandbox_of(request), session, *given, asks=False))
    return to_page(await buyer.retry_shipping(sandbox_of(request), session))


async def choose_shipping(request: Request, session: Session, fields: Fields) -> Response:
    """One option, or one for each shipment (`shipping_option:{shipment_id}`)."""
    line_ids = [value for name, value in fields.items() if name.startswith("shipping_option")]
    if not line_ids:
        words = Message("error", gettext("Choose one of the ways of delivery."))
        return page("checkout.html", present.checkout(session, messages=(words,)), 400)
    return to_page(buyer.choose_shipping(sandbox_of(request), session, line_ids))


async def add_code(request: Request, session: Session, fields: Fields) -> Response:
    """Add one discount code to those that are there."""
    code = fields.get("code", "")
    codes = session.order.discount_codes or ()
    if not code:
        view = present.checkout(session, discount_error=gettext("Type a code first."))
        return page("checkout.html", view, 400)
    if code not in codes:
        session = await buyer.submit_codes(sandbox_of(request), session, (*codes, code))
    return to_page(session, code=code)


async def remove_code(request: Request, session: Session, fields: Fields) -> Response:
    """Submit the list without this code."""
    code = fields.get("code", "")
    rest = tuple(kept for kept in session.order.discount_codes or () if kept != code)
    return to_page(await buyer.submit_codes(sandbox_of(request), session, rest))


async def pay(request: Request, session: Session, fields: Fields) -> Response:
    """Press pay; the wallet is next."""
    missing = [
        box
        for box in session.checkboxes or ()
        if box.required and f"checkbox:{box.id}" not in fields
    ]
    if missing:
        words = Message("error", gettext("Please tick: %(label)s", label=missing[0].label))
        return page("checkout.html", present.checkout(session, messages=(words,)), 400)
    ticked = {box.id for box in session.checkboxes or () if f"checkbox:{box.id}" in fields}
    sandbox = sandbox_of(request)
    body = PayBody(payment_product_type=fields.get("payment_product_type") or "(none chosen)")
    session, transaction = buyer.start_payment(sandbox, session, body, ticked)
    if frame.is_framed() and METHODS[transaction.payment_product_type].needs_whole_window:
        href = f"{sandbox.settings.public_url}/wallet/{session.id}/{transaction.id}"
        return page("top_level.html", TopLevelView(f"{href}?language={language.code()}"))
    return go(f"/wallet/{session.id}/{transaction.id}")


async def cancel(request: Request, session: Session, fields: Fields) -> Response:
    """Walk away, back to the shop."""
    return leave(buyer.abandon(sandbox_of(request), session))


async def unlock(request: Request, session: Session, fields: Fields) -> Response:
    """The page lets go of a lock that it took itself, while the shop's script was asked."""
    buyer.unlock(sandbox_of(request), session)
    return Response(status_code=204)


async def theme_css(request: Request) -> Response:
    """The merchant's theme; empty where there is none, or no such session."""
    sandbox, sid = sandbox_of(request), request.path_params["sid"]
    try:
        wanted = buyer.load(sandbox, sid).configuration.theme or {}
    except errors.NotFound:
        wanted = {}
    return pages.stylesheet(theme.stylesheet(wanted))


async def loader(request: Request) -> Response:
    """What a pop-out shows while the shop still checks the order."""
    return page("loader.html", None)


async def embed_result(request: Request) -> Response:
    """The small page that the Web SDK puts into its frame after the end."""
    query = request.query_params
    return page("embed_result.html", EmbedResultView(query.get("error", "")))


def framed(route: Route) -> Route:
    """The route, in the language and the frame that its page was opened with, packed."""
    answer = route.endpoint

    async def endpoint(request: Request) -> Response:
        frame.enter(request)
        language.speak(request)
        return assets.packed(request, await answer(request))

    return Route(route.path, endpoint, methods=list(route.methods or ()))


def _post(path: str, act: Step) -> Route:
    return Route(path, step(act), methods=["POST"])


PAGES = [
    Route("/", show, methods=["GET"]),
    _post("/checkout/{sid}/address", address_steps.give_address),
    _post("/checkout/{sid}/address/use", address_steps.use_address),
    _post("/checkout/{sid}/address/edit", address_steps.edit_address),
    Route("/checkout/{sid}/who", address_steps.who_is_it, methods=["GET"]),
    Route("/checkout/{sid}/place", address_steps.place, methods=["GET"]),
    Route("/checkout/{sid}/changes", changes.listen, methods=["GET"]),
    _post("/checkout/{sid}/shipping", choose_shipping),
    _post("/checkout/{sid}/shipping/retry", retry_shipping),
    _post("/checkout/{sid}/discount", add_code),
    _post("/checkout/{sid}/discount/remove", remove_code),
    _post("/checkout/{sid}/pay", pay),
    _post("/checkout/{sid}/wallet", one_click.start),
    _post("/checkout/{sid}/cancel", cancel),
    _post("/checkout/{sid}/unlock", unlock),
    Route("/checkout/{sid}/theme.css", theme_css, methods=["GET"]),
    Route("/embedResult/", embed_result, methods=["GET"]),
    Route("/embedResult", embed_result, methods=["GET"]),
    _post("/checkout/{sid}/scenario", scenarios.play),
    Route("/wallet/{sid}/{ref}", wallets.show, methods=["GET"]),
    Route("/wallet/{sid}/{ref}/app", wallets.show_app, methods=["GET"]),
    Route("/wallet/{sid}/{ref}/challenge", wallets.show_challenge, methods=["GET"]),
    Route("/wallet/{sid}/{ref}/{action}", wallets.act, methods=["POST"]),
    Route("/return/{sid}", way_back.leave, methods=["GET", "POST"]),
    Route("/return/{sid}/started", way_back.started, methods=["POST"]),
    Route("/return/{sid}/answered", way_back.answered, methods=["POST"]),
]
"""Every address of the checkout; `framed` lets each know what it was opened with."""

ROUTES: list[BaseRoute] = [
    *(framed(one) for one in PAGES),
    Route(f"{STATIC_URL}/{{path:path}}", assets.send, methods=["GET"]),
]
