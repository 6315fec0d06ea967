"""The points that a server makes."""

import pytest

from http_contract import Outcome, Skip
from http_contract.runner.report import Report
from tests.contract.sample_rules import rule


def outcome(verdict: str, stage: int = 1, level: str = "MUST", counts: bool = True) -> Outcome:
    judged = rule(f"{verdict}-{stage}", stage=stage, level=level)
    return Outcome(rule=judged, verdict=verdict, counts=counts)  # type: ignore[arg-type]


def report(*outcomes: Outcome, **others: object) -> Report:
    given = {"target": "http://a", "seed": 0, "began": 0.0, "seconds": 1.0, **others}
    return Report(outcomes=outcomes, **given)  # type: ignore[arg-type]


PASSED, FAILED, SKIPPED = outcome("passed"), outcome("failed"), outcome("skipped")


@pytest.mark.parametrize(
    ("outcomes", "points", "passed"),
    [
        ([PASSED], 10, True),
        ([PASSED, FAILED], 5, False),
        ([PASSED, PASSED, FAILED], 6, False),
        ([PASSED, SKIPPED], 5, False),
        ([PASSED, outcome("skipped", counts=False)], 10, True),
        ([PASSED, outcome("failed", level="SHOULD")], 10, True),
        ([outcome("skipped", counts=False)], 0, True),
        ([PASSED, outcome("passed", stage=2), outcome("failed", stage=2)], 15, False),
    ],
)
def test_points(outcomes: list[Outcome], points: int, passed: bool) -> None:
    made = report(*outcomes)
    assert (made.points, made.passed) == (points, passed)


def test_stages_have_titles_and_what_they_are_worth() -> None:
    made = report(PASSED, outcome("passed", stage=7), outcome("failed", stage=7), weights={7: 25})
    assert [(score.title, score.points, score.weight) for score in made.scores] == [
        ("Listen", 10, 10),
        ("Persistence", 12, 25),
    ]
    assert (made.points, made.max_points) == (22, 35)


def test_who_was_stopped_holds_nothing() -> None:
    assert not report(PASSED, stopped=Skip("gone")).passed
