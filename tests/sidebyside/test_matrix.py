"""sidebyside matrix: which pairs are judged, how failures are attributed and shown; and that the document is true."""

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
from http_contract.reports.explain import escaped
from http_contract.rules.registry import BY_ID
from http_contract.runner.report import Report
from sidebyside.__main__ import main
from sidebyside.matrix import cli
from sidebyside.matrix.attribution import Matrix
from sidebyside.matrix.export import as_json
from sidebyside.matrix.known_failures import KNOWN_FAILURES
from sidebyside.matrix.markdown import ATTRIBUTION, INTRODUCTION, as_markdown
from sidebyside.matrix.run import TITLES, Pair, PairReport, all_pairs, chosen, first_failure, pair_report, versions
from sidebyside.matrix.terminal import lines

DOCUMENT = Path(__file__).parents[2] / "docs" / "conformance.md"
RULE = "route-test"  # which passes everywhere
LIMIT = 20.0  # seconds to end in, on a busy machine
FAILED, SKIPPED = "failed", "skipped"


def pair(text: str) -> Pair:
    implementation, _, server = text.partition(" ")
    return Pair(implementation, server)


def matrix(failures: Mapping[str, str], rule: str = RULE) -> Matrix:
    """Return all pairs; a rule passes on all of them, except for the given verdicts."""
    verdicts = {each: failures.get(f"{each.implementation} {each.server}", "passed") for each in all_pairs()}
    return Matrix([report(each, rule, verdict) for each, verdict in verdicts.items()])


def report(pair: Pair, rule: str, verdict: str) -> PairReport:
    points = 10 if verdict == "passed" else 0
    failures = {rule: "the status is 500, not 200"} if verdict == FAILED else {}
    skips = {rule: "route-index failed"} if verdict == SKIPPED else {}
    return PairReport(pair, {BY_ID[rule].stage: points}, {rule: verdict}, failures, skips)


OURS = ("raw events", "flask pool", "django pool")
OWNERS = {
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
    "on raw_router with one": (["django pool"], "Django"),
    "on raw_router and elsewhere": (["django waitress", "django pool"], "Django"),
    "everywhere": ([f"{each.implementation} {each.server}" for each in all_pairs()], "The application"),
}


@pytest.mark.parametrize(("failing", "owner"), OWNERS.values(), ids=OWNERS)
def test_the_owner_of_a_failure(failing: list[str], owner: str) -> None:
    found = matrix(dict.fromkeys(failing, FAILED))
    assert found.attribute(pair(failing[0]), BY_ID[RULE]).owner == owner


def test_a_skipped_rule_is_no_evidence() -> None:
    found = matrix({"flask gunicorn": FAILED, "django gunicorn": SKIPPED})
    assert found.attribute(Pair("flask", "gunicorn"), BY_ID[RULE]).owner == "gunicorn"


def test_a_known_failure_has_a_reason() -> None:
    rule = "route-double-slash"
    found = matrix({"flask waitress": FAILED, "django waitress": FAILED}, rule)
    found_there = found.attribute(pair("flask waitress"), BY_ID[rule])
    assert (found_there.owner, found_there.reason) == ("waitress", "the server replaces a leading // by /")


def test_a_failure_of_two_frameworks_is_attributed_by_hand() -> None:
    rule = "methods-case"
    found = matrix({"flask granian": FAILED, "django granian": FAILED}, rule)
    found_there = found.attribute(pair("flask granian"), BY_ID[rule])
    assert (found_there.owner, found_there.evidence) == ("Flask", "by hand")


@pytest.mark.parametrize("each", list(all_pairs()), ids=str)
def test_no_failure_is_listed_twice(each: Pair) -> None:
    known = [failure for failure in KNOWN_FAILURES if each.implementation in failure.implementations]
    rules = [rule for failure in known if each.server in failure.servers for rule in failure.rules]
    assert sorted(set(rules)) == sorted(rules)
    assert set(rules) <= BY_ID.keys()


