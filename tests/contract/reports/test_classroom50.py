"""Classroom 50's result.json, by the fields that its owner has published."""

import json
import re
from typing import Any

import pytest

from http_contract.reports.classroom50 import render
from http_contract.reports.files import FORMATS
from http_contract.runner.report import Report
from tests.contract.reports.made import PUBLIC, REPORTS
from tests.contract.reports.shapes import misfits

ENVIRONMENT = {
    "CLASSROOM": "cs",
    "ASSIGNMENT": "server",
    "SUBMISSION_TAG": "submit/2027-01-15T08-00-00Z-a1b2c3d",
    "COMMIT_URL": "https://example.org/commit",
    "RELEASE_URL": "https://example.org/release",
    "REVIEW_URL": "https://example.org/review",
}
SHAPE = {
    "schema": {"classroom50/result/v1"},
    "classroom": str,
    "assignment": str,
    "submission": str,
    "commit": str,
    "release": str,
    "review": str,
    "datetime": lambda text: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text),
    "score": int,
    "max-score": int,
    "tests": [{"test-name": str, "passed": bool, "score": int, "max-score": int, "output": str}],
}


def rendered(report: Report, **others: str) -> Any:
    return json.loads(render(report, {**ENVIRONMENT, **others}))


@pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)
def test_shape(made: Report) -> None:
    result = rendered(made)
    assert list(misfits(result, SHAPE)) == []
    assert result["score"] == sum(test["score"] for test in result["tests"]) == made.points
    assert result["max-score"] == sum(test["max-score"] for test in result["tests"]) == made.max_points


def test_who_and_what_come_from_the_environment() -> None:
    result = rendered(PUBLIC)
    names = ("classroom", "assignment", "submission", "commit", "release", "review")
    assert tuple(result[name] for name in names) == tuple(ENVIRONMENT.values())
    assert result["datetime"] == "2027-01-15T08:00:02Z"


def test_without_a_review_the_commit_is_shown() -> None:
    assert rendered(PUBLIC, REVIEW_URL="")["review"] == ENVIRONMENT["COMMIT_URL"]


def test_the_environment_is_that_of_the_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLASSROOM", "art")
    result = json.loads(FORMATS["classroom50"](PUBLIC))
    assert (result["classroom"], result["review"]) == ("art", "")


def test_a_stage_tells_its_failures() -> None:
    listen, route = rendered(PUBLIC)["tests"]
    assert listen == {
        "test-name": "Stage 1: Listen",
        "passed": True,
        "score": 10,
        "max-score": 10,
        "output": "All rules passed.",
    }
    assert (route["passed"], route["score"]) == (False, 3)
    assert "\n\nbroken (MUST): It is broken.\n" in route["output"]
