"""What a customer has seen, in a few letters: a page can tell that the order has changed since."""

from __future__ import annotations

from zlib import crc32

from mock_dintero.core.session import Session
from mock_dintero.core.shipping import parts

ENDS = frozenset({"CANCELLED", "AUTHORIZED", "DECLINED", "FAILED"})


def seen(session: Session) -> str:
    """What is paid for and what it costs. While this stays the same, nothing has to be shown again."""
    order = session.order
    items = [(i.line_id, i.description, i.quantity, i.amount) for i in order.items or ()]
    shipping = [(o.line_id, o.title, o.amount) for o in parts(order.shipping_option)]
    return _short(order.amount, order.currency, items, shipping, order.discount_codes)


def state(session: Session) -> str:
    """Everything that makes a page of this session look different."""
    parts_of_it = (session.order, session.express, session.pay_lock, session.question)
    ends = sorted(ENDS & {event.name for event in session.events})
    return _short(
        [one and one.model_dump_json() for one in parts_of_it], session.transaction_id, ends
    )


def _short(*values: object) -> str:
    return f"{crc32(repr(values).encode()):08x}"
