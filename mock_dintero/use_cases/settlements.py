"""Settlements: making those that are due, listing them, and the reports about them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice
from typing import Literal

from mock_dintero.core import report as reports
from mock_dintero.core import settlement as rules
from mock_dintero.core.errors import InvalidRequest, NotFound
from mock_dintero.core.ids import checkout_id
from mock_dintero.core.report import (
    ConfigurationBody,
    Report,
    ReportConfiguration,
    ReportOptions,
)
from mock_dintero.core.settlement import (
    Attachment,
    SettledThrough,
    Settlement,
    SettlementFilter,
    time_of,
)
from mock_dintero.core.timestamps import moment, stamp
from mock_dintero.core.transaction import Transaction
from mock_dintero.ports import Sandbox

Schedule = Literal["daily", "test"]


def settle_due(sandbox: Sandbox, account_id: str) -> int:
    """Make every settlement whose time has come; how many there were.

    The payments of an account are looked through once for each new day, however often this is called.
    """
    last = rules.last_due_day(sandbox.clock.now(account_id))
    through = sandbox.store.load(SettledThrough, f"{account_id}.settled_through")
    # A file store may wake up with the clock back at real time: any other day is a new one.
    if through and through.day == last.isoformat():
        return 0
    captured = sandbox.store.oldest(Transaction, account_id)
    made = _settle(sandbox, account_id, captured, date.min, last)
    mark = through or SettledThrough(id=f"{account_id}.settled_through", day="")
    sandbox.store.save(mark.with_(day=last.isoformat()))
    return len(made)


def _settle(
    sandbox: Sandbox,
    account_id: str,
    transactions: Iterable[Transaction],
    first: date,
    last: date,
    now: datetime | None = None,
) -> list[Settlement]:
    """Settle what these payments have for these days; at 06:00 of the next one, or now."""
    made: list[Settlement] = []
    latest: dict[str, Transaction] = {}
    for batch, found in rules.batches(transactions, first, last).items():
        at = now or time_of(batch.day)
        settlement, noted = rules.settle(
            checkout_id(account_id, sandbox.new_uuid(), at), batch,
            [latest.get(transaction.id, transaction) for transaction in found],
            [sandbox.new_uuid() for _ in rules.FILE_TYPES], at,
        )  # fmt: skip
        told = _reports(sandbox, account_id, settlement, "test" if now else "daily")
        sandbox.store.save(settlement, *noted, *told)
        latest.update((transaction.id, transaction) for transaction in noted)
        made.append(settlement)
    return made


def _reports(
    sandbox: Sandbox, account_id: str, settlement: Settlement, schedule: Schedule
) -> list[Report | ReportConfiguration]:
    """A report for each wanted file, and the configurations that know when they were last used."""
    configurations = sandbox.store.oldest(ReportConfiguration, account_id)
    files = reports.wanted_files(configurations, settlement)
    at = moment(settlement.settled_at)
    used = {configuration.id: configuration for configuration, _ in files}
    return [
        *(
            reports.report(
                checkout_id(account_id, sandbox.new_uuid(), at), configuration, settlement,
                attachment, schedule,
            )
            for configuration, attachment in files
        ),
        *(one.with_(last_send_at=int(at.timestamp())) for one in used.values()),
    ]  # fmt: skip


def read(sandbox: Sandbox, account_id: str, id: str) -> Settlement:
    """The settlement. Raises NotFound, also for another account's."""
    found = sandbox.store.load(Settlement, id) if id.startswith(account_id) else None
    if found is None:
        raise NotFound(f"no settlement {id!r} in account {account_id}")
    return found


def search(
    sandbox: Sandbox,
    account_id: str,
    wanted: SettlementFilter,
    limit: int,
    starting_after: tuple[str, datetime] | None,
) -> tuple[list[Settlement], bool]:
    """A page of settlements, newest first, and whether there are more.

    `starting_after` is the id of the last one of the page before, and its time. Raises InvalidRequest
    if there is no such settlement.
    """
    settle_due(sandbox, account_id)
    after = ""
    if starting_after is not None:
        after = _require_key(sandbox, account_id, *starting_after)
    newest = sandbox.store.newest(Settlement, account_id, after=after)
    found = list(islice((one for one in newest if rules.fits(one, wanted)), limit + 1))
    return found[:limit], len(found) > limit


def _require_key(sandbox: Sandbox, account_id: str, id: str, at: datetime) -> str:
    found = sandbox.store.load(Settlement, id) if id.startswith(account_id) else None
    if found is None:
        raise InvalidRequest(f"starting_after_id: no settlement {id!r} in account {account_id}")
    if stamp(at) not in (found.settled_at, found.created_at):
        raise InvalidRequest(
            f"starting_after_date: {stamp(at)} is not the date of {id}, which is {found.settled_at}; "
            "send both as last_evaluated_key has them"
        )
    return id


