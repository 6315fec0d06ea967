"""The path of docs/first-server.md, judged again: each report begins with the failure that the document names."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from http_contract import RULES, Rule
from http_contract.diagnosis.diagnose import diagnosed
from http_contract.reports.groups import groups_of
from http_contract.runner.report import Report
from http_contract.runner.scheduler import Scheduler, ignore_outcome
from http_contract.sandbox.launcher import LocalTarget
from tests.first_server.saves import programs

DOCUMENT = Path(__file__).parents[2] / "docs" / "first-server.md"
TEXT = DOCUMENT.read_text()
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)
BEGINS = re.compile(r'"Start here" shows `([a-z0-9-]+)`')
ROW = re.compile(r"\| (\d+) \| (?:`([a-z0-9-]+)`[^|]*)?\| .*\| (\d+) \|")
UNTIL = 3  # the last stage


DONE = (0, 1, 2, 3, 3)  # the last stage whose MUST rules all pass after each step


def judged(program: str, folder: Path) -> Report:
    """Judge a server, as `contract watch --until 3` does."""
    (folder / "server.py").write_text(program)
    rules = [rule for rule in RULES if rule.stage <= UNTIL and not rule.slow]
    with LocalTarget(f"{shlex.quote(sys.executable)} server.py {{port}}", folder=folder) as launched:
        outcomes = Scheduler(launched, rules, RULES, ignore_outcome).outcomes()
    found = tuple(diagnosed(outcome, "python") for outcome in outcomes)
    return Report(target="", seed=0, began=0, seconds=0, outcomes=found)


def first_rule(report: Report) -> Rule:
    """Return the rule that the report shows in "Start here"."""
    return groups_of(report)[0].first.rule


STEPS = [(CODE.findall(step), BEGINS.findall(step)) for step in re.split(r"(?m)^## Step (?=\d)", TEXT)[1:]]
ROWS = ROW.findall(TEXT)
SAVES = list(programs())


def test_each_step_names_the_next_failure() -> None:
    assert [(len(programs), len(names)) for programs, names in STEPS] == [(1, 1)] * len(STEPS)


@pytest.mark.parametrize("number", range(len(STEPS)), ids="step {}".format)
def test_a_report_begins_as_its_step_says(number: int, tmp_path: Path) -> None:
    [program], [rule] = STEPS[number]
    report = judged(program, tmp_path)
    assert first_rule(report).id == rule
    must = [each for each in report.outcomes if each.rule.level == "MUST" and each.rule.stage <= DONE[number]]
    assert [each.rule.id for each in must if each.verdict != "passed"] == []


def test_each_save_is_in_the_table() -> None:
    assert [int(number) for number, _, _ in ROWS] == list(range(len(SAVES)))


@pytest.mark.full
@pytest.mark.parametrize("number", range(len(SAVES)), ids="save {}".format)
def test_a_report_begins_as_the_table_says(number: int, tmp_path: Path) -> None:
    """The row of a save names what the report began with before it; that of the first one, what it begins with now."""
    report = judged(SAVES[number], tmp_path)
    rules = [rule for _, rule, _ in ROWS if rule]
    assert report.points == int(ROWS[number][2])
    if number < len(rules):
        assert first_rule(report).id == rules[number]
    else:
        assert first_rule(report).level == "SHOULD"
