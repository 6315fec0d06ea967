"""Every rule fails on a server that is broken in exactly that way, and docs/mutants.md lists the same results."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from http_contract import BY_ID, RULES, Rule
from tests.mutants.measuring import DOCUMENT, documented, failed_rules, rules_for
from tests.mutants.serving import Mutant
from tests.mutants.table import MUTANTS

OTHERS = [pytest.param(128, id="few"), pytest.param(32, marks=pytest.mark.full, id="more")]
DOCUMENTED = documented(DOCUMENT.read_text())


def case(mutant: Mutant) -> Any:
    """Return the mutant as a parameter; those that wait for time limits run in `make test-all`."""
    waits = any(BY_ID[id].slow for id in mutant.breaks)
    return pytest.param(mutant, id=mutant.id, marks=[pytest.mark.full] if waits else [])


def some_of(rules: Sequence[Rule], mutant: Mutant, every: int) -> list[Rule]:
    """Return the rules that the mutant breaks, and one in `every` of the others; the next mutant gets others.

    `make docs` runs all mutants under all rules, which takes much longer.
    """
    at = MUTANTS.index(mutant) % every
    return [rule for index, rule in enumerate(rules) if index % every == at or rule.id in mutant.breaks]


@pytest.mark.parametrize("every", OTHERS)
@pytest.mark.parametrize("mutant", [case(mutant) for mutant in MUTANTS])
def test_mutant_fails_its_rules_and_no_other(mutant: Mutant, every: int) -> None:
    failed = failed_rules(mutant, some_of(rules_for(mutant), mutant, every))
    assert set(mutant.breaks) <= failed
    others = failed - set(mutant.breaks)
    assert mutant.inevitably or not others
    assert DOCUMENTED[mutant.id].caught, "docs/mutants.md claims that no rule finds this mutant"


def test_no_rule_is_without_its_mutant() -> None:
    assert {rule.id for rule in RULES} - {mutant.breaks[0] for mutant in MUTANTS} == set()


def test_mutants_name_rules_that_exist() -> None:
    assert {id for mutant in MUTANTS for id in mutant.breaks} <= BY_ID.keys()


def test_ids_of_mutants_are_unique() -> None:
    assert [id for id, times in Counter(mutant.id for mutant in MUTANTS).items() if times > 1] == []


def test_a_mutant_that_fails_other_rules_gives_the_reason() -> None:
    assert [mutant.id for mutant in MUTANTS if DOCUMENTED[mutant.id].others and not mutant.inevitably] == []
