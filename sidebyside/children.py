"""A server as a child process: started, listened to, asked whether it listens, ended with all that it started."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from time import monotonic

from sidebyside.services import ENVIRONMENT, HOST, Job

GRACE = 1.0  # seconds to end after SIGTERM, before SIGKILL
READ_SIZE = 64 * 1024  # octets; a line that is longer is taken apart
LAST_WORDS = 10  # lines
PR_SET_PDEATHSIG = 1


class Child:
    """One server, in a session of its own: Ctrl-C in the terminal reaches only us, and we end it in order."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self._unfinished = b""
        self._process = subprocess.Popen(
            [sys.executable, "-m", *job.command],
            bufsize=0,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **ENVIRONMENT},
            start_new_session=True,
            preexec_fn=end_with_parent if sys.platform == "linux" else None,
        )
        assert self._process.stdout is not None
        self.output = self._process.stdout
        os.set_blocking(self.output.fileno(), False)

    @property
    def exit_status(self) -> int | None:
        """None while it runs; negative where a signal has ended it."""
        return self._process.poll()

    @property
    def group(self) -> int:
        """The process group of the server and of all that it started."""
        return self._process.pid

    def read(self) -> list[str] | None:
        """Return the lines that it has written since the last time, None once there will be no more."""
        data = self.output.read(READ_SIZE)
        if data == b"":
            return None
        *lines, self._unfinished = (self._unfinished + (data or b"")).split(b"\n")
        if len(self._unfinished) > READ_SIZE:
            lines, self._unfinished = [*lines, self._unfinished], b""
        texts = [line.decode(errors="backslashreplace").rstrip("\r") for line in lines]
        self.last_words.extend(texts)
        return texts

    def read_to_the_end(self) -> None:
        """Take in what is left of its output, an unfinished line too."""
        while self.read():
            pass
        if self._unfinished:
            self.last_words.append(self._unfinished.decode(errors="backslashreplace"))

    def listens(self) -> bool:
        with socket.socket() as probe:
            # A free port can connect to itself, by chance.
            return probe.connect_ex((HOST, self.job.port)) == 0 and probe.getsockname()[1] != self.job.port

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the server and to all that it started."""
        with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of zombies
            os.killpg(self.group, number)

    def wait(self, deadline: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, deadline - monotonic()))

    def close(self) -> None:
        self.signal(signal.SIGKILL)
        self._process.wait()
        self.output.close()


def end_with_parent() -> None:
    """Have the kernel end this process when its parent is killed and cannot."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def ending(status: int) -> str:
    """Say how a process has ended."""
    return f"exit status {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"


def end(children: Iterable[Child]) -> None:
    """End all at once, by force where asking does not help in time."""
    deadline = monotonic() + GRACE
    for child in children:
        child.signal(signal.SIGTERM)
    for child in children:
        child.wait(deadline)
    for child in children:
        child.close()
