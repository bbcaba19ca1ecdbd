"""A whole run as JSON. The models are the schema, too: docs/verify-report.schema.json."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mock_dintero.http.timeline import Leg
from mock_dintero.verify.promise import Family, Need, Severity
from mock_dintero.verify.verdict import Report, Result, Verdict, exit_code


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PaymentFound(_Strict):
    """A payment that a promise looked at. `status` is its transaction's, or `not paid`."""

    session_id: str
    reference: str
    status: str
    legs: tuple[Leg, ...]


class VerdictFound(_Strict):
    """A promise, and what came of it. `observed` says what was seen, or why it was not judged."""

    id: str
    family: Family
    severity: Severity
    says: str
    why: str
    mend: str
    source: str
    needs: tuple[Need, ...]
    result: Result
    observed: str
    seconds: Annotated[float, Field(ge=0)]
    payments: tuple[PaymentFound, ...]
    last_words: tuple[str, ...]


class ReportFile(_Strict):
    """One run of `mock-dintero verify`. `version` is mock-dintero's; `began` is in UTC."""

    shop: str
    version: str
    began: str
    seconds: Annotated[float, Field(ge=0)]
    buyer: Literal["http", "browser"]
    fail_on: Severity
    exit_code: Literal[0, 1, 2]
    sentence: str
    verdicts: tuple[VerdictFound, ...]


def written(report: Report, fail_on: Severity) -> str:
    """The JSON, in the fields of ReportFile."""
    return json.dumps(document(report, fail_on), ensure_ascii=False, indent=2) + "\n"


def document(report: Report, fail_on: Severity) -> dict[str, Any]:
    """The report as JSON values. Evidence is passed on as it is: no report is lost for its sake."""
    return {
        "shop": report.shop, "version": report.version, "began": report.began,
        "seconds": round(report.seconds, 3), "buyer": report.buyer, "fail_on": fail_on,
        "exit_code": exit_code(report.verdicts, fail_on), "sentence": report.sentence,
        "verdicts": [_verdict(one) for one in report.verdicts],
    }  # fmt: skip


def _verdict(verdict: Verdict) -> dict[str, Any]:
    promise = verdict.promise
    return {
        "id": promise.id, "family": promise.family, "severity": promise.severity,
        "says": promise.says, "why": promise.why, "mend": promise.mend, "source": promise.source,
        "needs": list(promise.needs), "result": verdict.result, "observed": verdict.observed,
        "seconds": round(verdict.seconds, 3),
        "payments": [asdict(payment) for payment in verdict.payments],
        "last_words": list(verdict.last_words),
    }  # fmt: skip


def schema() -> str:
    """The JSON Schema of the file."""
    found = ReportFile.model_json_schema(mode="serialization")
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
    return json.dumps(named, indent=2) + "\n"
