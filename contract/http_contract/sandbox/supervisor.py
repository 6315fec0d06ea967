"""The supervisor, a program between the judge and a submission: it starts the submission, watches it and ends it.

It is a process of its own, so that the submission ends with the judge, however the judge ends. Its standard input is a
socket: when the judge closes the other end, the supervisor ends all processes. If the submission ends earlier, the
supervisor sends the reason through the socket, as one line of JSON. It imports nothing of the judge, to start quickly.
"""

import ctypes
import json
import math
import os
import resource
import select
import signal
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

MIN_INTERVAL, MAX_INTERVAL = 0.1, 0.5  # seconds between two measurements; longer if a measurement takes long
CPU_SHARE = 0.05  # of a core, for measuring
ALARM_INTERVAL = 0.02  # seconds between two readings of the machine's task count, which can jump between measurements
LOADAVG, OOM_SCORE = Path("/proc/loadavg"), Path("/proc/self/oom_score_adj")  # of Linux
TERM_GRACE = 1.5  # seconds for the submission to end after SIGTERM
KILL_GRACE = 5.0  # seconds for all processes to end after SIGKILL
BLOCK, MIN_ENTRY = 512, 4096  # octets: the unit of st_blocks, and the least that a file or folder counts
POLL = 0.01  # seconds between two checks whether processes have ended
SUBREAPER = 36  # Linux's PR_SET_CHILD_SUBREAPER: orphans below this process become its children


@dataclass(frozen=True, slots=True)
class Limits:
    """What all processes of a submission together may use: more than Go, Java or Node need."""

    memory: int = 2 * 1024**3  # octets
    tasks: int = 1024  # processes and threads at a time
    cpu: float = math.inf  # seconds
    file: int = 256 * 1024**2  # octets of each file that it writes
    disk: int = 2 * 1024**3  # octets of all files in its folder; counted where it is isolated


@dataclass(frozen=True, slots=True)
class Watch:
    """What the supervisor needs to know of an isolated submission, to measure and to limit it."""

    folder: str = ""  # its own folder, as the supervisor sees it
    memory_folders: Sequence[str] = ()  # folders in memory, as the submission sees them
    files: Mapping[str, str] = field(default_factory=dict)  # paths by the file descriptors that the command reads
    control_group: str = ""  # the file cgroup.procs of a group that limits it, see sandbox/control_group.py


@dataclass(frozen=True, slots=True)
class End:
    """How a submission ended before the judge ended it: by itself, by exceeding a limit, or without having started."""

    status: int = 0  # as subprocess has it: negative for a signal
    limit: str = ""  # that it exceeded: memory, tasks, cpu, file, disk; "watched" if it ended the supervisor
    value: float = 0  # of the limit, as in Limits
    errno: int = 0  # of the error that kept it from starting
    error: str = ""  # the same error in the words of the system


NOTHING = Watch()


def end_of(error: OSError) -> End:
    """Return the end of a submission that an error kept from starting."""
    return End(errno=error.errno or -1, error=error.strerror or str(error))


# Measuring


def descendants(root: psutil.Process) -> list[psutil.Process]:
    """Return the processes that a process has started, and those that they have started."""
    with suppress(psutil.Error):
        return root.children(recursive=True)
    return []


def total(processes: Sequence[psutil.Process], measure: Callable[[psutil.Process], float]) -> float:
    """Return the sum of a measure over the processes that still exist and may be read."""
    return sum(_measured(processes, measure))


def _measured(processes: Sequence[psutil.Process], measure: Callable[[psutil.Process], float]) -> Iterator[float]:
    for process in processes:
        with suppress(psutil.Error):
            yield measure(process)


def cpu_time(root: psutil.Process) -> float:
    """Return the seconds of CPU time that the descendants of a process have used, ended ones included."""
    ended = total([root], lambda process: sum(process.cpu_times()[2:4]))
    return ended + total(descendants(root), lambda process: sum(process.cpu_times()[:4]))


def violation(root: psutil.Process, limits: Limits, watch: Watch) -> str:
    """Return the name of the limit that the descendants of a process exceed, or nothing."""
    processes = descendants(root)
    if len(processes) > limits.tasks or total(processes, psutil.Process.num_threads) > limits.tasks:
        return "tasks"
    if memory_exceeds(limits.memory, processes, watch):
        return "memory"
    if limits.cpu < math.inf and cpu_time(root) > limits.cpu:
        return "cpu"
    return ""


def memory_exceeds(limit: int, processes: Sequence[psutil.Process], watch: Watch) -> bool:
    """Return whether processes use more memory than a limit; files in memory count, too, mapped or not."""
    files = files_in_memory(processes, watch)
    if files + total(processes, resident_memory) <= limit:  # the second counts shared memory several times
        return False
    mapped = total(processes, mapped_files)
    return total(processes, own_memory) + max(0, files - mapped) > limit


def resident_memory(process: psutil.Process) -> int:
    """Return the octets of memory of a process, those included that it shares with others. This is quick."""
    return int(process.memory_info().rss)


