"""The launcher: it starts a server from a command, waits until it listens, restarts it and ends it."""

import errno
import os
import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import RLock
from typing import Self

from http_contract.client.server import Crash, Server
from http_contract.client.transport import ConnectionFailed
from http_contract.errors import CannotJudge
from http_contract.http.params import Params
from http_contract.sandbox.bubblewrap import Launch
from http_contract.sandbox.output import MAX_STORED, ShowLine, ignore_line
from http_contract.sandbox.ports import HOST, free_port, is_free, is_taken, listens
from http_contract.sandbox.process import ProcessGroup, exit_of
from http_contract.sandbox.supervisor import End, Limits, end_of

MAX_STARTUP = 30.0  # seconds for a server that uses CPU until it listens: it compiles or imports
MAX_IDLE = 2.5  # seconds without CPU use after which a server is not expected to listen any more
BUSY_SHARE = 0.02  # of the time: a server that uses less CPU is idle
CPU_INTERVAL = 0.25  # seconds between two readings of a server's CPU time
LISTEN_INTERVAL = 0.01  # seconds between two checks whether a server listens
MAX_PORT_WAIT = 61.0  # seconds in total to wait for a fixed port that closed connections occupy
PORT_INTERVAL = 0.05  # seconds between two checks of such a port
TAIL = 2000  # characters of the server's output in a failure
NO_PROGRAM = (errno.ENOENT, errno.EACCES, errno.ENOTDIR)
LIMITS = Limits()

Isolation = Callable[[Sequence[str], Path, Mapping[str, str]], Launch]
"""A function that returns how to run a command isolated in a folder, with the variables that it needs."""


