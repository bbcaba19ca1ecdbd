"""Each bug of the sample shop breaks the promises that it is named for; each promise has such a bug."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import buggy_shop
from shop import payments
from shop.bugs import bugs, replace, switch_off, switch_on

from mock_dintero.testing.in_process import InProcess
from mock_dintero.verify.library import chosen, promises

BUGS = bugs()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[InProcess]:
    with buggy_shop.sandbox() as started:
        yield started


@pytest.mark.parametrize("name", BUGS)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_breaks_the_promises_that_it_is_named_for(sandbox: InProcess, name: str) -> None:
    told = {one.id: buggy_shop.judged(sandbox, one, name, 0.3) for one in chosen(BUGS[name].breaks)}
    assert {id: result for id, (result, _) in told.items()} == dict.fromkeys(
        BUGS[name].breaks, "broken"
    )
    assert all(len(observed) > 20 for _, observed in told.values())


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


def test_a_shop_is_right_again_after_its_bug() -> None:
    before = vars(payments).copy()
    for name in BUGS:
        switch_on(name)
        switch_off()
    assert vars(payments) == before


def test_the_kill_matrix_in_docs_names_every_bug_and_promise() -> None:
    page = (Path(__file__).parents[2] / "docs" / "kill-matrix.md").read_text()
    missing = [name for name in (*BUGS, *(one.id for one in promises())) if f"`{name}`" not in page]
    assert missing == [], "python tools/kill_matrix.py"
    assert "Promises that no bug breaks: none. Bugs that break nothing: none." in page
