"""The matrix in the terminal: a line of points for each pair, then whose the failures are."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.text import Text

from http_contract.reports.messages import number_of
from http_contract.rules.registry import STAGES
from http_contract.runner.report import POINTS
from sidebyside.matrix.blaming import Matrix
from sidebyside.matrix.findings import Finding, by_owner, count, findings
from sidebyside.matrix.judging import Judged
from sidebyside.matrix.pairs import TITLES
from sidebyside.services import SERVICES

COLOURS = {service.name: service.colour for service in SERVICES}
NAME = max(map(len, COLOURS)) + 2  # columns
SERVER = max(map(len, TITLES.values()))
CELL = 4
TOTAL = 6


def lines(matrix: Matrix) -> Iterator[Text]:
    """Yield all that is shown."""
    stages = sorted(matrix.judged[0].points)
    yield Text(" " * (NAME + SERVER) + "".join(f"{stage:>{CELL}}" for stage in stages) + f"{'all':>{TOTAL}}", "bold")
    for _, those in groupby(matrix.judged, key=lambda judged: judged.pair.implementation):
        yield from map(row, those)
        yield Text()
    yield Text("; ".join(f"{stage} {STAGES[stage]}" for stage in stages), "dim")
    yield from (Text(f"Left out: {why}", "yellow") for why in matrix.missing.values())
    found = findings(matrix)
    for owner, findings_of in by_owner(found):
        yield from owned(owner, findings_of)
    untold = [line for judged in matrix.judged for line in unjudged(judged)]
    yield from untold
    if not found and not untold:
        yield Text("All rules hold everywhere.", "bold green")


def row(judged: Judged) -> Text:
    pair = judged.pair
    line = Text.assemble((f"{pair.implementation:<{NAME}}", COLOURS[pair.implementation]))
    line.append(f"{TITLES[pair.server]:<{SERVER}}")
    for points in judged.points.values():
        line.append(f"{points:>{CELL}}", colour(points, POINTS))
    most = POINTS * len(judged.points)
    return line.append(f"{judged.total:>{TOTAL}}", f"bold {colour(judged.total, most)}")


def colour(points: int, most: int) -> str:
    return "green" if points == most else "yellow" if points else "red"


def unjudged(judged: Judged) -> Iterator[Text]:
    """Yield how many rules could not be judged for what is not among all that was, for each reason."""
    for reason, number in judged.unexplained.items():
        yield Text(f"{judged.pair}: {number_of(number, 'rule')} skipped because {reason}", "bold red")


def owned(owner: str, those: Sequence[Finding]) -> Iterator[Text]:
    """Yield whose rules do not hold, and which: MUST rules first."""
    yield Text()
    yield Text.assemble((f"{owner}: ", "bold"), count(those))
    for level, style in (("MUST", "red"), ("SHOULD", "yellow")):
        names = dict.fromkeys(each.rule.id for each in those if each.rule.level == level)
        if names:
            yield Text.assemble((f"  {level:<7}", style), ", ".join(names))
