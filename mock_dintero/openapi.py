"""Our own description of the API, OpenAPI 3.1: made from the route tables and the records that handlers read.

What a handler takes and gives is one row of `OPERATIONS`; the rest follows from its route.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from mock_dintero import __version__
from mock_dintero.api import (
    admin,
    api_keys,
    approvals,
    auth,
    branding,
    card_tokens,
    health,
    hooks,
    merchant_pay,
    pay,
    payouts,
    profiles,
    qr,
    reports,
    routes,
    sessions,
    settlements,
    transactions,
    view,
)
from mock_dintero.control import buyer as control_buyer
from mock_dintero.control import (
    clock,
    deliveries,
    events,
    faults,
    info,
    lint,
    requests,
    scenarios,
    snapshots,
    wait,
)
from mock_dintero.control import routes as control_routes
from mock_dintero.control import sessions as control_sessions
from mock_dintero.control import transactions as control_transactions
from mock_dintero.control.body import ScopedBody
from mock_dintero.control.clock import AdvanceBody, ClockBody
from mock_dintero.control.scenarios import RunBody, StageBody
from mock_dintero.control.wait import WaitBody
from mock_dintero.core.account import TokenBody
from mock_dintero.core.address import Address, AddressUpdate
from mock_dintero.core.api_key import NewApiKey
from mock_dintero.core.approval import NewApproval
from mock_dintero.core.authorization import AuthorizationBody
from mock_dintero.core.buyer_steps import BuyerSteps
from mock_dintero.core.callback import Callback
from mock_dintero.core.card_token import CardToken, DeletionBody, TokenStatus
from mock_dintero.core.fault import AddedFaults, Fault, FaultsBody
from mock_dintero.core.merchant_payment import MerchantPayment
from mock_dintero.core.operation import CaptureBody, RefundBody, TransactionUpdate
from mock_dintero.core.payment import PayBody
from mock_dintero.core.payout import NewFundTransfer
from mock_dintero.core.profile import NewProfile
from mock_dintero.core.qr import QrOptions
from mock_dintero.core.report import ConfigurationBody, ReportOptions
from mock_dintero.core.session import NewSession, PayLock, Session
from mock_dintero.core.session_update import SessionUpdate
from mock_dintero.core.shipping import ChosenShipping
from mock_dintero.core.snapshot import SnapshotBody
from mock_dintero.core.token_session import NewTokenSession
from mock_dintero.core.transaction import Status, Transaction
from mock_dintero.core.webhook import NewHook

Json = dict[str, Any]
Handler = Callable[[Request], Awaitable[Response]]
Security = Literal["bearer", "basic", "none"]

REF = "#/components/schemas/{model}"
ALIAS = "{aid}/payments"
"""The same operations under the account's path; described once, without it."""
CONTROL = "/_mock/api/v1"
REDIRECT = "a redirect"
NOTHING = "no body"
PICTURE = "an SVG"
PAGE = "an HTML page"
EVENTS = "server-sent events"
TEXTS = {PICTURE: "image/svg+xml", PAGE: "text/html", EVENTS: "text/event-stream"}


class _Answer(BaseModel):
    """What an endpoint answers that is no record."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Token(_Answer):
    """Answer of the token endpoint."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int


class CreatedSession(_Answer):
    """Answer of creating a session."""

    id: str
    url: str
    session: Session | None = None


class SignatureSecret(_Answer):
    """`signature` of the answer of admin/signature."""

    type: Literal["v0-hmac-sha256"]
    secret: str


class Signature(_Answer):
    """Answer of admin/signature."""

    id: str
    created_at: str
    created_by: str
    signature: SignatureSecret


class PayAction(_Answer):
    """What a payment led to."""

    source: str
    code: str
    type: str


class Paid(_Answer):
    """Answer of pay."""

    success: bool
    actions: list[PayAction]
    redirect_url: str


class Locked(_Answer):
    """Answer of lock."""

    pay_lock: PayLock


