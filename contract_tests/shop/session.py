"""What the shop tells Dintero about an order before it is paid: the session and two answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from shop.catalogue import CURRENCY, NAME
from shop.order import Order, amount_of
from shop.settings import Settings
from shop.shipping import options_for, same_option

Json = dict[str, Any]


def session_request(order: Order, settings: Settings) -> Json:
    """The express session that the buyer pays this order in."""
    shop = settings.public_url
    return {
        "profile_id": settings.profile_id,
        "url": {
            "return_url": f"{shop}/return?order={quote(order.reference)}",
            "callback_url": f"{shop}/dintero/callback?method=POST&report_error=true"
            "&report_event=CAPTURE&report_event=REFUND&report_event=VOID",
            "merchant_terms_url": f"{shop}/terms",
        },
        "merchant": {"name": NAME, "logo_url": f"{shop}/logo.svg"},
        "order": {
            "merchant_reference": order.reference,
            "currency": CURRENCY,
            "amount": order.items_amount,
            "vat_amount": _items_vat(order),
            "items": [
                item | {"thumbnail_url": f"{shop}/static/{item['id']}.svg"} for item in order.items
            ],
        },
        "express": {
            "shipping_options": [],
            "shipping_address_callback_url": f"{shop}/dintero/shipping",
            "discount_codes": {"max_count": 1, "callback_url": f"{shop}/dintero/discounts"},
        },
        "configuration": {"discounts": {"express_discount_codes": {"enabled": True}}},
    }


def answer_to_address(order: Order, asked: Json) -> Json:
    """The options of the buyer's address, and the sum as it stands with the option chosen so far.

    Dintero adds a correction item when the amount differs from the items plus the option in its
    question; so the option counts here with the price that the question names.
    """
    return _answer(order, _options(order, asked), asked.get("shipping_option"))


def answer_to_discounts(order: Order, asked: Json) -> Json:
    """All items at their new price, and the shipping, which a discount may have made dearer."""
    options = _options(order, asked)
    answer = _answer(order, options, same_option(options, asked.get("shipping_option")))
    answer["order"]["discount_codes"] = list(order.discount_codes)
    return answer


def _options(order: Order, asked: Json) -> list[Json]:
    return options_for(asked.get("shipping_address") or {}, order.items_amount)


def _answer(order: Order, options: list[Json], chosen: Json | None) -> Json:
    return {
        "shipping_options": options,
        "order": {
            "amount": order.items_amount + amount_of(chosen),
            "currency": CURRENCY,
            "vat_amount": _items_vat(order) + amount_of(chosen, "vat_amount"),
            "items": order.items,
        },
    }


def _items_vat(order: Order) -> int:
    return sum(item["vat_amount"] for item in order.items)
