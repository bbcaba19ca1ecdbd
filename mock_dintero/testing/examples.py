"""What a test means when it does not say: a buyer in Oslo, who buys a mug and pays with Vipps."""

from __future__ import annotations

from typing import Any

VIPPS = "dintero_psp.vipps"

ADDRESS: dict[str, Any] = {
    "first_name": "Kari", "last_name": "Nordmann", "address_line": "Storgata 1",
    "postal_code": "0155", "postal_place": "Oslo", "country": "NO",
    "email": "kari@example.no", "phone_number": "+4791234567",
}  # fmt: skip

SESSION: dict[str, Any] = {
    "profile_id": "default",
    "url": {"return_url": "http://127.0.0.1:1/return"},
    "order": {
        "amount": 29900, "currency": "NOK", "merchant_reference": "order-1",
        "items": [{"id": "1", "line_id": "1", "description": "Mug", "quantity": 1,
                   "amount": 29900, "vat_amount": 5980, "vat": 25}],
    },
}  # fmt: skip
