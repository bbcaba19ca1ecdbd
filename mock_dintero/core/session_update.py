"""A merchant's update of a session: `PUT /v1/sessions/{id}`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mock_dintero.core import shipping
from mock_dintero.core.errors import InvalidOrderAmount, SessionNotLocked
from mock_dintero.core.order import Order, OrderPatch, items_amount, require_sum, with_shipping
from mock_dintero.core.record import Flag, Part
from mock_dintero.core.session import Express, Session, ShippingMode, happened, require_open

FIXED = frozenset({"merchant_reference", "payout_destination_id"})
"""Fields of the order that an update leaves alone. Source: schema SessionOrderUpdate."""


class ExpressUpdate(Part):
    """What of `express` can be updated."""

    shipping_options: shipping.Options
    shipping_mode: ShippingMode | None = None


class SessionUpdate(Part):
    """Body of the update. `remove_lock` releases the page's lock afterwards."""

    order: OrderPatch
    express: ExpressUpdate | None = None
    remove_lock: Flag = True


def update(
    session: Session,
    body: SessionUpdate,
    now: datetime,
    *,
    without_lock: bool = False,
    strict_amounts: bool = False,
) -> Session:
    """The session with the merchant's new order and options.

    Raises SessionCompleted, SessionNotLocked (unless `without_lock`), InvalidShippingOption if the
    option is not on the list, InvalidOrderAmount if the sum is wrong. Source: update session.
    """
    require_open(session, now)
    if not session.pay_lock and not without_lock:
        raise SessionNotLocked(
            "lock the session first (the SDK's lockSession, or POST /v1/view/{sid}/session/lock), "
            "or send ?update_without_lock=true"
        )
    if strict_amounts:
        _require_strict_sum(session.order, body.order)
    express = _updated_express(session.express, body.express)
    order = _updated_order(
        session.order, body.order, express, express_is_new=body.express is not None
    )
    if body.remove_lock and session.pay_lock:
        session = happened(session.without("pay_lock"), "PAY_LOCK_END", now)
    if body.express:
        session = session.without("question")  # an answer on its way would undo the update
    return happened(
        session, "UPDATE_SESSION", now,
        order=order,
        **({"express": express} if express else {}),
        details=_details(session, order, express if body.express else None),
    )  # fmt: skip


def _require_strict_sum(order: Order, body: OrderPatch) -> None:
    """With `strict-session-amounts` the amount has to count the chosen shipping option, too."""
    told = {name: value for name, value in body.sent().items() if value is not None}
    if "amount" in told or "items" in told:
        changed = {n: v for n, v in told.items() if n in ("amount", "items", "shipping_option")}
        require_sum(order.model_copy(update={**changed, **_partial(told)}))


def _partial(told: dict[str, Any]) -> dict[str, Any]:
    return {"partial_payment": told["partial_payment"]} if "partial_payment" in told else {}


def asks_for_shipping(session: Session, body: SessionUpdate, *, force: bool) -> bool:
    """Whether the update makes Dintero call the address callback.

    It does when the update brings no options, or when forced; without an address or a callback URL
    there is nothing to ask (ours).
    """
    express = session.express
    if (
        not express
        or not express.shipping_address_callback_url
        or not session.order.shipping_address
    ):
        return False
    return force or body.express is None


def _updated_express(express: Express | None, body: ExpressUpdate | None) -> Express | None:
    if body is None:
        return express
    shipping.require_consistent(body.shipping_options)
    changes: dict[str, Any] = {"shipping_options": body.shipping_options}
    if body.shipping_mode:
        changes["shipping_mode"] = body.shipping_mode
    return express.with_(**changes) if express else Express(**changes)


def _updated_order(
    order: Order, body: OrderPatch, express: Express | None, *, express_is_new: bool
) -> Order:
    sent = {name: value for name, value in body.sent().items() if name not in FIXED}
    gone = [name for name, value in sent.items() if value is None]
    updated = order.without(*(set(gone) - {"amount", "currency"}))
    updated = updated.model_copy(update={n: v for n, v in sent.items() if v is not None})
    options = express.shipping_options if express else ()
    if body.shipping_option is not None:
        if options:
            shipping.require_offered(body.shipping_option, options)
        require_sum(updated)
        return updated
    return _with_kept_option(updated, body, options, express_is_new=express_is_new)


def _with_kept_option(
    updated: Order, body: OrderPatch, options: shipping.Options, *, express_is_new: bool
) -> Order:
    """The update names no option: the chosen one stays if it is still on offer.

    The merchant's amount may then count it or not (Magento leaves it out); any other sum is wrong.
    """
    goods = items_amount(updated.items or ())
    is_told = body.amount is not None or body.items is not None
    is_summed = bool(updated.items) and not updated.partial_payment and is_told
    if is_summed and updated.amount not in (goods, goods + updated.shipping_amount):
        raise InvalidOrderAmount(
            f"order.amount is {updated.amount}, but items add up to {goods}"
            f" and the chosen shipping option is {updated.shipping_amount}"
        )
    kept = updated.shipping_option
    if kept and (options or express_is_new):
        kept = shipping.surviving(kept, options)
    return with_shipping(updated, kept)


def _details(session: Session, order: Order, express: Express | None) -> dict[str, Any]:
    if order == session.order and express is None:
        return {"updated_order_result": {"status": "NOT_MODIFIED"}}
    details: dict[str, Any] = {
        "previous_order": session.order.shown(),
        "updated_order": order.shown(),
    }
    if express:
        details["previous_express"] = session.express.shown() if session.express else {}
        details["updated_express"] = express.shown()
    return details
