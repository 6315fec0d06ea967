"""The result that GitHub Classroom's reporter reads."""

import json
from base64 import b64decode
from typing import Any

import pytest

from http_contract.diagnosis.diagnose import diagnosed
from http_contract.reports.github import render
from http_contract.rules.model import Failure
from http_contract.runner.report import Report
from tests.contract.reports.made import HIDDEN, PERFECT, PUBLIC, REPORTS, STOPPED, outcome, report
from tests.contract.reports.shapes import NUMBER, misfits
from tests.contract.worded import odd


def short(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= 500


SHAPE = {
    "version": {3},
    "status": {"pass", "fail", "error"},
    "message": short,
    "max_score": int,
    "tests": [
        {
            "name": str,
            "status": {"pass", "fail", "error"},
            "message": short,
            "test_code": str,
            "task_id": int,
            "filename": str,
            "line_no": int,
            "duration": NUMBER,
            "score": int,
            "output": short,
        }
    ],
}
LONG = report(outcome("long", 1, "failed", odd("x" * 1000)))


def rendered(report: Report) -> Any:
    return json.loads(b64decode(render(report), validate=True))


@pytest.mark.parametrize("made", [*REPORTS.values(), LONG], ids=[*REPORTS, "long"])
def test_shape(made: Report) -> None:
    result = rendered(made)
    assert list(misfits(result, SHAPE)) == []
    assert sum(test["score"] for test in result["tests"]) == made.points
    assert result["max_score"] == made.max_points


@pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)
def test_a_stage_passes_where_it_makes_all_its_points(made: Report) -> None:
    result = rendered(made)
    full = [test["status"] == "pass" for test in result["tests"]]
    assert full == [score.points == score.weight for score in made.scores]
    assert (result["status"] == "pass") == (all(full) and not made.stopped)


@pytest.mark.parametrize(("made", "status"), [(PERFECT, "pass"), (PUBLIC, "fail"), (STOPPED, "fail")])
def test_status(made: Report, status: str) -> None:
    assert rendered(made)["status"] == status


def test_a_failure_is_told_in_a_line() -> None:
    test = rendered(PUBLIC)["tests"][1]
    assert test["output"].splitlines() == [
        "1 of 3 rules passed, 1 failed, 1 skipped.",
        "broken: it is <b>not</b> & never\x00 was",
        "wished: it is a pity",
        "1 rule skipped because broken failed.",
        "1 rule skipped because there is no /form.",
    ]
    assert (test["duration"], test["test_code"]) == (1.25, "contract check --stage 3")


def test_long_output_is_shortened() -> None:
    assert rendered(LONG)["tests"][0]["output"].endswith("xxx...")


def test_a_failure_without_a_complaint_tells_the_rule() -> None:
    [test] = rendered(report(HIDDEN[2]))["tests"]
    assert test["output"].endswith("sesame-2: It is sesame-2.")


def test_a_line_has_the_id_of_its_cause() -> None:
    known = diagnosed(outcome("known", 1, "failed", Failure("no-framing")))
    [test] = rendered(report(known))["tests"]
    assert "known (no-length): The head does not contain the length" in test["output"]
