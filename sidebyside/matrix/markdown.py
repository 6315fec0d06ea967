"""The matrix as a page in Markdown: the points of each pair, and the owner and the reason of each failure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from http_contract.reports.explain import escaped
from http_contract.rules.registry import STAGES
from http_contract.runner.report import POINTS
from sidebyside.matrix.attribution import BY_HAND, AttributedFailure, Matrix, attributed_failures, by_owner, count
from sidebyside.matrix.run import FRAMEWORKS, TITLES

ADDRESS = re.compile(r"127\.0\.0\.1:\d+")  # another port in each run
INTRODUCTION = """\
# The contract on each server

`sidebyside matrix --page docs/conformance.md` writes this file; do not edit it.

`contract check` judges each implementation on each server, in the ten stages of [the contract](contract.md), with ten
points for each stage. On raw_router, all implementations get all points. The exception is the driver `serial`, which
serves one client at a time to show what that means. The other servers run as `sidebyside serve --on` starts them. Most
of the rules that fail on them are about malformed requests and time limits.
"""
ATTRIBUTION = """\
## How failures are attributed

A failure is attributed by comparing it with other pairs of implementation and server. The cases are:

- The rule passes with the same application on raw_router: the failure is the server's, or nginx's if nginx is in front.
- The rule passes on the same server with the other framework: the failure is the framework's, and raw_router makes up
  for it.
- The rule fails on raw_router, too, but passes there with other implementations: the failure is the implementation's.
- The rule fails on raw_router with all implementations: the failure is the application's, which all three share.
- The rule passes on raw_router with the default driver: the failure is the other driver's.

If both frameworks fail independently, this would blame the server; these failures are *attributed by hand*. The last
column gives the reason of a failure if it has been found, and otherwise the rule's hint for learners. MUST rules count
for points; *SHOULD* rules only give warnings.
"""


def as_markdown(matrix: Matrix) -> str:
    return "\n".join(_lines(matrix))


def _lines(matrix: Matrix) -> Iterator[str]:
    yield INTRODUCTION
    yield from _points(matrix)
    yield f"Versions: {', '.join(f'{name} {version}' for name, version in matrix.versions.items())}."
    yield from (f"Left out because it is not installed: {TITLES[server]}." for server in matrix.missing)
    yield f"\n{ATTRIBUTION}"
    for owner, those in by_owner(attributed_failures(matrix)):
        yield f"## {owner}\n"
        yield f"{count(those)}.\n"
        for evidence, some in groupby(sorted(those, key=_evidence), key=_evidence):
            yield from _table(evidence, list(some))


def _evidence(failure: AttributedFailure) -> str:
    return failure.attribution.evidence


def _points(matrix: Matrix) -> Iterator[str]:
    stages = sorted(matrix.reports[0].points)
    yield _row(["", "on", *(f"{stage} {STAGES[stage]}" for stage in stages), "all"])
    yield _row(["---", "---", *("--:" for _ in stages), "--:"])
    for report in matrix.reports:
        points = (str(each) if each == POINTS else f"**{each}**" for each in report.points.values())
        yield _row([report.pair.implementation, TITLES[report.pair.server], *points, str(report.total)])
    yield ""


def _table(evidence: str, failures: Sequence[AttributedFailure]) -> Iterator[str]:
    yield f"Attributed because {evidence}:\n" if evidence != BY_HAND else "Attributed by hand:\n"
    yield _row(["stage", "rule", "where", "failure", "reason"])
    yield _row(["--:", "---", "---", "---", "---"])
    yield from (_row(_cells(failure)) for failure in failures)
    yield ""


def _cells(failure: AttributedFailure) -> Iterator[str]:
    rule = failure.rule
    yield str(rule.stage)
    link = f"[{rule.id}](contract.md#{rule.id})"
    yield link if rule.level == "MUST" else f"{link} *SHOULD*"
    yield ", ".join(_where(failure))
    skipped = f" ({failure.skipped} more skipped because of it)" if failure.skipped else ""
    yield escaped(ADDRESS.sub("the server", failure.text)) + skipped
    yield escaped(failure.attribution.reason or rule.hint)


def _where(failure: AttributedFailure) -> Iterator[str]:
    """Yield the servers if the failure is a framework's, and the implementations if it is a server's."""
    for report in failure.reports:
        own = failure.attribution.owner == FRAMEWORKS[report.pair.implementation]
        yield TITLES[report.pair.server] if own else f"with {report.pair.implementation}"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