def attachment(settlement: Settlement, id: str) -> Attachment:
    """A file of a settlement. Raises NotFound."""
    for one in settlement.attachments:
        if one.id == id:
            return one
    raise NotFound(f"no attachment {id!r} in settlement {settlement.id}")


def token_of(settlement_id: str, attachment_id: str) -> str:
    """What a link to a file ends in; whoever has it may read the file."""
    return f"{settlement_id}.{attachment_id}"


def file_of(sandbox: Sandbox, token: str) -> tuple[Settlement, Attachment]:
    """The file behind a link. Raises NotFound."""
    settlement_id, _, attachment_id = token.rpartition(".")
    found = sandbox.store.load(Settlement, settlement_id)
    if found is None:
        raise NotFound(f"no settlement file {token!r}")
    return found, attachment(found, attachment_id)


def configure(sandbox: Sandbox, account_id: str, body: ConfigurationBody) -> ReportConfiguration:
    """A new report configuration."""
    now = sandbox.clock.now(account_id)
    # What fell due before this configuration was there is none of its business.
    settle_due(sandbox, account_id)
    made = reports.new_configuration(checkout_id(account_id, sandbox.new_uuid(), now), body, now)
    sandbox.store.save(made)
    return made


def configuration(sandbox: Sandbox, account_id: str, id: str) -> ReportConfiguration:
    """A report configuration. Raises NotFound, also for a deleted one."""
    found = sandbox.store.load(ReportConfiguration, id) if id.startswith(account_id) else None
    if found is None or found.deleted_at:
        raise NotFound(f"no report configuration {id!r} in account {account_id}")
    return found


def configurations(
    sandbox: Sandbox, account_id: str, limit: int, starting_after: str | None
) -> tuple[list[ReportConfiguration], bool]:
    """A page of report configurations, newest first, and whether there are more."""
    if starting_after is not None:
        _require_known(sandbox, ReportConfiguration, account_id, starting_after)
    newest = sandbox.store.newest(ReportConfiguration, account_id, after=starting_after or "")
    found = list(islice((one for one in newest if not one.deleted_at), limit + 1))
    return found[:limit], len(found) > limit


def reconfigure(
    sandbox: Sandbox, account_id: str, id: str, body: ConfigurationBody
) -> ReportConfiguration:
    """Replace a report configuration; what fell due before is reported as it was."""
    settle_due(sandbox, account_id)
    current = configuration(sandbox, account_id, id)
    after = reports.replaced(current, body, sandbox.clock.now(account_id))
    sandbox.store.save(after)
    return after


def delete_configuration(sandbox: Sandbox, account_id: str, id: str) -> ReportConfiguration:
    """Nobody wants these reports any more; those that were made stay."""
    settle_due(sandbox, account_id)
    current = configuration(sandbox, account_id, id)
    gone = current.with_(deleted_at=stamp(sandbox.clock.now(account_id)))
    sandbox.store.save(gone)
    return gone


def made_reports(
    sandbox: Sandbox, account_id: str, limit: int, starting_after: str | None
) -> tuple[list[Report], bool]:
    """A page of the reports that were made, newest first, and whether there are more."""
    settle_due(sandbox, account_id)
    if starting_after is not None:
        _require_known(sandbox, Report, account_id, starting_after)
    newest = sandbox.store.newest(Report, account_id, after=starting_after or "")
    found = list(islice(newest, limit + 1))
    return found[:limit], len(found) > limit


def _require_known(
    sandbox: Sandbox, kind: type[Report | ReportConfiguration], account_id: str, id: str
) -> None:
    if not id.startswith(account_id) or sandbox.store.load(kind, id) is None:
        raise InvalidRequest(f"starting_after: nothing {id!r} in this list")


def generate_test_report(
    sandbox: Sandbox, account_id: str, body: ReportOptions
) -> list[Settlement]:
    """Settle at once, without waiting for the morning, what is chosen and not settled yet.

    Raises InvalidRequest for a payment that is not in the account, Forbidden on a production account.
    """
    reports.require_test_account(account_id)
    now = sandbox.clock.now(account_id)
    first, last = reports.days_of(body, now.date())
    for id in body.transaction_ids or ():
        if not id.startswith(account_id) or sandbox.store.load(Transaction, id) is None:
            raise InvalidRequest(f"transaction_ids: no transaction {id!r} in account {account_id}")
    settle_due(sandbox, account_id)
    newest = sandbox.store.newest(Transaction, account_id)
    chosen = reports.for_test_report(newest, body, first, last)
    return _settle(sandbox, account_id, reversed(chosen), first, last, now)
