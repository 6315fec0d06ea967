"""Starting and ending: all three by sidebyside serve, and each alone in its ecosystem's usual way."""

import os
import re
import shlex
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

from http_contract.sandbox.launcher import LocalTarget
from sidebyside.__main__ import main
from sidebyside.installed import find_program
from sidebyside.services import Job, jobs
from sidebyside.serving import Failed, serve, show
from tests.serving import HOST
from tests.starting.processes import LIMIT, Session, free_base_port, is_free, processes, session_of, sidebyside

ROOT = Path(__file__).parent.parent
SCRIPTS = Path(sys.executable).parent
GET = b"GET /test HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture(autouse=True)
def _checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


needs_nginx = pytest.mark.skipif(
    find_program("nginx") is None and "CI" not in os.environ, reason="nginx is not installed"
)


def assert_serves(port: int) -> None:
    assert b"<h1>" in asked(port, "/test")


def asked(port: int, path: str) -> bytes:
    """Return what is there, 200 OK; uvicorn answers nobody who half-closes."""
    with urlopen(f"http://{HOST}:{port}{path}", timeout=LIMIT) as response:
        return bytes(response.read())


# -- all three


@pytest.mark.parametrize(
    ("server", "logs"),
    [
        ("raw_router", ["raw", "flask", "django"]),
        ("dev", ["raw", "flask", "django"]),
        ("gunicorn", ["raw", "flask", "django"]),
        ("waitress", ["raw"]),
        ("uvicorn", ["raw", "flask", "django"]),
        ("granian", ["raw", "flask", "django"]),
        pytest.param("nginx", ["raw", "flask", "django"], marks=needs_nginx),
    ],
)
def test_serves_all_three_on(server: str, logs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with sidebyside("--on", server) as session:
        said = session.start()
        for name, port in session.ports.items():
            assert any(name in line and f"http://{HOST}:{port}/" in line for line in said.splitlines())
            assert_serves(port)
        for name in logs:
            asked(session.ports[name], f"/hello/{name}")
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
        said = read_until(controller, "Ctrl-C ends all.")
        assert "\x1b[36mraw" in said
        os.write(controller, b"\x03")
        process.wait(LIMIT)
        assert "All have ended." in read_until(controller, "ended")
        assert process.returncode == 0
    os.close(controller)


def read_until(descriptor: int, text: str) -> str:
    said = ""
    while text not in said:
        said += os.read(descriptor, 65536).decode()
    return said


def test_nohup_outlives_its_terminal() -> None:
    with sidebyside(prefix=("nohup",)) as session:
        session.start()
        session.process.send_signal(signal.SIGHUP)
        assert_serves(session.ports["raw"])
        session.process.send_signal(signal.SIGINT)
        session.assert_ends()


# -- what goes wrong


@pytest.mark.parametrize(("offset", "name"), [(1, "raw"), (2, "flask"), (3, "django")])
def test_taken_port(offset: int, name: str) -> None:
    with sidebyside() as session, socket.create_server((HOST, session.base_port + offset)):
        said, _ = session.process.communicate(timeout=30)
        taken = session.base_port + offset
        assert re.fullmatch(
            f"Error: cannot listen on port {taken} for {name}: Address already in use; perhaps it runs already: "
            rf"http://{HOST}:{taken}/; or choose --base-port \d+000\n",
            said,
        )
        assert session.process.returncode == 1
        assert [port for port in session.ports.values() if not is_free(port)] == [taken]


def test_dying_service_ends_the_rest(session: Session) -> None:
    os.kill(session.children[1], signal.SIGKILL)
    said = session.read_until("Error:")
    session.assert_ends()
    assert said.splitlines()[-1] == "Error: flask has ended (signal SIGKILL), so all do."
    assert session.process.returncode == 1


SERVE_ONE = """
import sys
from rich.console import Console
from sidebyside import serving
from sidebyside.installed import find_program
from sidebyside.services import Job, jobs

serving.START = 2.0
port = sys.argv[1]
try:
    serving.serve([Job("test", "red", "", "raw_router", int(port), ("job_of_a_test", port))], Console())
except serving.Failed as failed:
    sys.exit(str(failed))
"""
LISTEN = "listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))"
FOREVER = "while True: signal.pause()"


@contextmanager
def serve_one(folder: Path, *lines: str) -> Iterator[Session]:
    """Serve one service that runs these lines of Python, where sys.argv[1] is the port."""
    (folder / "job_of_a_test.py").write_text("\n".join(["import os, signal, socket, sys", *lines]))
    base_port = free_base_port()
    command = [sys.executable, "-c", SERVE_ONE, str(base_port + 1)]
    with session_of(command, base_port, env={**os.environ, "PYTHONPATH": str(folder)}) as session:
        yield session


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["print('one')", "sys.exit('two')"], "has ended (exit status 1), so all do.\nIts last words:\n  one\n  two"),
        (["sys.exit(3)"], "has ended (exit status 3), so all do."),
        (
            ["sys.stdout.write('\\x1b[31mred\\x1b[0m, unfinished')", "sys.exit(4)"],
            "has ended (exit status 4), so all do.\nIts last words:\n  red, unfinished",
        ),
        (
            ["for number in range(100): print(number)", "os.kill(os.getpid(), 9)"],
            "has ended (signal SIGKILL), so all do.\nIts last words:" + "".join(f"\n  {n}" for n in range(90, 100)),
        ),
        (["print('late')", FOREVER], "does not listen after 2 seconds.\nIts last words:\n  late"),
    ],
    ids=["last words", "no words", "colour and no line end", "ten lines are enough", "listens never"],
)
def test_failing_service(tmp_path: Path, lines: list[str], said: str) -> None:
    with serve_one(tmp_path, *lines) as session:
        output, _ = session.process.communicate(timeout=30)
        assert output == f"test {said}\n"
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
        for number in numbers:
            session.process.send_signal(number)
        session.assert_ends()
        assert session.process.returncode == 0


