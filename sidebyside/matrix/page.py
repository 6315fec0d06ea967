"""The matrix as a page in Markdown: points, and of each failure whose it is, and what is behind it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from http_contract.reports.explain import escaped
from http_contract.rules.registry import STAGES
from http_contract.runner.report import POINTS
from sidebyside.matrix.blaming import KNOWN, Matrix
from sidebyside.matrix.findings import Finding, by_owner, count, findings
from sidebyside.matrix.pairs import FRAMEWORKS, TITLES

PLACE = re.compile(r"127\.0\.0\.1:\d+")  # another one each time
INTRODUCTION = """\
# The contract on each server

Made by `sidebyside matrix --page docs/conformance.md`; do not edit it.

Each implementation is judged on each server by the ten stages of [the contract](contract.md), ten points a stage, as
`contract check` does it. What runs on raw_router itself makes all points, but for the driver `serial`, which serves one
client at a time to show what that means. The others run as `sidebyside serve --on` starts them. Most of what they do
not keep is about malformed requests and time limits.
"""
WHOSE = """\
## Whose a failure is

It is deduced from where the same rule holds:

- with the same application on raw_router: the server's, or nginx's where that is in front;
- on the same server with the other framework: the framework's, and raw_router makes up for it;
- on raw_router with the other implementations: the implementation's;
- on raw_router with none: that of the application, which is the same in all three;
- with another driver of raw_router: the driver's.

Where both frameworks fail on a server, each by itself, that would be wrong: there it says *as is known*. What is behind
a failure stands beside it where somebody has looked; else it is the hint that learners get. MUST rules count for
points, *SHOULD* rules only warn.
"""


def page(matrix: Matrix) -> str:
    return "\n".join(_lines(matrix))


def _lines(matrix: Matrix) -> Iterator[str]:
    yield INTRODUCTION
    yield from _points(matrix)
    yield "Judged were " + ", ".join(f"{name} {version}" for name, version in matrix.versions.items()) + "."
    yield from (f"Left out, since it is not installed: {TITLES[server]}." for server in matrix.missing)
    yield f"\n{WHOSE}"
    for owner, those in by_owner(findings(matrix)):
        yield f"## {owner}\n"
        yield f"{count(those)}.\n"
        for evidence, some in groupby(sorted(those, key=_evidence), key=_evidence):
            yield from _table(evidence, list(some))


def _evidence(finding: Finding) -> str:
    return finding.blame.evidence


def _points(matrix: Matrix) -> Iterator[str]:
    stages = sorted(matrix.judged[0].points)
    yield _row(["", "on", *(f"{stage} {STAGES[stage]}" for stage in stages), "all"])
    yield _row(["---", "---", *("--:" for _ in stages), "--:"])
    for judged in matrix.judged:
        points = (str(each) if each == POINTS else f"**{each}**" for each in judged.points.values())
        yield _row([judged.pair.implementation, TITLES[judged.pair.server], *points, str(judged.total)])
    yield ""


def _table(evidence: str, those: Sequence[Finding]) -> Iterator[str]:
    yield f"Its own, since {evidence}:\n" if evidence != KNOWN else "Its own, as is known:\n"
    yield _row(["stage", "rule", "where", "what is wrong", "what is behind it"])
    yield _row(["--:", "---", "---", "---", "---"])
    yield from (_row(_cells(finding)) for finding in those)
    yield ""


def _cells(finding: Finding) -> Iterator[str]:
    rule = finding.rule
    yield str(rule.stage)
    link = f"[{rule.id}](contract.md#{rule.id})"
    yield link if rule.level == "MUST" else f"{link} *SHOULD*"
    yield ", ".join(_where(finding))
    unjudged = f" ({finding.unjudged} more not judged for it)" if finding.unjudged else ""
    yield escaped(PLACE.sub("the server", finding.complaint)) + unjudged
    yield escaped(finding.blame.reason or rule.hint)


def _where(finding: Finding) -> Iterator[str]:
    """Yield the servers where it is a framework's, or else the implementations."""
    for judged in finding.where:
        own = finding.blame.whose == FRAMEWORKS[judged.pair.implementation]
        yield TITLES[judged.pair.server] if own else f"with {judged.pair.implementation}"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
