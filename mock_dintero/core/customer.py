"""Returning customers: those that every sandbox knows, and the addresses that a page may offer to use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mock_dintero.core.address import Address, completed, problems
from mock_dintero.core.session import Countries, Session


@dataclass(frozen=True)
class KnownCustomer:
    """Somebody who has bought before. The first address is the one used last."""

    id: str
    addresses: tuple[Address, ...]

    @property
    def name(self) -> str:
        """What a page calls this customer by."""
        first = self.addresses[0]
        return first.business_name or f"{first.first_name} {first.last_name}"

    @property
    def email(self) -> str:
        """The e-mail address that gives the customer away."""
        return self.addresses[0].email or ""

    @property
    def phone_number(self) -> str:
        """The phone number that does so too."""
        return self.addresses[0].phone_number or ""


def _customer(id: str, contact: dict[str, str], *places: dict[str, str]) -> KnownCustomer:
    return KnownCustomer(id, tuple(Address(**contact, **place) for place in places))


def _place(line: str, code: str, place: str, country: str) -> dict[str, str]:
    return {"address_line": line, "postal_code": code, "postal_place": place, "country": country}


def _contact(first: str, last: str, email: str, phone: str) -> dict[str, str]:
    return {"first_name": first, "last_name": last, "email": email, "phone_number": phone}


_ROWS = (
    _customer(
        "kari",
        _contact("Kari", "Nordmann", "kari.nordmann@example.no", "+4740000001"),
        _place("Grensen 3", "0159", "Oslo", "NO"),
        _place("Bryggen 12", "5003", "Bergen", "NO"),
    ),
    _customer(
        "fjell",
        _contact("Ola", "Fjell", "innkjop@fjellogfjord.example.no", "+4740000002")
        | {"business_name": "Fjell og Fjord AS", "organization_number": "987654321"},
        _place("Olav Tryggvasons gate 5", "7011", "Trondheim", "NO"),
    ),
    _customer(
        "astrid",
        _contact("Astrid", "Svensson", "astrid.svensson@example.se", "+46700000003"),
        _place("Drottninggatan 71", "111 36", "Stockholm", "SE"),
    ),
    _customer(
        "mads",
        _contact("Mads", "Jensen", "mads.jensen@example.dk", "+4520000004"),
        _place("Vestergade 8", "8000", "Aarhus C", "DK"),
    ),
    _customer(
        "aino",
        _contact("Aino", "Virtanen", "aino.virtanen@example.fi", "+358400000005"),
        _place("Aleksanterinkatu 52", "00100", "Helsinki", "FI"),
    ),
)  # fmt: skip

CUSTOMERS = {customer.id: customer for customer in _ROWS}
"""All of them are made up; the real checkout knows whoever has paid with it."""


def recognised(email: str | None, phone_number: str | None) -> KnownCustomer | None:
    """Who this is, by e-mail address or by phone number with or without the country's prefix."""
    typed = (email or "").strip().lower()
    digits = "".join((phone_number or "").split()).lstrip("0")
    for customer in _ROWS:
        known = customer.phone_number
        if typed == customer.email or (len(digits) >= 8 and known.endswith(digits)):
            return customer
    return None


def of_session(session: Session) -> KnownCustomer | None:
    """The customer that the merchant has told of, if known."""
    told = session.customer
    given = (session.order.shipping_address, session.order.billing_address)
    contacts = [(told.email, told.phone_number)] if told else []
    contacts += [(address.email, address.phone_number) for address in given if address]
    return next(filter(None, (recognised(*contact) for contact in contacts)), None)


def type_of(address: Address) -> str:
    """Whether an address is a business's (`b2b`) or a person's (`b2c`)."""
    return "b2b" if address.business_name or address.organization_number else "b2c"


def suggestions(session: Session, customer: KnownCustomer | None) -> tuple[Address, ...]:
    """Whole addresses that can be used with one click: the merchant's first, then the customer's own."""
    found: list[Address] = []
    for address in _candidates(session, customer):
        if address not in found and is_usable(session, address):
            found.append(address)
    return tuple(found)


def _candidates(session: Session, customer: KnownCustomer | None) -> Iterator[Address]:
    told = session.customer
    contact: dict[str, Any] = {
        name: value for name in ("email", "phone_number") if told and (value := getattr(told, name))
    }
    for given in (session.order.shipping_address, session.order.billing_address):
        if given:
            missing = {n: value for n, value in contact.items() if not getattr(given, n)}
            place = completed(_values(given)).get("postal_place")
            if place and not given.postal_place:
                missing["postal_place"] = place
            yield given.with_(**missing) if missing else given
    yield from customer.addresses if customer else ()


def is_usable(session: Session, address: Address) -> bool:
    """Whether nothing is missing in it, for a type and a country that the merchant sells to."""
    types = (session.express.customer_types if session.express else None) or ("b2c", "b2b")
    kind = type_of(address)
    return (
        kind in types
        and is_allowed(session.configuration.countries, address.country or "")
        and not problems(_values(address), kind, ())
    )


def is_allowed(settings: Countries | None, country: str) -> bool:
    """Whether addresses may be in this country."""
    allowed = settings.allow_countries if settings else None
    denied = settings.deny_countries if settings else None
    return (not allowed or country in allowed) and country not in (denied or ())


def _values(address: Address) -> dict[str, str]:
    return {name: str(value) for name, value in address.shown().items() if value}
