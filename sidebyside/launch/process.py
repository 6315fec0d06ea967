"""A server as a child process: its output, its exit status, and its end together with all processes that it started."""

import ctypes
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from types import MappingProxyType
from typing import Any

from http_contract.client.server import Server
from http_contract.sandbox.ports import listens
from sidebyside.checkout import ROOT, environment, python
from sidebyside.launch.services import HOST, ServerSpec

GRACE = 1.0  # seconds between SIGTERM and SIGKILL
READ_SIZE = 64 * 1024  # octets; a longer line is split
LAST_LINES = 60  # of its output that are kept: enough for a traceback
PR_SET_PDEATHSIG = 1
OUTPUT = {"PYTHONUNBUFFERED": "1", "DJANGO_RUNSERVER_HIDE_WARNING": "true"}
NO_CACHE = {"PYTHONDONTWRITEBYTECODE": "1"}  # Python would confuse two edits of one size within one second


def spawn(
    command: Sequence[str], variables: Mapping[str, str] = MappingProxyType({}), **options: Any
) -> subprocess.Popen[bytes]:
    """Start a command in the checkout's folder, whatever the current folder is; the kernel ends it with its parent.

    Some servers import from the folder they run in: gunicorn, flask and uvicorn do, whatever Python's options say.
    """
    with_parent = end_with_parent if sys.platform == "linux" else None
    return subprocess.Popen(
        command, cwd=ROOT, env={**environment(), **OUTPUT, **variables}, preexec_fn=with_parent, **options
    )


def end_with_parent() -> None:
    """Ask the kernel to end this process when its parent is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class ServerProcess:
    """One server, in a session of its own: Ctrl-C in the terminal reaches only us, and we stop the server in order."""

    def __init__(self, spec: ServerSpec) -> None:
        self.spec = spec
        self._start({})

    def start_again(self) -> None:
        """Start it once more, after it was stopped, with its sources as they are now."""
        self._start(NO_CACHE)

    def _start(self, variables: Mapping[str, str]) -> None:
        self.failure = ""  # why it has not started again
        self.last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._unfinished = b""
        self._process = spawn(
            python(*self.spec.command),
            variables,
            bufsize=0,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self.output = self._process.stdout
        self.has_closed_output = False
        os.set_blocking(self.output.fileno(), False)

    @property
    def exit_status(self) -> int | None:
        """None while it runs; negative if a signal ended it."""
        return self._process.poll()

    @property
    def group(self) -> int:
        """The process group of the server and of all processes that it started."""
        return self._process.pid

    @property
    def listens(self) -> bool:
        return listens(Server(HOST, self.spec.port))

    def read(self) -> list[str] | None:
        """Return the lines that it has written since the last call, None at the end of its output."""
        data = self.output.read(READ_SIZE)
        if data == b"":
            self.has_closed_output = True
            return None
        *lines, self._unfinished = (self._unfinished + (data or b"")).split(b"\n")
        if len(self._unfinished) > READ_SIZE:
            lines, self._unfinished = [*lines, self._unfinished], b""
        texts = [line.decode(errors="backslashreplace").rstrip("\r") for line in lines]
        self.last_lines.extend(texts)
        return texts

    def read_to_the_end(self) -> None:
        """Read the rest of its output, including an unfinished line."""
        while self.read():
            pass
        if self._unfinished:
            self.last_lines.append(self._unfinished.decode(errors="backslashreplace"))
            self._unfinished = b""

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the server and to all processes that it started."""
        with suppress(ProcessLookupError, PermissionError):  # macOS raises the latter for zombies
            os.killpg(self.group, number)

    def wait(self, deadline: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, deadline - monotonic()))

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self._process.wait()
        self.output.close()


def stop(processes: Iterable[ServerProcess]) -> None:
    """Stop all at once: by SIGTERM, and by SIGKILL if that does not help in time."""
    deadline = monotonic() + GRACE
    for process in processes:
        process.signal(signal.SIGTERM)
    for process in processes:
        process.wait(deadline)
    for process in processes:
        process.kill()
