"""Payment lint: captures and refunds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Literal

from mock_dintero.core.lint import Lint, found
from mock_dintero.core.lint_fields import unknown_fields
from mock_dintero.core.lint_order import lines_of
from mock_dintero.core.operation import CaptureBody, RefundBody
from mock_dintero.core.order import Item, items_amount
from mock_dintero.core.shipping import parts
from mock_dintero.core.transaction import Transaction


def of_capture(transaction: Transaction, body: CaptureBody) -> tuple[Lint, ...]:
    """What a merchant will regret about a capture of this transaction."""
    is_whole = body.amount == transaction.left_to_capture
    return _of(transaction, body, "CAPTURE", is_whole=is_whole)


def of_refund(transaction: Transaction, body: RefundBody) -> tuple[Lint, ...]:
    """What a merchant will regret about a refund; part of what was captured may be without shipping."""
    is_captured = transaction.total("CAPTURE") == transaction.amount
    is_whole = is_captured and body.amount == transaction.left_to_refund
    return _of(transaction, body, "REFUND", is_whole=is_whole)


def _of(
    transaction: Transaction,
    body: CaptureBody | RefundBody,
    event: Literal["CAPTURE", "REFUND"],
    *,
    is_whole: bool,
) -> tuple[Lint, ...]:
    items = body.items or ()
    return tuple(
        chain(
            _sum(body.amount, items),
            lines_of(items, "items"),
            _lines(transaction, items),
            _shipping(transaction, items, event) if is_whole and items else (),
            unknown_fields(body),
        )
    )


def _sum(amount: int, items: tuple[Item, ...]) -> Iterator[Lint]:
    total = items_amount(items)
    if items and total != amount:
        yield found(
            "ITEMS_SUM_MISMATCH",
            f"amount is {amount}, but items come to {total}; list what the amount is for, "
            f"a line of {amount - total} for the rest",
            "amount",
        )  # fmt: skip


def _lines(transaction: Transaction, items: tuple[Item, ...]) -> Iterator[Lint]:
    known = {item.line_id for item in transaction.items or () if item.line_id}
    for index, item in enumerate(items):
        if known and item.line_id and item.line_id not in known:
            yield found(
                "LINE_ID_UNKNOWN",
                f"line_id {item.line_id!r} is not on this transaction; there is {', '.join(sorted(known))}",
                "items", index, "line_id",
            )  # fmt: skip


def _shipping(
    transaction: Transaction, items: tuple[Item, ...], event: Literal["CAPTURE", "REFUND"]
) -> Iterator[Lint]:
    """All is taken: then the shipping option's line is among the items, or was before."""
    earlier = [e for e in transaction.events if e.event == event and e.success]
    if any(not e.items for e in earlier):
        return  # it may have been in the sum of a call that named no lines
    named = {item.line_id for item in chain(items, *(e.items or () for e in earlier))}
    verb = event.lower()
    for option in parts(transaction.shipping_option):
        if option.line_id not in named:
            yield found(
                "SHIPPING_LINE_MISSING",
                f"this {verb} takes all of the {transaction.amount}, but items lack the shipping line "
                f"{option.line_id!r} ({option.amount}); add it",
                "items",
            )  # fmt: skip
