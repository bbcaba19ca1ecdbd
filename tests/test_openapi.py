"""Our own description: it names every endpoint, and it is served."""

from __future__ import annotations

import json
from typing import Any

from sandbox import Merchant

from mock_dintero.core.session import Session
from mock_dintero.openapi import OPERATIONS, description, endpoints


def test_every_handler_has_its_row() -> None:
    """A new endpoint: add what it takes and gives to OPERATIONS."""
    assert [one.name for one in endpoints() if one.handler not in OPERATIONS] == []


def test_it_is_served(merchant: Merchant) -> None:
    assert merchant.client.get("/_mock/openapi.json").json() == description()


def test_every_operation_has_a_name_of_its_own() -> None:
    operations = [one for path in description()["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(names) > 35
    assert len(set(names)) == len(names)
    assert all(one["description"] for one in operations)


def references(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(references, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    here = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
    return here.union(*map(references, value.values()))


def test_every_schema_that_is_named_is_there_and_the_other_way_round() -> None:
    there = {f"#/components/schemas/{name}" for name in description()["components"]["schemas"]}
    assert references(description()) == there


def test_what_stays_inside_is_not_described() -> None:
    shown = description()["components"]["schemas"]["Session"]["properties"]
    assert not set(shown) & Session.PRIVATE
    assert "order" in shown


def test_amounts_and_numbers_are_described_as_what_they_take() -> None:
    capture = description()["components"]["schemas"]["CaptureBody"]["properties"]
    assert capture["amount"] == {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}
    item = description()["components"]["schemas"]["Item"]["properties"]
    assert {"type": "number"} in item["quantity"]["anyOf"]


def test_it_is_json_without_surprises() -> None:
    assert json.loads(json.dumps(description())) == description()
