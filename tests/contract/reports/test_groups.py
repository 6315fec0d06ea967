"""Failures by cause: what belongs together, what it would bring, and what comes first."""

from typing import Any

import pytest

from http_contract.client.server import Crash
from http_contract.http.params import Params
from http_contract.reports.groups import Group, groups_of
from http_contract.reports.text import group_line
from http_contract.rules.model import Diagnosis, Failure, Level, Outcome, Skip, Verdict
from http_contract.runner.report import Report
from tests.contract.reports.made import WITH_HIDDEN, outcome, report


def caused(id: str, stage: int, cause: str, **given: Any) -> Outcome:
    failure = Failure("no-content")
    return outcome(id, stage, "failed", failure, diagnosis=Diagnosis(cause, failure), **given)


def failed(id: str, stage: int, code: str = "no-content", level: Level = "MUST", **params: Any) -> Outcome:
    return outcome(id, stage, "failed", Failure(code, Params(**params)), level=level)


def needing(id: str, stage: int, needed: str, verdict: Verdict = "skipped") -> Outcome:
    return outcome(id, stage, verdict, skip=Skip("needs", Params(rule=needed)))


def ids(made: Report) -> list[list[str]]:
    return [[each.rule.id for each in group.failed] for group in groups_of(made)]


def only(made: Report) -> Group:
    [group] = groups_of(made)
    return group


def test_rules_with_one_cause_are_one_group() -> None:
    made = report(caused("a", 2, "no-date"), failed("b", 2), caused("c", 4, "no-date"), outcome("d", 2, "passed"))
    assert ids(made) == [["a", "c"], ["b"]]


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (failed("a", 5, "no-route", route="/form"), failed("b", 6, "no-route", route="/form"), True),
        (failed("a", 5, "no-route", route="/form"), failed("b", 6, "no-route", route="/home"), False),
        (failed("a", 5, "not-closed"), failed("b", 5, "not-closed"), True),
        (failed("a", 5, "not-closed"), failed("b", 5, "no-content"), False),
        (outcome("a", 5, "failed"), outcome("b", 5, "failed"), False),
    ],
)
def test_without_a_cause_the_same_failure_is_one_group(first: Outcome, second: Outcome, together: bool) -> None:
    assert (len(groups_of(report(first, second))) == 1) is together


def test_the_points_include_those_of_skipped_rules() -> None:
    passed, other = outcome("p", 2, "passed"), failed("o", 2, "not-closed")
    made = report(caused("a", 2, "no-date"), needing("b", 2, "a"), needing("c", 3, "a"), passed, other)
    group = groups_of(made)[0]
    assert [each.rule.id for each in group.skipped] == ["b", "c"]
    assert group.points == 5 + 10  # 3 of 4 instead of 1 of 4 in stage 2, and all of stage 3
    assert group_line(group) == "sends no Date (no-date): 1 rule failed, 2 skipped, 15 points"


def test_a_little_is_less_than_a_point() -> None:
    made = report(failed("a", 2), failed("b", 2, "not-closed"), *(outcome(str(n), 2, "passed") for n in range(20)))
    assert group_line(groups_of(made)[0]) == "there is no content (a): 1 rule failed, less than 1 point"


def test_warnings_bring_no_points() -> None:
    group = only(report(failed("a", 2, level="SHOULD"), failed("b", 3, level="SHOULD")))
    assert group_line(group) == "there is no content (a and 1 more): 2 rules failed, no points"


def test_a_rule_without_a_failure_is_named_by_its_sentence() -> None:
    assert group_line(only(report(outcome("a", 1, "failed")))) == "It is a. (a): 1 rule failed, 10 points"


def test_hidden_rules_are_in_no_group() -> None:
    assert not any("sesame" in group_line(group) for group in groups_of(WITH_HIDDEN))


CRASHED = outcome("dies", 9, "failed", Failure("ended", Params(kind="exit", number=1)), crash=Crash("exit", 1, ""))
URGENCY = (
    failed("listen-accepts", 1, "start-ended", command="x", kind="exit", number=1),
    failed("listen-answers", 1, "no-response", ended="closed"),
    failed("hangs", 9, "stopped-responding"),
    failed("endless", 2, "never-ends", ended="timeout"),
    failed("odd", 2, "status-line", line="x"),
    CRASHED,
    failed("length", 3, "body-short", length=1, received=0, ended="closed"),
    failed("late", 9, "status-line", line="y"),
    failed("early-warning", 2, level="SHOULD"),
)


def test_the_most_urgent_comes_first() -> None:
    assert [group[0] for group in ids(report(*URGENCY[::-1]))] == [
        "listen-accepts",
        "listen-answers",
        "endless",
        "hangs",
        "odd",
        "dies",
        "length",
        "late",
        "early-warning",
    ]


def test_the_most_urgent_rule_of_a_cause_is_shown() -> None:
    made = report(caused("late", 4, "no-date"), caused("early", 2, "no-date"))
    assert ids(made) == [["early", "late"]]
