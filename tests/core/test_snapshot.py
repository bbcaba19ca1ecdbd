"""A namespace as it was."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from mock_dintero.core.snapshot import KeptRecord, Snapshot, SnapshotBody

NOW = "2026-10-06T09:14:03.112Z"
WHOLE = {"taken_at": NOW, "now": NOW, "running": True, "records": []}


def test_a_snapshot_has_the_name_behind_its_account():
    made = Snapshot(id="T12345678.before-the-sale", **WHOLE)
    assert (made.name, made.account_id) == ("before-the-sale", "T12345678")


def test_what_reading_one_gives_can_be_put():
    kept = KeptRecord(kind="session", body={"id": "T12345678.s", "ours": {"a": [1]}})
    made = Snapshot(id="T12345678.x", **{**WHOLE, "records": (kept,)})
    given = {**made.shown(), "name": made.name, "account": made.account_id}
    assert SnapshotBody.model_validate(given).records == (kept,)


@pytest.mark.parametrize(
    "wrong",
    [{"now": "noon"}, {"taken_at": 5}, {"running": "yes"}, {"records": {}}, {"recrods": []},
     {"records": [{"kind": "session"}]}, {"records": [{"kind": 1, "body": {}}]},
     {"records": [{"kind": "session", "body": [], "more": 1}]}],
)  # fmt: skip
def test_a_typo_is_an_error_with_a_name(wrong):
    with pytest.raises(ValidationError) as caught:
        SnapshotBody.model_validate({**WHOLE, **wrong})
    assert next(iter(wrong)) in {error["loc"][0] for error in caught.value.errors()}
