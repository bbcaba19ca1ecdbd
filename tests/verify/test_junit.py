"""JUnit XML, read as strictly as the strictest of those who take it."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, fromstring

import pytest
from made_up_report import HOSTILE, broken, kept, made_report, one_of_each, skipped, unclear

from mock_dintero.verify.promise import Severity
from mock_dintero.verify.reports.junit import written
from mock_dintero.verify.verdict import Report

NUMBER, SECONDS, MOMENT = r"\d+", r"\d+\.\d{3}", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
COUNTS = {"tests": NUMBER, "failures": NUMBER, "errors": NUMBER}
ATTRIBUTES = {
    "testsuites": {"name": ".+", **COUNTS, "time": SECONDS},
    "testsuite": {"name": ".+", **COUNTS, "skipped": NUMBER, "time": SECONDS, "timestamp": MOMENT},
    "testcase": {"classname": ".+", "name": ".+", "time": SECONDS},
    "properties": {},
    "property": {"name": ".+", "value": ".*"},
    "failure": {"message": ".+", "type": "must|should|advice"},
    "error": {"message": ".+", "type": "unclear"},
    "skipped": {"message": ".+"},
    "system-out": {},
    "system-err": {},
}
CHILDREN = {
    "testsuites": r"(testsuite )*",
    "testsuite": r"properties (testcase )+",
    "testcase": r"properties (failure |error |skipped )?(system-out )?(system-err )?",
    "properties": r"(property )+",
}
"""The sequence that every XSD in use allows; all elements without a line are empty or text."""


def read(report: Report, fail_on: Severity = "must") -> Element:
    text = written(report, fail_on)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    root = fromstring(text.encode())
    assert root.tag == "testsuites"
    check(root)
    return root


def check(element: Element) -> None:
    assert set(element.attrib) == set(ATTRIBUTES[element.tag]), element.tag
    for name, pattern in ATTRIBUTES[element.tag].items():
        assert re.fullmatch(pattern, element.attrib[name], re.DOTALL), (element.tag, name)
    order = "".join(f"{child.tag} " for child in element)
    assert re.fullmatch(CHILDREN.get(element.tag, ""), order), (element.tag, order)
    if element.tag in ("testsuite", "testsuites"):
        for count, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"),
                           ("skipped", "skipped")):  # fmt: skip
            if count == "skipped" and element.tag == "testsuites":
                continue  # Jenkins' schema has it at suites only
            assert int(element.attrib[count]) == len(list(element.iter(tag))), count
    for child in element:
        check(child)


def case(root: Element, id: str) -> Element:
    [found] = [one for one in root.iter("testcase") if one.attrib["name"].startswith(f"{id}:")]
    return found


def test_a_run_with_every_result_is_read_strictly():
    root = read(one_of_each())
    assert [suite.attrib["name"] for suite in root] == [
        "The session it creates", "Discount codes", "Once and only once", "Resilience",
    ]  # fmt: skip
    assert root.attrib["tests"] == "8"


def test_a_run_without_promises_is_one_too():
    assert len(read(made_report())) == 0


def test_a_broken_promise_is_a_failure_that_says_what_to_do():
    [failure] = case(read(made_report(broken())), "callback-twice").iter("failure")
    assert failure.attrib["type"] == "must"
    assert failure.attrib["message"] == "the shop confirmed the order 2 times"
    assert "mend: Make the step" in str(failure.text)


def test_its_payments_and_the_shops_last_words_stand_beside_it():
    found = case(read(made_report(broken())), "callback-twice").findtext("system-err")
    assert "sandbox → shop: payment callback, POST /dintero/callback  500" in str(found)
    assert "shop: order-1001 is paid" in str(found)


@pytest.mark.parametrize(
    ("severity", "fail_on", "tag"),
    [
        ("must", "must", "failure"), ("should", "must", "skipped"), ("advice", "must", "skipped"),
        ("should", "should", "failure"), ("advice", "should", "skipped"),
        ("advice", "advice", "failure"),
    ],
)  # fmt: skip
def test_what_is_milder_than_asked_for_stops_no_ci(severity: Severity, fail_on: Severity, tag: str):
    one = case(read(made_report(broken(severity=severity)), fail_on), "callback-twice")
    [found] = [child for child in one if child.tag in ("failure", "skipped")]
    assert found.tag == tag
    assert "confirmed the order 2 times" in found.attrib["message"]


def test_what_was_not_judged_is_skipped_and_what_is_unclear_is_an_error():
    root = read(made_report(skipped(), unclear(), kept()))
    skip = case(root, "discount-counts").find("skipped")
    assert skip is not None
    assert skip.attrib["message"] == "merchant.toml has no [discount]"
    assert case(root, "never-started").find("error") is not None
    assert [child.tag for child in case(root, "callback-late")] == ["properties"]


def test_severity_and_source_are_properties():
    one = case(read(made_report(kept())), "callback-late")
    found = {each.attrib["name"]: each.attrib["value"] for each in one.iter("property")}
    assert found["severity"] == "must"
    assert found["source"].startswith("https://docs.dintero.com/")


def test_hostile_texts_are_texts():
    one = case(
        read(made_report(broken("hostile", observed=HOSTILE, last_words=(HOSTILE,)))), "hostile"
    )
    [failure] = one.iter("failure")
    assert "<script>alert(1)</script> ]]> & red" in failure.attrib["message"]
    assert "<script>alert(1)</script> ]]> & red" in str(one.findtext("system-err"))
