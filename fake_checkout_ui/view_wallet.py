"""What the pages of a payment under way show: plain values, like view.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from fake_checkout_ui.view import Message


@dataclass(frozen=True)
class Row:
    """A line of a receipt, ready to print."""

    title: str
    amount: str


@dataclass(frozen=True)
class Ending:
    """One thing that a tester may let become of the payment. `action` is the end of its address."""

    action: str
    title: str
    about: str
    label: str
    testid: str


@dataclass(frozen=True)
class SavedCard:
    """A card that the shop knows of this customer."""

    brand: str
    number: str
    expiry: str


@dataclass(frozen=True)
class CardForm:
    """The card form: what is wrong with each field. Of what was typed only the expiry is shown again.

    `remembers` is the box to save the card: `opt_in`, `opt_out` (ticked) or '' for none.
    """

    expiry: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    masked_number: str = ""
    test_cards: tuple[tuple[str, tuple[str, ...]], ...] = ()
    saved: SavedCard | None = None
    remembers: str = ""
    is_saved_anyway: bool = False
    is_only_saved: bool = False
    click_to_pay_email: str = ""
    known: tuple[tuple[str, str, bool], ...] = ()
    """Cards of Click to Pay: number in the list, title, and whether the bank will ask."""


@dataclass(frozen=True)
class BookEntry:
    """An address that the wallet knows."""

    number: int
    title: str
    place: str
    is_chosen: bool


@dataclass(frozen=True)
class WalletOption:
    """A way of delivery, to choose in the wallet."""

    line_id: str
    title: str
    about: str
    amount: str
    is_chosen: bool
    is_folded: bool = False


@dataclass(frozen=True)
class WalletShipment:
    """One parcel; the customer chooses one option for each."""

    shipment_id: str
    options: tuple[WalletOption, ...]


@dataclass(frozen=True)
class InWallet:
    """What is chosen in the wallet, and where the customer is with it."""

    step: Literal["consent", "address", "shipping", "approve"]
    collects: bool
    addresses: tuple[BookEntry, ...] = ()
    shipments: tuple[WalletShipment, ...] = ()
    trouble: Literal["", "unreachable", "cannot_ship"] = ""
    is_payable: bool = True
    needs_shipping: bool = False


@dataclass(frozen=True)
class BankForm:
    """The form of a bank, an invoice or a gift card: what stands in its fields, what is wrong with them."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """One of Klarna's ways to pay."""

    name: str
    title: str
    about: str


@dataclass(frozen=True)
class WalletView:
    """A payment under way, in the wallet or at the bank. `look` names its colours."""

    sid: str
    payment_ref: str
    shop_name: str
    amount: str
    label: str
    provider: str
    brand: str
    look: str
    phone_number: str
    email: str
    lines: tuple[Row, ...]
    address: tuple[str, ...]
    shipping: Row | None
    endings: tuple[Ending, ...]
    card: CardForm
    in_wallet: InWallet
    form: BankForm
    is_paid_in_store: bool = False
    asks_for_company: bool = False
    company_example: str = ""
    plans: tuple[Plan, ...] = ()
    qr: str = ""
    messages: tuple[Message, ...] = field(default=())
