"""Classroom 50's result.json: one test a stage; who and what was judged, its runner has put into the environment."""

import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from http_contract.reports.text import failures, format_failure, is_full, summary, title
from http_contract.runner.report import Report, Score

SCHEMA = "classroom50/result/v1"
INSTANT = "%Y-%m-%dT%H:%M:%SZ"  # the schema takes no fraction of a second, and no other time zone


def render(report: Report, environment: Mapping[str, str] = os.environ) -> str:
    given = environment.get
    return json.dumps(
        {
            "schema": SCHEMA,
            "classroom": given("CLASSROOM", ""),
            "assignment": given("ASSIGNMENT", ""),
            "submission": given("SUBMISSION_TAG", ""),
            "commit": given("COMMIT_URL", ""),
            "release": given("RELEASE_URL", ""),
            "review": given("REVIEW_URL") or given("COMMIT_URL", ""),  # where nobody reviews, the commit is shown
            "datetime": datetime.fromtimestamp(report.began + report.seconds, UTC).strftime(INSTANT),
            "score": report.points,
            "max-score": report.max_points,
            "tests": [_test(report, score) for score in report.scores],
        },
        indent=1,
    )


def _test(report: Report, score: Score) -> Mapping[str, Any]:
    return {
        "test-name": title(score),
        "passed": is_full(score),
        "score": score.points,
        "max-score": score.weight,
        "output": "\n\n".join(_lines(report, score)),
    }


def _lines(report: Report, score: Score) -> Iterator[str]:
    yield summary(report, score.stage)
    yield from map(format_failure, failures(report, score.stage))
