"""What a buyer without a browser shall do, in the order of a purchase; each step is optional."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from mock_dintero.core.address import Address
from mock_dintero.core.card import USUAL_EXPIRY
from mock_dintero.core.outcome import Outcome
from mock_dintero.core.record import Flag, Part

SAMPLE_ADDRESS: dict[str, Any] = {
    "first_name": "Kari", "last_name": "Nordmann", "address_line": "Storgata 1",
    "postal_code": "0155", "postal_place": "Oslo", "country": "NO",
    "email": "kari@example.no", "phone_number": "+4791234567",
}  # fmt: skip
"""What an address has where the steps do not say."""


class PayStep(Part):
    """Which way to pay, and how it ends. Without `outcome` the payment is left in the wallet.

    `in_wallet`: the buyer starts with the wallet (Vipps Express, a sheet), and gives address and
    shipping option there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    method: str = "dintero_psp.vipps"
    outcome: Outcome | None = "approve"
    phone_number: str | None = None
    card_number: str | None = None
    card_expiry: str = USUAL_EXPIRY
    in_wallet: Flag | None = None


class BuyerSteps(Part):
    """Body of `POST /_mock/api/v1/sessions/{sid}/buyer`."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    address: dict[str, Any] | None = None
    billing_address: dict[str, Any] | None = None
    shipping_option: str | tuple[str, ...] | None = None
    discount_codes: tuple[str, ...] | None = None
    checkboxes: tuple[str, ...] | None = None
    pay: PayStep | None = None
    return_: Annotated[Flag | None, Field(alias="return")] = None
    cancel: Flag | None = None
    account: str | None = None


def address_of(given: dict[str, Any]) -> Address:
    """The sample address with what was given laid over it; a null takes a field out.

    Raises pydantic's ValidationError.
    """
    whole = {
        name: value for name, value in {**SAMPLE_ADDRESS, **given}.items() if value is not None
    }
    return Address.model_validate(whole)
