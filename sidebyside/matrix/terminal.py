"""The matrix in the terminal: a line of points for each pair, then the failed rules of each owner."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.text import Text

from http_contract.rules.registry import STAGES
from http_contract.runner.report import POINTS
from sidebyside.matrix.attribution import (
    AttributedFailure,
    Matrix,
    attributed_failures,
    by_owner,
    count,
    number_of_rules,
)
from sidebyside.matrix.run import FRAMEWORKS, TITLES, PairReport

NAME = max(map(len, FRAMEWORKS)) + 2  # columns
SERVER = max(map(len, TITLES.values()))
CELL = 4
TOTAL = 6


def lines(matrix: Matrix) -> Iterator[Text]:
    """Yield the matrix, line by line."""
    stages = sorted(matrix.reports[0].points)
    yield Text(" " * (NAME + SERVER) + "".join(f"{stage:>{CELL}}" for stage in stages) + f"{'all':>{TOTAL}}", "bold")
    for _, those in groupby(matrix.reports, key=lambda report: report.pair.implementation):
        yield from map(row, those)
        yield Text()
    yield Text("; ".join(f"{stage} {STAGES[stage]}" for stage in stages), "dim")
    yield from (Text(f"Left out: {why}", "yellow") for why in matrix.missing.values())
    failures = attributed_failures(matrix)
    for owner, those_of_owner in by_owner(failures):
        yield from owned(owner, those_of_owner)
    skips = [line for report in matrix.reports for line in unexplained_skips(report)]
    yield from skips
    if not failures and not skips:
        yield Text("All rules pass on all servers.", "bold green")


def row(report: PairReport) -> Text:
    pair = report.pair
    line = Text.assemble((f"{pair.implementation:<{NAME}}", pair.service.colour))
    line.append(f"{TITLES[pair.server]:<{SERVER}}")
    for points in report.points.values():
        line.append(f"{points:>{CELL}}", colour(points, POINTS))
    return line.append(f"{report.total:>{TOTAL}}", f"bold {colour(report.total, POINTS * len(report.points))}")


def colour(points: int, max_points: int) -> str:
    return "green" if points == max_points else "yellow" if points else "red"


def unexplained_skips(report: PairReport) -> Iterator[Text]:
    """Yield, for each reason, how many rules were skipped because of a rule that was not judged here."""
    for reason, number in report.unexplained_skips.items():
        yield Text(f"{report.pair}: {number_of_rules(number)} skipped because {reason}", "bold red")


def owned(owner: str, failures: Sequence[AttributedFailure]) -> Iterator[Text]:
    """Yield an owner and the rules that failed because of it, MUST rules first."""
    yield Text()
    yield Text.assemble((f"{owner}: ", "bold"), count(failures))
    for level, style in (("MUST", "red"), ("SHOULD", "yellow")):
        names = dict.fromkeys(each.rule.id for each in failures if each.rule.level == level)
        if names:
            yield Text.assemble((f"  {level:<7}", style), ", ".join(names))