def test_server_that_is_not_installed() -> None:
    with pytest.raises(Failed, match=r"^hypercorn is not installed; .* pip install 'three-routers\[servers\]'$"):
        serve([Job("test", "red", "", "hypercorn", 1, ("hypercorn",))], Console())


@pytest.mark.parametrize("package", ["uvicorn", "a2wsgi"])
def test_package_that_a_server_lacks(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.installed.find_spec", lambda name: None if name == package else "found")
    with pytest.raises(Failed, match=rf"^{package} is not installed; .*servers"):
        serve(jobs("uvicorn", 8000), Console())


def test_program_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sidebyside.installed.SYSTEM_FOLDERS", ())
    with pytest.raises(Failed, match=r"^nginx is not installed; install it by: apt-get install nginx-light$"):
        serve(jobs("nginx", 8000), Console())


@needs_nginx
@pytest.mark.parametrize("program", ["nginx", "raw_router"])
def test_what_is_behind_nginx_ends_with_it(program: str) -> None:
    with sidebyside("--on", "nginx") as session:
        session.start()
        os.kill(child_of(session.children[1], program), signal.SIGKILL)
        assert "flask has ended" in session.read_until("Error:")
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
    ("arguments", "said"),
    [
        (
            ["--on", "apache"],
            "'apache' is not one of 'raw_router', 'dev', 'gunicorn', 'waitress', 'uvicorn', 'granian', 'nginx'",
        ),
        (["--base-port", "65533"], "65533 is not in the range 1<=x<=65532"),
        (["--base-port", "http"], "'http' is not a valid integer range"),
        (["--port", "8001"], "No such option"),
    ],
    ids=" ".join,
)
def test_usage_error(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(main, ["serve", *arguments])
    assert result.exit_code == 2
    assert said in result.output


@pytest.mark.parametrize("arguments", [["-h"], ["serve", "--help"]], ids=" ".join)
def test_help(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, arguments).exit_code == 0


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
    show(Job("test", "red", "", "raw_router", 1, ()), ["a \x1b[33mb\x1b[0m[c]\x07"], console)
    assert out.getvalue() == printed


# -- each alone


@pytest.mark.parametrize(
    "command",
    [
        "python -m raw_router --port {port}",
        "python -m raw_router --wsgi flask_app:app --port {port}",
        "python -m raw_router --wsgi django_project.wsgi:application --port {port}",
        "flask --app flask_app run -p {port}",
        "python django_project/manage.py runserver {port}",
        "gunicorn --no-control-socket -b 127.0.0.1:{port} flask_app:app",
        "gunicorn --no-control-socket -b 127.0.0.1:{port} django_project.wsgi",
        "waitress-serve --listen 127.0.0.1:{port} flask_app:app",
    ],
)
def test_starts_alone(command: str) -> None:
    launched = LocalTarget(f"{shlex.quote(str(SCRIPTS))}/{command}")
    try:
        assert_serves(launched.running().port)
    finally:
        launched.close()
