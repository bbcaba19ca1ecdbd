"""Snapshots: a namespace is saved under a name, and put back as it was."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable

from pydantic import ValidationError

from mock_dintero.core.account import Account
from mock_dintero.core.approval import Approval
from mock_dintero.core.clock import require_possible
from mock_dintero.core.errors import InvalidRequest, NotFound
from mock_dintero.core.payout import FundTransfer
from mock_dintero.core.record import Record
from mock_dintero.core.snapshot import KeptRecord, Snapshot, SnapshotBody
from mock_dintero.core.timestamps import is_stamp, moment, stamp
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import carrying, clock, outbox, restart, shop_questions, tester

LATE: tuple[type[Record], ...] = (Approval, FundTransfer)
"""Kinds whose modules are imported when a shop first needs them; a snapshot may hold them before."""
NAME = re.compile(r"[\w-]{1,64}")


def search(sandbox: Sandbox, account_id: str) -> list[Snapshot]:
    """All snapshots of an account, oldest first."""
    return list(sandbox.store.oldest(Snapshot, account_id))


def read(sandbox: Sandbox, account_id: str, name: str) -> Snapshot:
    """A snapshot. Raises NotFound."""
    found = sandbox.store.load(Snapshot, _id(account_id, name))
    if found is None:
        names = ", ".join(one.name for one in search(sandbox, account_id)) or "none"
        raise NotFound(f"no snapshot {name!r} of {account_id}; there is {names}")
    return found


def _id(account_id: str, name: str) -> str:
    if not NAME.fullmatch(name):
        raise InvalidRequest(f"name: {name!r} is not letters, digits, - and _, up to 64 of them")
    return f"{account_id}.{name}"


async def take(sandbox: Sandbox, account_id: str, name: str) -> Snapshot:
    """Save the namespace as it is when nothing of it is on its way; one of this name gives way."""
    await carrying.settle(sandbox, account_id)
    taken = Snapshot(
        id=_id(account_id, name), taken_at=stamp(sandbox.clock.wall()),
        now=stamp(sandbox.clock.now(account_id)), running=sandbox.clock.is_running(account_id),
        records=tuple(
            KeptRecord(kind=kind, body=json.loads(body))
            for kind, body in sandbox.store.dump(account_id)
        ),
    )  # fmt: skip
    return _put(sandbox, taken)


def put(sandbox: Sandbox, account_id: str, name: str, body: SnapshotBody) -> Snapshot:
    """Store a snapshot that was read before, from this sandbox or another. Raises InvalidRequest."""
    foreign = next((r for r in _read(body.records) if r.account_id != account_id), None)
    if foreign:
        raise InvalidRequest(
            f"records: {foreign.id} is not of {account_id}; ids name their account, so a snapshot "
            "goes back to the account that it was taken of"
        )
    require_possible(moment(body.now))
    return _put(sandbox, Snapshot(
        id=_id(account_id, name), taken_at=body.taken_at, now=body.now, running=body.running,
        records=body.records,
    ))  # fmt: skip


def kinds() -> dict[str, type[Record]]:
    """All that a snapshot may hold: every kind but those that a reset leaves where they are."""
    known = {kind.kind: kind for kind in (*Record.__subclasses__(), *LATE)}
    return {name: kind for name, kind in known.items() if kind not in (Account, Snapshot)}


def _read(kept: Iterable[KeptRecord]) -> list[Record]:
    """The records themselves. Raises InvalidRequest for what is none of ours."""
    known, found = kinds(), list[Record]()
    for number, one in enumerate(kept):
        if one.kind not in known:
            raise InvalidRequest(
                f"records.{number}.kind: {one.kind!r} is none of {', '.join(known)}"
            )
        try:
            record = known[one.kind].model_validate(one.body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(step) for step in ("records", number, "body", *first["loc"]))
            raise InvalidRequest(f"{where}: {first['msg']}") from None
        if record.due_at and not is_stamp(record.due_at):
            raise InvalidRequest(
                f"records.{number}.body.due: {record.due_at!r} is not like 2026-10-06T09:14:03.112Z"
            )
        found.append(record)
    twice = [key for key, count in Counter((r.kind, r.id) for r in found).items() if count > 1]
    if twice:
        raise InvalidRequest(f"records: there are two of {' '.join(twice[0])}")
    return found


def _put(sandbox: Sandbox, taken: Snapshot) -> Snapshot:
    before = sandbox.store.load(Snapshot, taken.id)
    kept = before.with_(**taken.sent()) if before else taken
    sandbox.store.save(kept)
    return kept


async def restore(sandbox: Sandbox, account_id: str, name: str) -> Snapshot:
    """Put the namespace back: records, faults, what waits, and the time that it was."""
    snapshot = read(sandbox, account_id, name)
    await tester.reset(sandbox, account_id)
    sandbox.store.save(*_read(snapshot.records))
    restart.remember(sandbox, account_id)
    shop_questions.give_up(sandbox, outbox.release_stranded(sandbox, account_id))
    clock.set_clock(sandbox, account_id, moment(snapshot.now), snapshot.running)
    sandbox.note_happening(account_id, "reset", f"put back as snapshot {name} had it")
    return snapshot


def delete(sandbox: Sandbox, account_id: str, name: str) -> None:
    """Forget a snapshot. Raises NotFound."""
    sandbox.store.delete(read(sandbox, account_id, name))
