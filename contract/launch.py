"""A server that the judge starts itself: its command, its port, its process group."""

import os
import shlex
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress

from contract.client import Connection
from contract.conversation import Broken, broken
from contract.requests import get
from contract.server import Server

HOST = "127.0.0.1"
START = 15.0  # seconds for the first start, with imports to compile and caches to fill
RESTART = 2.0  # seconds for another start, or twice what the first one took
STOP = 2.0  # seconds to end after SIGTERM
LOOK = 0.02  # seconds between looks at a process that is about to start or to end
TAIL = 2000  # characters of the server's output that a complaint shows


class Launched:
    """One command, run in a process group of its own.

    A server that a rule has killed is started anew on another port: whether the old one can be had again is a
    rule of its own, and must not decide all the others.
    """

    def __init__(self, command: str, seed: int = 0) -> None:
        self.command = command
        self.seed = seed
        self.server = Server(HOST, 0)
        self._failure: Broken | None = None
        self._output = tempfile.TemporaryFile()  # noqa: SIM115
        self._process: subprocess.Popen[bytes] | None = None
        self._took = 0.0

    @property
    def output(self) -> str:
        """Return the end of what the server has written."""
        size = self._output.seek(0, os.SEEK_END)
        self._output.seek(max(0, size - TAIL))
        return self._output.read().decode("utf-8", "replace")

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def running(self) -> Server:
        """Return the server as it runs now, started if it does not. Broken for good where it can't be started."""
        if self._failure:
            raise self._failure
        if not self.runs:
            self.stop()
            self.server = Server(HOST, free_port(), seed=self.seed, restart=self.restart)
            self._start_first()
        return self.server

    def restart(self) -> None:
        """Stop the server and start it on the same port. Broken where that fails."""
        patience = max(RESTART, 2 * self._took)
        self.stop()
        self._start(patience)

    def _start_first(self) -> None:
        try:
            self._start(START)
        except Broken as failure:
            self._failure = failure
            raise

    def _start(self, patience: float) -> None:
        """Return when the server listens. Broken where it ends instead, or takes too long."""
        began = time.monotonic()
        self._process = self._spawn()
        while not self._listens():
            if not self.runs or time.monotonic() - began > patience:
                why = "it runs, but does not listen" if self.runs else "it has ended"
                self.stop()
                raise broken(f"{self.command!r} did not start on port {self.server.port}: {why}\n{self.output}")
            time.sleep(LOOK)
        self._took = time.monotonic() - began

    def stop(self) -> None:
        """End the process and all that it started."""
        if self._process is None:
            return
        self._signal(self._process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP)
        self._signal(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
        self._wait_until_free()

    def _wait_until_free(self) -> None:
        """Wait for the killed ones of the group, which are not ours to wait for, to leave the port."""
        deadline = time.monotonic() + STOP
        while takes_connections(self.server.port) and time.monotonic() < deadline:
            time.sleep(LOOK)

    def close(self) -> None:
        self.stop()
        self._output.close()

    def _spawn(self) -> subprocess.Popen[bytes]:
        arguments = shlex.split(self.command.replace("{port}", str(self.server.port)))
        try:
            return subprocess.Popen(
                arguments,
                env={**os.environ, "PORT": str(self.server.port)},
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=self._output,
                start_new_session=True,
            )
        except OSError as error:
            raise broken(f"{self.command!r} did not start: {error.strerror}") from error

    def _listens(self) -> bool:
        """Tell whether the port takes connections, by a whole request: an empty one kills some servers."""
        try:
            with Connection(self.server.address, self.server.authority, self.server.timeout) as connection:
                connection.send(get("/"))
                connection.answer()
        except Broken as found:
            return found.complaints[0].heard is not None
        return True

    @staticmethod
    def _signal(group: int, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(group, number)


def takes_connections(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
