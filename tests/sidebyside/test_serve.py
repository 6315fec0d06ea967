"""sidebyside serve: all three start together, print their access logs, and end together, whatever happens."""

import errno
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner
from rich.console import Console

from http_contract.sandbox.ports import is_taken
from sidebyside.__main__ import main
from sidebyside.launch import ports
from sidebyside.launch.board import Board
from sidebyside.launch.foreground import note, print_log, serve_in_foreground
from sidebyside.launch.guests import HIGHEST_BASE_PORT
from sidebyside.launch.ports import check_ports, free_base_port
from sidebyside.launch.requirements import LaunchError
from sidebyside.launch.services import ServerSpec, server_specs
from tests.serving import HOST
from tests.session import LIMIT, PATIENCE, STARTED, Session, needs_nginx, processes, session_of, sidebyside

full = pytest.mark.full

GET = b"GET /test HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def assert_serves(port: int) -> None:
    assert b"<h1>" in fetch(port, "/test")


def fetch(port: int, path: str) -> bytes:
    """Return the content of a page; uvicorn does not answer half-closed connections."""
    with urlopen(f"http://{HOST}:{port}{path}", timeout=LIMIT) as answer:
        return bytes(answer.read())


# -- all three


@pytest.mark.parametrize(
    ("server", "logs"),
    [
        ("raw_router", ["raw", "flask", "django"]),
        ("dev", ["raw", "flask", "django"]),
        pytest.param("gunicorn", ["raw", "flask", "django"], marks=full),
        pytest.param("waitress", ["raw"], marks=full),
        pytest.param("uvicorn", ["raw", "flask", "django"], marks=full),
        pytest.param("granian", ["raw", "flask", "django"], marks=full),
        pytest.param("nginx", ["raw", "flask", "django"], marks=needs_nginx),
    ],
)
def test_serves_all_three_on(server: str, logs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with sidebyside("--on", server) as session:
        output = session.start()
        for name, port in session.ports.items():
            assert any(name in line and f"http://{HOST}:{port}/" in line for line in output.splitlines())
            assert_serves(port)
        for name in logs:
            fetch(session.ports[name], f"/hello/{name}")
            assert session.read_until(f"GET /hello/{name} ").splitlines()[-1].startswith(name)
        session.process.send_signal(signal.SIGINT)
        session.assert_ends()
        assert session.process.returncode == 0
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def session() -> Iterator[Session]:
    with sidebyside() as session:
        session.start()
        yield session


def test_ends_while_starting() -> None:
    with sidebyside() as session:
        while len(session.children) < 3:
            session.children = session.children_now()
            assert session.process.poll() is None
        session.process.send_signal(signal.SIGINT)
        session.assert_ends()
        assert session.process.returncode == 0


def test_ends_when_killed(session: Session) -> None:
    """Nobody is left to end the children; the kernel does."""
    session.process.kill()
    session.assert_ends()


def test_ends_when_nobody_reads(session: Session) -> None:
    """Its output is stuck, and with it all that it does."""
    ask_until_no_answer_comes(session.ports["raw"])
    session.process.send_signal(signal.SIGTERM)
    session.assert_ends()
    assert session.process.returncode == 0


def test_serves_on_when_its_reader_leaves(session: Session) -> None:
    """As `sidebyside serve | head` does."""
    assert session.process.stdout is not None
    session.process.stdout.close()
    for port in session.ports.values():
        fetch(port, "/test")
    assert_serves(session.ports["raw"])
    session.process.send_signal(signal.SIGINT)
    session.assert_ends()
    assert session.process.returncode == 0


def ask_until_no_answer_comes(port: int) -> None:
    request = GET.replace(b"/test", b"/" + b"a" * 7000).replace(b"close", b"keep-alive")
    with socket.create_connection((HOST, port), timeout=1) as client, suppress(TimeoutError):
        while True:
            client.sendall(request)
            client.recv(65536)


def test_ctrl_c_in_a_terminal() -> None:
    """The terminal signals its foreground group: sidebyside, and no server."""
    inner = "import os, sys; os.login_tty(0); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    controller, terminal = os.openpty()
    command = [sys.executable, "-c", inner, "-m", "sidebyside", "serve", "--base-port", str(free_base_port())]
    with subprocess.Popen(command, stdin=terminal, env={**os.environ, "TERM": "xterm"}) as process:
        os.close(terminal)
        output = read_until(controller, STARTED)
        assert "\x1b[36mraw" in output
        os.write(controller, b"\x03")
        process.wait(LIMIT)
        assert "All servers have been stopped." in read_until(controller, "stopped")
        assert process.returncode == 0
    os.close(controller)


def read_until(descriptor: int, text: str) -> str:
    output = ""
    while text not in output:
        output += os.read(descriptor, 65536).decode()
    return output


def test_nohup_outlives_its_terminal() -> None:
    with sidebyside(prefix=("nohup",)) as session:
        session.start()
        session.process.send_signal(signal.SIGHUP)
        assert_serves(session.ports["raw"])
        session.process.send_signal(signal.SIGINT)
        session.assert_ends()


# -- what goes wrong


def test_a_port_that_needs_permission_is_not_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "bind_error", lambda port: errno.EACCES if port == 81 else 0)
    with pytest.raises(LaunchError, match=r"^Port 81 \(raw\) cannot be used: Permission denied. Choose other ports: "):
        check_ports(server_specs("raw_router", 80))


