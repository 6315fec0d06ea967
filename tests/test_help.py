"""The help of each command: a text for each option and argument in plain English, examples, and completion."""

import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from http_contract.__main__ import main as contract
from sidebyside.__main__ import main as sidebyside

PROGRAMS = {"contract": contract, "sidebyside": sidebyside}
MODULES = ("raw_router", "flask_app")
NARROW = 80  # columns of the narrowest terminal that is common
FORBIDDEN = re.compile(
    r"\b(?:anew|for ever|at the most|so many|all the same|tells?|told|want(?:s|ed)?|keeps?|kept|holds?|held|"
    r"bears?|borne|knows?|known|says?|said|takes?|is no|none that|what(?:ever)?|whose|those)\b",
    re.IGNORECASE,
)
"""Words that docs and help texts avoid: a named subject and the field's verbs are plainer."""


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield each command and its name, the programs among them."""
    for name, program in PROGRAMS.items():
        yield name, program
        context = click.Context(program)
        for each in program.list_commands(context):
            command = program.get_command(context, each)
            assert command is not None
            yield f"{name} {each}", command


COMMANDS = dict(commands())
named = pytest.mark.parametrize("name", COMMANDS)


def help_of(name: str) -> str:
    program, *words = name.split()
    result = CliRunner().invoke(PROGRAMS[program], [*words, "--help"], prog_name=program)
    assert result.exit_code == 0
    return result.output


@named
def test_says_what_it_does_and_shows_examples(name: str) -> None:
    said = help_of(name)
    _, examples = said.split("\n  Examples:\n")
    assert examples.startswith(f"    {name}")
    assert (COMMANDS[name].help or "").strip().endswith(".")


@named
def test_says_of_each_option_what_it_is_for(name: str) -> None:
    unsaid = [each.name for each in COMMANDS[name].params if isinstance(each, click.Option) and not each.help]
    assert unsaid == []


def texts(name: str) -> Iterator[str]:
    """Yield the texts that people read in the help of a command."""
    command = COMMANDS[name]
    yield command.help or ""
    for each in command.params:
        if isinstance(each, click.Option) and each.help:
            yield each.help
    if name in PROGRAMS:
        yield from (short for _, short in PROGRAMS[name].table.values())


@pytest.mark.parametrize("name", [name for name in COMMANDS if name.startswith("contract")])
def test_texts_are_plain_sentences(name: str) -> None:
    assert [text for text in texts(name) if not re.match(r"[A-Z]", text) or FORBIDDEN.search(text)] == []
    assert [text for text in texts(name) if not re.search(r"\.( +\[default: .*\])?$", text.strip())] == []


@named
def test_speaks_of_each_argument(name: str) -> None:
    command = COMMANDS[name]
    arguments = [each.human_readable_name for each in command.params if isinstance(each, click.Argument)]
    assert [each for each in arguments if each not in (command.help or "")] == []


@named
def test_fits_a_terminal_but_for_what_is_to_be_copied(name: str) -> None:
    said, _ = help_of(name).split("\n  Examples:\n")
    assert [line for line in said.splitlines() if len(line) > NARROW] == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_lists_all_its_commands(name: str) -> None:
    for command, (_, short) in PROGRAMS[name].table.items():
        assert f"\n  {command} " in help_of(name)
        assert short.endswith(".")


@pytest.mark.parametrize("module", MODULES)
def test_modules_that_can_be_run(module: str) -> None:
    said = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, text=True, check=True).stdout
    assert f"\nexamples:\n  python -m {module}" in said
    options = said.partition("options:\n")[2].partition("\nexamples:")[0]
    assert all(len(line.split(maxsplit=2)) > 1 for line in options.splitlines() if line.startswith("  -"))


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("contract ", ["check", "watch", "explain", "rules", "init", "grade"]),
        ("sidebyside se", ["serve"]),
        ("sidebyside serve --on gu", ["gunicorn"]),
        ("contract check --unt", ["--until"]),
        ("contract explain route-unknown-n", ["route-unknown-named"]),
        ("sidebyside compare g", ["GET"]),
        ("sidebyside compare GET /ti", ["/time", "/time.html"]),
        ("sidebyside compare GET /hel", ["/hello/"]),
        ("sidebyside compare --rule route-unknown-n", ["route-unknown-named"]),
    ],
)
def test_completion(typed: str, completed: list[str]) -> None:
    assert complete(typed) == completed


def complete(typed: str) -> list[str]:
    """Return what bash offers after the tab key."""
    name = typed.split()[0]
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split(" ")) - 1)}
    environment = {f"_{name.upper()}_COMPLETE": "bash_complete", **words}
    result = CliRunner().invoke(PROGRAMS[name], prog_name=name, env=environment)
    return [line.removeprefix("plain,") for line in result.output.splitlines()]


SCRIPT = """
import click, sys
from sidebyside.__main__ import main

main.shell_complete(click.Context(main), "")
print(*sys.modules)
"""


def test_commands_are_completed_without_being_imported() -> None:
    """Flask and Django take their time."""
    loaded = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True).stdout.split()
    assert {"flask", "django", "sidebyside.compare.cli", "http_contract.rules.registry"}.isdisjoint(loaded)
    assert "sidebyside.__main__" in loaded
