"""The correct shop keeps every promise, and a promise says all that its report needs."""

from __future__ import annotations

import shutil

import pytest

from mock_dintero.contract_files import folder
from mock_dintero.verify import Promise, read_merchant
from mock_dintero.verify.library import UnknownPromise, chosen, promises
from mock_dintero.verify.promise import FAMILIES
from mock_dintero.verify.run import Run

SHOPS = {"sample": folder() / "merchant.toml", "node": folder() / "node_shop" / "merchant.toml"}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("shop", SHOPS)
def test_a_correct_shop_keeps_every_promise(shop: str, family: str) -> None:
    if shop == "node" and not shutil.which("node"):
        pytest.skip("Node is not installed")
    merchant = read_merchant(SHOPS[shop])
    # One process for many promises, for the sake of speed; test_run.py has one for each.
    shared = merchant.model_copy(update={"shop": merchant.shop.model_copy(update={"share": True})})
    report = Run(shared, SHOPS[shop].parent, workers=2).judge(chosen([family]))
    told = [
        f"{one.promise.id}: {one.result}: {one.observed}"
        for one in report.verdicts
        if one.result != "kept"
    ]
    assert told == []


@pytest.mark.parametrize("promise", promises(), ids=lambda one: one.id)
def test_a_promise_says_all_that_a_report_needs(promise: Promise) -> None:
    assert promise.says.endswith("."), "a sentence"
    assert promise.says[0].isupper()
    assert len(promise.says) < 160
    assert promise.why.endswith(".")
    assert promise.mend.endswith(".")
    assert promise.source.startswith("https://")


def test_ids_are_unique() -> None:
    ids = [one.id for one in promises()]
    assert len(set(ids)) == len(ids)


def test_promises_are_chosen_by_id_by_a_star_by_family_or_by_severity() -> None:
    assert [one.id for one in chosen(["callback-twice"])] == ["callback-twice"]
    assert "callback-twice" in [one.id for one in chosen(["callback-*"])]
    assert {one.family for one in chosen(["once and only once"])} == {"Once and only once"}
    assert {one.severity for one in chosen(["must"])} == {"must"}


def test_a_promise_that_does_not_exist_leads_to_one_that_does() -> None:
    with pytest.raises(UnknownPromise, match="did you mean callback-twice"):
        chosen(["calback-twice"])
