"""Grades as tables: a row a submission, for spreadsheets and for programs, and what a class fails most."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from contract.grading.jobs import Result
from contract.rules import STAGES
from contract.telling import BUT, CAUSE

FORMAT = "contract/grades/v1"
LONGEST = 300  # characters of a reason
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula's beginning


@dataclass(frozen=True, slots=True)
class Row:
    """What a table says of one submission."""

    name: str
    why: str  # it makes no points, or was not judged to the end
    most: int
    points: int = 0
    stages: tuple[tuple[int, int], ...] = ()  # points by stage
    failed: tuple[str, ...] = ()  # ids of MUST rules


def row_of(result: Result, most: int) -> Row:
    """Return the row for a result; without a report it makes none of the most points there are."""
    report = result.report
    if report is None:
        return Row(result.name, result.why, most)
    return Row(
        name=result.name,
        why=report["stopped"] or ("" if report["points"] else reason(report["rules"])),
        most=report["most"],
        points=report["points"],
        stages=tuple((stage["stage"], stage["points"]) for stage in report["stages"]),
        failed=tuple(rule["id"] for rule in report["rules"] if is_broken(rule)),
    )


def reason(rules: Iterable[dict[str, Any]]) -> str:
    """Return the cause of the first failure, if one is known, or else what was wrong, in one line."""
    told = next((rule["told"] for rule in rules if is_broken(rule)), "").splitlines()
    said = (line.removeprefix(mark) for mark in (CAUSE, BUT) for line in told if line.startswith(mark))
    return next(said, "")[:LONGEST]


def is_broken(rule: dict[str, Any]) -> bool:
    return bool(rule["verdict"] == "failed" and rule["level"] == "MUST")


def failures(rows: Iterable[Row]) -> list[tuple[str, int]]:
    """Return the rules that do not hold, with how many submissions fail each, the most failed first."""
    return Counter(id for row in rows for id in row.failed).most_common()


def judged_stages(rows: Iterable[Row]) -> list[int]:
    return sorted({stage for row in rows for stage, _ in row.stages})


def as_csv(rows: Sequence[Row]) -> str:
    stages = judged_stages(rows)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["submission", *(f"{stage} {STAGES[stage]}" for stage in stages), "points", "of", "why not"])
    for row in rows:
        points = dict(row.stages)
        writer.writerow([no_formula(row.name), *(points.get(stage, "") for stage in stages), *_total(row)])
    return file.getvalue()


def _total(row: Row) -> list[object]:
    return [row.points, row.most, no_formula(row.why)]


def printable(text: str) -> str:
    """Return text that a terminal takes for nothing but text, and that can be encoded."""
    return text if text.isprintable() else text.encode("unicode_escape").decode()


def no_formula(text: str) -> str:
    """Return printable text that a spreadsheet does not take for a formula."""
    return f"'{printable(text)}" if text.startswith(DANGEROUS) else printable(text)


def as_json(rows: Sequence[Row]) -> str:
    return json.dumps(
        {
            "format": FORMAT,
            "submissions": [
                {
                    "submission": row.name,
                    "points": row.points,
                    "most": row.most,
                    "why": row.why,
                    "stages": {str(stage): points for stage, points in row.stages},
                    "failed": list(row.failed),
                }
                for row in rows
            ],
            "failures": dict(failures(rows)),
        },
        indent=1,
    )
