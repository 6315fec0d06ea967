"""What every rule must have, whatever it is about. Each test finds the rules that lack it."""

import re
from collections import Counter
from functools import cache
from inspect import getdoc

from http_contract import BY_ID, RULES, Rule
from http_contract.runner.rule_runner import PROBES


def test_ids_are_unique() -> None:
    assert [id for id, times in Counter(rule.id for rule in RULES).items() if times > 1] == []


def test_stages_come_in_order() -> None:
    assert [rule.stage for rule in RULES] == sorted(rule.stage for rule in RULES)


def test_ids_are_words() -> None:
    assert [rule.id for rule in RULES if not re.fullmatch("[a-z]+(-[a-z0-9]+)+", rule.id)] == []


def test_sentences_and_hints_are_whole() -> None:
    assert [rule.id for rule in RULES if not rule.sentence.endswith(".")] == []
    assert [rule.id for rule in RULES if not rule.hint.endswith((".", "?"))] == []


def test_sections_are_those_of_an_rfc_or_of_the_service() -> None:
    section = re.compile(r"RFC \d+ §\d+(\.\d+)*|the service, .+")
    assert [rule.id for rule in RULES if not section.fullmatch(rule.section)] == []


def test_something_is_judged() -> None:
    assert [rule.id for rule in RULES if not (rule.exchanges or rule.check)] == []
    exchanges = [(rule.id, exchange) for rule in RULES for exchange in rule.exchanges]
    assert [id for id, exchange in exchanges if not (exchange.sends and exchange.expects)] == []
    assert [id for id, exchange in exchanges if not all(map(str, exchange.expects))] == []


def test_a_check_says_what_it_sends_and_what_is_legal() -> None:
    said = {rule.id: getdoc(rule.check) or "" for rule in RULES if rule.check}
    assert [id for id, text in said.items() if not re.fullmatch(r"(?s)[A-Z].{9,}\.", text)] == []


def test_what_it_needs_is_there() -> None:
    assert [rule.id for rule in RULES if not set(rule.needs) <= BY_ID.keys()] == []
    assert [rule.id for rule in RULES if not set(rule.routes) <= PROBES.keys()] == []


def test_none_needs_itself() -> None:
    assert [rule.id for rule in RULES if rule.id in needed_by(rule)] == []


def test_a_must_needs_no_should() -> None:
    musts = {rule.id for rule in RULES if rule.level == "MUST"}
    assert [rule.id for rule in RULES if rule.id in musts and not needed_by(rule) <= musts] == []


def test_all_need_a_server_that_answers() -> None:
    assert [
        rule.id for rule in RULES if not (rule.id.startswith("listen-a") or "listen-answers" in needed_by(rule))
    ] == []


@cache
def needed_by(rule: Rule) -> frozenset[str]:
    return frozenset(rule.needs).union(*(needed_by(BY_ID[id]) for id in rule.needs))
