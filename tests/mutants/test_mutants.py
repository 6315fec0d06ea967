"""Every rule fails on a server broken in just that way, and the unbroken server keeps them all."""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack

import pytest

from http_contract import BY_ID, RULES, Outcome, ResultCache, Rule, run
from http_contract.runner.scheduler import Scheduler
from http_contract.runner.target import RemoteTarget
from tests.mutants.serving import TIMEOUT, Mutant, running
from tests.mutants.table import MUTANTS

EVERY = 32
# Rules that take a second or so even of a good server: judged only of servers broken in that way.
SLOW = {
    "respond-byte-by-byte",
    "route-time-moves",
    "listen-restarts",
    "persistence-thousand",
    "concurrency-slow-reader",
    "concurrency-hundred",
    "deadlines-head",
    "deadlines-head-drip",
    "deadlines-body",
    "deadlines-body-drip",
}


def rules_for(mutant: Mutant) -> list[Rule]:
    return [rule for rule in RULES if rule.stage <= mutant.until and rule.id not in SLOW - set(mutant.breaks)]


def some_of(rules: Sequence[Rule], mutant: Mutant) -> list[Rule]:
    """Return the rules that the mutant breaks, and every thirty-second other one; the next mutant gets others.

    `make docs` judges all mutants by all rules, which takes far longer.
    """
    at = MUTANTS.index(mutant) % EVERY
    return [rule for index, rule in enumerate(rules) if index % EVERY == at or rule.id in mutant.breaks]


def outcomes_of(mutant: Mutant, rules: Sequence[Rule]) -> Sequence[Outcome]:
    if mutant.mortal:
        return outcomes_apart(mutant, rules)
    with running(mutant) as server:
        return Scheduler(RemoteTarget(server), rules, RULES, lambda outcome: None, TIMEOUT).outcomes()


def outcomes_apart(mutant: Mutant, rules: Sequence[Rule]) -> list[Outcome]:
    with ExitStack() as stack:
        judgement = ResultCache(lambda rule: run(rule, stack.enter_context(running(mutant))), RULES)
        return [judgement.outcome(rule) for rule in rules]


def failures(outcomes: Sequence[Outcome]) -> dict[str, list[str]]:
    return {
        outcome.rule.id: [failure.code for failure in outcome.failures]
        for outcome in outcomes
        if outcome.verdict == "failed"
    }


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_mutant_breaks_its_rules_and_no_other(mutant: Mutant) -> None:
    rules = some_of(rules_for(mutant), mutant)
    attempts = (failures(outcomes_of(mutant, rules)) for _ in range(mutant.tries))
    found = next(filter(None, attempts), {})
    assert set(mutant.breaks) <= found.keys(), found
    assert mutant.inevitably or set(mutant.breaks) == found.keys(), found


def test_no_rule_is_without_its_mutant() -> None:
    assert {rule.id for rule in RULES} - {mutant.breaks[0] for mutant in MUTANTS} == set()


def test_mutants_name_rules_that_exist() -> None:
    assert {id for mutant in MUTANTS for id in mutant.breaks} <= BY_ID.keys()


def test_ids_of_mutants_are_unique() -> None:
    assert [id for id, times in Counter(mutant.id for mutant in MUTANTS).items() if times > 1] == []
