"""Shipping options: what the merchant offers, how the page groups it, what the customer chose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from mock_dintero.core.address import Address
from mock_dintero.core.errors import InvalidShippingOption
from mock_dintero.core.record import LARGEST_AMOUNT, Amount, Number, Part
from mock_dintero.core.split import Splits

DeliveryMethod = Literal["delivery", "pick_up", "unspecified", "none"]


class ShipmentItem(Part):
    """Which part of the order travels in a shipment."""

    line_id: str
    quantity: Number | None = None


class PayInStore(Part):
    """The goods are fetched, and paid for, in a store."""

    type: Literal["full"] | None = None


class ShippingOption(Part):
    """One way to get the goods. `amount` is in minor units, VAT included; `line_id` identifies a choice."""

    id: str
    line_id: str
    amount: Amount
    title: str
    operator: str
    vat_amount: Amount | None = None
    vat: Number | None = None
    description: str | None = None
    delivery_method: DeliveryMethod | None = None
    operator_product_id: str | None = None
    countries: tuple[str, ...] | None = None
    eta: dict[str, Any] | None = None
    time_slot: dict[str, Any] | None = None
    pick_up_address: Address | None = None
    environmental_data: dict[str, Any] | None = None
    thumbnail_url: str | None = None
    pay_in_store: PayInStore | None = None
    shipment_id: str | None = None
    shipment_items: tuple[ShipmentItem, ...] | None = None
    splits: Splits | None = None


class ChosenShipping(ShippingOption):
    """`order.shipping_option`: one option, or one with an option for each shipment inside."""

    shipments: Annotated[tuple[ShippingOption, ...], Field(min_length=2)] | None = None


Options = tuple[ShippingOption, ...]
OptionId = Annotated[str, StringConstraints(min_length=1)]


def require_consistent(options: Sequence[ShippingOption]) -> None:
    """Refuse an offer that contradicts itself.

    `line_id` is the unique key (shipping options guide); options of one `shipment_id` must carry
    equal `shipment_items` (guide on several shipments).
    """
    seen: set[str] = set()
    for option in options:
        if option.line_id in seen:
            raise InvalidShippingOption(
                f"express.shipping_options: line_id {option.line_id!r} appears twice; it must be unique"
            )
        seen.add(option.line_id)
    for shipment_id, rivals in shipments(options).items():
        contents = [_contents(option) for option in rivals]
        if any(content != contents[0] for content in contents[1:]):
            raise InvalidShippingOption(
                f"express.shipping_options: options of shipment {shipment_id!r} "
                "must have equal shipment_items"
            )


def _contents(option: ShippingOption) -> set[tuple[str, float | None]]:
    return {(item.line_id, item.quantity) for item in option.shipment_items or ()}


def shipments(options: Sequence[ShippingOption]) -> dict[str, list[ShippingOption]]:
    """Options by `shipment_id`, in the merchant's order; options without one share the key ''."""
    parcels: dict[str, list[ShippingOption]] = {}
    for option in options:
        parcels.setdefault(option.shipment_id or "", []).append(option)
    return parcels


def groups(options: Sequence[ShippingOption]) -> list[list[ShippingOption]]:
    """Options that are one product at several places or times, in the merchant's order.

    Same product means equal id, delivery method, amount, operator and title (Dintero's guide and
    its WooCommerce plugin).
    """
    products: dict[tuple[object, ...], list[ShippingOption]] = {}
    for option in options:
        product = (option.id, option.delivery_method, option.amount, option.operator, option.title)
        products.setdefault(product, []).append(option)
    return list(products.values())


def usable(options: Sequence[ShippingOption], country: str | None) -> Options:
    """Options for this country; an option without `countries` is for all."""
    return tuple(o for o in options if not o.countries or not country or country in o.countries)


def choose(options: Sequence[ShippingOption], line_ids: Sequence[str]) -> ChosenShipping:
    """The choice for `order.shipping_option`: exactly one option for every shipment on offer.

    Raises InvalidShippingOption if a line_id is not on offer or a shipment is left out.
    """
    by_line = {option.line_id: option for option in options}
    unknown = [line_id for line_id in line_ids if line_id not in by_line]
    if unknown:
        offered = ", ".join(by_line) or "nothing"
        raise InvalidShippingOption(
            f"order.shipping_option: {unknown[0]!r} is not on offer; there is {offered}"
        )
    picked = [by_line[line_id] for line_id in dict.fromkeys(line_ids)]
    wanted = list(shipments(options))
    if sorted(option.shipment_id or "" for option in picked) != sorted(wanted):
        raise InvalidShippingOption(
            f"order.shipping_option: choose exactly one option for each of {len(wanted)} shipments"
        )
    return _chosen(picked[0]) if len(picked) == 1 else _combined(picked)


def _chosen(option: ShippingOption) -> ChosenShipping:
    return ChosenShipping.model_construct(
        _fields_set=option.model_fields_set,
        **{
            name: value
            for name, value in option.sent().items()
            if name in ShippingOption.model_fields
        },
    ).model_copy(update=option.model_extra or {})


def _combined(picked: Sequence[ShippingOption]) -> ChosenShipping:
    """One top-level option for several shipments. Its id and title are ours; amounts are sums."""
    amount = sum(option.amount for option in picked)
    if abs(amount) > LARGEST_AMOUNT:
        raise InvalidShippingOption(
            f"the shipments would cost {amount}; {LARGEST_AMOUNT} is the limit"
        )
    return ChosenShipping(
        id="+".join(option.id for option in picked),
        line_id="+".join(option.line_id for option in picked),
        title=", ".join(option.title for option in picked),
        operator=", ".join(dict.fromkeys(option.operator for option in picked)),
        amount=amount,
        vat_amount=min(sum(option.vat_amount or 0 for option in picked), LARGEST_AMOUNT),
        shipments=tuple(picked),
    )


def surviving(
    chosen: ChosenShipping | None, offered: Sequence[ShippingOption]
) -> ChosenShipping | None:
    """What is left of a choice when a new list comes.

    Ours, as Dintero is silent: the options with the same line_ids survive with their new values; a
    single option is chosen for the customer; otherwise nothing is chosen.
    """
    line_ids = [option.line_id for option in parts(chosen)]
    kept = {option.line_id for option in offered}
    if line_ids and all(line_id in kept for line_id in line_ids):
        try:
            return choose(offered, line_ids)
        except InvalidShippingOption:
            return None  # the shipments were cut differently this time
    return choose(offered, [offered[0].line_id]) if len(offered) == 1 else None


def parts(chosen: ChosenShipping | None) -> tuple[ShippingOption, ...]:
    """The single options inside a choice: itself, or one for each shipment."""
    if chosen is None:
        return ()
    return chosen.shipments or (chosen,)


def require_offered(chosen: ChosenShipping, options: Sequence[ShippingOption]) -> None:
    """A merchant's update: the option must be one of the list, when both are set."""
    offered = {option.line_id for option in options}
    missing = [option.line_id for option in parts(chosen) if option.line_id not in offered]
    if missing:
        raise InvalidShippingOption(
            f"order.shipping_option: line_id {missing[0]!r} is not in express.shipping_options "
            f"({', '.join(sorted(offered))})"
        )
