"""What every rule must have, whatever it is about."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from contract import BY_ID, RULES, Rule
from contract.judging import PROBES

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def test_ids_are_unique() -> None:
    assert [id for id, times in Counter(rule.id for rule in RULES).items() if times > 1] == []


def test_stages_come_in_order() -> None:
    assert [rule.stage for rule in RULES] == sorted(rule.stage for rule in RULES)


@every_rule
def test_words(rule: Rule) -> None:
    assert re.fullmatch("[a-z]+(-[a-z0-9]+)+", rule.id)
    assert rule.sentence.endswith(".")
    assert rule.hint.endswith((".", "?"))
    assert re.fullmatch(r"RFC \d+ §\d+(\.\d+)*|the service, .+", rule.section)


@every_rule
def test_something_is_judged(rule: Rule) -> None:
    assert rule.exchanges or rule.check
    assert all(exchange.sends and exchange.expects for exchange in rule.exchanges)
    assert all(str(expectation) for exchange in rule.exchanges for expectation in exchange.expects)


@every_rule
def test_what_it_needs_is_there(rule: Rule) -> None:
    assert set(rule.needs) <= BY_ID.keys()
    assert set(rule.routes) <= PROBES.keys()
    assert rule not in needed_by(rule)


@every_rule
def test_a_must_needs_no_should(rule: Rule) -> None:
    assert rule.level == "SHOULD" or {needed.level for needed in needed_by(rule)} <= {"MUST"}


@every_rule
def test_all_needs_a_server_that_answers(rule: Rule) -> None:
    assert rule.id.startswith("listen-a") or BY_ID["listen-answers"] in needed_by(rule)


def needed_by(rule: Rule) -> Iterator[Rule]:
    for id in rule.needs:
        yield BY_ID[id]
        yield from needed_by(BY_ID[id])
