"""Each bug of the sample shop breaks the promises that it is named for; each promise has such a bug."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mock_dintero.contract_files import folder
from mock_dintero.verify import read_merchant
from mock_dintero.verify.library import chosen, promises
from mock_dintero.verify.run import Run

sys.path.insert(0, str(folder()))

from shop.bugs import bugs, replace

MERCHANT = folder() / "merchant.toml"
BUGS = bugs()


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_breaks_the_promises_that_it_is_named_for(name: str) -> None:
    merchant = read_merchant(MERCHANT)
    env = {**merchant.shop.env, "SHOP_BUG": name}
    part = merchant.shop.model_copy(update={"env": env, "share": True})
    run = Run(merchant.model_copy(update={"shop": part}), MERCHANT.parent, workers=1)
    report = run.judge(chosen(BUGS[name].breaks))
    assert {one.promise.id: one.result for one in report.verdicts} == dict.fromkeys(
        BUGS[name].breaks, "broken"
    )
    assert all(len(one.observed) > 20 for one in report.verdicts)


def test_every_promise_has_a_bug_that_breaks_it() -> None:
    killed = {id for bug in BUGS.values() for id in bug.breaks}
    assert [one.id for one in promises() if one.id not in killed] == []


def test_every_bug_says_what_is_wrong_and_where_it_was_seen() -> None:
    for bug in BUGS.values():
        assert bug.says, bug.name
        assert bug.seen.startswith("https://"), bug.name


def test_a_bug_whose_place_is_gone_says_so() -> None:
    with pytest.raises(AttributeError, match="has lost its place"):
        replace(sys, "no_such_piece", None)


def test_the_kill_matrix_in_docs_names_every_bug_and_promise() -> None:
    page = (Path(__file__).parents[2] / "docs" / "kill-matrix.md").read_text()
    missing = [name for name in (*BUGS, *(one.id for one in promises())) if f"`{name}`" not in page]
    assert missing == [], "python tools/kill_matrix.py"
    assert "Promises that no bug breaks: none. Bugs that break nothing: none." in page
