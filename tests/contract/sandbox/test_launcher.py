"""The launcher, with servers that listen, never listen, crash, or leave child processes behind."""

import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from http_contract.client.server import Crash, Server
from http_contract.client.transport import ConnectionFailed
from http_contract.errors import CannotJudge
from http_contract.http.request import get
from http_contract.reports.messages import connection_text
from http_contract.sandbox import launcher
from http_contract.sandbox.launcher import CPU_INTERVAL, MAX_IDLE, MAX_STARTUP, LocalTarget, Startup
from http_contract.sandbox.ports import HOST, free_port, is_free, listens
from http_contract.sandbox.supervisor import Limits
from tests.contract.server_scripts import ANSWER, command

ONCE = "started = __file__ + '.started'; os.path.exists(started) and sys.exit('not again'); open(started, 'w').close()"
NAIVE = Path(__file__).parents[2] / "naive"
PATIENT = 20.0  # seconds for what takes a moment, on a busy machine


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "server.py"


@pytest.fixture
def launched(request: pytest.FixtureRequest, script: Path) -> Iterator[LocalTarget]:
    with LocalTarget(command(script, **getattr(request, "param", {})), seed=7, start_within=PATIENT) as launched:
        yield launched


def script_that(*ids: str, **parts: Any) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("launched", [parts], indirect=True, ids=ids or [""])


def responses(launched: LocalTarget) -> bool:
    return launched.running().ask(get("/")).responses[0].status == 204


def ended(launched: LocalTarget) -> None:
    """Wait until it has ended by itself, or broken a limit."""
    assert launched._group
    launched._group._process.wait(PATIENT)


@pytest.mark.parametrize("launched", [{}, {"port": 'os.environ["PORT"]'}], indirect=True, ids=["argument", "variable"])
def test_starts_on_a_free_port(launched: LocalTarget) -> None:
    assert responses(launched)
    assert launched.running() is launched.running()
    assert launched.running().seed == 7


def test_runs_in_its_folder(tmp_path: Path, script: Path) -> None:
    given = command(script, before="print(os.getcwd())")
    with LocalTarget(given, folder=tmp_path) as launched:
        launched.running()
        launched.stop()
        assert launched.output == f"{tmp_path}\n"


def test_restarts_on_the_same_port(launched: LocalTarget) -> None:
    port = launched.running().port
    assert launched.server.restart
    launched.server.restart()
    assert responses(launched)
    assert launched.server.port == port


def test_stops_for_good(launched: LocalTarget) -> None:
    server = launched.running()
    launched.stop()
    launched.stop()
    assert not listens(server)
    assert (launched.crash(), launched.violation) == (None, None)


@script_that(before=ONCE)
def test_a_restart_that_fails_says_why(launched: LocalTarget) -> None:
    launched.running()
    with pytest.raises(ConnectionFailed, match=r"start-ended.*kind='exit', number=1.*not again"):
        launched.restart()


@script_that(before="print(os.getpid())", each=ANSWER + "; client.close(); sys.exit('no more')")
def test_what_has_died_is_started_anew(launched: LocalTarget) -> None:
    first = launched.running()
    assert launched.crash() is None
    first.ask(get("/"))
    ended(launched)
    assert launched.crash() == Crash("exit", 1, launched.output)
    assert launched.output.endswith("no more\n")
    assert launched.running() is not first
    assert launched.crash() is None
    assert launched.output.count("no more") == 1


@script_that(each=ANSWER + "; os.kill(0, 11)")
def test_a_signal_has_a_name(launched: LocalTarget) -> None:
    launched.running().ask(get("/"))
    ended(launched)
    assert launched.crash() == Crash("signal", 11, "")


@script_that(each="pass")
def test_a_server_that_listens_need_not_respond(launched: LocalTarget) -> None:
    assert launched.running().ask(get("/")).responses == ()


