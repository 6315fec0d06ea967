"""Fixtures: programs of lessons/ in processes of their own, started and ended as a reader does it."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from threading import Thread
from typing import TypeAlias

import pytest

from sidebyside.lessons.ladder import find_rung
from sidebyside.lessons.running import Place, read_place

PATIENCE = 20  # seconds for any step, on a busy machine


class Program:
    """A server of the ladder. It has to end by Ctrl-C without a traceback."""

    def __init__(self, name: str) -> None:
        rung = find_rung(name)
        self.swallows_ctrl_c = "wsgiref" in rung.source
        self.process = subprocess.Popen(
            [sys.executable, rung.path, "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        assert self.process.stderr
        self.output, self.error_output = self.process.stdout, self.process.stderr
        self.place: Place = read_place(rung, self.output.readline())
        self.errors: list[str] = []
        self.reader = Thread(target=self.errors.extend, args=(self.error_output,))
        self.reader.start()

    @property
    def port(self) -> int:
        return int(self.place.port)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def interrupt(self) -> int:
        """Press Ctrl-C; a second time for wsgiref, which takes the first for an error of a request that it serves."""
        self.process.send_signal(signal.SIGINT)
        if self.swallows_ctrl_c:
            with suppress(subprocess.TimeoutExpired):
                return self.process.wait(1)
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)

    def end(self) -> None:
        status = self.interrupt()
        self.reader.join(PATIENCE)
        self.output.close()
        self.error_output.close()
        assert status in (0, 130, -signal.SIGINT)  # the last one is 130 in a shell
        if not self.swallows_ctrl_c:
            assert "KeyboardInterrupt" not in "".join(self.errors)


Start: TypeAlias = Callable[[str], Program]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a program by its name; all end when the test does."""
    with ExitStack() as programs:

        def started(name: str) -> Program:
            program = Program(name)
            programs.callback(program.end)
            return program

        yield started
