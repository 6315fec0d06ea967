"""The console of all commands: output that survives a closed pipe, and an orderly end on a signal."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
from rich.console import Console

PIPED_WIDTH = 300  # columns of a table that is not printed on a terminal


class Unable(click.ClickException):
    """The command cannot do its work; the message is one line that says why, and what to do."""

    exit_code = 2


class Output(Console):
    """A console that discards its output when the reader is gone (`| head`); the exit status stays the usual one."""

    def on_broken_pipe(self) -> None:
        discard(sys.stdout.fileno())


def console() -> Console:
    """Return a console for tables, as wide as the terminal."""
    made = Output(highlight=False)
    if not made.is_terminal:
        made.width = PIPED_WIDTH
    return made


def say(text: str, err: bool = False) -> None:
    """Print a line. If the reader is gone, discard this line and all later ones."""
    try:
        click.echo(text, err=err)
    except BrokenPipeError:
        discard((sys.stderr if err else sys.stdout).fileno())


def discard(descriptor: int) -> None:
    """Discard everything that is written to a file from now on."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)


class Terminated(KeyboardInterrupt):
    """SIGTERM asks the command to end, as Ctrl-C does."""


def terminate(*_: object) -> NoReturn:
    raise Terminated


@contextmanager
def orderly(message: str = "") -> Iterator[None]:
    """On Ctrl-C and SIGTERM leave all blocks, so that started servers end, and exit with the status of the signal."""
    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    except KeyboardInterrupt as interrupt:
        if message:
            say(message, err=True)
        sys.exit(128 + (signal.SIGTERM if isinstance(interrupt, Terminated) else signal.SIGINT))
    finally:
        signal.signal(signal.SIGTERM, before)