def test_a_server_that_deletes_its_folder(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    given = command(own / "server.py", before="import shutil; shutil.rmtree(os.getcwd()); sys.exit()")
    with LocalTarget(given, folder=own) as launched:
        with pytest.raises(ConnectionFailed, match="start-ended"):
            launched.running()
        with pytest.raises(ConnectionFailed, match="folder-gone"):
            launched.restart()


@script_that(before="sys.exit('no, thanks')")
def test_a_server_that_does_not_start_is_not_started_again(launched: LocalTarget) -> None:
    for _ in range(2):
        with pytest.raises(ConnectionFailed, match=r"start-ended.*no, thanks"):
            launched.running()


def broken_limit(launched: LocalTarget) -> str:
    assert launched.violation
    return connection_text(launched.violation)


def fails(given: str, **options: Any) -> str:
    """Return what is said of a server that does not start."""
    with LocalTarget(given, **options) as launched, pytest.raises(ConnectionFailed) as raised:
        launched.running()
    return connection_text(raised.value).partition(": ")[2]


SLEEPS = "time.sleep(60)"
COMPUTES = "while True: pass"
SIX = "other = socket.create_server(('::1', int(sys.argv[1])), family=socket.AF_INET6); time.sleep(60)"
ELSEWHERE = "other = socket.create_server(('127.0.0.1', 0)); time.sleep(60)"


@pytest.mark.parametrize(
    ("before", "within", "why"),
    [
        (SLEEPS, 0.2, r"it runs, but does not listen on port \d+"),
        (SLEEPS, None, r"it runs, but does not listen on port \d+; --start-within gives it more time"),
        (COMPUTES, None, r"it runs, but does not listen on port \d+; --start-within gives it more time"),
        (
            ELSEWHERE,
            None,
            r"it listens on port \d+, not on \d+, the port that the command gets for {port} and in \$PORT",
        ),
        (SIX, None, r"it listens on port \d+, but not at 127.0.0.1"),
    ],
    ids=["given", "idle", "at-work", "elsewhere", "other-address"],
)
def test_a_server_that_never_listens(
    before: str, within: float | None, why: str, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "MAX_IDLE", 0.5)
    monkeypatch.setattr(launcher, "MAX_STARTUP", 1.0)
    assert re.fullmatch(why, fails(command(script, before=before), start_within=within))


def test_a_server_that_listens_at_the_last_moment_has_started(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter([False])
    monkeypatch.setattr(launcher, "listens", lambda server: next(looks, True))
    with LocalTarget(command(script, before=SLEEPS), start_within=0) as launched:
        assert launched.running()


def test_a_program_that_does_not_exist() -> None:
    assert fails("/no/such/program {port}") == "No such file or directory"


@pytest.mark.parametrize(
    ("given", "why"), [("'", "not a valid command: No closing quotation"), ("", "the command is empty")]
)
def test_commands_that_are_not_valid(given: str, why: str) -> None:
    with LocalTarget(given) as launched, pytest.raises(CannotJudge, match=why):
        launched.running()


def test_a_port_that_another_program_has_chosen(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        ports = iter([other.getsockname()[1], free_port()])
        monkeypatch.setattr(launcher, "free_port", lambda: next(ports))
        with LocalTarget(command(script)) as launched:
            assert launched.running().port != other.getsockname()[1]
            assert launched.running().ask(get("/")).responses[0].status == 204


def test_a_fixed_port(script: Path) -> None:
    port = free_port()
    with LocalTarget(command(script, port=str(port)), port=port) as launched:
        assert responses(launched)
        assert launched.server.port == port


def test_a_fixed_port_that_is_taken(script: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with (
            LocalTarget(command(script), port=port) as launched,
            pytest.raises(CannotJudge, match=f"port {port} is taken"),
        ):
            launched.running()


def closed_just_now(port: int) -> None:
    """Leave a connection in the state TIME_WAIT on a port, as a server does that closes first."""
    with socket.create_server(("127.0.0.1", port)) as listener, socket.create_connection(("127.0.0.1", port)) as client:
        listener.accept()[0].close()
        assert client.recv(1) == b""
    assert not is_free(port)


def page_alone(port: int) -> LocalTarget:
    """Return a server that does not set SO_REUSEADDR, closes first, and can use one port only."""
    return LocalTarget(shlex.join([sys.executable, str(NAIVE / "page_alone.py"), str(port)]), port=port)


def test_a_fixed_port_is_free_for_the_next_start() -> None:
    """The judge resets the connections that the server closed, so that they do not occupy its port."""
    with page_alone(free_port()) as launched:
        for _ in range(3):
            assert launched.running().ask(get("/")).ended == "closed"
            launched.stop()
            assert is_free(launched.server.port)


def test_a_port_that_closed_connections_occupy_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "MAX_PORT_WAIT", 0.1)
    port = free_port()
    closed_just_now(port)
    with page_alone(port) as launched, pytest.raises(ConnectionFailed, match="in use") as found:
        launched.running()
    assert found.value.params["busy"]


def test_a_server_that_ends_although_its_port_is_free() -> None:
    command = shlex.join([sys.executable, "-c", "raise SystemExit(3)"])
    with LocalTarget(command, port=free_port()) as launched, pytest.raises(ConnectionFailed) as found:
        launched.running()
    assert "busy" not in found.value.params


@pytest.mark.full
def test_a_port_that_closed_connections_occupy_is_waited_for() -> None:
    port = free_port()
    closed_just_now(port)
    with page_alone(port) as launched:
        assert launched.running().ask(get("/")).received


def test_waiting_for_a_fixed_port_has_a_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert launcher.wait_until_free(other.getsockname()[1], 0.1) < PATIENT


# -- ending


STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN); os.fork()"
ESCAPES = "os.fork() or (os.setsid(), os.fork() and os._exit(0))"  # from the session, and from its parent
ENDS_BEFORE_ITS_CHILD = "os.fork() and sys.exit('gone')"


@pytest.mark.parametrize(
    "parts",
    [{"before": STUBBORN}, {"before": ESCAPES}, {"after": ESCAPES}, {"after": STUBBORN}],
    ids=["stubborn", "escaped", "escaped-with-the-port", "stubborn-with-the-port"],
)
def test_all_processes_end(parts: dict[str, str], script: Path) -> None:
    with LocalTarget(command(script, shares=True, **parts)) as launched:
        server = launched.running()
        assert len(processes_of(script)) > 1
    assert processes_of(script) == []
    assert not listens(server)


def processes_of(script: Path) -> list[psutil.Process]:
    return [each for each in psutil.process_iter(["cmdline"]) if str(script) in (each.info["cmdline"] or [])]


@script_that(after=ENDS_BEFORE_ITS_CHILD)
def test_a_child_ends_with_its_parent(launched: LocalTarget, script: Path) -> None:
    with suppress(ConnectionFailed):  # it listens for a moment
        launched.running()
    ended(launched)
    assert launched.crash() == Crash("exit", 1, "gone\n")
    assert processes_of(script) == []


KILLS_ITS_WATCHER = "os.kill(os.getppid(), signal.SIGKILL)"


@script_that(after=KILLS_ITS_WATCHER)
def test_a_server_that_kills_its_supervisor_ends(launched: LocalTarget, script: Path) -> None:
    with suppress(ConnectionFailed):
        launched.running()
    ended(launched)
    launched.stop()
    assert broken_limit(launched) == "it ended the process that watches it"
    assert processes_of(script) == []


def test_all_processes_end_with_the_judge(script: Path) -> None:
    """Whatever ends the judge: here it has no time for anything."""
    program = """
import os, sys
from http_contract.sandbox.launcher import LocalTarget
LocalTarget(sys.argv[1]).running()
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", program, command(script, after=STUBBORN)], check=True)
    psutil.wait_procs(processes_of(script), PATIENT)
    assert processes_of(script) == []


# -- limits


MiB = 1024**2
MEMORY = f"hoard = bytearray(300 * {MiB})"
SHARED = f"hoard = bytearray(60 * {MiB}); [os.fork() for _ in range(2)]"  # four times the same 60 MiB
THREADS = "[threading.Thread(target=time.sleep, args=(60,), daemon=True).start() for _ in range(40)]"
FORKS = "while True: os.fork() or time.sleep(60)"
FILE = f"signal.signal(signal.SIGXFSZ, signal.SIG_DFL); open(__file__ + '.big', 'wb').write(bytes(2 * {MiB}))"


@pytest.mark.parametrize(
    ("each", "limits", "violation"),
    [
        (MEMORY, Limits(memory=200 * MiB), "it used more than 200 MiB of memory"),
        (THREADS, Limits(tasks=30), "it ran more than 30 processes and threads at a time"),
        (FORKS, Limits(tasks=30), "it ran more than 30 processes and threads at a time"),
        (COMPUTES, Limits(cpu=0.5), "it used more than 0.5 seconds of CPU time"),
        (FILE, Limits(file=MiB), "it wrote a file of more than 1 MiB"),
    ],
    ids=["memory", "threads", "processes", "cpu", "file"],
)
def test_who_breaks_a_limit_is_ended_and_not_started_again(
    each: str, limits: Limits, violation: str, script: Path
) -> None:
    with LocalTarget(command(script, each=each), limits=limits) as launched:
        with launched.running().connect():
            ended(launched)
        assert (broken_limit(launched), launched.crash()) == (violation, None)
        with pytest.raises(ConnectionFailed, match="limit"):
            launched.running()
    assert broken_limit(launched) == violation
    assert processes_of(script) == []


def test_a_limit_broken_before_it_listens(script: Path) -> None:
    assert fails(command(script, before=FORKS), limits=Limits(tasks=30)) == (
        "it ran more than 30 processes and threads at a time"
    )


def test_shared_memory_counts_once(script: Path) -> None:
    with LocalTarget(
        command(script, before=SHARED, after="", shares=True), limits=Limits(memory=200 * MiB)
    ) as launched:
        assert responses(launched)
        launched.stop()
        assert launched.violation is None


def test_a_closed_target_does_not_start_again(launched: LocalTarget) -> None:
    launched.running()
    launched.close()
    with pytest.raises(ConnectionFailed, match="judging-ended"):
        launched.running()


# Startup, whose clock and readings are given here


SERVER = Server(HOST, 5000)
STEP = CPU_INTERVAL + 0.01  # seconds between two looks


def startup(**given: Any) -> Startup:
    group: Any = SimpleNamespace(end=None, cpu=0.0, ports=[SERVER.port])
    return Startup(group, SERVER, began=0.0, **given)


def late(begun: Startup) -> float:
    """Return the seconds after which an idle server is late."""
    moments: Iterator[float] = (STEP * count for count in range(1000))
    return next(now for now in moments if begun._is_late(now))


def test_a_server_that_listens_after_all_is_not_late(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = iter([False, True, True])
    monkeypatch.setattr(launcher, "listens", lambda server: next(asked))
    assert startup(within=0.001).failure() is None


def test_time_in_which_the_judge_was_stopped_does_not_count() -> None:
    begun = startup()
    assert not begun._is_late(MAX_STARTUP - 1)
    assert late(startup()) == pytest.approx(MAX_IDLE, abs=3 * STEP)
