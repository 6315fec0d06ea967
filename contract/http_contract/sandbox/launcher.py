"""A server that the judge starts by a command: started, waited for, ended, and started again where a rule ended it."""

import errno
import os
import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import RLock
from typing import Self

from http_contract.client.server import Crash, Server
from http_contract.client.transport import ConnectionFailed
from http_contract.errors import CannotJudge
from http_contract.http.params import Params
from http_contract.sandbox.output import KEPT, Show, unshown
from http_contract.sandbox.ports import HOST, free_port, is_free, is_taken, listens
from http_contract.sandbox.process import ProcessGroup, exit_of
from http_contract.sandbox.supervisor import End, Limits

LONGEST = 30.0  # seconds for a server that is at work, compiling or importing; none that listens is waited for
IDLE = 2.5  # seconds without work after which it never will listen
WORK = 0.02  # of the time: who computes less than that is not at work
WORK_LOOK = 0.25  # seconds between looks at its work
NO_PROGRAM = (errno.ENOENT, errno.EACCES, errno.ENOTDIR)
LISTEN = 0.01  # seconds between looks whether it listens


class NotStarted(ConnectionFailed):
    """The server did not start; the command and the end of its output are among the parameters."""


@dataclass
class Start:
    """One start of a server, up to the moment in which it listens, or never will."""

    group: ProcessGroup
    server: Server
    within: float | None = None  # seconds; None where it depends on whether it is at work
    began: float = field(default_factory=time.monotonic)
    looked: float = field(init=False)
    cpu: float = field(default=0.0, init=False)  # seconds
    idle: float = field(default=0.0, init=False)  # seconds

    def __post_init__(self) -> None:
        self.looked = self.began

    def failure(self) -> tuple[str, Params] | None:
        """Wait until it listens, or never will; return a code and its parameters for why it does not."""
        while not listens(self.server):
            if end := self.group.end:
                return why_not(end)
            if self._is_late(time.monotonic()):
                silence = self._silence()
                if not listens(self.server):  # it may have begun to, while the judge stood, or looked up its ports
                    return silence
            time.sleep(LISTEN)
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
        return now - self.began > LONGEST or self._idle(now) > IDLE

    def _idle(self, now: float) -> float:
        """Return for how long it has not been at work; where the judge itself stood for a while, one look."""
        if now - self.looked > WORK_LOOK:
            cpu = self.group.cpu
            self.idle = 0.0 if cpu - self.cpu > WORK * (now - self.looked) else self.idle + WORK_LOOK
            self.cpu, self.looked = cpu, now
        return self.idle


def why_not(end: End) -> tuple[str, Params]:
    """Return the code and parameters for a start that ended so."""
    if end.errno:
        return ("no-such-program" if end.errno in NO_PROGRAM else "cannot-run"), Params(reason=end.error)
    if end.limit:
        return "start-limit", Params(limit=end.limit, value=end.value)
    kind, number = exit_of(end.status)
    return "start-ended", Params(kind=kind, number=number)


LINGER = 61.0  # seconds in all to wait for a fixed port that connections just closed keep from a server
PORT_LOOK = 0.05  # seconds between looks at such a port
TAIL = 2000  # characters of the server's output that a failure to start has
LIMITS = Limits()

Isolation = Callable[[Sequence[str], Path], Sequence[str]]
"""Makes of a command, and the folder to run it in, a command that runs it apart from the rest of the machine."""


def none(command: Sequence[str], folder: Path) -> Sequence[str]:
    return command


