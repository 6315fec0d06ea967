"""A rule in words: contract explain, contract rules, and docs/contract.md."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from http_contract import RULES, Exchange, Rule, Server
from http_contract.__main__ import main
from http_contract.reports.causes import IDS
from http_contract.reports.explain import REGENERATE, cause_facts, code, escaped, facts, markdown, shortened, url_of
from http_contract.rules.expectations import NoReset, Status
from http_contract.rules.registry import BY_ID, STAGES

DOCUMENT = Path(__file__).parents[3] / "docs" / "contract.md"
MINE = """\
from http_contract import Exchange, Rule
from http_contract.rules.expectations import Status
from http_contract.http.request import get

RULES = [
    Rule(id="my-own", stage=3, sentence="Mine.", hint="None.", section="the service, /",
         exchanges=(Exchange((get("/"),), (Status(200),)),)),
]
"""


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "100"}).invoke(main, arguments)


def told(*arguments: str) -> str:
    result = run(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def checked(server: Server) -> None:
    """Connect,
    and leave.
    """


def undocumented(server: Server) -> None:
    raise NotImplementedError


# -- contract explain


def test_explain_tells_all() -> None:
    lines = [line.rstrip() for line in told("explain", "bodies-expect").splitlines()]
    rule = BY_ID["bodies-expect"]
    assert lines[0] == rule.id
    assert lines[1] == f"Rule     {rule.sentence}"
    assert {line[:9].strip() for line in lines[1:]} >= {"Hint", "Section", "Level", "Stage", "Routes", "Needs", "Alone"}
    assert lines[-1] == f"Alone    contract check URL --rule {rule.id}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_facts_of_every_rule(rule: Rule) -> None:
    said = list(facts(rule))
    assert all(text for _, text in said)
    assert [name for name, _ in said].count("Sends") == len(rule.exchanges)
    assert sum(len(text) for _, text in said) < 16_384


def test_what_is_sent_shows_each_byte() -> None:
    exchange = Exchange((b"GET / HTTP/1.1\r\n", b"X: \xff`\0\r\n\r\n"), (Status(200), NoReset()))
    rule = Rule(id="a-b", stage=1, sentence="S.", hint="H.", section="the service, /", exchanges=(exchange,))
    said = dict(facts(rule))
    assert said["Sends"].split("\n") == [
        "in 2 packets, one after the other:",
        r"GET / HTTP/1.1\r\n",
        r"X: \xff`\x00\r\n",
        r"\r\n",
    ]
    assert said["Legal"] == "status 200; no reset"
    assert said["Section"] == "the service, /"
    assert said["Needs"] == "no other rule"


def test_a_check_is_told_by_its_docstring() -> None:
    rule = Rule(id="a-b", stage=1, sentence="S.", hint="H.", section="RFC 9110 §1", routes=("/form",), check=checked)
    assert dict(facts(rule))["Does"] == "Connect, and leave."
    assert dict(facts(rule))["Routes"] == "/form"
    assert "- Connect, and leave." in markdown([rule])


def test_a_check_without_a_docstring_is_passed_over() -> None:
    rule = Rule(id="a-b", stage=1, sentence="S.", hint="H.", section="RFC 9110 §1", check=undocumented)
    assert "Does" not in dict(facts(rule))
    assert markdown([rule]).endswith("Hint: H.\n\n")


@pytest.mark.parametrize(
    ("id", "near"),
    [
        ("route-unknwn", "; perhaps route-unknown or "),
        ("Respond-Date", "; perhaps respond-date or "),
        ("zzz", "there is no rule 'zzz'; `contract rules` lists them"),
    ],
)
def test_an_unknown_rule_is_told_with_its_neighbours(id: str, near: str) -> None:
    result = run("explain", id)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert near in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_cause_is_explained() -> None:
    lines = [line.rstrip() for line in told("explain", "single-recv").splitlines()]
    assert lines[:2] == ["single-recv", "Cause          The program reads only one packet of a request."]
    names = {line[:15].strip() for line in lines[1:]}
    assert names >= {"Cause", "Means", "Signs", "To do", "In Python", "In JavaScript", "In Go"}


@pytest.mark.parametrize("cause", IDS)
def test_facts_of_every_cause(cause: str) -> None:
    said = list(cause_facts(cause))
    assert all(text.endswith((".", "'", "`")) for _, text in said), said
    assert next(name for name, _ in said) == "Cause"
    assert {"Means", "Signs", "To do"} <= {name for name, _ in said}


def test_a_cause_is_explained_for_one_language() -> None:
    names = [name for name, _ in cause_facts("no-date", "go")]
    assert names == ["Cause", "Means", "Signs", "To do", "In Go"]


def test_an_unknown_cause_is_told_with_its_neighbours() -> None:
    assert "perhaps single-recv" in run("explain", "singel-recv").stderr


# -- contract rules


def test_rules_lists_all() -> None:
    listed = told("rules")
    assert re.findall(r"(?m)^([a-z0-9-]+) +(?:MUST|SHOULD)  ", listed) == [rule.id for rule in RULES]
    assert all(rule.sentence in listed for rule in RULES)


@pytest.mark.parametrize(
    ("arguments", "chosen"),
    [
        (("--stage", "2"), {rule.id for rule in RULES if rule.stage == 2}),
        (("--stage", "2", "--stage", "3"), {rule.id for rule in RULES if rule.stage in (2, 3)}),
        (("--level", "should"), {rule.id for rule in RULES if rule.level == "SHOULD"}),
        (("--stage", "1", "--level", "SHOULD"), set()),
    ],
    ids=["stage", "stages", "level", "none"],
)
def test_rules_lists_those_chosen(arguments: tuple[str, ...], chosen: set[str]) -> None:
    assert set(re.findall(r"(?m)^([a-z0-9-]+) +(?:MUST|SHOULD)  ", told("rules", *arguments))) == chosen


def test_a_terminal_has_its_own_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert max(map(len, re.sub(r"\x1b\[[\d;]*m", "", told("rules", "--stage", "1")).splitlines())) <= 100


def test_hidden_rules_are_listed_in_their_stage(tmp_path: Path) -> None:
    (file := tmp_path / "mine.py").write_text(MINE)
    said = told("rules", "--stage", "3", "--stage", "4", "--hidden", str(file))
    assert said.index("my-own") < said.index("Stage 4")


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("mine.py", "", "defines no RULES"),
        ("mine.py", "RULES = ()", "defines no RULES"),
        ("mine.py", "RULES = [1]", "defines no RULES"),
        ("mine.py", "RULES = 1 / 0", "ZeroDivisionError: division by zero"),
        ("mine.py", "RULES = [", "SyntaxError: "),
        ("mine.txt", MINE, "is not a Python file"),
        ("missing.py", None, "is not a Python file"),
        ("mine.py", MINE + "RULES = RULES * 2", "several rules have the id my-own"),
        ("mine.py", MINE.replace("my-own", "route-index"), "route-index is a rule of the contract"),
        ("mine.py", MINE.replace("stage=3", "stage=11"), "my-own: there is no stage 11"),
        ("mine.py", MINE.replace("hint=", "needs=('nothing',), hint="), "my-own needs nothing, which does not exist"),
        ("mine.py", MINE.replace("exchanges=", "exchanges=() and "), "my-own has neither "),
    ],
    ids=[
        *("no-rules", "empty", "other-things", "raises", "no-python", "no-python-file", "missing"),
        *("twice", "ours", "no-stage", "needs", "judges-nothing"),
    ],
)
def test_hidden_rules_that_do_not_fit(tmp_path: Path, name: str, text: str | None, why: str) -> None:
    file = tmp_path / name
    if text is not None:
        file.write_text(text)
    result = run("rules", "--hidden", str(file))
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert why in result.stderr
    assert result.stderr.count("\n") == 1


# -- Markdown


def test_the_document_is_true() -> None:
    assert told("rules", "--markdown") == DOCUMENT.read_text(), f"docs/contract.md is old. Make it anew: {REGENERATE}"


def test_the_document_names_every_stage_and_rule() -> None:
    text = markdown(RULES)
    judged = {rule.stage for rule in RULES}
    assert re.findall(r"(?m)^## Stage (\d+): (.*)$", text) == [(str(stage), STAGES[stage]) for stage in sorted(judged)]
    assert re.findall(r"(?m)^### (.*)$", text) == [rule.id for rule in RULES]


@pytest.mark.parametrize(
    ("section", "url"),
    [
        ("RFC 9110 §15.5.6", "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6"),
        ("RFC 9112 §4", "https://www.rfc-editor.org/rfc/rfc9112#section-4"),
        ("the service, /time", ""),
    ],
)
def test_where_a_section_is_read(section: str, url: str) -> None:
    assert url_of(section) == url


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "`plain`"),
        ("a `b` c", "`` a `b` c ``"),
        ("``", "``` `` ```"),
    ],
)
def test_code(text: str, written: str) -> None:
    assert code(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("one <h1>, not `<h2>`", r"one \<h1>, not `<h2>`"),
        ("OPTIONS * and [::1]", r"OPTIONS \* and \[::1]"),
        (r"\r\n is an end, \* is not", r"\r\n is an end, \\\* is not"),
    ],
)
def test_what_would_be_markup_is_escaped(text: str, written: str) -> None:
    assert escaped(text) == written


@pytest.mark.parametrize("size", [0, 239, 240, 241, 1_000_000])
def test_what_is_long_is_shortened(size: int) -> None:
    short = shortened(b"x" * size)
    assert short == b"x" * size if size <= 240 else re.fullmatch(rb"x{120}\[%d octets\]x{120}" % (size - 240), short)
