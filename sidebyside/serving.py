"""sidebyside serve: start all services, say what runs where, show their access lines, end them together."""

import os
import selectors
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from time import monotonic

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from sidebyside.children import Child, end, ending
from sidebyside.installed import missing
from sidebyside.ports import taken
from sidebyside.services import NOTES, SERVERS, Job
from sidebyside.signals import Stopped, StopSignals

START = 30.0  # seconds until all listen, on a slow machine that has everything to compile
LOOK = 0.1  # seconds between looks at children that say nothing


class Failed(Exception):
    """It cannot go on; the message says why, and what to do. Nothing runs any more."""


def serve(jobs: Sequence[Job], console: Console) -> None:
    """Run until a signal asks us to end. Raises Failed where a service cannot start, or ends by itself."""
    signals = StopSignals()
    try:
        with running(jobs) as children, signals.raised():
            said = watch(children)
            wait_until_all_listen(children, said)
            announce(jobs, console)
            for child, lines in chain.from_iterable(said):
                show(child.job, lines, console)
    except Stopped:
        leave(console)


@contextmanager
def running(jobs: Sequence[Job]) -> Iterator[list[Child]]:
    """Start the jobs, and leave none of them running. Raises Failed where one cannot be started."""
    for job in jobs:
        check_installed(job)
    check_ports(jobs)
    children: list[Child] = []
    try:
        for job in jobs:
            children.append(Child(job))
        yield children
    finally:
        end(children)


def check_installed(job: Job) -> None:
    if found := missing(job):
        raise Failed(found)


def check_ports(jobs: Sequence[Job]) -> None:
    if found := taken(jobs):
        raise Failed(found)


def watch(children: Sequence[Child]) -> Iterator[list[tuple[Child, list[str]]]]:
    """Yield what the children have said since the last time. Raises Failed once one has ended."""
    with selectors.DefaultSelector() as selector:
        for child in children:
            selector.register(child.output, selectors.EVENT_READ, child)
        while True:
            yield list(read(selector))
            for child in children:
                check_alive(child)


def read(selector: selectors.BaseSelector) -> Iterator[tuple[Child, list[str]]]:
    """Yield what the children say now, and forget who will say nothing more."""
    for key, _ in selector.select(LOOK):
        lines = key.data.read()
        if lines is None:
            selector.unregister(key.fileobj)
        else:
            yield key.data, lines


def check_alive(child: Child) -> None:
    status = child.exit_status
    if status is not None:
        child.read_to_the_end()
        raise Failed(f"{child.job.name} has ended ({ending(status)}), so all do.{last_words(child)}")


def last_words(child: Child) -> str:
    lines = [Text.from_ansi(line).plain for line in child.last_words]
    return "".join(["\nIts last words:", *(f"\n  {line}" for line in lines)]) if lines else ""


def wait_until_all_listen(children: Sequence[Child], said: Iterator[object]) -> None:
    """Return once all take connections; what they say until then is no access line, and not shown."""
    deadline = monotonic() + START
    waited_for = list(children)
    while waited_for := [child for child in waited_for if not child.listens()]:
        if monotonic() > deadline:
            child = waited_for[0]
            raise Failed(f"{child.job.name} does not listen after {START:.0f} seconds.{last_words(child)}")
        next(said)


def announce(jobs: Sequence[Job], console: Console) -> None:
    """Print what runs where, and how it ends."""
    table = Table("service", Column("address", no_wrap=True), "runs on", Column("routes", overflow="fold"), box=SIMPLE)
    for job in jobs:
        table.add_row(Text(job.name, job.colour), job.url, SERVERS[job.server], job.routes)
    notes = [NOTES[server] for server in sorted({job.server for job in jobs} & NOTES.keys())]
    notes += [job.note for job in jobs if job.note]
    console.print(table, *notes, "Ctrl-C ends all.\n", sep="\n")


def show(job: Job, lines: Sequence[str], console: Console) -> None:
    """Print lines, each after the name of the service."""
    for line in lines:
        text = Text.assemble((f"{job.name:<6} ", job.colour), Text.from_ansi(line))
        console.print(text, soft_wrap=True, highlight=False)


def leave(console: Console) -> None:
    """Say that we are done; where nobody may be reading any more, drop what is still to be written."""
    if console.is_terminal:
        console.print("All have ended.")
    else:
        os.dup2(os.open(os.devnull, os.O_WRONLY), console.file.fileno())
