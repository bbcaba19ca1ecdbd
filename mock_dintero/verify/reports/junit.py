"""JUnit XML, as GitHub's actions, GitLab and Jenkins read it: a family is a suite, a promise is a case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mock_dintero import telling
from mock_dintero.verify.promise import Severity
from mock_dintero.verify.verdict import Report, Verdict, fails

WIDTH = 160


def written(report: Report, fail_on: Severity) -> str:
    """The XML. What is broken and milder than `fail_on` is skipped there, so that no CI stops for it."""
    suites = [
        _suite(family, list(verdicts), report, fail_on)
        for family, verdicts in groupby(report.verdicts, lambda one: one.promise.family)
    ]
    root = Element("testsuites", {"name": f"mock-dintero verify: {report.shop}", **_sums(suites)})
    root.set("time", f"{report.seconds:.3f}")
    root.extend(suites)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(family: str, verdicts: Sequence[Verdict], report: Report, fail_on: Severity) -> Element:
    cases = [_case(verdict, fail_on) for verdict in verdicts]
    suite = Element("testsuite", name=family, tests=str(len(cases)))
    for count, name in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(sum(case.find(name) is not None for case in cases)))
    suite.set("time", f"{sum(one.seconds for one in verdicts):.3f}")
    suite.set("timestamp", _moment(report))
    facts = {"shop": report.shop, "mock-dintero": report.version, "buyer": report.buyer}
    _properties(suite, facts)
    suite.extend(cases)
    return suite


def _case(verdict: Verdict, fail_on: Severity) -> Element:
    promise = verdict.promise
    case = Element(
        "testcase", classname=promise.family, name=f"{promise.id}: {promise.says}",
        time=f"{verdict.seconds:.3f}",
    )  # fmt: skip
    _properties(case, {"severity": promise.severity, "source": promise.source})
    if verdict.result == "skipped":
        SubElement(case, "skipped", message=verdict.observed)
    elif verdict.result == "unclear":
        told = SubElement(case, "error", message=verdict.observed, type="unclear")
        told.text = verdict.observed
    elif fails(verdict, fail_on):
        told = SubElement(case, "failure", message=verdict.observed, type=promise.severity)
        told.text = "\n".join(_in_words(verdict))
    elif verdict.result == "broken":
        message = f"broken, and only {promise.severity}: {verdict.observed}"
        SubElement(case, "skipped", message=message)
        SubElement(case, "system-out").text = "\n".join(_in_words(verdict))
    if verdict.is_bad and (seen := list(_evidence(verdict))):
        SubElement(case, "system-err").text = "\n".join(seen)
    return case


def _in_words(verdict: Verdict) -> list[str]:
    told = {"observed": verdict.observed, **verdict.advice}
    return [f"{name}: {text}" for name, text in told.items()]


def _evidence(verdict: Verdict) -> Iterable[str]:
    for payment in verdict.payments:
        yield f"payment {payment.reference} {payment.status} {payment.session_id}"
        yield from telling.short_lines(payment.legs, WIDTH)
    if verdict.last_words:
        yield "the shop's last words:"
        yield from verdict.last_words


def _properties(element: Element, values: dict[str, str]) -> None:
    properties = SubElement(element, "properties")
    for name, value in values.items():
        SubElement(properties, "property", name=name, value=value)


def _sums(suites: Sequence[Element]) -> dict[str, str]:
    counts = ("tests", "failures", "errors")
    return {name: str(sum(int(suite.get(name, "0")) for suite in suites)) for name in counts}


def _moment(report: Report) -> str:
    """Without a zone, as the format has it; it is UTC."""
    return report.began[:19]
