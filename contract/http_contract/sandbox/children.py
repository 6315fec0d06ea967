"""Child processes of a server that a fault ended, as long as the server has not waited for them.

A server in C often has a child process for each client. If a child ends by a signal, the client only sees its
connection close; but Linux lists the child, with its signal, until the server waits for it.
"""

import os
import signal
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
FAULTS = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)
ENDED = "Z"  # the state of a process for which its parent has not waited


def faults_below(pid: int) -> dict[int, int]:
    """Return the numbers of the signals that ended processes below a process, by process id."""
    found: dict[int, int] = {}
    for child in children_of(pid):
        if (number := fault_of(child)) in FAULTS:
            found[child] = number
        found |= faults_below(child)
    return found


def children_of(pid: int) -> list[int]:
    found: list[int] = []
    for file in PROC.glob(f"{pid}/task/*/children"):
        with suppress(OSError):  # the thread has just ended
            found += map(int, file.read_text().split())
    return found


def fault_of(pid: int) -> int:
    """Return the number of the signal that ended a process, or 0."""
    with suppress(OSError):
        state, *fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return os.WTERMSIG(int(fields[-1])) if state == ENDED else 0
    return 0
