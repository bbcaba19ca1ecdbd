"""Cards that a customer has registered, for the tests that use them."""

from __future__ import annotations

from typing import Any

from sandbox import Json, Merchant

CARD = "dintero_psp.creditcard"


def token_body(**changes: Any) -> Json:
    """A body of payment-token; `token_provider` and parts of the session may be replaced."""
    provider = changes.pop(
        "token_provider", {"payment_product_type": CARD, "token_types": ["payment_token"]}
    )
    session = {
        "order": {"currency": "NOK", "merchant_reference": "card-1"},
        "url": {"return_url": "https://shop.example/return", "callback_url": "http://shop.example/paid"},
        **changes,
    }  # fmt: skip
    return {"session": session, "token_provider": provider}


def registered(merchant: Merchant, **changes: Any) -> str:
    """The transaction of a card that was registered on the page."""
    body = token_body(**changes)
    sid = merchant.ok("POST", "/v1/sessions/payment-token", body)["id"]
    tid = merchant.pay(sid, body["token_provider"]["payment_product_type"])
    merchant.finish(sid, tid)
    return tid


def secret(merchant: Merchant, tid: str) -> str:
    includes = {"includes": "card.payment_token"}
    return str(
        merchant.ok("GET", f"/v1/transactions/{tid}", params=includes)["card"]["payment_token"]
    )