def own_memory(process: psutil.Process) -> int:
    """Return the octets of memory of a process, with its share of what several processes share. This is slow."""
    memory = process.memory_full_info()
    return int(getattr(memory, "pss", memory.uss))


def mapped_files(process: psutil.Process) -> int:
    """Return the part of own_memory that is of files in memory; 0 on systems without this number."""
    with suppress(OSError):
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss_Shmem:"))
    return 0


def files_in_memory(processes: Sequence[psutil.Process], watch: Watch) -> int:
    """Return the octets of the files in memory that processes have: of folders in memory, and files without a name."""
    folders = folders_in_memory(processes, watch.memory_folders)
    counted = {*folders, os.lstat(watch.folder).st_dev if watch.folder else 0}
    nameless = nameless_files(process.pid for process in processes)
    return sum(folders.values()) + sum(size for (device, _), size in nameless.items() if device not in counted)


def folders_in_memory(processes: Sequence[psutil.Process], folders: Iterable[str]) -> dict[int, int]:
    """Return the octets in each of the folders in memory, by device; one process is asked that sees them."""
    for process in processes:
        with suppress(OSError):
            root = f"/proc/{process.pid}/root"
            if os.stat(root).st_dev != os.stat("/").st_dev:
                return {os.stat(root + folder).st_dev: used(root + folder) for folder in folders}
    return {}


def used(folder: str) -> int:
    """Return the octets that a file system in memory takes: for contents, and about a KiB for each file."""
    system = os.statvfs(folder)
    return (system.f_blocks - system.f_bfree) * system.f_frsize + (system.f_files - system.f_ffree) * 1024


def nameless_files(pids: Iterable[int]) -> dict[tuple[int, int], int]:
    """Return the octets of the open files that have no name, such as those of memfd_create, by device and number."""
    found = {}
    for pid in pids:
        with suppress(OSError):
            for descriptor in os.scandir(f"/proc/{pid}/fd"):
                with suppress(OSError):
                    state = os.stat(descriptor.path)
                    if state.st_nlink == 0 and stat.S_ISREG(state.st_mode):
                        found[state.st_dev, state.st_ino] = state.st_blocks * BLOCK
    return found


def disk_usage(folder: str, limit: float) -> float:
    """Return the octets of the files in a folder, an entry as at least MIN_ENTRY; infinity where it cannot be read.

    A submission may have locked a folder, or made one whose path is too long. Counting ends above the limit.
    """
    folders, usage = [folder], 0.0
    while folders and usage <= limit:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    usage += entry_size(entry)
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
        except FileNotFoundError:
            continue
        except OSError:
            return math.inf
    return usage


def entry_size(entry: os.DirEntry[str]) -> int:
    with suppress(FileNotFoundError):
        return max(MIN_ENTRY, entry.stat(follow_symlinks=False).st_blocks * BLOCK)
    return 0


def tasks_of_machine() -> int:
    """Return the number of processes and threads of the machine; 0 where the system has no such number to read."""
    with suppress(OSError):
        return int(LOADAVG.read_text().split()[3].partition("/")[2])
    return 0


class DiskMeter:
    """Measures a folder now and then, at once where the disk has become much fuller, so that it costs little time."""

    def __init__(self, folder: str, limit: int) -> None:
        self._folder, self._limit = folder, limit
        self._next, self._free = 0.0, 0  # in time.monotonic(); octets that were free at the last measurement

    def is_exceeded(self) -> bool:
        """Return whether the folder contains more than the limit, as far as this is known."""
        began = time.monotonic()
        if not self._folder or (began < self._next and self._free - free_disk(self._folder) < self._limit / 8):
            return False
        usage = disk_usage(self._folder, self._limit)
        now = time.monotonic()
        self._next, self._free = now + max(MAX_INTERVAL, (now - began) / CPU_SHARE), free_disk(self._folder)
        return usage > self._limit


def free_disk(folder: str) -> int:
    system = os.statvfs(folder)
    return system.f_bfree * system.f_frsize


# Watching and ending


