"""All grades on one page that needs nothing else: a matrix of submissions by rules, each failure one key away.

The page's data is JSON, compressed and in base64, so that nothing that a submission sent can be taken for markup.
"""

import base64
import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contract.grading.brief import shortened
from contract.grading.jobs import Result
from contract.grading.tables import Row, failures, judged_stages
from contract.rules import STAGES

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
