"""The registry: the choice of rules."""

import pytest

from http_contract import RULES
from http_contract.errors import CannotJudge
from http_contract.rules.registry import Choice


@pytest.mark.parametrize(
    ("choice", "stages"),
    [
        (Choice(), set(range(1, 11))),
        (Choice(until=3), {1, 2, 3}),
        (Choice(stages=(2, 7)), {2, 7}),
        (Choice(stages=(2, 7), until=4), {2}),
    ],
)
def test_stages(choice: Choice, stages: set[int]) -> None:
    assert {rule.stage for rule in choice.among()} == stages


def test_slow_rules_are_judged_on_request() -> None:
    slow = {rule.id for rule in RULES if rule.slow}
    assert {rule.id for rule in RULES} - {rule.id for rule in Choice().among()} == slow
    assert Choice(slow=True).among() == list(RULES)
    assert [rule.id for rule in Choice(ids=("timeouts-head",)).among()] == ["timeouts-head"]


def test_ids() -> None:
    chosen = Choice(ids=("route-test", "listen-accepts"), until=1).among()
    assert [rule.id for rule in chosen] == ["listen-accepts", "route-test"]


@pytest.mark.parametrize(
    ("id", "hint"), [("route-tests", "perhaps route-test"), ("???", "`contract rules` lists them")]
)
def test_there_is_no_such_rule(id: str, hint: str) -> None:
    with pytest.raises(CannotJudge, match=hint):
        Choice(ids=(id,)).among(RULES)
