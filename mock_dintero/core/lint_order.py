"""Payment lint: lines, sums and VAT of an order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mock_dintero.core.discount import Answer
from mock_dintero.core.lint import Lint, found
from mock_dintero.core.lint_fields import unknown_fields
from mock_dintero.core.order import Item, Order, OrderPatch, items_amount
from mock_dintero.core.shipping import ShippingOption, parts

VAT_TOLERANCE = 1
"""Minor units that a line's VAT may be off by rounding. Ours."""


def sum_of(order: Order) -> Iterator[Lint]:
    """`order.amount` is Σ items + shipping; a part of it if `partial_payment` (sessions: order)."""
    if not order.items:
        return
    goods, shipping = items_amount(order.items), order.shipping_amount
    if order.amount == goods + shipping or (
        order.partial_payment and order.amount < goods + shipping
    ):
        return
    yield found(
        "SUM_MISMATCH",
        f"order.amount is {order.amount}, but items ({goods}) and shipping_option ({shipping}) come to "
        f"{goods + shipping}; send the sum, or the difference of {order.amount - goods - shipping} as a line",
        "order", "amount",
    )  # fmt: skip


def lines_of(items: Sequence[Item], *path: str | int) -> Iterator[Lint]:
    """Each line has a VAT rate and a `line_id` of its own (integration checklist), and VAT that fits."""
    seen: set[str] = set()
    for index, item in enumerate(items):
        if not item.line_id:
            yield found(
                "LINE_ID_MISSING",
                f"line {index + 1} has no line_id; captures and refunds name lines by it, give each its own",
                *path, index, "line_id",
            )  # fmt: skip
        elif item.line_id in seen:
            yield found(
                "LINE_ID_REPEATED",
                f"line_id {item.line_id!r} stands on more than one line; number the lines",
                *path, index, "line_id",
            )  # fmt: skip
        seen.add(item.line_id or "")
        yield from vat_of(item, *path, index)


def rates_of(items: Sequence[Item], *path: str | int) -> Iterator[Lint]:
    """Every line of an order states its VAT rate; a gift card has none."""
    for index, item in enumerate(items):
        if item.vat is None and item.type != "gift_card":
            yield found(
                "VAT_MISSING",
                f"line {index + 1} ({item.amount or 0}) has no vat; send the rate in per cent, 0 if none",
                *path, index, "vat",
            )  # fmt: skip


def vat_of(line: Item | ShippingOption, *path: str | int) -> Iterator[Lint]:
    """`amount` includes VAT, `vat` is per cent (25, not 0.25), `vat_amount` is the VAT in `amount`."""
    rate, stated, amount = line.vat, line.vat_amount, line.amount
    if rate is None:
        return
    if 0 < rate < 1:
        yield found(
            "VAT_MISMATCH",
            f"vat {rate} is {rate} per cent; send {round(rate * 100, 2):g} for a rate of {rate:.0%}",
            *path, "vat",
        )  # fmt: skip
        return
    if rate <= -100:
        yield found("VAT_MISMATCH", f"vat {rate} is no rate; send per cent, 25", *path, "vat")
        return
    if stated is None or amount is None:
        return
    included, on_top = amount * rate / (100 + rate), amount * rate / 100
    if abs(stated - included) <= VAT_TOLERANCE:
        return
    is_on_top = abs(stated - on_top) <= VAT_TOLERANCE
    why = (
        f"that is {rate} per cent on top of it: send amount with VAT ({amount + stated}), or"
        if is_on_top
        else "send"
    )
    yield found(
        "VAT_MISMATCH",
        f"vat_amount is {stated}, but {rate} per cent VAT within {amount} is {round(included)}; "
        f"{why} vat_amount {round(included)}",
        *path, "vat_amount",
    )  # fmt: skip


def vat_sum_of(order: OrderPatch) -> Iterator[Lint]:
    """`order.vat_amount` is Σ items' + shipping's; told only if every line states its own."""
    if order.vat_amount is None or not order.items:
        return
    lines: list[Item | ShippingOption] = [*order.items]
    lines += [order.shipping_option] if order.shipping_option else []
    if any(line.vat_amount is None and line.amount for line in lines):
        return
    total = sum(line.vat_amount or 0 for line in lines)
    if total != order.vat_amount:
        yield found(
            "ORDER_VAT_MISMATCH",
            f"order.vat_amount is {order.vat_amount}, but its lines' come to {total}; send {total}",
            "order", "vat_amount",
        )  # fmt: skip


def of_order(order: OrderPatch) -> Iterator[Lint]:
    """All that an order can be asked without knowing the session."""
    items, chosen = order.items or (), order.shipping_option
    yield from lines_of(items, "order", "items")
    yield from rates_of(items, "order", "items")
    if chosen:
        yield from vat_of(chosen, "order", "shipping_option")
        taken = {item.line_id for item in items}
        for option in parts(chosen):
            if option.line_id in taken:
                yield found(
                    "LINE_ID_REPEATED",
                    f"line_id {option.line_id!r} is an item's and the shipping option's, which becomes a "
                    "line of the transaction; give the option its own",
                    "order", "shipping_option", "line_id",
                )  # fmt: skip
    yield from vat_sum_of(order)


def of_options(options: Sequence[ShippingOption], *path: str | int) -> Iterator[Lint]:
    """The VAT of what is on offer."""
    for index, option in enumerate(options):
        yield from vat_of(option, *path, index)


def of_answer(answer: Answer, asked: Order, *, about_address: bool) -> tuple[Lint, ...]:
    """A shop's answer to the address or discount callback; `asked` is the order it was asked about."""
    return (
        *unknown_fields(answer),
        *of_options(answer.shipping_options, "shipping_options"),
        *lines_of((answer.order.items if answer.order else None) or (), "order", "items"),
        *_sum_of_answer(answer, asked, about_address),
    )


def _sum_of_answer(answer: Answer, asked: Order, about_address: bool) -> Iterator[Lint]:
    """Address: what the lines do not explain becomes a correction item; discount: both sums are taken."""
    told = answer.order
    items = (told.items if told else None) or asked.items
    if told is None or not items or asked.partial_payment:
        return
    goods, shipping = items_amount(items), asked.shipping_amount
    fitting = (goods + shipping,) if about_address else (goods, goods + shipping)
    if told.amount not in fitting:
        yield found(
            "SUM_MISMATCH",
            f"order.amount is {told.amount}, but items ({goods}) and the chosen shipping_option ({shipping}) "
            f"come to {goods + shipping}; "
            + ("the difference becomes a correction item" if about_address else "send the sum"),
            "order", "amount",
        )  # fmt: skip
