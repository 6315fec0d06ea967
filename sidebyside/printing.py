"""Where commands print: a terminal, or a pipe in which no line is broken, and which may end early, as with head."""

import os
import sys
from collections.abc import Iterable

import click
from rich.console import Console, RenderableType


class Output(Console):
    """A console that drops what nobody reads any more, so that a command ends with its usual status."""

    def on_broken_pipe(self) -> None:
        drop()


def drop() -> None:
    """Let go of what is still to be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str) -> None:
    """Print a text as it is."""
    try:
        click.echo(text)
    except BrokenPipeError:
        drop()


def console() -> Console:
    """Return what prints; what the terminal's encoding lacks is escaped."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="backslashreplace")
    return Output(highlight=False)


def show(console: Console, lines: Iterable[RenderableType]) -> None:
    """Print one after the other. A terminal breaks what is too long for it; a pipe gets each line whole."""
    for line in lines:
        console.print(line, soft_wrap=not console.is_terminal)
