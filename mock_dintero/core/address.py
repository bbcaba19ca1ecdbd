"""Where the customer lives: Dintero's OrderAddress, as merchants send it and the page collects it."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, StringConstraints

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


def problems(
    values: dict[str, str], customer_type: str, countries: tuple[str, ...]
) -> dict[str, str]:
    """What is wrong with a filled-in form: field name to a sentence in plain words.

    `countries` are the codes that may be chosen; empty means all.
    """
    required = REQUIRED_B2B if customer_type == "b2b" else REQUIRED_B2C
    found = {name: "Please fill in this field." for name in required if not values.get(name)}
    if "email" not in found and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", values["email"]):
        found["email"] = "This does not look like an e-mail address."
    if "phone_number" not in found and not re.fullmatch(PHONE_NUMBER, values["phone_number"]):
        found["phone_number"] = "Write the number with 5 to 15 digits, for example +4791234567."
    country = values.get("country", "")
    if "country" not in found and not re.fullmatch(r"[A-Z]{2}", country):
        found["country"] = "Choose a country from the list."
    elif country and countries and country not in countries:
        found["country"] = "The shop does not deliver to this country."
    return found