class Health(_Answer):
    """Answer of the health endpoints."""

    status: Literal["ok"]
    version: str


class Info(_Answer):
    """Answer of info."""

    version: str
    url: str
    store: str
    accounts: dict[str, str]


class Clock(_Answer):
    """How an account's clock stands; `offset` in seconds ahead of real time."""

    now: str
    running: bool
    offset: float


class Returned(_Answer):
    """What the shop showed to the buyer who came back."""

    url: str | None
    status: int | None
    error: str | None


class Played(_Answer):
    """Where a buyer's steps have led."""

    model_config = ConfigDict(extra="forbid", defer_build=True, populate_by_name=True)

    session: Session
    transaction: Transaction | None
    redirect: str | None
    returned: Annotated[Returned | None, Field(alias="return")]


class Expectation(_Answer):
    """What a scenario expects and what was found; `passed` is null where it could not be looked at."""

    what: str
    expected: Any
    found: Any
    passed: bool | None


class Performed(_Answer):
    """A scenario that was played."""

    name: str
    passed: bool
    account: str
    session_id: str
    transaction_id: str | None
    expectations: list[Expectation]
    timeline: list[dict[str, Any]]


class Staged(_Answer):
    """The faults of a scenario, in place."""

    name: str
    account: str
    faults: list[Fault]


class SnapshotGist(_Answer):
    """A snapshot without its records, of which there are `records`."""

    name: str
    account: str
    taken_at: str
    now: str
    running: bool
    records: int


class Advanced(_Answer):
    """A clock after it was moved."""

    now: str
    callbacks: int


class Found(_Answer):
    """What was waited for."""

    found: list[dict[str, Any]]


class ErrorFinding(BaseModel):
    """One thing that is wrong, and where."""

    code: str
    message: str
    path: list[str]
    description: str | None = None


class ErrorDetails(BaseModel):
    """Inside of an error."""

    code: str
    message: str
    errors: list[ErrorFinding] | None = None


class Error(BaseModel):
    """Every error has this shape."""

    error: ErrorDetails


def text(*names: str) -> tuple[Json, ...]:
    """Query parameters that take any text."""
    return tuple({"name": name, "schema": {"type": "string"}} for name in names)


def flags(*names: str) -> tuple[Json, ...]:
    """Query parameters that are true or false."""
    return tuple({"name": name, "schema": {"type": "boolean"}} for name in names)


def several(*names: str) -> tuple[Json, ...]:
    """Query parameters that may be repeated."""
    return tuple(
        {"name": name, "schema": {"type": "array", "items": {"type": "string"}}} for name in names
    )


def whole(*names: str) -> tuple[Json, ...]:
    """Query parameters that take a whole number."""
    return tuple({"name": name, "schema": {"type": "integer"}} for name in names)


def moments(*names: str) -> tuple[Json, ...]:
    """`{name}.gte` and `{name}.lte`."""
    return tuple(
        {"name": f"{name}.{bound}", "schema": {"type": "string", "format": "date-time"}}
        for name in names
        for bound in ("gte", "lte")
    )


LIMIT: Json = {"name": "limit", "schema": {"type": "integer", "minimum": 1, "maximum": 100}}
LONG_LIMIT: Json = {"name": "limit", "schema": {"type": "integer", "minimum": 1, "maximum": 1000}}
TOKEN_STATUS: Json = {
    "name": "status",
    "schema": {"type": "array", "items": TypeAdapter(TokenStatus).json_schema()},
}
STATUS: Json = {
    "name": "status",
    "schema": {"type": "array", "items": TypeAdapter(Status).json_schema()},
}
SYSTEM = tuple(
    {"name": f"Dintero-System-{name}", "in": "header", "schema": {"type": "string"}}
    for name in ("Name", "Version", "Plugin-Name", "Plugin-Version")
)
TOGGLES: Json = {
    "name": "Dintero-Feature-Toggles",
    "in": "header",
    "schema": {"type": "string", "examples": ["strict-session-amounts"]},
}
LAST_EVENT: Json = {"name": "Last-Event-ID", "in": "header", "schema": {"type": "integer"}}
IF_UNMODIFIED: Json = {"name": "If-Unmodified-Since", "in": "header", "schema": {"type": "string"}}


