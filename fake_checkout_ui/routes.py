"""The checkout page's own addresses: one page, and a form for each of the buyer's steps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from fake_checkout_ui import frame, language, one_click, present, scenarios, wallets, way_back
from fake_checkout_ui.countries import choices
from fake_checkout_ui.leaving import go, leave
from fake_checkout_ui.pages import HERE, STATIC_URL, form, page
from fake_checkout_ui.view import EmbedResultView, EndedView, Message, TopLevelView
from mock_dintero.core import address as addresses
from mock_dintero.core import errors
from mock_dintero.core.address import Address
from mock_dintero.core.callback import return_url
from mock_dintero.core.payment import PayBody
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.session import Session, cause_of_end
from mock_dintero.http.context import sandbox_of
from mock_dintero.use_cases import buyer

IN_PLAIN_WORDS: dict[type[errors.DinteroError], str] = {
    errors.SessionLocked: present.WHEN_LOCKED,
    errors.InvalidShippingOption: "This way of delivery is not on offer any more. Please choose again.",
    errors.TooManyDiscountCodes: "This code cannot be added.",
    errors.NotPayable: "Something is missing before you can pay. Please check the steps above.",
    errors.NotFound: "There is no such scenario.",
    errors.NotExpress: "This shop has filled in your details already.",
}

SAID = {"changed": "Your order changed while you were paying. Please check it and pay again."}

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
    if frame.parameter("role") == "pop_out_payment" and request.query_params.get("loader"):
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
    words = SAID.get(request.query_params.get("say", ""))
    return page("checkout.html", present.checkout(
        session,
        messages=(Message("info", words),) if words else (),
        editing=request.query_params.get("edit") == "address",
        discount_error=_discount_error(session, request.query_params.get("code", "")),
    ))  # fmt: skip


def _discount_error(session: Session, code: str) -> str:
    if not code or code in (session.order.discount_codes or ()):
        return ""
    if session.question and session.question.state == "failed":
        return "The shop could not be reached to check the code. Please try again."
    return "The shop did not accept this code."


def _unknown() -> Response:
    view = EndedView(
        "", "This checkout does not exist",
        "The link is wrong, or the sandbox was started anew since it was made. "
        "Go back to the shop and start again.", "")  # fmt: skip
    return page("ended.html", view, 404)


def _ended(request: Request, session: Session) -> Response:
    sandbox = sandbox_of(request)
    cause = cause_of_end(session, sandbox.clock.now(session.account_id)) or "FAILED"
    back = return_url(session, None, "cancelled")
    if session.transaction_id:
        transaction = buyer.read_payment(sandbox, session, session.transaction_id)
        back = buyer.ending(sandbox, session, transaction).goes_to
    return page("ended.html", present.ended(session, cause, back), 404)


def step(act: Step) -> Callable[[Request], Awaitable[Response]]:
    """A form's endpoint: load the session, act, and say in plain words what could not be done."""

    async def endpoint(request: Request) -> Response:
        sandbox, sid = sandbox_of(request), request.path_params["sid"]
        try:
            fields = await form(request)  # first: between reading and saving nothing may be awaited
            session = buyer.load(sandbox, sid)
        except errors.NotFound:
            return _unknown()
        except errors.InvalidRequest as error:
            unreadable = {"heading": "This form cannot be read", "text": error.message}
            return page("error.html", unreadable, 400)
        if cause_of_end(session, sandbox.clock.now(session.account_id)):
            return to_page(session)
        try:
            return await act(request, session, fields)
        except errors.DinteroError as error:
            words = IN_PLAIN_WORDS.get(type(error), "This did not work. Please try again.")
            view = present.checkout(buyer.load(sandbox, sid), messages=(Message("error", words),))
            return page("checkout.html", view, 400)

    return endpoint


async def give_address(request: Request, session: Session, fields: Fields) -> Response:
    """The address form: checked here in plain words, then told to the shop."""
    values = {name: value for name, value in fields.items() if value}
    values["phone_number"] = "".join(values.get("phone_number", "").split())
    customer_type = values.get("customer_type", "b2c")
    allowed = tuple(code for code, _ in choices(session.configuration.countries))
    problems = addresses.problems(values, customer_type, allowed)
    if problems:
        return page("checkout.html", present.checkout(session, values=values, errors=problems), 400)
    names = present.FORM_FIELDS if customer_type == "b2b" else tuple(
        name for name in present.FORM_FIELDS if name not in ("business_name", "organization_number")
    )  # fmt: skip
    given = Address(**{name: values[name] for name in names if values.get(name)})
    asks = not fields.get("asked_by_page")  # the shop's script has answered for its server
    return to_page(await buyer.give_address(sandbox_of(request), session, given, asks=asks))


