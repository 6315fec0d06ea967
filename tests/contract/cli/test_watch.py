"""contract watch: on a real terminal and without one, it judges again when a file of the server changes."""

import io
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from select import select
from typing import Any

import psutil
import pytest
from click.testing import CliRunner
from rich.console import Console

from http_contract.__main__ import main
from http_contract.cli import watch as watch_module
from http_contract.cli.watch import Watch
from http_contract.cli.watching import SOURCES, FileWatcher, folders_of, is_source, modified, wait_for
from http_contract.rules.model import Outcome
from http_contract.runner.report import Report
from tests.contract.reports.made import PASSED, PERFECT

LIMIT = 60.0  # seconds for anything
SERVER = """\
import os, pathlib, socket, sys
pathlib.Path("pid").write_text(str(os.getpid()))
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    while True:
        client, _ = listener.accept()
        with client:
            while True:
                data = client.recv(65536)
                if not data:
                    break
                client.sendall(ANSWER)
                break
"""
SILENT = SERVER.replace("                client.sendall(ANSWER)\n", "")
RIGHT = SERVER.replace("ANSWER", r'b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"')
BROKEN = "raise SystemExit(3)\n"
WAITING = "Waiting for a change."
RULES = ("--rule", "listen-accepts", "--rule", "listen-answers")


@dataclass
class Screen:
    """A judge that watches, and everything that it has printed."""

    judge: subprocess.Popen[bytes]
    descriptor: int
    folder: Path
    text: str = ""
    read: int = field(default=0)

    def until(self, *words: str) -> str:
        """Return what is printed up to and with the last of these words, in this order."""
        deadline = time.monotonic() + LIMIT
        start = self.read
        for word in words:
            while (at := self.text.find(word, self.read)) < 0:
                left = max(0.0, deadline - time.monotonic())
                assert self.more(left), f"{word!r} is not in {self.text[start:]!r}"
            self.read = at + len(word)
        return self.text[start : self.read]

    def more(self, seconds: float) -> bool:
        if not select([self.descriptor], [], [], seconds)[0]:
            return False
        data = b""
        with suppress(OSError):  # EIO: the other side of a terminal is closed
            data = os.read(self.descriptor, 65536)
        self.text += data.decode().replace("\r\n", "\n")
        return bool(data)

    def save(self, text: str) -> None:
        """Replace the file as an editor does."""
        (self.folder / "new").write_text(text)
        (self.folder / "new").rename(self.folder / "server.py")

    def press(self, keys: str) -> None:
        os.write(self.descriptor, keys.encode())

    def end(self) -> int:
        """Return the exit status, once everything is printed."""
        while self.more(LIMIT):
            pass
        return self.judge.wait(LIMIT)

    def server_is_gone(self) -> bool:
        return not psutil.pid_exists(int((self.folder / "pid").read_text()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "server.py").write_text(SILENT)
    (tmp_path / "contract.toml").write_text(f"command = '{sys.executable} server.py {{port}}'\n")
    return tmp_path


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "http_contract", *arguments]


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "TERM": "xterm", "COLUMNS": "80"}


@pytest.fixture
def terminal(folder: Path) -> Iterator[tuple[Screen, int]]:
    """Yield a judge on a terminal, and the terminal's other side."""
    ours, theirs = pty.openpty()
    judge = subprocess.Popen(
        command("watch", *RULES),
        cwd=folder,
        env=ENVIRONMENT,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),  # it becomes the terminal of the session
    )
    yield Screen(judge, ours, folder), theirs
    judge.kill()
    judge.wait()
    os.close(ours)
    with suppress(OSError):
        os.close(theirs)


def test_a_fault_is_fixed_on_a_terminal(terminal: tuple[Screen, int]) -> None:
    screen, theirs = terminal
    before = termios.tcgetattr(theirs)
    first = screen.until("Start here:", "listen-answers (MUST)", "q quit")
    assert "Fixed" not in first
    assert termios.tcgetattr(theirs) != before
    screen.save(BROKEN)
    screen.until("no longer passed: listen-accepts", "Start here:", "listen-accepts (MUST)", "exit status 3", "q quit")
    screen.save(RIGHT)
    fixed = screen.until(
        "Fixed: ", "2 more rules passed: listen-accepts, listen-answers", "10 points instead of 0", "q quit"
    )
    assert "Start here:" not in fixed
    screen.press("q")
    assert screen.judge.wait(LIMIT) == 0
    assert termios.tcgetattr(theirs) == before
    assert screen.server_is_gone()


def test_keys(terminal: tuple[Screen, int]) -> None:
    screen, _ = terminal
    screen.until("Start here:", "q quit")
    screen.press("h")
    screen.until("closes-without-response", "Cause", "To do", "In Python", "q quit")
    screen.press("a")
    screen.until("1 Listen", "listen-answers (MUST)", "0 SHOULD rules failed", "q quit")
    screen.press("rha")  # the last two while the judge waits for the server
    screen.until("The same rules passed as before", "q quit", "To do", "q quit", "1 Listen", "q quit")
    screen.press("q")
    assert screen.judge.wait(LIMIT) == 0


