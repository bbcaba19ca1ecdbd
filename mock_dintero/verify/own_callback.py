"""A payment callback that we send ourselves, in Dintero's form: what Dintero would never say, well signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx

from mock_dintero.core.callback_url import options, with_query
from mock_dintero.core.signature import HEADER
from mock_dintero.core.tampering import forged
from mock_dintero.testing import Json
from mock_dintero.verify.promise import Broken

if TYPE_CHECKING:
    from mock_dintero.verify.purchase import Purchase


@dataclass(frozen=True)
class Changes:
    """What is different from a callback that says "this order is paid".

    `query`: other values of the parameters that Dintero appends, or more of them; None leaves one out.
    `body`: other values in the transaction (of a shop that asks for `method=POST`). `age`: seconds
    since it was signed, negative for a signature from the future. `is_forged`: signed by nobody.
    """

    query: Mapping[str, str | None]
    body: Mapping[str, Any]
    age: float = 0
    is_forged: bool = False


def send(purchase: Purchase, changes: Changes) -> httpx.Response:
    """Call the shop; redirects are not followed. Raises Broken when nobody answers."""
    url = purchase.session["url"].get("callback_url")
    if not url:
        raise Broken("the session has no url.callback_url: Dintero has nobody to tell")
    wanted, claimed = options(url), _claimed(purchase) | dict(changes.body)
    query: dict[str, str | None] = {
        "transaction_id": claimed["id"],
        wanted.sid_name: purchase.sid,
        "merchant_reference": purchase.reference,
        "time": claimed["created_at"],
        **changes.query,
    }
    called = with_query(url, [(name, value) for name, value in query.items() if value is not None])
    signed = purchase.shop.signature(wanted.method, called, changes.age)
    headers = {
        HEADER: forged(signed) if changes.is_forged else signed,
        "event-delivery": str(uuid4()),
    }
    has_body = wanted.method == "POST" and query["transaction_id"] is not None
    http = purchase.shop.http
    try:
        return http.request(
            wanted.method, called, headers=headers, json=claimed if has_body else None
        )
    except httpx.TransportError as error:
        raise Broken(f"a payment callback got no answer ({type(error).__name__} {error})") from None


def _claimed(purchase: Purchase) -> Json:
    """The transaction as it would be if the order were paid: its own, or one that does not exist."""
    if purchase.transaction_id:
        return purchase.transaction | {"status": "AUTHORIZED"}
    order, session = purchase.order_asked, purchase.session
    told = {
        "amount",
        "currency",
        "merchant_reference",
        "items",
        "shipping_address",
        "shipping_option",
    }
    authorized = {"event": "AUTHORIZE", "success": True, "amount": order["amount"]}
    return {
        "id": purchase.made_up_id, "session_id": purchase.sid, "status": "AUTHORIZED",
        "account_id": purchase.shop.dintero.account_id, "created_at": session["created_at"],
        "payment_product": "dintero_psp", "payment_product_type": "dintero_psp.vipps",
        "events": [authorized], **{name: order[name] for name in told if name in order},
    }  # fmt: skip
