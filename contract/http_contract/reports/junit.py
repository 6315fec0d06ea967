"""JUnit's XML, as pytest writes it: a suite is a stage, a case a rule.

The type of a failure is its code. The properties of a case are all its codes, and the id of the cause.

A SHOULD rule that failed is skipped, with the type that pytest gives to an expected failure, as in the pytest plugin:
such a rule only warns, and does not fail a build.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from http_contract.reports.messages import failure_text, skip_text
from http_contract.reports.text import format_failure
from http_contract.rules.model import Outcome
from http_contract.runner.report import Report, Score

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
ILLEGAL = re.compile("[^\t\n\r -\x7e\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0, and DEL


def render(report: Report) -> str:
    root = Element("testsuites", {"name": "contract", **_counts(report.outcomes)})
    for score in report.scores:
        _add_suite(root, report, score)
    return DECLARATION + tostring(root, encoding="unicode")


def _add_suite(root: Element, report: Report, score: Score) -> None:
    outcomes = report.of(score.stage)
    began = datetime.fromtimestamp(report.began, UTC).isoformat()
    suite = SubElement(root, "testsuite", {"name": f"stage-{score.stage}", **_counts(outcomes), "timestamp": began})
    properties = SubElement(suite, "properties")
    for name, value in _properties(report, score):
        SubElement(properties, "property", name=name, value=legal(value))
    for outcome in outcomes:
        _add_case(suite, outcome)


def _counts(outcomes: Sequence[Outcome]) -> dict[str, str]:
    kinds = [_kind(outcome) for outcome in outcomes]
    return {
        "tests": str(len(kinds)),
        "failures": str(kinds.count("failure")),
        "errors": "0",
        "skipped": str(kinds.count("skipped") + kinds.count("warning")),
        "time": _seconds(outcomes),
    }


def _seconds(outcomes: Iterable[Outcome]) -> str:
    return f"{sum(outcome.seconds for outcome in outcomes):.3f}"


def _properties(report: Report, score: Score) -> Iterator[tuple[str, str]]:
    yield "title", score.title
    yield "points", f"{score.points}/{score.weight}"
    yield "target", report.target
    yield "seed", str(report.seed)
    if report.stopped:
        yield "stopped", skip_text(report.stopped)


def _kind(outcome: Outcome) -> str:
    if outcome.verdict != "failed":
        return outcome.verdict
    return "failure" if outcome.rule.level == "MUST" else "warning"


def _add_case(suite: Element, outcome: Outcome) -> None:
    rule = outcome.rule
    case = SubElement(
        suite, "testcase", classname=f"contract.stage-{rule.stage}", name=legal(rule.id), time=_seconds([outcome])
    )
    if codes := list(_codes(outcome)):
        properties = SubElement(case, "properties")
        for name, value in codes:
            SubElement(properties, "property", name=name, value=value)
    match _kind(outcome):
        case "failure":
            _add(case, "failure", _sentences(outcome), format_failure(outcome), type=_code(outcome))
        case "warning":
            _add(case, "skipped", _sentences(outcome), format_failure(outcome), type="pytest.xfail")
        case "skipped":
            _add(case, "skipped", skip_text(outcome.skip), skip_text(outcome.skip), type="pytest.skip")
    if outcome.crash:
        SubElement(case, "system-out").text = legal(outcome.crash.output)


def _codes(outcome: Outcome) -> Iterator[tuple[str, str]]:
    yield from (("code", failure.code) for failure in outcome.failures)
    if outcome.diagnosis:
        yield "cause", outcome.diagnosis.cause
    if outcome.skip:
        yield "skip", outcome.skip.code


def _code(outcome: Outcome) -> str:
    """Return the code of the first failure, which is its type in JUnit."""
    return next((failure.code for failure in outcome.failures), "failed")


def _sentences(outcome: Outcome) -> str:
    return "; ".join(map(failure_text, outcome.failures))


def _add(case: Element, tag: str, message: str, text: str, **attributes: str) -> None:
    SubElement(case, tag, attributes, message=legal(message)).text = legal(text)


def legal(text: str) -> str:
    """Return text that may stand in XML: other characters become their number, such as #x00."""
    return ILLEGAL.sub(lambda found: f"#x{ord(found.group()):02X}", text)
