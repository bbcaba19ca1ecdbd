"""The ways to send a parcel, and what each costs."""

from shop.money import VAT, Json, vat_of

FREE_SHIPPING_FROM = 100000
COURIER_PRICE = 17900
# Where we ship to: the carrier there, and its prices for home delivery and for a pick-up point.
CARRIERS = {
    "NO": ("posten", 9900, 4900),
    "SE": ("postnord", 14900, 7900),
    "DK": ("postnord", 14900, 7900),
    "FI": ("postnord", 16900, 8900),
}
PICK_UP_KEYS = ("country", "business_name", "address_line", "postal_code", "postal_place")
PICK_UP_POINTS = (
    ("NO", "Kiosken Storgata", "Storgata 2", "0155", "Oslo"),
    ("NO", "Matbutikken Torget", "Torgallmenningen 8", "5014", "Bergen"),
    ("SE", "Pressbyrån Centralen", "Centralplan 15", "111 20", "Stockholm"),
    ("SE", "Tempo Linné", "Linnégatan 20", "413 04", "Göteborg"),
    ("DK", "Kiosken Nørreport", "Frederiksborggade 1", "1360", "København"),
    ("DK", "Købmanden Åboulevarden", "Åboulevarden 30", "8000", "Aarhus"),
    ("FI", "R-kioski Asema", "Kaivokatu 1", "00100", "Helsinki"),
    ("FI", "Kauppa Hämeenkatu", "Hämeenkatu 12", "33100", "Tampere"),
)


def options_for(address: Json, goods_amount: int) -> list[Json]:
    """The ways to send the goods to this address; none if we do not ship there.

    One-click wallets tell only country and postal code before the buyer approves, so nothing
    else of the address may be needed here.
    """
    country = str(address.get("country") or "").upper()
    if country not in CARRIERS:
        return []
    is_free = goods_amount >= FREE_SHIPPING_FROM
    options = [home_delivery(country, is_free), *pick_up_options(country, is_free)]
    if country == "NO" and str(address.get("postal_code") or "").startswith("0"):
        options.append(courier())
    return options


def home_delivery(country: str, is_free: bool) -> Json:
    """To the buyer's door."""
    carrier, price, _ = CARRIERS[country]
    text = "To your door, 2 to 4 working days"
    return _option("home", "Home delivery", text, 0 if is_free else price, country, carrier)


def pick_up_options(country: str, is_free: bool) -> list[Json]:
    """The places where the buyer can fetch the parcel.

    The page shows them as one choice because id, title, amount, operator and delivery method
    are the same; `line_id` tells them apart.
    """
    carrier, _, price = CARRIERS[country]
    points = [dict(zip(PICK_UP_KEYS, point, strict=True)) for point in PICK_UP_POINTS]
    here = [point for point in points if point["country"] == country]
    texts = [f"{point['business_name']}, {point['postal_place']}" for point in here]
    return [
        _option("pick-up", "Pick-up point", text, 0 if is_free else price, country, carrier)
        | {"line_id": f"pick-up-{number}", "delivery_method": "pick_up", "pick_up_address": point}
        for number, (point, text) in enumerate(zip(here, texts, strict=True), start=1)
    ]


def courier() -> Json:
    """By bicycle, in Oslo only; never free."""
    text = "In Oslo this evening, between 17 and 21"
    return _option("courier", "Express courier", text, COURIER_PRICE, "NO", "budbee")


def _option(id: str, title: str, text: str, amount: int, country: str, operator: str) -> Json:
    return {
        "id": id,
        "line_id": id,
        "title": title,
        "description": text,
        "countries": [country],
        "amount": amount,
        "vat": VAT,
        "vat_amount": vat_of(amount),
        "operator": operator,
        "delivery_method": "delivery",
    }
