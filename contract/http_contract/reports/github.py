"""The result for GitHub Classroom, in Base64: one test for each stage, which passes if it has all its points."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from http_contract.reports.text import failures, is_full, overview, reason, skipped, standing, title
from http_contract.rules.model import Outcome
from http_contract.runner.report import Report, Score

VERSION = 3
MAX_TEXT = 500  # characters of a test's output


def render(report: Report) -> str:
    result = {
        "version": VERSION,
        "status": "pass" if report.passed else "fail",
        "max_score": report.max_points,
        "message": shortened(overview(report)),
        "tests": [_test(report, score) for score in report.scores],
    }
    return b64encode(json.dumps(result).encode()).decode()


def _test(report: Report, score: Score) -> Mapping[str, Any]:
    text = shortened("\n".join(_lines(report, score)))
    return {
        "name": title(score),
        "status": "pass" if is_full(score) else "fail",
        "message": text,
        "test_code": f"contract check --stage {score.stage}",
        "task_id": score.stage,
        "filename": "",
        "line_no": 0,
        "duration": round(sum(outcome.seconds for outcome in report.of(score.stage)), 3),
        "score": score.points,
        "output": text,
    }


def _lines(report: Report, score: Score) -> Iterator[str]:
    """Yield the most important lines first: the text may be cut."""
    yield from standing(report, report.of(score.stage))
    yield from map(briefly, failures(report, score.stage))
    yield from skipped(report, score.stage)


def briefly(outcome: Outcome) -> str:
    """Return one line about a failed rule, with the id of its cause."""
    cause = f" ({outcome.diagnosis.cause})" if outcome.diagnosis else ""
    return f"{outcome.rule.id}{cause}: {reason(outcome) or outcome.rule.sentence}"


def shortened(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 3]}..."
