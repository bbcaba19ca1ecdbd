"""What of an order travels together, and the way that the buyer has chosen for each parcel."""

from collections.abc import Sequence

from shop.money import Json, amount_of
from shop.shipping import options_for

PRINTED_ELSEWHERE = {"poster": "printer"}
WAREHOUSE = "warehouse"


def parcels_of(lines: Sequence[tuple[str, int]]) -> dict[str, list[Json]]:
    """What is in each parcel, by where it comes from, in Dintero's words `shipment_items`."""
    parcels: dict[str, list[Json]] = {}
    for name, quantity in lines:
        item = {"line_id": name, "quantity": quantity}
        parcels.setdefault(PRINTED_ELSEWHERE.get(name, WAREHOUSE), []).append(item)
    return parcels


def options_of(lines: Sequence[tuple[str, int]], address: Json, goods_amount: int) -> list[Json]:
    """The ways to send an order to this address: the buyer chooses one for each parcel.

    An order that travels in one piece has no `shipment_id`, as Dintero asks for.
    """
    ways, parcels = options_for(address, goods_amount), parcels_of(lines)
    if len(parcels) == 1:
        return ways
    return [in_parcel(way, name, items) for name, items in parcels.items() for way in ways]


def in_parcel(option: Json, parcel: str, items: list[Json]) -> Json:
    """A way of shipping for one parcel among several; it counts and is captured by itself."""
    names = {key: f"{option[key]}-{parcel}" for key in ("id", "line_id")}
    return option | names | {"shipment_id": parcel, "shipment_items": items}


def chosen_options(chosen: Json | None) -> list[Json]:
    """The single options inside `order.shipping_option`: itself, or one for each parcel."""
    return list((chosen or {}).get("shipments") or ([chosen] if chosen else []))


def our_options(options: Sequence[Json], chosen: Json | None) -> list[Json]:
    """Our own entries, with our own prices, for what the buyer has chosen.

    None of them unless each parcel has exactly one that we offer.
    """
    ours = {option["line_id"]: option for option in options}
    picked = [ours[one["line_id"]] for one in chosen_options(chosen) if one.get("line_id") in ours]
    parcels = {option.get("shipment_id") for option in options}
    fits = len(picked) == len(parcels) == len({one.get("shipment_id") for one in picked})
    return picked if fits else []


def as_choice(picked: Sequence[Json]) -> Json:
    """`order.shipping_option` for these: one by itself, several as `shipments`."""
    if len(picked) == 1:
        return picked[0]
    words = {key: ", ".join(one[key] for one in picked) for key in ("title", "operator")}
    names = {key: "+".join(one[key] for one in picked) for key in ("id", "line_id")}
    sums = {key: sum(amount_of(one, key) for one in picked) for key in ("amount", "vat_amount")}
    return names | words | sums | {"shipments": list(picked)}
