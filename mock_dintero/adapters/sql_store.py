"""The store: one table in SQLite, in memory or in a file that survives a kill at any moment."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar, cast

from mock_dintero.core.account import Account
from mock_dintero.core.callback import Callback
from mock_dintero.core.errors import Conflict
from mock_dintero.core.record import Record
from mock_dintero.core.snapshot import Snapshot

R = TypeVar("R", bound=Record)

KEPT = (Account.kind, Snapshot.kind)
"""What clearing an account leaves."""

SCHEMA_VERSION = 1
SCHEMA = f"""
PRAGMA user_version = {SCHEMA_VERSION};
CREATE TABLE IF NOT EXISTS record (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    reference TEXT,
    link TEXT,
    due TEXT,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS record_id ON record (id, kind);
CREATE INDEX IF NOT EXISTS record_account ON record (account, kind);
CREATE INDEX IF NOT EXISTS record_reference ON record (reference) WHERE reference IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_link ON record (link) WHERE link IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_due ON record (account, due) WHERE due IS NOT NULL;
"""


INSERT = (
    "INSERT INTO record (account, version, reference, link, due, body, id, kind)"
    " VALUES (?, 1, ?, ?, ?, ?, ?, ?)"
)
UPDATE = (
    "UPDATE record SET version = version + 1, reference = ?, link = ?, due = ?, body = ?"
    " WHERE id = ? AND kind = ? AND version = ?"
)
UPDATE_BODY = (
    "UPDATE record SET version = version + 1, body = ? WHERE id = ? AND kind = ? AND version = ?"
)
"""Half the cost of the whole one, which writes three indexes anew even where nothing changed."""

RECENT = 64
"""Records that are kept as they are, so that what was just saved need not be read from JSON again."""

FEW = 100
"""As many records may stay when an account is cleared by throwing the whole table away."""


class SqlStore:
    """Records as JSON under kind and id. Not for several threads: the event loop's own is the one."""

    def __init__(self, path: str = ":memory:") -> None:
        """Open or make the file. Raises sqlite3.OperationalError if it is in use or not ours."""
        self._saved: Callable[[Sequence[Record]], None] | None = None
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=1.0)
        self._recent = OrderedDict[tuple[type[Record], str], Record]()
        try:
            # Some builds overwrite what is deleted, which takes three times as long.
            self._db.execute("PRAGMA secure_delete = OFF")
            self._require_schema(path)
            if path != ":memory:":
                # One process at a time. A commit reaches the operating system before the call
                # returns, so a killed process loses nothing; a power cut may take the last moments.
                self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(SCHEMA)
        except BaseException:
            self._db.close()
            raise

    def _require_schema(self, path: str) -> None:
        (found,) = self._db.execute("PRAGMA user_version").fetchone()
        tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if found != SCHEMA_VERSION and tables:
            raise sqlite3.OperationalError(
                f"{path} was not written by this version of mock-dintero"
            )
        self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def load(self, kind: type[R], id: str) -> R | None:
        """The record, or None."""
        row = self._db.execute(
            "SELECT version, body FROM record WHERE id = ? AND kind = ?", (id, kind.kind)
        ).fetchone()
        return self._keep(self._read(kind, id, *row)) if row else None

    def text(self, kind: type[R], id: str, without: Iterable[str] = ()) -> str | None:
        """The record as JSON, less these top-level fields; a fraction of what reading it costs."""
        paths = [f"$.{name}" for name in without]
        shown = f"json_remove({', '.join(['body', *'?' * len(paths)])})" if paths else "body"
        row = self._db.execute(
            f"SELECT {shown} FROM record WHERE id = ? AND kind = ?",  # noqa: S608
            (*paths, id, kind.kind),
        ).fetchone()
        return row[0] if row else None

    def save(self, *records: Record) -> None:
        """All of them or none. Raises Conflict if one was changed since it was loaded."""
        bodies = [record.model_dump_json(exclude_unset=True) for record in records]
        if len(records) == 1:
            self._write(records[0], bodies[0])
        elif records:
            self._write_all(records, bodies)
        for record, body in zip(records, bodies, strict=True):
            record._version = record.version + 1
            if "null" in body and type(record) is not Callback:
                # Some client's NaN is null in JSON: what is read may differ from what was saved.
                self._recent.pop((type(record), record.id), None)
            else:
                self._keep(record)
        if self._saved:
            self._saved(records)

    def watch(self, saved: Callable[[Sequence[Record]], None]) -> None:
        """Tell this one of all that is saved from now on."""
        self._saved = saved

    def _read(self, kind: type[R], id: str, version: int, body: str) -> R:
        """The record as it was kept if nobody has changed it since; else read from its JSON."""
        kept = self._recent.get((kind, id))
        if kept is not None and kept.version == version:
            return cast(R, kept)
        record = kind.model_validate_json(body)
        record._version = version
        return record

    def _keep(self, record: R) -> R:
        """Put it last in the row, the first one leaves it."""
        key = (type(record), record.id)
        self._recent[key] = record
        self._recent.move_to_end(key)
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)
        return record

    def _write_all(self, records: Sequence[Record], bodies: Sequence[str]) -> None:
        with self._db:  # commits, or rolls back what raises
            self._db.execute("BEGIN")
            for record, body in zip(records, bodies, strict=True):
                self._write(record, body)

    def _write(self, record: Record, body: str) -> None:
        version, key, indexed = record.version, (record.id, record.kind), _indexed(record)
        if version == 0:
            try:
                self._db.execute(INSERT, (record.account_id, *indexed, body, *key))
            except sqlite3.IntegrityError:
                raise Conflict(f"{record.kind} {record.id} exists already") from None
            return
        before = self._recent.get((type(record), record.id))
        if before is not None and before.version == version and _indexed(before) == indexed:
            updated = self._db.execute(UPDATE_BODY, (body, *key, version))
        else:
            updated = self._db.execute(UPDATE, (*indexed, body, *key, version))
        if updated.rowcount != 1:
            raise Conflict(f"{record.kind} {record.id} was changed by somebody else; load it again")

    def newest(
        self,
        kind: type[R],
        account_id: str,
        *,
        reference: str = "",
        link: str = "",
        after: str = "",
    ) -> Iterator[R]:
        """An account's records, newest first, read as they are asked for."""
        return self._list(kind, account_id, reference, link, after, "DESC")

    def oldest(self, kind: type[R], account_id: str, *, link: str = "") -> Iterator[R]:
        """An account's records in the order in which they came."""
        return self._list(kind, account_id, "", link, "", "ASC")

    def _list(
        self, kind: type[R], account_id: str, reference: str, link: str, after: str, order: str
    ) -> Iterator[R]:
        where, values = ["account = ?", "kind = ?"], [account_id, kind.kind]
        if reference:
            where, values = [*where, "reference = ?"], [*values, reference]
        if link:
            where, values = [*where, "link = ?"], [*values, link]
        if after:
            where.append("seq < (SELECT seq FROM record WHERE id = ? AND kind = ?)")
            values += [after, kind.kind]
        rows = self._db.execute(
            f"SELECT id, version, body FROM record WHERE {' AND '.join(where)} ORDER BY seq {order}",  # noqa: S608
            values,
        )
        return (self._read(kind, *row) for row in rows)

    def due(self, kind: type[R], account_id: str, until: str) -> list[R]:
        """An account's records of this kind whose time has come, in order of their time."""
        rows = self._db.execute(
            "SELECT id, version, body FROM record WHERE account = ? AND due <= ? AND kind = ?"
            " ORDER BY due, seq",
            (account_id, until, kind.kind),
        ).fetchall()
        return [self._read(kind, *row) for row in rows]

    def next_due(self, account_id: str = "") -> list[tuple[str, str]]:
        """For each account (or for this one) where something waits for its time: id and earliest time."""
        if account_id:
            return self._db.execute(
                "SELECT account, min(due) FROM record WHERE account = ? AND due IS NOT NULL"
                " GROUP BY account",
                (account_id,),
            ).fetchall()
        return self._db.execute(
            "SELECT account, min(due) FROM record WHERE due IS NOT NULL GROUP BY account"
        ).fetchall()

    def in_flight(self) -> list[Callback]:
        """Callbacks that were being carried when the process died."""
        rows = self._db.execute(
            "SELECT id, version, body FROM record WHERE kind = 'callback'"
            " AND json_extract(body, '$.state') = 'in_flight' ORDER BY seq"
        ).fetchall()
        return [self._read(Callback, *row) for row in rows]

    def clear(self, account_id: str) -> dict[str, int]:
        """Forget everything of an account but itself and its snapshots; how many of each kind."""
        counts = dict(
            self._db.execute(
                "SELECT kind, count(*) FROM record WHERE account = ? AND kind NOT IN (?, ?)"
                " GROUP BY kind",
                (account_id, *KEPT),
            )
        )
        (total,) = self._db.execute("SELECT count(*) FROM record").fetchone()
        if total - sum(counts.values()) <= FEW:
            self._clear_all_but(account_id)
        else:
            self._db.execute(
                "DELETE FROM record WHERE account = ? AND kind NOT IN (?, ?)", (account_id, *KEPT)
            )
        self._recent.clear()
        return counts

    def _clear_all_but(self, account_id: str) -> None:
        """Take out the few that stay, drop the rest: SQLite throws a whole table away at once."""
        with self._db:
            self._db.execute("BEGIN")
            rows = self._db.execute(
                "SELECT * FROM record WHERE account < ? OR account > ?"
                " OR account = ? AND kind IN (?, ?)",
                (account_id, account_id, account_id, *KEPT),
            ).fetchall()
            self._db.execute("DELETE FROM record")
            self._db.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def delete(self, record: Record) -> None:
        """Forget this record."""
        self._recent.pop((type(record), record.id), None)
        self._db.execute("DELETE FROM record WHERE id = ? AND kind = ?", (record.id, record.kind))

    def dump(self, account_id: str) -> list[tuple[str, str]]:
        """Kind and JSON of all that clearing the account would forget, in the order they came."""
        return self._db.execute(
            "SELECT kind, body FROM record WHERE account = ? AND kind NOT IN (?, ?) ORDER BY seq",
            (account_id, *KEPT),
        ).fetchall()

    def accounts(self) -> list[str]:
        """The ids of all accounts, in the order in which they came."""
        rows = self._db.execute(
            "SELECT id FROM record WHERE kind = ? ORDER BY seq", (Account.kind,)
        )
        return [id for (id,) in rows]

    def ping(self) -> None:
        """Raise if the store cannot be used."""
        self._db.execute("SELECT 1 FROM record LIMIT 1")

    def close(self) -> None:
        """Write what is left and let go."""
        self._db.close()


def _indexed(record: Record) -> tuple[str | None, str | None, str | None]:
    """What has a column of its own, so that lists can be found by it."""
    return record.reference or None, record.link or None, record.due_at


def open_store(url: str) -> SqlStore:
    """`memory`, or `sqlite:///relative.db`, `sqlite:////absolute.db`. Raises ValueError."""
    if url == "memory":
        return SqlStore()
    scheme, found, path = url.partition(":///")
    if scheme != "sqlite" or not found or not path:
        raise ValueError(f"--store: {url!r} is neither memory nor sqlite:///file.db")
    if not Path(path).resolve().parent.is_dir():
        raise ValueError(f"--store: the folder of {path} does not exist")
    return SqlStore(path)
