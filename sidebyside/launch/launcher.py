"""Start several servers, wait until they listen, and stop them together, whatever happens."""

import selectors
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import TypeAlias

from rich.text import Text

from http_contract.client.server import Crash
from http_contract.reports.messages import crash_text
from http_contract.sandbox.process import exit_of
from sidebyside.launch.ports import check_ports
from sidebyside.launch.process import ServerProcess, stop
from sidebyside.launch.requirements import LaunchError, check_installed
from sidebyside.launch.services import ServerSpec
from sidebyside.tracebacks import starting_error

START = 30.0  # seconds until all listen, on a slow machine that has everything to compile
LOOK = 0.05  # seconds between two looks at servers that write nothing

SHOWN_LINES = 10  # of its output, in the message about a server that failed

Written: TypeAlias = list[tuple[ServerProcess, list[str]]]
"""The servers that have written something, each with its new lines."""

ServerOutput: TypeAlias = Iterator[Written]
"""What the servers have written, again and again."""


class ServerFailed(LaunchError):
    """A server ended by itself, or did not begin to listen."""

    def __init__(self, process: ServerProcess, problem: str, consequence: str = "") -> None:
        process.read_to_the_end()
        self.problem = problem
        plain = [Text.from_ansi(line).plain for line in process.last_lines]
        self.last_lines = plain[-SHOWN_LINES:]
        error = starting_error(plain)
        text = f"{process.spec.name} {problem}{consequence}." + (f"\n{error}" if error else "")
        output = ["\nLast lines of its output:", *(f"\n  {line}" for line in self.last_lines)]
        super().__init__(text + ("".join(output) if self.last_lines else ""))


def failure_text(process: ServerProcess) -> str:
    """Return why a server has not started: the file, the line and the error, or else the end of its output."""
    process.read_to_the_end()
    plain = [Text.from_ansi(line).plain for line in process.last_lines]
    why = starting_error(plain) or "; ".join(plain[-1:]) or f"it does not listen on port {process.spec.port}"
    return f"has not started: {why}"


@contextmanager
def launch(specs: Sequence[ServerSpec]) -> Iterator[list[ServerProcess]]:
    """Start servers, and stop them when the block ends. Raises LaunchError if one of them cannot be started."""
    for spec in specs:
        check_installed(spec)
    check_ports(specs)
    processes: list[ServerProcess] = []
    try:
        for spec in specs:
            processes.append(ServerProcess(spec))
        yield processes
    finally:
        stop(processes)


def watch(processes: Sequence[ServerProcess]) -> ServerOutput:
    """Yield what the servers have written since the last time. Raises ServerFailed once one of them has ended."""
    while True:
        yield list(new_lines(processes))
        for process in processes:
            check_runs(process)


def new_lines(processes: Sequence[ServerProcess]) -> Iterator[tuple[ServerProcess, list[str]]]:
    """Yield what the servers have written; wait a moment if they have written nothing."""
    by_output = {each.output: each for each in processes if not each.has_closed_output and not each.output.closed}
    with selectors.DefaultSelector() as selector:
        for output in by_output:
            selector.register(output, selectors.EVENT_READ)
        for key, _ in selector.select(LOOK):
            process = by_output[key.fileobj]  # type: ignore[index]
            lines = process.read()
            if lines is not None:
                yield process, lines


def check_runs(process: ServerProcess) -> None:
    """Raise ServerFailed if a server has ended, unless it has not started again because of its sources."""
    status = process.exit_status
    if status is not None and not process.failure:
        raise ServerFailed(
            process, f"ended ({crash_text(Crash(*exit_of(status), output=''))})", ", so all servers were stopped"
        )


def wait_until_all_listen(processes: Sequence[ServerProcess], output: ServerOutput) -> None:
    """Return once all servers listen. Raises ServerFailed if one does not. What they write until then is dropped."""
    deadline = monotonic() + START
    waiting = list(processes)
    while waiting := [process for process in waiting if not process.listens]:
        if monotonic() > deadline:
            raise ServerFailed(waiting[0], f"did not listen within {START:.0f} seconds")
        next(output)
