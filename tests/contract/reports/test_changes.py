"""What has changed since the last report."""

import pytest

from http_contract.reports.changes import MOST_IDS, changes
from http_contract.rules.model import Diagnosis, Failure, Verdict
from http_contract.runner.report import Report
from tests.contract.reports.made import WITH_HIDDEN, outcome, report
from tests.contract.worded import odd

STATES: tuple[Verdict, Verdict] = ("failed", "passed")


def judged(**verdicts: Verdict) -> Report:
    failure = odd("it is odd")
    return report(*(outcome(id, 1, verdict, *[failure] * (verdict == "failed")) for id, verdict in verdicts.items()))


@pytest.mark.parametrize(
    ("before", "now", "lines"),
    [
        (
            judged(a="failed", b="failed"),
            judged(a="passed", b="passed"),
            ["Fixed: it is odd (a)", "2 more rules passed: a, b", "10 points instead of 0"],
        ),
        (judged(a="failed", b="passed"), judged(a="failed", b="passed"), ["The same rules passed as before"]),
        (
            judged(a="failed", b="passed"),
            judged(a="passed", b="skipped"),
            ["Fixed: it is odd (a)", "1 more rule passed: a", "1 rule no longer passed: b"],
        ),
        (judged(a="passed", b="failed"), judged(a="failed", b="failed"), ["1 rule no longer passed: a", "0 points"]),
    ],
    ids=["fixed", "same", "one-for-another", "worse"],
)
def test_changes(before: Report, now: Report, lines: list[str]) -> None:
    found = list(changes(before, now))
    assert len(found) == len(lines)
    assert all(line.startswith(start) for line, start in zip(found, lines, strict=True))


def test_a_cause_is_fixed_once_all_its_rules_pass() -> None:
    failure = Failure("field-missing")
    diagnosis = Diagnosis("no-date", failure)
    both = report(*(outcome(id, 2, "failed", failure, diagnosis=diagnosis) for id in "ab"))
    one = report(both.outcomes[0], outcome("b", 2, "passed"))
    none = report(*(outcome(id, 2, "passed") for id in "ab"))
    assert "Fixed: sends no Date (no-date)" not in list(changes(both, one))
    assert "Fixed: sends no Date (no-date)" in list(changes(both, none))


def test_many_rules_are_counted() -> None:
    ids = [f"r{number}" for number in range(MOST_IDS + 2)]
    failed, passed = (report(*(outcome(id, 1, verdict) for id in ids)) for verdict in STATES)
    found = list(changes(failed, passed))
    assert f"{MOST_IDS + 2} more rules passed: {', '.join(ids[:MOST_IDS])} and 2 more" in found


def test_hidden_rules_are_not_named() -> None:
    assert not any("sesame" in line for line in changes(WITH_HIDDEN, report(hidden=WITH_HIDDEN.hidden)))
