"""Payment methods as a table: one row per `payment_product_type`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

Wallet = Literal[
    "phone", "qr", "sheet", "card", "click_to_pay", "klarna", "invoice", "terminal", "gift_card",
    "external", "zero",
]  # fmt: skip
"""What the customer sees after choosing the method: an app on a phone, a QR code for one, a sheet over
the page, or a form."""

CustomerType = Literal["b2c", "b2b"]
BOTH: tuple[CustomerType, ...] = ("b2c", "b2b")


@dataclass(frozen=True)
class PaymentMethod:
    """One way to pay, and where it differs from the others.

    `is_captured_at_once`: there is no reservation, the first status is CAPTURED.
    `can_void_rest`: the uncaptured rest can be released after a part capture (section Void of the
    contract names the products). `needs_items`: capture and refund must list items.
    `needs_whole_lines`: a capture takes whole lines of the order (Walley). `can_hold`: the provider may
    put the payment ON_HOLD and decide later (transactions.md 3.1).
    """

    type: str
    label: str
    brand: str
    wallet: Wallet
    has_card: bool = False
    currencies: tuple[str, ...] = ()
    is_captured_at_once: bool = False
    can_void_rest: bool = False
    needs_items: bool = False
    needs_whole_lines: bool = False
    can_hold: bool = False

    @property
    def product(self) -> str:
        """`payment_product`: what stands before the dot."""
        return self.type.partition(".")[0]

    @property
    def needs_whole_window(self) -> bool:
        """Whether its provider's pages are not for a frame: invoices, Klarna, what is external (ours)."""
        return self.wallet in ("klarna", "invoice", "external")

    @property
    def collects_address(self) -> bool:
        """Whether its wallet knows where the customer lives, and can be asked for it (sessions.md 5.5)."""
        return self.brand == "vipps" or self.wallet == "sheet"

    @property
    def is_for_businesses(self) -> bool:
        """Whether its form asks who the company is."""
        return "b2b" in self.type or self.type == "klarna.billie"

    @property
    def provider(self) -> str:
        """Whose pages these are, as customers know it."""
        return self.label.partition(" ")[0] if self.wallet == "invoice" else self.label

    @property
    def reserves_for(self) -> timedelta | None:
        """How long an authorization lasts; None where nothing is published (transactions.md 3.5).

        Cards are reserved for about 7 days and often up to 30: ours is the longest.
        """
        if self.has_card or self.product == "vipps":
            return timedelta(days=30)
        return RESERVES.get(self.product)

    @property
    def keys(self) -> tuple[str, ...]:
        """Where the method stands inside `configuration`."""
        return tuple(self.type.split("."))

    @property
    def customer_types(self) -> tuple[CustomerType, ...]:
        """Who may pay with it: whom the name names, else everybody."""
        return tuple(one for one in BOTH if one in self.type) or BOTH


RESERVES = {"klarna": timedelta(days=28), "collector": timedelta(days=90)}


def _walley(name: str, label: str) -> PaymentMethod:
    """`collector.*`: whole lines on capture (checkout-client guide), manual checks (transactions.md 3.1)."""
    return PaymentMethod(
        f"collector.{name}", label, "invoice", "invoice", needs_whole_lines=True, can_hold=True
    )