class Supervised:
    """A running submission: the process of its command, and all its descendants."""

    def __init__(self, command: Sequence[str], limits: Limits, watch: Watch) -> None:
        self.limits = limits
        self._watch = watch
        self.status: int | None = None  # of the command's process, once that has ended
        self._supervisor = psutil.Process()
        self._wakeups = wakeup_socket()
        adopt_orphans()
        restrict(limits)
        enter(watch.control_group)
        self._tasks_before = tasks_of_machine()  # at the start, or when the group was last paused
        self._next_measurement = 0.0  # in time.monotonic()
        self._disk = DiskMeter(watch.folder, limits.disk)
        self._is_paused = False  # stopped, to be measured
        self._is_out_of_hand = False  # more processes than can be measured
        self._pid = start(command, watch.files)
        signal.signal(signal.SIGALRM, self._on_alarm)
        signal.setitimer(signal.ITIMER_REAL, ALARM_INTERVAL, ALARM_INTERVAL)

    def watch(self, judge: socket.socket) -> End | None:
        """Wait until the submission ends and return how. None where the judge ends it, or has ended itself."""
        while judge not in select.select([judge, self._wakeups], [], [])[0]:
            self._reap()
            if self.status is not None and not self._is_out_of_hand:
                return self._exceeding("file") if self.status == -signal.SIGXFSZ else End(self.status)
            is_due = self._is_paused or time.monotonic() > self._next_measurement
            if is_due and (found := self._measure()):
                return self._exceeding(found)
        return None

    def _exceeding(self, limit: str) -> End:
        return End(limit=limit, value=getattr(self.limits, limit))

    def _on_alarm(self, *_: object) -> None:
        """Pause the group if the machine has many more tasks than before; the next measurement finds out why.

        A measurement visits all processes. It would never end while they multiply, but this alarm interrupts it. If
        they still multiply after the pause, because they have left the group, it kills the group; where the submission
        is isolated, that ends all of them.
        """
        more = tasks_of_machine() - self._tasks_before
        if self._is_paused and more > 2 * self.limits.tasks:
            self._is_out_of_hand = True
            self._signal(signal.SIGKILL)
        elif more > self.limits.tasks:
            self._is_paused = True
            self._signal(signal.SIGSTOP)

    def _measure(self) -> str:
        """Return the limit that is exceeded. If none is, let the group run until the next measurement."""
        was_paused, began = self._is_paused, time.monotonic()
        found = violation(self._supervisor, self.limits, self._watch) or ("tasks" if self._is_out_of_hand else "")
        found = found or ("disk" if self._disk.is_exceeded() else "")
        took = time.monotonic() - began
        self._next_measurement = began + took + min(max(MIN_INTERVAL, took / CPU_SHARE), MAX_INTERVAL)
        if was_paused and not found:
            self._tasks_before, self._is_paused = tasks_of_machine(), False
            self._signal(signal.SIGCONT)
        return found

    def terminate(self) -> None:
        """Send SIGTERM to the group, and wait for the command's process to end, at most TERM_GRACE seconds."""
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + TERM_GRACE
        while self.status is None and time.monotonic() < deadline:
            self._wait()

    def kill(self) -> None:
        """Kill the group at once, then, one by one, the processes that have left it."""
        self._signal(signal.SIGKILL)
        self._wait()
        deadline = time.monotonic() + KILL_GRACE
        while (remaining := descendants(self._supervisor)) and time.monotonic() < deadline:
            for process in remaining:
                with suppress(psutil.Error):
                    process.kill()
            self._wait()
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, number)

    def _wait(self) -> None:
        select.select([self._wakeups], [], [], POLL)
        self._reap()

    def _reap(self) -> None:
        """Remove the processes that have ended: orphans, too, are children of this process."""
        with suppress(BlockingIOError):
            self._wakeups.recv(4096)
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == self._pid:
                    self.status = os.waitstatus_to_exitcode(ended[1])


def wakeup_socket() -> socket.socket:
    """Return a socket that becomes readable with each signal: when a child ends, and with each alarm."""
    readable, written = socket.socketpair()
    for end in (readable, written):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(written.detach(), warn_on_full_buffer=False)
    return readable


# Starting


def adopt_orphans() -> None:
    """Make this process the parent of orphans below it, where the system can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def restrict(limits: Limits) -> None:
    """Set the limits that the system itself enforces, for this process and its descendants."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    file = limits.file if hard == resource.RLIM_INFINITY else min(limits.file, hard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file, file))


def enter(control_group: str) -> None:
    """Move this process into a control group, and so all processes that it starts."""
    if control_group:
        Path(control_group).write_text("0")


def start(command: Sequence[str], files: Mapping[str, str]) -> int:
    """Start a command in a session of its own, without input; return its process id. OSError where that fails."""
    with first_oom_victim():
        return spawn(command, {"0": os.devnull, **files})


@contextmanager
def first_oom_victim() -> Iterator[None]:
    """Have the system kill processes that start in this block before all others where no memory is left."""
    before = OOM_SCORE.read_text() if OOM_SCORE.exists() else ""
    if before:
        OOM_SCORE.write_text("1000")
    yield
    if before:
        OOM_SCORE.write_text(before)


def spawn(command: Sequence[str], files: Mapping[str, str]) -> int:
    return os.posix_spawnp(
        command[0],
        list(command),
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, int(number), path, os.O_RDONLY, 0) for number, path in files.items()],
        setsid=True,
        setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
    )


# The program


def supervise(judge: socket.socket, command: Sequence[str], limits: Limits, watch: Watch = NOTHING) -> None:
    """Run a command until it ends, exceeds a limit, or the judge closes its end of the socket."""
    try:
        supervised = Supervised(command, limits, watch)
    except OSError as error:
        return send(judge, end_of(error))
    end = supervised.watch(judge)
    if end:
        send(judge, end)
    else:
        supervised.terminate()
    return supervised.kill()


def send(judge: socket.socket, end: End) -> None:
    with suppress(OSError):  # the judge may have ended
        judge.sendall(json.dumps(asdict(end)).encode() + b"\n")


if __name__ == "__main__":
    supervise(
        socket.socket(fileno=0), sys.argv[3:], Limits(**json.loads(sys.argv[1])), Watch(**json.loads(sys.argv[2]))
    )