class LocalTarget:
    """One command, run under a supervisor, and the server that comes of it. Several threads may use it.

    A server that a rule has killed is started again on another port: whether it can have the old one again is a
    rule of its own, and must not decide all the others. One that has exceeded a limit is not started again.
    """

    def __init__(
        self,
        command: str,
        seed: int = 0,
        *,
        port: int | None = None,  # where the server takes no other
        folder: Path | None = None,  # to run in
        limits: Limits = LIMITS,
        isolation: Isolation = none,
        show: Show = unshown,  # takes each line that the server writes
        start_within: float | None = None,  # seconds; None for as long as it is at work
    ) -> None:
        self.command = command
        self.server = Server(HOST, port or 0, seed=seed, restart=self.restart)
        self._fixed_port = port
        self._folder = folder or Path.cwd()
        self._limits, self._isolation, self._show, self._within = limits, isolation, show, start_within
        self._group: ProcessGroup | None = None
        self._failure: ConnectionFailed | None = None
        self._earlier_output = ""
        self._linger = LINGER
        self._lock = RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def output(self) -> str:
        """The end of what the server has written, in all its lives."""
        return (self._earlier_output + (self._group.output if self._group else ""))[-KEPT:]

    @property
    def violation(self) -> ConnectionFailed | None:
        """The limit that the server has exceeded, after which it is not started again; None where it exceeded none."""
        end = self._group and self._group.end
        return ConnectionFailed("limit", Params(limit=end.limit, value=end.value)) if end and end.limit else None

    def crash(self) -> Crash | None:
        """Tell how the server has ended by itself since it was last started, if it has."""
        return self._group.crash if self._group else None

    def running(self) -> Server:
        """Return the server as it runs now, started if it does not. NotStarted for good where it can't be started."""
        with self._lock:
            if violation := self.violation:
                raise violation
            if self._failure:
                raise self._failure
            if not (self._group and self._group.runs):
                self._start_anew()
            return self.server

    def restart(self) -> None:
        """Stop the server and start it on the same port. NotStarted where that fails."""
        with self._lock:
            self.stop()
            self._start()

    def stop(self) -> None:
        """End the server and all that came of it."""
        with self._lock:
            if self._group:
                self._group.stop()

    def close(self) -> None:
        """End it for good: another thread that still judges must not start it again."""
        with self._lock:
            self._failure = ConnectionFailed("judging-ended")
            self.stop()

    def _start_anew(self) -> None:
        self.stop()
        self.server = replace(self.server, port=self._port(), known={}, connections=[])
        try:
            self._start_once_or_twice()
        except ConnectionFailed as failure:
            self._failure = failure
            raise

    def _port(self) -> int:
        if self._fixed_port and is_taken(self._fixed_port):
            raise CannotJudge(f"port {self._fixed_port} is taken already: stop what listens there")
        return self._fixed_port or free_port()

    def _start_once_or_twice(self) -> None:
        """Start it; if something else kept it from its port, once more."""
        try:
            self._start()
        except ConnectionFailed:
            if not self._has_port_now():
                raise
            self._start()

    def _has_port_now(self) -> bool:
        """Tell whether something kept the server from its port, having made up for that.

        A fixed port may be kept by connections just closed; any other, by who has chosen the same one meanwhile.
        """
        if not self._fixed_port:
            taken = is_taken(self.server.port)
            self.server = replace(self.server, port=free_port())
            return taken
        if is_free(self._fixed_port):
            return False
        self._linger -= wait_until_free(self._fixed_port, self._linger)
        return True

    def _start(self) -> None:
        """Return when the server listens. NotStarted where it ends instead, or takes too long."""
        self._earlier_output = self.output
        self._group = self._spawned()
        start = Start(self._group, self.server, self._within)
        if failure := start.failure():
            self.stop()
            code, params = failure
            output = self._group.output[-TAIL:].rstrip()
            raise NotStarted(code, params.with_(command=self.command, output=output))

    def _spawned(self) -> ProcessGroup:
        command = self._isolation(words(self.command, self.server.port), self._folder)
        environment = {**os.environ, "PORT": str(self.server.port)}
        if not self._folder.is_dir():
            raise NotStarted("folder-gone", Params(command=self.command))
        return ProcessGroup(command, self._folder, environment, self._limits, self._show)


def words(command: str, port: int) -> list[str]:
    """Return the program to run and its arguments."""
    try:
        found = shlex.split(command.replace("{port}", str(port)))
    except ValueError as error:
        raise CannotJudge(f"{command!r} is no command: {error}") from error
    if not found:
        raise CannotJudge("the command is empty")
    return found


def wait_until_free(port: int, most: float) -> float:
    """Wait until nothing keeps the port, though not longer than that; return the seconds that it took."""
    began = time.monotonic()
    while not is_free(port) and time.monotonic() - began < most:
        time.sleep(PORT_LOOK)
    return time.monotonic() - began
