"""The forms of the address step: a new address, a known one, and who the customer is."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from fake_checkout_ui import present, present_address, shops_script
from fake_checkout_ui.countries import choices
from fake_checkout_ui.language import gettext
from fake_checkout_ui.leaving import go
from fake_checkout_ui.pages import page
from fake_checkout_ui.present_address import BILLING, BILLING_FIELDS, FORM_FIELDS, SHARED
from fake_checkout_ui.view import Message
from mock_dintero.core import address as addresses
from mock_dintero.core import customer as customers
from mock_dintero.core.address import Address
from mock_dintero.core.postal_places import place_of
from mock_dintero.core.session import Session
from mock_dintero.http.answers import as_json
from mock_dintero.http.context import sandbox_of
from mock_dintero.use_cases import buyer

Fields = dict[str, str]
OF_A_BUSINESS = ("business_name", "organization_number")
OF_A_STRANGER = ("first_name", "last_name", "business_name", "address_line", "postal_code")
"""Who fills in one of these does not want to be recognised."""


async def give_address(request: Request, session: Session, fields: Fields) -> Response:
    """The address form: checked here in plain words, then told to the shop.

    Contact alone is enough of a customer who is known.
    """
    known = customers.recognised(fields.get("email"), fields.get("phone_number"))
    is_stranger = any(fields.get(name) for name in OF_A_STRANGER)
    is_checked = shops_script.is_about_to_be_asked(fields)
    if known and not is_stranger and customers.suggestions(session, known):
        if is_checked:
            return page("checkout.html", present.checkout(session, who=known.id), 400)
        return go("/", sid=session.id, who=known.id)
    values = addresses.completed(_typed(fields))
    customer_type = values.get("customer_type", "b2c")
    billing = _billing(session, values, customer_type)
    errors = _problems(session, values, customer_type, billing)
    if errors:
        view = present.checkout(session, values=values, errors=errors)
        return page("checkout.html", view, 400)
    is_business = customer_type == "b2b"
    names = [name for name in FORM_FIELDS if is_business or name not in OF_A_BUSINESS]
    given = Address(**{name: values[name] for name in names if values.get(name)})
    bill_to = Address(**_as_address(billing, given)) if billing is not None else None
    if is_checked:
        return shops_script.question(given, bill_to)
    asks = not shops_script.has_answered(fields)
    await buyer.give_address(sandbox_of(request), session, given, bill_to, asks=asks)
    return go("/", sid=session.id)


def _typed(fields: Fields) -> Fields:
    values = {name: value for name, value in fields.items() if value}
    for name in ("phone_number", "organization_number"):
        values[name] = "".join(values.get(name, "").split())
    return values


def _billing(session: Session, values: Fields, customer_type: str) -> Fields | None:
    """The billing address as typed, without the form's prefix; None if it is the same."""
    if customer_type not in present_address.billing_types(session):
        return None
    if f"billing_differs:{customer_type}" not in values:
        return None
    names = [name for name in BILLING_FIELDS if values.get(BILLING + name)]
    return addresses.completed({name: values[BILLING + name] for name in names})


def _problems(
    session: Session, values: Fields, customer_type: str, billing: Fields | None
) -> dict[str, str]:
    allowed = tuple(code for code, _ in choices(session.configuration.countries))
    found = addresses.problems(values, customer_type, allowed)
    errors = present_address.in_words(found, values.get("country", ""))
    if billing is not None:
        wrong = addresses.problems(billing, customer_type, (), but=SHARED)
        errors |= present_address.in_words(wrong, billing.get("country", ""), BILLING)
    return errors


def _as_address(billing: Fields, given: Address) -> dict[str, str]:
    shared = {name: value for name in SHARED if (value := getattr(given, name))}
    return {**shared, **billing}


async def use_address(request: Request, session: Session, fields: Fields) -> Response:
    """The address of the card is right: told to the shop as it is."""
    known = present_address.customer_of(session, fields.get("who", ""))
    offered = customers.suggestions(session, known)
    number = fields.get("address", "")
    if not number.isdecimal() or int(number) >= len(offered):
        words = Message("error", gettext("Choose one of the addresses."))
        return page("checkout.html", present.checkout(session, messages=(words,)), 400)
    given, billing = offered[int(number)], session.order.billing_address
    may_differ = customers.type_of(given) in present_address.billing_types(session)
    bill_to = billing if may_differ and billing != given else None
    if shops_script.is_about_to_be_asked(fields):
        return shops_script.question(given, bill_to)
    asks = not shops_script.has_answered(fields)
    await buyer.give_address(sandbox_of(request), session, given, bill_to, asks=asks)
    return go("/", sid=session.id)


async def edit_address(request: Request, session: Session, fields: Fields) -> Response:
    """The address of the card is nearly right: it fills in the form."""
    return go("/", sid=session.id, who=fields.get("who", ""), edit=fields.get("address", "0"))


async def who_is_it(request: Request) -> Response:
    """`?email=` or `?phone_number=`: whom the page knows by it; 204 for a stranger."""
    query = request.query_params
    known = customers.recognised(query.get("email"), query.get("phone_number"))
    if known is None:
        return Response(status_code=204)
    return as_json({"id": known.id, "name": known.name})


async def place(request: Request) -> Response:
    """`?country=` and `?postal_code=`: the town; 204 where only the customer knows."""
    query = request.query_params
    found = place_of(query.get("country", ""), query.get("postal_code", ""))
    return as_json({"postal_place": found}) if found else Response(status_code=204)