_VIPPS = ("NOK", "SEK", "DKK", "EUR")
_ROWS = (
    PaymentMethod("vipps", "Vipps", "vipps", "phone", currencies=_VIPPS, can_void_rest=True),
    PaymentMethod("dintero_psp.vipps", "Vipps", "vipps", "phone", has_card=True, currencies=_VIPPS),
    PaymentMethod("payex.vipps", "Vipps", "vipps", "phone", True, _VIPPS, can_void_rest=True),
    PaymentMethod("bambora.vipps", "Vipps", "vipps", "phone", True, _VIPPS),
    PaymentMethod("dintero_psp.creditcard", "Card", "card", "card", True),
    PaymentMethod("payex.creditcard", "Card", "card", "card", True, can_void_rest=True),
    PaymentMethod("bambora.creditcard", "Card", "card", "card", True),
    PaymentMethod("netaxept.creditcard", "Card", "card", "card", True),
    PaymentMethod("dintero_psp.applepay", "Apple Pay", "applepay", "sheet", has_card=True),
    PaymentMethod(
        "payex.applepay", "Apple Pay", "applepay", "sheet", has_card=True, can_void_rest=True
    ),
    PaymentMethod("bambora.applepay", "Apple Pay", "applepay", "sheet", has_card=True),
    PaymentMethod("dintero_psp.googlepay", "Google Pay", "googlepay", "sheet", has_card=True),
    PaymentMethod(
        "payex.googlepay", "Google Pay", "googlepay", "sheet", has_card=True, can_void_rest=True
    ),
    PaymentMethod("bambora.googlepay", "Google Pay", "googlepay", "sheet", has_card=True),
    PaymentMethod("dintero_psp.clicktopay", "Click to Pay", "card", "click_to_pay", has_card=True),
    PaymentMethod(
        "payex.clicktopay",
        "Click to Pay",
        "card",
        "click_to_pay",
        has_card=True,
        can_void_rest=True,
    ),
    PaymentMethod(
        "payex.mobilepay", "MobilePay", "mobilepay", "phone", has_card=True, can_void_rest=True
    ),
    PaymentMethod("bambora.mobilepay", "MobilePay", "mobilepay", "phone", has_card=True),
    PaymentMethod(
        "swish.swish", "Swish", "swish", "qr", currencies=("SEK",), is_captured_at_once=True
    ),
    PaymentMethod(
        "payex.swish", "Swish", "swish", "qr", currencies=("SEK",), is_captured_at_once=True
    ),
    PaymentMethod("klarna.klarna", "Klarna", "klarna", "klarna", can_void_rest=True),
    PaymentMethod("klarna.billie", "Billie", "invoice", "invoice", can_void_rest=True),
    _walley("invoice", "Walley invoice"),
    _walley("invoice_b2b", "Walley invoice for companies"),
    _walley("invoice_b2b_preapproved", "Walley invoice, approved"),
    _walley("installment", "Walley instalments"),
    _walley("installment_b2b_preapproved", "Walley instalments, approved"),
    _walley("finance", "Walley finance"),
    PaymentMethod("instabank.finance", "Instabank finance", "invoice", "invoice", needs_items=True),
    PaymentMethod("instabank.invoice", "Instabank invoice", "invoice", "invoice", needs_items=True),
    PaymentMethod(
        "instabank.installment", "Instabank instalments", "invoice", "invoice", needs_items=True
    ),
    PaymentMethod(
        "instabank.postponement", "Instabank pay later", "invoice", "invoice", needs_items=True
    ),
    PaymentMethod("kravia.invoice_b2b", "Kravia invoice for companies", "invoice", "invoice"),
    PaymentMethod("kravia.invoice_b2b_grouped", "Kravia grouped invoice", "invoice", "invoice"),
    PaymentMethod("kravia.invoice_b2c", "Kravia invoice", "invoice", "invoice"),
    PaymentMethod("two.invoice_b2b", "Two invoice for companies", "invoice", "invoice"),
    PaymentMethod("santander.debit_account", "Santander account", "invoice", "invoice"),
    PaymentMethod("seitatech.in_person", "Card terminal", "card", "terminal", has_card=True),
    PaymentMethod("dintero.zero", "Nothing to pay", "other", "zero"),
    PaymentMethod("dintero.wallets", "Gift card", "other", "gift_card"),
    PaymentMethod("dintero.external", "External payment", "other", "external", can_hold=True),
)

METHODS: Mapping[str, PaymentMethod] = {method.type: method for method in _ROWS}

DEFAULT_PROFILE: Mapping[str, Any] = {
    "dintero_psp": {"vipps": {"enabled": True}, "creditcard": {"enabled": True}},
    "klarna": {"klarna": {"enabled": True}},
    "swish": {"swish": {"enabled": True}},
}
"""What the profile `default` offers. A session's own `configuration` overrides it, key by key."""


def offered(
    configuration: Mapping[str, Any],
    currency: str,
    amount: int,
    customer_types: Sequence[CustomerType] = BOTH,
) -> list[PaymentMethod]:
    """The enabled methods that can take this currency and these customers, in the table's order.

    A sum of zero can be paid with `dintero.zero` alone (its description in the contract).
    """
    if amount < 0:
        return []
    enabled = [method for method in METHODS.values() if _is_enabled(configuration, method.keys)]
    if amount == 0:
        return [method for method in enabled if method.type == "dintero.zero"]
    return [
        method
        for method in enabled
        if method.type != "dintero.zero"
        and (not method.currencies or currency in method.currencies)
        and any(one in customer_types for one in method.customer_types)
    ]


def is_taken(configuration: Mapping[str, Any], currency: str) -> bool:
    """Whether some enabled method takes this currency; cheaper than to list them."""
    return any(
        (not method.currencies or currency in method.currencies)
        and method.type != "dintero.zero"
        and _is_enabled(configuration, method.keys)
        for method in METHODS.values()
    )


def _is_enabled(configuration: Mapping[str, Any], keys: tuple[str, ...]) -> bool:
    at: Any = configuration
    for key in keys:
        at = at.get(key) if isinstance(at, Mapping) else None
    return isinstance(at, Mapping) and at.get("enabled") is True
