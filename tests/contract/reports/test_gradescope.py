"""Gradescope's results.json, by the fields that its owner has published."""

import json
from typing import Any

import pytest

from http_contract.reports.gradescope import render
from http_contract.runner.report import Report
from tests.contract.reports.made import PERFECT, PUBLIC, REPORTS, WITH_HIDDEN
from tests.contract.reports.shapes import NUMBER, misfits

TEXT = {"text", "html", "simple_format", "md", "ansi"}
VISIBLE = {"visible", "hidden", "after_due_date", "after_published"}
SHAPE = {
    "score": NUMBER,
    "execution_time": NUMBER,
    "output": str,
    "output_format": TEXT,
    "test_output_format": TEXT,
    "test_name_format": TEXT,
    "visibility": VISIBLE,
    "stdout_visibility": VISIBLE,
    "extra_data": dict,
    "tests": [
        {
            "score?": NUMBER,
            "max_score?": NUMBER,
            "status?": {"passed", "failed"},
            "name": str,
            "number": str,
            "output": str,
            "output_format": TEXT,
            "tags": [str],
            "visibility": VISIBLE,
            "extra_data?": {"codes": [str], "cause": (str, type(None))},
        }
    ],
}


def rendered(report: Report) -> Any:
    return json.loads(render(report))


@pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)
def test_shape(made: Report) -> None:
    assert list(misfits(rendered(made), SHAPE)) == []


@pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)
def test_points_are_the_sum_of_the_stages(made: Report) -> None:
    results = rendered(made)
    scored = [test for test in results["tests"] if "score" in test]
    assert results["score"] == sum(test["score"] for test in scored) == made.points
    assert sum(test["max_score"] for test in scored) == made.max_points


@pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)
def test_no_test_is_hidden_so_that_the_total_is_shown(made: Report) -> None:
    results = rendered(made)
    assert {results["visibility"], *(test["visibility"] for test in results["tests"])} == {"visible"}


def test_a_stage_and_then_its_failures() -> None:
    tests = rendered(PUBLIC)["tests"]
    assert [(test["number"], test["name"], test.get("score"), test.get("status")) for test in tests] == [
        ("1", "Stage 1: Listen", 10, "passed"),
        ("3", "Stage 3: Route", 3, "failed"),
        ("3.1", "broken: It is broken.", None, "failed"),
        ("3.2", "wished: It is wished.", None, None),
    ]
    assert (tests[2]["tags"], tests[2]["extra_data"]) == (["stage-3", "custom"], {"codes": ["custom"], "cause": None})
    assert tests[2]["output"].startswith("broken (MUST): It is broken.\n  But it is <b>not</b> & never\x00 was\n")


def test_hidden_rules_count_within_their_stage() -> None:
    first, *_ = rendered(WITH_HIDDEN)["tests"]
    assert (first["score"], first["status"]) == (6, "failed")
    assert first["output"] == "All public rules passed.\n1 hidden rule failed."


def test_what_the_judge_prints_is_for_the_staff() -> None:
    assert rendered(PERFECT)["stdout_visibility"] == "hidden"