@dataclass(frozen=True)
class Operation:
    """What one handler takes and gives, as far as its route does not tell."""

    answers: dict[int, Any] = field(default_factory=lambda: {200: dict[str, Any]})
    body: type[BaseModel] | None = None
    takes_any_body: bool = False
    parameters: tuple[Json, ...] = ()
    errors: tuple[int, ...] = ()
    security: Security = "bearer"


def _page(answer: Any, body: type[BaseModel] | None = None, **more: Any) -> Operation:
    """A step of the customer's page: no token, and it may name the version that it has seen."""
    errors = (*more.pop("errors", ()), 412)
    return Operation(
        more.pop("answers", {200: answer}), body, parameters=(IF_UNMODIFIED,), errors=errors,
        security="none", **more,
    )  # fmt: skip


def _tester(answer: Any, *parameters: Json, body: type[BaseModel] | None = None) -> Operation:
    return Operation({200: answer}, body, parameters=parameters, security="none")


CREATE = Operation(
    {200: CreatedSession}, NewSession, parameters=(*flags("include_session"), TOGGLES, *SYSTEM)
)
OPERATIONS: dict[Handler, Operation] = {
    auth.token: Operation({200: Token}, TokenBody, errors=(403,), security="basic"),
    sessions.create_from_profile: CREATE,
    sessions.create: CREATE,
    sessions.read_one: Operation({200: Session}, parameters=several("includes")),
    sessions.search: Operation(
        {200: list[Session]},
        parameters=(
            *several("id"), LIMIT, *moments("created_at"),
            *text("starting_after", "search", "transaction_id", "store_id"),
        ),
        errors=(404,),
    ),
    sessions.update: Operation(
        {200: Session},
        SessionUpdate,
        parameters=(
            *flags("update_without_lock", "force_shipping_address_callback"), TOGGLES, *SYSTEM
        ),
    ),
    sessions.cancel: Operation({200: Session}, takes_any_body=True),
    transactions.read_one: Operation({200: Transaction}, parameters=several("includes")),
    transactions.search: Operation(
        {200: list[Transaction]},
        parameters=(
            *several("id"), STATUS, LIMIT, *text("starting_after", "search"),
            *several("payment_product", "payment_product_type", "card_brand", "session_id",
                     "store_id", "currency", "channel", "token_id", "terminal_id",
                     "payout_correlation_id", "includes"),
            *text("merchant_reference", "merchant_reference_2", "customer_id",
                  "payment_operation", "payout_destination_id"),
            *whole("amount", "amount.gte", "amount.lte"),
            *moments("created_at", "captured_at", "refunded_at"),
        ),
        errors=(404,),
    ),
    transactions.name: Operation({200: Transaction}, TransactionUpdate),
    transactions.capture: Operation({200: Transaction}, CaptureBody),
    transactions.refund: Operation({200: Transaction}, RefundBody),
    transactions.authorize: Operation({200: Transaction}, AuthorizationBody),
    merchant_pay.pay: Operation({200: dict[str, Any]}, MerchantPayment, parameters=(TOGGLES, *SYSTEM)),
    merchant_pay.create_token_session: Operation(
        {200: CreatedSession}, NewTokenSession, parameters=(*flags("include_session"), *SYSTEM)
    ),
    card_tokens.search: Operation(
        {200: list[CardToken]},
        parameters=(
            *text("customer_id", "relationship_id", "starting_after"), LIMIT, TOKEN_STATUS,
            *flags("include_deleted"),
        ),
        errors=(404,),
    ),
    card_tokens.read_one: Operation({200: CardToken}),
    card_tokens.delete: Operation({200: CardToken}, DeletionBody),
    transactions.void: Operation({200: Transaction}, takes_any_body=True),
    settlements.search: Operation(
        parameters=(
            LONG_LIMIT, *text("starting_after_id", "starting_after_date", "payout_destination_id"),
            *text("search"), *several("payment_provider"),
            *moments("created_at", "item_created_at"),
        ),
    ),
    settlements.read_attachment: Operation({200: dict[str, str]}),
    settlements.read_file: Operation(security="none"),
    reports.configurations: Operation(parameters=(LONG_LIMIT, *text("starting_after"))),
    reports.configure: Operation(body=ConfigurationBody),
    reports.configuration: Operation(),
    reports.reconfigure: Operation(body=ConfigurationBody),
    reports.delete_configuration: Operation(),
    reports.generate_test_report: Operation(
        {200: dict[str, str], 201: dict[str, str]}, ReportOptions
    ),
    reports.metadata: Operation(parameters=(LIMIT, *text("starting_after"))),
    admin.read_signature: Operation({200: Signature}),
    admin.replace_signature: Operation({200: Signature}, takes_any_body=True),
    qr.draw: Operation({200: dict[str, str]}, QrOptions),
    profiles.search: Operation(
        {200: list[dict[str, Any]]}, parameters=(LIMIT, *text("starting_after")), errors=(404,)
    ),
    profiles.create: Operation(body=NewProfile),
    profiles.read_one: Operation(),
    profiles.change: Operation(body=NewProfile),
    api_keys.search: Operation(
        {200: list[dict[str, Any]]},
        parameters=(LIMIT, *flags("include_deleted"), *text("starting_after")),
        errors=(404,),
    ),
    api_keys.create: Operation(body=NewApiKey),
    api_keys.delete: Operation(),
    api_keys.rotate: Operation(takes_any_body=True),
    hooks.search: Operation(
        {200: list[dict[str, Any]]},
        parameters=(LIMIT, *flags("include_deleted", "total"), *text("starting_after")),
        errors=(404,),
    ),
    hooks.create: Operation(body=NewHook),
    hooks.read_one: Operation(),
    hooks.delete: Operation(),
    hooks.ping: Operation({204: NOTHING}, takes_any_body=True),
    hooks.deliveries: Operation({200: list[dict[str, Any]]}, parameters=(LIMIT,)),
    hooks.delivery: Operation(),
    approvals.submit: Operation(body=NewApproval),
    approvals.search: Operation(
        parameters=(*several("case_status"), *text("payout_destination_id"))
    ),
    payouts.transfer: Operation(body=NewFundTransfer),
    payouts.read_balances: Operation(),
    payouts.read_transfers: Operation(parameters=(*whole("limit"), *text("page", "currency"))),
    branding.logos: Operation({200: PICTURE}, security="none"),
    branding.profile: Operation({200: PICTURE}, errors=(403,), security="none"),
    branding.account_profile: Operation({200: PICTURE}, errors=(403,), security="none"),
    view.open_page: Operation({302: REDIRECT}, security="none"),
    view.read_session: _page(Session),
    view.give_address: _page(Session, Address),
    view.give_addresses: _page(Session, AddressUpdate),
    view.choose_shipping: _page(Session, ChosenShipping),
    view.submit_codes: _page(None, view.DiscountCodesBody, answers={200: Session, 204: NOTHING}),
    view.lock: _page(Locked, takes_any_body=True),
    view.abandon: _page(None, answers={302: REDIRECT}, takes_any_body=True),
    pay.pay: _page(Paid, PayBody),
    pay.redirect: Operation({302: REDIRECT}, security="none"),
    health.ready: Operation({200: Health}, security="none"),
    info.info: _tester(Info),
    info.reset: _tester(dict[str, int], *text("account"), body=ScopedBody),
    clock.read: _tester(dict[str, Clock], *text("account")),
    clock.change: _tester(dict[str, Clock], *text("account"), body=ClockBody),
    clock.advance: _tester(dict[str, Advanced], *text("account"), body=AdvanceBody),
    deliveries.list_all: _tester(list[Callback], *text("account", "session_id", "state", "at")),
    deliveries.read_one: _tester(Callback),
    deliveries.replay: _tester(Callback, body=deliveries.ReplayBody),
    requests.list_all: _tester(
        list[dict[str, Any]],
        *text("account", "direction", "method", "path", "session_id", "since"), *whole("status"),
    ),
    wait.wait: Operation(
        {200: Found}, WaitBody, parameters=text("account"), errors=(408, 503), security="none"
    ),
    events.stream: Operation(
        {200: EVENTS}, parameters=(*text("account", "kinds"), LAST_EVENT), security="none"
    ),
    faults.read_all: _tester(list[Fault], *text("account")),
    faults.replace: _tester(list[Fault], *text("account"), body=FaultsBody),
    faults.add: _tester(list[Fault], *text("account"), body=AddedFaults),
    faults.end: _tester(list[Fault], *text("account")),
    lint.list_all: _tester(list[dict[str, Any]], *text("account", "code")),
    requests.clear: _tester(dict[str, int], *text("account")),
    control_sessions.list_all: _tester(list[Session], *text("account"), LIMIT),
    control_sessions.read_one: _tester(Session),
    control_sessions.read_timeline: _tester(list[dict[str, Any]]),
    control_sessions.read_timeline_page: Operation({200: PAGE}, security="none"),
    control_buyer.play: _tester(Played, body=BuyerSteps),
    scenarios.list_all: _tester(list[dict[str, str]]),
    scenarios.run: _tester(Performed, *text("account"), body=RunBody),
    scenarios.stage: _tester(Staged, *text("account"), body=StageBody),
    snapshots.list_all: _tester(list[SnapshotGist], *text("account")),
    snapshots.read_one: _tester(dict[str, Any], *text("account")),
    snapshots.save: _tester(SnapshotGist, *text("account"), body=SnapshotBody),
    snapshots.restore: _tester(SnapshotGist, *text("account")),
    snapshots.delete: _tester(dict[str, str], *text("account")),
    control_transactions.read_one: _tester(Transaction),
    control_transactions.decide: _tester(Transaction, body=control_transactions.DecideBody),
}  # fmt: skip


