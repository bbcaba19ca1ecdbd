"""What a page shows: plain values for the templates, made from a session and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Message:
    """A sentence to the buyer. `kind` decides role and colour."""

    kind: Literal["error", "info", "success"]
    text: str


@dataclass(frozen=True)
class Line:
    """One row of the order summary. `amount` is ready to print."""

    line_id: str
    title: str
    quantity: str
    amount: str
    thumbnail_url: str = ""
    discount: str = ""
    discount_reasons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class KnownAddress:
    """One address that can be used as it is. `number` names it in the form."""

    number: str
    lines: tuple[str, ...]
    is_chosen: bool = False


@dataclass(frozen=True)
class KnownCard:
    """What stands in for the form where the customer is known: a customer of `who`, or by the shop's word."""

    who: str
    is_shops: bool
    name: str
    addresses: tuple[KnownAddress, ...]


@dataclass(frozen=True)
class CustomerRow:
    """A customer of the sandbox's own, for the tester to pick."""

    id: str
    name: str
    about: str
    email: str
    phone_number: str


@dataclass(frozen=True)
class AddressForm:
    """The contact and address step: what stands in each field and what is wrong with it."""

    values: dict[str, str]
    errors: dict[str, str]
    customer_types: tuple[str, ...]
    customer_type: str
    countries: tuple[tuple[str, str], ...]
    is_open: bool
    is_given: bool
    summary: tuple[str, ...] = ()
    billing_summary: tuple[str, ...] = ()
    billing_types: tuple[str, ...] = ()
    billing_differs: bool = False
    known: KnownCard | None = None


@dataclass(frozen=True)
class Option:
    """One shipping option a buyer may tick."""

    line_id: str
    title: str
    description: str
    operator: str
    amount: str
    is_chosen: bool
    details: tuple[str, ...] = ()
    thumbnail_url: str = ""
    when: str = ""
    distance: str = ""
    is_open_now: bool | None = None
    opening_hours: tuple[str, ...] = ()
    website_url: str = ""
    environment: str = ""
    environment_details: tuple[tuple[str, str], ...] = ()
    is_paid_in_store: bool = False
    is_folded: bool = False

    @property
    def has_more(self) -> bool:
        """Whether there is something to fold away below it."""
        return bool(self.opening_hours or self.website_url or self.environment)


@dataclass(frozen=True)
class OptionGroup:
    """Options that are one product at several places or times; a group of one has no heading."""

    title: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Shipment:
    """One parcel; the buyer chooses one option for each."""

    shipment_id: str
    number: int
    groups: tuple[OptionGroup, ...]
    contents: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShippingStep:
    """The shipping step."""

    state: Literal["waiting_for_address", "choose", "unreachable", "cannot_ship", "not_required"]
    shipments: tuple[Shipment, ...] = ()
    is_chosen: bool = False


@dataclass(frozen=True)
class DiscountStep:
    """The discount code field; not shown when `is_enabled` is false."""

    is_enabled: bool
    codes: tuple[str, ...] = ()
    may_add: bool = True
    error: str = ""
    max_count: int = 0
    typed: str = ""
    """A code that was refused, to be mended."""


@dataclass(frozen=True)
class Method:
    """One way to pay. `brand` picks the drawing."""

    payment_product_type: str
    label: str
    hint: str
    brand: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Checkbox:
    """A box the merchant wants to have ticked, or offers."""

    id: str
    label: str
    checked: bool
    required: bool
    link_url: str = ""
    link_text: str = ""


@dataclass(frozen=True)
class ScenarioGroup:
    """Scenarios to choose from, as pairs of name and title."""

    title: str
    scenarios: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CheckoutView:
    """Everything the checkout page shows."""

    sid: str
    shop_name: str
    shop_logo_url: str
    is_express: bool
    lines: tuple[Line, ...]
    shipping_line: Line | None
    total: str
    vat: str
    address: AddressForm
    shipping: ShippingStep
    discount: DiscountStep
    methods: tuple[Method, ...]
    checkboxes: tuple[Checkbox, ...]
    terms_url: str
    is_payable: bool
    not_payable_because: str
    is_locked: bool = False
    messages: tuple[Message, ...] = field(default=())
    scenarios: tuple[ScenarioGroup, ...] = ()
    has_theme: bool = False
    shipping_lines: tuple[Line, ...] = ()
    order_discounts: tuple[tuple[str, str], ...] = ()
    customers: tuple[CustomerRow, ...] = ()
    seen: str = ""
    state: str = ""
    expires_in: int = 0
    wallets_first: tuple[Method, ...] = ()
    """Wallets that know the customer's address themselves."""
    is_paid_in_store: bool = False


@dataclass(frozen=True)
class EndedView:
    """A session that can no longer be paid: the cause, the shop's name, a way back."""

    shop_name: str
    heading: str
    text: str
    return_url: str
    shop_logo_url: str = ""
    icon: str = "clock"


@dataclass(frozen=True)
class WayBackView:
    """The page between the wallet and the shop where a race or a second visit is played."""

    sid: str
    url: str
    visits: str


@dataclass(frozen=True)
class Finding:
    """One expectation of a scenario, ready to print."""

    what: str
    expected: str
    found: str
    state: str


@dataclass(frozen=True)
class ScenarioView:
    """A scenario that was played on this session."""

    sid: str
    title: str
    story: str
    has_passed: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class ClosedTabView:
    """Where a customer closed the tab because a test asked for it."""

    url: str


@dataclass(frozen=True)
class FinalView:
    """How an embedded checkout ended, in the words of the Web SDK's protocol."""

    sid: str
    event: str
    href: str
    merchant_reference: str
    transaction_id: str
    error: str


@dataclass(frozen=True)
class EmbedResultView:
    """The page that stays in the shop's frame after the end; `error` is '' after a success."""

    error: str


@dataclass(frozen=True)
class TopLevelView:
    """A payment that needs the whole window, not the shop's frame."""

    href: str
