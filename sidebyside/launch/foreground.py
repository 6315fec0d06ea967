"""Servers in the foreground: print where each runs, then its access log, until a signal stops them all."""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import TypeAlias

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from http_contract.cli.console import discard
from sidebyside.console import printable
from sidebyside.launch.board import FIXED, Board
from sidebyside.launch.launcher import ServerOutput, launch, wait_until_all_listen, watch
from sidebyside.launch.process import ServerProcess
from sidebyside.launch.reloading import Reloader
from sidebyside.launch.services import NOTES, SERVER_TITLES, ServerSpec
from sidebyside.launch.signals import Stopped, StopSignals

Follow: TypeAlias = Callable[[Sequence[ServerProcess], Board], ServerOutput]
"""Returns the servers' output, and meanwhile does what is to be done about their sources."""


def as_started(processes: Sequence[ServerProcess], board: Board) -> ServerOutput:
    """Let the servers run as they were started, whatever happens to their sources."""
    board.publish(FIXED, {})
    return watch(processes)


def reloading(processes: Sequence[ServerProcess], board: Board) -> ServerOutput:
    """Start servers again when their sources change."""
    return Reloader(processes, board).output()


def serve_in_foreground(
    specs: Sequence[ServerSpec], console: Console, board: Board, follow: Follow = as_started
) -> None:
    """Run servers until a signal comes. Raises LaunchError if one cannot start, or ends by itself."""
    signals = StopSignals()
    try:
        with launch(specs) as processes, signals.raised():
            output = follow(processes, board)
            wait_until_all_listen(processes, output)
            announce(specs, console)
            for process, lines in chain.from_iterable(output):
                note(process.spec, lines, board, console)
    except Stopped:
        say_goodbye(console)


def announce(specs: Sequence[ServerSpec], console: Console) -> None:
    """Print where each server runs, and how to stop them."""
    table = Table("service", Column("address", no_wrap=True), "runs on", Column("routes", overflow="fold"), box=SIMPLE)
    for spec in specs:
        table.add_row(Text(spec.name, spec.colour), spec.url, SERVER_TITLES[spec.server], spec.routes)
    notes = [NOTES[server] for server in sorted({spec.server for spec in specs} & NOTES.keys())]
    notes += [spec.note for spec in specs if spec.note]
    console.print(table, *notes, "Press Ctrl-C to stop all servers.\n", sep="\n")


def note(spec: ServerSpec, lines: Sequence[str], board: Board, console: Console) -> None:
    """Put lines that a server has written on the board, and print them unless the page asks for silence."""
    board.output(spec.name).add(lines)
    if not board.is_quiet:
        print_log(spec, lines, console)


def print_log(spec: ServerSpec, lines: Sequence[str], console: Console) -> None:
    """Print lines of a server's access log, each after the name of the service."""
    for line in lines:
        text = Text.assemble((f"{spec.name:<6} ", spec.colour), printable(Text.from_ansi(line)))
        console.print(text, soft_wrap=True, highlight=False)


def say_goodbye(console: Console) -> None:
    """Print a last line. In a pipe, discard instead what is not yet written: its reader may be stuck."""
    if console.is_terminal:
        console.print("All servers have been stopped.")
    else:
        discard(console.file.fileno())
