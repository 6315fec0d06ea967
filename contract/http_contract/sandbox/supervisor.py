"""The process between the judge and a submission: it starts it, watches all that comes of it, and ends all of it.

It is a program of its own, so that a submission ends when the judge does, whatever ends the judge. Its standard input
is a socket: when that ends, all is to end. Through the same socket it tells, in a line of JSON, about any other end.
It imports nothing of the judge, so that it starts quickly.
"""

import ctypes
import json
import math
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

LOOK, RARELY = 0.1, 0.5  # seconds between looks at what is used, the fewer the longer a look takes
SHARE = 0.05  # of a core, which looking may take
GLANCE = 0.02  # seconds between glances at how many tasks the whole machine has: a crowd can come between two looks
LOAD, OOM = Path("/proc/loadavg"), Path("/proc/self/oom_score_adj")  # of Linux
STOP = 1.5  # seconds to end after SIGTERM
KILL = 5.0  # seconds for all to be gone after SIGKILL
WAIT = 0.01  # seconds between looks at what is about to end
SUBREAPER = 36  # Linux's PR_SET_CHILD_SUBREAPER: orphans below this process become its children


@dataclass(frozen=True, slots=True)
class Limits:
    """What a submission may use, all its processes together: more than Go, Java or Node need."""

    memory: int = 2 * 1024**3  # octets
    tasks: int = 1024  # processes and threads at a time
    cpu: float = math.inf  # seconds
    file: int = 256 * 1024**2  # octets of any one file that it writes


@dataclass(frozen=True, slots=True)
class End:
    """How a submission ended when nobody told it to: by itself, with a status as subprocess has them, or by a limit."""

    status: int = 0
    limit: str = ""  # that it exceeded: memory, tasks, cpu, file; or "watched", where it ended this process
    value: float = 0  # of that limit, as Limits has it
    errno: int = 0  # why it did not even start
    error: str = ""  # the same, as the system words it


# -- looking


def below(root: psutil.Process) -> list[psutil.Process]:
    """Return the processes that come of one."""
    with suppress(psutil.Error):
        return root.children(recursive=True)
    return []


def total(processes: Sequence[psutil.Process], measure: Callable[[psutil.Process], float]) -> float:
    """Return the sum over those that are still there, and ours to look at."""
    return sum(_measured(processes, measure))


def _measured(processes: Sequence[psutil.Process], measure: Callable[[psutil.Process], float]) -> Iterator[float]:
    for process in processes:
        with suppress(psutil.Error):
            yield measure(process)


def cpu_below(root: psutil.Process) -> float:
    """Return the seconds of CPU that the processes below one have used, those included that have ended."""
    ended = total([root], lambda process: sum(process.cpu_times()[2:4]))
    return ended + total(below(root), lambda process: sum(process.cpu_times()[:4]))


def violation(root: psutil.Process, limits: Limits) -> str:
    """Return the name of the limit that the processes below one exceed, if they exceed any."""
    processes = below(root)
    if len(processes) > limits.tasks or total(processes, psutil.Process.num_threads) > limits.tasks:
        return "tasks"
    if total(processes, resident) > limits.memory and total(processes, unshared) > limits.memory:
        return "memory"
    if limits.cpu < math.inf and cpu_below(root) > limits.cpu:
        return "cpu"
    return ""


def resident(process: psutil.Process) -> int:
    return int(process.memory_info().rss)


def unshared(process: psutil.Process) -> int:
    """Return what ends with that process: what workers share with the one that forked them is not counted for each."""
    return int(process.memory_full_info().uss)


# -- starting, watching, ending


