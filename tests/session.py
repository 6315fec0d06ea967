"""A sidebyside command as a process: what it prints, what it starts, and what it leaves behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import Any

import pytest

from http_contract.sandbox.ports import is_taken
from sidebyside.launch.ports import free_base_port
from sidebyside.launch.requirements import find_program

PATIENCE = 30.0  # seconds for anything, on a busy machine; then the test fails
LIMIT = 5.0  # seconds to end in: one of grace, the rest for a busy machine
SERVICES = ("raw", "flask", "django")
STARTED = "Press Ctrl-C to stop all servers."


needs_nginx = pytest.mark.skipif(
    find_program("nginx") is None and "CI" not in os.environ, reason="nginx is not installed"
)


class Session:
    """sidebyside serve, and all that it started."""

    def __init__(self, base_port: int, process: subprocess.Popen[str]) -> None:
        self.base_port = base_port
        self.process = process
        self.children: list[int] = []  # process groups, once they are known

    @property
    def ports(self) -> dict[str, int]:
        return {name: self.base_port + offset for offset, name in enumerate(SERVICES, 1)}

    def read_until(self, text: str) -> str:
        """Return its output up to the line that contains the text."""
        assert self.process.stdout is not None
        output = ""
        for line in self.process.stdout:
            output += line
            if text in line:
                return output
        pytest.fail(f"ended without {text!r}:\n{output}")

    def start(self) -> str:
        """Wait until all servers listen; return the output until then."""
        output = self.read_until(STARTED)
        self.children = self.children_now()
        return output

    def children_now(self) -> list[int]:
        return sorted(pid for pid, parent, _ in processes() if parent == self.process.pid)

    def assert_ends(self) -> None:
        """It and all that it started end within the limit, counted from now."""
        deadline = monotonic() + LIMIT
        self.process.wait(LIMIT)
        left = self.groups_alive()
        while left and monotonic() < deadline:
            left = self.groups_alive()
        assert not left
        assert not any(map(is_taken, self.ports.values()))

    def groups_alive(self) -> set[int]:
        return {group for _, _, group in processes()} & set(self.children)

    def clean_up(self) -> None:
        for group in self.groups_alive():
            os.killpg(group, signal.SIGKILL)


@contextmanager
def sidebyside(*options: str, prefix: tuple[str, ...] = ()) -> Iterator[Session]:
    """Run sidebyside serve on free ports."""
    base_port = free_base_port()
    command = [*prefix, sys.executable, "-m", "sidebyside", "serve", "--base-port", str(base_port), *options]
    with session_of(command, base_port) as session:
        yield session


@contextmanager
def session_of(command: list[str], base_port: int, patience: float = PATIENCE, **options: Any) -> Iterator[Session]:
    """Run a command for at most `patience` seconds; whatever a test does, nothing runs any more after it."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, **options
    ) as process:
        session = Session(base_port, process)
        watchdog = Timer(patience, process.kill)
        watchdog.start()
        try:
            yield session
        finally:
            watchdog.cancel()
            process.kill()
            session.clean_up()


def processes() -> Iterator[tuple[int, int, int]]:
    """Yield process, parent and group of all that live; zombies have ended."""
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent, group = file.read_text().rpartition(")")[2].split()[:3]
            if state not in "ZX":
                yield int(file.parent.name), int(parent), int(group)
