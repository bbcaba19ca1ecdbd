"""Settlement reports: who wants them, which were made, and which payments a test report takes up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from mock_dintero.core.errors import Forbidden, InvalidRequest
from mock_dintero.core.record import Amount, Number, Part, Record
from mock_dintero.core.settlement import Attachment, Settlement, day_of
from mock_dintero.core.timestamps import stamp
from mock_dintero.core.transaction import Transaction

DATA_TYPE = "settlements"
TEST_REPORT_DAYS = 7
"""What a test report covers unless told otherwise; the published default."""


class Destination(Part):
    """Where a report is sent. The sandbox sends no e-mail; it only makes the report."""

    destination_type: Literal["account_email", "email"]
    destination_value: str | None = None


class ConfigurationFilter(Part):
    """Only settlements of this payout destination."""

    filter: Literal["payout_destination_id"] | None = None
    value: str | None = None


class ConfigurationBody(Part):
    """Body of POST and PUT of a report configuration."""

    destinations: tuple[Destination, ...]
    filetypes: tuple[str, ...]
    providers: tuple[str, ...]
    filters: tuple[ConfigurationFilter, ...] | None = None
    send_every: Number | None = None


class ReportConfiguration(Record):
    """Which settlements somebody wants to have reported, in which file types.

    Times as numbers are Unix seconds (ours: the contract says number and no unit).
    """

    kind: ClassVar[str] = "report_configuration"
    OWN: ClassVar[frozenset[str]] = frozenset(
        {"id", "account_id", "created_at", "updated_at", "last_modified_at", "last_send_at"}
    )

    body: ConfigurationBody
    created_at: str
    updated_at: str
    last_modified_at: int
    last_send_at: int | None = None
    deleted_at: str | None = None

    def public(self) -> dict[str, Any]:
        """As merchants see it: what they sent, with the fields that are not theirs to set."""
        sent = {n: value for n, value in self.body.shown().items() if n not in self.OWN}
        own = self.model_dump(mode="json", exclude_unset=True, include=set(self.OWN))
        return {"account_id": self.account_id, **sent, **own}


class Report(Record):
    """A report that was made: one file of one settlement for one configuration."""

    kind: ClassVar[str] = "report"

    settlement_id: str
    attachment_id: str
    content_type: str
    created_at: str
    created_by: str
    data_from: str
    data_to: str
    data_type: str = DATA_TYPE
    report_config_id: str
    report_file_name: str
    report_filters: tuple[dict[str, str], ...]
    schedule: Literal["daily", "test"]

    def public(self, signed_url: str) -> dict[str, Any]:
        """As `GET .../reports/metadata` shows it."""
        shown = self.model_dump(
            mode="json", exclude_unset=True, exclude={"settlement_id", "attachment_id"}
        )
        return {**shown, "account_id": self.account_id, "signed_url": signed_url}


def new_configuration(id: str, body: ConfigurationBody, now: datetime) -> ReportConfiguration:
    """A configuration; it counts for settlements from now on."""
    return ReportConfiguration(
        id=id, body=body, created_at=stamp(now), updated_at=stamp(now),
        last_modified_at=int(now.timestamp()),
    )  # fmt: skip


def replaced(
    configuration: ReportConfiguration, body: ConfigurationBody, now: datetime
) -> ReportConfiguration:
    """PUT replaces everything that is the merchant's."""
    return configuration.with_(
        body=body, updated_at=stamp(now), last_modified_at=int(now.timestamp())
    )


def wants(configuration: ReportConfiguration, settlement: Settlement) -> bool:
    """Whether this configuration is for this settlement. No providers or filters: all of them (ours)."""
    body = configuration.body
    wanted = {f.value for f in body.filters or () if f.filter == "payout_destination_id"}
    return (
        configuration.deleted_at is None
        and configuration.created_at <= settlement.settled_at
        and (not body.providers or settlement.provider in body.providers)
        and (not wanted or settlement.payout_destination_id in wanted)
    )


def wanted_files(
    configurations: Iterable[ReportConfiguration], settlement: Settlement
) -> list[tuple[ReportConfiguration, Attachment]]:
    """The files to be reported: those of the wanted types that a settlement has."""
    return [
        (configuration, attachment)
        for configuration in configurations
        if wants(configuration, settlement)
        for attachment in settlement.attachments
        if attachment.extension in configuration.body.filetypes
    ]


def report(
    id: str,
    configuration: ReportConfiguration,
    settlement: Settlement,
    attachment: Attachment,
    schedule: Literal["daily", "test"],
) -> Report:
    """The record of one report."""
    destination = settlement.payout_destination_id
    filters = ({"filter": "operation_payout_destination", "value": destination},)
    return Report(
        id=id, settlement_id=settlement.id, attachment_id=attachment.id,
        content_type=attachment.content_type, created_at=settlement.settled_at,
        created_by=attachment.created_by, data_from=settlement.start_at, data_to=settlement.end_at,
        data_type=DATA_TYPE, report_config_id=configuration.id,
        report_file_name=f"{settlement.provider_reference}.{attachment.extension}",
        report_filters=filters if destination else (), schedule=schedule,
    )  # fmt: skip


Day = Annotated[date, Field(strict=True)]
"""A date as text: no number, no time."""


class DateRange(Part):
    """Days, both included."""

    start_date: Day
    end_date: Day


class ReportOptions(Part):
    """Body of `generate-test-report`; all of it may be left out."""

    transaction_ids: tuple[str, ...] | None = None
    number_of_transactions: Annotated[Amount, Field(ge=1)] | None = None
    date_range: DateRange | None = None


def require_test_account(account_id: str) -> None:
    """Test reports exist on test accounts only."""
    if not account_id.startswith("T"):
        raise Forbidden(f"{account_id} is not a test account; test reports are for T accounts")


def days_of(body: ReportOptions, today: date) -> tuple[date, date]:
    """Which days a test report covers: the given ones, else all if payments are named, else a week."""
    if body.date_range is None:
        is_open = body.transaction_ids is not None or body.number_of_transactions is not None
        week = timedelta(days=TEST_REPORT_DAYS - 1)
        return (date.min if is_open else today - week), today
    if body.date_range.end_date < body.date_range.start_date:
        raise InvalidRequest(
            f"date_range: end_date {body.date_range.end_date} is before "
            f"start_date {body.date_range.start_date}"
        )
    return body.date_range.start_date, body.date_range.end_date


def for_test_report(
    newest: Iterable[Transaction], body: ReportOptions, first: date, last: date
) -> Sequence[Transaction]:
    """The payments that a test report takes up: not yet settled, in these days, the newest so many."""
    ids = None if body.transaction_ids is None else frozenset(body.transaction_ids)
    found = (
        transaction
        for transaction in newest
        if (ids is None or transaction.id in ids)
        and any(first <= day_of(event) <= last for event in transaction.unsettled)
    )
    return list(islice(found, body.number_of_transactions))