@pytest.mark.parametrize(
    ("implementations", "servers", "expected"),
    [
        (["raw"], ["nginx"], ["raw events", "raw nginx"]),
        (["flask"], ["gunicorn", "dev"], ["flask pool", "flask dev", "flask gunicorn"]),
        (
            ["flask"],
            ["raw_router"],
            ["flask serial", "flask threads", "flask events", "flask pool", "flask coroutines"],
        ),
        (["raw"], ["gunicorn"], []),
        ([], ["granian"], ["flask pool", "flask granian", "django pool", "django granian"]),
    ],
    ids=["nginx", "two", "drivers", "none", "both"],
)
def test_chosen_pairs(implementations: list[str], servers: list[str], expected: list[str]) -> None:
    assert chosen(implementations, servers) == [pair(text) for text in expected]


def test_without_names_all_pairs_are_chosen() -> None:
    assert chosen([], []) == list(all_pairs())


FAILING = matrix({"flask gunicorn": FAILED, "django gunicorn": FAILED, "raw nginx": FAILED})
SMALL = Matrix(
    [each for each in FAILING.reports if each.pair.server in ("pool", "events", "gunicorn", "nginx")],
    versions={"gunicorn": "1.2"},
    missing={"granian": "granian is not installed. Install it: pip"},
)


def test_table() -> None:
    shown = [line.plain for line in lines(SMALL)]
    assert shown[:3] == [
        "                                3   all",
        "raw     raw_router events      10    10",
        "raw     raw_router pool        10    10",
    ]
    assert "flask   gunicorn                0     0" in shown
    assert "Left out: granian is not installed. Install it: pip" in shown
    assert shown[-5:] == [
        "gunicorn: 1 MUST rule failed",
        "  MUST   route-test",
        "",
        "nginx: 1 MUST rule failed",
        "  MUST   route-test",
    ]
    assert [line for line in shown if line != line.rstrip()] == []


def test_a_skipped_rule_is_not_a_pass() -> None:
    shown = [line.plain for line in lines(matrix({"flask pool": SKIPPED}))]
    assert shown[-1] == "flask on raw_router pool: 1 rule skipped because route-index failed"


def test_all_pass() -> None:
    assert [line.plain for line in lines(matrix({}))][-1] == "All rules pass on all servers."


def test_page() -> None:
    text = as_markdown(SMALL)
    assert "| flask | gunicorn | **0** | 0 |" in text
    assert "Versions: gunicorn 1.2.\n" in text
    assert "Left out because it is not installed: granian.\n" in text
    [row] = re.findall(r"^.*\[route-test\].* with flask, with django .*$", text, re.MULTILINE)
    assert row.startswith(
        "| 3 | [route-test](contract.md#route-test) | with flask, with django | the status is 500, not 200 |"
    )


def test_json() -> None:
    data = json.loads(as_json(SMALL))
    [found] = [each for each in data["pairs"] if (each["implementation"], each["server"]) == ("flask", "gunicorn")]
    assert found["points"] == {"3": 0}
    assert [(each["rule"], each["owner"]) for each in found["failed"]] == [(RULE, "gunicorn")]


STOPPED = Report(
    target="", seed=0, began=0, seconds=0, outcomes=(), stopped=Skip("limit", Params(limit="watched", value=0))
)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (Outcome("raw on x", "", why="not done within 300 seconds"), "not done within 300 seconds"),
        (Outcome("raw on x", "", STOPPED), "it ended the process that watches it"),
    ],
    ids=["late", "stopped"],
)
def test_a_pair_that_cannot_be_judged(result: Outcome, message: str) -> None:
    with pytest.raises(CannotJudge, match=f"raw on raw_router events could not be judged: {message}"):
        pair_report(Pair("raw", "events"), result)


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
    ("verdicts", "status"),
    [
        ({}, 0),
        ({"flask gunicorn": FAILED}, 0),
        ({"flask serial": FAILED}, 0),
        ({"flask pool": FAILED}, 1),
        ({"flask gunicorn": SKIPPED}, 0),
        ({"flask pool": SKIPPED}, 1),
    ],
    ids=["nothing", "on another server", "on another driver", "on raw_router", "skipped elsewhere", "skipped there"],
)
def test_exit_status(verdicts: Mapping[str, str], status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "judge_all", lambda *_: matrix(verdicts))
    assert run().exit_code == status


