"""The customer's steps in an express session: address, shipping, discount codes, and the merchant's lock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from mock_dintero.core import discount, order, shipping
from mock_dintero.core.address import Address
from mock_dintero.core.errors import NotExpress, NotPayable, SessionLocked, TooManyDiscountCodes
from mock_dintero.core.session import (
    Express,
    PayLock,
    Question,
    Session,
    happened,
    require_open,
)
from mock_dintero.core.timestamps import stamp


def require_editable(session: Session, now: datetime) -> Express:
    """The customer may change this session now."""
    require_open(session, now)
    if session.express is None:
        raise NotExpress("this session has no `express`; the customer's details come from the shop")
    if session.pay_lock:
        raise SessionLocked("the shop is updating this order; load the session again in a moment")
    return session.express


def give_address(
    session: Session, address: Address, billing: Address | None, now: datetime
) -> Session:
    """Where the customer wants it. The billing address is set too, equal unless given (plugins need it)."""
    require_editable(session, now)
    updated = session.order.with_(shipping_address=address, billing_address=billing or address)
    changed = happened(
        session, "SET_SHIPPING_ADDRESS", now,
        order=updated, details={"shipping_address": address.shown()},
    )  # fmt: skip
    if billing is None:
        return changed
    return happened(
        changed, "SET_BILLING_ADDRESS", now, details={"billing_address": billing.shown()}
    )


def asked(session: Session, id: str, about: Literal["address", "discount"]) -> Session:
    """The merchant is being asked; every older question is void from now on."""
    return session.with_(question=Question(id=id, about=about, state="asked"))


def is_waiting_for(session: Session, question_id: str) -> bool:
    """Whether an answer to this question is still wanted."""
    question = session.question
    return question is not None and question.id == question_id and question.state == "asked"


def is_asking_for_shipping(session: Session) -> bool:
    """Whether the options on the session may be those of an older address."""
    question = session.question
    return question is not None and question.about == "address" and question.state == "asked"


def offer_shipping(session: Session, answer: discount.Answer, uuid: UUID, now: datetime) -> Session:
    """Take the merchant's answer to the address: new options, maybe new lines and a correction item."""
    updated = discount.after_address(session.order, answer.order, uuid)
    return _with_offer(session, updated, answer.shipping_options, now)


def apply_discount(
    session: Session, codes: tuple[str, ...], answer: discount.Answer, now: datetime
) -> Session:
    """Take the merchant's answer to the discount codes."""
    updated = discount.after_discount(session.order, codes, answer.order)
    offered = _with_offer(session, updated, answer.shipping_options, now)
    return happened(
        offered, "SET_DISCOUNT_CODES", now,
        details={"discount_codes": list(offered.order.discount_codes or ())},
    )  # fmt: skip


def _with_offer(
    session: Session, updated: order.Order, options: shipping.Options, now: datetime
) -> Session:
    assert session.express is not None
    here = updated.shipping_address
    usable = shipping.usable(options, here.country if here else None)
    chosen = shipping.surviving(updated.shipping_option, usable)
    answered = session.question and session.question.with_(state="answered")
    offered = session.with_(
        express=session.express.with_(shipping_options=options),
        order=order.with_shipping(updated, chosen),
        question=answered,
        updated_at=stamp(now),
    )
    if chosen and (
        session.order.shipping_option is None or chosen != session.order.shipping_option
    ):
        return happened(
            offered, "SET_SHIPPING_OPTION", now, details={"shipping_option": chosen.shown()}
        )
    return offered


def keep_offer(session: Session, now: datetime) -> Session:
    """A new address in a session whose merchant is not asked: the list stays, cut to the country."""
    if session.express is None or not session.express.shipping_options:
        return session
    return _with_offer(session, session.order, session.express.shipping_options, now)


def not_answered(session: Session, why: str, now: datetime, said: str = "") -> Session:
    """The merchant gave no usable answer; `said` are its own words, if it has refused with some.

    Ours, as Dintero is silent: after an address there are no options to choose from until the
    customer tries again; after discount codes everything stays as it was.
    """
    assert session.question is not None and session.express is not None
    failed = session.question.with_(state="failed", **({"said": said} if said else {}))
    if session.question.about == "discount":
        return happened(session, "SET_DISCOUNT_CODES", now, question=failed, details={"error": why})
    return happened(
        session, "SET_SHIPPING_ADDRESS", now,
        question=failed,
        express=session.express.with_(shipping_options=()),
        order=order.with_shipping(session.order, None),
        details={"error": why},
    )  # fmt: skip


