"""A scenario: one story of a purchase, what goes wrong in it, and what must be true at its end.

It is a TOML file without loops and conditions: a story that needs logic is a test.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.json_schema import SkipJsonSchema

from mock_dintero.core.address import Address
from mock_dintero.core.errors import InvalidScenario
from mock_dintero.core.fault import NewFault
from mock_dintero.core.outcome import Decision, Outcome
from mock_dintero.core.record import Flag, Number, Part
from mock_dintero.core.session import Cause, Configuration, Session, merged
from mock_dintero.core.transaction import Status

Group = Literal[
    "Ways to pay", "Nothing is paid", "On the page", "Callbacks", "Callback and return",
    "After the purchase", "A bad day of the API",
]  # fmt: skip
Word = Literal["lost", "answer_lost", "no_answer", "no_connection"]
Reply = Annotated[int, Field(ge=100, le=599, strict=True)] | Word
"""How a try of a callback ended: a status, or why there is none."""
Money = Annotated[int, Field(ge=0, strict=True)]
Count = Annotated[int, Field(ge=0, strict=True)]
Seconds = Annotated[Number, Field(ge=0, le=366 * 86400)]
Text = Annotated[
    str, StringConstraints(min_length=1), AfterValidator(lambda text: " ".join(text.split()))
]
"""On as many lines as the file likes."""

STRICT = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Step(Part):
    """One thing that happens. It has to succeed, unless it says with which status it is refused."""

    model_config = STRICT

    expect_status: Annotated[int, Field(ge=200, le=599, strict=True)] | None = None


class AddressStep(Step, Address):
    """The buyer gives an address: the sample address with these fields laid over it.

    With `waits = false` the next step begins while the shop is still thinking about the answer.
    """

    model_config = STRICT

    do: Literal["address"]
    waits: Flag = True


class ShippingStep(Step):
    """The buyer ticks a shipping option, the first one on offer unless it is named."""

    do: Literal["shipping"]
    option: str | None = None


class DiscountStep(Step):
    """The buyer submits discount codes."""

    do: Literal["discount"]
    codes: tuple[str, ...]


class PayingStep(Step):
    """The buyer presses pay and answers; `wait` leaves the payment open in the wallet.

    Without `method` it is the first on offer. A test card's number has its effect when approved.
    """

    do: Literal["pay"]
    method: str | None = None
    outcome: Outcome | Literal["wait"] = "approve"
    card_number: str | None = None


class AnswerStep(Step):
    """The buyer answers in the wallet, where the payment was left open."""

    do: Literal["answer"]
    outcome: Outcome = "approve"


class AdvanceStep(Step):
    """The account's time passes, and everything that falls due happens."""

    do: Literal["advance"]
    seconds: Seconds


class DecideStep(Step):
    """The provider decides about a payment that is ON_HOLD."""

    do: Literal["decide"]
    outcome: Decision


class AmountStep(Step):
    """The merchant captures or refunds through the API; without `amount` all that is left."""

    do: Literal["capture", "refund"]
    amount: Annotated[int, Field(gt=0, strict=True)] | None = None


class UpdateStep(Step):
    """The merchant updates the session while the buyer is on the page, `lock`ed or not."""

    do: Literal["update"]
    order: dict[str, Any] = Field(default_factory=dict)
    lock: Flag = False


class FaultStep(Step):
    """From here on something goes wrong."""

    do: Literal["fault"]
    fault: NewFault


class PlainStep(Step):
    """Steps without options.

    `try_again`: the buyer asks the shop for shipping once more. `cancel`: the buyer walks away.
    `return`: the browser goes back to the shop as it does after paying. `visit_return`: the buyer
    opens the return URL once more. `void`: by the merchant through the API. `ship`, `refund_by_shop`,
    `void_by_shop`: the buttons of the shop itself; where no shop is known, the same through the API.
    """

    do: Literal[
        "try_again", "cancel", "return", "visit_return", "void",
        "ship", "refund_by_shop", "void_by_shop",
    ]  # fmt: skip


AnyStep = Annotated[
    AddressStep | ShippingStep | DiscountStep | PayingStep | AnswerStep | AdvanceStep | DecideStep
    | AmountStep | UpdateStep | FaultStep | PlainStep,
    Field(discriminator="do"),
]  # fmt: skip
BY_SHOP = frozenset({"ship", "refund_by_shop", "void_by_shop"})


class Expect(Part):
    """What is true at the end; what is not named is not looked at.

    `payment_callbacks` and the like: how each try ended, in order. `told`: what the shop has taken
    note of (`payment`, or the event of an operation), in order of arrival. `merchant`: the status that
    the shop gives to the order. `confirmations`: how often it would have written "paid" to the buyer.
    """

    model_config = STRICT

    session: Cause | Literal["OPEN"]
    transaction: Status | Literal["none"]
    captured: Money | Literal["all"] | None = None
    refunded: Money | Literal["all"] | None = None
    amount: Money | None = None
    shipping_options: Count | None = None
    discount_codes: tuple[str, ...] | None = None
    address_callbacks: tuple[Reply, ...] | None = None
    discount_callbacks: tuple[Reply, ...] | None = None
    payment_callbacks: tuple[Reply, ...] | None = None
    told: tuple[Literal["payment", "CAPTURE", "REFUND", "VOID"], ...] | None = None
    merchant: str | None = None
    confirmations: Count | None = None


