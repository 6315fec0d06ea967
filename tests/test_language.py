"""Plain English: phrases that have to be read twice do not occur in documents, help texts and sources.

Documents and commands are checked unless they are in a list of pending ones, which may only become shorter. Packages
are checked if they are in PLAIN_PACKAGES, which may only become longer.
"""

import io
import os
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from http_contract.__main__ import main as contract
from sidebyside.__main__ import main as sidebyside

ROOT = Path(__file__).parents[1]

HABITS = {
    "does not hold": r"\b(?:does|do|did|to) not hold\b",
    "anew": r"\banew\b",
    "for ever": r"\b(?:for|as) ever\b",
    "at the most": r"\bat the (?:most|least)\b",
    "so many": r"\bso many\b",
    "as to": r"\bas to (?:the|its|their|his|your)\b",
    "whose is it": r"\bwhose (?:an?|each|it|the)\b(?! \w+ (?:is|are|has|have)\b)|\bwhose it is\b",
    "headless who": r"(?:^|[.,;:(]\s|\b(?:and|but|by|for|from|of|to|with)\s)who\b(?![^.]*\?)",
    "headless those": r"\bthose (?:who|which)\b",
    "all that": r"\ball that (?:is|was|are|does|do|it|came|comes)\b",
    "is no X": r"(?<![Tt]here )\b(?:is|are|was|were) no (?!longer\b|more\b|way\b)\w+",
    "is none": r"(?<![Tt]here )\b(?:is|are) none\b",
    "told": r"\b(?:told|tells? of|says? of)\b",
    "to be had": r"\bto be had\b",
    "fragment": r"(?:^|[.;] )(?:Nor|So) (?:is|are|does|do|did|has|have)\b",
    "all the same": r"\ball the same\b",
    "takes for": r"\btak(?:e|es|en) (?:it |them |that )?for (?:an?|one|the)\b",
    "bears": r"\b(?:bears?|borne)\b",
    "answers no more": r"\b(?:answers|accepts|reads|sends) (?:nobody|nothing|no) more\b",
    "not judged": r"\bnot judged: ",
    "taken ports": r"\b[Pp]orts that are taken\b",
    "time in all": r"\b(?:has|have) (?:its|their) time in all\b",
    "dripping": r"\bdripping\b",
}
PATTERNS = {name: re.compile(pattern, re.MULTILINE) for name, pattern in HABITS.items()}


