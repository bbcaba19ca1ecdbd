"""Payment lint: fields that Dintero does not know, anywhere in a body."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from mock_dintero.core.address import Address
from mock_dintero.core.lint import Lint, found
from mock_dintero.core.operation import CaptureBody
from mock_dintero.core.order import Item, OrderPatch
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.record import Part
from mock_dintero.core.session import READ_ONLY, Configuration, Customer, Merchant, NewSession
from mock_dintero.core.shipping import ShippingOption

GATEWAYS = frozenset(method.product for method in METHODS.values()) | {"dintero", "payout"}

DOCUMENTED: dict[type[Part], frozenset[str]] = {
    NewSession: READ_ONLY,
    OrderPatch: frozenset({"payout_destination_id", "gross_amount", "is_changed", "gift_cards"}),
    Item: frozenset({
        "groups", "version", "unit_volume", "unit_weight", "unit_dimensional_weight", "fee_split",
        "splits", "emd", "store", "eligible_for_discount", "is_changed", "gross_amount",
    }),
    ShippingOption: frozenset({"metadata", "fee_split", "splits"}),
    Address: frozenset({"website_url", "opening_hours", "distance"}),
    Customer: frozenset({"tokens", "gift_cards", "my_dintero"}),
    Merchant: frozenset({
        "id", "website", "email", "phone_number", "merchant_category_code", "platform_type",
        "country", "postal_code", "postal_place", "address_line", "address_line_2",
    }),
    Configuration: GATEWAYS | {
        "publish", "active_payment_types", "age_verification", "merchant", "pre_authorization",
    },
    CaptureBody: frozenset({"final_capture", "splits", "fee_split"}),
}  # fmt: skip
"""Fields of the contract that no rule of ours reads, so that the records do not name them."""

ALIKE = 0.75
"""How much a name must resemble a known one to be taken for it. Ours."""
PLAIN = frozenset({str, int, float, bool, dict})


def unknown_fields(part: Part, *path: str | int) -> Iterator[Lint]:
    """A finding for every field that the contract does not have; Dintero keeps it and does nothing."""
    for name in part.model_extra or ():
        known = _known(type(part))
        if name not in known:
            yield _unknown(name, known, *path)
    for name, value in part.__dict__.items():
        if value is None or type(value) in PLAIN:
            continue  # most fields; asking a model for its instances is dear
        if isinstance(value, Part):
            yield from unknown_fields(value, *path, name)
        elif isinstance(value, tuple):
            for index, each in enumerate(value):
                if not isinstance(each, Part):
                    break
                yield from unknown_fields(each, *path, name, index)


def _known(kind: type[Part]) -> frozenset[str]:
    documented = [names for parent, names in DOCUMENTED.items() if issubclass(kind, parent)]
    return frozenset(kind.model_fields).union(*documented)


def _unknown(name: str, known: frozenset[str], *path: str | int) -> Lint:
    alike = get_close_matches(name.lower().replace("-", "_"), known, 1, ALIKE)
    if alike:
        return found(
            "MISSPELT_FIELD",
            f"{name!r} is not a field here and has no effect; did you mean {alike[0]!r}?",
            *path, name,
        )  # fmt: skip
    return found(
        "UNKNOWN_FIELD",
        f"{name!r} is not a field here and has no effect; leave it out, or keep it in metadata",
        *path, name,
    )  # fmt: skip