class Basket(Part):
    """What is bought at the sample shop."""

    model_config = STRICT

    sweater: Annotated[int, Field(ge=0, le=99, strict=True)] = 0
    mug: Annotated[int, Field(ge=0, le=99, strict=True)] = 0
    poster: Annotated[int, Field(ge=0, le=99, strict=True)] = 0
    currency: Literal["NOK", "SEK"] = "NOK"


class Scenario(Part):
    """A file of scenarios/. `configuration` is laid over the session's own, as a profile's would be."""

    model_config = STRICT

    name: SkipJsonSchema[str] = ""
    title: Text
    story: Text
    group: Group
    basket: Basket = Basket(sweater=1)
    configuration: dict[str, Any] = Field(default_factory=dict)
    fault: tuple[NewFault, ...] = ()
    step: Annotated[tuple[AnyStep, ...], Field(min_length=1)]
    expect: Expect

    @property
    def faults(self) -> dict[str, NewFault]:
        """All faults by what a report calls them, those that are put on stage later included."""
        later = [one.fault for one in self.step if isinstance(one, FaultStep)]
        return {
            f"fault {number}: {one.do} at {one.at}": one
            for number, one in enumerate((*self.fault, *later), start=1)
        }

    @property
    def steps(self) -> dict[str, AnyStep]:
        """The steps by what a report calls them."""
        return {f"step {number}: {one.do}": one for number, one in enumerate(self.step, start=1)}

    @property
    def needs_shop(self) -> bool:
        """Whether it is about what the API says to the shop's own buttons."""
        is_about_api = any(one.at == "api" for one in self.faults.values())
        return is_about_api and any(one.do in BY_SHOP for one in self.step)


def parse(name: str, text: str) -> Scenario:
    """A scenario from its file. Raises InvalidScenario, which names file and field."""
    try:
        found = tomllib.loads(text)
        if "name" in found:
            raise InvalidScenario(f"{name}.toml: name: a scenario is named by its file")
        return Scenario.model_validate({**found, "name": name})
    except tomllib.TOMLDecodeError as error:
        raise InvalidScenario(f"{name}.toml: {error}") from None
    except ValidationError as error:
        findings = [_in_words(dict(one)) for one in error.errors(include_url=False)]
        raise InvalidScenario(f"{name}.toml: {'; '.join(findings)}") from None


def _in_words(found: dict[str, Any]) -> str:
    """`step 3 (pay): methd: ...`; steps and faults are counted from 1."""
    where: list[str] = []
    loc = [*found["loc"]]
    if len(loc) > 1 and loc[0] in ("step", "fault") and isinstance(loc[1], int):
        kind = f" ({loc.pop(2)})" if loc[0] == "step" and len(loc) > 2 else ""
        where.append(f"{loc[0]} {loc[1] + 1}{kind}")
        loc = loc[2:]
    where += [".".join(str(one) for one in loc)] if loc else []
    unknown = found["type"] == "extra_forbidden"
    return ": ".join([*where, "there is no such field" if unknown else found["msg"]])


def prepared(session: Session, configuration: Mapping[str, Any]) -> Session:
    """The session with the scenario's configuration laid over its own.

    Raises pydantic's ValidationError.
    """
    if not configuration:
        return session
    both = merged(session.configuration.shown(), dict(configuration))
    return session.with_(configuration=Configuration.model_validate(both))


def own_session(basket: Basket, reference: str, return_url: str) -> dict[str, Any]:
    """The body of a session for a scenario that has no shop: goods and freight cost what they cost there."""
    amount = basket.sweater * 79900 + basket.mug * 14900 + basket.poster * 24900
    line = {"id": "goods", "line_id": "goods", "description": "Goods", "quantity": 1,
            "amount": amount, "vat": 25, "vat_amount": round(amount / 5)}  # fmt: skip
    freight = [("home", "Home delivery", 9900), ("pick-up-1", "Pick-up point", 4900)]
    return {
        "profile_id": "default",
        "url": {"return_url": return_url},
        "merchant": {"name": "A scenario", "logo_url": "http://127.0.0.1/logo.svg"},
        "order": {"merchant_reference": reference, "currency": basket.currency, "amount": amount,
                  "vat_amount": round(amount / 5), "items": [line]},
        "express": {"shipping_options": [
            {"id": id, "line_id": id, "title": title, "amount": price, "vat": 25,
             "vat_amount": round(price / 5), "operator": "", "countries": ["NO", "SE", "DK", "FI"]}
            for id, title, price in freight
        ]},
    }  # fmt: skip
