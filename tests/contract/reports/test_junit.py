"""JUnit's XML: by pytest's own elements and attributes, read by a strict parser."""

from collections import Counter
from xml.etree.ElementTree import Element, fromstring

import pytest

from http_contract.diagnosis.diagnose import diagnosed
from http_contract.reports.junit import render
from http_contract.rules.model import Failure
from http_contract.runner.report import Report
from tests.contract.reports.made import EVERY_BYTE, PUBLIC, REPORTS, STOPPED, WITH_HIDDEN, outcome, report
from tests.contract.worded import odd

COUNTS = {"name", "tests", "failures", "errors", "skipped", "time"}
ATTRIBUTES = {
    "testsuites": COUNTS,
    "testsuite": COUNTS | {"timestamp"},
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"classname", "name", "time"},
    "failure": {"message", "type"},
    "skipped": {"message", "type"},
    "system-out": set(),
}


def parsed(report: Report) -> Element:
    return fromstring(render(report).encode())


def case(root: Element, name: str) -> Element:
    [found] = [each for each in root.iter("testcase") if each.get("name") == name]
    return found


@pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)
def test_elements_and_attributes(made: Report) -> None:
    assert [each.tag for each in parsed(made).iter() if set(each.keys()) != ATTRIBUTES[each.tag]] == []


@pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)
def test_counts(made: Report) -> None:
    root = parsed(made)
    for suite in (root, *root):
        tags = Counter(each.tag for each in suite.iter())
        counts = {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
        assert counts == {
            "tests": tags["testcase"],
            "failures": tags["failure"],
            "errors": 0,
            "skipped": tags["skipped"],
        }


def test_a_suite_a_stage() -> None:
    suites = parsed(PUBLIC)
    assert [(suite.get("name"), suite.get("time")) for suite in suites] == [("stage-1", "0.250"), ("stage-3", "1.250")]
    properties = {each.get("name"): each.get("value") for each in suites[1].findall("properties/property")}
    assert properties == {"title": "Route", "points": "3/10", "target": "http://127.0.0.1:8001", "seed": "7"}


def test_why_judging_stopped() -> None:
    assert parsed(STOPPED).find(".//property[@name='stopped']") is not None


def test_a_failure() -> None:
    broken = case(parsed(PUBLIC), "broken")
    [failure] = broken.iter("failure")
    assert broken.get("classname") == "contract.stage-3"
    assert failure.get("type") == "custom"
    assert [each.get("value") for each in broken.iter("property")] == ["custom"] * 3
    assert failure.get("message") == "it is <b>not</b> & never#x00 was; nothing came; it is odd"
    assert str(failure.text).startswith("broken (MUST): It is broken.\n")
    assert broken.findtext("system-out") == "listening#x1B[0m#x00#xD800\n"


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("wished", "pytest.xfail", "it is a pity"),
        ("needing", "pytest.skip", "broken failed"),
        ("absent", "pytest.skip", "there is no /form"),
    ],
)
def test_what_is_skipped(name: str, kind: str, message: str) -> None:
    [skipped] = case(parsed(PUBLIC), name).iter("skipped")
    assert (skipped.get("type"), skipped.get("message")) == (kind, message)


def test_what_passed_says_nothing() -> None:
    assert list(case(parsed(PUBLIC), "kept")) == []


def test_any_character_can_be_told() -> None:
    every = EVERY_BYTE.decode("latin-1") + "\ud800\ufffe\uffff\U0010ffff"
    [failure] = parsed(report(outcome("a", 1, "failed", odd(every)))).iter("failure")
    assert "#x00#x01" in str(failure.get("message"))
    assert str(failure.get("message")).endswith("\xff#xD800#xFFFE#xFFFF\U0010ffff")


def test_of_hidden_rules_it_tells_all() -> None:
    assert case(parsed(WITH_HIDDEN), "sesame-0").find("failure") is not None


def test_a_cause_is_a_property() -> None:
    known = diagnosed(outcome("known", 1, "failed", Failure("no-framing")))
    properties = [
        (each.get("name"), each.get("value")) for each in case(parsed(report(known)), "known").iter("property")
    ]
    assert properties == [("code", "no-framing"), ("cause", "no-length")]
