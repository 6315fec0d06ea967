"""Grades: a CSV and a JSON table, a results page, and a feedback file for each submission."""

import base64
import csv
import gzip
import io
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from http_contract.escaping import escape_controls, escape_formulas
from http_contract.grading.store import Result, shortened
from http_contract.reports.brief import start_here
from http_contract.reports.causes import CAUSES, keys_of
from http_contract.reports.files import write_whole
from http_contract.reports.groups import groups_of
from http_contract.reports.messages import skip_text
from http_contract.reports.text import (
    before_reproducing,
    format_failure,
    hidden_failed,
    public,
    reason,
    skipped,
    stopped_early,
    verdicts,
)
from http_contract.rules.model import Outcome
from http_contract.rules.registry import BY_ID, STAGES
from http_contract.runner.report import Report

FORMAT = "contract/grades/v2"
MAX_REASON = 300  # characters of a reason


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: the points of one submission."""

    name: str
    why: str  # why it has no points, or why judging stopped early
    max_points: int
    points: int = 0
    stages: tuple[tuple[int, int], ...] = ()  # points by stage
    failed: tuple[str, ...] = ()  # ids of MUST rules
    causes: tuple[str, ...] = ()  # ids of the causes of failures


def row_of(result: Result, max_points: int) -> Row:
    """Return the row for a result; a submission without a report has no points."""
    report = result.report
    if report is None:
        return Row(result.name, result.why, max_points)
    return Row(
        name=result.name,
        why=skip_text(report.stopped) or ("" if report.points else first_reason(report)),
        max_points=report.max_points,
        points=report.points,
        stages=tuple((score.stage, score.points) for score in report.scores),
        failed=tuple(outcome.rule.id for outcome in report.outcomes if is_failed(outcome)),
        causes=tuple(group.cause for group in groups_of(report) if group.cause and group.counts),
    )


def first_reason(report: Report) -> str:
    """Return the reason of the first failure, in one line."""
    return next((reason(outcome) for outcome in report.outcomes if is_failed(outcome)), "")[:MAX_REASON]


def is_failed(outcome: Outcome) -> bool:
    return outcome.verdict == "failed" and outcome.rule.level == "MUST"


def failures(rows: Iterable[Row]) -> list[tuple[str, int]]:
    """Return the failed rules, each with its number of submissions, the most frequent first."""
    return Counter(id for row in rows for id in row.failed).most_common()


def causes(rows: Iterable[Row]) -> list[tuple[str, int]]:
    """Return the causes of failures, each with its number of submissions, the most frequent first."""
    return Counter(cause for row in rows for cause in row.causes).most_common()


def cause_title(cause: str) -> str:
    """Return what the programs with this cause do."""
    return CAUSES[keys_of(cause)[0]].title


def judged_stages(rows: Iterable[Row]) -> list[int]:
    return sorted({stage for row in rows for stage, _ in row.stages})


def as_csv(rows: Sequence[Row]) -> str:
    stages = judged_stages(rows)
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)  # a spreadsheet may separate cells by another character
    writer.writerow(["submission", *(f"{stage} {STAGES[stage]}" for stage in stages), "points", "of", "why not"])
    for row in rows:
        points = dict(row.stages)
        writer.writerow([escape_formulas(row.name), *(points.get(stage, "") for stage in stages), *_total(row)])
    return file.getvalue()


def _total(row: Row) -> list[object]:
    return [row.points, row.max_points, escape_formulas(row.why)]


def as_json(rows: Sequence[Row]) -> str:
    return json.dumps(
        {
            "format": FORMAT,
            "submissions": [
                {
                    "submission": row.name,
                    "points": row.points,
                    "max_points": row.max_points,
                    "why": row.why,
                    "stages": {str(stage): points for stage, points in row.stages},
                    "failed": list(row.failed),
                    "causes": list(row.causes),
                }
                for row in rows
            ],
            "failures": dict(failures(rows)),
            "causes": dict(causes(rows)),
        },
        indent=1,
    )


TEMPLATE = "page.html"
MOST_FAILED = 12  # rules that the page lists above the matrix
TEXT_SIZE = 1500  # characters of the text about one failure, without the mark of the cut
SHORT_TEXT_SIZE = 200  # characters of it if the data exceeds the budget
BUDGET = 5_000_000  # octets of compressed data
LETTERS = {"passed": "p", "failed": "f", "skipped": "s"}
VARYING = re.compile(r"(?<=127\.0\.0\.1[: ])\d+|\d\d:\d\d:\d\d")  # ports and times, which differ between equal failures


def page(results: Iterable[Result], rows: list[Row], title: str) -> str:
    """Return the page for these results and their rows; only one result is in memory at a time."""
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    data = base64.b64encode(packed(results)).decode()
    most_failed = [(id, sentence_of(id), times) for id, times in failures(rows)[:MOST_FAILED]]
    common = [(cause, cause_title(cause), times) for cause, times in causes(rows)[:MOST_FAILED]]
    stages = {number: STAGES[number] for number in judged_stages(rows)}
    return environment.get_template(TEMPLATE).render(
        title=title, rows=rows, stages=stages, most_failed=most_failed, common=common, data=data
    )


def sentence_of(id: str) -> str:
    """Return the sentence of a rule; a teacher's own rule has none here."""
    return BY_ID[id].sentence if id in BY_ID else ""


