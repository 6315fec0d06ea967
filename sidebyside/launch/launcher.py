"""Start several servers, wait until they listen, and stop them together, whatever happens."""

import selectors
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic

from rich.text import Text

from http_contract.client.server import Crash
from http_contract.reports.messages import crash_text
from http_contract.sandbox.process import exit_of
from sidebyside.launch.ports import check_ports
from sidebyside.launch.process import ServerProcess, stop
from sidebyside.launch.requirements import LaunchError, check_installed
from sidebyside.launch.services import ServerSpec

START = 30.0  # seconds until all listen, on a slow machine that has everything to compile
LOOK = 0.05  # seconds between two looks at servers that write nothing

ServerOutput = Iterator[list[tuple[ServerProcess, list[str]]]]
"""The new lines of the servers that have written some, again and again."""


class ServerFailed(LaunchError):
    """A server ended by itself, or did not begin to listen."""

    def __init__(self, process: ServerProcess, problem: str, consequence: str = "") -> None:
        process.read_to_the_end()
        self.problem = problem
        self.last_lines = [Text.from_ansi(line).plain for line in process.last_lines]
        output = ["\nLast lines of its output:", *(f"\n  {line}" for line in self.last_lines)]
        text = f"{process.spec.name} {problem}{consequence}."
        super().__init__(text + ("".join(output) if self.last_lines else ""))


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
    with selectors.DefaultSelector() as selector:
        for process in processes:
            selector.register(process.output, selectors.EVENT_READ, process)
        while True:
            yield list(new_lines(selector))
            for process in processes:
                check_runs(process)


def new_lines(selector: selectors.BaseSelector) -> Iterator[tuple[ServerProcess, list[str]]]:
    """Yield what the servers have written, and stop watching those that have closed their output."""
    for key, _ in selector.select(LOOK):
        lines = key.data.read()
        if lines is None:
            selector.unregister(key.fileobj)
        else:
            yield key.data, lines


def check_runs(process: ServerProcess) -> None:
    """Raise ServerFailed if a server has ended."""
    status = process.exit_status
    if status is not None:
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
