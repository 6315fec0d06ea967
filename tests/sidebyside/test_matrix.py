"""sidebyside matrix: what is judged, whose a failure is, how it is shown; and that docs/conformance.md is true."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner, Result

from http_contract import Diagnosis, Skip, custom
from http_contract import Outcome as RuleOutcome
from http_contract.errors import CannotJudge
from http_contract.grading.store import Result as Outcome
from http_contract.http.params import Params
from http_contract.rules.registry import BY_ID
from http_contract.runner.report import Report
from sidebyside.__main__ import main
from sidebyside.matrix import command
from sidebyside.matrix.blaming import Matrix
from sidebyside.matrix.breaches import BREACHES
from sidebyside.matrix.judging import Judged, first_failure, read
from sidebyside.matrix.page import page
from sidebyside.matrix.pairs import TITLES, Pair, all_pairs, chosen, versions
from sidebyside.matrix.records import as_json
from sidebyside.matrix.tables import lines

DOCUMENT = Path(__file__).parents[2] / "docs" / "conformance.md"
RULE = "route-test"  # which is broken nowhere
LIMIT = 20.0  # seconds to end in, on a busy machine
FAILED, SKIPPED = "failed", "skipped"


def pair(text: str) -> Pair:
    implementation, _, server = text.partition(" ")
    return Pair(implementation, server)


def matrix(failures: Mapping[str, str], rule: str = RULE) -> Matrix:
    """Return all pairs, all of them keeping a rule but those that are told otherwise."""
    verdicts = {each: failures.get(f"{each.implementation} {each.server}", "passed") for each in all_pairs()}
    return Matrix([judged(each, rule, verdict) for each, verdict in verdicts.items()])


def judged(pair: Pair, rule: str, verdict: str) -> Judged:
    points = 10 if verdict == "passed" else 0
    complaints = {rule: "the status is 500, not 200"} if verdict == FAILED else {}
    reasons = {rule: "route-index failed"} if verdict == SKIPPED else {}
    return Judged(pair, {BY_ID[rule].stage: points}, {rule: verdict}, complaints, reasons)


OURS = ("raw events", "flask threads", "django threads")
WHOSE = {
    "on one server with both": (["flask gunicorn", "django gunicorn"], "gunicorn"),
    "on one server with one": (["django gunicorn"], "Django"),
    "on each with one": (["django gunicorn", "django granian"], "Django"),
    "behind nginx with all": (["flask nginx", "raw nginx", "django nginx"], "nginx"),
    "behind nginx with one": (["django nginx"], "nginx"),
    "on one development server": (["flask dev"], "Werkzeug's development server"),
    "on both": (["django dev", "flask dev"], "Django's development server"),
    "there and elsewhere": (["django dev", "django granian"], "Django"),
    "there and elsewhere, with both": (
        ["django dev", "django granian", "flask granian"],
        "Django's development server",
    ),
    "with one driver": (["flask serial", "raw serial", "django serial"], "raw_router serial"),
    "on raw_router with one": (["django threads"], "Django"),
    "on raw_router and elsewhere": (["django waitress", "django threads"], "Django"),
    "everywhere": ([f"{each.implementation} {each.server}" for each in all_pairs()], "The application"),
}


@pytest.mark.parametrize(("failing", "whose"), WHOSE.values(), ids=WHOSE)
def test_whose_a_failure_is(failing: list[str], whose: str) -> None:
    found = matrix(dict.fromkeys(failing, FAILED))
    assert found.blame(pair(failing[0]), BY_ID[RULE]).whose == whose


def test_who_could_not_be_judged_excuses_nobody() -> None:
    found = matrix({"flask gunicorn": FAILED, "django gunicorn": SKIPPED})
    assert found.blame(Pair("flask", "gunicorn"), BY_ID[RULE]).whose == "gunicorn"


def test_what_is_known_is_told_with_what_is_deduced() -> None:
    rule = "route-double-slash"
    found = matrix({"flask waitress": FAILED, "django waitress": FAILED}, rule)
    blame = found.blame(pair("flask waitress"), BY_ID[rule])
    assert (blame.whose, blame.reason) == ("waitress", "the server turns a leading // into /")


def test_what_is_known_to_be_of_two_frameworks_is_not_their_server_s() -> None:
    rule = "methods-case"
    found = matrix({"flask granian": FAILED, "django granian": FAILED}, rule)
    blame = found.blame(pair("flask granian"), BY_ID[rule])
    assert (blame.whose, blame.evidence) == ("Flask", "known")


@pytest.mark.parametrize("each", list(all_pairs()), ids=str)
def test_no_rule_is_known_to_be_broken_twice(each: Pair) -> None:
    known = [breach for breach in BREACHES if each.implementation in breach.implementations]
    rules = [rule for breach in known if each.server in breach.servers for rule in breach.rules]
    assert sorted(set(rules)) == sorted(rules)
    assert set(rules) <= BY_ID.keys()


@pytest.mark.parametrize(
    ("implementations", "servers", "expected"),
    [
        (["raw"], ["nginx"], ["raw events", "raw nginx"]),
        (["flask"], ["gunicorn", "dev"], ["flask threads", "flask dev", "flask gunicorn"]),
        (["flask"], ["raw_router"], ["flask serial", "flask threads", "flask events", "flask coroutines"]),
        (["raw"], ["gunicorn"], []),
        ([], ["granian"], ["flask threads", "flask granian", "django threads", "django granian"]),
    ],
    ids=["nginx", "two", "drivers", "none", "both"],
)
def test_what_is_judged(implementations: list[str], servers: list[str], expected: list[str]) -> None:
    assert chosen(implementations, servers) == [pair(text) for text in expected]


def test_all_is_judged_where_nothing_is_chosen() -> None:
    assert chosen([], []) == list(all_pairs())


BROKEN = matrix({"flask gunicorn": FAILED, "django gunicorn": FAILED, "raw nginx": FAILED})
SMALL = Matrix(
    [each for each in BROKEN.judged if each.pair.server in ("threads", "events", "gunicorn", "nginx")],
    versions={"gunicorn": "1.2"},
    missing={"granian": "granian is not installed; install it by: pip"},
)


def test_table() -> None:
    shown = [line.plain for line in lines(SMALL)]
    assert shown[:3] == [
        "                                3   all",
        "raw     raw_router threads     10    10",
        "raw     raw_router events      10    10",
    ]
    assert "flask   gunicorn                0     0" in shown
    assert "Left out: granian is not installed; install it by: pip" in shown
    assert shown[-5:] == [
        "gunicorn: 1 MUST rule failed",
        "  MUST   route-test",
        "",
        "nginx: 1 MUST rule failed",
        "  MUST   route-test",
    ]
    assert [line for line in shown if line != line.rstrip()] == []


def test_what_was_not_judged_does_not_hold() -> None:
    shown = [line.plain for line in lines(matrix({"flask threads": SKIPPED}))]
    assert shown[-1] == "flask on raw_router threads: 1 rule skipped because route-index failed"


def test_all_hold() -> None:
    assert [line.plain for line in lines(matrix({}))][-1] == "All rules hold everywhere."


def test_page() -> None:
    text = page(SMALL)
    assert "| flask | gunicorn | **0** | 0 |" in text
    assert "Judged were gunicorn 1.2.\n" in text
    assert "Left out, since it is not installed: granian.\n" in text
    [row] = re.findall(r"^.*\[route-test\].* with flask, with django .*$", text, re.MULTILINE)
    assert row.startswith(
        "| 3 | [route-test](contract.md#route-test) | with flask, with django | the status is 500, not 200 |"
    )


def test_json() -> None:
    data = json.loads(as_json(SMALL))
    [found] = [each for each in data["pairs"] if (each["implementation"], each["server"]) == ("flask", "gunicorn")]
    assert found["points"] == {"3": 0}
    assert [(each["rule"], each["whose"]) for each in found["broken"]] == [(RULE, "gunicorn")]


STOPPED = Report(
    target="", seed=0, began=0, seconds=0, outcomes=(), stopped=Skip("limit", Params(limit="watched", value=0))
)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (Outcome("raw on x", "", why="not done within 300 seconds"), "not done within 300 seconds"),
        (Outcome("raw on x", "", STOPPED), "it ended the process that watches it"),
    ],
    ids=["late", "stopped"],
)
def test_what_cannot_be_judged(result: Outcome, said: str) -> None:
    with pytest.raises(CannotJudge, match=f"raw on raw_router events could not be judged: {said}"):
        read(Pair("raw", "events"), result)


def test_the_failure_that_is_shown_first() -> None:
    passed = RuleOutcome(rule=BY_ID[RULE], verdict="failed")
    explained = custom("two")
    assert first_failure(passed) == ""
    assert first_failure(replace(passed, failures=(custom("one"), explained))) == "one"
    known = Diagnosis("no-date", explained)
    assert first_failure(replace(passed, failures=(custom("one"), explained), diagnosis=known)) == "two"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["matrix", *arguments])


@pytest.mark.parametrize(
    ("broken", "status"),
    [
        ({}, 0),
        ({"flask gunicorn": FAILED}, 0),
        ({"flask serial": FAILED}, 0),
        ({"flask threads": FAILED}, 1),
        ({"flask gunicorn": SKIPPED}, 0),
        ({"flask threads": SKIPPED}, 1),
    ],
    ids=["nothing", "on another server", "on another driver", "on raw_router", "unjudged elsewhere", "unjudged there"],
)
def test_exit_status(broken: Mapping[str, str], status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "judge_all", lambda *_: matrix(broken))
    assert run().exit_code == status


def test_a_page_that_cannot_be_written_is_told_of_after_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "judge_all", lambda *_: SMALL)
    monkeypatch.setattr(command, "write_whole", raising(OSError(28, "No space left on device")))
    result = run("--page", "page.md")
    assert (result.exit_code, result.stderr) == (2, "Error: page.md cannot be written: No space left on device\n")
    assert "MUST   route-test" in result.stdout


def raising(error: OSError) -> Callable[[object, object], None]:
    def write(*_: object) -> None:
        raise error

    return write


# -- for real


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--on", "apache"], "'apache' is not one of 'raw_router', 'serial'"),
        (["--only", "bottle"], "'bottle' is not one of 'raw', 'flask', 'django'"),
        (["--page", "no/such/folder/page.md"], "there is no folder no/such/folder"),
        (["--only", "raw", "--on", "gunicorn"], "raw does not run on gunicorn"),
    ],
    ids=["server", "implementation", "folder", "neither"],
)
def test_what_is_not_understood_is_told_in_one_line(arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_ctrl_c_leaves_nothing_running() -> None:
    started = [sys.executable, "-m", "sidebyside", "matrix", "--only", "raw", "--on", "raw_router"]
    with subprocess.Popen(started, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            begun = wait_for_servers(process)
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=LIMIT) == ("", "Stopped; no server is left.\n")
            assert process.returncode == 130
            assert psutil.wait_procs(begun, LIMIT)[1] == []
        finally:
            process.kill()


def wait_for_servers(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Return all that a process has started, once servers are among it."""
    begun: list[psutil.Process] = []
    while not any("raw_router" in each.cmdline()[2:] for each in begun):
        assert process.poll() is None
        with suppress(psutil.NoSuchProcess):
            begun = psutil.Process(process.pid).children(recursive=True)
    return begun


