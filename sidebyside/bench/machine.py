"""The machine: its cores, its processor, the memory of processes and the limit on open files."""

import os
import platform
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")  # of CPU time in a second


def cores() -> tuple[int, int]:
    """Return the core for servers and the core for the load; a machine with one core has one for both."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Stay on one core until the block ends, with all processes that are started meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def processor() -> str:
    """Return the model of the processor."""
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()


def allow_open_files(number: int) -> None:
    """Raise the limit on open files for this process and its children, as far as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in (max(number, hard), hard):  # only root can raise the hard limit
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(number, limit), limit))
            break


def resident_memory(group: int) -> int:
    """Return the octets of memory that all processes of a group use; shared memory counts once."""
    found = (proportional_size(folder) for folder in Path("/proc").glob("[0-9]*") if group_of(folder) == group)
    return 1024 * sum(found)


def peak_memory(group: int) -> int:
    """Return the octets of memory that all processes of a group have used at most."""
    return status_memory(group, "VmHWM")


def used_memory(group: int) -> int:
    """Return the octets of memory that all processes of a group use; compare it with their peak_memory."""
    return status_memory(group, "VmRSS")


def status_memory(group: int, line: str) -> int:
    """Return the octets in a line of the processes' status; shared memory counts for each process."""
    found = (kibibytes(folder / "status", line) for folder in Path("/proc").glob("[0-9]*") if group_of(folder) == group)
    return 1024 * sum(found)


def cpu_seconds(group: int) -> float:
    """Return the seconds of CPU time that the processes of a group have used so far."""
    return sum(cpu_ticks(folder) for folder in Path("/proc").glob("[0-9]*") if group_of(folder) == group) / TICKS


def cpu_ticks(folder: Path) -> int:
    """Return the ticks in user mode and in the system, 0 if the process has ended meanwhile."""
    with suppress(OSError):
        return sum(map(int, (folder / "stat").read_text().rpartition(")")[2].split()[11:13]))
    return 0


def group_of(folder: Path) -> int | None:
    with suppress(OSError):
        return int((folder / "stat").read_text().rpartition(")")[2].split()[2])
    return None


def proportional_size(folder: Path) -> int:
    """Return KiB, 0 if the process has ended meanwhile."""
    return kibibytes(folder / "smaps_rollup", "Pss")


def kibibytes(file: Path, line: str) -> int:
    """Return the KiB in a line of a file, 0 if the process has ended meanwhile."""
    with suppress(OSError):
        return sum(map(int, re.findall(rf"^{line}:\s+(\d+) kB", file.read_text(), re.MULTILINE)))
    return 0
