"""What is broken on purpose is told by its cause, where there is one; any other mutant is told none."""

import pytest

from http_contract import BY_ID, RULES, Outcome, ResultCache, run
from http_contract.diagnosis.diagnose import diagnose
from tests.mutants.measuring import SLOW
from tests.mutants.serving import Mutant, running
from tests.mutants.table import MUTANTS

CAUSES = {
    "no-status-line": "http-0.9",
    "no-reason": "no-reason",
    "bare-lf": "bare-lf",
    "no-empty-line": "no-empty-line",
    "length-too-small": "wrong-length",
    "length-too-great": "wrong-length",
    "no-length": "no-length",
    "no-content-type": "no-content-type",
    "no-date": "no-date",
    "one-packet": "single-recv",
    "one-recv": "closes-unread",
    "soft-404": "no-404",
    "query-in-path": "query-in-path",
    "head-refused": "head-not-like-get",
    "head-with-body": "body-on-head",
    "any-method-gets": "ignores-method",
    "unknown-method-gets": "ignores-method",
    "trace-gets": "ignores-method",
    "connects": "ignores-method",
    "no-allow": "no-allow",
    "closes-always": "closes-always",
    "resets-after-error": "closes-unread",
}
STAGES = (2, 3, 4, 7)
QUICK = ("head-shifts", "204-shifts", "closes-always", "closes-after-404", "resets-after-error", "half-closed-is-gone")


def is_quick(mutant: Mutant) -> bool:
    rule = BY_ID[mutant.breaks[0]]
    return rule.stage in STAGES and rule.id not in SLOW and (rule.stage < 7 or mutant.id in QUICK)


def judged(mutant: Mutant) -> Outcome:
    with running(mutant) as server:
        return ResultCache(lambda rule: run(rule, server), RULES).outcome(BY_ID[mutant.breaks[0]])


def failed(outcome: Outcome) -> bool:
    return outcome.verdict == "failed"


@pytest.mark.parametrize("mutant", [mutant for mutant in MUTANTS if is_quick(mutant)], ids=lambda mutant: mutant.id)
def test_a_mutant_has_its_cause_and_no_other(mutant: Mutant) -> None:
    outcome = next(filter(failed, (judged(mutant) for _ in range(mutant.tries))))
    found = diagnose(outcome)
    assert (found.cause if found else None) == CAUSES.get(mutant.id)


def test_causes_are_of_mutants_that_exist() -> None:
    assert CAUSES.keys() <= {mutant.id for mutant in MUTANTS}
