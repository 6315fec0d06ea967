"""Properties that every rule must have. Each test lists the rules that lack one."""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from inspect import getdoc
from pathlib import Path

import pytest

import http_contract.rules
from http_contract import BY_ID, RULES, Rule
from http_contract.errors import CannotJudge
from http_contract.rules.registry import MODULES, rules_from
from http_contract.runner.probes import ROUTES


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
    assert [rule.id for rule in RULES if not set(rule.routes) <= ROUTES.keys()] == []


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


# -- the language of sentences and hints (a sentence is read without its neighbours)

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)
FRAGMENT = re.compile(r"(So|As|And|Nor|Neither|It|Its|They|That|This|These|Those|Such|All this|The same|Also|But|Or) ")
VERBS = (
    "accepts|allows|announces|are|becomes|begins|can|closes|compares|contains?|decodes|delivers|depends|does|encodes|ends"
    "|finds|follow|forbids|handles|has|have|ignores|is|keeps|leads|limits|lists|names|reads|receives|rejects|removes"
    "|replaces|requires|responds|returns|sends|separates|serves|shows|splits|stays|survives|uses"
)
SUBJECT = re.compile(rf"(The|A|An|Every|No|Two|Problem) .*\b({VERBS})\b.*\.")
FORBIDDEN = re.compile(
    r"\bholds?\b|\banew\b|\bfor ever\b|\bat the most\b|\bas ever\b|\bso many\b"
    r"|\bkeeps? (?:the |every |all )?rules?\b|(?<!there )\b(?:is|are) no\b|\bthat is none\b"
    r"|\btells?\b|\btold\b|\bis said\b|\bpassed over\b|\bbe had\b"
    r"|(?:^|[.:;] )(?:What|Who|Whose|Whom)\b|\b(?:of|by|for|to|with|from|than|and) (?:what|who)\b",
    re.IGNORECASE,
)
PYTHON = re.compile(
    r"\w\(|\b(?:recv|sendall|urllib|(?:json|html|email|os)\.\w|int\b|dict\b|bytearray|splitlines|pathlib)", re.ASCII
)


def texts() -> Iterator[tuple[str, str]]:
    for rule in RULES:
        yield rule.id, rule.sentence
        yield rule.id, rule.hint
        if rule.check:
            yield rule.id, getdoc(rule.check) or ""
        yield from ((rule.id, str(expected)) for exchange in rule.exchanges for expected in exchange.expects)


def test_a_sentence_stands_alone() -> None:
    assert [rule.sentence for rule in RULES if FRAGMENT.match(rule.sentence)] == []


def test_a_sentence_has_a_subject_and_a_verb() -> None:
    assert [rule.sentence for rule in RULES if not SUBJECT.fullmatch(rule.sentence)] == []


def test_no_two_rules_have_the_same_sentence() -> None:
    assert [text for text, times in Counter(rule.sentence for rule in RULES).items() if times > 1] == []


def test_texts_are_plain_english() -> None:
    assert {(id, text) for id, text in texts() if FORBIDDEN.search(text)} == set()


@pytest.mark.parametrize("file", sorted(Path(http_contract.rules.__path__[0]).glob("*.py")), ids=lambda file: file.stem)
def test_docstrings_are_plain_english(file: Path) -> None:
    nodes = [each for each in ast.walk(ast.parse(file.read_text())) if isinstance(each, DOCUMENTED)]
    assert [text for each in nodes if FORBIDDEN.search(text := ast.get_docstring(each) or "")] == []


def test_hints_are_for_learners_of_any_language() -> None:
    assert [(rule.id, rule.hint) for rule in RULES if PYTHON.search(rule.hint)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_id_leads_to_its_module(rule: Rule) -> None:
    [module] = [module for module in MODULES if rule in module.RULES]
    assert re.fullmatch(rf"http_contract\.rules\.stage{rule.stage:02}_{rule.id.split('-')[0]}", module.__name__)


@pytest.mark.parametrize(
    "text",
    ["So is a body that is too large.", "Nor does one with backslashes.", "That is no script.", "It has a Date."],
)
def test_fragments_are_found(text: str) -> None:
    assert FRAGMENT.match(text)


@pytest.mark.parametrize(
    "text",
    [
        "All this holds for 304 as well.",
        "What follows a semicolon is passed over.",
        "A version that is none is refused.",
    ],
)
def test_forbidden_phrases_are_found(text: str) -> None:
    assert FORBIDDEN.search(text)


def test_a_file_of_rules_that_ends_the_program_is_an_error_of_the_judge(tmp_path: Path) -> None:
    file = tmp_path / "ending.py"
    file.write_text("raise SystemExit(0)")
    with pytest.raises(CannotJudge, match="SystemExit: 0"):
        rules_from(file)


@pytest.mark.parametrize("writes", [True, False])
def test_hidden_rules_leave_no_copy(tmp_path: Path, writes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", not writes)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "hidden_helper.py").touch()
    (tmp_path / "hidden.py").write_text("import hidden_helper\nfrom http_contract import RULES\nRULES = ()")
    with pytest.raises(CannotJudge, match="defines no RULES"):
        rules_from(tmp_path / "hidden.py")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hidden.py", "hidden_helper.py"]
    assert sys.dont_write_bytecode is not writes
