"""merchant.toml: how a shop is started, how a customer begins, and where to read what it believes."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from mock_dintero.verify.promise import Need

State = Literal[
    "pending", "paid", "on_hold", "captured", "partially_captured", "refunded",
    "partially_refunded", "voided", "cancelled", "failed",
]  # fmt: skip
Money = Annotated[int, Field(gt=0, strict=True)]
Seconds = Annotated[float, Field(gt=0)]
STRICT = ConfigDict(frozen=True, extra="forbid")
CALL = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/\S*|https?://\S+)")
PLACEHOLDERS = ("reference", "session_id", "transaction_id", "account_id")
"""What may stand in braces in a call."""
ADDRESS = (
    "first_name", "last_name", "address_line", "address_line_2", "co_address", "business_name",
    "organization_number", "postal_code", "postal_place", "country", "phone_number", "email",
    "comment",
)  # fmt: skip
"""The fields of an address, as Dintero has them."""


def _words(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


WORD = {"type": "string"}
Words = Annotated[
    tuple[str, ...],
    BeforeValidator(_words),
    WithJsonSchema({"anyOf": [WORD, {"type": "array", "items": WORD, "minItems": 1}]}),
]
"""One word, or several that mean the same."""


def _call(text: str) -> str:
    if not CALL.fullmatch(text):
        raise ValueError(f'{text!r} is not a method and a path, for example "POST /checkout"')
    for name in re.findall(r"{(\w*)}", text):
        if name not in PLACEHOLDERS:
            there = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
            raise ValueError(f"{{{name}}} stands for nothing; there is {there}")
    return text


def _path(text: str) -> str:
    if not text.startswith("/"):
        raise ValueError(f'{text!r} is not a path; it begins with a slash, for example "/healthz"')
    return text


def _url(text: str) -> str:
    if not re.match(r"https?://.", text):
        raise ValueError(f'{text!r} is not an address, for example "http://127.0.0.1:3000"')
    return text


def _one_body(json_body: object, form: object) -> None:
    if json_body is not None and form is not None:
        raise ValueError("a call has `json` or `form`, not both")


def _field(name: str) -> str:
    if name not in ADDRESS:
        raise ValueError(f"there is no such field; there is {', '.join(ADDRESS)}")
    return name


def _address(fields: dict[str, str | None]) -> dict[str, str | None]:
    country = fields.get("country")
    if country is not None and not re.fullmatch("[A-Z]{2}", country):
        raise ValueError(f'country {country!r} is not two capital letters, for example "SE"')
    return fields


class Call(BaseModel):
    """An HTTP call to the shop.

    `{reference}`, `{session_id}` and `{transaction_id}` in path, body and headers stand for those of
    the payment at hand; `{account_id}` for the account that the shop was given.
    """

    model_config = STRICT

    call: Annotated[str, AfterValidator(_call)]
    json_body: Annotated[Any, Field(alias="json")] = None
    form: dict[str, str | int] | None = None
    headers: dict[str, str] = {}

    @model_validator(mode="after")
    def _json_or_form(self) -> Self:
        _one_body(self.json_body, self.form)
        return self

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.call.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path, or a whole URL where another server takes this call."""
        return self.call.partition(" ")[2]


class BrowserStep(BaseModel):
    """One thing that a customer does in the shop's pages; a selector is one of Playwright's."""

    model_config = STRICT

    open: str | None = None
    click: str | None = None
    fill: str | None = None
    select: str | None = None
    check: str | None = None
    value: str = ""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        said = [
            name for name in ("open", "click", "fill", "select", "check") if getattr(self, name)
        ]
        if len(said) != 1:
            raise ValueError("a step has exactly one of open, click, fill, select, check")
        return self


class Basket(BaseModel):
    """What another basket changes in the call of [checkout], and what its goods cost (minor units)."""

    model_config = STRICT

    json_body: Annotated[Any, Field(alias="json")] = None
    form: dict[str, str | int] | None = None
    steps: tuple[BrowserStep, ...] = ()
    amount: Money | None = None

    @model_validator(mode="after")
    def _json_or_form(self) -> Self:
        _one_body(self.json_body, self.form)
        return self


class Checkout(Call):
    """[checkout]: the HTTP call by which a customer begins to pay, or `steps` in a browser."""

    call: Annotated[str, AfterValidator(_call)] = "GET /"
    steps: tuple[BrowserStep, ...] = ()
    amount: Money | None = None

    @model_validator(mode="after")
    def _some_way(self) -> Self:
        if "call" not in self.model_fields_set and not self.steps:
            raise ValueError('say `call = "POST /checkout"`, or [[checkout.steps]] for a browser')
        return self

    def with_basket(self, basket: Basket | None) -> Self:
        """The same call with another basket."""
        given = basket.model_dump(include=basket.model_fields_set) if basket else {}
        if {"json_body", "form"} & given.keys():
            given = {"json_body": None, "form": None, **given}
        return self.model_copy(update=given)


