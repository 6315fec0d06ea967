"""The pytest face, as a teacher uses it: from any folder, with a URL or a command."""

import shlex
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from http_contract import Choice, Outcome, Rule, Server
from tests.mutants.serving import Mutant, running
from tests.mutants.stage02_respond import MUTANTS as RESPOND
from tests.mutants.stage03_route import MUTANTS as ROUTE
from tests.mutants.stage08_concurrency import well
from tests.mutants.table import UNBROKEN
from tests.tls import CERTIFICATE, encrypting

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent.parent
# The installed distribution names the plugin, and pytest takes none twice.
INSTALLED = bool(entry_points(group="pytest11", name="http_contract"))
PLUGINS = ("-p", "no:django", "-p", "no:cacheprovider", *(() if INSTALLED else ("-p", "http_contract.pytest_options")))
MUTANTS = {mutant.id: mutant for mutant in (UNBROKEN, *RESPOND, *ROUTE)}
JUDGED = Choice().among()


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    mutant: Mutant = MUTANTS[getattr(request, "param", "unbroken")]
    with running(mutant) as server:
        yield server


@pytest.fixture
def run(pytester: pytest.Pytester) -> "Run":
    return Run(pytester)


class Run:
    """Runs pytest in a folder of its own, in this process, with the plugin installed or named."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        pytester.syspathinsert(ROOT)

    def __call__(self, *arguments: str) -> pytest.RunResult:
        return self.pytester.runpytest_inprocess(*PLUGINS, "-rsx", *arguments)


def url(server: Server) -> str:
    return server.origin


def collected(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "::" in line]


def ids(*stages: int) -> list[str]:
    return [f"stage-{rule.stage}::{rule.id}" for rule in JUDGED if not stages or rule.stage in stages]


def test_without_options_the_plugin_keeps_quiet(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_own(): pass")
    run().assert_outcomes(passed=1)


def test_options_without_a_server_judge_nothing(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_own(): pass")
    result = run("--contract-seed", "7")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("contract: *")


def test_each_rule_is_an_item(run: Run, server: Server) -> None:
    assert collected(run("--contract-url", url(server), "--collect-only", "-q")) == ids()


def test_the_name_of_the_package_stands_for_the_rules(run: Run, server: Server, pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\npython_files = *.py")
    pytester.makepyfile("def test_of_the_folder_is_not_collected(): assert False")
    assert collected(run("--pyargs", "http_contract", "--contract-url", url(server), "--collect-only", "-q")) == ids()


def test_the_name_of_the_package_wants_a_server(run: Run) -> None:
    result = run("--pyargs", "http_contract")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*There is no server to judge. Add --contract-url or --contract-command.*"])


@pytest.mark.parametrize(
    ("selecting", "stages"),
    [
        pytest.param(["-m", "stage_3"], [3], id="marker"),
        pytest.param(["-m", "stage_3 or stage_8"], [3, 8], id="markers"),
        pytest.param(["-k", "stage_4"], [4], id="keyword"),
        pytest.param(["--contract-until", "2"], [1, 2], id="until"),
    ],
)
def test_stages_are_selected(run: Run, server: Server, selecting: list[str], stages: list[int]) -> None:
    result = run("--contract-url", url(server), "--strict-markers", "--collect-only", "-q", *selecting)
    assert collected(result) == ids(*stages)


def test_the_seed_stands_in_the_header(run: Run, server: Server) -> None:
    result = run("--contract-url", url(server), "--contract-seed", "7", "--collect-only")
    result.stdout.fnmatch_lines([f"contract: {url(server)}, seed 7"])


HIDDEN = """
from http_contract import BY_ID
from dataclasses import replace
RULES = [replace(BY_ID["route-test"], id="secret", stage=3, needs=("route-index",))]
"""


def test_hidden_rules(run: Run, server: Server, pytester: pytest.Pytester) -> None:
    path = pytester.makepyfile(HIDDEN)
    arguments = ("--contract-url", url(server), "--contract-hidden", str(path))
    result = run(*arguments, "--strict-markers", "-v", "-k", "secret")
    result.stdout.fnmatch_lines(["stage-3::secret*PASSED*"])
    assert set(collected(run(*arguments, "--collect-only", "-q"))) == {*ids(), "stage-3::secret"}


def test_time_limits(run: Run, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[Server] = []

    def judge(rule: Rule, server: Server) -> Outcome:
        judged.append(server)
        return Outcome(rule=rule, verdict="passed")

    monkeypatch.setattr("http_contract.runner.rule_runner.run", judge)
    limits = ("--contract-timeout", "7.5", "--contract-patience", "2")
    run("--contract-url", url(server), "--contract-seed", "3", *limits, "-k", "listen-accepts")
    assert [(server.timeout, server.patience, server.seed) for server in judged] == [(7.5, 2.0, 3)]


def test_an_unbroken_server(run: Run, server: Server, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_of_the_folder_is_not_collected(): assert False")
    result = run("--contract-url", url(server), "--contract-until", "2")
    result.assert_outcomes(passed=sum(rule.stage <= 2 for rule in JUDGED) - 1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*the judge did not start this server"])


def test_files_that_are_named_are_collected_too(run: Run, server: Server, pytester: pytest.Pytester) -> None:
    path = pytester.makepyfile("def test_own(): pass")
    run("--contract-url", url(server), "-k", "route-test or test_own", str(path)).assert_outcomes(
        passed=2, deselected=len([rule for rule in JUDGED if "route-test" not in rule.id])
    )


@pytest.mark.parametrize("server", ["bare-lf"], indirect=True)
def test_a_failure_tells_all(run: Run, server: Server) -> None:
    result = run("--contract-url", url(server), "-k", "respond-crlf")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*respond-crlf: Every line of a response's head ends with CRLF.*",
            "respond-crlf (MUST): Every line of a response's head ends with CRLF.",
            "  But a line ends with a bare LF*",
            "*GET / HTTP/1.1\\r\\n",
            "*HTTP/1.1 200 OK\\n",
            "  Hint: *",
            "  See RFC 9112 §2.1",
        ]
    )


@pytest.mark.parametrize("server", ["soft-404"], indirect=True)
def test_what_needs_a_broken_rule_is_skipped(run: Run, server: Server) -> None:
    result = run("--contract-url", url(server), "-k", "route-random-unknown")
    result.stdout.fnmatch_lines(["SKIPPED*route-unknown failed"])


@pytest.mark.parametrize("server", ["no-length"], indirect=True)
def test_a_broken_should_only_warns(run: Run, server: Server) -> None:
    result = run("--contract-url", url(server), "-k", "respond-length-given")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["XFAIL*neither Content-Length nor Transfer-Encoding*"])


def test_a_url_over_tls(run: Run, tmp_path: Path) -> None:
    *_, ca = CERTIFICATE.write(tmp_path)
    with encrypting(well) as server:
        run("--contract-url", url(server), "--contract-ca", str(ca), "-k", "listen-an").assert_outcomes(
            passed=1, deselected=len(JUDGED) - 1
        )


def test_a_command(run: Run) -> None:
    raw = shlex.join([sys.executable, "-m", "raw_router", "--port"]) + " {port}"
    run("--contract-command", f"env PYTHONPATH={ROOT} {raw}", "--contract-until", "1").assert_outcomes(passed=6)


def test_a_command_that_fails(run: Run) -> None:
    result = run("--contract-command", "/no/such/program", "-k", "listen-accepts")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*'/no/such/program' did not start: No such file or directory"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("--contract-url", "http://a", "--contract-command", "b"),
        ("--contract-url", "ftp://127.0.0.1"),
        ("--contract-url", "http://127.0.0.1", "--contract-ca", "a.pem"),
        ("--contract-command", "b", "--contract-ca", "a.pem"),
        ("--contract-url", "https://127.0.0.1", "--contract-ca", "/no/such/file.pem"),
        ("--contract-url", "127.0.0.1"),
        ("--contract-url", "http://127.0.0.1:port"),
        ("--contract-url", "http://"),
        ("--contract-url", "http://127.0.0.1", "--contract-hidden", "/no/such/file.py"),
    ],
)
def test_options_that_make_no_sense(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).ret == pytest.ExitCode.USAGE_ERROR


def test_a_bug_in_a_check_is_no_failure_of_the_server(
    run: Run, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("http_contract.runner.rule_runner.run", lambda rule, server: 1 / 0)
    result = run("--contract-url", url(server), "-k", "listen-accepts")
    result.stdout.fnmatch_lines(["*ZeroDivisionError*"])
