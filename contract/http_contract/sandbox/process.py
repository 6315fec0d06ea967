"""One run of a submission's command: started under a supervisor, heard, and ended with all that came of it."""

import json
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from select import select
from threading import Lock

import psutil

from http_contract.client.server import Crash, ExitKind
from http_contract.sandbox import supervisor
from http_contract.sandbox.output import Output, Show
from http_contract.sandbox.supervisor import End, Limits

MARK = "CONTRACT_RUN"  # in the environment of all that comes of a run: some of it may have escaped the supervisor
GONE = supervisor.STOP + supervisor.KILL + 2.0  # seconds for a supervisor to end all, and itself
LAST_WORDS = 1.0  # seconds for the rest of the output, once all has ended
UNWATCHED = End(limit="watched")


class ProcessGroup:
    """A command that runs, or ran, and all that came of it."""

    def __init__(
        self, command: Sequence[str], folder: Path | None, environment: Mapping[str, str], limits: Limits, show: Show
    ) -> None:
        self._mark = secrets.token_hex(8)
        self._lock = Lock()
        self._stopped = False
        self._end: End | None = None
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", supervisor.__file__, json.dumps(asdict(limits)), *command],
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
        """The end of what it has written."""
        return self._output.text

    @property
    def end(self) -> End | None:
        """How it ended, where the judge has not ended it."""
        with self._lock:
            self._hear()
            return self._end

    @property
    def crash(self) -> Crash | None:
        """How it ended by itself, and with what words, if it did."""
        end = self.end
        if end is None or end.errno or end.limit:
            return None
        self._output.wait(LAST_WORDS)
        return Crash(*exit_of(end.status), self.output)

    @property
    def runs(self) -> bool:
        return not self._stopped and self.end is None

    @property
    def ports(self) -> list[int]:
        """Ports that it listens on."""
        return sorted(set(self._ports()))

    @property
    def cpu(self) -> float:
        """Seconds of CPU time that it has used."""
        with suppress(psutil.NoSuchProcess):
            return supervisor.cpu_below(psutil.Process(self._process.pid))
        return 0.0  # the supervisor has just ended

    def stop(self) -> None:
        """End all of it, politely at first where it still runs, and hear its last words."""
        with self._lock:
            self._hear()
            self._stopped = True
            self._line.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GONE)
        self._process.kill()
        self._process.wait()
        sweep(self._mark)
        self._output.wait(LAST_WORDS)

    def _hear(self) -> None:
        if self._end is None and not self._stopped and select([self._line], [], [], 0)[0]:
            self._end = told(self._line.recv(4096))

    def _ports(self) -> Iterator[int]:
        with suppress(psutil.Error):
            for process in supervisor.below(psutil.Process(self._process.pid)):
                for connection in process.net_connections("tcp"):
                    if connection.status == psutil.CONN_LISTEN:
                        yield connection.laddr.port


def told(line: bytes) -> End:
    """Return what the supervisor says, which says something as long as it lives."""
    return End(**json.loads(line)) if line else UNWATCHED


def exit_of(status: int) -> tuple[ExitKind, int]:
    """Return kind and number of a status as subprocess has it."""
    return ("exit", status) if status >= 0 else ("signal", -status)


def sweep(mark: str) -> None:
    """End whatever carries the mark of a run in its environment."""
    for process in psutil.process_iter(["environ"]):
        if (process.info["environ"] or {}).get(MARK) == mark:
            with suppress(psutil.Error):
                process.kill()
