"""What measurements depend on: the machine and its cores."""

import os
import platform
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def cores() -> tuple[int, int]:
    """Return the core for servers and that for the load; they are the same where there is but one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Stay on one core, with all that is started meanwhile."""
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


def allow_open_files(wanted: int) -> int:
    """Raise the limit on open files for us and all that we start; return what it is now."""
    for hard in (
        max(wanted, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),
        resource.getrlimit(resource.RLIMIT_NOFILE)[1],
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
            break
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def resident_memory(group: int) -> int:
    """Return the octets that all processes of a group hold in memory; what they share counts once."""
    found = (proportional_size(folder) for folder in Path("/proc").glob("[0-9]*") if group_of(folder) == group)
    return 1024 * sum(found)


def group_of(folder: Path) -> int | None:
    with suppress(OSError):
        return int((folder / "stat").read_text().rpartition(")")[2].split()[2])
    return None


def proportional_size(folder: Path) -> int:
    """Return KiB, 0 for a process that has gone meanwhile."""
    with suppress(OSError):
        return sum(map(int, re.findall(r"^Pss: +(\d+) kB", (folder / "smaps_rollup").read_text(), re.MULTILINE)))
    return 0