def findings(text: str) -> list[str]:
    """Return each habit that occurs in a text, with the words around it; line breaks count as spaces."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n|\n(?=\s*(?:[-#|*]|\d+\.))", text))
    return [
        f"{name}: ...{paragraph[max(0, match.start() - 30) : match.end() + 30]}..."
        for paragraph in paragraphs
        for name, pattern in PATTERNS.items()
        for match in pattern.finditer(paragraph)
    ]


BAD = (
    "The matrix says of all that does not hold whose it is.",
    "2 rules not judged: listen-accepts does not hold.",
    "But afterwards, the server answers no more.",
    "Tell of the rules of --hidden as of the others, as to their author.",
    "A head has its time in all, so that dripping gains nothing.",
    "Ports that are taken: make run ARGS=...",
    "Each time it is made anew.",
    "It waits for ever.",
    "At most ten, at the most.",
    "It starts so many processes.",
    "The target is no path.",
    "It is 404 by who comes first.",
    "Nor does one with a slash.",
)
GOOD = (
    "There is no page at this path.",
    "The user who is not root may not write.",
    "The server no longer responds.",
    "A rule whose requirements failed is skipped.",
    "Who answers a request?",
    "It accepts at most ten clients.",
)


@pytest.mark.parametrize("sentence", BAD)
def test_a_bad_sentence_is_found(sentence: str) -> None:
    assert findings(sentence)


@pytest.mark.parametrize("sentence", GOOD)
def test_a_good_sentence_passes(sentence: str) -> None:
    assert findings(sentence) == []


# -- documents

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("contract/*.md")])
PENDING_DOCUMENTS = {"docs/assignment.md"}


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("name", sorted({*map(name_of, DOCUMENTS)} - PENDING_DOCUMENTS))
def test_a_document(name: str) -> None:
    prose = re.sub(r"(?ms)^```.*?^```$|`[^`\n]*`", "`code`", (ROOT / name).read_text())
    assert findings(prose) == []


# -- help texts

PROGRAMS = {"contract": contract, "sidebyside": sidebyside}
MODULES = ("raw_router", "flask_app")
PENDING_HELP: set[str] = set()


def commands() -> Iterator[str]:
    for name, program in PROGRAMS.items():
        yield name
        yield from (f"{name} {command}" for command in program.list_commands(click.Context(program)))
    yield from MODULES


def help_of(name: str) -> str:
    program, *words = name.split()
    if program in MODULES:
        environment = os.environ | {"COLUMNS": "200"}
        command = [sys.executable, "-m", program, "--help"]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    return CliRunner().invoke(PROGRAMS[program], [*words, "--help"], prog_name=program).output


@pytest.mark.parametrize("name", sorted(set(commands()) - PENDING_HELP))
def test_a_help_text(name: str) -> None:
    assert findings(help_of(name)) == []


# -- comments, docstrings, messages and templates

FOLDERS = {"http_contract": "contract/http_contract"}  # of packages that are not at the root
PLAIN_PACKAGES = (
    "django_project",
    "flask_app",
    "guests",
    "http_contract",
    "http_contract.cli",
    "http_contract.client",
    "http_contract.diagnosis",
    "http_contract.grading",
    "http_contract.http",
    "http_contract.reports",
    "http_contract.rules",
    "http_contract.runner",
    "http_contract.sandbox",
    "http_contract.starter",
    "http_contract.starter.graders",
    "raw_router",
    "raw_router.drivers",
    "shared_views",
    "sidebyside",
    "sidebyside.bench",
    "sidebyside.bench.servers",
    "sidebyside.compare",
    "sidebyside.launch",
    "sidebyside.lessons",
    "sidebyside.matrix",
    "sidebyside.page",
    "sidebyside.page.reasons",
    "sidebyside.route_tables",
)
FSTRING_MIDDLE = getattr(tokenize, "FSTRING_MIDDLE", None)  # from Python 3.12 on
LAYOUT = (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
REPLACEMENT = re.compile(r"\{[^{}]*\}")  # an expression within an f-string
MARKUP = re.compile(r"<[^>]*>|\{[%{#].*?[%}#]\}", re.DOTALL)


def folder_of(package: str) -> Path:
    name, _, rest = package.partition(".")
    return ROOT / FOLDERS.get(name, name) / rest.replace(".", "/")


def texts(file: Path) -> Iterator[str]:
    """Yield the strings of a module, and its comments; comments on lines in a row are one text."""
    comments: list[str] = []
    for token in tokenize.generate_tokens(io.StringIO(file.read_text()).readline):
        if token.type == tokenize.COMMENT:
            comments.append(token.string.lstrip("# "))
        elif token.type in (tokenize.STRING, FSTRING_MIDDLE):
            yield REPLACEMENT.sub("x", token.string)
        elif token.type not in LAYOUT:
            yield " ".join(comments)
            comments.clear()


@pytest.mark.parametrize("package", PLAIN_PACKAGES)
def test_a_package(package: str) -> None:
    folder = folder_of(package)
    modules = {file.name: "\n\n".join(texts(file)) for file in sorted(folder.glob("*.py"))}
    pages = {file.name: MARKUP.sub(" ", file.read_text()) for file in sorted(folder.rglob("*.html"))}
    assert modules
    found = {name: findings(text) for name, text in (modules | pages).items()}
    assert {name: each for name, each in found.items() if each} == {}


def test_pending_lists_name_what_exists() -> None:
    assert {*map(name_of, DOCUMENTS)} >= PENDING_DOCUMENTS
    assert set(commands()) >= PENDING_HELP
