"""What the documents say is so: their programs run, their command lines can be given, their links lead somewhere."""

import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest

from http_contract import BY_ID, RULES, Rule, Server, judge, run
from http_contract.__main__ import main
from http_contract.cli.init import STARTER
from http_contract.rules.registry import rules_from
from http_contract.sandbox.launcher import LocalTarget
from tests.mutants.measuring import DOCUMENT as MUTANTS_DOCUMENT
from tests.mutants.measuring import REGENERATE, Measured, document, documented
from tests.mutants.table import MUTANTS
from tests.serving import HANDLERS, HOST, serving

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
WRITTEN = (DOCS / "assignment.md", DOCS / "first-server.md", STARTER / "README.md", STARTER / "graders" / "README.md")
LINKED = (*WRITTEN[:2], MUTANTS_DOCUMENT)
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)
TIMEOUT = 1.0  # seconds that the judge waits for what the first steps never say


def programs(document: Path) -> list[str]:
    return CODE.findall(document.read_text())


# -- docs/first-server.md

FIRST = DOCS / "first-server.md"
STEPS = re.split(r"(?m)^## Step (?=\d)", FIRST.read_text())[1:]
LAST = len(STEPS)


def claims() -> Iterator[object]:
    """Yield each rule that a step lists, and whether it passes or fails."""
    for number, step in enumerate(STEPS, 1):
        for verdict, ids in re.findall(r"(?m)^- (Pass|Fail)[^:]*: ([^.]*)\.$", step):
            for id in re.findall("`([a-z0-9-]+)`", ids):
                yield pytest.param(number, id, verdict == "Pass", id=f"{number}-{id}")


def launched(step: int, folder: Path) -> LocalTarget:
    file = folder / "server.py"
    file.write_text(programs(FIRST)[step - 1])
    return LocalTarget(f"{shlex.quote(sys.executable)} {shlex.quote(str(file))} {{port}}")


def test_each_step_has_its_program() -> None:
    assert [int(step[0]) for step in STEPS] == [1, 2, 3, 4, 5]
    assert [len(CODE.findall(step)) for step in STEPS] == [1] * LAST


@pytest.mark.parametrize(("step", "id", "holds"), list(claims()))
def test_a_step_keeps_what_the_page_says(tmp_path: Path, step: int, id: str, holds: bool) -> None:
    running = launched(step, tmp_path)
    try:
        outcome = run(BY_ID[id], replace(running.running(), timeout=TIMEOUT))
    finally:
        running.close()
    assert outcome.verdict == ("passed" if holds else "failed"), outcome.failures


def test_the_last_program_has_thirty_lines() -> None:
    lines = [line for line in programs(FIRST)[-1].splitlines() if line and not line.startswith(("import ", "from "))]
    assert len(lines) <= 30


# -- docs/assignment.md


@pytest.fixture
def hidden(tmp_path: Path) -> tuple[Rule, ...]:
    [program] = programs(DOCS / "assignment.md")
    (file := tmp_path / "hidden.py").write_text(program)
    return rules_from(file)


def test_the_example_of_hidden_rules_holds_where_it_should(hidden: tuple[Rule, ...]) -> None:
    with serving(HANDLERS["raw"]) as port:
        outcomes = judge(Server(HOST, port), hidden, among=RULES)
    assert {outcome.rule.id: outcome.verdict for outcome in outcomes} == {
        "own-not-php": "passed",
        "own-hello": "passed",
    }


def test_the_example_of_hidden_rules_fails_where_it_should(hidden: tuple[Rule, ...], tmp_path: Path) -> None:
    running = launched(LAST - 2, tmp_path)  # which has one page for everything
    try:
        outcomes = [run(rule, running.running()) for rule in hidden]
    finally:
        running.close()
    assert [outcome.verdict for outcome in outcomes] == ["failed", "failed"]


# -- docs/mutants.md


def test_the_table_of_mutants_is_whole() -> None:
    """Its rows are the mutants, and its figures are those of its rows; test_mutants.py compares each row with a run."""
    text = MUTANTS_DOCUMENT.read_text()
    results = documented(text)
    assert list(results) == [mutant.id for mutant in MUTANTS]
    assert document(MUTANTS, results) == text, f"docs/mutants.md is old. Make it again: {REGENERATE}"


def test_the_table_names_a_mutant_that_no_rule_finds() -> None:
    text = document(MUTANTS, {mutant.id: Measured(caught=False, others=0) for mutant in MUTANTS})
    assert f"**0 %** of the mutants, 0 of {len(MUTANTS)}," in text
    assert text.count("| **no** |") == len(MUTANTS)
    assert {result.caught for result in documented(text).values()} == {False}


# -- all of them


def command_lines() -> Iterator[object]:
    for file in WRITTEN:
        for line in re.findall(r"(?m)^    (contract .*)$", file.read_text()):
            yield pytest.param(line, id=f"{file.parent.name}/{file.stem}: {line}")


@pytest.mark.parametrize("line", list(command_lines()))
def test_a_command_line_can_be_given(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its command takes its options; what it does is for the command's own tests."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "submissions").mkdir()
    (tmp_path / "hidden.py").touch()
    _, name, *arguments = shlex.split(line, comments=True)
    command = main.get_command(click.Context(main), name)
    assert command is not None
    command.make_context(name, arguments).close()


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_rules_that_are_named_exist(file: Path) -> None:
    named = set(re.findall(r"`((?:listen|respond|route|concurrency)-[a-z0-9-]+)`|--rule ([a-z-]+)", file.read_text()))
    assert {id for pair in named for id in pair if id} <= {*BY_ID, "own-not-php"}


@pytest.mark.parametrize("file", LINKED, ids=lambda file: file.stem)
def test_links_lead_somewhere(file: Path) -> None:
    for target, anchor in set(re.findall(r"\]\(([\w./-]+)(?:#([\w-]+))?\)", file.read_text())):
        linked = file.parent / target
        assert linked.exists(), target
        assert not anchor or f"### {anchor}\n" in linked.read_text(), anchor


def test_the_assignment_names_every_route() -> None:
    text = (STARTER / "README.md").read_text()
    assert {route for rule in RULES for route in rule.routes} <= set(re.findall(r"`(/[^`]*)`", text))
