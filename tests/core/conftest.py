"""What the tests of the core begin with: sessions, orders and payments with few words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from mock_dintero.core import payment
from mock_dintero.core.order import Order
from mock_dintero.core.payment_method import METHODS
from mock_dintero.core.session import NewSession, Session, new_session
from mock_dintero.core.shipping import ShippingOption
from mock_dintero.core.transaction import Transaction

Json = dict[str, Any]
ACCOUNT = "T12345678"
OSLO = {
    "first_name": "Kari", "last_name": "Hansen", "address_line": "Storgata 1",
    "postal_code": "0155", "postal_place": "Oslo", "country": "NO",
    "email": "kari@example.no", "phone_number": "+4791234567",
}  # fmt: skip


class Make:
    """Records as merchants and buyers would bring them about; every argument is merchant JSON."""

    now = datetime(2026, 11, 22, 10, 0, 0, 112_000, UTC)
    uuid = UUID("1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed")
    oslo = OSLO

    def option(self, line_id: str = "posten", amount: int = 3900, **more: Any) -> Json:
        """A shipping option; without more words its id is its line_id."""
        option = {"id": line_id, "line_id": line_id, "amount": amount}
        return {**option, "title": line_id.title(), "operator": "Posten", **more}

    def offer(self, *options: Json) -> tuple[ShippingOption, ...]:
        """Options as the session holds them."""
        return tuple(ShippingOption.model_validate(option) for option in options)

    def order_json(self, **more: Any) -> Json:
        """One item of 29990."""
        items = [{"line_id": "1", "id": "sku-1", "quantity": 1, "amount": 29990}]
        order = {"amount": 29990, "currency": "NOK", "merchant_reference": "cart-881"}
        return {**order, "items": items, **more}

    def order(self, **more: Any) -> Order:
        """The same as a record."""
        return Order.model_validate(self.order_json(**more))

    def session(
        self, order: Json | None = None, express: Json | None = None, **more: Any
    ) -> Session:
        """A session with Vipps and everything else enabled; `express` makes it one."""
        configuration: Json = {}
        for method in METHODS.values():
            at = configuration
            for key in method.keys:
                at = at.setdefault(key, {})
            at["enabled"] = True
        body = {
            "url": {"return_url": "https://shop.example/return"},
            "order": self.order_json(**(order or {})),
            "configuration": configuration,
            **({"express": {"shipping_options": [], **express}} if express is not None else {}),
            **more,
        }
        read = NewSession.model_validate(body)
        return new_session(f"{ACCOUNT}.session", read, {}, {}, self.now)

    def pay(
        self, session: Session, method: str = "dintero_psp.vipps", outcome: str = "approve"
    ) -> tuple[Session, Transaction]:
        """Start a payment and let it end."""
        body = payment.PayBody(payment_product_type=method)
        started, transaction = payment.start(session, body, f"{ACCOUNT}.transaction", self.now)
        return payment.finish(started, transaction, outcome, self.now)  # type: ignore[arg-type]

    def paid(
        self, amount: int = 10000, method: str = "dintero_psp.vipps", **more: Any
    ) -> Transaction:
        """A transaction that was just approved."""
        currency = (METHODS[method].currencies or ("NOK",))[0]
        order = {"amount": amount, "currency": currency, "items": [{"amount": amount}]}
        return self.pay(self.session(order={**order, **more}), method)[1]


@pytest.fixture(scope="session")
def make() -> Make:
    """See `Make`; it holds no state."""
    return Make()
