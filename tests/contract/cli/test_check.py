"""contract check: what it judges, what it says, how it ends."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import psutil
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from http_contract.__main__ import COMMANDS, main
from http_contract.cli.check import check as check_command
from http_contract.cli.judging import command_again
from http_contract.reports.files import FORMATS
from http_contract.sandbox.bubblewrap import ISOLATED
from raw_router.application import generate_response
from raw_router.messages import Request, Response
from tests.contract.isolation import PYTHON
from tests.contract.scripted import says_nothing, scripted
from tests.mutants.serving import with_field
from tests.mutants.stage08_concurrency import well
from tests.serving import serving
from tests.tls import CERTIFICATE, encrypting

NOWHERE = "http://127.0.0.1:1"  # where nothing listens
QUICK = ("--rule", "listen-accepts")
SERVER = """
import os, pathlib, socket, subprocess, sys, threading
def serve(client):
    with client:
        if client.recv(65536):
            client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi")
child = subprocess.Popen(["sleep", "600"])
pathlib.Path("pids").write_text(f"{os.getpid()} {child.pid}")
print("I\\tlisten\\x1b[2J  ", "\\n", flush=True)
with socket.create_server(("127.0.0.1", int(os.environ["PORT"]))) as listener:
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
"""
LOOKS = """
import os
for name in sorted(os.listdir()):
    try:
        print(name, open(name).read() != "", sep=": ")
    except OSError:
        print(name, False, sep=": ")
"""
OWN = """
import sys
from http_contract import Rule
from http_contract import fail

def told(server):
    fail(f"seed {server.seed}, patience {server.patience}, timeout {server.timeout}")

def waits(server):
    with server.connect() as connection:
        print("judging", file=sys.__stderr__, flush=True)
        connection.receive_for(60)

def rule(id, check):
    return Rule(id=id, stage=2, sentence="Sesame.", hint="Sesame.", section="the service, /", check=check)

RULES = (rule("sesame-told", told), rule("sesame-waits", waits))
"""


def check(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, ["check", *map(str, arguments)])


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where a right server is."""
    with serving(generate_response) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("http_contract.runner.probes.CRASH_WAIT", 0.05)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a server and a teacher's rules in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "server.py").write_text(SERVER)
    (tmp_path / "own.py").write_text(OWN)
    return tmp_path


COMMAND = shlex.join([PYTHON, "-S", "server.py"])


def judged(*arguments: str) -> dict[str, Any]:
    """Return the report of a judgement."""
    result = check(*arguments, "--report", "json=judged.json")
    assert result.exit_code in (0, 1), result.output
    loaded: dict[str, Any] = json.loads(Path("judged.json").read_text())
    return loaded


# -- exit status


def test_all_must_rules_hold(url: str) -> None:
    result = check(url, "--until", "1")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split("(")[0] for line in result.stdout.splitlines()] == [
        "                                  points            passed failed skipped warned",
        " 1 Listen                          10/10 ██████████      5      0       0      0",
        "1 rule skipped because the judge did not start this server.",
        "10 of 10 points: all MUST rules passed; 0 SHOULD rules failed ",
    ]


def without_charset(request: Request) -> Response:
    return with_field(generate_response(request), "Content-Type", "text/html")


def test_should_rules_do_not_decide() -> None:
    with serving(without_charset) as port:
        result = check(f"http://127.0.0.1:{port}", "--stage", "2")
    assert (result.exit_code, result.stderr) == (0, "")
    assert ": all MUST rules passed; 1 SHOULD rule failed (seed 0, " in result.stdout