@pytest.mark.parametrize(("offset", "name"), [(1, "raw"), (2, "flask"), (3, "django")])
def test_taken_port(offset: int, name: str) -> None:
    with sidebyside() as session, socket.create_server((HOST, session.base_port + offset)):
        output, _ = session.process.communicate(timeout=30)
        taken = session.base_port + offset
        assert re.fullmatch(
            rf"Error: Port {taken} \({name}\) is in use by another program. If the service runs there already, "
            rf"open http://{HOST}:{taken}/. Choose other ports: --base-port \d+000\n",
            output,
        )
        assert session.process.returncode == 1
        assert [port for port in session.ports.values() if is_taken(port)] == [taken]


def test_dying_service_ends_the_rest(session: Session) -> None:
    os.kill(session.children[1], signal.SIGKILL)
    output = session.read_until("Error:")
    session.assert_ends()
    assert output.splitlines()[-1] == "Error: flask ended (SIGKILL), so all servers were stopped."
    assert session.process.returncode == 1


SERVE_ONE = """
import sys
from tempfile import TemporaryDirectory
from rich.console import Console
from sidebyside.launch import launcher
from sidebyside.launch.board import Board
from sidebyside.launch.foreground import serve_in_foreground
from sidebyside.launch.services import ServerSpec

port, launcher.START = sys.argv[1], float(sys.argv[2])
try:
    spec = ServerSpec("test", "red", "", "raw_router", int(port), ("server_of_a_test", port))
    with TemporaryDirectory() as folder:
        serve_in_foreground([spec], Console(), Board(folder))
except launcher.LaunchError as error:
    sys.exit(str(error))
"""
LISTEN = "listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))"
FOREVER = "while True: signal.pause()"
STOPPED = "so all servers were stopped."
LAST_LINES = "\nLast lines of its output:"


@contextmanager
def serve_one(folder: Path, *lines: str, start: float = PATIENCE) -> Iterator[Session]:
    """Serve one service that runs these lines of Python, where sys.argv[1] is the port, and starts in this time."""
    (folder / "server_of_a_test.py").write_text("\n".join(["import os, signal, socket, sys", *lines]))
    base_port = free_base_port()
    command = [sys.executable, "-c", SERVE_ONE, str(base_port + 1), str(start)]
    with session_of(command, base_port, env={**os.environ, "PYTHONPATH": str(folder)}) as session:
        yield session


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["print('one')", "sys.exit('two')"], f"ended (exit status 1), {STOPPED}{LAST_LINES}\n  one\n  two"),
        (["sys.exit(3)"], f"ended (exit status 3), {STOPPED}"),
        (
            ["sys.stdout.write('\\x1b[31mred\\x1b[0m, unfinished')", "sys.exit(4)"],
            f"ended (exit status 4), {STOPPED}{LAST_LINES}\n  red, unfinished",
        ),
        (
            ["for number in range(100): print(number)", "os.kill(os.getpid(), 9)"],
            f"ended (SIGKILL), {STOPPED}{LAST_LINES}" + "".join(f"\n  {n}" for n in range(90, 100)),
        ),
    ],
    ids=["output", "no output", "colour and no line end", "ten lines are enough"],
)
def test_failing_service(tmp_path: Path, lines: list[str], message: str) -> None:
    with serve_one(tmp_path, *lines) as session:
        output, _ = session.process.communicate(timeout=30)
        assert output == f"test {message}\n"
        assert session.process.returncode == 1


def test_a_service_that_does_not_listen(tmp_path: Path) -> None:
    with serve_one(tmp_path, "print('late')", FOREVER, start=2.0) as session:
        output, _ = session.process.communicate(timeout=30)
        assert output == f"test did not listen within 2 seconds.{LAST_LINES}\n  late\n"
        assert session.process.returncode == 1


