"""Where the customer lives: Dintero's OrderAddress, as merchants send it and the page collects it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from mock_dintero.core.postal_places import place_of
from mock_dintero.core.record import Number, Part

PHONE_NUMBER = r"^\+?[0-9]{5,15}$"
"""Source: OrderAddress.phone_number in Dintero's contract."""

Phone = Annotated[str, StringConstraints(pattern=PHONE_NUMBER)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]

TOLD_BY_SHEETS = ("country", "postal_code")
"""Source: address callback, one-click wallets (sessions.md 5.5)."""


class Address(Part):
    """All fields are optional in the contract; a one-click wallet sends only country and postal code."""

    first_name: str | None = None
    last_name: str | None = None
    address_line: str | None = None
    address_line_2: str | None = None
    co_address: str | None = None
    business_name: str | None = None
    postal_code: str | None = None
    postal_place: str | None = None
    country: Country | None = None
    phone_number: Phone | None = None
    email: str | None = None
    latitude: Number | None = None
    longitude: Number | None = None
    comment: str | None = None
    organization_number: str | None = None
    organization_type: str | None = None
    customer_reference: str | None = None
    cost_center: str | None = None

    @property
    def is_partial(self) -> bool:
        """Whether there is nothing but country and postal code, as long as a sheet is not paid with."""
        return not any(
            getattr(self, name) for name in type(self).model_fields if name not in TOLD_BY_SHEETS
        )

    @property
    def partial(self) -> Address:
        """What a sheet tells the shop before it is paid with."""
        told = {name: getattr(self, name) for name in TOLD_BY_SHEETS if getattr(self, name)}
        return Address.model_validate(told)


class AddressUpdate(Part):
    """Body of `PUT /v1/view/{sid}/session/order/addresses`."""

    shipping_address: Address | None = None
    billing_address: Address | None = None
    my_dintero: dict[str, object] | None = Field(default=None)


REQUIRED_B2C = (
    "email", "phone_number", "first_name", "last_name",
    "address_line", "postal_code", "postal_place", "country",
)  # fmt: skip
REQUIRED_B2B = (
    "email", "phone_number", "business_name", "organization_number",
    "address_line", "postal_code", "postal_place", "country",
)  # fmt: skip
"""What the page insists on. Dintero's exact set is not published; this one follows what plugins read."""

POSTAL_CODES = {
    "NO": r"[0-9]{4}", "SJ": r"[0-9]{4}", "DK": r"[0-9]{4}", "SE": r"[0-9]{3} ?[0-9]{2}",
    "FI": r"[0-9]{5}", "AX": r"[0-9]{5}",
}  # fmt: skip
ORGANIZATION_NUMBERS = {
    "NO": r"[0-9]{9}", "DK": r"[0-9]{8}", "SE": r"[0-9]{6}-?[0-9]{4}", "FI": r"[0-9]{7}-?[0-9]",
}  # fmt: skip
"""How they are written; spaces do not count in a number. Other countries are taken as typed."""

Problem = Literal[
    "missing", "email", "phone_number", "country", "not_delivered_to", "postal_code",
    "organization_number",
]  # fmt: skip


def completed(values: dict[str, str]) -> dict[str, str]:
    """The form with the place filled in from the postal code, where it was left blank."""
    if values.get("postal_place"):
        return values
    place = place_of(values.get("country", ""), values.get("postal_code", ""))
    return {**values, "postal_place": place} if place else values


def problems(
    values: dict[str, str],
    customer_type: str,
    countries: tuple[str, ...],
    *,
    but: tuple[str, ...] = (),
) -> dict[str, Problem]:
    """What is wrong with a filled-in form, by the name of the field.

    `countries` are the codes that may be chosen; empty means all. `but` are fields that this form
    does not have.
    """
    is_business = customer_type == "b2b"
    required = REQUIRED_B2B if is_business else REQUIRED_B2C
    found: dict[str, Problem] = {
        name: "missing" for name in required if name not in but and not values.get(name)
    }
    for name, problem in _malformed(values, is_business).items():
        if name not in but:
            found.setdefault(name, problem)
    country = values.get("country", "")
    if country and "country" not in found and countries and country not in countries:
        found["country"] = "not_delivered_to"
    return found


def _malformed(values: dict[str, str], is_business: bool) -> dict[str, Problem]:
    country = values.get("country", "")
    patterns: dict[Problem, str | None] = {
        "email": r"[^@\s]+@[^@\s]+\.[^@\s]+",
        "phone_number": PHONE_NUMBER,
        "country": r"[A-Z]{2}",
        "postal_code": POSTAL_CODES.get(country),
        "organization_number": ORGANIZATION_NUMBERS.get(country) if is_business else None,
    }
    typed = {name: values.get(name, "") for name in patterns}
    typed["organization_number"] = "".join(typed["organization_number"].split())
    return {
        name: name
        for name, pattern in patterns.items()
        if pattern and typed[name] and not re.fullmatch(pattern, typed[name])
    }