def test_some_rule_does_not_hold() -> None:
    result = check(NOWHERE, "--all")
    assert (result.exit_code, result.stderr) == (1, "")
    assert "But no connection to 127.0.0.1:1: Connection refused\n" in result.stdout
    assert {line for line in result.stdout.splitlines() if "not judged" in line} <= {
        f"   {count} rules skipped because listen-accepts failed." for count in range(1, 100)
    } | {"   1 rule skipped because the judge did not start this server."}
    assert "0 of 100 points: 0 MUST rules passed, 1 failed, " in result.stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "There is no server to judge. Give a URL, --command, or a command in contract.toml."),
        (["http://"], "'http://' is not a valid URL of a server"),
        (
            [NOWHERE, "--command", "x"],
            "--command, --port, --start-within, --isolate are for a server that the judge starts. Remove them, or",
        ),
        ([NOWHERE, "--port", "80"], "are for a server that the judge starts. Remove them, or the URL."),
        ([NOWHERE, "--isolate"], "are for a server that the judge starts. Remove them, or the URL."),
        ([NOWHERE, "--start-within", "1"], "are for a server that the judge starts. Remove them, or the URL."),
        (["--command", "x", "--ca", "ca.pem"], "--ca is for an https URL. Remove --ca: "),
        ([NOWHERE, "--ca", "ca.pem"], "a certificate requires a URL that begins with https:"),
        ([NOWHERE, "another"], "unexpected extra argument"),
        ([NOWHERE, "--odd"], "No such option '--odd'."),
        ([NOWHERE, "--rule", "route-tset"], "there is no rule 'route-tset'; perhaps route-test"),
        ([NOWHERE, "--stage", "11"], "Invalid value for '--stage'"),
        ([NOWHERE, "--stage", "7", "--until", "4"], "No rule is in these stages. Change --stage or --until."),
        ([NOWHERE, "--timeout", "inf"], "Invalid value for '--timeout': 'inf' is not a valid number of seconds"),
        ([NOWHERE, "--patience", "0"], "Invalid value for '--patience': '0' is not a valid number of seconds"),
        ([NOWHERE, "--seed", "x"], "Invalid value for '--seed'"),
        ([NOWHERE, "--points", "7"], "Invalid value for '--points': '7' is not a valid pair such as 7=20"),
        ([NOWHERE, "--route", "a=/b"], "Invalid value for '--route': 'a=/b' is not a valid pair such as /test=/blog"),
        (
            [NOWHERE, "--report", "json"],
            "Invalid value for '--report': 'json' is not a valid pair such as json=report.json",
        ),
        ([NOWHERE, "--report", "json=no/a.json"], "Invalid value for '--report': 'json=no/a.json' is not a valid pair"),
        ([NOWHERE, "--hidden", "missing.py"], "missing.py is not a Python file"),
        ([NOWHERE, "--hidden", "."], "Invalid value for '--hidden'"),
        (["--command", " "], "the command is empty"),
        (["--command", "'"], '"\'" is not a valid command: No closing quotation'),
        (["--command", "x", "--port", "0"], "Invalid value for '--port'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_can_not_be_judged_is_said_in_one_line(arguments: list[str], why: str, folder: Path) -> None:
    result = check(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(r"Error: .+\n", result.stderr)
    assert why in result.stderr


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = check("--command", "sleep 9", "--port", str(port))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"Error: port {port} is taken already: stop what listens there\n"


def test_no_bubblewrap() -> None:
    result = check("--command", "x", "--isolate", PATH="")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: --isolate needs bubblewrap")


def test_a_report_that_can_not_be_written_is_told_after_what_came_of_it(url: str) -> None:
    result = check(url, *QUICK, "--report", "json=/dev/full")
    assert result.exit_code == 2
    assert result.stdout.splitlines()[-1].startswith("10 of 10 points: ")
    assert result.stderr == "Error: [Errno 28] No space left on device\n"


@pytest.mark.parametrize(
    ("arguments", "again"),
    [
        ([NOWHERE], f"contract check {NOWHERE}"),
        (["--command", "false {port}", "--until", "1", "--all"], "contract check --command 'false {port}'"),
        (
            ["--command", "false", "--route", "/test=/a b", "--points", "1=5", "--route", "/time=/c"],
            "contract check --command false --points 1=5 --route /test=/a --route /time=/c",
        ),
        (["--command", "false", "--only-public", "--timeout", "3", "--stage", "1"], "--only-public"),
    ],
)
def test_the_command_that_judges_again(arguments: list[str], again: str) -> None:
    context = check_command.make_context("check", [word.replace("/a b", "/a") for word in arguments])
    found = command_again(context)
    assert again in found
    assert not re.search("--(until|all|stage)", found)


def test_the_short_report_ends_with_the_command_for_one_rule() -> None:
    result = check(NOWHERE, "--timeout", "2")
    again = f"contract check {NOWHERE} --timeout 2.0 --rule listen-accepts"
    assert result.stdout.endswith(f"     Check again: {again}\n")
    assert check(*again.split()[2:]).exit_code == 1


# -- what is judged


@pytest.mark.parametrize(
    ("arguments", "stages"),
    [
        ([], set(range(1, 11))),
        (["--stage", "2"], {2}),
        (["--stage", "2", "--stage", "9"], {2, 9}),
        (["--until", "4"], {1, 2, 3, 4}),
        (["--rule", "route-test", "--rule", "listen-answers"], {1, 3}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.usefixtures("folder")
def test_stages(arguments: list[str], stages: set[int]) -> None:
    report = judged(NOWHERE, *arguments)
    assert {rule["stage"] for rule in report["rules"]} == stages == {score["stage"] for score in report["stages"]}


def test_points(folder: Path) -> None:
    report = judged(NOWHERE, "--until", "3", "--points", "2=25", "--points", "3=0")
    assert [score["weight"] for score in report["stages"]] == [10, 25, 0]
    assert report["max_points"] == 35


@pytest.mark.usefixtures("folder")
def test_a_host_and_its_port_are_a_url(url: str) -> None:
    assert judged(url.removeprefix("http://"), *QUICK)["target"] == url


@pytest.mark.usefixtures("folder")
def test_what_rules_are_told(url: str) -> None:
    options = ("--seed", "5", "--patience", "1.5", "--timeout", "2.5")
    report = judged(url, "--hidden", "own.py", "--rule", "sesame-told", *options)
    [failure] = report["rules"][0]["failures"]
    assert failure["text"] == "seed 5, patience 1.5, timeout 2.5"
    assert report["seed"] == 5


def renamed(request: Request) -> Response:
    """Answer /blog as others answer /test, which is not here."""
    return generate_response(
        request._replace(path={"/blog": "/test", "/test": "/gone"}.get(request.path, request.path))
    )


def test_routes_of_other_names_make_full_points() -> None:
    with serving(renamed) as port:
        given = (f"http://127.0.0.1:{port}", "--until", "3")
        assert check(*given, "--rule", "route-test").exit_code == 1
        result = check(*given, "--route", "/test=/blog")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("30 of 30 points: all MUST rules passed")


def test_a_server_over_tls(tmp_path: Path) -> None:
    *_, ca = CERTIFICATE.write(tmp_path)
    with encrypting(well) as server:
        url = f"https://localhost:{server.port}"
        trusted, untrusted = check(url, *QUICK, "--ca", ca), check(url, *QUICK)
    assert trusted.exit_code == 0
    assert "certificate verify failed" in untrusted.stdout


# -- hidden rules


@pytest.mark.parametrize("volume", [[], ["--verbose"]], ids=["", "verbose"])
@pytest.mark.usefixtures("folder")
def test_of_hidden_rules_only_how_many(volume: list[str]) -> None:
    rules = ("--rule", "sesame-told", "--rule", "listen-accepts")
    result = check("--command", COMMAND, "--hidden", "own.py", *rules, *volume)
    assert result.exit_code == 1
    assert "1 hidden rule failed.\n" in result.stdout
    assert "sesame" not in result.output.lower()
    assert "server |" not in result.output  # it may tell what it was asked


@pytest.mark.usefixtures("folder")
def test_their_author_is_told_all() -> None:
    given = ("--command", COMMAND, "--hidden", "own.py", "--show-hidden", "--rule", "sesame-told", "--verbose")
    result = check(*given)
    assert "   sesame-told (MUST): " in result.stdout
    assert "server |" in result.output


@pytest.mark.usefixtures("folder")
def test_only_public(url: str) -> None:
    given = (url, "--hidden", "own.py", "--only-public")
    assert "no rule 'sesame-told'" in check(*given, "--rule", "sesame-told").stderr
    assert check(*given, *QUICK).exit_code == 0


# -- what the judge starts


@pytest.mark.usefixtures("folder")
def test_contract_toml() -> None:
    Path("contract.toml").write_text(f"command = {json.dumps(COMMAND)}\nstages = [1]\n")
    report = judged()
    assert (report["target"], {rule["stage"] for rule in report["rules"]}) == (COMMAND, {1})
    assert all(rule["verdict"] == "passed" for rule in report["rules"])
    assert {rule["stage"] for rule in judged("--rule", "route-index")["rules"]} == {3}
    assert judged("--command", "false", *QUICK)["target"] == "false"
    assert judged(NOWHERE, *QUICK)["target"] == NOWHERE


@pytest.mark.usefixtures("folder")
def test_contract_toml_that_is_bad() -> None:
    Path("contract.toml").write_text("comand = 'x'")
    result = check()
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("contract.toml: 'comand' is not a valid key. Did you mean 'command'?\n")


@pytest.mark.usefixtures("folder", "bubblewrap")
def test_an_isolated_server_sees_no_secrets() -> None:
    Path("report.json").touch()
    Path("looks.py").write_text(LOOKS)
    Path("hers.py").touch()
    secrets = ("--hidden", "own.py", "--report", "json=report.json", "--hide", "hers.py")
    result = check("--command", f"{PYTHON} looks.py", "--isolate", *secrets, *QUICK, **{ISOLATED: "1"})
    seen = ["hers.py: False", "looks.py: True", "own.py: False", "report.json: False", "server.py: True"]
    assert "\n       ".join(seen) in result.stdout


def test_nothing_is_hidden_without_isolation() -> None:
    result = check("--command", "serve", "--hide", "hers.py")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: --hide needs --isolate. Add --isolate, or remove --hide.\n"


# -- what it says


@pytest.mark.usefixtures("folder")
def test_all_reports_at_once(url: str) -> None:
    given = [word for format in FORMATS for word in ("--report", f"{format}={format}.txt")]
    assert check(url, *QUICK, *given).exit_code == 0
    for format in FORMATS:
        assert Path(f"{format}.txt").stat().st_size


@pytest.mark.parametrize("arguments", [[NOWHERE], [NOWHERE, "--verbose"], ["--command", "echo a; false"]])
def test_what_goes_into_a_pipe_can_be_pasted(arguments: list[str]) -> None:
    result = check(*arguments, "--until", "2")
    assert result.output == re.sub(r"(?m)[ \t]+$", "", result.output)
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", result.output)


def test_long_lines_are_not_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("http_contract.runner.scheduler.FIRST_TIMEOUT", 0.1)
    with scripted(says_nothing) as server:
        result = check(server.address.url, "--rule", "listen-answers", "--timeout", "0.1", COLUMNS="20")
    [line] = [line for line in result.stdout.splitlines() if line.startswith("     Reproduce: ")]
    assert line.endswith("""[print(b) for b in iter(lambda: s.recv(65536), b"")]'""")
    assert f'socket.create_connection(("127.0.0.1", {server.address.port}), 5)' in line


def test_quiet(url: str) -> None:
    result = check(url, *QUICK, "--quiet")
    assert result.stderr == ""
    assert re.fullmatch(r"10 of 10 points: all MUST rules passed; 0 .+ \(seed 0, [0-9.]+ s\)\n", result.stdout)


def test_verbose(folder: Path) -> None:
    result = check("--command", COMMAND, "--rule", "listen-answers", "--verbose")
    assert result.exit_code == 0
    assert result.stderr == "server | I\tlisten\\x1b[2J\nserver |\n"
    told = result.stdout.splitlines()
    assert told[0] == "listen-answers: passed"
    assert re.fullmatch(r"       sent \d+ bytes:", told[1])
    assert r"         HTTP/1.1 200 OK\r\n" in told


def test_a_terminal_sees_how_far_it_is(url: str) -> None:
    result = check(url, *QUICK, FORCE_COLOR="1", TERM="xterm", COLUMNS="80")
    assert "stage  1" in result.stderr
    assert "stage  1" not in check(url, *QUICK).stderr


# -- the same verdicts each time


def mistaken(request: Request) -> Response:
    """Answer as others do, but for a route that is not there, and one that is another."""
    return generate_response(
        request._replace(path={"/test": "/tset", "/time.html": "/"}.get(request.path, request.path))
    )


RULED = [f"--stage={stage}" for stage in (2, 3)]


@pytest.mark.usefixtures("folder")
def test_the_same_seed_gives_the_same_verdicts() -> None:
    with serving(mistaken) as port:
        found = [verdicts(judged(f"http://127.0.0.1:{port}", *RULED, "--seed", "3")) for _ in range(4)]
    assert {verdict for _, verdict, _ in found[0]} == {"passed", "failed", "skipped"}
    assert found == [found[0]] * 4


def verdicts(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(rule["id"], rule["verdict"], (rule["skip"] or {}).get("text", "")) for rule in report["rules"]]


@pytest.mark.usefixtures("folder")
def test_random_data_comes_of_the_seed(url: str) -> None:
    first, again, other = (asked(judged(url, "--rule", "route-random-unknown", "--seed", seed)) for seed in "334")
    assert first == again != other


def asked(report: dict[str, Any]) -> list[list[str]]:
    return [transcript["sent"] for transcript in report["rules"][0]["transcripts"]]


# -- the end of it


@dataclass
class Running:
    """A judge in a process of its own, at work with the processes of a server that it has started."""

    judge: subprocess.Popen[str]
    pids: list[int]

    def end(self, signal: int) -> tuple[int, str, str]:
        """Return its exit status, and what it has printed since."""
        self.judge.send_signal(signal)
        out, err = self.judge.communicate(timeout=10)
        return self.judge.returncode, out, err


@pytest.fixture
def running(folder: Path) -> Iterator[Running]:
    given = ["--command", COMMAND, "--hidden", "own.py", "--rule", "sesame-waits"]
    command = [sys.executable, "-m", "http_contract", "check", *given]
    root = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, env=root, stdout=pipe, stderr=pipe, text=True) as judge:
        assert judge.stderr
        assert judge.stderr.readline() == "judging\n"
        yield Running(judge, [int(pid) for pid in (folder / "pids").read_text().split()])
        judge.kill()


@pytest.mark.parametrize(("how", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["SIGTERM", "Ctrl-C"])
def test_who_is_told_to_end_ends_at_once_with_all_it_started(running: Running, how: int, status: int) -> None:
    assert all(map(psutil.pid_exists, running.pids))
    assert running.end(how) == (status, "", "")
    assert not any(map(psutil.pid_exists, running.pids))


def test_a_signal_means_afterwards_what_it_meant_before() -> None:
    before = signal.getsignal(signal.SIGTERM)
    check(NOWHERE, *QUICK)
    assert signal.getsignal(signal.SIGTERM) is before


# -- contract itself


def test_help_names_the_commands() -> None:
    said = CliRunner().invoke(main, ["-h"]).output
    assert [line for _, line in COMMANDS.values() if line not in said] == []
    assert main.list_commands(click.Context(main)) == list(COMMANDS)


def test_a_shell_completes_the_commands() -> None:
    completions = ShellComplete(main, {}, "contract", "_CONTRACT_COMPLETE").get_completions([], "")
    assert [each.value for each in completions] == list(COMMANDS)


def test_a_shell_completes_rules() -> None:
    shell = ShellComplete(main, {}, "contract", "_CONTRACT_COMPLETE")
    assert [each.value for each in shell.get_completions(["explain"], "route-unknown-")] == ["route-unknown-named"]


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_explain_themselves(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"Usage: main {command} ")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("chek", "No such command 'chek'. Did you mean 'check'?"),
        ("nothing", "No such command 'nothing'."),
        ("-- --odd", "No such option '--odd'."),
        ("check --untli 3", "No such option '--untli'. Did you mean '--until'?"),
    ],
)
def test_what_is_typed_wrong(typed: str, said: str) -> None:
    result = CliRunner().invoke(main, typed.split())
    assert (result.exit_code, result.output) == (2, f"Error: {said}\n")
