"""Classroom 50's result.json: one test for each stage. Its runner names the submission in environment variables."""

import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from http_contract.reports.text import failures, format_failure, is_full, summary, title
from http_contract.runner.report import Report, Score

SCHEMA = "classroom50/result/v1"
INSTANT = "%Y-%m-%dT%H:%M:%SZ"  # the schema accepts only whole seconds in UTC


def render(report: Report, environment: Mapping[str, str] = os.environ) -> str:
    variable = environment.get
    return json.dumps(
        {
            "schema": SCHEMA,
            "classroom": variable("CLASSROOM", ""),
            "assignment": variable("ASSIGNMENT", ""),
            "submission": variable("SUBMISSION_TAG", ""),
            "commit": variable("COMMIT_URL", ""),
            "release": variable("RELEASE_URL", ""),
            "review": variable("REVIEW_URL") or variable("COMMIT_URL", ""),  # without a review, the URL of the commit
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
