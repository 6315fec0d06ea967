"""The output of a submission: the end of it is stored, and its lines are shown as they come."""

import os
import time
from collections.abc import Callable, Iterator
from threading import Lock, Thread
from typing import IO

from http_contract.escaping import escape_controls

MAX_STORED = 64 * 1024  # octets
READ_SIZE = 64 * 1024  # octets, as many as a pipe contains
PAUSE = 0.001  # seconds after a full pipe, so that endless output costs little CPU time
MAX_LINE = 1000  # octets; a longer line is shown in parts
MAX_LINES = 2000  # lines that are shown
TRUNCATED = "... and so on: more than is shown"

ShowLine = Callable[[str], None]
"""A function that shows one line, which has no line end and no control characters."""


def ignore_line(line: str) -> None:
    """Show nothing."""


class Output:
    """The output that comes through a pipe. A thread reads it to the end, so that the writer never waits."""

    def __init__(self, pipe: IO[bytes], show: ShowLine = ignore_line) -> None:
        self._pipe = pipe
        self._show = show
        self._stored = bytearray()
        self._unfinished_line = bytearray()
        self._line_count = 0
        self._lock = Lock()
        self._thread = Thread(target=self._read_all, daemon=True)
        self._thread.start()

    @property
    def text(self) -> str:
        """The last MAX_STORED octets of the output so far."""
        with self._lock:
            return self._stored.decode("utf-8", "replace")

    def wait(self, seconds: float) -> None:
        """Wait for the end of the output, at most for this time."""
        self._thread.join(seconds)

    def _read_all(self) -> None:
        with self._pipe:
            while data := os.read(self._pipe.fileno(), READ_SIZE):
                self._store(data)
                self._show_lines(data)
                if len(data) == READ_SIZE:
                    time.sleep(PAUSE)
        self._show_lines(b"\n" if self._unfinished_line else b"")

    def _store(self, data: bytes) -> None:
        with self._lock:
            self._stored += data
            del self._stored[:-MAX_STORED]

    def _show_lines(self, data: bytes) -> None:
        """Show the lines that are complete now. The line after the last one that is shown is TRUNCATED."""
        if self._line_count > MAX_LINES:
            return
        self._unfinished_line += data
        for line in complete_lines(self._unfinished_line):
            if self._line_count <= MAX_LINES:
                self._show(decoded(line) if self._line_count < MAX_LINES else TRUNCATED)
            self._line_count += 1


def complete_lines(data: bytearray) -> Iterator[bytes]:
    """Remove the complete lines from the front of the data, and yield them without their line feeds.

    A line that is longer than MAX_LINE is yielded in parts.
    """
    while (end := data.find(b"\n", 0, MAX_LINE + 1)) >= 0 or len(data) > MAX_LINE:
        yield bytes(data[: MAX_LINE if end < 0 else end])
        del data[: MAX_LINE if end < 0 else end + 1]


def decoded(line: bytes) -> str:
    return escape_controls(line.decode("utf-8", "replace").removesuffix("\r"))
