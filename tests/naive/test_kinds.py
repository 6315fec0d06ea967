"""Servers of every kind: the first cause is the true one, none is false, and each takes at most 30 seconds."""

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from http_contract import RULES, Outcome
from http_contract.diagnosis.diagnose import diagnose
from http_contract.runner.scheduler import Scheduler, ignore_outcome
from http_contract.sandbox.launcher import LocalTarget
from tests.naive.kinds import KINDS, Kind, built, missing

LIMIT = 30.0  # seconds
SILENT_LIMIT = 8.0  # seconds for a server that sends nothing; more than it takes, because machines are busy
QUICK = 4  # the last stage that is judged in `make test`
REPETITIONS = 20


def judge(command: str, until: int) -> tuple[Outcome, ...]:
    rules = [rule for rule in RULES if rule.stage <= until]
    with LocalTarget(command) as launched:
        return Scheduler(launched, rules, RULES, ignore_outcome).outcomes()


def causes(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the causes of all failures, those of MUST rules first."""
    failed = sorted((each for each in outcomes if each.verdict == "failed"), key=lambda each: each.rule.level)
    return [found.cause for outcome in failed if (found := diagnose(outcome))]


def check(kind: Kind, folder: Path, until: int) -> dict[str, str]:
    if program := missing(kind):
        pytest.skip(f"this machine has no {program}")
    command = built(kind, folder)
    began = time.monotonic()
    outcomes = judge(command, until)
    took = time.monotonic() - began
    found = causes(outcomes)
    assert found[0] == kind.first
    assert set(found) & set(kind.never) == set()
    assert took < (SILENT_LIMIT if kind.id == "silent" else LIMIT)
    return {outcome.rule.id: outcome.verdict for outcome in outcomes}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_the_first_cause_is_true_and_none_is_false(kind: Kind, tmp_path: Path) -> None:
    check(kind, tmp_path, QUICK)


@pytest.mark.full
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_verdicts_are_the_same_each_time(kind: Kind, tmp_path: Path) -> None:
    verdicts = [check(kind, tmp_path, 10) for _ in range(REPETITIONS)]
    assert verdicts == REPETITIONS * [verdicts[0]]