def test_ctrl_c_ends_it_and_its_server(terminal: tuple[Screen, int]) -> None:
    screen, theirs = terminal
    before = termios.tcgetattr(theirs)
    screen.until("q quit")
    screen.press("\x03")
    assert screen.judge.wait(LIMIT) == 128 + signal.SIGINT
    assert (termios.tcgetattr(theirs)[3] | termios.ICANON) == (before[3] | termios.ICANON)
    assert termios.tcgetattr(theirs)[3] & termios.ICANON
    assert screen.server_is_gone()


@pytest.fixture
def pipe(folder: Path) -> Iterator[Screen]:
    nothing = subprocess.DEVNULL
    watch = command("check", "--watch", *RULES)
    with subprocess.Popen(watch, cwd=folder, env=ENVIRONMENT, stdin=nothing, stdout=subprocess.PIPE) as judge:
        assert judge.stdout
        yield Screen(judge, judge.stdout.fileno(), folder)
        judge.kill()


def test_without_a_terminal_its_output_is_plain(pipe: Screen) -> None:
    pipe.until("Start here:", WAITING)
    (pipe.folder / "contract.toml").write_text("comand = ''\n")
    pipe.until("Error: ", "Did you mean 'command'?", WAITING)
    (pipe.folder / "contract.toml").write_text(f"command = '{sys.executable} server.py {{port}}'\n# again\n")
    pipe.until("The same rules passed as before", WAITING)
    pipe.judge.send_signal(signal.SIGTERM)
    assert pipe.end() == 128 + signal.SIGTERM
    assert not re.search(r"\x1b", pipe.text)


def test_a_burst_of_changes_is_judged_once(pipe: Screen) -> None:
    pipe.until(WAITING)
    for number in range(20):
        pipe.save(f"{SILENT}# {number}\n")
    pipe.until(WAITING)
    pipe.save(RIGHT)
    pipe.until("Fixed: ", WAITING)
    pipe.judge.send_signal(signal.SIGINT)
    assert pipe.end() == 128 + signal.SIGINT
    assert pipe.text.count(WAITING) == 3


@dataclass
class Scripted:
    """Keys and changes as they come, one at each look; then `q`."""

    keys: list[str]
    changes: list[set[str]]
    is_there: bool = False

    def pressed(self) -> str:
        return self.keys.pop(0) if self.keys else "q"

    def changed(self) -> set[str]:
        return self.changes.pop(0) if self.changes else set()


@pytest.mark.parametrize(
    ("keys", "changes", "judgements", "shown"),
    [
        (["q"], [], 1, 0),
        (["", "", "q"], [{"a.py"}], 2, 1),
        (["", "q"], [{"log"}], 1, 1),
        (["", "", "", "q"], [set(), {"a.py"}], 2, 2),
        (["x", "", "q"], [set(), {"gone"}], 1, 1),
    ],
    ids=["q-while-judging", "saved-while-judging", "log-while-judging", "saved-after", "log-gone-after"],
)
def test_keys_and_changes(
    keys: list[str], changes: list[set[str]], judgements: int, shown: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 0

    def judge(task: object, volume: None, look: Callable[[Outcome], None]) -> Report:
        nonlocal count
        count += 1
        look(PASSED)
        return PERFECT

    monkeypatch.setattr(watch_module, "judge", judge)
    monkeypatch.setattr(watch_module, "wait_for", lambda *sources: None)
    script: Any = Scripted(keys, changes)
    console = Console(file=(file := io.StringIO()))
    Watch(lambda: None, "", script, script, console).run()  # type: ignore[arg-type, return-value]
    assert (count, file.getvalue().count("Waiting")) == (judgements, shown)


def test_what_the_server_writes_is_no_change(pipe: Screen) -> None:
    pipe.until(WAITING)  # the server has written `pid`
    pipe.save(RIGHT)
    pipe.until("Fixed: ", WAITING)
    pipe.judge.send_signal(signal.SIGINT)
    pipe.end()
    assert pipe.text.count(WAITING) == 2


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["check", "--watch", "http://127.0.0.1:1"], "--watch is for a server that the judge starts."),
        (["watch", "--hide", "x", "--command", "y"], "--hide needs --isolate."),
        (["watch"], "There is no server to judge."),
        (["watch", "--rule", "odd", "--command", "x"], "there is no rule 'odd'"),
    ],
)
def test_what_cannot_be_watched(
    arguments: list[str], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr


def test_a_file_with_the_same_content_has_not_changed(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    with FileWatcher([tmp_path]) as watcher:
        for text, changed in (("one", True), ("one", False), ("two", True)):
            file.write_text(text)
            wait_for(watcher)
            assert watcher.changed() == ({str(file)} if changed else set())
        file.unlink()
        wait_for(watcher)
        assert watcher.changed() == {str(file)}
    assert modified(str(file)) == 0.0


def test_sources() -> None:
    assert is_source("/a/server.py")
    assert is_source("index.html")
    assert not is_source("Server.class")
    assert not is_source("log")
    assert ".class" in SOURCES


def test_folders(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    for folder in (home, other):
        folder.mkdir()
        (folder / "server.py").touch()
    assert folders_of("python3 server.py {port}", home) == {home}
    assert folders_of(f"python3 -u {other / 'server.py'}", home) == {home, other}
    assert folders_of("'", home) == {home}
