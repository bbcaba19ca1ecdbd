"""Discount codes, and the answer that both of the merchant's in-checkout callbacks give."""

from __future__ import annotations

from uuid import UUID

from mock_dintero.core.errors import TooManyDiscountCodes
from mock_dintero.core.order import Currency, DiscountLine, Item, Order, corrected, require_in_range
from mock_dintero.core.record import Amount, Part
from mock_dintero.core.shipping import Options


class OrderAnswer(Part):
    """The `order` a merchant may answer with; if it is there, `amount` is required."""

    amount: Amount
    currency: Currency | None = None
    vat_amount: Amount | None = None
    items: tuple[Item, ...] | None = None
    discount_codes: tuple[str, ...] | None = None
    discount_lines: tuple[DiscountLine, ...] | None = None


class Answer(Part):
    """What the merchant answers to the address and to the discount callback."""

    shipping_options: Options
    order: OrderAnswer | None = None


def require_allowed(codes: tuple[str, ...], max_count: int | None) -> None:
    """No more codes than the merchant takes, none of them blank or there twice."""
    if any(not code.strip() for code in codes):
        raise TooManyDiscountCodes("discount_codes: a code is empty; leave it out")
    if len(set(codes)) != len(codes):
        raise TooManyDiscountCodes("discount_codes: a code is there twice")
    if max_count is not None and len(codes) > max_count:
        raise TooManyDiscountCodes(
            f"discount_codes: {len(codes)} codes, but express.discount_codes.max_count is {max_count}"
        )


def after_address(order: Order, answer: OrderAnswer | None, uuid: UUID) -> Order:
    """The order after an address answer: new lines and total, with a correction item if they disagree."""
    if answer is None:
        return order
    return corrected(_with_lines(order, answer), answer.amount, order.shipping_amount, uuid)


def after_discount(order: Order, codes: tuple[str, ...], answer: OrderAnswer | None) -> Order:
    """The order after a discount answer; `codes` are those that the customer submitted.

    The codes that the merchant answers with count; an answer without an order, or without codes in
    it, accepts them all. Dintero's own sample leaves shipping out of `amount`, its specification's
    example has it in, so both are taken: with items the total is Σ items + shipping option
    whatever `amount` says. No correction item is made (documented for the address callback only).
    """
    if answer is None:
        return _with_codes(order, codes)
    updated = _with_lines(_with_codes(order, codes), answer)
    if updated.items and not updated.partial_payment:
        return updated.with_(amount=require_in_range(updated.expected_amount))
    return updated.with_(amount=answer.amount)


def _with_lines(order: Order, answer: OrderAnswer) -> Order:
    """The answer's known fields; others (Magento sends a shipping_option) are not ours to take."""
    names = {"currency", "vat_amount", "items", "discount_lines"} & answer.model_fields_set
    fields = {name: getattr(answer, name) for name in names if getattr(answer, name) is not None}
    updated = order.with_(**fields)
    return updated if answer.discount_codes is None else _with_codes(updated, answer.discount_codes)


def _with_codes(order: Order, codes: tuple[str, ...]) -> Order:
    return order.with_(discount_codes=codes) if codes else order.without("discount_codes")
