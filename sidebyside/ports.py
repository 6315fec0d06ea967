"""Which of the ports that are wanted are taken, and which others there are."""

import errno
import os
import socket
from collections.abc import Iterable, Sequence

from http_contract.sandbox.ports import is_free
from sidebyside.services import HOST, SERVICES, Job

OTHERS = range(9000, 65000, 1000)  # where others are sought
IN_USE = os.strerror(errno.EADDRINUSE)
MAKE = " (make run ARGS='{}')"


def taken(jobs: Sequence[Job]) -> str:
    """Say of all jobs at once what port cannot be had, and what to do; nothing where all can."""
    refused = {job: why for job in jobs if (why := refusal(job.port))}
    if not refused:
        return ""
    ports = ", ".join(f"{job.port} for {job.name}" for job in refused)
    options = others(refused)
    with_make = MAKE.format(options) if any(job.name == "page" for job in jobs) else ""
    why = f"cannot listen on port {ports}: {', '.join(dict.fromkeys(refused.values()))}"
    runs = f"perhaps it runs already: {next(iter(refused)).url}; or " if IN_USE in refused.values() else ""
    return f"{why}; {runs}choose {options}{with_make}"


def refusal(port: int) -> str:
    """Say why nobody can listen there, nothing where one can."""
    try:
        socket.create_server((HOST, port)).close()
    except OSError as error:
        return os.strerror(error.errno) if error.errno else str(error)  # without Python's own addition
    return ""


def others(refused: Iterable[Job]) -> str:
    """Return the options, as they are typed, that choose ports which are free."""
    needed = range(1 + max(service.offset for service in SERVICES))
    base = next(base for base in OTHERS if all(is_free(base + offset) for offset in needed))
    return " ".join(dict.fromkeys(f"{job.option} {base}" for job in refused))
