"""What a shop and its buyers send: one typical express session, and the steps of a purchase."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from benchmarks.client import Connection, request

ACCOUNT, CLIENT, SECRET = "T12345678", "mock-client-id", "mock-client-secret"
ADDRESS = {
    "first_name": "Kari", "last_name": "Nordmann", "address_line": "Storgata 1",
    "postal_code": "0155", "postal_place": "Oslo", "country": "NO",
    "email": "kari@example.com", "phone_number": "+4791234567", "customer_type": "b2c",
}  # fmt: skip
REQUESTS_PER_PURCHASE = 8
"""In: create, page, address, shipping, pay, approve, read, capture. Out: the address, the callback."""


def session_body(merchant_port: int, padded_to: int = 1500, callback: str = "callback") -> bytes:
    """A session of three lines with an address callback and a callback by POST, as plugins send it."""
    shop = f"http://127.0.0.1:{merchant_port}"
    items = [
        {"id": f"sku-{n}", "line_id": str(n), "description": text, "quantity": 1, "amount": amount,
         "vat_amount": amount // 5, "vat": 25, "thumbnail_url": f"{shop}/pictures/sku-{n}.jpg"}
        for n, (text, amount) in enumerate(
            (("A warm jumper of wool", 89900), ("Mittens", 24900), ("A scarf, striped", 34900)), 1)
    ]  # fmt: skip
    body = {
        "profile_id": "default",
        "url": {
            "return_url": f"{shop}/checkout/thank-you?cart=5f1d7a84",
            "callback_url": f"{shop}/{callback}?method=POST&report_error=true",
            "merchant_terms_url": f"{shop}/terms",
        },
        "order": {
            "amount": sum(int(str(item["amount"])) for item in items),
            "vat_amount": sum(int(str(item["vat_amount"])) for item in items),
            "currency": "NOK", "merchant_reference": "order-1001", "items": items,
        },
        "express": {
            "shipping_options": [],
            "shipping_address_callback_url": f"{shop}/shipping",
            "customer_types": ["b2c", "b2b"],
        },
        "customer": {"email": "kari@example.com", "phone_number": "+4791234567"},
        "configuration": {"channel": "ecommerce", "auto_capture": False},
        "metadata": {"cart": "5f1d7a84", "note": ""},
    }  # fmt: skip
    missing = padded_to - len(json.dumps(body))
    body["metadata"] = {"cart": "5f1d7a84", "note": "x" * max(missing, 0)}
    return json.dumps(body).encode()


@dataclass(frozen=True)
class Payment:
    """A payment in the wallet, and the request that approves it."""

    session_id: str
    transaction_id: str
    approve: bytes


class Shop:
    """A merchant with a token, and its buyers."""

    def __init__(self, token: str, body: bytes) -> None:
        self._headers = {"authorization": f"Bearer {token}"}
        self.create = request("POST", "/v1/sessions-profile", body, self._headers)

    @classmethod
    async def log_in(cls, connection: Connection, body: bytes, account: str = ACCOUNT) -> Shop:
        """Get a token; it serves for the whole run."""
        audience = f"https://api.dintero.com/v1/accounts/{account}"
        basic = b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = {"grant_type": "client_credentials", "audience": audience}
        reply = await connection.send(request(
            "POST", f"/v1/accounts/{account}/auth/token", json.dumps(asked).encode(),
            {"authorization": f"Basic {basic}"},
        ))  # fmt: skip
        return cls(reply.json()["access_token"], body)

    def read(self, session_id: str) -> bytes:
        """Read a session."""
        return request("GET", f"/v1/sessions/{session_id}", headers=self._headers)

    async def to_wallet(self, connection: Connection) -> Payment:
        """Create a session and walk with the buyer to the wallet."""
        created = (await connection.send(self.create)).json()
        sid = created["id"]
        await connection.send(request("GET", f"/?sid={sid}"))
        await connection.send(_form(f"/checkout/{sid}/address", ADDRESS))
        await connection.send(_form(f"/checkout/{sid}/shipping", {"shipping_option": "home"}))
        method = {"payment_product_type": "dintero_psp.vipps"}
        paying = await connection.send(_form(f"/checkout/{sid}/pay", method))
        wallet = urlsplit(paying.location).path
        if not wallet.startswith("/wallet/"):
            raise RuntimeError(f"pay led to {paying.location!r}")
        return Payment(sid, wallet.rpartition("/")[2], _form(f"{wallet}/approve", {}))

    async def purchase(self, connection: Connection, merchant: Connection) -> None:
        """A whole purchase: to the wallet, approve, hear the callback, read the transaction, capture."""
        payment = await self.to_wallet(connection)
        await connection.send(payment.approve)
        await merchant.send(request("GET", "/take/1"))
        path = f"/v1/transactions/{payment.transaction_id}"
        transaction = (await connection.send(request("GET", path, headers=self._headers))).json()
        body = {"amount": transaction["amount"], "capture_reference": "shipped"}
        captured = await connection.send(
            request("POST", f"{path}/capture", json.dumps(body).encode(), self._headers)
        )
        if captured.json()["status"] != "CAPTURED":
            raise RuntimeError(f"not captured: {captured.body!r}")


def _form(path: str, fields: dict[str, str]) -> bytes:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    return request("POST", path, urlencode(fields).encode(), kind)