class Supervised:
    """A submission: the process that its command starts, and all that comes of it."""

    def __init__(self, command: Sequence[str], limits: Limits) -> None:
        self.limits = limits
        self.status: int | None = None  # of the process that the command starts, once that has ended
        self._itself = psutil.Process()
        self._woken = woken()
        adopt_orphans()
        restrict(limits)
        self._tasks = tasks_of_machine()  # when it began, or when it last stood
        self._next_look = 0.0  # in time.monotonic()
        self._stands = False  # stopped, to be looked at
        self._overruns = False  # more than can be looked at
        self._pid = started(command)
        signal.signal(signal.SIGALRM, self._glance)
        signal.setitimer(signal.ITIMER_REAL, GLANCE, GLANCE)

    def watch(self, judge: socket.socket) -> End | None:
        """Return how it ends when it is not told to. None where the judge, or the end of the judge, tells it to."""
        while judge not in select.select([judge, self._woken], [], [])[0]:
            self._reap()
            if self.status is not None and not self._overruns:
                return self._exceeding("file") if self.status == -signal.SIGXFSZ else End(self.status)
            if (self._stands or time.monotonic() > self._next_look) and (found := self._look()):
                return self._exceeding(found)
        return None

    def _exceeding(self, limit: str) -> End:
        return End(limit=limit, value=getattr(self.limits, limit))

    def _glance(self, *_: object) -> None:
        """Have the group stand still if the machine has very many more tasks than before, to look again.

        A look goes through all processes. Where these multiply, it would never come to an end: this one interrupts it.
        Where they go on, having left the group, it ends the group, and with that, where they are isolated, all of them.
        """
        more = tasks_of_machine() - self._tasks
        if self._stands and more > 2 * self.limits.tasks:
            self._overruns = True
            self._signal(signal.SIGKILL)
        elif more > self.limits.tasks:
            self._stands = True
            self._signal(signal.SIGSTOP)

    def _look(self) -> str:
        """Return the limit that is exceeded. If none is, leave it alone for a while."""
        stood, began = self._stands, time.monotonic()
        found = violation(self._itself, self.limits) or ("tasks" if self._overruns else "")
        took = time.monotonic() - began
        self._next_look = began + took + min(max(LOOK, took / SHARE), RARELY)
        if stood and not found:
            self._tasks, self._stands = tasks_of_machine(), False
            self._signal(signal.SIGCONT)
        return found

    def ask_to_end(self) -> None:
        """Give it a while to end by itself."""
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP
        while self.status is None and time.monotonic() < deadline:
            self._wait()

    def kill(self) -> None:
        """End the group at one stroke, then, one by one, what has left it."""
        self._signal(signal.SIGKILL)
        self._wait()
        deadline = time.monotonic() + KILL
        while (left := below(self._itself)) and time.monotonic() < deadline:
            for process in left:
                with suppress(psutil.Error):
                    process.kill()
            self._wait()
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, number)

    def _wait(self) -> None:
        select.select([self._woken], [], [], WAIT)
        self._reap()

    def _reap(self) -> None:
        """Take leave of whatever has ended: orphans, too, are children of this process."""
        with suppress(BlockingIOError):
            self._woken.recv(4096)
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == self._pid:
                    self.status = os.waitstatus_to_exitcode(ended[1])


def woken() -> socket.socket:
    """Return what becomes readable with each signal: when a child ends, and for each glance."""
    woken, wakes = socket.socketpair()
    for end in (woken, wakes):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes.detach(), warn_on_full_buffer=False)
    return woken


def tasks_of_machine() -> int:
    """Return how many tasks there are; none where the system does not tell that at a glance."""
    with suppress(OSError):
        return int(LOAD.read_text().split()[3].partition("/")[2])
    return 0


def adopt_orphans() -> None:
    """Become the parent of orphans below this process, where the system knows of such a thing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def restrict(limits: Limits) -> None:
    """Set what the system itself watches, for this process and all below it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    file = limits.file if hard == resource.RLIM_INFINITY else min(limits.file, hard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file, file))


def started(command: Sequence[str]) -> int:
    """Return the process, in a session of its own, with nothing to read. OSError where there is no such program."""
    with first_to_go():
        return spawned(command)


@contextmanager
def first_to_go() -> Iterator[None]:
    """Have the system end what is begun here before anything else, where there is no memory left at all."""
    before = OOM.read_text() if OOM.exists() else ""
    if before:
        OOM.write_text("1000")
    yield
    if before:
        OOM.write_text(before)


def spawned(command: Sequence[str]) -> int:
    return os.posix_spawnp(
        command[0],
        list(command),
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)],
        setsid=True,
        setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
    )


def supervise(judge: socket.socket, command: Sequence[str], limits: Limits) -> None:
    """Run the command until it ends, breaks a limit, or is to end."""
    try:
        supervised = Supervised(command, limits)
    except OSError as error:
        return tell(judge, End(errno=error.errno or -1, error=error.strerror or str(error)))
    end = supervised.watch(judge)
    if end:
        tell(judge, end)
    else:
        supervised.ask_to_end()
    return supervised.kill()


def tell(judge: socket.socket, end: End) -> None:
    with suppress(OSError):  # the judge may be gone
        judge.sendall(json.dumps(asdict(end)).encode() + b"\n")


if __name__ == "__main__":
    supervise(socket.socket(fileno=0), sys.argv[2:], Limits(**json.loads(sys.argv[1])))
