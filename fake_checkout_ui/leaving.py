"""From one page to the next, and away from the checkout: to the shop, or with word to the shop's frame."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from fake_checkout_ui import frame
from fake_checkout_ui.pages import page
from fake_checkout_ui.view import ClosedTabView, FinalView
from mock_dintero.core import payment
from mock_dintero.use_cases.buyer import Ending


def go(path: str, **query: str) -> RedirectResponse:
    """To another page of ours; 303, so that a reload does not send a form again."""
    return RedirectResponse(frame.to(path, **query), 303)


def leave(ending: Ending) -> Response:
    """Back to the shop. An embedded page stays and tells the shop's script, which decides what is next.

    A customer who closes the tab hears and tells no more.
    """
    if not frame.is_embedded():
        return RedirectResponse(ending.goes_to, 303)
    if ending.way and ending.way.visits == "never":
        return page("closed_tab.html", ClosedTabView(ending.return_url))
    return page("final.html", final_view(ending))


def final_view(ending: Ending) -> FinalView:
    """The last message to the Web SDK, and what the customer sees meanwhile. Source: sessions.md 14.3."""
    session, transaction = ending.session, ending.transaction
    event, error = "SessionCancel", "cancelled"
    if transaction is not None:
        error = payment.return_error(transaction) or ""
        event = "SessionPaymentError" if error else "SessionPaymentAuthorized"
        event = "SessionPaymentOnHold" if transaction.status == "ON_HOLD" else event
    return FinalView(
        sid=session.id,
        event=event,
        href=ending.leads_shop_to,
        merchant_reference=session.order.merchant_reference,
        transaction_id=transaction.id if transaction else "",
        error=error,
    )
