"""What the shop tells Dintero about an order before it is paid: the session, two answers, an update."""

from urllib.parse import quote

from shop.money import Json, amount_of
from shop.order import Order
from shop.parcels import as_choice, options_of, our_options


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
            **_sums(order, amounts_of()),
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
    sums = _sums(order, amounts_of(asked.get("shipping_option")))
    sums["items"] = _with_pictures(order.items, asked)
    return {"shipping_options": _options(order, asked), "order": sums}


def answer_to_discounts(order: Order, asked: Json) -> Json:
    """All items at their new price, and the shipping, which a discount may have made dearer."""
    options = _options(order, asked)
    sums = _sums(order, amounts_of(*our_options(options, asked.get("shipping_option"))))
    sums["items"] = _with_pictures(order.items, asked)
    codes = list(order.discount_codes)
    return {"shipping_options": options, "order": sums | {"discount_codes": codes}}


def session_update(order: Order, asked: Json) -> Json:
    """A basket that was changed while Dintero's page is open; `asked` is the session's order now.

    The options are sent along: without them Dintero would ask us for some, before the new basket
    is stored. What the buyer has chosen stays chosen, at the price it has now.
    """
    options = _options(order, asked)
    picked = our_options(options, asked.get("shipping_option"))
    sums = _sums(order, amounts_of(*picked))
    sums["items"] = _with_pictures(order.items, asked)
    chosen = {"shipping_option": as_choice(picked)} if picked else {}
    codes = list(order.discount_codes)
    return {
        "order": sums | chosen | {"discount_codes": codes},
        "express": {"shipping_options": options},
        "remove_lock": True,
    }


def items_in(order: Json) -> list[tuple[str, int, int]]:
    """What is bought, to compare: line, quantity and amount."""
    items = order.get("items") or []
    return [(item.get("line_id"), item.get("quantity"), amount_of(item)) for item in items]


def _with_pictures(items: list[Json], asked: Json) -> list[Json]:
    """An answer's items replace those of the session, so they must carry its pictures on."""
    pictures = {
        item.get("line_id"): {"thumbnail_url": item["thumbnail_url"]}
        for item in asked.get("items") or []
        if item.get("thumbnail_url")
    }
    return [item | pictures.get(item["line_id"], {}) for item in items]


def _options(order: Order, asked: Json) -> list[Json]:
    return options_of(order.lines, asked.get("shipping_address") or {}, order.items_amount)


def amounts_of(*options: Json | None) -> tuple[int, int]:
    """What shipping costs, and the VAT in it; nothing as long as nothing is chosen."""
    return sum(map(amount_of, options)), sum(amount_of(one, "vat_amount") for one in options)


def _sums(order: Order, shipping: tuple[int, int]) -> Json:
    items, (amount, vat_amount) = order.items, shipping
    return {
        "amount": order.items_amount + amount,
        "currency": order.currency,
        "vat_amount": sum(item["vat_amount"] for item in items) + vat_amount,
        "items": items,
    }
