"""Servers of every kind: the first cause is the true one, none is false, in at most 60 lines and 30 seconds."""

import io
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from rich.console import Console

from http_contract import RULES, Outcome, Report
from http_contract.diagnosis.diagnose import diagnose, diagnosed
from http_contract.reports.brief import MOST_LINES, show_brief
from http_contract.runner.scheduler import Scheduler, ignore_outcome
from http_contract.sandbox.launcher import LocalTarget
from http_contract.sandbox.ports import free_port
from tests.naive.kinds import KINDS, Kind, built, missing

LIMIT = 30.0  # seconds
SILENT_LIMIT = 8.0  # seconds for a server that sends nothing; more than it takes, because machines are busy
REPETITIONS = 20
# judged in `make test-all` only
SLOW = frozenset(
    {
        "only-root",
        "head-hangs",
        "c-buffer",
        "never-closes",
        "go",
        "goroutines",
        "ruby",
        "lf",
        "puts",
        "catches",
        "twice",
        "accept-thread",
        "deadlock",
    }
)
FIXED = frozenset({"javascript"})  # judged with a fixed port in `make test`
WIDTH = 80  # columns


def judge(command: str, until: int, port: int | None = None) -> Report:
    """Judge a server, which can use only one port if that is given."""
    rules = [rule for rule in RULES if rule.stage <= until and not rule.slow]
    began = time.time()
    with LocalTarget(command, port=port) as launched:
        outcomes = Scheduler(launched, rules, RULES, ignore_outcome).outcomes()
    return Report(
        target=command,
        seed=0,
        began=began,
        seconds=time.time() - began,
        outcomes=tuple(map(diagnosed, outcomes)),
        output=launched.output,
        pages=launched.server.findings.pages,
    )


def lines_of(report: Report) -> int:
    """Return the number of lines of the default report on a terminal."""
    console = Console(file=(file := io.StringIO()), width=WIDTH, force_terminal=True, color_system=None)
    show_brief(report, console)
    return sum(max(1, -(-len(line) // WIDTH)) for line in file.getvalue().splitlines())


def causes(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the causes of all failures, those of MUST rules first."""
    failed = sorted((each for each in outcomes if each.verdict == "failed"), key=lambda each: each.rule.level)
    return [found.cause for outcome in failed if (found := diagnose(outcome))]


def report_on(kind: Kind, folder: Path, until: int, ports: Iterable[int | None]) -> Iterator[Report]:
    """Judge a server once for each port, and check its causes and the length of the report."""
    if program := missing(kind):
        pytest.skip(f"this machine has no {program}")
    command = built(kind, folder)
    for port in ports:
        report = judge(command, until, port)
        found = causes(report.outcomes)
        assert found[0] == kind.first
        assert set(found) & set(kind.never) == set()
        assert lines_of(report) <= MOST_LINES
        yield report


def cases(slow: Collection[str]) -> list[ParameterSet]:
    """Return a case for each kind; `make test` leaves out the slow ones."""
    return [pytest.param(kind, id=kind.id, marks=[pytest.mark.full] if kind.id in slow else []) for kind in KINDS]


@pytest.mark.parametrize("kind", cases(SLOW | FIXED))
def test_the_first_cause_is_true_and_none_is_false(kind: Kind, tmp_path: Path) -> None:
    [report] = report_on(kind, tmp_path, kind.quick, [None])
    assert report.seconds < (SILENT_LIMIT if kind.id == "silent" else LIMIT)


@pytest.mark.parametrize("kind", cases({kind.id for kind in KINDS} - FIXED))
def test_a_fixed_port_changes_nothing(kind: Kind, tmp_path: Path) -> None:
    [report] = report_on(kind, tmp_path, kind.quick, [free_port()])
    assert report.seconds < (SILENT_LIMIT if kind.id == "silent" else LIMIT)


@pytest.mark.full
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_verdicts_are_the_same_each_time_in_all_stages(kind: Kind, tmp_path: Path) -> None:
    ports = [None, free_port()] * (REPETITIONS // 2)
    reports = list(report_on(kind, tmp_path, 10, ports))
    verdicts = [{outcome.rule.id: outcome.verdict for outcome in report.outcomes} for report in reports]
    assert verdicts == REPETITIONS * [verdicts[0]]
    assert min(report.seconds for report in reports) < LIMIT  # at other times, the machine is busy
