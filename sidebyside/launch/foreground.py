"""Servers in the foreground: print where each runs, then its access log, until a signal stops them all."""

from collections.abc import Sequence
from itertools import chain

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from http_contract.cli.console import discard
from sidebyside.launch.launcher import launch, wait_until_all_listen, watch
from sidebyside.launch.services import NOTES, SERVER_TITLES, ServerSpec
from sidebyside.launch.signals import Stopped, StopSignals


def serve_in_foreground(specs: Sequence[ServerSpec], console: Console) -> None:
    """Run servers until a signal comes. Raises LaunchError if one cannot start, or ends by itself."""
    signals = StopSignals()
    try:
        with launch(specs) as processes, signals.raised():
            output = watch(processes)
            wait_until_all_listen(processes, output)
            announce(specs, console)
            for process, lines in chain.from_iterable(output):
                print_log(process.spec, lines, console)
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


def print_log(spec: ServerSpec, lines: Sequence[str], console: Console) -> None:
    """Print lines of a server's access log, each after the name of the service."""
    for line in lines:
        text = Text.assemble((f"{spec.name:<6} ", spec.colour), Text.from_ansi(line))
        console.print(text, soft_wrap=True, highlight=False)


def say_goodbye(console: Console) -> None:
    """Print a last line. In a pipe, discard instead what is not yet written: its reader may be stuck."""
    if console.is_terminal:
        console.print("All servers have been stopped.")
    else:
        discard(console.file.fileno())
