"""What `contract` can be told to do, a module each."""

import os
import sys

import click
from rich.console import Console

PIPED = 300  # columns where there is no terminal to tell them


class Unable(click.ClickException):
    """What was asked for can't be done; the message is one line that says why."""

    exit_code = 2


class Output(Console):
    """A console that drops what nobody reads any more, so that a command ends with its usual status."""

    def on_broken_pipe(self) -> None:
        drop(sys.stdout.fileno())


def console() -> Console:
    """Return what prints tables, as wide as the terminal."""
    made = Output(highlight=False)
    if not made.is_terminal:
        made.width = PIPED
    return made


def say(text: str, err: bool = False) -> None:
    """Print a line, or drop it, and all that is still to be said there, where nobody reads any more."""
    try:
        click.echo(text, err=err)
    except BrokenPipeError:
        drop((sys.stderr if err else sys.stdout).fileno())


def drop(descriptor: int) -> None:
    """Let go of all that is written to a file from now on."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)
