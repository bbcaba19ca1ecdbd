"""From a session to the address step: the form, the card of a known customer, or what was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fake_checkout_ui.countries import choices
from fake_checkout_ui.countries import name as country_name
from fake_checkout_ui.language import gettext, marked
from fake_checkout_ui.view import AddressForm, CustomerRow, KnownAddress, KnownCard
from mock_dintero.core import customer as customers
from mock_dintero.core import express
from mock_dintero.core.address import Address, Problem
from mock_dintero.core.customer import KnownCustomer
from mock_dintero.core.session import Session

FORM_FIELDS = (
    "email", "phone_number", "first_name", "last_name", "business_name", "organization_number",
    "address_line", "address_line_2", "postal_code", "postal_place", "country",
)  # fmt: skip
BILLING_FIELDS = (
    "first_name", "last_name", "address_line", "address_line_2", "postal_code", "postal_place", "country"
)  # fmt: skip
"""What a billing address has of its own; contact and company are those of the form above it."""
BILLING = "billing_"
SHARED = ("email", "phone_number", "business_name", "organization_number")
PLACE = ("address_line", "address_line_2", "postal_code", "postal_place")

SENTENCES: Mapping[Problem, str] = {
    "missing": marked("Please fill in this field."),
    "email": marked("This does not look like an e-mail address."),
    "phone_number": marked("Write the number with 5 to 15 digits, for example +4791234567."),
    "country": marked("Choose a country from the list."),
    "not_delivered_to": marked("The shop does not deliver to this country."),
    "postal_code": marked("This does not look like a postal code."),
    "organization_number": marked("This does not look like an organization number."),
}
OF_COUNTRY: Mapping[tuple[Problem, str], str] = {
    ("postal_code", "NO"): marked("A Norwegian postal code has 4 digits, for example 0155."),
    ("postal_code", "SJ"): marked("A Norwegian postal code has 4 digits, for example 0155."),
    ("postal_code", "DK"): marked("A Danish postal code has 4 digits, for example 1360."),
    ("postal_code", "SE"): marked("A Swedish postal code has 5 digits, for example 111 36."),
    ("postal_code", "FI"): marked("A Finnish postal code has 5 digits, for example 00100."),
    ("postal_code", "AX"): marked("A Finnish postal code has 5 digits, for example 00100."),
    ("organization_number", "NO"): marked("A Norwegian organization number has 9 digits."),
    ("organization_number", "DK"): marked("A Danish CVR number has 8 digits."),
    ("organization_number", "SE"): marked("A Swedish organization number has 10 digits."),
    ("organization_number", "FI"): marked("A Finnish business ID looks like 1234567-8."),
}
ABOUT: Mapping[str, str] = {
    "kari": marked("Private, two addresses"),
    "fjell": marked("A business with an organization number"),
    "astrid": marked("Private, in Sweden"),
    "mads": marked("Private, in Denmark"),
    "aino": marked("Private, in Finland"),
}


def in_words(problems: Mapping[str, Problem], country: str, prefix: str = "") -> dict[str, str]:
    """Problems of a form as sentences, by the name of the field."""
    return {
        f"{prefix}{name}": gettext(OF_COUNTRY.get((problem, country)) or SENTENCES[problem])
        for name, problem in problems.items()
    }


def customer_of(session: Session, who: str) -> KnownCustomer | None:
    """The customer that the page takes this to be: the one just recognised, else the merchant's word."""
    return customers.CUSTOMERS.get(who) or customers.of_session(session)


def types_of(session: Session) -> tuple[str, ...]:
    """Who may shop here."""
    return (session.express.customer_types if session.express else None) or ("b2c", "b2b")


def billing_types(session: Session) -> tuple[str, ...]:
    """The kinds of customers that may have another billing address."""
    allowed = session.configuration.allow_different_billing_shipping_address or ()
    return tuple(kind for kind in types_of(session) if kind in allowed)