def test_a_page_that_cannot_be_written_is_an_error_after_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "judge_all", lambda *_: SMALL)
    monkeypatch.setattr(cli, "write_whole", raising(OSError(28, "No space left on device")))
    result = run("--page", "page.md")
    assert (result.exit_code, result.stderr) == (2, "Error: page.md cannot be written: No space left on device\n")
    assert "MUST   route-test" in result.stdout


def raising(error: OSError) -> Callable[[object, object], None]:
    def write(*_: object) -> None:
        raise error

    return write


# -- for real


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--on", "apache"], "'apache' is not one of 'raw_router', 'serial'"),
        (["--only", "rails"], "'rails' is not one of 'raw', 'flask', 'django'"),
        (["--page", "no/such/folder/page.md"], "the folder no/such/folder does not exist"),
        (["--only", "raw", "--on", "gunicorn"], "raw does not run on gunicorn"),
    ],
    ids=["server", "implementation", "folder", "neither"],
)
def test_a_wrong_option_is_one_line(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_ctrl_c_leaves_nothing_running() -> None:
    command = [sys.executable, "-m", "sidebyside", "matrix", "--only", "raw", "--on", "raw_router"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            started = wait_for_servers(process)
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=LIMIT) == ("", "Interrupted. All servers have been stopped.\n")
            assert process.returncode == 130
            assert psutil.wait_procs(started, LIMIT)[1] == []
        finally:
            process.kill()


def wait_for_servers(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Return the descendants of a process, once servers are among them."""
    started: list[psutil.Process] = []
    while not any("raw_router" in each.cmdline()[2:] for each in started):
        assert process.poll() is None
        with suppress(psutil.NoSuchProcess):
            started = psutil.Process(process.pid).children(recursive=True)
    return started


STAGE = 4


@pytest.fixture(scope="module")
def flask() -> dict[str, Any]:
    """Flask in one stage on two servers and on raw_router, by server."""
    result = run("--only", "flask", "--on", "dev", "--on", "gunicorn", "--stage", str(STAGE), "--json")
    assert result.exit_code == 0
    return {each["server"]: each for each in json.loads(result.stdout)["pairs"]}


def rows(text: str) -> list[list[str]]:
    """Return the cells of all tables of a page."""
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize("server", ["pool", "dev", "gunicorn"])
def test_the_document_has_the_points(flask: dict[str, Any], server: str) -> None:
    [row] = [row for row in rows(DOCUMENT.read_text()) if row[:2] == ["flask", TITLES[server]]]
    assert row[1 + STAGE].strip("*") == str(flask[server]["points"][str(STAGE)])


def test_the_document_has_the_owner_of_each_failure(flask: dict[str, Any]) -> None:
    sections = re.split("^## ", DOCUMENT.read_text(), flags=re.MULTILINE)
    failed = [each for found in flask.values() for each in found["failed"]]
    assert failed
    for each in failed:
        [section] = [text for text in sections if text.startswith(each["owner"] + "\n")]
        [row] = [row for row in rows(section) if row[1].startswith(f"[{each['rule']}]")]
        assert row[0] == str(STAGE)
        assert row[3] == each["failure"]
        assert row[4] == each["reason"]


def test_the_document_contains_no_time_and_no_place() -> None:
    text = DOCUMENT.read_text()
    assert not re.search(r"20\d\d-|127\.0\.0\.1:\d|/tmp|/home|GMT", text)
    assert all(name in text for name in versions(list(all_pairs())))


def test_the_document_has_the_sentences_and_the_reasons_of_the_code() -> None:
    text = DOCUMENT.read_text()
    assert text.startswith(INTRODUCTION)
    assert f"\n{ATTRIBUTION}\n" in text
    assert [failure.reason for failure in KNOWN_FAILURES if escaped(failure.reason) not in text] == []
