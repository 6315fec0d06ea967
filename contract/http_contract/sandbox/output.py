"""The end of what a submission writes, however much that is, and its lines as they come."""

import os
import re
import time
from collections.abc import Callable, Iterator
from threading import Lock, Thread
from typing import IO

KEPT = 64 * 1024  # octets
READ = 64 * 1024  # octets at a time: as much as a pipe holds
PAUSE = 0.001  # seconds after a pipe that was full, so that a flood costs little
LINE = 1000  # octets of a line that are shown at a time
LINES = 2000  # that are shown
MORE = "... and so on: more than is shown"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

Show = Callable[[str], None]
"""Takes one line at a time, without its end, control characters made visible."""


def unshown(line: str) -> None:
    """Show nothing."""


class Output:
    """What comes out of a pipe up to its end, taken by a thread, so that whoever writes need not wait."""

    def __init__(self, pipe: IO[bytes], show: Show = unshown) -> None:
        self._pipe = pipe
        self._show = show
        self._kept = bytearray()
        self._line = bytearray()
        self._lines = 0
        self._lock = Lock()
        self._thread = Thread(target=self._drain, daemon=True)
        self._thread.start()

    @property
    def text(self) -> str:
        """The end of what has come so far."""
        with self._lock:
            return self._kept.decode("utf-8", "replace")

    def wait(self, seconds: float) -> None:
        """Wait for the end of it, though not longer than that."""
        self._thread.join(seconds)

    def _drain(self) -> None:
        with self._pipe:
            while data := os.read(self._pipe.fileno(), READ):
                self._take(data)
                if len(data) == READ:
                    time.sleep(PAUSE)
        self._tell(b"\n" if self._line else b"")

    def _take(self, data: bytes) -> None:
        with self._lock:
            self._kept += data
            del self._kept[:-KEPT]
        self._tell(data)

    def _tell(self, data: bytes) -> None:
        """Show the lines that are whole by now; after the last one to show, that there are more."""
        if self._lines > LINES:
            return
        self._line += data
        for line in whole_lines(self._line):
            if self._lines <= LINES:
                self._show(shown(line) if self._lines < LINES else MORE)
            self._lines += 1


def whole_lines(data: bytearray) -> Iterator[bytes]:
    """Take lines from the front, without their ends, as long as they are whole; a long one in parts."""
    while (end := data.find(b"\n", 0, LINE + 1)) >= 0 or len(data) > LINE:
        yield bytes(data[: LINE if end < 0 else end])
        del data[: LINE if end < 0 else end + 1]


def shown(line: bytes) -> str:
    """Return a line as text that does nothing to a terminal."""
    return harmless(line.decode("utf-8", "replace").removesuffix("\r"))


def harmless(text: str) -> str:
    """Return text with its control characters made visible, but for tabs and ends of lines."""
    return CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
