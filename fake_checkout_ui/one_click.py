"""Starting with the wallet: Vipps Express and the sheets know the customer's address themselves."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from fake_checkout_ui import shops_script
from fake_checkout_ui.leaving import go
from mock_dintero.core import in_wallet
from mock_dintero.core.payment import PayBody
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.session import Session
from mock_dintero.http.context import sandbox_of
from mock_dintero.use_cases import buyer, wallet


async def start(request: Request, session: Session, fields: dict[str, str]) -> Response:
    """`POST /checkout/{sid}/wallet`. A sheet tells the shop a part of the first address at once.

    Where the shop's script is asked instead, the sheet's page does it (embed/questions.js).
    """
    sandbox = sandbox_of(request)
    body = PayBody(payment_product_type=fields.get("payment_product_type") or "(none chosen)")
    session, transaction = buyer.start_payment(sandbox, session, body, in_wallet=True)
    is_sheet = METHODS[transaction.payment_product_type].wallet == "sheet"
    if is_sheet and not shops_script.is_asked():
        addresses = in_wallet.book(session, transaction)
        if addresses:
            await wallet.give_address(sandbox, session, transaction, addresses[0])
    return go(f"/wallet/{session.id}/{transaction.id}")