async def retry_shipping(request: Request, session: Session, fields: Fields) -> Response:
    """Ask the shop once more."""
    return to_page(await buyer.retry_shipping(sandbox_of(request), session))


async def choose_shipping(request: Request, session: Session, fields: Fields) -> Response:
    """One option, or one for each shipment (`shipping_option:{shipment_id}`)."""
    line_ids = [value for name, value in fields.items() if name.startswith("shipping_option")]
    if not line_ids:
        words = Message("error", "Choose one of the ways of delivery.")
        return page("checkout.html", present.checkout(session, messages=(words,)), 400)
    return to_page(buyer.choose_shipping(sandbox_of(request), session, line_ids))


async def add_code(request: Request, session: Session, fields: Fields) -> Response:
    """Add one discount code to those that are there."""
    code = fields.get("code", "")
    codes = session.order.discount_codes or ()
    if not code:
        view = present.checkout(session, discount_error="Type a code first.")
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
        words = Message("error", f"Please tick: {missing[0].label}")
        return page("checkout.html", present.checkout(session, messages=(words,)), 400)
    ticked = {box.id for box in session.checkboxes or () if f"checkbox:{box.id}" in fields}
    sandbox = sandbox_of(request)
    body = PayBody(payment_product_type=fields.get("payment_product_type") or "(none chosen)")
    session, transaction = buyer.start_payment(sandbox, session, body, ticked)
    if frame.is_embedded() and METHODS[transaction.payment_product_type].needs_whole_window:
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


async def loader(request: Request) -> Response:
    """What a pop-out shows while the shop still checks the order."""
    return page("loader.html", None)


async def embed_result(request: Request) -> Response:
    """The small page that the Web SDK puts into its frame after the end."""
    query = request.query_params
    return page("embed_result.html", EmbedResultView(query.get("error", "")))


def framed(route: Route) -> Route:
    """The route, in the language and the frame that its page was opened with."""
    answer = route.endpoint

    async def endpoint(request: Request) -> Response:
        frame.enter(request)
        language.speak(request)
        answered: Response = await answer(request)
        return answered

    return Route(route.path, endpoint, methods=list(route.methods or ()))


def _post(path: str, act: Step) -> Route:
    return Route(path, step(act), methods=["POST"])


PAGES = [
    Route("/", show, methods=["GET"]),
    _post("/checkout/{sid}/address", give_address),
    _post("/checkout/{sid}/shipping", choose_shipping),
    _post("/checkout/{sid}/shipping/retry", retry_shipping),
    _post("/checkout/{sid}/discount", add_code),
    _post("/checkout/{sid}/discount/remove", remove_code),
    _post("/checkout/{sid}/pay", pay),
    _post("/checkout/{sid}/wallet", one_click.start),
    _post("/checkout/{sid}/cancel", cancel),
    _post("/checkout/{sid}/unlock", unlock),
    Route("/embedResult/", embed_result, methods=["GET"]),
    Route("/embedResult", embed_result, methods=["GET"]),
    _post("/checkout/{sid}/scenario", scenarios.play),
    Route("/wallet/{sid}/{ref}", wallets.show, methods=["GET"]),
    Route("/wallet/{sid}/{ref}/app", wallets.show_app, methods=["GET"]),
    Route("/wallet/{sid}/{ref}/challenge", wallets.show_challenge, methods=["GET"]),
    Route("/wallet/{sid}/{ref}/{action}", wallets.act, methods=["POST"]),
    Route("/return/{sid}", way_back.leave, methods=["GET"]),
    Route("/return/{sid}/started", way_back.started, methods=["POST"]),
    Route("/return/{sid}/answered", way_back.answered, methods=["POST"]),
]
"""Every address of the checkout; `framed` lets each know what it was opened with."""

ROUTES: list[BaseRoute] = [
    *(framed(one) for one in PAGES),
    Mount(STATIC_URL, StaticFiles(directory=HERE / "static"), name="checkout-static"),
]
