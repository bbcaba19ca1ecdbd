"""The ways to send a parcel, and what each costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shop.catalogue import VAT, vat_of

Json = dict[str, Any]

FREE_SHIPPING_FROM = 100000
COURIER_PRICE = 17900


@dataclass(frozen=True)
class Zone:
    """A country that we ship to; a pick-up point is (name, street, postal code, place)."""

    carrier: str
    home_price: int
    pick_up_price: int
    pick_up_points: tuple[tuple[str, str, str, str], ...]


ZONES = {
    "NO": Zone(
        "posten",
        9900,
        4900,
        (
            ("Kiosken Storgata", "Storgata 2", "0155", "Oslo"),
            ("Matbutikken Torget", "Torgallmenningen 8", "5014", "Bergen"),
        ),
    ),
    "SE": Zone(
        "postnord",
        14900,
        7900,
        (
            ("Pressbyrån Centralen", "Centralplan 15", "111 20", "Stockholm"),
            ("Tempo Linné", "Linnégatan 20", "413 04", "Göteborg"),
        ),
    ),
    "DK": Zone(
        "postnord",
        14900,
        7900,
        (
            ("Kiosken Nørreport", "Frederiksborggade 1", "1360", "København"),
            ("Købmanden Åboulevarden", "Åboulevarden 30", "8000", "Aarhus"),
        ),
    ),
    "FI": Zone(
        "postnord",
        16900,
        8900,
        (
            ("R-kioski Asema", "Kaivokatu 1", "00100", "Helsinki"),
            ("Kauppa Hämeenkatu", "Hämeenkatu 12", "33100", "Tampere"),
        ),
    ),
}


def options_for(address: Json, goods_amount: int) -> list[Json]:
    """The ways to send the goods to this address; none if we do not ship there.

    One-click wallets tell only country and postal code before the buyer approves, so nothing
    else of the address may be needed here.
    """
    country = str(address.get("country") or "").upper()
    if country not in ZONES:
        return []
    is_free = goods_amount >= FREE_SHIPPING_FROM
    options = [home_delivery(country, is_free), *pick_up_options(country, is_free)]
    if country == "NO" and str(address.get("postal_code") or "").startswith("0"):
        options.append(courier())
    return options


def home_delivery(country: str, is_free: bool) -> Json:
    """To the buyer's door."""
    price = 0 if is_free else ZONES[country].home_price
    return _option("home", "home", "Home delivery", price, country) | {
        "description": "To your door, 2 to 4 working days",
        "operator": ZONES[country].carrier,
        "delivery_method": "delivery",
    }


def pick_up_options(country: str, is_free: bool) -> list[Json]:
    """The places where the buyer can fetch the parcel.

    The page shows them as one choice because id, title, amount, operator and delivery method
    are the same; `line_id` tells them apart.
    """
    zone = ZONES[country]
    price = 0 if is_free else zone.pick_up_price
    return [
        _option("pick-up", f"pick-up-{number}", "Pick-up point", price, country)
        | {
            "description": f"{name}, {place}",
            "operator": zone.carrier,
            "delivery_method": "pick_up",
            "pick_up_address": {
                "business_name": name,
                "address_line": street,
                "postal_code": postal_code,
                "postal_place": place,
                "country": country,
            },
        }
        for number, (name, street, postal_code, place) in enumerate(zone.pick_up_points, start=1)
    ]


def courier() -> Json:
    """By bicycle, in Oslo only."""
    return _option("courier", "courier", "Express courier", COURIER_PRICE, "NO") | {
        "description": "In Oslo this evening, between 17 and 21",
        "operator": "budbee",
        "delivery_method": "delivery",
    }


def _option(group: str, line_id: str, title: str, amount: int, country: str) -> Json:
    return {
        "id": group,
        "line_id": line_id,
        "title": title,
        "countries": [country],
        "amount": amount,
        "vat": VAT,
        "vat_amount": vat_of(amount),
    }


def same_option(options: Sequence[Json], chosen: Json | None) -> Json | None:
    """Our own entry, with our own price, for the option that the buyer has chosen."""
    line_id = (chosen or {}).get("line_id")
    return next((option for option in options if option["line_id"] == line_id), None)
