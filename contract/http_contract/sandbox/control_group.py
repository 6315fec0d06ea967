"""A control group, in which Linux itself limits the memory of an isolated submission: see cgroups(7).

The system counts all the time, and it counts what the supervisor cannot see, such as shared memory that no process has
mapped. Where the system lets the judge create no group, only the supervisor counts.
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil

ROOT = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")  # has a line `NUMBER:CONTROLLERS:PATH` for each group of this process
NAME = re.compile(r"contract-(\d+)-\w+")  # of a group, with the id of the judge's process
OUT_OF_MEMORY = re.compile(r"(?m)^oom_kill [1-9]")


class Files(NamedTuple):
    """The files of a group in one version of control groups."""

    limit: str  # octets of memory
    swap: str  # octets of swap space, or of both; missing where the system does not count it
    events: str  # has a line `oom_kill COUNT`


VERSION_1 = Files("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.oom_control")
VERSION_2 = Files("memory.max", "memory.swap.max", "memory.events")


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """A group. A process that writes 0 into `processes` enters it, with all processes that it starts from then on."""

    folder: Path
    events: Path

    @property
    def processes(self) -> Path:
        return self.folder / "cgroup.procs"

    @property
    def is_exceeded(self) -> bool:
        """Whether the system has ended a process because no memory was left in the group."""
        with suppress(OSError):
            return OUT_OF_MEMORY.search(self.events.read_text()) is not None
        return False

    def remove(self) -> None:
        """Remove the group, which has no processes any more."""
        with suppress(OSError):
            self.folder.rmdir()


def create(memory: int) -> ControlGroup | None:
    """Return a new group whose processes together can use this memory, in octets; None where that is not possible."""
    for parent, files in parents():
        remove_abandoned(parent)
        folder = parent / f"contract-{os.getpid()}-{secrets.token_hex(4)}"
        group = ControlGroup(folder, folder / files.events)
        try:
            folder.mkdir()
            (folder / files.limit).write_text(str(memory))
        except OSError:
            group.remove()
            continue
        with suppress(OSError):
            (folder / files.swap).write_text(str(memory if files is VERSION_1 else 0))
        return group
    return None


def parents() -> Iterator[tuple[Path, Files]]:
    """Yield the folders in which a group may be created: this process's own, or, in version 2, the one above.

    In version 2, a group with processes cannot limit the groups inside it.
    """
    for line in OWN.read_text().splitlines() if OWN.exists() else ():
        _, controllers, path = line.split(":", 2)
        if controllers == "memory":
            yield ROOT / "memory" / path.lstrip("/"), VERSION_1
        elif not controllers and path != "/":
            yield (ROOT / path.lstrip("/")).parent, VERSION_2


def remove_abandoned(parent: Path) -> None:
    """Remove the groups of judges that were killed."""
    with suppress(OSError):
        for folder in parent.iterdir():
            if (found := NAME.fullmatch(folder.name)) and not psutil.pid_exists(int(found[1])):
                with suppress(OSError):
                    folder.rmdir()
