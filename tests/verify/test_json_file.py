"""The JSON of a run fits its schema, and the schema in docs is the one of the models."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from made_up_report import broken, made_report, one_of_each, unclear

from mock_dintero.verify.reports.json_file import ReportFile, schema, written

SCHEMA = Path(__file__).parents[2] / "docs" / "verify-report.schema.json"


def test_the_schema_in_docs_is_the_one_of_the_models():
    assert SCHEMA.read_text(encoding="utf-8") == schema(), "run: python tools/promises.py"


@pytest.mark.parametrize("report", [one_of_each(), made_report()], ids=["every result", "nothing"])
def test_a_report_fits_the_schema(report):
    known = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(known)
    validator.check_schema(known)
    assert list(validator.iter_errors(json.loads(written(report, "must")))) == []


def test_a_report_can_be_read_back():
    report = one_of_each()
    found = ReportFile.model_validate_json(written(report, "should"))
    assert [one.result for one in found.verdicts] == [one.result for one in report.verdicts]
    assert found.verdicts[1].payments[0].legs[8].outcome == "500"
    assert found.sentence == report.sentence


def test_the_exit_code_stands_in_it():
    for report, fail_on, code in [
        (made_report(broken(severity="should")), "must", 0),
        (made_report(broken(severity="should")), "should", 1),
        (made_report(unclear()), "must", 2),
    ]:
        assert json.loads(written(report, fail_on))["exit_code"] == code


def test_it_can_be_written_as_utf_8():
    written(one_of_each(), "must").encode()
