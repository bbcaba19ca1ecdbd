"""Approvals: sellers of a marketplace, and whether money may be paid out to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from mock_dintero.core.address import Country
from mock_dintero.core.order import Currency
from mock_dintero.core.record import Flag, Part, Record
from mock_dintero.core.timestamps import stamp

CaseStatus = Literal[
    "ACTIVE", "DECLINED", "UNDER_MANUAL_REVIEW", "AUTOMATIC_REVIEW", "WAITING_FOR_SIGNATURE",
    "WAITING_FOR_DECLARATION", "ERROR", "ARCHIVED", "WAITING_FOR_DETAILS", "TERMINATED",
]  # fmt: skip
Interval = Literal["daily", "weekly", "monthly"]

TEST_DECISIONS: Mapping[str, CaseStatus] = {
    "AUTO_APPROVE": "ACTIVE",
    "AUTO_DECLINE": "DECLINED",
    "AUTO_WAITING_FOR_SIGNATURE": "WAITING_FOR_SIGNATURE",
}
"""What `payout_destination_description` decides on test accounts (transactions.md 16)."""

UNDECIDED: CaseStatus = "UNDER_MANUAL_REVIEW"
"""Ours: without one of the words a case waits for a person, and here is none."""


class BankAccount(Part):
    """Where the money goes."""

    bank_account_currency: Currency
    payout_currency: Currency
    bank_account_number: str | None = None
    bank_account_number_type: Literal["IBAN", "BBAN"] | None = None
    bank_account_country_code: Country | None = None
    bank_identification_code: str | None = None
    bank_name: str | None = None


class FormSubmitter(Part):
    """Who filled the form in."""

    name: str | None = None
    email: str | None = None
    title: str | None = None


class Individual(Part):
    """The seller, if it is a person."""

    name: str | None = None
    email: str | None = None
    phone_number: str | None = None
    birth_date: str | None = None
    address_line: str | None = None
    address_line_2: str | None = None
    address_postal_code: str | None = None
    address_city: str | None = None
    address_country: Country | None = None


class ReportConfiguration(Part):
    """The reports that the seller gets."""

    create_report_configuration: Flag
    content_types: tuple[Literal["application/pdf", "text/csv"], ...] | None = None
    email: str | None = None
    reference: str | None = None
    schedule: Interval | None = None


class SettlementReports(Part):
    """Who gets the settlement reports."""

    emails: tuple[str, ...]


class NewApproval(Part):
    """Body of the POST. Source: schema ApprovalsPayoutDestination."""

    payout_destination_id: Annotated[str, StringConstraints(min_length=1)]
    payout_reference: str
    bank_accounts: Annotated[tuple[BankAccount, ...], Field(min_length=1)]
    payout_destination_name: str | None = None
    payout_destination_description: str | None = None
    payout_interval_type: Interval | None = None
    organization_number: str | None = None
    country_code: Country | None = None
    language: Literal["en", "no"] | None = None
    type: Literal["company", "individual"] | None = None
    form_submitter: FormSubmitter | None = None
    individual: Individual | None = None
    report_configuration: ReportConfiguration | None = None
    settlement_report_configuration: SettlementReports | None = None


class Approval(Record):
    """A seller's case. The public id is the part of `id` behind the account."""

    kind: ClassVar[str] = "approval"

    seller: NewApproval
    case_status: CaseStatus
    created_at: str
    updated_at: str
    created_by: str

    @property
    def reference(self) -> str:
        """What it is looked up by: the merchant's own id of the seller."""
        return self.seller.payout_destination_id

    @property
    def public_id(self) -> str:
        """A UUID, as the contract has it."""
        return self.id.partition(".")[2]


READ_ONLY = ("id", "created_at", "created_by", "updated_at", "deleted_at", "deleted_by",
             "case_status", "links")  # fmt: skip
"""Fields that only Dintero sets; sent ones are ignored."""


def decided(body: NewApproval) -> CaseStatus:
    """The status of a case, by the word in its description."""
    word = (body.payout_destination_description or "").strip()
    return TEST_DECISIONS.get(word, UNDECIDED)


def new_approval(id: str, body: NewApproval, by: str, now: datetime) -> Approval:
    """A case that nobody has seen before."""
    return Approval(
        id=id, seller=body.without(*READ_ONLY), case_status=decided(body),
        created_at=stamp(now), updated_at=stamp(now), created_by=by,
    )  # fmt: skip


def submitted_again(approval: Approval, body: NewApproval, now: datetime) -> Approval:
    """The same seller once more: the case is decided anew (ours; it is how a test moves one on)."""
    seller = body.without(*READ_ONLY)
    return approval.with_(seller=seller, case_status=decided(body), updated_at=stamp(now))


def fits(approval: Approval, payout_destination_id: str | None, statuses: frozenset[str]) -> bool:
    """Whether a list with these filters shows it."""
    is_asked_for = payout_destination_id in (None, approval.seller.payout_destination_id)
    return is_asked_for and (not statuses or approval.case_status in statuses)


def public(approval: Approval, page: str) -> dict[str, Any]:
    """As the merchant sees it. `page` is where a contract that waits for its signature is found."""
    waits = approval.case_status == "WAITING_FOR_SIGNATURE"
    return {
        **approval.seller.shown(),
        "id": approval.public_id,
        "created_at": approval.created_at,
        "created_by": approval.created_by,
        "updated_at": approval.updated_at,
        "case_status": approval.case_status,
        "links": [{"rel": "contract_url", "href": page}] if waits else [],
    }
