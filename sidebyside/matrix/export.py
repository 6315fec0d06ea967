"""The matrix for other programs, as JSON.

One object:

    format    "sidebyside/matrix/v2"
    versions  of everything that was judged, by name
    missing   what is not installed and how to install it, by server
    pairs     a list of
        implementation, server
        points      by stage
        failed      a list of {rule, level, stage, owner, evidence, reason, failure}; reason is "" if none is known
        skipped     ids of rules that were skipped because another one failed
"""

import json
from typing import Any

from http_contract.rules.model import Rule
from sidebyside.matrix.attribution import Matrix
from sidebyside.matrix.run import PairReport

FORMAT = "sidebyside/matrix/v2"


def as_json(matrix: Matrix) -> str:
    pairs = [_pair(matrix, report) for report in matrix.reports]
    data = {"format": FORMAT, "versions": matrix.versions, "missing": matrix.missing, "pairs": pairs}
    return json.dumps(data, indent=2)


def _pair(matrix: Matrix, report: PairReport) -> dict[str, Any]:
    return {
        "implementation": report.pair.implementation,
        "server": report.pair.server,
        "points": report.points,
        "failed": [_failed(matrix, report, rule) for rule in report.rules("failed")],
        "skipped": [rule.id for rule in report.rules("skipped")],
    }


def _failed(matrix: Matrix, report: PairReport, rule: Rule) -> dict[str, Any]:
    attribution = matrix.attribute(report.pair, rule)
    return {
        "rule": rule.id,
        "level": rule.level,
        "stage": rule.stage,
        "owner": attribution.owner,
        "evidence": attribution.evidence,
        "reason": attribution.reason,
        "failure": report.failures[rule.id],
    }