def no_isolation(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Launch:
    """Return the command and its environment as they are."""
    return Launch(command, environment)


class NotStarted(ConnectionFailed):
    """The server did not start. The parameters contain the command and the end of the output."""


class LocalTarget:
    """A target that the judge starts: a command, run under a supervisor, and its server.

    Several threads may use it. If a rule has ended the server, the next call of `running` starts it on another port:
    whether the server can use the same port again is a rule of its own, and must not affect the other rules. A server
    that exceeded a limit is not started again.
    """

    def __init__(
        self,
        command: str,
        seed: int = 0,
        *,
        port: int | None = None,  # the only port that the server can use
        folder: Path | None = None,  # the current folder of the command
        limits: Limits = LIMITS,
        isolation: Isolation = no_isolation,
        show: ShowLine = ignore_line,  # gets each line of the server's output
        start_within: float | None = None,  # seconds; None: as long as the server uses CPU
    ) -> None:
        self.command = command
        self.server = Server(HOST, port or 0, seed=seed, restart=self.restart, is_fixed=port is not None)
        self._fixed_port = port
        self._folder = folder or Path.cwd()
        self._limits, self._isolation, self._show, self._start_within = limits, isolation, show, start_within
        self._group: ProcessGroup | None = None
        self._failure: ConnectionFailed | None = None
        self._earlier_output = ""
        self._port_wait = MAX_PORT_WAIT
        self._lock = RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def output(self) -> str:
        """The end of the server's output, over all starts."""
        return (self._earlier_output + (self._group.output if self._group else ""))[-MAX_STORED:]

    @property
    def violation(self) -> ConnectionFailed | None:
        """The limit that the server exceeded, after which it is not started again, or None."""
        end = self._group and self._group.end
        return ConnectionFailed("limit", Params(limit=end.limit, value=end.value)) if end and end.limit else None

    @property
    def child_faults(self) -> Mapping[int, int]:
        """The signals of faults that ended child processes of the server, by process id, as far as they are known."""
        return self._group.child_faults if self._group else {}

    def crash(self) -> Crash | None:
        """Return how the server ended by itself since its last start, or None."""
        return self._group.crash if self._group else None

    def running(self) -> Server:
        """Return the running server; start it if it does not run.

        ConnectionFailed if it cannot be started or exceeded a limit, and from then on at each call. CannotJudge if
        another program uses its fixed port, or if the command is not valid.
        """
        with self._lock:
            if violation := self.violation:
                raise violation
            if self._failure:
                raise self._failure
            if not (self._group and self._group.is_running):
                self._replace_server()
            return self.server

    def restart(self) -> None:
        """Stop the server and start it on the same port. NotStarted if that fails."""
        with self._lock:
            self.stop()
            self._start()

    def stop(self) -> None:
        """End the server and all processes that it started."""
        with self._lock:
            if self._group:
                self._group.stop()

    def close(self) -> None:
        """Stop the server for good: another thread that still judges cannot start it again."""
        with self._lock:
            self._failure = ConnectionFailed("judging-ended")
            self.stop()

    def _replace_server(self) -> None:
        self.stop()
        self.server = replace(self.server, port=self._choose_port(), connections=[])
        try:
            self._start_with_retry()
        except ConnectionFailed as failure:
            self._failure = failure
            raise

    def _choose_port(self) -> int:
        if self._fixed_port and is_taken(self._fixed_port):
            raise CannotJudge(f"port {self._fixed_port} is taken already: stop what listens there")
        return self._fixed_port or free_port()

    def _start_with_retry(self) -> None:
        """Start the server; if its port was in use, start it once more."""
        try:
            self._start()
        except ConnectionFailed:
            if not self._recover_port():
                raise
            self._start()

    def _recover_port(self) -> bool:
        """Return whether the server could not have its port, and a second start can.

        Connections that were closed just now may occupy a fixed port; this waits for it. Any other port may have been
        chosen by another program at the same time; the server gets another one.
        """
        if not self._fixed_port:
            taken = not is_free(self.server.port)
            self.server = replace(self.server, port=free_port())
            return taken
        if is_free(self._fixed_port):
            return False
        self._port_wait -= wait_until_free(self._fixed_port, self._port_wait)
        return True

    def _start(self) -> None:
        """Start the command and return when its server listens. NotStarted if it ends instead, or takes too long."""
        self._earlier_output = self.output
        self._group = self._spawn()
        startup = Startup(self._group, self.server, self._start_within)
        if failure := startup.failure():
            self.stop()
            code, params = failure
            output = self._group.output[-TAIL:].rstrip()
            busy = Params() if is_free(self.server.port) else Params(busy=True)
            raise NotStarted(code, params.with_(command=self.command, output=output, **busy))

    def _spawn(self) -> ProcessGroup:
        command = arguments_of(self.command, self.server.port)
        if not self._folder.is_dir():
            raise NotStarted("folder-gone", Params(command=self.command))
        try:
            launch = self._isolation(command, self._folder, {**os.environ, "PORT": str(self.server.port)})
        except OSError as error:
            code, params = reason_of(end_of(error))
            raise NotStarted(code, params.with_(command=self.command)) from error
        return ProcessGroup(launch.command, self._folder, launch.environment, self._limits, self._show, launch.watch)


def arguments_of(command: str, port: int) -> list[str]:
    """Return a command line as a program and its arguments, with the port for `{port}`.

    CannotJudge where the command is empty or a quotation in it has no end.
    """
    try:
        found = shlex.split(command.replace("{port}", str(port)))
    except ValueError as error:
        raise CannotJudge(f"{command!r} is not a valid command: {error}") from error
    if not found:
        raise CannotJudge("the command is empty")
    return found


@dataclass
class Startup:
    """The time from the start of a server until it listens or is given up."""

    group: ProcessGroup
    server: Server
    within: float | None = None  # seconds; None: as long as the server uses CPU
    began: float = field(default_factory=time.monotonic)
    checked: float = field(init=False)  # when `cpu` was read
    cpu: float = field(default=0.0, init=False)  # seconds
    idle: float = field(default=0.0, init=False)  # seconds

    def __post_init__(self) -> None:
        self.checked = self.began

    def failure(self) -> tuple[str, Params] | None:
        """Wait until the server listens, and return None, or a code and its parameters for why it does not."""
        while not listens(self.server):
            if end := self.group.end:
                return reason_of(end)
            if self._is_late(time.monotonic()):
                silence = self._silence()
                if not listens(self.server):  # it may listen by now: reading its ports takes time
                    return silence
            time.sleep(LISTEN_INTERVAL)
        return None

    def _silence(self) -> tuple[str, Params]:
        port, others = self.server.port, self.group.ports
        if port in others:
            return "start-other-address", Params(port=port, host=HOST)
        if others:
            return "start-other-port", Params(port=port, ports=others)
        return ("start-not-yet" if self.within is None else "start-late"), Params(port=port)

    def _is_late(self, now: float) -> bool:
        if self.within is not None:
            return now - self.began > self.within
        return now - self.began > MAX_STARTUP or self._idle(now) > MAX_IDLE

    def _idle(self, now: float) -> float:
        """Return the seconds since the server last used CPU.

        One interval adds at most CPU_INTERVAL, however long it was: the judge itself, and the server with it, may have
        been stopped meanwhile.
        """
        if now - self.checked > CPU_INTERVAL:
            cpu = self.group.cpu
            is_busy = cpu - self.cpu > BUSY_SHARE * (now - self.checked)
            self.idle = 0.0 if is_busy else self.idle + CPU_INTERVAL
            self.cpu, self.checked = cpu, now
        return self.idle


def reason_of(end: End) -> tuple[str, Params]:
    """Return a code and its parameters for a start that ended so."""
    if end.errno:
        return ("no-such-program" if end.errno in NO_PROGRAM else "cannot-run"), Params(reason=end.error)
    if end.limit:
        return "start-limit", Params(limit=end.limit, value=end.value)
    kind, number = exit_of(end.status)
    return "start-ended", Params(kind=kind, number=number)


def wait_until_free(port: int, limit: float) -> float:
    """Wait until a port is free, at most `limit` seconds; return the seconds that it took."""
    began = time.monotonic()
    while not is_free(port) and time.monotonic() - began < limit:
        time.sleep(PORT_INTERVAL)
    return time.monotonic() - began