@pytest.mark.parametrize(
    "lines",
    [
        ["signal.signal(signal.SIGTERM, signal.SIG_IGN)", "if os.fork():", "    " + LISTEN, FOREVER],
        ["os.close(1)", "os.close(2)", LISTEN, FOREVER],
        ["os.write(1, b'a' * 1_000_000)", LISTEN, FOREVER],
        [LISTEN, "os.kill(os.getpid(), signal.SIGSTOP)"],
    ],
    ids=["ignores SIGTERM, as does what it started", "closes its output", "endless line", "stopped"],
)
def test_odd_service_ends(tmp_path: Path, lines: list[str]) -> None:
    with serve_one(tmp_path, *lines) as session:
        session.start()
        session.process.send_signal(signal.SIGINT)
        session.assert_ends()
        assert session.process.returncode == 0


@pytest.mark.parametrize(
    "numbers", [[signal.SIGTERM], [signal.SIGHUP], [signal.SIGINT, signal.SIGTERM]], ids=["TERM", "HUP", "INT and TERM"]
)
def test_ends_by_signal(tmp_path: Path, numbers: list[signal.Signals]) -> None:
    with serve_one(tmp_path, LISTEN, FOREVER) as session:
        session.start()
        session.process.send_signal(signal.SIGSTOP)  # so that all signals arrive before the first one ends the process
        for number in (*numbers, signal.SIGCONT):
            session.process.send_signal(number)
        session.assert_ends()
        assert session.process.returncode == 0


def test_server_that_is_not_installed() -> None:
    with pytest.raises(
        LaunchError, match=r"^daphne is not installed. Install it: pip install -e '.\[servers\]' in the checkout$"
    ):
        serve_in_foreground([ServerSpec("test", "red", "", "daphne", 1, ("daphne",))], Console(), Board("unused"))


@pytest.mark.parametrize("package", ["uvicorn", "a2wsgi"])
def test_package_that_a_server_lacks(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.launch.requirements.find_spec", lambda name: None if name == package else "found")
    with pytest.raises(LaunchError, match=rf"^{package} is not installed. .*servers"):
        serve_in_foreground(server_specs("uvicorn", 8000), Console(), Board("unused"))


def test_program_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sidebyside.launch.requirements.SYSTEM_FOLDERS", ())
    with pytest.raises(LaunchError, match=r"^nginx is not installed. Install it: apt-get install nginx-light$"):
        serve_in_foreground(server_specs("nginx", 8000), Console(), Board("unused"))


@needs_nginx
@pytest.mark.parametrize("program", ["nginx", "raw_router"])
def test_a_pair_of_nginx_and_raw_router_ends_together(program: str) -> None:
    with sidebyside("--on", "nginx") as session:
        session.start()
        os.kill(child_of(session.children[1], program), signal.SIGKILL)
        assert "flask ended" in session.read_until("Error:")
        session.assert_ends()


def child_of(parent: int, program: str) -> int:
    """Return the process below another that runs that program."""
    [found] = [
        process
        for process, above, _ in processes()
        if above == parent and program.encode() in Path(f"/proc/{process}/cmdline").read_bytes()
    ]
    return found


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--on", "apache"],
            "'apache' is not one of 'raw_router', 'dev', 'gunicorn', 'waitress', 'uvicorn', 'granian', 'nginx'",
        ),
        (["--base-port", "65533"], f"65533 is not in the range 1<=x<={HIGHEST_BASE_PORT}"),
        (["--base-port", "http"], "'http' is not a valid integer range"),
        (["--port", "8001"], "No such option"),
    ],
    ids=" ".join,
)
def test_usage_error(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(main, ["serve", *arguments])
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize("arguments", [["-h"], ["serve", "--help"]], ids=" ".join)
def test_help(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, arguments).exit_code == 0


def test_what_a_server_writes_during_a_run_of_the_judge_is_not_printed(tmp_path: Path) -> None:
    """The page can still read it."""
    out, board = StringIO(), Board(tmp_path)
    spec = ServerSpec("test", "red", "", "raw_router", 1, ())
    with board.quiet():
        note(spec, ["during"], board, Console(file=out))
    note(spec, ["after"], board, Console(file=out))
    assert (out.getvalue(), board.output("test").since(0)) == ("test   after\n", ["during", "after"])


@pytest.mark.parametrize(
    ("environment", "printed"),
    [
        ({"FORCE_COLOR": "1", "TERM": "xterm"}, "\x1b[31mtest   \x1b[0ma \x1b[33mb\x1b[0m[c]\n"),
        ({"FORCE_COLOR": "1", "TERM": "xterm", "NO_COLOR": "1"}, "test   a b[c]\n"),
        ({}, "test   a b[c]\n"),
    ],
    ids=["colour", "NO_COLOR", "piped"],
)
def test_access_line(environment: dict[str, str], printed: str) -> None:
    out = StringIO()
    console = Console(file=out, _environ=environment)
    print_log(ServerSpec("test", "red", "", "raw_router", 1, ()), ["a \x1b[33mb\x1b[0m[c]\x07"], console)
    assert out.getvalue() == printed
