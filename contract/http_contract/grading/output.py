"""Grades as tables: a row a submission, for spreadsheets and for programs, and what a class fails most."""

import base64
import csv
import gzip
import io
import json
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from http_contract.escaping import escape_controls, escape_unprintable
from http_contract.grading.store import Result, shortened
from http_contract.reports.files import write_whole
from http_contract.reports.terminal import before_again
from http_contract.reports.text import AGAIN, BUT, CAUSE, broken_rules, not_judged
from http_contract.rules.registry import STAGES

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


def no_formula(text: str) -> str:
    """Return printable text that a spreadsheet does not take for a formula."""
    return f"'{escape_unprintable(text)}" if text.startswith(DANGEROUS) else escape_unprintable(text)


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


# -- grading.page


TEMPLATE = "page.html"
MOST_FAILED = 12  # rules that are named above the matrix
SHOWN = 1500  # characters of what is told of one failure, a mark of the cut not counted
BRIEF = 200  # characters of it once the budget is spent
BUDGET = 5_000_000  # octets of compressed data
LETTERS = {"passed": "p", "failed": "f", "skipped": "s"}
VARYING = re.compile(r"(?<=127\.0\.0\.1[: ])\d+|\d\d:\d\d:\d\d")  # ports and times, without which failures are alike


def page(results: Iterable[Result], rows: list[Row], title: str) -> str:
    """Return the page for these results, and the rows made of them; results are looked at one after the other."""
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    data = base64.b64encode(packed(results)).decode()
    most_failed = failures(rows)[:MOST_FAILED]
    stages = {number: STAGES[number] for number in judged_stages(rows)}
    return environment.get_template(TEMPLATE).render(
        title=title, rows=rows, stages=stages, most_failed=most_failed, data=data
    )


def packed(results: Iterable[Result]) -> bytes:
    """Return a line of JSON for each submission, all compressed."""
    buffer = io.BytesIO()
    told = Told()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as file:
        for result in results:
            shown = SHOWN if buffer.tell() < BUDGET else BRIEF
            line = {"name": result.name, "why": result.why, "rules": list(cells(result, told, shown))}
            file.write(json.dumps(line).encode() + b"\n")
    return buffer.getvalue()


def cells(result: Result, told: "Told", shown: int) -> Iterator[list[Any]]:
    """Yield id, level and verdict of each rule; where it failed, what is told of it."""
    for rule in result.report["rules"] if result.report else ():
        cell = [rule["id"], rule["level"], LETTERS[rule["verdict"]]]
        yield [*cell, told.once(shortened(rule["told"], shown))] if rule["told"] else cell


class Told:
    """Texts, of which each is given once, and later by its number; all that is kept of them is a digest."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}

    def once(self, text: str) -> str | int:
        text = VARYING.sub("…", text)
        digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
        if digest in self._numbers:
            return self._numbers[digest]
        self._numbers[digest] = len(self._numbers)
        return text


# -- grading.feedback


NAME = "feedback.txt"


def write_feedback(folder: Path, results: Iterable[Result], most: int) -> None:
    """Write the feedback of each submission into a folder of its name; results are looked at one after the other.

    That of others, from an earlier time, is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = set()
    for result in results:
        own = folder / result.name
        own.mkdir(exist_ok=True)
        write_whole(own / NAME, feedback(result, most).encode("utf-8", "replace"))
        written.add(result.name)
    for name in set(os.listdir(folder)) - written:
        remove_feedback(folder / name)


def remove_feedback(folder: Path) -> None:
    """Remove a folder that holds feedback, and nothing else."""
    if folder.is_dir() and not folder.is_symlink() and os.listdir(folder) == [NAME]:
        (folder / NAME).unlink()
        folder.rmdir()


def feedback(result: Result, most: int) -> str:
    """Return what a learner is told; without a report, why none of the most points were made."""
    return escape_controls("\n".join(_lines(result, most)) + "\n")


def _lines(result: Result, most: int) -> Iterator[str]:
    report = result.report
    if report is None:
        yield from (f"0 of {most} points", "", f"This could not be judged: {result.why}")
        return
    yield f"{report['points']} of {report['most']} points"
    if report["stopped"]:
        yield f"Judging ended early: {report['stopped']}"
    asked = {rule["id"] for rule in report["rules"]}
    for stage in report["stages"]:
        number = stage["stage"]
        yield from ("", "", f"Stage {number}, {STAGES[number]}: {stage['points']} of {stage['worth']} points")
        yield from _of_stage([rule for rule in report["rules"] if rule["stage"] == number], asked)
    if any(f"\n{AGAIN}" in rule["told"] for rule in report["rules"] if not rule["hidden"]):
        yield from ("", "", before_again(report["target"]))


def _of_stage(rules: Iterable[dict[str, Any]], asked: Collection[str]) -> Iterator[str]:
    public = [rule for rule in rules if not rule["hidden"]]
    hidden = [rule for rule in rules if rule["hidden"]]
    for rule in public:
        if rule["told"]:
            yield from ("", rule["told"])
    if broken := sum(map(_is_broken, hidden)):
        yield from ("", f"{broken_rules(broken, 'hidden')}.")
    for line in not_judged((rule["reason"] for rule in public if rule["verdict"] == "skipped"), asked):
        yield from ("", line)


def _is_broken(rule: dict[str, Any]) -> bool:
    return bool(rule["counts"] and rule["level"] == "MUST" and rule["verdict"] != "passed")