@dataclass(frozen=True)
class Endpoint:
    """A path, a method, and who answers."""

    path: str
    method: str
    handler: Handler

    @property
    def name(self) -> str:
        """`sessions.create`: file and function."""
        folder, _, file = self.handler.__module__.removeprefix("mock_dintero.").rpartition(".")
        return f"{'control.' if folder == 'control' else ''}{file}.{self.handler.__name__}"

    @property
    def operation(self) -> Operation:
        """Its row; a handler without one is described as taking and giving anything."""
        return OPERATIONS.get(self.handler, Operation())

    @property
    def parameters(self) -> list[str]:
        """Those of the path."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def errors(self) -> list[int]:
        """Statuses of the errors it may answer with."""
        found = {400, *self.operation.errors}
        found |= {401, 403} if self.operation.security == "bearer" else set()
        found |= {401} if self.operation.security == "basic" else set()
        found |= {404} if set(self.parameters) - {"aid"} else set()
        found |= {409} if self.method != "GET" and self.parameters else set()
        return sorted(found)


def endpoints() -> list[Endpoint]:
    """Every endpoint of Dintero's and of the tester's, the alias left out."""
    return [
        *_endpoints([*routes.ROUTES, *routes.HEALTH]),
        *_endpoints(control_routes.ROUTES, CONTROL),
    ]


def _endpoints(found: Iterable[BaseRoute], prefix: str = "") -> Iterator[Endpoint]:
    for route in found:
        if isinstance(route, Mount) and ALIAS not in route.path:
            yield from _endpoints(route.routes or (), prefix + route.path)
        elif isinstance(route, Route):
            for method in sorted((route.methods or set()) - {"HEAD"}):
                path = re.sub(r"{(\w+):\w+}", r"{\1}", prefix + route.path)
                yield Endpoint(path, method, _handler(route.endpoint))


def _handler(endpoint: Any) -> Any:
    """The handler itself, also of a route that imports it later."""
    resolve = getattr(endpoint, "resolve", None)
    return resolve() if resolve else endpoint


class _Generator(GenerateJsonSchema):
    """Without titles and null defaults, and without the fields of a record that stay inside."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never: a title only repeats the name."""
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """`null` says nothing that the type does not say."""
        found = super().default_schema(schema)
        if "default" in found and found["default"] is None:
            found.pop("default")
        return found

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """What stays inside is in no answer."""
        inner: Any = schema["schema"]
        private = getattr(schema["cls"], "PRIVATE", ())
        if private:
            shown = {n: f for n, f in inner["fields"].items() if n not in private}
            schema = {**schema, "schema": {**inner, "fields": shown}}
        return super().model_schema(schema)


