"""From an offer to the shipping step: parcels, groups, pick-up points, time slots, when and how green."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import time
from itertools import groupby
from typing import Any

from fake_checkout_ui import dates
from fake_checkout_ui.folding import folded
from fake_checkout_ui.language import gettext
from fake_checkout_ui.present_address import summary
from fake_checkout_ui.present_order import price, quantity, web_url
from fake_checkout_ui.view import Option, OptionGroup, Shipment, ShippingStep
from mock_dintero.core import express, shipping
from mock_dintero.core.order import Order
from mock_dintero.core.session import Session
from mock_dintero.core.shipping import ShippingOption

Json = Mapping[str, Any]


def shipping_step(session: Session) -> ShippingStep:
    """What can be chosen, or why nothing can."""
    settings, order = session.express, session.order
    if settings is None or settings.shipping_mode == "shipping_not_required":
        return ShippingStep("not_required")
    asks = bool(settings.shipping_address_callback_url)
    is_asked = not asks or bool(settings.shipping_options) or express.is_address_confirmed(session)
    if order.shipping_address is None or not is_asked:
        return ShippingStep("waiting_for_address")
    question = session.question
    if question and (question.about, question.state) == ("address", "failed"):
        return ShippingStep("unreachable")
    if not express.needs_shipping(session):
        return ShippingStep("not_required")
    offered = shipping.usable(settings.shipping_options, order.shipping_address.country)
    if not offered:
        return ShippingStep("cannot_ship")
    chosen = {option.line_id for option in shipping.parts(order.shipping_option)}
    parcels = shipping.shipments(offered).items()
    return ShippingStep(
        "choose",
        tuple(
            Shipment(id, number, _groups(options, chosen, order), _contents(options[0], order))
            for number, (id, options) in enumerate(parcels, start=1)
        ),
        is_chosen=order.shipping_option is not None,
    )


def _contents(option: ShippingOption, order: Order) -> tuple[str, ...]:
    """What travels in a parcel, in the order's own words."""
    items = {item.line_id: item for item in order.items or ()}
    found = []
    for one in option.shipment_items or ():
        item = items.get(one.line_id)
        if item:
            many = quantity(one.quantity if one.quantity is not None else item.quantity)
            found.append(f"{many} × {item.description or item.id or one.line_id}")
    return tuple(found)


def _groups(
    options: list[ShippingOption], chosen: set[str], order: Order
) -> tuple[OptionGroup, ...]:
    return tuple(
        OptionGroup(
            group[0].title if len(group) > 1 else "",
            folded(
                [
                    _option(option, option.line_id in chosen, order, is_grouped=len(group) > 1)
                    for option in group
                ]
            ),
        )
        for group in shipping.groups(options)
    )


def _option(option: ShippingOption, is_chosen: bool, order: Order, *, is_grouped: bool) -> Option:
    place = option.pick_up_address
    about_place: Json = (place.model_extra if place else None) or {}
    hours = about_place.get("opening_hours")
    opening: Json = hours if isinstance(hours, dict) else {}
    country = (place.country if place else None) or _country(order)
    slot = _slot(option, country)
    details = summary(place.without("email", "phone_number")) if place else ()
    title, when = option.title, slot or _arrival(option, country)
    if is_grouped:  # the heading has the title; place or time tells the options apart
        if details:
            title, details = details[0], details[1:]
        elif slot:
            title, when = slot, ""
    environment, figures = _environment(option)
    return Option(
        line_id=option.line_id,
        title=title,
        description="" if is_grouped and place else option.description or "",
        operator=option.operator,
        amount=price(option.amount, order.currency),
        is_chosen=is_chosen,
        details=details,
        thumbnail_url=web_url(option.thumbnail_url),
        when=when,
        distance=dates.distance(about_place.get("distance")),
        is_open_now=opening["open_now"] if isinstance(opening.get("open_now"), bool) else None,
        opening_hours=opening_hours(opening.get("periods")),
        website_url=web_url(about_place.get("website_url")),
        environment=environment,
        environment_details=figures,
        is_paid_in_store=option.pay_in_store is not None and option.shipment_id is None,
    )


def _country(order: Order) -> str | None:
    return order.shipping_address.country if order.shipping_address else None


def _slot(option: ShippingOption, country: str | None) -> str:
    given, where = option.time_slot or {}, dates.zone(country)
    return dates.span(
        dates.local(given.get("starts_at"), where), dates.local(given.get("ends_at"), where)
    )


def _arrival(option: ShippingOption, country: str | None) -> str:
    """When it comes: by dates, else in working days, else on a day of the week."""
    given, where = option.eta or {}, dates.zone(country)
    first = dates.local(given.get("starts_at"), where)
    last = dates.local(given.get("ends_at"), where)
    if first or last:
        return gettext("Arrives %(when)s", when=dates.days(first, last))
    told = given.get("working_days")
    numbers = sorted({int(n) for n in told if _is_count(n)}) if isinstance(told, list) else []
    if numbers == [1]:
        return gettext("1 working day")
    if numbers:
        return gettext("%(days)s working days", days="–".join(map(str, numbers)))
    arrival = given.get("arrival_day_of_week")
    if isinstance(arrival, (int, float)) and arrival in range(1, 8):
        return gettext("Arrives on %(day)s", day=dates.day_name(int(arrival), "wide"))
    return ""


def _is_count(number: object) -> bool:
    return isinstance(number, (int, float)) and 0 <= number < 1000


def _environment(option: ShippingOption) -> tuple[str, tuple[tuple[str, str], ...]]:
    given = option.environmental_data or {}
    found = given.get("details")
    rows = found if isinstance(found, list) else []
    figures = tuple(
        (str(row["label"]), str(row["value"]))
        for row in rows
        if isinstance(row, dict) and "label" in row and "value" in row
    )
    return str(given.get("description") or ""), figures


def opening_hours(periods: object) -> tuple[str, ...]:
    """`Mon–Fri 08:00–20:00`: days that follow each other with the same hours are one line."""
    by_day = {number: _hours(periods, number) for number in range(1, 8)}
    if not any(by_day.values()):
        return ()
    return tuple(_runs(by_day))


def _runs(by_day: Mapping[int, str]) -> Iterator[str]:
    for hours, run in groupby(by_day, key=lambda number: by_day[number]):
        numbers = list(run)
        names = dates.day_name(numbers[0])
        if len(numbers) > 1:
            names = f"{names}–{dates.day_name(numbers[-1])}"
        yield f"{names} {hours or gettext('closed')}"


def _hours(periods: object, number: int) -> str:
    found = sorted(
        (opens, closes)
        for period in (periods if isinstance(periods, list) else [])
        if isinstance(period, dict) and period.get("day_of_week") == number
        if (opens := _clock(period.get("opens_at"))) and (closes := _clock(period.get("closes_at")))
    )
    return ", ".join(f"{dates.clock(opens)}–{dates.clock(closes)}" for opens, closes in found)


def _clock(text: object) -> time | None:
    try:
        return time.fromisoformat(str(text)).replace(tzinfo=None)
    except ValueError:
        return None
