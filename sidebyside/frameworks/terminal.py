"""The guests in the terminal: a line of points for each, then the rules that each fails; and the same as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.text import Text

from http_contract.rules.registry import STAGES
from http_contract.runner.report import POINTS
from sidebyside.frameworks.judging import Failure, GuestReport
from sidebyside.launch.services import SERVER_TITLES
from sidebyside.matrix.terminal import CELL, TOTAL, colour

FORMAT = "sidebyside/guests/v1"
SERVER = max(map(len, SERVER_TITLES.values())) + 2  # columns


def lines(reports: Sequence[GuestReport]) -> Iterator[Text]:
    """Yield the points of each guest, then its failures."""
    name = max(len(each.guest.name) for each in reports) + 2
    stages = sorted(reports[0].report.points)
    yield Text(" " * (name + SERVER) + "".join(f"{stage:>{CELL}}" for stage in stages) + f"{'all':>{TOTAL}}", "bold")
    yield from (_row(each, name) for each in reports)
    yield Text("\n" + "; ".join(f"{stage} {STAGES[stage]}" for stage in stages), "dim")
    for each in reports:
        yield from _failures(each)


def _row(each: GuestReport, name: int) -> Text:
    line = Text(f"{each.guest.name:<{name}}{SERVER_TITLES[each.home]:<{SERVER}}")
    for points in each.report.points.values():
        line.append(f"{points:>{CELL}}", colour(points, POINTS))
    total, most = each.report.total, POINTS * len(each.report.points)
    return line.append(f"{total:>{TOTAL}}", f"bold {colour(total, most)}")


def _failures(each: GuestReport) -> Iterator[Text]:
    failures = list(each.failures)
    for level, style in (("MUST", "red"), ("SHOULD", "yellow")):
        found = [failure.rule.id for failure in failures if failure.rule.level == level]
        if found:
            yield Text.assemble((f"{each.guest.title}: ", "bold"), (f"{level} ", style), ", ".join(found))


def as_json(reports: Sequence[GuestReport]) -> str:
    """Return one object: format, and for each guest its points, its failures and its responses to the probes."""
    return json.dumps({"format": FORMAT, "guests": [_guest(each) for each in reports]}, indent=2)


def _guest(each: GuestReport) -> dict[str, Any]:
    return {
        **asdict(each.guest),
        "version": each.version,
        "server": each.home,
        "points": each.report.points,
        "failed": [_failure(failure) for failure in each.failures],
        "skipped": [rule.id for rule in each.report.rules("skipped")],
        "responses": [
            {"question": found.probe.topic, "request": found.probe.label, "response": found.cell, "raw": found.refusal}
            for found in each.exchanges
        ],
    }


def _failure(failure: Failure) -> dict[str, Any]:
    rule = failure.rule
    return {
        "rule": rule.id,
        "level": rule.level,
        "stage": rule.stage,
        "reason": failure.reason,
        "failure": failure.text,
    }