Schemas = dict[tuple[Any, Any], JsonSchemaValue]


def _schemas(described: list[Endpoint]) -> tuple[Schemas, Json]:
    wanted: dict[tuple[Any, Any], Any] = {("Error", "serialization"): TypeAdapter(Error)}
    for endpoint in described:
        operation = endpoint.operation
        if operation.body:
            wanted[str(operation.body), "validation"] = TypeAdapter(operation.body)
        for answer in operation.answers.values():
            if not isinstance(answer, str):
                wanted[str(answer), "serialization"] = TypeAdapter(answer)
    inputs: Any = [(name, mode, adapter) for (name, mode), adapter in wanted.items()]
    schemas, definitions = TypeAdapter.json_schemas(
        inputs, ref_template=REF, schema_generator=_Generator
    )
    return dict(schemas), definitions["$defs"]


@lru_cache
def description() -> Json:
    """The whole description as JSON values."""
    described = endpoints()
    schemas, definitions = _schemas(described)
    paths: dict[str, Json] = {}
    for endpoint in described:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "mock-dintero",
            "version": __version__,
            "description": "A local sandbox of Dintero Checkout Express, and the tester's API "
            "beside it. Every path of a merchant may end in a slash, and stands under "
            "/v1/accounts/{aid}/payments too.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "basic": {"type": "http", "scheme": "basic"},
            },
        },
    }  # fmt: skip