def choose_shipping(session: Session, line_ids: Sequence[str], now: datetime) -> Session:
    """The customer ticks an option (one for each shipment); the total moves with it."""
    express = require_editable(session, now)
    here = session.order.shipping_address
    offered = shipping.usable(express.shipping_options, here.country if here else None)
    chosen = shipping.choose(offered, line_ids)
    if session.order.shipping_option and shipping.parts(
        session.order.shipping_option
    ) == shipping.parts(chosen):
        return session
    return happened(
        session, "SET_SHIPPING_OPTION", now,
        order=order.with_shipping(session.order, chosen),
        details={"shipping_option": chosen.shown()},
    )  # fmt: skip


def require_discounts(session: Session, codes: tuple[str, ...], now: datetime) -> str:
    """The customer may submit these codes; answers with the merchant's discount callback URL."""
    express = require_editable(session, now)
    settings = express.discount_codes
    if not session.configuration.takes_discount_codes or not settings or not settings.callback_url:
        raise TooManyDiscountCodes(
            "discount_codes: this session takes none; set configuration.discounts."
            "express_discount_codes.enabled and express.discount_codes.callback_url"
        )
    if is_asking_for_shipping(session):
        raise NotPayable("the shop is still being asked for shipping options")
    limit = int(settings.max_count) if settings.max_count is not None else None
    discount.require_allowed(codes, limit)
    return settings.callback_url


def lock(session: Session, pay_lock_id: str, now: datetime) -> Session:
    """Hold the page still for a merchant's update. A second lock keeps the first one's id (ours)."""
    require_open(session, now)
    if session.express is None:
        raise NotExpress("only express sessions can be locked")
    if session.pay_lock:
        return session
    return happened(session, "PAY_LOCK_START", now, pay_lock=PayLock(pay_lock_id=pay_lock_id))


def unlock(session: Session, now: datetime) -> Session:
    """The page lets go of its lock; a merchant's update does so too, unless told otherwise."""
    if session.pay_lock is None:
        return session
    return happened(session.without("pay_lock"), "PAY_LOCK_END", now)


def is_address_confirmed(session: Session) -> bool:
    """Whether the customer has given the address or agreed to it, or the merchant was asked about it.

    What a merchant sends with the session is only a suggestion until then (ours).
    """
    asked_about = session.question.about if session.question else ""
    return session.has("SET_SHIPPING_ADDRESS") or asked_about == "address"


def has_whole_address(session: Session) -> bool:
    """Whether there is a place to send to; country and postal code alone are what a sheet tells."""
    address = session.order.shipping_address
    if address is None or address.is_partial:
        return False
    return bool(address.address_line or address.postal_code)


def forget_partial_address(session: Session, now: datetime) -> Session:
    """A sheet was closed before it told the whole address: what it told is no address to send to (ours)."""
    address = session.order.shipping_address
    if session.express is None or address is None or not address.is_partial:
        return session
    bare = order.with_shipping(session.order, None).without("shipping_address", "billing_address")
    asks = bool(session.express.shipping_address_callback_url)
    offer = session.express.with_(shipping_options=()) if asks else session.express
    return session.without("question").with_(order=bare, express=offer, updated_at=stamp(now))


def needs_shipping(session: Session) -> bool:
    """Whether the customer has to choose a shipping option.

    Source: preconditions of pay: a callback URL is set, or at least one option is on the list; a
    merchant that chose shipping itself says `shipping_not_required`.
    """
    express = session.express
    if express is None or express.shipping_mode == "shipping_not_required":
        return False
    return bool(express.shipping_address_callback_url or express.shipping_options)


def require_unlocked(session: Session, now: datetime) -> None:
    """The session is open, and the merchant is not working on it."""
    require_open(session, now)
    if session.pay_lock:
        raise SessionLocked("the shop is updating this order; load the session again in a moment")


def require_payable(session: Session, now: datetime) -> None:
    """Everything that must be in place before a payment starts."""
    require_unlocked(session, now)
    if session.express is None:
        return
    if session.order.shipping_address is None:
        raise NotPayable(
            "order.shipping_address is missing: the customer has to give an address first"
        )
    if is_asking_for_shipping(session):
        raise NotPayable("the shop is still being asked for shipping options")
    if needs_shipping(session) and session.order.shipping_option is None:
        raise NotPayable(
            "order.shipping_option is missing: the customer has to choose shipping first"
        )