class ShopPart(BaseModel):
    """[shop]: the command that starts it, or the URL of one that runs."""

    model_config = STRICT

    name: str = "the shop"
    command: str | tuple[str, ...] | None = None
    folder: str = "."
    env: dict[str, str] = {}
    url: Annotated[str, AfterValidator(_url)] = "http://127.0.0.1:{port}"
    ready: Annotated[str, AfterValidator(_path)] = "/"
    ready_within: Seconds = 30
    share: bool = False
    account_id: Annotated[str, Field(pattern=r"^T[0-9]{8}$")] = "T12345678"
    sandbox: Annotated[str, AfterValidator(_url)] = "http://127.0.0.1:8426"

    @model_validator(mode="after")
    def _some_shop(self) -> Self:
        if self.command is None and "{port}" in self.url:
            raise ValueError("say `command` (how to start the shop), or `url` (where one runs)")
        return self


class OrderPart(Call):
    """[order]: the call that tells what the shop believes of an order, and where in its answer.

    Each is a path into the JSON: `order.state`, `0.status`. `confirmations` leads to a number or to
    a list, whose length counts. `statuses` gives the shop's words for each state.
    """

    status: str
    confirmations: str | None = None
    captured: str | None = None
    refunded: str | None = None
    amount: str | None = None
    statuses: dict[State, Words]
    unknown: State = "pending"
    settles_in: Seconds = 0.05

    @model_validator(mode="after")
    def _tells_apart(self) -> Self:
        if not {"pending", "paid"} <= self.statuses.keys():
            raise ValueError("statuses: at least `pending` and `paid` have to be told apart")
        words = [word for ones in self.statuses.values() for word in ones]
        twice = next((word for word in words if words.count(word) > 1), None)
        if twice is not None:
            raise ValueError(f"statuses: {twice!r} stands at two states; a word has one meaning")
        return self

    def state_of(self, word: str) -> State | None:
        """What the shop means by this word; None for one that merchant.toml does not have."""
        return next((state for state, words in self.statuses.items() if word in words), None)


class PartOfOrder(Call):
    """[capture_part], [refund_part]: the call that takes or gives back a part of an order.

    `amount` is what this call comes to, shipping included where the shop counts it to this part. The
    rest must be more than nothing. `basket` is what the customer buys, unless it is [checkout]'s.
    """

    amount: Money
    basket: Basket | None = None


class UpdatePart(Call):
    """[update]: the call that changes the basket while Dintero's page is open; `amount`: its new goods."""

    amount: Money


class Discount(BaseModel):
    """[discount]: a code that counts and what it takes off [checkout]'s goods (minor units)."""

    model_config = STRICT

    code: str
    off: Money
    refused: str = "NOSUCHCODE"


class CapturedAtOnce(Basket):
    """[captured_at_once]: a basket that can be paid with a method that has no reservation, and which."""

    method: str = "swish.swish"


class Limits(BaseModel):
    """[limits]: how long the shop may take, in seconds."""

    model_config = STRICT

    address_callback: Seconds = 10
    payment_callback: Seconds = 10
    patience: Seconds = 10
    belief: Seconds = 5


AddressField = Annotated[str, AfterValidator(_field), WithJsonSchema({"enum": list(ADDRESS)})]
Address = Annotated[dict[AddressField, str | None], AfterValidator(_address)]


class Merchant(BaseModel):
    """A whole merchant.toml. A part that is left out is a part that no promise is judged by."""

    model_config = STRICT

    shop: ShopPart
    checkout: Checkout
    order: OrderPart
    capture: Call | None = None
    capture_part: PartOfOrder | None = None
    refund: Call | None = None
    refund_part: PartOfOrder | None = None
    void: Call | None = None
    update: UpdatePart | None = None
    discount: Discount | None = None
    several_shipments: Basket | None = None
    free_shipping: Basket | None = None
    captured_at_once: CapturedAtOnce | None = None
    home: Address = {}
    elsewhere: Address = {"country": "SE", "postal_code": "111 20", "postal_place": "Stockholm"}
    not_served: Address = {"country": "BR", "postal_code": "20040-020", "postal_place": "Rio"}
    limits: Limits = Limits()
    lacks: dict[Need, str] = {}

    def lacking(self, need: Need) -> str | None:
        """Why a promise that needs this cannot be judged; None if it can."""
        if need in self.lacks:
            return f"not supported: {self.lacks[need]}"
        if need in ("confirmations", "captured", "refunded") and not getattr(self.order, need):
            return f"merchant.toml does not say where to read it: [order] {need} = ..."
        if need == "amount" and not self.checkout.amount:
            return "merchant.toml does not say what the goods cost: [checkout] amount = ..."
        if getattr(self, need, True) is None:
            return f"merchant.toml has no [{need}]"
        return None


def schema_of_merchant() -> dict[str, Any]:
    """JSON Schema of merchant.toml, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Merchant.model_json_schema(),
    }
