"""The store: versions, all or none, order, files."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox import ACCOUNT

from mock_dintero.adapters.sql_store import FEW, RECENT, SqlStore, open_store
from mock_dintero.core.account import Account
from mock_dintero.core.callback import Callback
from mock_dintero.core.errors import Conflict

AT = "2026-10-06T09:14:03.112Z"


@pytest.fixture
def store() -> Iterator[SqlStore]:
    made = SqlStore()
    yield made
    made.close()


def callback(id: str, due: str | None = AT, account: str = ACCOUNT, **changes: object) -> Callback:
    fields: dict[str, object] = {
        "at": "payment_callback", "session_id": f"{account}.s", "method": "GET",
        "url": "http://shop.example/", "created_at": AT, "due": due, **changes,
    }  # fmt: skip
    return Callback(id=f"{account}.{id}", **fields)  # type: ignore[arg-type]


def test_a_record_comes_back_as_it_was_saved(store: SqlStore) -> None:
    made = callback("a", body="æ\x00\u2028", strange={"x": [1]})
    store.save(made)
    loaded = store.load(Callback, made.id)
    assert loaded == made
    assert loaded is not None
    assert loaded.version == 1
    assert store.load(Account, made.id) is None
    assert store.load(Callback, "nothing") is None


def test_of_two_changes_to_the_same_version_only_the_first_is_saved(store: SqlStore) -> None:
    store.save(callback("a"))
    one, two = store.load(Callback, f"{ACCOUNT}.a"), store.load(Callback, f"{ACCOUNT}.a")
    assert one
    assert two
    store.save(one.with_(state="in_flight"))
    with pytest.raises(Conflict):
        store.save(two.with_(state="failed"))
    loaded = store.load(Callback, one.id)
    assert loaded
    assert (loaded.state, loaded.version) == ("in_flight", 2)


def test_the_same_id_cannot_be_new_twice(store: SqlStore) -> None:
    store.save(callback("a"))
    with pytest.raises(Conflict):
        store.save(callback("a"))


def test_several_records_are_saved_all_or_none(store: SqlStore) -> None:
    store.save(callback("a"))
    stale = callback("a")
    new = callback("b")
    with pytest.raises(Conflict):
        store.save(new, stale)
    assert store.load(Callback, new.id) is None
    assert new.version == 0
    store.save(new, callback("c"))
    assert [c.delivery_id for c in store.oldest(Callback, ACCOUNT)] == ["a", "b", "c"]


def test_a_record_can_be_saved_again_and_again(store: SqlStore) -> None:
    made = callback("a")
    for _ in range(3):
        store.save(made)
    assert made.version == 3


def test_records_of_a_deleted_account_cannot_be_saved_any_more(store: SqlStore) -> None:
    made = callback("a")
    store.save(made)
    store.clear(ACCOUNT)
    with pytest.raises(Conflict):
        store.save(made)


def test_lists_are_by_account_in_the_order_of_coming(store: SqlStore) -> None:
    for id in "abc":
        store.save(callback(id))
    store.save(callback("x", account="T87654321"))
    names = [c.delivery_id for c in store.newest(Callback, ACCOUNT)]
    assert names == ["c", "b", "a"]
    after = [c.delivery_id for c in store.newest(Callback, ACCOUNT, after=f"{ACCOUNT}.b")]
    assert after == ["a"]
    assert list(store.newest(Callback, ACCOUNT, after="unknown")) == []
    assert [c.delivery_id for c in store.oldest(Callback, ACCOUNT, link=f"{ACCOUNT}.s")] == [
        "a",
        "b",
        "c",
    ]
    assert list(store.oldest(Callback, ACCOUNT, link="other")) == []
    store.save(callback("d", transaction_id="t"))
    assert [c.delivery_id for c in store.newest(Callback, ACCOUNT, reference="t")] == ["d"]


def test_due_is_what_waits_and_whose_time_has_come(store: SqlStore) -> None:
    store.save(
        callback("late", "2026-10-06T10:00:00.000Z"), callback("early", "2026-10-06T09:00:00.000Z"),
        callback("flying", state="in_flight"), callback("never", None),
        callback("other", "2026-10-06T08:00:00.000Z", "T87654321"),
    )  # fmt: skip
    due = store.due(Callback, ACCOUNT, "2026-10-06T10:00:00.000Z")
    assert [c.delivery_id for c in due] == ["early", "late"]
    assert [c.delivery_id for c in store.due(Callback, ACCOUNT, "2026-10-06T09:59:59.999Z")] == [
        "early"
    ]
    assert dict(store.next_due()) == {
        ACCOUNT: "2026-10-06T09:00:00.000Z", "T87654321": "2026-10-06T08:00:00.000Z"
    }  # fmt: skip
    assert [c.delivery_id for c in store.in_flight()] == ["flying"]


def test_clear_keeps_the_account_and_counts_the_rest(store: SqlStore) -> None:
    account = Account(id=ACCOUNT, created_at=AT, signature_created_at=AT)
    store.save(account, callback("a"), callback("b"), callback("x", account="T87654321"))
    assert store.clear(ACCOUNT) == {"callback": 2}
    assert store.accounts() == [ACCOUNT]
    assert store.load(Account, ACCOUNT) == account
    assert len(list(store.oldest(Callback, "T87654321"))) == 1
    assert store.next_due() == [("T87654321", AT)]


@pytest.mark.parametrize("others", [1, FEW + 1])
def test_clear_takes_one_account_and_leaves_the_others(store: SqlStore, others: int) -> None:
    account = Account(id=ACCOUNT, created_at=AT, signature_created_at=AT)
    store.save(account, *(callback(f"{n}", account="T87654321") for n in range(others)))
    store.save(callback("a"), callback("b", state="in_flight"))
    assert store.clear(ACCOUNT) == {"callback": 2}
    assert store.load(Account, ACCOUNT) == account
    assert store.load(Callback, f"{ACCOUNT}.a") is None
    left = [c.delivery_id for c in store.oldest(Callback, "T87654321", link="T87654321.s")]
    assert left == [f"{n}" for n in range(others)]
    store.save(callback("a"))
    assert [c.delivery_id for c in store.due(Callback, ACCOUNT, AT)] == ["a"]


@pytest.fixture
def another(store: SqlStore) -> SqlStore:
    """A second store on the same database."""
    made = SqlStore()
    made._db.close()
    made._db = store._db
    return made


def test_what_another_store_saved_is_not_hidden_by_what_was_kept(
    store: SqlStore, another: SqlStore
) -> None:
    made = callback("a")
    store.save(made)
    theirs = another.load(Callback, made.id)
    assert theirs
    another.save(theirs.with_(state="failed"))
    loaded = store.load(Callback, made.id)
    assert loaded
    assert (loaded.state, loaded.version) == ("failed", 2)
    assert [c.state for c in store.oldest(Callback, ACCOUNT)] == ["failed"]


def test_after_a_conflict_a_record_is_what_the_other_one_saved(
    store: SqlStore, another: SqlStore
) -> None:
    made = callback("a")
    store.save(made)
    theirs = another.load(Callback, made.id)
    assert theirs
    another.save(theirs.with_(state="failed"))
    with pytest.raises(Conflict):
        store.save(made.with_(state="delivered"))
    loaded = store.load(Callback, made.id)
    assert loaded
    assert loaded.state == "failed"
    store.save(loaded.with_(state="waiting"))
    assert [c.state for c in another.due(Callback, ACCOUNT, AT)] == ["waiting"]


def test_a_change_that_was_rolled_back_is_not_kept(store: SqlStore) -> None:
    made = callback("a")
    store.save(made)
    with pytest.raises(Conflict):
        store.save(made.with_(state="failed"), callback("a"))
    loaded = store.load(Callback, made.id)
    assert loaded
    assert (loaded.state, loaded.version) == ("waiting", 1)


def test_clear_forgets_what_was_kept(store: SqlStore, another: SqlStore) -> None:
    store.save(callback("a"))
    store.clear(ACCOUNT)
    assert store.load(Callback, f"{ACCOUNT}.a") is None
    another.save(callback("a", url="http://other.example/"))  # the same id and version again
    loaded = store.load(Callback, f"{ACCOUNT}.a")
    assert loaded
    assert loaded.url == "http://other.example/"


def test_a_deleted_record_is_gone_and_may_come_again(store: SqlStore) -> None:
    store.save(callback("a"))
    store.delete(callback("a"))
    assert store.load(Callback, f"{ACCOUNT}.a") is None
    store.save(callback("a", url="http://other.example/"))
    loaded = store.load(Callback, f"{ACCOUNT}.a")
    assert loaded
    assert loaded.url == "http://other.example/"


def test_what_is_not_kept_any_more_is_read(store: SqlStore) -> None:
    made = [callback(f"{n}") for n in range(2 * RECENT)]
    store.save(*made)
    assert [store.load(Callback, one.id) for one in made] == made
    assert [store.load(Callback, one.id) for one in reversed(made)] == made[::-1]


def test_a_number_that_json_does_not_have_is_null_at_once(store: SqlStore) -> None:
    made = Account(id=ACCOUNT, created_at=AT, signature_created_at=AT, strange=float("nan"))  # type: ignore[call-arg]
    store.save(made)
    loaded = store.load(Account, ACCOUNT)
    assert loaded
    assert loaded.sent()["strange"] is None


def test_lists_follow_a_change_of_what_they_search_by(store: SqlStore) -> None:
    made = callback("a", due=None, transaction_id="t")
    store.save(made)
    store.save(made.with_(url="http://other.example/"))
    assert len(list(store.newest(Callback, ACCOUNT, reference="t"))) == 1
    loaded = store.load(Callback, made.id)
    assert loaded
    store.save(loaded.with_(due=AT, transaction_id="u"))
    assert list(store.newest(Callback, ACCOUNT, reference="t")) == []
    assert len(list(store.newest(Callback, ACCOUNT, reference="u"))) == 1
    assert len(store.due(Callback, ACCOUNT, AT)) == 1


def test_a_file_keeps_everything_until_the_next_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    first = open_store(url)
    first.save(callback("a"))
    first.close()
    second = open_store(url)
    assert [c.delivery_id for c in second.oldest(Callback, ACCOUNT)] == ["a"]
    second.ping()
    second.close()


def test_a_file_survives_the_kill_of_its_process(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[2]);"
        "from mock_dintero.adapters.sql_store import SqlStore;"
        "from mock_dintero.core.account import new_account;"
        "from datetime import datetime, UTC;"
        "s = SqlStore(sys.argv[1]);"
        "s.save(new_account('T12345678', datetime(2026, 10, 6, tzinfo=UTC)));"
        "os.kill(os.getpid(), 9)"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", code, str(path), root], check=False)
    assert done.returncode == -9
    store = SqlStore(str(path))
    assert store.accounts() == [ACCOUNT]
    store.close()


def test_a_file_belongs_to_one_at_a_time(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    first = open_store(url)
    first.save(callback("a"))
    start = time.monotonic()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        open_store(url)
    assert time.monotonic() - start < 5
    first.ping()
    first.close()


def test_a_second_process_is_told_in_words_that_the_file_is_in_use(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    first = SqlStore(str(path))
    first.save(callback("a"))
    command = [
        sys.executable,
        "-m",
        "mock_dintero",
        "start",
        "-p",
        "0",
        "--store",
        f"sqlite:///{path}",
    ]
    root = Path(__file__).parents[2]
    second = subprocess.run(
        command, cwd=root, capture_output=True, text=True, timeout=30, check=False
    )
    first.close()
    assert second.returncode not in (0, -9)
    said = second.stdout + second.stderr
    assert "Traceback" not in said
    assert "store.db" in said or "--store" in said


@pytest.mark.parametrize(
    "url", ["", "file.db", "sqlite:", "sqlite:///", "sqlite://file.db", "postgresql://x", "Memory"]
)
def test_a_store_that_is_none_is_refused_in_words(url: str) -> None:
    with pytest.raises(ValueError, match="--store"):
        open_store(url)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        open_store(f"sqlite:///{tmp_path}/nowhere/store.db")


def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE other (x)")
    other.commit()
    other.close()
    with pytest.raises(sqlite3.OperationalError, match="not written by this version"):
        open_store(f"sqlite:///{path}")
    again = sqlite3.connect(path)
    tables = again.execute("SELECT name FROM sqlite_master").fetchall()
    again.close()
    assert tables == [("other",)]


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes, do not touch " * 100)
    with pytest.raises(sqlite3.DatabaseError):
        open_store(f"sqlite:///{path}")
    assert path.read_text().startswith("my notes")
