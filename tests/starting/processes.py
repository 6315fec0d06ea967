"""sidebyside serve as a process, what it says, and what it leaves behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import Any

import pytest

from tests.serving import HOST

PATIENCE = 30.0  # seconds for anything, on a busy machine; then the test fails
LIMIT = 5.0  # seconds to end in: one of grace, the rest for a busy machine
SERVICES = ("raw", "flask", "django")
# Below what systems give to outgoing connections; each process of a parallel run begins elsewhere.
BASE_PORTS = range(12000 + os.getpid() % 4000 * 4, 30000, 4)


def free_base_port() -> int:
    """Return a port that is free, as are the three after it."""
    return next(base for base in BASE_PORTS if all(is_free(base + offset) for offset in range(4)))


def is_free(port: int) -> bool:
    with suppress(OSError), socket.create_server((HOST, port)):
        return True
    return False


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
        """Return what it says up to the line that holds the text."""
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if text in line:
                return said
        pytest.fail(f"ended without {text!r}:\n{said}")

    def start(self) -> str:
        """Wait until all listen; return what was said."""
        said = self.read_until("Ctrl-C ends all.")
        self.children = self.children_now()
        return said

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
        assert all(map(is_free, self.ports.values()))

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
def session_of(command: list[str], base_port: int, **options: Any) -> Iterator[Session]:
    """Run a command; whatever a test does, nothing is left running after it."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, **options
    ) as process:
        session = Session(base_port, process)
        watchdog = Timer(PATIENCE, process.kill)
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
