"""Gradescope's results.json: one scored test for each stage, and a test without a score for each failed public rule.

Tests without a score only inform: the scores of the others add up to the points. No test is hidden, because a hidden
test would hide the learner's total. Only the staff sees the output of the judge, which may contain hidden rules.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from http_contract.reports.text import failures, format_failure, is_full, overview, summary, title
from http_contract.rules.model import Outcome
from http_contract.runner.report import Report, Score

Entry = Mapping[str, Any]


def render(report: Report) -> str:
    return json.dumps(
        {
            "score": report.points,
            "execution_time": round(report.seconds, 3),
            "output": overview(report),
            "output_format": "text",
            "test_output_format": "text",
            "test_name_format": "text",
            "visibility": "visible",
            "stdout_visibility": "hidden",
            "extra_data": {"seed": report.seed, "max_points": report.max_points, "passed": report.passed},
            "tests": list(_tests(report)),
        },
        indent=1,
    )


def _tests(report: Report) -> Iterator[Entry]:
    for score in report.scores:
        yield _stage(report, score)
        for number, outcome in enumerate(failures(report, score.stage), 1):
            yield _failure(f"{score.stage}.{number}", outcome)


def _stage(report: Report, score: Score) -> Entry:
    return {
        "number": str(score.stage),
        "name": title(score),
        "score": score.points,
        "max_score": score.weight,
        "status": "passed" if is_full(score) else "failed",
        "output": summary(report, score.stage),
        **_visible(score.stage),
    }


def _failure(number: str, outcome: Outcome) -> Entry:
    """Return a test that only informs; for a SHOULD rule, which only warns, it has no status."""
    rule = outcome.rule
    status = {"status": "failed"} if rule.level == "MUST" else {}
    return {
        "number": number,
        "name": f"{rule.id}: {rule.sentence}",
        "output": format_failure(outcome),
        **status,
        **_visible(rule.stage, *sorted(codes(outcome))),
        "extra_data": {"codes": codes(outcome), "cause": outcome.diagnosis.cause if outcome.diagnosis else None},
    }


def codes(outcome: Outcome) -> list[str]:
    """Return the codes of the failures, each once."""
    return list(dict.fromkeys(failure.code for failure in outcome.failures))


def _visible(stage: int, *tags: str) -> Entry:
    return {"output_format": "text", "visibility": "visible", "tags": [f"stage-{stage}", *tags]}
