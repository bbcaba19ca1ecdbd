"""What the shop tells Dintero about an order before it is paid: the session and two answers."""

from urllib.parse import quote

from shop.money import Json, amount_of
from shop.order import Order
from shop.shipping import options_for, same_option


def session_request(order: Order, profile_id: str, shop: str) -> Json:
    """The express session that the buyer pays this order in; `shop` is our own address."""
    return {
        "profile_id": profile_id,
        "url": {
            "return_url": f"{shop}/return?order={quote(order.reference)}",
            "callback_url": f"{shop}/dintero/callback?method=POST&report_error=true"
            "&report_event=CAPTURE&report_event=REFUND&report_event=VOID",
            "merchant_terms_url": f"{shop}/terms",
        },
        "merchant": {"name": "Fjordvik", "logo_url": f"{shop}/logo.svg"},
        "order": {
            "merchant_reference": order.reference,
            **_sums(order, None),
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
    sums = _sums(order, asked.get("shipping_option"))
    sums["items"] = _with_pictures(order.items, asked)
    return {"shipping_options": _options(order, asked), "order": sums}


def answer_to_discounts(order: Order, asked: Json) -> Json:
    """All items at their new price, and the shipping, which a discount may have made dearer."""
    options = _options(order, asked)
    sums = _sums(order, same_option(options, asked.get("shipping_option")))
    sums["items"] = _with_pictures(order.items, asked)
    codes = list(order.discount_codes)
    return {"shipping_options": options, "order": sums | {"discount_codes": codes}}


def _with_pictures(items: list[Json], asked: Json) -> list[Json]:
    """An answer's items replace those of the session, so they must carry its pictures on."""
    pictures = {
        item.get("line_id"): {"thumbnail_url": item["thumbnail_url"]}
        for item in asked.get("items") or []
        if item.get("thumbnail_url")
    }
    return [item | pictures.get(item["line_id"], {}) for item in items]


def _options(order: Order, asked: Json) -> list[Json]:
    return options_for(asked.get("shipping_address") or {}, order.items_amount)


def _sums(order: Order, chosen: Json | None) -> Json:
    items = order.items
    vat_amount = sum(item["vat_amount"] for item in items) + amount_of(chosen, "vat_amount")
    amount = order.items_amount + amount_of(chosen)
    return {"amount": amount, "currency": order.currency, "vat_amount": vat_amount, "items": items}