def address_form(
    session: Session,
    *,
    editing: str = "",
    who: str = "",
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> AddressForm:
    """The step. `editing` is the number of the known address to edit, `given` or `blank`."""
    given, customer = session.order.shipping_address, customer_of(session, who)
    is_given = _is_given(session)
    may_choose = session.express is not None and (not is_given or who in customers.CUSTOMERS)
    offered = customers.suggestions(session, customer)
    is_open = bool(editing or errors) or not (is_given or offered)
    is_known = bool(offered) and may_choose and not is_open
    shown = values or _filled_in(session, editing, offered, customer)
    countries = choices(session.configuration.countries)
    shown.setdefault("country", countries[0][0] if countries else "")
    shown.setdefault(f"{BILLING}country", shown["country"])
    types = types_of(session)
    kind = _type(session, shown, types)
    billing = session.order.billing_address
    return AddressForm(
        values=shown,
        errors=errors or {},
        customer_types=types,
        customer_type=kind,
        countries=countries,
        is_open=is_open and session.express is not None,
        is_given=is_given,
        summary=summary(given) if given else (),
        billing_summary=summary(billing) if billing and _differs(session) else (),
        billing_types=billing_types(session),
        billing_differs=_wants_two(session, kind, values),
        known=_card(customer, offered) if is_known else None,
    )


def _is_given(session: Session) -> bool:
    is_ours = session.express is None or express.is_address_confirmed(session)
    return is_ours and express.has_whole_address(session)


def _filled_in(
    session: Session, editing: str, offered: Sequence[Address], customer: KnownCustomer | None
) -> dict[str, str]:
    """What the form holds before anything is typed."""
    if editing.isdecimal() and int(editing) < len(offered):
        return _values(offered[int(editing)])
    values = prefilled(session)
    if editing != "blank":
        return values
    if customer and not values.get("email"):
        values = _values(customer.addresses[0])
    return {name: value for name, value in values.items() if not _is_place(name)}


def _is_place(name: str) -> bool:
    return name.removeprefix(BILLING) in (*PLACE, "country")


def _values(address: Address) -> dict[str, str]:
    values = {name: getattr(address, name) or "" for name in FORM_FIELDS}
    return {name: value for name, value in values.items() if value}


def prefilled(session: Session) -> dict[str, str]:
    """What the page knows of the customer before anything is typed."""
    order, told = session.order, session.customer
    values = _values(order.shipping_address or order.billing_address or Address())
    for name in ("email", "phone_number"):
        known = getattr(told, name) if told else None
        if known:
            values.setdefault(name, known)
    if _differs(session) and order.billing_address:
        billing = _values(order.billing_address)
        values |= {f"{BILLING}{name}": billing.get(name, "") for name in BILLING_FIELDS}
    return values


def _differs(session: Session) -> bool:
    billing, given = session.order.billing_address, session.order.shipping_address
    return billing is not None and given is not None and billing != given


def _type(session: Session, values: dict[str, str], types: Sequence[str]) -> str:
    """Private or business, by what was chosen, what is filled in, or what the shop has said."""
    is_business = bool(values.get("business_name"))
    default = "b2b" if is_business else session.configuration.default_customer_type or "b2c"
    chosen = values.get("customer_type") or default
    return chosen if chosen in types else types[0]


def _wants_two(session: Session, kind: str, typed: dict[str, str] | None) -> bool:
    """Whether the form begins with two addresses."""
    if kind not in billing_types(session):
        return False
    if typed is not None:
        return f"billing_differs:{kind}" in typed
    settings = session.express
    default = (settings.default_different_billing_shipping_address if settings else None) or ()
    return _differs(session) or (not _is_given(session) and kind in default)


def _card(customer: KnownCustomer | None, offered: Sequence[Address]) -> KnownCard:
    first = offered[0]
    is_shops = customer is None or first not in customer.addresses
    name = f"{first.first_name or ''} {first.last_name or ''}".strip()
    return KnownCard(
        who=customer.id if customer else "",
        is_shops=is_shops,
        name=name or first.business_name or "",
        addresses=tuple(
            KnownAddress(str(number), summary(address, country=True), number == 0)
            for number, address in enumerate(offered)
        ),
    )


def summary(address: Address, *, country: bool = False) -> tuple[str, ...]:
    """An address in a few lines."""
    name = f"{address.first_name or ''} {address.last_name or ''}".strip()
    place = f"{address.postal_code or ''} {address.postal_place or ''}".strip()
    rows = (
        address.business_name, name, address.address_line, address.address_line_2, place,
        country_name(address.country) if country and address.country else "",
        address.email, address.phone_number,
    )  # fmt: skip
    return tuple(row for row in rows if row)


def sandbox_customers() -> tuple[CustomerRow, ...]:
    """The customers that a tester can be."""
    return tuple(
        CustomerRow(one.id, one.name, gettext(ABOUT[one.id]), one.email, one.phone_number)
        for one in customers.CUSTOMERS.values()
    )
