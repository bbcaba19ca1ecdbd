"""What a session that can no longer be paid, or that nobody knows, has to say."""

from __future__ import annotations

from fake_checkout_ui.language import gettext, marked
from fake_checkout_ui.present_order import shop_name
from fake_checkout_ui.view import EndedView
from mock_dintero.core.session import Session

_START_AGAIN = marked("Nothing was paid. Go back to the shop to start again.")
ENDINGS = {
    "AUTHORIZED": (
        marked("This order is paid"), marked("Thank you. You can go back to the shop."), "success"
    ),
    "ON_HOLD": (
        marked("The payment is being checked"),
        marked("The shop will tell you when it is through."), "clock",
    ),
    "CANCELLED": (marked("This checkout was cancelled"), _START_AGAIN, "close"),
    "EXPIRED": (marked("This checkout has expired"), _START_AGAIN, "clock"),
    "DECLINED": (marked("The payment was declined"), _START_AGAIN, "error"),
    "FAILED": (marked("The payment failed"), _START_AGAIN, "error"),
}  # fmt: skip
"""Heading, text and drawing, by the cause."""


def ended(session: Session, cause: str, return_url: str) -> EndedView:
    """A session that can no longer be paid."""
    heading, text, icon = ENDINGS.get(cause, ENDINGS["FAILED"])
    return EndedView(
        shop_name(session), gettext(heading), gettext(text), return_url,
        session.merchant.logo_url if session.merchant else "", icon,
    )  # fmt: skip


def unknown() -> EndedView:
    """A session that is not there: nobody knows which shop to lead back to."""
    return EndedView(
        "", gettext("This checkout does not exist"),
        gettext(
            "The link is wrong, or the sandbox was started anew since it was made. "
            "Go back to the shop and start again."
        ),
        "", icon="error",
    )  # fmt: skip