STAGE = 4


@pytest.fixture(scope="module")
def flask() -> dict[str, Any]:
    """What the matrix says of Flask in one stage on two servers besides raw_router, by server."""
    result = run("--only", "flask", "--on", "dev", "--on", "gunicorn", "--stage", str(STAGE), "--json")
    assert result.exit_code == 0
    return {each["server"]: each for each in json.loads(result.stdout)["pairs"]}


def rows(text: str) -> list[list[str]]:
    """Return the cells of all tables of a page."""
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize("server", ["threads", "dev", "gunicorn"])
def test_the_document_gives_the_points_that_are_made(flask: dict[str, Any], server: str) -> None:
    [row] = [row for row in rows(DOCUMENT.read_text()) if row[:2] == ["flask", TITLES[server]]]
    assert row[1 + STAGE].strip("*") == str(flask[server]["points"][str(STAGE)])


def test_the_document_says_of_each_failure_whose_it_is(flask: dict[str, Any]) -> None:
    sections = re.split("^## ", DOCUMENT.read_text(), flags=re.MULTILINE)
    broken = [each for found in flask.values() for each in found["broken"]]
    assert broken
    for each in broken:
        [section] = [text for text in sections if text.startswith(each["whose"] + "\n")]
        [row] = [row for row in rows(section) if row[1].startswith(f"[{each['rule']}]")]
        assert row[0] == str(STAGE)
        assert row[3] == each["complaint"]
        assert row[4] == each["reason"]


def test_the_document_names_no_time_and_no_place() -> None:
    text = DOCUMENT.read_text()
    assert not re.search(r"20\d\d-|127\.0\.0\.1:\d|/tmp|/home|GMT", text)
    assert all(name in text for name in versions(list(all_pairs())))
