"""One run of a submission's command: started under the supervisor, watched, and ended with all its processes."""

import json
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from select import select
from threading import Lock
from typing import Any

import psutil

from http_contract.client.server import Crash, ExitKind
from http_contract.sandbox import control_group, supervisor
from http_contract.sandbox.children import faults_below
from http_contract.sandbox.output import Output, ShowLine
from http_contract.sandbox.supervisor import End, Limits, Watch

MARK = "CONTRACT_RUN"  # a variable in the environment of all processes of a run; some may have left the supervisor
STOP_TIMEOUT = supervisor.TERM_GRACE + supervisor.KILL_GRACE + 2.0  # seconds for the supervisor to end all processes
OUTPUT_TIMEOUT = 1.0  # seconds for the rest of the output once all processes have ended
UNWATCHED = End(limit="watched")


class ProcessGroup:
    """A command that runs, or ran, and all processes that it started."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path | None,
        environment: Mapping[str, str],
        limits: Limits,
        show: ShowLine,
        watch: Watch = supervisor.NOTHING,
    ) -> None:
        self._mark = secrets.token_hex(8)
        self._lock = Lock()
        self._is_stopped = False
        self._end: End | None = None
        self._limits = limits
        self._control_group = control_group.create(limits.memory) if watch.folder else None
        if self._control_group:
            watch = replace(watch, control_group=str(self._control_group.processes))
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", supervisor.__file__, *map(as_json, (limits, watch)), *command],
                env={**environment, MARK: self._mark},
                cwd=folder,
                stdin=theirs.fileno(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        assert self._process.stdout
        self._output = Output(self._process.stdout, show)

    @property
    def output(self) -> str:
        """The end of its output."""
        return self._output.text

    @property
    def end(self) -> End | None:
        """How it ended, or None while it runs and where `stop` ended it."""
        with self._lock:
            self._receive_end()
            return self._end

    @property
    def crash(self) -> Crash | None:
        """How it ended by itself, with its output, or None."""
        end = self.end
        if end is None or end.errno or end.limit:
            return None
        self._output.wait(OUTPUT_TIMEOUT)
        return Crash(*exit_of(end.status), self.output)

    @property
    def is_running(self) -> bool:
        return not self._is_stopped and self.end is None

    @property
    def ports(self) -> list[int]:
        """The TCP ports on which its processes listen."""
        return sorted(set(self._listening_ports()))

    @property
    def child_faults(self) -> dict[int, int]:
        """The signals of faults that ended child processes of the command; see sandbox/children.py."""
        return faults_below(self._process.pid)

    @property
    def cpu(self) -> float:
        """The seconds of CPU time that its processes have used."""
        with suppress(psutil.NoSuchProcess):
            return supervisor.cpu_time(psutil.Process(self._process.pid))
        return 0.0  # the supervisor has just ended

    def stop(self) -> None:
        """End all its processes, first by SIGTERM, then by SIGKILL, and read the rest of their output."""
        with self._lock:
            self._receive_end()
            self._is_stopped = True
            self._channel.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_TIMEOUT)
        self._process.kill()
        self._process.wait()
        kill_marked(self._mark)
        if self._control_group:
            self._control_group.remove()
        self._output.wait(OUTPUT_TIMEOUT)

    def _receive_end(self) -> None:
        if self._end or self._is_stopped:
            return
        if select([self._channel], [], [], 0)[0]:
            self._end = end_from(self._channel.recv(4096))
        if self._control_group and self._control_group.is_exceeded:
            self._end = End(limit="memory", value=self._limits.memory)

    def _listening_ports(self) -> Iterator[int]:
        with suppress(psutil.Error):
            for process in supervisor.descendants(psutil.Process(self._process.pid)):
                for connection in process.net_connections("tcp"):
                    if connection.status == psutil.CONN_LISTEN:
                        yield connection.laddr.port


def as_json(arguments: Any) -> str:
    return json.dumps(asdict(arguments))


def end_from(line: bytes) -> End:
    """Return the end that the supervisor reports; it reports nothing only where it was killed."""
    return End(**json.loads(line)) if line else UNWATCHED


def exit_of(status: int) -> tuple[ExitKind, int]:
    """Return kind and number of a status as subprocess has it."""
    return ("exit", status) if status >= 0 else ("signal", -status)


def kill_marked(mark: str) -> None:
    """Kill all processes that have the mark of a run in their environment."""
    for process in psutil.process_iter(["environ"]):
        if (process.info["environ"] or {}).get(MARK) == mark:
            with suppress(psutil.Error):
                process.kill()