def _operation(endpoint: Endpoint, schemas: Schemas) -> Json:
    operation = endpoint.operation
    made: Json = {
        "operationId": endpoint.name + (endpoint.path[1:] if endpoint.handler is health.ready else ""),
        "summary": endpoint.handler.__name__.replace("_", " ").capitalize(),
        "description": inspect.getdoc(endpoint.handler) or "",
        "tags": [endpoint.name.rpartition(".")[0]],
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
              for name in endpoint.parameters),
            *({"in": "query", **parameter} for parameter in operation.parameters),
        ],
        "responses": {str(status): _answer(status, answer, schemas)
                      for status, answer in operation.answers.items()}
        | {str(status): _error(status) for status in endpoint.errors},
        "security": [] if operation.security == "none" else [{operation.security: []}],
    }  # fmt: skip
    if operation.body:
        schema = schemas[str(operation.body), "validation"]
        made["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    elif operation.takes_any_body:
        made["requestBody"] = {"required": False, "content": {"application/json": {"schema": {}}}}
    return made


def _answer(status: int, answer: Any, schemas: Schemas) -> Json:
    phrase = HTTPStatus(status).phrase
    if answer == NOTHING:
        return {"description": phrase}
    if isinstance(answer, str) and answer in TEXTS:
        return {"description": phrase, "content": {TEXTS[answer]: {"schema": {"type": "string"}}}}
    if answer == REDIRECT:
        return {"description": phrase, "headers": {"location": {"schema": {"type": "string"}}}}
    schema = schemas[str(answer), "serialization"]
    return {"description": phrase, "content": {"application/json": {"schema": schema}}}


def _error(status: int) -> Json:
    schema = {"$ref": REF.format(model="Error")}
    return {
        "description": HTTPStatus(status).phrase,
        "content": {"application/json": {"schema": schema}},
    }