def packed(results: Iterable[Result]) -> bytes:
    """Return compressed data: a line of JSON for each submission."""
    buffer = io.BytesIO()
    texts = Texts()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as file:
        for result in results:
            size = TEXT_SIZE if buffer.tell() < BUDGET else SHORT_TEXT_SIZE
            stages = [outcome.rule.stage for outcome in result.report.outcomes] if result.report else []
            line = {"name": result.name, "why": result.why, "rules": list(cells(result, texts, size)), "stages": stages}
            file.write(json.dumps(line).encode() + b"\n")
    return buffer.getvalue()


def cells(result: Result, texts: "Texts", size: int) -> Iterator[list[Any]]:
    """Yield the id, level and verdict of each rule, and the text of the failure if it failed."""
    for outcome in result.report.outcomes if result.report else ():
        cell: list[Any] = [outcome.rule.id, outcome.rule.level, LETTERS[outcome.verdict]]
        if outcome.verdict == "failed":
            cell.append(texts.once(shortened(escape_controls(format_failure(outcome)), size)))
        yield cell


class Texts:
    """The texts of the page: a repeated text becomes the number of the first one. Only digests are stored."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}

    def once(self, text: str) -> str | int:
        text = VARYING.sub("…", text)
        digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
        if digest in self._numbers:
            return self._numbers[digest]
        self._numbers[digest] = len(self._numbers)
        return text


FEEDBACK_NAME = "feedback.txt"


def write_feedback(folder: Path, results: Iterable[Result], max_points: int) -> None:
    """Write the feedback for each submission into a folder with its name; only one result is in memory at a time.

    Feedback for other submissions, from an earlier run, is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = set()
    for result in results:
        own = folder / result.name
        own.mkdir(exist_ok=True)
        write_whole(own / FEEDBACK_NAME, feedback(result, max_points).encode("utf-8", "replace"))
        written.add(result.name)
    for name in set(os.listdir(folder)) - written:
        remove_feedback(folder / name)


def remove_feedback(folder: Path) -> None:
    """Remove a folder if it contains only feedback."""
    if folder.is_dir() and not folder.is_symlink() and os.listdir(folder) == [FEEDBACK_NAME]:
        (folder / FEEDBACK_NAME).unlink()
        folder.rmdir()


def feedback(result: Result, max_points: int) -> str:
    """Return the text for a learner; without a report, it explains why there are no points."""
    return escape_controls("\n".join(_lines(result, max_points)) + "\n")


def _lines(result: Result, max_points: int) -> Iterator[str]:
    report = result.report
    if report is None:
        yield from (f"0 of {max_points} points", "", f"The submission could not be judged: {result.why}")
        return
    yield verdicts(report)
    yield from stopped_early(report)
    yield from (text.plain.rstrip() for text in start_here(report))
    for score in report.scores:
        yield from ("", "", f"Stage {score.stage}, {score.title}: {score.points} of {score.weight} points")
        yield from _of_stage(report, score.stage)
    for line in before_reproducing(report):
        yield from ("", "", line)


def _of_stage(report: Report, stage: int) -> Iterator[str]:
    outcomes = report.of(stage)
    for outcome in public(report, outcomes):
        if outcome.verdict == "failed":
            yield from ("", shortened(format_failure(outcome)))
    for line in (*hidden_failed(report, outcomes), *skipped(report, stage)):
        yield from ("", line)
