"""The matrix for other programs, as JSON.

One object:

    format    "sidebyside/matrix/v1"
    versions  of what is judged, by name
    missing   what is not installed, by server: what it lacks, and how to get that
    pairs     a list of
        implementation, server
        points      by stage
        broken      a list of {rule, level, stage, whose, evidence, reason, complaint}, reason "" where none is known
        unjudged    ids of rules that could not be judged, since another does not hold
"""

import json
from typing import Any

from http_contract.rules.model import Rule
from sidebyside.matrix.blaming import Matrix
from sidebyside.matrix.judging import Judged

FORMAT = "sidebyside/matrix/v1"


def as_json(matrix: Matrix) -> str:
    pairs = [_pair(matrix, judged) for judged in matrix.judged]
    data = {"format": FORMAT, "versions": matrix.versions, "missing": matrix.missing, "pairs": pairs}
    return json.dumps(data, indent=2)


def _pair(matrix: Matrix, judged: Judged) -> dict[str, Any]:
    return {
        "implementation": judged.pair.implementation,
        "server": judged.pair.server,
        "points": judged.points,
        "broken": [_broken(matrix, judged, rule) for rule in judged.rules("failed")],
        "unjudged": [rule.id for rule in judged.rules("skipped")],
    }


def _broken(matrix: Matrix, judged: Judged, rule: Rule) -> dict[str, Any]:
    blame = matrix.blame(judged.pair, rule)
    return {
        "rule": rule.id,
        "level": rule.level,
        "stage": rule.stage,
        "whose": blame.whose,
        "evidence": blame.evidence,
        "reason": blame.reason,
        "complaint": judged.failures[rule.id],
    }
